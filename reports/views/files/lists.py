"""Downloads: exactly what the list of the same address shows, and the whole table in the official layout."""

from django.contrib.auth.decorators import login_required
from django.http import FileResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from departments.models import Unit
from reports.exports import ledger as ledgers
from reports.exports import plan_files
from reports.exports.lists import lists
from reports.exports.word import supervision_notice as supervision_notices
from reports.filters import UnitFilter
from reports.tables import UnitTable
from reports.views.units import unit_rows
from tasks.choices import Light, PlanState
from tasks.filters import AssignmentFilter, OverdueFilter, ReviewFilter, RoundItemFilter, TaskFilter
from tasks.models import Assignment, Plan, ProgressReport, Reminder, ReminderItem, ReportingRound, RoundItem, Task
from tasks.rules import NOT_A_READER
from tasks.tables import AssignmentTable, OverdueTable, ReviewTable, RoundItemTable
from tasks.views.chosen_plan import NoPlan, chosen_plan
from wenshang_disclosure.core.dates import BadDay, read_as_of
from wenshang_disclosure.core.web.errors import Refused, require

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class Malformed(Refused):
    """A filter or a day of the address is nonsense: no file is guessed from it."""

    status = 400


class Asked:
    """What the address asks for: the plan, the day, and the filter in words."""

    def __init__(self, request):
        """Read plan and day; raises `Malformed`."""
        self.request = request
        try:
            self.plan = chosen_plan(request)
            self.as_of = read_as_of(request.GET.get("as_of"))
        except NoPlan:
            raise Malformed("还没有印发年度任务分解表，没有可导出的内容。") from None
        except BadDay as bad:
            raise Malformed(str(bad)) from None
        require(request.user, "reports.export")

    @property
    def of_plan(self):
        """What the filter sets of a plan's lists take besides."""
        return {"plan": self.plan}

    def filtered(self, filter_class, queryset, **kwargs):
        """Return the rows that the list page with the same address shows."""
        self.filter = filter_class(self.request.GET, queryset=queryset, request=self.request, **self.of_plan, **kwargs)
        if not self.filter.form.is_valid():
            raise Malformed("；".join(error for errors in self.filter.form.errors.values() for error in errors))
        return self.filter.qs

    def sorted(self, table_class, queryset, **kwargs):
        """Sort as the list page does."""
        table = table_class(queryset, order_by=self.request.GET.getlist("sort") or None, **kwargs)
        return table.data.data

    @property
    def note(self):
        """The filter as a person reads it, empty where there is none."""
        form = self.filter.form
        chosen = {name: value for name, value in form.cleaned_data.items() if value}
        return "；".join(f"{form.fields[name].label}：{_in_words(form, name, value)}" for name, value in chosen.items())

    def duties(self):
        """Return the duties that the user may see, with lights."""
        return Assignment.objects.shown_to(self.request.user, self.plan, self.as_of)


class AskedOfRound(Asked):
    """The same where the address names a round: its plan, as it stands now."""

    def __init__(self, request, one):
        """Take the round."""
        self.request, self.plan, self.as_of = request, one.plan, timezone.localdate()
        require(request.user, "reports.export")


def _in_words(form, name, value):
    if not isinstance(value, str) and hasattr(value, "__len__"):
        return f"{len(value)}件"
    return dict(getattr(form.fields[name], "choices", ())).get(value, value)


def _file(content, name, content_type=XLSX):
    return FileResponse(content, as_attachment=True, filename=name, content_type=content_type)


@login_required
@require_safe
def assignments(request):
    """The filtered list of duties."""
    scope = Asked(request)
    rows = scope.filtered(AssignmentFilter, scope.duties().for_lists().most_urgent_first())
    rows = scope.sorted(AssignmentTable, rows)
    return _file(lists.assignments(rows, scope), f"承办事项_{scope.as_of}.xlsx")


@login_required
@require_safe
def overdue(request):
    """The filtered list of late duties."""
    scope = Asked(request)
    rows = scope.duties().filter(light=Light.OVERDUE).for_lists().order_by("days_left", "task__number", "unit__order")
    rows = scope.sorted(OverdueTable, scope.filtered(OverdueFilter, rows))
    return _file(lists.assignments(rows, scope, title="逾期事项"), f"逾期事项_{scope.as_of}.xlsx")


