"""Requests of units for later deadlines (延期申请), their decision, and extensions without a request by the office
(design: Rules of progress).
"""

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from tasks.choices import Event, ExtensionState
from tasks.models import Assignment, Extension, ExtensionFile
from tasks.services.progress.transitions import move
from tasks.services.supervision import notifications
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.web.errors import Conflict, Refused, require
from wenshang_disclosure.files import keeping, uses

from . import changes

ONLY_ITS_LIAISON = "延期由承办单位的联络员申请。"
FOUR_EYES = "申请由您本人或者由您经手过账号的人员提出，须由其他人员决定。"


def ask(assignment, *, by, requested_due_on, reason, late_reason="", files=()):
    """Request a later deadline, with supporting files, and return the `Extension`.

    After the deadline `late_reason` is required. Raises `Refused` where the deadline cannot be changed or the date is
    not possible, `Conflict` where another request is open; no file is stored then.
    """
    if len(files) > settings.EVIDENCE_MAX_ITEMS:
        raise Refused(f"一次申请最多附{settings.EVIDENCE_MAX_ITEMS}个文件，可打包后上传。")
    with keeping.kept(files, uses.EVIDENCE, by=by) as kept, transaction.atomic():
        duty = Assignment.objects.lock(assignment.pk)
        require(by, "tasks.ask_extension", duty, ONLY_ITS_LIAISON)
        changes.refuse_obstacle(duty)
        _refuse_second(duty)
        is_late = timezone.localdate() > duty.due_on
        _guard_request(duty, requested_due_on, reason, late_reason if is_late else None)
        extension = Extension.objects.create(
            assignment=duty,
            old_due_on=duty.due_on,
            requested_due_on=requested_due_on,
            reason=reason.strip(),
            late_reason=late_reason.strip() if is_late else "",
            requested_by=by,
            requested_at=timezone.now(),
        )
        for file_name, stored in kept:
            stored.save()
            ExtensionFile.objects.create(extension=extension, stored=stored, file_name=file_name)
        _record_audit("申请延期", extension, by)
        _notify_deciders(extension)
        return extension


def waiting_request(duty):
    """Return the duty's undecided request, or `None`."""
    return duty.extensions.filter(state=ExtensionState.REQUESTED).select_related("requested_by").first()


def _refuse_second(duty):
    waiting = waiting_request(duty)
    if waiting:
        when = f"{waiting.requested_by}于{timezone.localtime(waiting.requested_at):%Y-%m-%d %H:%M}"
        raise Conflict(f"该事项已有一项延期申请待决定（{when}申请延至{waiting.requested_due_on:%Y-%m-%d}）。")


def _guard_request(duty, requested_due_on, reason, late_reason):
    """Raise `Refused` where the request is not complete; `late_reason` is `None` before the deadline."""
    if not reason.strip():
        raise Refused("请填写延期理由。")
    changes.refuse_not_later(requested_due_on, duty.due_on)
    if requested_due_on < timezone.localdate():
        raise Refused("申请延至的日期已经过去，请重新填写。")
    if late_reason is not None and not late_reason.strip():
        raise Refused(f"已过完成时限（{duty.due_on:%Y-%m-%d}），请填写逾期后才申请的原因。")


def _notify_deciders(extension):
    duty = extension.assignment
    line = (
        f"{duty.unit.label}申请将第{duty.task.number}项的时限"
        f"由{extension.old_due_on:%Y-%m-%d}延至{extension.requested_due_on:%Y-%m-%d}，请决定。"
    )
    path = reverse("tasks:extension", args=[extension.pk])
    notifications.notify((person, line, path) for person in notifications.people_who_review())


@transaction.atomic
def withdraw(extension, *, by):
    """Withdraw an undecided request and return it. Raises `Conflict` where it was decided."""
    extension, duty = _lock(extension)
    require(by, "tasks.withdraw_extension", extension, "只有承办单位的联络员可以撤回延期申请。")
    _refuse_answered(extension, "撤回")
    _answer(extension, ExtensionState.WITHDRAWN, by)
    _record_audit("撤回延期申请", extension, by)
    return extension


@transaction.atomic
def grant(extension, *, by, due_on=None, comment=""):
    """Grant a request for the requested date, or for `due_on`; return the `Extension`.

    Past evenings keep the old deadline, and the first deadline remains visible. Raises `Conflict` where the request was
    decided or withdrawn, `Refused` where the deadline cannot be moved to that date.
    """
    extension, duty = _lock_for_decision(extension, by)
    changes.refuse_obstacle(duty)
    due_on = due_on or extension.requested_due_on
    changes.refuse_not_later(due_on, max(duty.due_on, extension.old_due_on))
    between = lights_before_decision(extension)
    _answer(extension, ExtensionState.GRANTED, by, comment, between, due_on)
    _set_deadline(
        duty,
        due_on,
        by=by,
        act="同意延期",
        words=(f"申请理由：{extension.reason}", comment and f"决定意见：{comment}"),
        between=between,
    )
    return extension


