"""Pages of a lead: the rows that its unit coordinates, the reports of their responsible units, its opinions."""

from itertools import groupby

from django.contrib.auth.decorators import login_required
from django.db.models import Count, F
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from tasks.choices import DutyRole, Light, Opinion, Status
from tasks.forms import EndorseForm, OpinionForm
from tasks.models import Assignment, ProgressReport, Task, awaiting_opinion
from tasks.scope import Scope
from tasks.services.progress import lead_opinions
from tasks.views.answering import Answer, AnswerPage
from tasks.views.bulk import StepForReports
from wenshang_disclosure.core.region import office_name
from wenshang_disclosure.core.web.errors import require

ONLY_THE_LEAD = "牵头任务由牵头部门的联络员办理。"
MAX_ROWS = 100  # reports, and overdue duties, that the list shows at once


def _responsible(user, plans):
    """Return the other units' duties on the rows that the user's unit coordinates, with their lights."""
    led = Assignment.objects.coordinated_by(user).filter(plan__in=plans)
    duties = Assignment.objects.shown_in(user, plans).filter(role=DutyRole.RESPONSIBLE, task__in=led.values("task"))
    return duties.exclude(unit=user.unit_id)


@login_required
@require_safe
def listing(request):
    """List the rows with the lights of their responsible units, what awaits an opinion, and what is overdue."""
    require(request.user, "tasks.use_lead_page", sentence=ONLY_THE_LEAD)
    scope = Scope.of_work_today(request)
    duties = _responsible(request.user, scope.plans)
    counts = duties.lights_by_task()
    reports = ProgressReport.objects.visible_to(request.user).filter(assignment__in=duties.order_by().values("pk"))
    unread = awaiting_opinion(reports, request.user)
    new, at_lead = _by_task(unread), _by_task(reports.at_lead_stage())
    own = Assignment.objects.coordinated_by(request.user).filter(plan__in=scope.plans).with_light().for_lists()
    rows = [
        {
            "duty": duty,
            "counts": counts.get(duty.task_id),
            "new": new.get(duty.task_id, 0),
            "at_stage": at_lead.get(duty.task_id, 0),
        }
        for duty in own.select_related("plan").order_by("-plan__year", "-plan", "task__number", "pk")
    ]
    waiting = unread.for_lists().select_related("assignment__plan").prefetch_related("evidence__stored")
    late = duties.filter(light=Light.OVERDUE).for_lists().select_related("plan")
    context = {
        **scope.context(),
        "rows": rows,
        "waiting": list(waiting[:MAX_ROWS]),
        "number_waiting": sum(new.values()),
        "late": list(late.order_by("days_left", "task__number", "unit__order", "pk")[:MAX_ROWS]),
        "number_late": sum(figures[Light.OVERDUE] for figures in counts.values()),
    }
    return render(request, "tasks/progress/lead_opinions/list.html", context)


def _by_task(reports):
    counted = reports.order_by().values_list("assignment__task").annotate(n=Count("pk"))
    return dict(counted)


@login_required
@require_safe
def detail(request, pk):
    """Show one row: its responsible units by light, the most urgent first, each with its reports."""
    return _page(request, _led(request, pk))


def _led(request, pk):
    task = get_object_or_404(Task.objects.visible_to(request.user).with_designations(), pk=pk)
    require(request.user, "tasks.lead_task", task, "本页由牵头本任务的部门的联络员使用。")
    return task


def _page(request, task, bound=None):
    """Render the page; `bound` is `(report, form)` where an opinion was refused."""
    duties = _responsible(request.user, [task.plan]).filter(task=task).select_related("unit")
    duties = list(
        duties.order_by("light_rank", "-awaits_answer", F("due_on").asc(nulls_last=True), "unit__order", "pk")
    )
    shown = _with_reports(request.user, duties, bound)
    own = Assignment.objects.led_by(request.user, task.pk).with_light().for_lists().first()
    form = bound[1] if bound else None
    context = {
        "task": task,
        "plan": task.plan,
        "own": own,
        "groups": [(Light(light), list(group)) for light, group in groupby(duties, key=lambda duty: duty.light)],
        "open_duties": [duty for duty in duties if duty.status != Status.COMPLETED],
        "new": sum(report.is_new for report in shown),
        "refused": bound is not None,
        "unplaced_form": form if bound and bound[0].pk not in {report.pk for report in shown} else None,
    }
    return render(request, "tasks/progress/lead_opinions/task.html", context, status=form.status if form else 200)


