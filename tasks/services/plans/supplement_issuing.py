"""Issue of supplements (补充通知): who will owe what, and the step that makes it so (design: The table)."""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from departments.models import Unit
from tasks.choices import DutyRole, Event, PlanState
from tasks.models import Amendment, Assignment, Designation, Part, Plan, Section, Supplement
from tasks.models.plans.amendment import ADDED, REMOVED
from tasks.services.progress import transitions
from tasks.services.supervision import notifications
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core import history
from wenshang_disclosure.core.web.errors import Conflict, Refused, require

from . import amendments
from .drafting import last_number
from .issuing import BATCH_ROWS
from .supplement_changes import content_of, keywords_of
from .supplements import added_rows, lock_draft, stale_changes

OUTDATED = "核对以后，补充通知或者分解表有了改动，本次没有印发。请按下面现在的情况重新核对。"


# --- before it is issued ----------------------------------------------------------------------------------------------


def faults(supplement):
    """Return the sentences that say why a draft cannot be issued."""
    today = timezone.localdate()
    missing = [what for what, value in _needed(supplement) if not value]
    found = [f"请先填写{'和'.join(missing)}。"] if missing else []
    if supplement.dated_on and not supplement.plan.issued_on <= supplement.dated_on <= today:
        found.append("通知日期须在分解表印发日期以后，不晚于今天。")
    if not supplement.changes.exists() and not supplement.table.tasks.exists():
        found.append("补充通知还没有内容：没有新增、调整或者取消任何任务。")
    found += _faulty_rows(supplement.table)
    stale = stale_changes(supplement)
    if stale:
        found.append(f"第{_listed(stale)}项任务在拟制以后另有调整，请移出后重新调整。")
    return found


def _needed(supplement):
    return (("文号", supplement.document_number), ("通知日期", supplement.dated_on))


def _faulty_rows(table):
    rows = list(table.tasks.with_designations().as_printed())
    nameless = [task.number for task in rows if not task.designations.all()]
    timeless = [task.number for task in rows if not task.due_on and not task.recurrence]
    found = [("没有填写任何单位", nameless), ("没有填写完成时限，也没有写明长期坚持", timeless)]
    return [f"新增任务中第{_listed(numbers)}项{words}。" for words, numbers in found if numbers]


def _listed(numbers):
    return "、".join(map(str, numbers))


@dataclass
class Share:
    """What a supplement means for one unit, as `(number, words)` of rows: new duties, ended ones, and changed ones."""

    unit: str
    new: list[tuple] = field(default_factory=list)
    gone: list[tuple] = field(default_factory=list)
    changed: list[tuple] = field(default_factory=list)


@dataclass
class Prospect:
    """Who will owe what: by unit, with the numbers of the rows added, and those that name nobody yet (待明确)."""

    shares: list[Share]
    added: list[int]
    unresolved: list[int]
    headings: list[str]

    @property
    def mark(self):
        """Return the mark of what was shown."""
        text = json.dumps([vars(share) for share in self.shares], ensure_ascii=False)
        about = [self.added, self.unresolved, self.headings]
        return hashlib.sha256(f"{about}{text}".encode()).hexdigest()[:16]

    def totals(self):
        """Return the numbers of new, ended and changed duties."""
        return [sum(len(getattr(share, name)) for share in self.shares) for name in ("new", "gone", "changed")]


def prospect(supplement, *, by):
    """Return the `Prospect` of issuing a draft today: it is carried out and taken back, so that it is what will be."""
    with transaction.atomic():
        plan = Plan.objects.select_for_update().get(pk=supplement.plan_id)
        before = _duties(plan)
        done = _carry_out(plan, Supplement.objects.get(pk=supplement.pk), by)
        found = _prospect(plan, before, done)
        transaction.set_rollback(True)
    return found


def _duties(plan):
    """Return `{(row, unit): (number, role, deadline)}` of the duties that are not released today."""
    bound = Assignment.objects.filter(plan=plan).bound()
    rows = bound.values_list("task", "unit", "task__number", "role", "due_on")
    return {(task, unit): (number, role, due_on) for task, unit, number, role, due_on in rows}


