"""Pages on which the office extends, suspends, resumes or reassigns a duty, and the list of suspended duties."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from tasks import lists
from tasks.choices import Event
from tasks.forms.deadlines.changes import ExtendForm, ReassignForm, ResumeForm, SuspendForm
from tasks.models import Assignment, Extension, Trace
from tasks.services.deadlines import changes, extensions, reassignment, suspension, undoing
from tasks.views.plan_page import PlanPage
from wenshang_disclosure.core.web.errors import may, require


@dataclass(frozen=True)
class Change:
    """One of the four changes; `done` is the success message, `hint` the text above the form."""

    title: str
    permission: str
    form: type
    service: Callable
    done: str
    hint: str = ""


EXTEND = Change("调整时限", "tasks.extend", ExtendForm, extensions.extend, "已调整时限，并已通知承办单位。")
CORRECT = Change(
    "更正时限",
    "tasks.extend",
    ExtendForm,
    partial(extensions.extend, correcting=True),
    "已更正时限，并已通知承办单位。",
    "该事项已延期。延期后的时限有误的，可以改为较早或较晚的日期，但不早于该项任务的时限，也不早于今天；以往日期的亮灯不变。",
)
SUSPEND = Change(
    "中止",
    "tasks.suspend",
    SuspendForm,
    suspension.suspend,
    "已中止，并已通知承办单位。",
    "自今日起不计入各项统计，承办单位不需填报；此前的记录和以往日期的统计不变。",
)
RESUME = Change(
    "恢复办理",
    "tasks.suspend",
    ResumeForm,
    suspension.resume,
    "已恢复办理，并已通知承办单位。",
    "自今日起重新计入各项统计。",
)
REASSIGN = Change(
    "改派",
    "tasks.reassign",
    ReassignForm,
    reassignment.reassign,
    "已改派，并已通知原承办单位和新承办单位。",
    "自今日起由新的单位承办，原单位已报送的内容保留。以单位名称列入分解表的，同时调整该行；由“有关部门”明确的，改为明确新的单位。",
)


def deadline_steps(user, duty, traces):
    """Return context of the duty's page: extension requests, the suspension, and the forms the user may use.

    `traces` are the duty's `Traces`.
    """
    requests = _requests(user, duty) if Trace.EXTENSION in traces else []
    moves_deadlines, suspends = may(user, EXTEND.permission, duty), may(user, SUSPEND.permission, duty)
    return {
        "extensions": requests,
        "waiting_extension": next((one for one in requests if one.is_open), None),
        "deadline_step": _deadline_step(duty),
        "deadline_obstacle": changes.obstacle(duty),
        "undoable_extension": Trace.EXTENDED in traces
        and may(user, "tasks.undo_extension")
        and undoing.deadline_step(duty),
        "suspension": duty.transitions.filter(event=Event.SUSPENDED).select_related("by").first()
        if duty.suspended and may(user, "tasks.read_handling", duty)
        else None,
        "extend_form": ExtendForm() if moves_deadlines else None,
        "suspend_form": SuspendForm() if suspends else None,
        "resume_form": ResumeForm() if suspends else None,
    }


def _requests(user, duty):
    return list(Extension.objects.visible_to(user).filter(assignment=duty).for_lists().order_by("-pk"))


def _deadline_step(duty):
    return CORRECT if changes.is_extended(duty) else EXTEND


def _change(request, pk, choose):
    """Show the form of the step that `choose` returns for the duty, or take it."""
    seen = Assignment.objects.visible_to(request.user).with_light().for_lists().select_related("plan")
    duty = get_object_or_404(seen, pk=pk)
    step = choose(duty)
    require(request.user, step.permission, duty)
    form = step.form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.carry_out(step.service, duty, by=request.user):
        messages.success(request, step.done)
        return redirect("tasks:assignment", pk=form.outcome.pk)
    duty = get_object_or_404(seen, pk=pk)
    context = {"duty": duty, "task": duty.task, "form": form, "step": step}
    return render(request, "tasks/deadlines/change.html", context, status=form.status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def extend(request, pk):
    """Extend the deadline without a request, or correct an extended one."""
    return _change(request, pk, _deadline_step)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def suspend(request, pk):
    return _change(request, pk, lambda _: SUSPEND)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def resume(request, pk):
    return _change(request, pk, lambda _: RESUME)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def reassign(request, pk):
    """Reassign the duty to another unit, and redirect to the new duty."""
    return _change(request, pk, lambda _: REASSIGN)


class Suspended(PlanPage):
    """List of the duties of all years that are suspended today, with dates and reasons."""

    list = lists.SUSPENDED
    template_name = "tasks/deadlines/suspended/list.html"

    def get_table_kwargs(self):
        """Leave out the column for resumption for users without the permission."""
        kwargs = super().get_table_kwargs()
        resumes = may(self.request.user, RESUME.permission)
        return kwargs if resumes else {**kwargs, "exclude": (*kwargs["exclude"], "resume")}
