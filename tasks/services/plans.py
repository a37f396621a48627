"""A plan is built from data, and issued (印发): from then on it binds its units."""

from django.db import transaction

from departments.services.resolve import Names
from wenshang_disclosure.common.errors import Conflict, Refused, require

from ..choices import DutyRole, PlanState
from ..models import BasisDocument, Designation, Part, Plan, Section, Task
from .assignments import settle


@transaction.atomic
def issue(plan, *, by):
    """Issue a draft plan on its date and give every named unit its duties.

    Raises `Conflict` where it is issued already, `Refused` where it has no date or a row names nobody at all.
    """
    require(by, "tasks.manage_plan")
    plan = Plan.objects.select_for_update().get(pk=plan.pk)
    if plan.state == PlanState.ISSUED:
        raise Conflict("该分解表已经印发。")
    if plan.issued_on is None:
        raise Refused("请先填写印发日期。")
    nameless = list(plan.tasks.filter(designations__isnull=True).values_list("number", flat=True))
    if nameless or not plan.tasks.exists():
        raise Refused(
            f"以下任务没有填写任何单位：{'、'.join(map(str, nameless))}。" if nameless else "表中还没有任务。"
        )
    plan.state = PlanState.ISSUED
    plan.save(update_fields=["state"])
    settle(plan, on=plan.issued_on)
    return plan


@transaction.atomic
def build(data):
    """Make a draft plan with its parts, sections, rows and cells from plain data, and give it.

    `data` is shaped like fixtures/plan-2024.json; cells that were merged with the one above come filled in and marked.
    Raises `Refused` with every name that is neither a unit, nor an alias, nor a collective.
    """
    names = Names()
    unknown = sorted(
        {name for row in _rows(data) for name in row["lead"] + row["responsible"] if not names.knows(name)}
    )
    if unknown:
        raise Refused(f"以下名称不在单位名录中：{'、'.join(unknown)}。")
    about = dict(data["plan"])
    basis = about.pop("basis", [])
    plan = Plan.objects.create(**about)
    BasisDocument.objects.bulk_create(
        BasisDocument(plan=plan, order=order, **document) for order, document in enumerate(basis, start=1)
    )
    section_order = 0
    for part_order, part_data in enumerate(data["parts"], start=1):
        part = Part.objects.create(plan=plan, order=part_order, heading=part_data["heading"], kind=part_data["kind"])
        for section_data in part_data["sections"]:
            section_order += 1
            section = Section.objects.create(part=part, order=section_order, heading=section_data["heading"])
            for row in section_data["tasks"]:
                _build_task(plan, section, row, names)
    plan.refresh_from_db()
    return plan


def _rows(data):
    return [row for part in data["parts"] for section in part["sections"] for row in section["tasks"]]


def _build_task(plan, section, row, names):
    fields = ("number", "requirement", "deadline_as_written", "due_on", "target_count")
    task = Task.objects.create(plan=plan, section=section, **{field: row[field] for field in fields})
    for role in DutyRole:
        for order, name in enumerate(row[role.value], start=1):
            unit, collective = names.resolve(name)
            Designation.objects.create(
                task=task,
                role=role,
                order=order,
                text=name,
                unit=unit,
                collective=collective,
                from_cell_above=row[f"{role.value}_from_cell_above"],
            )
