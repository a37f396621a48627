"""Building a plan from data, and issuing it (印发)."""

from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from departments.models import Unit
from departments.services.resolve import NameRegistry
from tasks.choices import DutyRole, PlanState
from tasks.models import BasisDocument, Designation, Part, Plan, Section, Task
from tasks.services.supervision import notifications
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.web.errors import Conflict, Refused, require

from .assignments import duty_holders, settle

FIELDS = ("number", "requirement", "deadline_as_written", "due_on", "recurrence", "recurrence_day", "target_count")
BATCH_ROWS = 500


@transaction.atomic
def issue(plan, *, by, issued_on=None, document_number=None, used_from=None, catch_up_by=None):
    """Issue a draft plan on its date, create the duties of every named unit, and notify the units.

    The date and the document number may be given. A plan that was issued on paper before is `used_from` a later day
    (启用日期): duties are owed from it, and those of rows whose deadline is past by then are due on `catch_up_by`.
    Raises `Conflict` where it is issued already, `Refused` where it has no date, the days do not follow each other, or
    a row has no holder or no deadline.
    """
    require(by, "tasks.manage_plan")
    plan = Plan.objects.select_for_update().get(pk=plan.pk)
    if plan.state != PlanState.DRAFT:
        raise Conflict("该分解表已经印发。" if plan.state == PlanState.ISSUED else "该分解表已撤回印发，只供查阅。")
    plan.issued_on = issued_on or plan.issued_on
    plan.document_number = plan.document_number if document_number is None else document_number
    _refuse_days(plan, used_from, catch_up_by)
    if plan.supplement_drafts().exists():
        raise Refused("这是补充通知中新增的任务，随补充通知一并印发。")
    wrong = faults(plan)
    if wrong:
        raise Refused(wrong[0])
    plan.state, plan.used_from = PlanState.ISSUED, used_from if used_from != plan.issued_on else None
    plan.save(update_fields=["state", "issued_on", "document_number", "used_from"])
    new = settle(plan, on=plan.counts_from, issuing=True, catch_up_by=catch_up_by).new
    detail = {"duties": len(new), "issued_on": f"{plan.issued_on}"}
    adopted = {"used_from": f"{plan.used_from}"} if plan.used_from else {}
    record(Kind.CHANGE, "印发分解表", by=by, on=plan, detail={**detail, **adopted})
    notifications.notify_of_issue(plan)
    return plan


def _refuse_days(plan, used_from, catch_up_by):
    """Raise `Refused` unless issue, first use and the day for what is past follow each other, and use is not ahead."""
    if plan.issued_on is None:
        raise Refused("请先填写印发日期。")
    if used_from and not plan.issued_on <= used_from <= timezone.localdate():
        raise Refused("启用日期须在印发日期以后，不晚于今天。", field="used_from")
    if used_from and catch_up_by and catch_up_by < used_from:
        raise Refused("补办期限不能早于启用日期。", field="catch_up_by")


def faults(plan):
    """Return the sentences that say why a draft cannot be issued: a row needs a holder, and a deadline or 长期坚持."""
    if not plan.tasks.exists():
        return ["表中还没有任务。"]
    nameless = plan.tasks.filter(designations__isnull=True)
    timeless = plan.tasks.filter(due_on__isnull=True, recurrence="")
    found = [("没有填写任何单位", nameless), ("没有填写完成时限，也没有写明长期坚持", timeless)]
    numbers = [(words, list(rows.values_list("number", flat=True))) for words, rows in found]
    return [f"以下任务{words}：{'、'.join(map(str, rows))}。" for words, rows in numbers if rows]


@transaction.atomic
def build(data):
    """Create a draft plan with its parts, sections, rows and cells from plain data, and return it.

    `data` has the format of fixtures/plan-2024.json; cells merged with the one above are filled in and marked. Raises
    `Refused` with every name that is neither a unit, nor an alias, nor a collective.
    """
    names = NameRegistry()
    _refuse_unknown(names, data)
    about = dict(data["plan"])
    basis = about.pop("basis", [])
    plan = Plan.objects.create(**about)
    BasisDocument.objects.bulk_create(
        BasisDocument(plan=plan, order=order, **document) for order, document in enumerate(basis, start=1)
    )
    tasks, designations = [], []
    for section, rows in _build_headings(plan, data):
        for row in rows:
            task = Task(plan=plan, section=section, **{field: row[field] for field in FIELDS if field in row})
            tasks.append(task)
            designations += cells_of(task, row, names)
    Task.objects.bulk_create(tasks, batch_size=BATCH_ROWS)
    Designation.objects.bulk_create(designations, batch_size=BATCH_ROWS)
    plan.refresh_from_db()
    return plan