@transaction.atomic
def refuse(extension, *, by, comment):
    """Refuse a request, with a reason that the unit sees, and return it. Raises as `grant`."""
    extension, duty = _lock_for_decision(extension, by)
    if not comment.strip():
        raise Refused("请填写不同意的原因。")
    _answer(extension, ExtensionState.REFUSED, by, comment, lights_before_decision(extension))
    _record_audit("不同意延期", extension, by)
    line = f"第{duty.task.number}项的延期申请未获同意，时限仍为{_day(duty.due_on)}：{comment.strip()}"
    notifications.notify_of_duties([duty], lambda duty: line)
    return extension


@transaction.atomic
def extend(assignment, *, by, due_on, reason, correcting=False):
    """Extend a deadline without a request, with a reason; return the duty.

    With `correcting`, an extended deadline may also become earlier. Raises `Refused` where it cannot be moved to that
    day, or where a request of the unit is undecided.
    """
    duty = Assignment.objects.lock(assignment.pk)
    require(by, "tasks.extend", duty)
    latest = duty.extensions.order_by("-pk").first()
    if latest is not None:  # or a request could be granted by whoever made it
        require(by, "tasks.decide_extension", latest, FOUR_EYES)
    if not reason.strip():
        raise Refused("请填写调整时限的原因。")
    changes.refuse_obstacle(duty)
    waiting = waiting_request(duty)
    if waiting:
        raise Refused(
            f"承办单位已申请延至{waiting.requested_due_on:%Y-%m-%d}，请在延期申请中决定，同意时可以改为别的日期。"
        )
    corrects = correcting and changes.is_extended(duty) and due_on < duty.due_on
    if corrects:
        _refuse_too_early(duty, due_on)
    else:
        changes.refuse_not_later(due_on, duty.due_on)
    between = changes.lights_since(duty, duty.due_on)
    act = "更正时限" if corrects else "直接延期"
    _set_deadline(duty, due_on, by=by, act=act, words=(f"原因：{reason}",), between=between)
    return duty


def _refuse_too_early(duty, due_on):
    """An extension is not corrected to before the row's own deadline, nor to a day on which the duty is overdue."""
    if due_on < duty.task.closing_day:
        raise Refused(f"更正后的时限不得早于该项任务的时限{duty.task.closing_day:%Y-%m-%d}。")
    if due_on < timezone.localdate():
        raise Refused("更正后的时限不得早于今天，否则该事项当即逾期。")


def lights_before_decision(extension):
    """Return the lights that the duty showed after the old deadline, as Chinese text; empty before the deadline."""
    return changes.lights_since(extension.assignment, extension.old_due_on)


def _record_audit(act, extension, by):
    """Record a step of a request that does not change its duty."""
    detail = {"extension": extension.pk, "requested_due_on": f"{extension.requested_due_on}"}
    record(Kind.CHANGE, act, by=by, on=extension.assignment, detail=detail)


def _set_deadline(duty, due_on, *, by, act, words, between):
    verb = "延至" if due_on > duty.due_on else "更正为"
    moved = f"时限由{duty.due_on:%Y-%m-%d}{verb}{due_on:%Y-%m-%d}"
    duty.due_on = due_on
    reason = changes.sentences(moved, *words, between and f"决定前的亮灯：{between}")
    move(duty, Event.EXTENDED, by=by, reason=reason, act=act)
    notifications.notify_of_duties([duty], lambda duty: f"第{duty.task.number}项{moved}。")


def _lock(extension):
    """Lock the duty, then the request, in the order of every other service."""
    duty = Assignment.objects.lock(extension.assignment_id)
    extension = Extension.objects.select_for_update(of=("self",)).select_related("decided_by").get(pk=extension.pk)
    extension.assignment = duty
    return extension, duty


def _lock_for_decision(extension, by):
    extension, duty = _lock(extension)
    require(by, "tasks.decide_extension", extension, FOUR_EYES)
    _refuse_answered(extension, "决定")
    return extension, duty


def _refuse_answered(extension, action):
    """Raise `Conflict` where the request is decided or withdrawn; `action` names what was tried."""
    if extension.is_open:
        return
    when = f"{extension.decided_by}于{timezone.localtime(extension.decided_at):%Y-%m-%d %H:%M}"
    verb = "撤回" if extension.state == ExtensionState.WITHDRAWN else f"决定：{extension.answer_in_words()}"
    raise Conflict(f"该申请已由{when}{verb}，本次{action}未生效。")


def _answer(extension, state, by, comment="", between="", granted_due_on=None):
    extension.state, extension.comment, extension.between = state, comment.strip(), between
    extension.decided_by, extension.decided_at = by, timezone.now()
    extension.granted_due_on = granted_due_on
    extension.save(update_fields=["state", "comment", "between", "decided_by", "decided_at", "granted_due_on"])


def _day(day):
    return f"{day:%Y-%m-%d}" if day else "长期坚持"
