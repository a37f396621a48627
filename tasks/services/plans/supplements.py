"""Drafts of supplements (补充通知): what they are about, and which rows they add, change and take out."""

from datetime import date

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from departments.services.resolve import NameRegistry
from tasks.choices import PlanState
from tasks.models import Part, Plan, Section, Supplement, SupplementChange, Task
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.web.errors import Conflict, Refused, require
from wenshang_disclosure.files import keeping, uses

from .amendments import refuse_other_state
from .drafting import IN_THE_ROW, seen_task
from .issuing import BATCH_ROWS
from .supplement_changes import applied, content_of

CHANGED_MEANWHILE = "这份补充通知刚被别人改过，本次没有保存。下面是现在的情况，您填写的内容仍在，请核对后再保存一次。"


@transaction.atomic
def begin(plan, *, by):
    """Begin a supplement to an issued plan, and return the draft."""
    plan = Plan.objects.select_for_update().get(pk=plan.pk)
    require(by, "tasks.manage_plan")
    refuse_other_state(plan)
    supplement = Supplement.objects.create(plan=plan, table=new_table(plan), begun_by=by, begun_at=timezone.now())
    record(Kind.CHANGE, "拟制补充通知", by=by, on=supplement, detail={"plan": plan.pk})
    return supplement


def new_table(plan):
    """Create the draft plan in which the rows that a supplement adds are drawn up, with the headings of `plan`."""
    table = Plan.objects.create(
        year=plan.year, title=f"《{plan.title}》补充任务"[:200], issuer=plan.issuer, warning_days=plan.warning_days
    )
    parts = {part.pk: Part(plan=table, order=part.order, heading=part.heading, kind=part.kind) for part in _parts(plan)}
    Part.objects.bulk_create(parts.values())
    sections = Section.objects.filter(part__plan=plan).order_by("part__order", "order")
    Section.objects.bulk_create(
        [Section(part=parts[each.part_id], order=each.order, heading=each.heading) for each in sections],
        batch_size=BATCH_ROWS,
    )
    return table


def _parts(plan):
    return plan.parts.order_by("order")


def describe(supplement, *, by, version, upload=None, drop_file=False, **about):
    """Set title, number, date and file of a draft, and return it; without `upload` the file stays or is dropped."""
    require(by, "tasks.manage_plan")
    with keeping.kept([upload] if upload else [], uses.EVIDENCE, by=by) as kept, transaction.atomic():
        supplement = lock_draft(supplement, by, version)
        former = supplement.file if drop_file or kept else None
        for name, value in about.items():
            setattr(supplement, name, value)
        if former:
            supplement.file, supplement.file_name = None, ""
        for name, stored in kept:
            stored.save()
            supplement.file, supplement.file_name = stored, name
        saved = _saved(supplement, by, "修改补充通知")
        _forget(former)
        return saved


def _forget(stored):
    """Delete a file of a notice that no supplement has any more; one that was taken back shares it with its copy."""
    if stored and not Supplement.objects.filter(file=stored).exists():
        stored.delete()
        transaction.on_commit(lambda: default_storage.delete(stored.path))


def lock_draft(supplement, by, version=None):
    """Lock a draft and return it. Raises `Conflict` where it is none any more, or was changed since `version`."""
    require(by, "tasks.manage_plan")
    current = Supplement.objects.select_for_update(of=("self",)).select_related("plan").filter(pk=supplement.pk).first()
    if current is None:
        raise Conflict("这份补充通知已被删除，本次没有保存。")
    if current.state != PlanState.DRAFT:
        raise Conflict(f"这份补充通知{current.get_state_display()}，本次没有保存。")
    if version is not None and f"{current.version}" != f"{version}":
        raise Conflict(CHANGED_MEANWHILE)
    return current


def _saved(supplement, by, act, **detail):
    supplement.version += 1
    supplement.save()
    record(Kind.CHANGE, act, by=by, on=supplement, detail={"plan": supplement.plan_id, **detail})
    return supplement


@transaction.atomic
def change_rows(supplement, *, by, version, tasks, **step):
    """Change rows of the plan in the draft, all in the same way, and return the number of those that differ by it.

    `step` is what `supplement_changes.applied` takes. Raises `Refused` where no row differs, or one would be left
    without a unit.
    """
    supplement = lock_draft(supplement, by, version)
    present = {change.task_id: change for change in supplement.changes.all()}
    rows = _rows(supplement, tasks)
    names, changed = NameRegistry(), []
    for task in rows:
        before = present.get(task.pk)
        drawn = before.written if before and not before.removes else content_of(task)
        written = applied(drawn, names, **step)
        if written != drawn:
            changed.append((task, written))
    if not changed:
        raise Refused("所选任务都没有因此改动，没有保存。请核对所填的内容。")
    for task, written in changed:
        _draw_up(supplement, task, written=written, reason=step.get("reason", ""))
    _saved(supplement, by, "拟制补充通知：调整任务", rows=[task.number for task, _ in changed])
    return len(changed)