def _refuse_unknown(names, data):
    rows = [row for part in data["parts"] for section in part["sections"] for row in section["tasks"]]
    unknown = {name for row in rows for name in row["lead"] + row["responsible"] if not names.knows(name)}
    if unknown:
        raise Refused(f"以下名称不在单位名录中：{'、'.join(sorted(unknown))}。")


def _build_headings(plan, data):
    """Save parts and sections, and return `[(section, rows)]` in order."""
    parts = [
        Part(plan=plan, order=order, heading=part["heading"], kind=part["kind"])
        for order, part in enumerate(data["parts"], start=1)
    ]
    Part.objects.bulk_create(parts)
    filled = [
        (Section(part=part, heading=section["heading"]), section["tasks"])
        for part, described in zip(parts, data["parts"], strict=True)
        for section in described["sections"]
    ]
    for order, (section, _) in enumerate(filled, start=1):
        section.order = order
    Section.objects.bulk_create([section for section, _ in filled])
    return filled


def cells_of(task, row, names):
    """Return the unsaved entries of both cells of a row, from its data as `build` takes it."""
    designations = []
    for role in DutyRole:
        for order, name in enumerate(row[role.value], start=1):
            unit, collective = names.resolve(name)
            designations.append(
                Designation(
                    task=task,
                    role=role,
                    order=order,
                    text=name,
                    unit=unit,
                    collective=collective,
                    from_cell_above=row[f"{role.value}_from_cell_above"],
                )
            )
    return designations


@dataclass
class Share:
    """The rows that one unit would owe: their numbers, by role."""

    unit: Unit
    lead: list[int] = field(default_factory=list)
    responsible: list[int] = field(default_factory=list)

    @property
    def total(self):
        """Return the number of duties."""
        return len(self.lead) + len(self.responsible)


@dataclass
class Prospect:
    """The result of issuing on a given day, with hints on what to check (`hints`: `[(words, numbers of rows)]`)."""

    shares: list[Share]
    unresolved: list[int]
    hints: list[tuple]

    @property
    def duties(self):
        """Return the number of duties."""
        return sum(share.total for share in self.shares)


def prospect(plan, on):
    """Return the `Prospect` of issuing a draft on `on`, by the same rule that creates the duties."""
    units = {unit.pk: unit for unit in Unit.objects.order_by("order", "pk")}
    shares, unresolved, gone, past = {}, [], [], []
    for task in plan.tasks.with_designations().order_by("number"):
        for unit_id, holder in duty_holders(task, units).items():
            if holder.until and holder.until <= on:
                continue
            share = shares.setdefault(unit_id, Share(units[unit_id]))
            (share.lead if holder.role == DutyRole.LEAD else share.responsible).append(task.number)
        if task.is_unresolved:
            unresolved.append(task.number)
        if any(_is_gone(entry.unit, on) for entry in task.designations.all()):
            gone.append(task.number)
        if task.closing_day and task.closing_day < on:
            past.append(task.number)
    hints = [("写有已撤销的单位", gone), ("完成时限早于印发日期", past)]
    ordered = [shares[pk] for pk in units if pk in shares]
    return Prospect(ordered, unresolved, [hint for hint in hints if hint[1]])


def _is_gone(unit, on):
    return unit is not None and unit.retired_on is not None and unit.retired_on <= on


def what_keeps_the_level(sender, **kwargs):
    """Return which issued plans keep their wording when the region gets another level; receiver of `level_changes`."""
    years = Plan.objects.issued().values_list("year", flat=True)
    named = "、".join(f"{year}年" for year in sorted(set(years)))
    return f"{named}分解表已经印发：表中的文字和单位不变，页面、通知今后改用新的称呼。" if named else ""
