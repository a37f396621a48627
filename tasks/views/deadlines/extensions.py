"""Pages of extension requests: the queue, one request, its submission, decision and withdrawal."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tasks import lists
from tasks.forms.deadlines.changes import AskForm, GrantForm, GrantSeveralForm, RefuseForm, RefuseSeveralForm
from tasks.models import Assignment, Extension, ExtensionFile
from tasks.services import bulk
from tasks.services.deadlines import changes, extensions
from tasks.views.answering import Answer, AnswerPage
from tasks.views.bulk import Origin, StepForMany
from tasks.views.plan_page import PlanPage
from tasks.views.progress.evidence import as_attachment
from wenshang_disclosure.core.region import office_name
from wenshang_disclosure.core.web.errors import Refused, may, require
from wenshang_disclosure.core.web.numbers import read_number

MAX_REQUESTS_AT_ONCE = 200  # the largest page size


class ExtensionQueue(PlanPage):
    """List of the undecided requests, oldest first, then the decided ones, of all years."""

    list = lists.EXTENSIONS
    template_name = "tasks/deadlines/extensions/list.html"
    fragment_name = "tasks/deadlines/extensions/_content.html"

    @cached_property
    def decides(self):
        return may(self.request.user, "tasks.decide_extension")

    def get_table_kwargs(self):
        """Leave the checkboxes out for users who may not decide."""
        kwargs = super().get_table_kwargs()
        return kwargs if self.decides else {**kwargs, "exclude": (*kwargs["exclude"], "tick")}

    def get_context_data(self):
        return {**super().get_context_data(), "decides": self.decides}


def said(extension, outcome):
    """Return the message of a decision: unit, duty and result, with the links to see it and to take it back."""
    return render_to_string("tasks/deadlines/extensions/_decided.html", {"extension": outcome})


class ExtensionPage(AnswerPage):
    """Page of one request with its files, the duty and its lights since the old deadline, to grant or refuse it."""

    template_name = "tasks/deadlines/extensions/detail.html"
    subject_name = "extension"
    list_name, page_name = "tasks:extensions", "tasks:extension"
    answers = {
        "grant": Answer(
            GrantForm,
            extensions.grant,
            said,
            "tasks:decide-extension",
            "同意延期",
            "check",
            "btn-success",
        ),
        "refuse": Answer(
            RefuseForm,
            extensions.refuse,
            said,
            "tasks:decide-extension",
            "不同意",
            "x",
            "btn-warning",
        ),
    }

    def post(self, request, pk):
        """Give the answer named by `decision`."""
        self.given = "grant" if request.POST.get("decision") == "grant" else "refuse"
        return super().post(request, pk)

    def fetch(self, pk):
        return _seen(self.request, pk)

    def guard(self, subject):
        require(self.request.user, "tasks.decide_extension", subject, extensions.FOUR_EYES)

    def waiting(self):
        return Extension.objects.visible_to(self.request.user).waiting().exclude(requested_by=self.request.user)

    def go_on(self, subject):
        """Redirect to the page that the decision was given on, such as the worklist, else to the next request."""
        origin = Origin.of(self.request)
        return redirect(origin.address) if origin else super().go_on(subject)

    def is_offered(self, subject):
        return subject.is_open and may(self.request.user, "tasks.decide_extension")

    def why_not(self, subject):
        return "" if may(self.request.user, "tasks.decide_extension", subject) else extensions.FOUR_EYES

    def is_possible(self, name, duty):
        return name != "grant" or not changes.obstacle(duty)

    def get_context(self, subject, duty):
        between = extensions.lights_before_decision(subject) if subject.is_open else subject.between
        undone = subject.undone_decisions.select_related("decided_by", "by")
        return {"between": between, "obstacle": changes.obstacle(duty), "undone": undone}


detail, decide = ExtensionPage.page(), ExtensionPage.to()


def _seen(request, pk):
    requests = Extension.objects.visible_to(request.user).for_lists().prefetch_related("files__stored")
    return get_object_or_404(requests, pk=pk)


@login_required
@require_POST
def withdraw(request, pk):
    """Withdraw an undecided request."""
    extension = _seen(request, pk)
    extensions.withdraw(extension, by=request.user)
    messages.success(request, "已撤回延期申请。")
    return redirect("tasks:assignment", pk=extension.assignment_id)


@login_required
@require_safe
def file(request, pk):
    """Download one file of a request."""
    found = get_object_or_404(ExtensionFile.objects.visible_to(request.user).select_related("stored"), pk=pk)
    return as_attachment(found.stored, found.file_name)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request, pk):
    """Request a later deadline; a refused form keeps its values except files."""
    seen = Assignment.objects.visible_to(request.user).with_light().for_lists().select_related("plan")
    duty = get_object_or_404(seen, pk=pk)
    require(request.user, "tasks.ask_extension", duty, extensions.ONLY_ITS_LIAISON)
    is_late = duty.due_on is not None and timezone.localdate() > duty.due_on
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = AskForm(*sent, is_late=is_late)
    if sent and form.carry_out(extensions.ask, duty, by=request.user):
        messages.success(request, f"已提交延期申请，等待{office_name()}决定。")
        return redirect("tasks:assignment", pk=pk)
    context = {
        "duty": duty,
        "task": duty.task,
        "form": form,
        "is_late": is_late,
        "obstacle": changes.obstacle(duty),
        "waiting": extensions.waiting_request(duty),
    }
    return render(request, "tasks/deadlines/extensions/ask.html", context, status=form.status)


class DecideSeveral(StepForMany):
    """Base of decisions on the ticked requests; the preview takes the step and rolls it back to show the lights."""

    permission = "tasks.decide_extension"
    measure, noun = "项", "延期申请"
    url_name, list_name, list_title = "tasks:decide-extensions", "tasks:extensions", "延期申请"
    columns = results_columns = ("单位", "序号", "时限", "亮灯")
    cells = "tasks/deadlines/extensions/_several.html"
    ready, button = "可以办理", "{name}这{n}{measure}"
    decision = preview = ""

    def choose(self):
        """Return the requests, each with its duty and light as `lit`. Raises `Refused` where there are none."""
        ids = [read_number(pk) for pk in self.request.POST.getlist("extensions")[:MAX_REQUESTS_AT_ONCE]]
        requests = Extension.objects.visible_to(self.request.user).filter(pk__in=[pk for pk in ids if pk is not None])
        requests = list(requests.for_lists().order_by("requested_at", "pk"))
        if not requests:
            raise Refused("没有勾选要决定的申请。")
        lit = self._lit([extension.assignment_id for extension in requests])
        for extension in requests:
            extension.lit = lit[extension.assignment_id]
        return requests

    def _lit(self, ids):
        return Assignment.objects.with_light().for_lists().in_bulk(ids)

    def carried(self, rows):
        return [("decision", self.decision), *(("extensions", extension.pk) for extension in rows)]

    def rehearse(self, rows, given):
        return bulk.each(rows, lambda row: self.take(row, self.assumed(given)), rehearsing=True)

    def assumed(self, given):
        """Return the arguments of the service for a preview before the form is filled in."""
        return given

    def take(self, row, given):
        """Decide one request, and return its duty with the light after it."""
        super().take(row, given)
        return self._lit([row.assignment_id])[row.assignment_id]


class GrantSeveral(DecideSeveral):
    """Approval for the requested dates, or for one date for all."""

    name, decision, preview = "同意", "grant", "按所填日期重新核对"
    service, form_class = staticmethod(extensions.grant), GrantSeveralForm
    icon, button_class = "check", "btn-success"


class RefuseSeveral(DecideSeveral):
    """Refusal of all for one reason."""

    name, decision = "不同意", "refuse"
    service, form_class = staticmethod(extensions.refuse), RefuseSeveralForm
    icon, button_class, done_word = "x", "btn-warning", "{name}"

    def assumed(self, given):
        """Add a placeholder where there is no reason yet."""
        return {"comment": "—", **given}


@login_required
@require_POST
def decide_several(request):
    """Grant or refuse the ticked requests, as posted in `decision`."""
    step = RefuseSeveral if request.POST.get("decision") == "refuse" else GrantSeveral
    return step.as_view()(request)