def _prospect(plan, before, done):
    after = _duties(plan)
    units = {unit.pk: Share(unit.name) for unit in Unit.objects.order_by("order", "pk")}
    reworded = {change.task.pk: change.amendment.in_words() for change in done.changes if change.concerns_everybody}
    for key in sorted(before.keys() | after.keys(), key=lambda key: (after.get(key) or before[key])[0]):
        old, new, share = before.get(key), after.get(key), units[key[1]]
        if old is None:
            share.new.append((new[0], _duty_in_words(new)))
        elif new is None:
            share.gone.append((old[0], _duty_in_words(old)))
        elif old != new or key[0] in reworded:
            share.changed.append((new[0], _change_in_words(old, new, reworded.get(key[0], ""))))
    shares = [share for share in units.values() if share.new or share.gone or share.changed]
    rows = [*done.added, *(change.task for change in done.changes)]
    rows = plan.tasks.with_designations().filter(pk__in=[task.pk for task in rows]).as_printed()
    unresolved = [task.number for task in rows if task.is_unresolved]
    return Prospect(shares, [task.number for task in done.added], unresolved, done.headings)


def _duty_in_words(duty):
    _, role, due_on = duty
    return f"{DutyRole(role).label}，{_day(due_on)}"


def _day(due_on):
    return f"时限{due_on:%Y-%m-%d}" if due_on else "长期坚持"


def _change_in_words(old, new, words):
    parts = [words] if words else []
    if old[1] != new[1]:
        parts.append(f"职责由{DutyRole(old[1]).label}改为{DutyRole(new[1]).label}")
    parts.append(f"本单位{_day(new[2])}")
    return "；".join(parts)


# --- issue ------------------------------------------------------------------------------------------------------------


@dataclass
class Done:
    """What was done: rows added and taken out, changes of others, headings that were new, duties that were released."""

    added: list
    removed: list
    changes: list
    headings: list[str]
    released: list


@transaction.atomic
def issue(supplement, *, by, seen):
    """Issue a draft from today on, tell the units concerned, and return it.

    `seen` is the mark of the `Prospect` that was shown. Raises `Conflict` where it is another one by now, `Refused`
    where something is missing.
    """
    plan = Plan.objects.select_for_update().get(pk=supplement.plan_id)
    supplement = lock_draft(supplement, by)
    require(by, "tasks.manage_plan")
    amendments.refuse_other_state(plan)
    wrong = faults(supplement)
    if wrong:
        raise Refused(wrong[0])
    if prospect(supplement, by=by).mark != seen:
        raise Conflict(OUTDATED)
    before = _duties(plan)
    done = _carry_out(plan, supplement, by)
    _close(supplement, done, by)
    numbers = {"added": len(done.added), "changed": len(done.changes), "removed": len(done.removed)}
    record(Kind.CHANGE, "印发补充通知", by=by, on=supplement, detail={"plan": plan.pk, **numbers})
    notifications.notify_of_supplement(supplement, _counts(plan, before, done))
    return supplement


def _carry_out(plan, supplement, by):
    """Take rows out, add rows, and change rows, and let the duties follow; return what is `Done`."""
    on = timezone.localdate()
    drawn_up = list(supplement.changes.select_related("task").order_by("task__number"))
    removals = [change for change in drawn_up if change.removes]
    changes = [_read(change, supplement) for change in drawn_up if not change.removes]
    released = _take_out(removals, supplement, by, on)
    added, headings = _add(plan, supplement, by, on)
    amendments.amend_rows(plan, changes, by=by, on=on, supplement=supplement)
    return Done(added, [change.task for change in removals], changes, headings, released)


def _read(change, supplement):
    """Return the `RowChange` of a change that was drawn up, and keep what the row has now."""
    written = keywords_of(change.written)
    cells = {role.value: written.pop(role.value) for role in DutyRole}
    reason = change.reason or f"据{supplement}补充"
    read = amendments.RowChange(change.task, written, cells["lead"], cells["responsible"], reason)
    read.read(change.seen)
    change.before = content_of(read.task)
    change.save(update_fields=["before"])
    return read


