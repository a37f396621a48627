"""Amendments of rows after issue (调整): with a reason, from a day on, shown on every duty that they affect."""

from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.utils import timezone

from departments.services.resolve import NameRegistry
from tasks.choices import DutyRole, Event, PlanState, Status
from tasks.models import Amendment, Assignment, Plan, Task
from tasks.services.deadlines.changes import own_deadlines, sentences
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


@dataclass(frozen=True)
class Outlook:
    """A duty that was extended beyond the row's new deadline, and the deadline that an amendment leaves it."""

    duty: Assignment
    extended_to: date
    due_on: date

    def in_words(self):
        """Return the clause of the notice and of the timeline."""
        if self.due_on == self.extended_to:
            return f"本单位已延期，时限仍为{self.due_on:%Y-%m-%d}"
        return f"本单位原延至{self.extended_to:%Y-%m-%d}，现时限为{self.due_on:%Y-%m-%d}"


@transaction.atomic
def amend(task, *, by, version, reason, lead, responsible, **changes):
    """Change an issued row from today on, and return the `Amendment`.

    Duties are added or released accordingly, and every affected duty has the amendment on its timeline. Completed
    duties keep their deadline; extended ones keep the later of both, unless `replace_extensions`. `extensions_seen` is
    the mark of the extensions that the user saw, as `mark_of` returns it; `None` is not checked. Raises `Conflict`
    where the row differs from `version`, `Refused` where nothing changes, no unit would be left, or extensions were not
    seen.
    """
    amendment = change_row(task, by=by, version=version, reason=reason, lead=lead, responsible=responsible, **changes)
    changed = [what for what, _, _ in amendment.changes]
    record(Kind.CHANGE, "调整任务", by=by, on=amendment.task, detail={"plan": task.plan_id, "changed": changed})
    return amendment


def change_row(
    task,
    *,
    by,
    version,
    reason,
    lead,
    responsible,
    replace_extensions=False,
    extensions_seen=None,
    reassigned=(),
    **written,
):
    """Do the same as `amend` without an entry in the audit trail, which the caller records.

    `reassigned` are the ids of units between which a duty is reassigned (改派): their timelines say so.
    """
    plan = Plan.objects.select_for_update().get(pk=task.plan_id)
    require(by, "tasks.manage_plan")
    refuse_other_state(plan)
    change = RowChange(task, written, lead, responsible, reason, replace_extensions)
    change.read(version)
    _refuse_unseen(change.extended, extensions_seen)
    amend_rows(plan, [change], by=by, on=timezone.localdate(), reassigned=reassigned)
    _notify_units(change)
    return change.amendment


def refuse_other_state(plan):
    """Raise `Conflict` unless the plan is issued."""
    if plan.state == PlanState.DRAFT:
        raise Conflict("该分解表尚未印发，请直接修改。")
    if plan.state == PlanState.WITHDRAWN:
        raise Conflict("该分解表已撤回印发，不再调整。")


@dataclass
class RowChange:
    """What one row is to become, and after `amend_rows` what came of it.

    `changes` are those of the `Amendment`; `touched` are the duties affected, `clauses` by the id of a duty the one
    that says its new deadline.
    """

    task: Task
    written: dict
    lead: list[str]
    responsible: list[str]
    reason: str
    replace_extensions: bool = False
    changes: list = field(default_factory=list)
    extended: list[Outlook] = field(default_factory=list)
    amendment: Amendment | None = None
    touched: list[Assignment] = field(default_factory=list)
    clauses: dict = field(default_factory=dict)

    def read(self, version):
        """Read the row as it stands; raise `Conflict` where it is another one, `Refused` where nothing changes."""
        self.task = task = Task.objects.with_designations().get(pk=self.task.pk)
        if task.removed_by_id:
            raise Conflict(f"第{task.number}项任务已取消，不再调整。")
        refuse_stale(version, seen_task(task), f"第{task.number}项任务")
        if not self.lead and not self.responsible:
            raise Refused("至少要有一个牵头部门或责任单位。")
        self.changes = _changes(task, self.written, {DutyRole.LEAD: self.lead, DutyRole.RESPONSIBLE: self.responsible})
        if not self.changes:
            raise Refused("没有任何改动。")
        self.extended = extended_duties(task, self.written, replace=self.replace_extensions)

    @property
    def concerns_everybody(self):
        """Return whether it concerns all who owe the row, and not only those who begin or end."""
        return any(what in IN_WORDS.values() for what, _, _ in self.changes)


def amend_rows(plan, changes, *, by, on, supplement=None, reassigned=()):
    """Change several rows that were `read`, and settle the plan once; the caller has locked it, and tells the units."""
    before = {change.task.pk: (_lock_duties(change.task), change.task.closing_day) for change in changes}
    for change in changes:
        about = {"task": change.task, "changes": change.changes, "reason": change.reason}
        change.amendment = Amendment.objects.create(**about, by=by, on=on, supplement=supplement)
        _write(change.task, change.written, change.lead, change.responsible)
    tidy_merges(plan)
    settle(plan, on=on)
    for change in changes:
        duties, closed_on = before[change.task.pk]
        _follow(change, duties, closed_on, reassigned)


