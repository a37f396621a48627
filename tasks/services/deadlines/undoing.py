"""Taking back an extension, or the decision on a request for one, by a step of its own (design: Rules of progress)."""

from django.db import transaction
from django.utils import timezone

from tasks.choices import Event, ExtensionState, Status
from tasks.models import Assignment, Extension, UndoneDecision
from tasks.services.progress.transitions import move
from tasks.services.supervision import notifications
from tasks.services.undoing import Outlook, guard
from wenshang_disclosure.core import history
from wenshang_disclosure.core.region import office_name
from wenshang_disclosure.core.web.errors import Conflict, Refused, require

from . import changes
from .extensions import FOUR_EYES

DECIDED = (ExtensionState.GRANTED, ExtensionState.REFUSED)
TOLD = "承办单位的联络员和分管领导将收到通知并看到原因；此前日期的亮灯和统计不变。"


@transaction.atomic
def undo_decision(extension, *, by, reason, seen=""):
    """Take back the decision on a request, with a reason that the unit sees, and return the request: undecided again.

    A deadline that was extended goes back to the one before. `seen` is the mark of the `Outlook` that was shown. Raises
    `Conflict` where the request is not decided or something happened since, `Refused` where something was built on the
    decision.
    """
    duty = Assignment.objects.lock(extension.assignment_id)
    extension = Extension.objects.select_for_update(of=("self",)).get(pk=extension.pk)
    extension.assignment = duty
    require(by, "tasks.undo_extension", extension, FOUR_EYES)
    if extension.state not in DECIDED:
        raise Conflict(f"该申请已是“{extension.get_state_display()}”，本次撤回未生效。")
    guard(decision_outlook(extension), reason, seen)
    was_granted, step = extension.state == ExtensionState.GRANTED, deadline_step(duty)
    _reopen(extension, by, reason.strip())
    if was_granted:
        _set_back(duty, step, by, reason, "，延期申请重新待决定")
    else:
        move(duty, Event.UNREFUSED, by=by, reason=changes.sentences("延期申请重新待决定", f"原因：{reason}"))
        line = f"第{duty.task.number}项延期申请的“不同意”已撤回，申请重新待决定：{reason.strip()}"
        notifications.notify_of_duties([duty], lambda duty: line)
    return extension


def _reopen(extension, by, reason):
    """Keep the decision as one that was taken back, and set the request to undecided."""
    history.keep(Extension.objects.filter(pk=extension.pk))
    decision = {name: getattr(extension, name) for name in ("state", "granted_due_on", "comment", "between")}
    UndoneDecision.objects.create(
        extension=extension,
        decided_by_id=extension.decided_by_id,
        decided_at=extension.decided_at,
        by=by,
        at=timezone.now(),
        reason=reason,
        **decision,
    )
    extension.state, extension.comment, extension.between = ExtensionState.REQUESTED, "", ""
    extension.decided_by = extension.decided_at = extension.granted_due_on = None
    extension.save(update_fields=["state", "comment", "between", "decided_by", "decided_at", "granted_due_on"])


@transaction.atomic
def undo_extension(assignment, *, by, reason, seen=""):
    """Take back the office's own extension of a deadline, or its correction, and return the duty.

    Arguments and exceptions are those of `undo_decision`; an extension that was granted on request is taken back there.
    """
    duty = Assignment.objects.lock(assignment.pk)
    require(by, "tasks.undo_extension")
    guard(extension_outlook(duty), reason, seen)
    step = deadline_step(duty)
    if request_of(step) is not None:
        raise Refused("该延期是对申请的决定，请在延期申请的页面撤回。")
    _set_back(duty, step, by, reason)
    return duty


def _set_back(duty, step, by, reason, also=""):
    before = duty.due_on
    duty.due_on = deadline_without(duty, step)
    moved = f"时限由{before:%Y-%m-%d}恢复为{duty.due_on:%Y-%m-%d}{also}"
    move(duty, Event.UNEXTENDED, by=by, reason=changes.sentences(moved, f"原因：{reason}"))
    line = f"第{duty.task.number}项的延期已撤回，{moved}：{reason.strip()}"
    notifications.notify_of_duties([duty], lambda duty: line)


# --- what can be taken back -------------------------------------------------------------------------------------------