def _with_reports(user, duties, bound):
    """Set the reports of each duty as `shown`, each with its `form` and `is_new`; return all of them."""
    reports = ProgressReport.objects.visible_to(user).for_lead().filter(assignment__in=duties)
    new = set(awaiting_opinion(reports, user).values_list("pk", flat=True))
    reports = reports.for_lists().select_related("reviewed_by").order_by("-submitted_at", "-pk")
    reports = list(reports.prefetch_related("evidence__stored", "opinions__unit", "opinions__by"))
    by_duty = {duty.pk: duty for duty in duties}
    for duty in duties:
        duty.shown = []
    for report in reports:
        report.is_new = report.pk in new
        report.form = _form_of(report, bound)
        by_duty[report.assignment_id].shown.append(report)
    return reports


def _form_of(report, bound):
    if bound is None or bound[0].pk != report.pk:
        return OpinionForm.of(report)
    form = bound[1]
    form.renew(report)
    return form


class EndorseSeveral(StepForReports):
    """Endorsement (认可) of the ticked reports, each by the rules for one."""

    name, permission = "认可", "tasks.use_lead_page"
    service, form_class = staticmethod(lead_opinions.endorse), EndorseForm
    url_name, list_name, list_title = "tasks:endorse-several", "tasks:lead-opinions", "牵头任务"
    cells = "tasks/progress/lead_opinions/_several.html"
    none_ticked = "请先勾选待提意见的报告。"
    icon, button_class = "check", "btn-success"
    done_heading, left_heading = "已认可{n}{measure}", "，未认可{n}{measure}"
    goes_back = True

    def seen(self):
        return ProgressReport.objects.visible_to(self.request.user).submitted().order_by("submitted_at", "pk")

    def waiting(self, reports):
        return awaiting_opinion(reports, self.request.user)

    def obstacle(self, row):
        return lead_opinions.why_not(self.request.user, row)

    def which(self, row):
        return f"{row.assignment.unit.label}{super().which(row)}"

    def left_out(self, results):
        withdrawn = len(self.known) - len(results)
        return f"另有{withdrawn}份在此期间已由填报单位撤回，未认可。" if withdrawn else ""


def _message(report, given):
    if report.waits_for_lead:
        return f"已认可，报告转{office_name()}审核。" if given.opinion == Opinion.ENDORSED else "已退回填报单位补充。"
    return f"已提出“{Opinion(given.opinion).label}”，填报单位和审核人可以看到。"


class GiveOpinion(AnswerPage):
    """Give the lead's opinion on one report, on the page of its row."""

    answers = {"opinion": Answer(OpinionForm, lead_opinions.give, _message)}

    def fetch(self, pk):
        """Return the report, also if withdrawn since: the page then says so and keeps what was entered."""
        once_submitted = ProgressReport.objects.filter(transitions__isnull=False).distinct()
        seen = once_submitted.filter(assignment__in=Assignment.objects.visible_to(self.request.user).values("pk"))
        return get_object_or_404(seen.select_related("assignment"), pk=pk)

    def guard(self, subject):
        require(self.request.user, "tasks.give_opinion", subject, lead_opinions.ONLY_THE_LEAD)

    def bind(self, answer, subject):
        return OpinionForm(self.request.POST, report=subject)

    def go_on(self, subject):
        page = reverse("tasks:lead-task", args=[subject.assignment.task_id])
        return redirect(f"{page}#duty-{subject.assignment_id}")

    def show(self, subject, refused=None):
        return _page(self.request, _led(self.request, subject.assignment.task_id), (subject, refused))


give_opinion = GiveOpinion.to("opinion")