@login_required
@require_safe
def unit(request, pk):
    """One unit's ledger."""
    found = get_object_or_404(Unit.objects.visible_to(request.user), pk=pk)
    scope = Asked(request)
    rows = scope.filtered(AssignmentFilter, scope.duties().filter(unit=found).for_lists().most_urgent_first())
    rows = scope.sorted(AssignmentTable, rows)
    return _file(lists.assignments(rows, scope, title=f"{found.name}承办事项"), f"{found.name}_{scope.as_of}.xlsx")


@login_required
@require_safe
def reviews(request):
    """The filtered review queue."""
    require(request.user, "tasks.read_review_queue", sentence=NOT_A_READER)
    scope = Asked(request)
    waiting = ProgressReport.objects.visible_to(request.user).waiting()
    rows = scope.sorted(ReviewTable, scope.filtered(ReviewFilter, waiting.for_lists().with_leads()))
    return _file(lists.reports(rows, scope), f"待审核报告_{timezone.localdate()}.xlsx")


@login_required
@require_safe
def round_items(request, pk):
    """What a round asks for, filtered as on its page: who has handed in, and who has not."""
    one = get_object_or_404(ReportingRound.objects.visible_to(request.user).select_related("plan"), pk=pk)
    scope = AskedOfRound(request, one)
    rows = scope.filtered(RoundItemFilter, RoundItem.objects.on_page(request.user, one).with_words())
    rows = scope.sorted(RoundItemTable, rows)
    return _file(lists.round_items(rows, one, scope.note), f"{one.title}_{scope.as_of}.xlsx")


@login_required
@require_safe
def tasks(request):
    """The filtered rows of the table, with their lights."""
    scope = Asked(request)
    rows = Task.objects.visible_to(request.user).filter(plan=scope.plan).with_designations().order_by("number")
    rows = scope.filtered(TaskFilter, rows, duties=scope.duties())
    return _file(lists.tasks(rows, scope, scope.duties()), f"任务_{scope.as_of}.xlsx")


@login_required
@require_safe
def units(request):
    """The filtered list of units."""
    scope = Asked(request)
    found = scope.filtered(UnitFilter, Unit.objects.visible_to(request.user))
    rows = scope.sorted(UnitTable, unit_rows(request.user, scope.plan, scope.as_of, found))
    return _file(lists.units(rows, scope), f"各单位办理情况_{scope.as_of}.xlsx")


@login_required
@require_safe
def ledger(request):
    """The whole table in the official layout (台账)."""
    scope = Asked(request)
    return _file(ledgers.ledger(scope.plan, scope.as_of, request.user), f"{scope.plan.title}台账_{scope.as_of}.xlsx")


@login_required
@require_safe
def supervision_notice(request, pk):
    """A reminder on paper, for those of its units that the user may see; dated, so it says how duties stood then."""
    require(request.user, "reports.export")
    reminder = get_object_or_404(
        Reminder.objects.visible_to(request.user).select_related("plan", "from_unit", "by"), pk=pk
    )
    items = ReminderItem.objects.visible_to(request.user).filter(reminder=reminder)
    duties = Assignment.objects.filter(pk__in=items.values("assignment")).with_light(reminder.on).for_lists()
    content = supervision_notices.notice(reminder, duties.order_by("unit__order", "unit", "task__number"))
    name = f"{reminder.get_grade_display()}通知单〔{reminder.year}〕{reminder.number}号.docx"
    return _file(content, name, DOCX)


def _plan(request, pk):
    """Return a plan and the name of its file: an issued one to everybody, a draft to who draws it up."""
    require(request.user, "reports.export")
    plan = get_object_or_404(Plan.objects.visible_to(request.user), pk=pk)
    return plan, plan.title if plan.state == PlanState.ISSUED else f"{plan.title}（拟制稿）"


@login_required
@require_safe
def plan_docx(request, pk):
    """A plan in the official layout, to be edited in Word."""
    plan, name = _plan(request, pk)
    return _file(plan_files.word(plan), f"{name}.docx", DOCX)


@login_required
@require_safe
def plan_xlsx(request, pk):
    """A plan in the official layout, to be edited in Excel."""
    plan, name = _plan(request, pk)
    return _file(plan_files.excel(plan), f"{name}.xlsx")