def _rows(supplement, tasks):
    """Return the rows in the order of the table, as they stand. Raises `Refused` where there is none."""
    rows = supplement.plan.tasks.standing().with_designations().filter(pk__in=[task.pk for task in tasks])
    rows = list(rows.as_printed())
    if not rows:
        raise Refused("请先勾选任务。")
    return rows


def _draw_up(supplement, task, **what):
    about = {"removes": False, "written": {}, "reason": "", "seen": seen_task(task), **what}
    if not about["removes"] and about["written"] == content_of(task):
        supplement.changes.filter(task=task).delete()  # it is again what the plan has
    else:
        SupplementChange.objects.update_or_create(supplement=supplement, task=task, defaults=about)


@transaction.atomic
def take_out(supplement, *, by, version, tasks, reason):
    """Take rows of the plan out in the draft (取消任务), with a reason; return their number."""
    supplement = lock_draft(supplement, by, version)
    if not reason.strip():
        raise Refused("请填写取消的原因。")
    rows = _rows(supplement, tasks)
    for task in rows:
        _draw_up(supplement, task, removes=True, reason=reason.strip())
    _saved(supplement, by, "拟制补充通知：取消任务", rows=[task.number for task in rows])
    return len(rows)


@transaction.atomic
def change_row(supplement, task, *, by, version, reason="", lead, responsible, **written):
    """Set what one row is to become in the draft, and return the supplement."""
    supplement = lock_draft(supplement, by, version)
    [task] = _rows(supplement, [task])
    if not lead and not responsible:
        raise Refused("至少要有一个牵头部门或责任单位。")
    given = {name: written.get(name, getattr(task, name)) for name in IN_THE_ROW}
    content = {**given, "due_on": _iso(given["due_on"]), "lead": lead, "responsible": responsible}
    if content == content_of(task) and not supplement.changes.filter(task=task).exists():
        raise Refused("没有任何改动。")
    _draw_up(supplement, task, written=content, reason=reason)
    return _saved(supplement, by, "拟制补充通知：调整任务", rows=[task.number])


def _iso(day):
    return day.isoformat() if isinstance(day, date) else day


@transaction.atomic
def leave_rows(supplement, *, by, version, changes):
    """Leave rows as they are after all: drop these changes from the draft. Return their number."""
    supplement = lock_draft(supplement, by, version)
    dropped = supplement.changes.filter(pk__in=[change.pk for change in changes])
    numbers = list(dropped.values_list("task__number", flat=True))
    if not numbers:
        raise Refused("请先勾选任务。")
    dropped.delete()
    _saved(supplement, by, "拟制补充通知：不再调整", rows=numbers)
    return len(numbers)


@transaction.atomic
def discard(supplement, *, by, version):
    """Delete a draft with everything in it."""
    supplement = lock_draft(supplement, by, version)
    record(Kind.CHANGE, "删除补充通知拟制稿", by=by, on=supplement, detail={"plan": supplement.plan_id})
    table, stored = supplement.table, supplement.file
    supplement.delete()
    _forget(stored)
    if table:
        table.delete()


def added_rows(supplement):
    """Return the rows that a supplement adds, in the order of the table: drawn up, or in the plan once it is issued."""
    rows = supplement.table.tasks if supplement.table_id else supplement.added
    return rows.with_designations().as_printed()


def stale_changes(supplement):
    """Return the numbers of rows that were changed or taken out since their change was drawn up."""
    changes = {change.task_id: change for change in supplement.changes.all()}
    rows = Task.objects.with_designations().filter(pk__in=changes)
    return sorted(row.number for row in rows if row.removed_by_id or seen_task(row) != changes[row.pk].seen)


def take_about(table, about):
    """Take number, date and title of the notice from an imported file, where they are not typed yet."""
    for supplement in table.supplement_drafts().select_for_update(of=("self",)):
        supplement.document_number = supplement.document_number or about["document_number"][:60]
        supplement.dated_on = supplement.dated_on or about["issued_on"]
        supplement.version += 1
        supplement.save(update_fields=["document_number", "dated_on", "version"])