def deadline_step(duty):
    """Return the step that set the duty's deadline where it is an extension or its correction, else `None`.

    An extension that was taken back leaves the step before it in force.
    """
    in_force, before = [], duty.first_due_on
    for step in duty.transitions.order_by("pk"):
        if step.event == Event.UNEXTENDED:
            in_force = in_force[:-1]
        elif step.due_on != before:
            in_force.append(step)
        before = step.due_on
    last = in_force[-1] if in_force else None
    return last if last and last.event == Event.EXTENDED and last.due_on == duty.due_on else None


def request_of(step):
    """Return the request that was granted by an extending step, `None` where the office extended without one."""
    granted = step.assignment.extensions.filter(
        state=ExtensionState.GRANTED, granted_due_on=step.due_on, decided_at__lte=step.at
    )
    request = granted.order_by("-decided_at").first()
    if request is None:
        return None
    since = step.assignment.transitions.filter(event=Event.EXTENDED, at__gte=request.decided_at, pk__lt=step.pk)
    return None if since.exists() else request


def deadline_without(duty, step):
    """Return the deadline that the duty would have without the extension `step`, the last step that moved it.

    Where the row was amended since, that is its new deadline, or an earlier extension where that is later.
    """
    earlier = duty.transitions.filter(pk__lt=step.pk).order_by("-pk").first()
    before = earlier.due_on if earlier else duty.first_due_on
    if not duty.transitions.filter(pk__gt=step.pk, event=Event.AMENDED).exists():
        return before
    own = changes.extended_before(duty, step)
    return max(own, duty.task.closing_day) if own else duty.task.closing_day


def extension_outlook(duty):
    """Return the `Outlook` of taking back the last extension of a duty."""
    step = deadline_step(duty)
    if step is None:
        return Outlook("该事项的现行时限不是延期而来，没有可以撤回的延期。", mark="-")
    return Outlook(_obstacle(duty, step), (*_moves_back(duty, step), TOLD), f"{step.pk}")


def decision_outlook(extension):
    """Return the `Outlook` of taking back the decision on a request."""
    mark = f"{extension.state}:{extension.decided_at and extension.decided_at.isoformat()}"
    if extension.state not in DECIDED:
        return Outlook(f"该申请为“{extension.get_state_display()}”，没有可以撤回的决定。", mark=mark)
    duty, again = extension.assignment, f"申请回到“待决定”，由{office_name()}重新决定。"
    sentence = _obstacle_of_other_requests(extension)
    if extension.state == ExtensionState.REFUSED:
        return Outlook(sentence or _obstacle_of_state(duty), (again, TOLD), mark)
    step = deadline_step(duty)
    if step is None or request_of(step) != extension:
        sentence = sentence or "同意延期以后，该事项的时限又有变动，这一决定不能撤回；时限有误的，可以调整或更正时限。"
        return Outlook(sentence, mark=mark)
    return Outlook(sentence or _obstacle(duty, step), (*_moves_back(duty, step), again, TOLD), f"{mark}:{step.pk}")


def _obstacle_of_other_requests(extension):
    later = extension.assignment.extensions.filter(pk__gt=extension.pk).exclude(state=ExtensionState.WITHDRAWN)
    if later.exists():
        return "承办单位此后又提出了延期申请，这一决定不能再撤回。"
    return ""


def _obstacle_of_state(duty):
    if duty.status == Status.COMPLETED:
        return "该事项已办结，延期的决定不能再撤回。"
    if duty.is_released:
        return "该事项已解除，延期的决定不能再撤回。"
    if duty.suspended:
        return "该事项已中止，恢复办理后才能撤回。"
    return ""


def _obstacle(duty, step):
    """Return the sentence that says why the extension cannot be taken back, "" where it can."""
    if duty.status == Status.UNDER_REVIEW:
        return "承办单位已按现行时限申报办结，正在审核；审核以后才能撤回延期。"
    if not _obstacle_of_state(duty) and deadline_without(duty, step) is None:
        return "该项任务已改为没有完成时限，延期不能撤回。"
    return _obstacle_of_state(duty)


def _moves_back(duty, step):
    """Yield the sentences on the deadline."""
    back = deadline_without(duty, step)
    if back is None:
        return
    yield f"时限由{duty.due_on:%Y-%m-%d}恢复为{back:%Y-%m-%d}。"
    if back < timezone.localdate() and duty.status != Status.COMPLETED:
        yield "恢复后的时限已经过去，该事项今天起亮“逾期”。"