def _follow(change, before, closed_on, reassigned):
    """Let the duties of a changed row follow it: their deadlines, and their timelines."""
    task, amendment = change.task, change.amendment
    change.touched = _touched(task, before, amendment, everybody=change.concerns_everybody)
    if task.closing_day != closed_on:
        change.clauses = _set_deadlines(change.touched, task, change.extended, amendment.on)
    _record_steps(change, reassigned)


def extended_duties(task, written, *, replace=False):
    """Return the `Outlook`s of the open duties that were extended beyond the deadline that `written` gives the row.

    Empty where the row's deadline does not move, or where it moves beyond every extension or is taken away.
    """
    closing_day = _after(task, written).closing_day
    if closing_day is None or closing_day == task.closing_day:
        return []
    return [Outlook(duty, own, closing_day if replace else own) for duty, own in prolonged(task) if own > closing_day]


def prolonged(task):
    """Return `[(duty, its extended deadline)]` of the row's open duties that were extended, in the order of units."""
    duties = task.assignments.owed(timezone.localdate()).exclude(status=Status.COMPLETED)
    duties = list(duties.select_related("unit").order_by("unit__order", "pk"))
    own = own_deadlines(duties, task.closing_day)
    return [(duty, own[duty.pk]) for duty in duties if duty.pk in own]


def mark_of(extended):
    """Return the mark of what was shown of extended duties; empty where there are none."""
    return ";".join(f"{each.duty.pk}:{each.extended_to}:{each.due_on}" for each in extended)


def _refuse_unseen(extended, seen):
    if seen is not None and seen != mark_of(extended):
        raise Refused("有事项已单独延期，与新的时限不一致，本次没有保存。请核对下面所列各事项的时限，再点“确定调整”。")


def _after(task, written):
    return Task(plan=task.plan, **{name: written.get(name, getattr(task, name)) for name in FIELDS})


def _changes(task, written, cells):
    """Return `[what, before, after]` in the words that users read."""
    after = _after(task, written)
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


def _lock_duties(task):
    """Lock the row's duties, and return `{duty id: (role, coordinates, released_on)}` before the change."""
    duties = task.assignments.select_for_update(of=("self",)).order_by("pk")
    return {duty.pk: (duty.role, duty.coordinates, duty.released_on) for duty in duties}


def _write(task, written, lead, responsible):
    for name in FIELDS:
        if name in written:
            setattr(task, name, written[name])
    task.save()
    names = NameRegistry()
    for role, texts in ((DutyRole.LEAD, lead), (DutyRole.RESPONSIBLE, responsible)):
        write_cell(task, role, texts, names)


def _touched(task, before, amendment, *, everybody):
    """Return the duties that the amendment affects: all that are owed, or those whose own part changed."""
    duties = Assignment.objects.select_for_update(of=("self",)).filter(task=task).select_related("unit")
    return [
        duty
        for duty in duties
        if (everybody and _is_owed(duty, amendment.on))
        or before.get(duty.pk) != (duty.role, duty.coordinates, duty.released_on)
    ]


def _is_owed(duty, on):
    return duty.released_on is None or duty.released_on > on


def _set_deadlines(duties, task, extended, on):
    """Set the deadlines of the open duties, and return `{duty id: clause that says it}`."""
    outlooks = {each.duty.pk: each for each in extended}
    clauses = {}
    for duty in duties:
        if duty.status == Status.COMPLETED:
            continue
        outlook = outlooks.get(duty.pk)
        duty.due_on = outlook.due_on if outlook else task.closing_day
        if outlook:
            clauses[duty.pk] = outlook.in_words()
        elif _is_owed(duty, on):
            day = duty.due_on
            clauses[duty.pk] = f"本单位时限为{day:%Y-%m-%d}" if day else "本单位不再有完成时限"
    Assignment.objects.bulk_update(duties, ["due_on"], batch_size=500)
    return clauses


def _record_steps(change, reassigned):
    """Add the amendment to the timelines of the affected duties, with their own deadlines where these differ."""
    amendment, extended = change.amendment, {each.duty.pk for each in change.extended}
    reason = f"{amendment.in_words()}。原因：{amendment.reason}"
    by_words = {}
    for duty in change.touched:
        own = f"{change.clauses[duty.pk]}。" if duty.pk in extended and duty.pk in change.clauses else ""
        event = Event.REASSIGNED if duty.unit_id in reassigned else Event.AMENDED
        by_words.setdefault((event, sentences(reason, own) if own else reason), []).append(duty)
    for (event, words), alike in by_words.items():
        transitions.record(alike, event, by=amendment.by, reason=words, act=transitions.AUDITED_BY_CALLER)


def _notify_units(change):
    """Notify the units of the affected duties of an amendment, each of its own deadline."""
    task, clauses, amendment = change.task, change.clauses, change.amendment
    start = f"《{task.plan.title}》第{task.number}项任务有调整"
    lines = {pk: f"{start}，{clause}：{amendment.in_words()}" for pk, clause in clauses.items()}
    notifications.notify_of_duties(change.touched, lambda duty: lines.get(duty.pk, f"{start}：{amendment.in_words()}"))