def _take_out(removals, supplement, by, on):
    """Take the rows out of the table, release all their duties, and return these."""
    released = []
    for change in removals:
        change.task.removed_by = supplement
        change.task.save(update_fields=["removed_by"])
        _amend(change.task, REMOVED, change.reason, supplement, by, on)
        duties = change.task.assignments.select_for_update(of=("self",)).bound(on).order_by("pk")
        why = f"据{supplement}，本项任务取消。原因：{change.reason}"
        released += release(list(duties), by, on, why)
    return released


def release(duties, by, on, reason):
    """Release duties from `on`, with the reason on their timelines, and return them."""
    for duty in duties:
        duty.released_on = on
    Assignment.objects.bulk_update(duties, ["released_on"], batch_size=BATCH_ROWS)
    transitions.record(duties, Event.RELEASED, by=by, reason=reason, act=transitions.AUDITED_BY_CALLER)
    return duties


def _amend(task, what, reason, supplement, by, on):
    about = {"task": task, "changes": [[what, "", ""]], "reason": reason or f"据{supplement}补充"}
    Amendment.objects.create(**about, supplement=supplement, by=by, on=on)


def _add(plan, supplement, by, on):
    """Move the rows that were drawn up into the plan, numbered on from its last; return them and the new headings."""
    rows = list(added_rows(supplement))
    sections, headings = _sections(plan, rows)
    number = last_number(plan)
    for task in rows:
        number += 1
        place = task.section.part.kind, task.section.part.heading, task.section.heading
        task.plan, task.section, task.number, task.added_by = plan, sections[place], number, supplement
        task.save(update_fields=["plan", "section", "number", "added_by"])
        _amend(task, ADDED, "", supplement, by, on)
    _keep_absence(rows)
    return rows, headings


def _sections(plan, rows):
    """Return the plan's sections by kind, part and heading, with those that rows need and are new, and the latter."""
    known = {
        (one.part.kind, one.part.heading, one.heading): one
        for one in Section.objects.filter(part__plan=plan).select_related("part").order_by("-order", "-pk")
    }
    parts = {(part.kind, part.heading): part for part in plan.parts.order_by("-order")}
    new = []
    for task in rows:
        part = task.section.part
        key = part.kind, part.heading, task.section.heading
        if key in known:
            continue
        if key[:2] not in parts:
            order = max((each.order for each in parts.values()), default=0) + 1
            parts[key[:2]] = Part.objects.create(plan=plan, order=order, kind=part.kind, heading=part.heading)
        order = max((each.order for each in known.values()), default=0) + 1
        known[key] = Section.objects.create(part=parts[key[:2]], order=order, heading=task.section.heading)
        new.append(" / ".join(filter(None, (part.heading, task.section.heading))) or "（未分类）")
    return known, new


def _keep_absence(rows):
    """Keep that the rows were not in the table on the evening before, nor what stands in their cells."""
    entries = Designation.objects.filter(task__in=rows)
    history.keep_absence(rows)
    history.keep_absence(entries)
    history.keep_absence(Designation.picked_units.through.objects.filter(designation__in=entries))


def _close(supplement, done, by):
    table = supplement.table
    supplement.state, supplement.table = PlanState.ISSUED, None
    supplement.effective_on, supplement.issued_at, supplement.issued_by = timezone.localdate(), timezone.now(), by
    supplement.released = [duty.pk for duty in done.released]
    supplement.version += 1
    supplement.save()
    table.delete()


def _counts(plan, before, done):
    """Return `{unit: Counter of new, gone and changed duties}` of what was done."""
    after, counts = _duties(plan), {}
    reworded = {change.task.pk for change in done.changes if change.concerns_everybody}
    for key in before.keys() | after.keys():
        old, new = before.get(key), after.get(key)
        what = "new" if old is None else "gone" if new is None else "changed"
        if what != "changed" or old != new or key[0] in reworded:
            counts.setdefault(key[1], Counter())[what] += 1
    return counts
