"""Amendments of rows after issue (调整): with a reason, from a day on, shown on every duty that they affect."""

from django.db import transaction
from django.utils import timezone

from departments.services.resolve import NameRegistry
from tasks.choices import DutyRole, Event, PlanState, Status
from tasks.models import Amendment, Assignment, Plan, Task
from tasks.services.progress import transitions
from tasks.services.supervision import notifications
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.web.errors import Conflict, Refused, require

from .assignments import settle
from .draft_rows import write_cell
from .drafting import refuse_stale, seen_task, tidy_merges
from .issuing import FIELDS

IN_WORDS = {"requirement": "具体要求", "deadline": "完成时限", "target_count": "目标数量"}


@transaction.atomic
def amend(task, *, by, version, reason, lead, responsible, **written):
    """Change an issued row from today on, and return the `Amendment`.

    Duties are added or released accordingly, and every affected duty has the amendment on its timeline. Completed
    duties keep their deadline. Raises `Conflict` where the row differs from `version`, `Refused` where nothing changes
    or no unit would be left.
    """
    amendment = change_row(task, by=by, version=version, reason=reason, lead=lead, responsible=responsible, **written)
    changed = [what for what, _, _ in amendment.changes]
    record(Kind.CHANGE, "调整任务", by=by, on=amendment.task, detail={"plan": task.plan_id, "changed": changed})
    return amendment


def change_row(task, *, by, version, reason, lead, responsible, **written):
    """Do the same as `amend` without an entry in the audit trail, which the caller records."""
    plan = Plan.objects.select_for_update().get(pk=task.plan_id)
    require(by, "tasks.manage_plan")
    if plan.state != PlanState.ISSUED:
        raise Conflict("该分解表尚未印发，请直接修改。")
    task = Task.objects.with_designations().get(pk=task.pk)
    refuse_stale(version, seen_task(task), "该项任务")
    if not lead and not responsible:
        raise Refused("至少要有一个牵头部门或责任单位。")
    changes = _changes(task, written, {DutyRole.LEAD: lead, DutyRole.RESPONSIBLE: responsible})
    if not changes:
        raise Refused("没有任何改动。")
    on = timezone.localdate()
    amendment = Amendment.objects.create(task=task, changes=changes, reason=reason, by=by, on=on)
    before, closed_on = _current(task), task.closing_day
    _write(task, written, lead, responsible)
    tidy_merges(plan)
    settle(plan, on=on)
    everybody = any(what in IN_WORDS.values() for what, _, _ in changes)
    _notify_units(task, before, amendment, everybody=everybody, moved=task.closing_day != closed_on)
    return amendment


def _changes(task, written, cells):
    """Return `[what, before, after]` in the words that users read."""
    after = Task(plan=task.plan, **{field: written.get(field, getattr(task, field)) for field in FIELDS})
    pairs = [
        (IN_WORDS["requirement"], task.requirement, after.requirement),
        (IN_WORDS["deadline"], _deadline(task), _deadline(after)),
        (IN_WORDS["target_count"], str(task.target_count or ""), str(after.target_count or "")),
    ]
    for role, names in cells.items():
        label = "牵头部门" if role == DutyRole.LEAD else "责任单位"
        pairs.append((label, "、".join(entry.text for entry in task.designated(role)), "、".join(names)))
    return [[what, old, new] for what, old, new in pairs if old != new]


def _deadline(task):
    words = task.deadline_in_words
    return f"{words}（{task.due_on:%Y-%m-%d}）" if task.due_on and task.deadline_as_written else words


def _current(task):
    """Return `{duty id: (role, coordinates, released_on)}` of the row's duties before the change."""
    return {duty.pk: (duty.role, duty.coordinates, duty.released_on) for duty in task.assignments.all()}


def _write(task, written, lead, responsible):
    for field in FIELDS:
        if field in written:
            setattr(task, field, written[field])
    task.save()
    names = NameRegistry()
    for role, texts in ((DutyRole.LEAD, lead), (DutyRole.RESPONSIBLE, responsible)):
        write_cell(task, role, texts, names)


def _notify_units(task, before, amendment, *, everybody, moved):
    """Add the amendment to the timelines of the affected duties, with the new deadline where the row's changed.

    Where it did not change, an extended deadline is kept.
    """
    duties = list(Assignment.objects.select_for_update(of=("self",)).filter(task=task).select_related("unit"))
    touched = []
    for duty in duties:
        is_owed = duty.released_on is None or duty.released_on > amendment.on
        stood = before.get(duty.pk)
        if (everybody and is_owed) or stood != (duty.role, duty.coordinates, duty.released_on):
            touched.append(duty)
            if moved and duty.status != Status.COMPLETED:
                duty.due_on = task.closing_day
    Assignment.objects.bulk_update(touched, ["due_on"], batch_size=500)
    reason = f"{amendment.in_words()}。原因：{amendment.reason}"
    transitions.record(touched, Event.AMENDED, by=amendment.by, reason=reason, act=transitions.AUDITED_BY_CALLER)
    line = f"《{task.plan.title}》第{task.number}项任务有调整：{amendment.in_words()}"
    notifications.notify_of_duties(touched, lambda duty: line)
