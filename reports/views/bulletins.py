"""Pages of bulletins: those that were issued, issuing one, and the lists behind the numbers of each."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from reports import figures
from reports.exports.word.lagging import lagging
from reports.models import Bulletin
from reports.services import bulletins
from reports.views.files.word import ONLY_WHOLE_COUNTY
from reports.views.list_urls import ListUrls
from tasks.choices import Light
from tasks.scope import Scope
from wenshang_disclosure.core.evenings import evening
from wenshang_disclosure.core.rates import in_per_cent
from wenshang_disclosure.core.web.errors import Conflict, Refused, may, require
from wenshang_disclosure.core.web.pages import page_of

PER_PAGE = 20
GONE = "该通报的文件在服务器上已经找不到，请系统管理员从备份中恢复。"
LIGHTS = (Light.DONE, Light.OVERDUE, Light.DUE_SOON, Light.REVIEW, Light.ON_TRACK, Light.NOT_STARTED)


@login_required
@require_safe
def index(request):
    """List the issued bulletins; the office issues the next one here."""
    require(request.user, "reports.read_whole_county", sentence=ONLY_WHOLE_COUNTY)
    return _index(request)


@login_required
@require_POST
def issue(request):
    """Issue the bulletin of the chosen plan and day."""
    require(request.user, "reports.issue_bulletins", sentence=bulletins.OFFICE_ONLY)
    try:
        issued = bulletins.issue(Scope.strictly_of(_Asked(request.user, request.POST)).issued(), by=request.user)
    except Refused as refusal:
        return _index(request, refusal)
    messages.success(request, f"已印发{issued}。")
    return redirect("reports:bulletin", issued.pk)


class _Asked:
    """Who asks for a scope, with the fields of a form in place of a query."""

    def __init__(self, user, fields):
        self.user, self.GET = user, fields


def _index(request, refusal=None):
    page = page_of(request, Bulletin.objects.listed(), PER_PAGE)
    as_of = request.POST.get("as_of") or f"{timezone.localdate()}"
    context = {"page": page, "refusal": refusal, "as_of_field": as_of}
    return render(request, "reports/bulletins/list.html", context, status=refusal.status if refusal else page.status)


@login_required
@require_safe
def page(request, pk):
    """Show the numbers of one bulletin, each a link to the list behind it as of its day."""
    require(request.user, "reports.read_whole_county", sentence=ONLY_WHOLE_COUNTY)
    one = get_object_or_404(Bulletin.objects.listed(), pk=pk)
    query = QueryDict(f"plan={one.plan_id}&as_of={one.as_of}")
    with evening(one.as_of):
        context = _Numbers(Scope.read(request.user, query, plan=one.plan)).context()
    return render(request, "reports/bulletins/page.html", {"one": one, "plan": one.plan, "lights": LIGHTS, **context})


class _Numbers:
    """The numbers of a bulletin with the lists behind them."""

    def __init__(self, scope):
        self.scope, self.to = scope, ListUrls(scope)

    def context(self):
        """Return the page's context."""
        rows = figures.counted(self.scope.duties())
        ranked = may(self.scope.user, "reports.see_current_ranks")
        groups = figures.split_by_group(figures.by_unit(rows, ranked=ranked))
        return {
            "parts": [
                *(
                    self._line(row["task__section__part__heading"], row, part=row["task__section__part"])
                    for row in figures.by_part(rows)
                ),
                self._line("合计", figures.totals(rows)),
            ],
            "groups": [
                (group.label, [self._line(row["unit__name"], row, unit=row["unit"]) for row in units])
                for group, units in groups.items()
                if units
            ],
            "lagging": [
                (row, self.to.duties(number=row["任务序号"], light=Light.OVERDUE.value)) for row in lagging(self.scope)
            ],
        }

    def _line(self, name, sums, **cut):
        return {
            "name": name,
            "owed": (sums["owed"], self.to.duties(**cut)),
            "rate": in_per_cent(sums["done"], sums["owed"]),
            "lights": [(sums[light], self.to.duties(**cut, light=light.value)) for light in LIGHTS],
        }


@login_required
@require_safe
def file(request, pk):
    """Download an issued bulletin as it was issued."""
    require(request.user, "reports.read_whole_county", sentence=ONLY_WHOLE_COUNTY)
    one = get_object_or_404(Bulletin.objects.select_related("stored"), pk=pk)
    try:
        content = one.stored.open()
    except FileNotFoundError:
        raise Conflict(GONE) from None
    answer = FileResponse(content, as_attachment=True, filename=one.file_name, content_type=one.stored.content_type)
    answer["Cache-Control"] = "private, no-store"
    return answer
