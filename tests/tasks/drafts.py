"""A draft plan as tests of drawing one up need it."""

from departments.choices import UnitKind
from departments.models import Unit
from tasks.choices import DutyRole, PlanState
from tasks.models import Section
from tests.factories import (
    CollectiveFactory,
    DesignationFactory,
    PartFactory,
    PlanFactory,
    SectionFactory,
    TaskFactory,
    UnitFactory,
)


def draw_up(*sections, **about):
    """Make a draft of one part; each section is given by the requirements of its rows. Every row is 县商务局's."""
    plan = PlanFactory(**{"state": PlanState.DRAFT, "title": "2025年测试分解表", "year": 2025, **about})
    part = PartFactory(plan=plan, order=1)
    lead = Unit.objects.filter(name="县商务局").first() or UnitFactory(name="县商务局", kind=UnitKind.DEPARTMENT)
    number = 0
    for order, requirements in enumerate(sections, start=1):
        section = SectionFactory(part=part, order=order, heading=f"（{order}）类")
        for requirement in requirements:
            number += 1
            task = TaskFactory(section=section, number=number, requirement=requirement, due_on="2025-12-31")
            DesignationFactory(task=task, role=DutyRole.LEAD, order=1, unit=lead)
    return plan


def some_departments():
    """Make the collective whose units the office picks."""
    return CollectiveFactory(name="县政府有关部门、单位", kinds=[])


def section_of(plan, order):
    """Return a section by its place in the plan."""
    return Section.objects.get(part__plan=plan, order=order)


def row_of(plan, requirement):
    """Return a row by what it says."""
    return plan.tasks.with_designations().get(requirement=requirement)


def as_text(plan):
    """Return the plan's rows as `section order: number requirement`, in the order of numbers."""
    rows = plan.tasks.select_related("section").order_by("number")
    return [f"{task.section.order}: {task.number} {task.requirement}" for task in rows]


def merged(plan, role=DutyRole.LEAD):
    """Return the requirements of the rows whose cell is merged with the one above."""
    rows = plan.tasks.filter(designations__role=role, designations__from_cell_above=True)
    return list(rows.order_by("number").values_list("requirement", flat=True).distinct())


def merge_all(plan):
    """Merge every cell with the one above, as a file may say it."""
    for task in plan.tasks.all():
        task.designations.update(from_cell_above=True)
