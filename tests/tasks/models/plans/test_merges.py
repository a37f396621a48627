"""One rule says which cells are merged: the page, the files and the services agree on every table."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reports.exports.paper import LEAD, RESPONSIBLE, spans
from tasks.choices import DutyRole
from tasks.models import Plan, Task
from tasks.models.plans.merges import cell_heights, goes_on
from tasks.services.plans.drafting import tidy_merges
from tasks.views.plans.tasks import as_on_paper
from tests.environment import LONG
from tests.factories import DesignationFactory, PartFactory, PlanFactory, SectionFactory, TaskFactory, UnitFactory

pytestmark = pytest.mark.django_db
NAMES = ["县商务局", "县财政局"]
COLUMNS = {LEAD: ("lead", DutyRole.LEAD), RESPONSIBLE: ("responsible", DutyRole.RESPONSIBLE)}

cells = st.tuples(st.lists(st.sampled_from(NAMES), unique=True, max_size=2), st.booleans())
rows = st.tuples(cells, cells, st.booleans(), st.integers(1, 2))
tables = st.lists(st.lists(rows, min_size=1, max_size=5), min_size=1, max_size=2)


@pytest.fixture
def units():
    return {name: UnitFactory(name=name) for name in NAMES}


def draw_up(table, units):
    """Make a plan of that table; return it with the numbers of the rows that a filter shows."""
    part, number, shown = PartFactory(plan=PlanFactory()), 0, []
    for order, section_rows in enumerate(table, start=1):
        section = SectionFactory(part=part, order=order)
        for lead, responsible, is_shown, step in section_rows:
            number += step
            shown += [number] * is_shown
            task = TaskFactory(section=section, number=number)
            for role, (names, merged) in ((DutyRole.LEAD, lead), (DutyRole.RESPONSIBLE, responsible)):
                for place, name in enumerate(names):
                    entry = {"task": task, "role": role, "order": place, "text": name, "unit": units[name]}
                    DesignationFactory(**entry, from_cell_above=merged)
    return part.plan, shown


def on_pages(tasks):
    """Return `{(number, column): height}` as the page draws the cells."""
    return {
        (row["task"].number, column): row[f"{name}_height"]
        for _, rows in as_on_paper(tasks, {})
        for row in rows
        for column, (name, _) in COLUMNS.items()
    }


def in_files(tasks):
    """Return `{(number, column): height}` as files merge the cells."""
    heights = {(task.number, column): 0 for task in tasks for column in COLUMNS}
    for section in dict.fromkeys(task.section_id for task in tasks):
        of_section = [task for task in tasks if task.section_id == section]
        for column, first, last in spans(of_section):
            if column in COLUMNS:
                heights[of_section[first].number, column] = last - first + 1
    return heights


def marked(plan):
    """Return the cells that are marked as merged: `{(number, role)}`."""
    entries = plan.tasks.filter(designations__from_cell_above=True)
    return set(entries.values_list("number", "designations__role"))


@settings(
    max_examples=40 if LONG else 12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(table=tables)
def test_pages_files_and_services_merge_the_same_cells(units, table):
    plan, shown = draw_up(table, units)
    whole = list(plan.tasks.with_designations().order_by("number"))
    filtered = list(plan.tasks.filter(number__in=shown).with_designations().order_by("number"))
    drawn, drawn_filtered = on_pages(whole), on_pages(filtered)

    assert in_files(whole) == drawn
    assert in_files(filtered) == drawn_filtered
    assert {cell for cell in drawn_filtered if not drawn_filtered[cell]} <= {cell for cell in drawn if not drawn[cell]}
    tidy_merges(plan)
    covered = {(number, COLUMNS[column][1]) for (number, column), height in drawn.items() if not height}
    assert marked(plan) == covered
    assert on_pages(list(plan.tasks.with_designations().order_by("number"))) == drawn

    Plan.objects.all().delete()


@pytest.mark.parametrize(
    ("cell", "above", "merged"),
    [
        ([("甲", True)], [("甲", False)], True),
        ([("甲", True), ("乙", True)], [("甲", False), ("乙", False)], True),
        ([("甲", False)], [("甲", False)], False),
        ([("甲", True)], [("乙", False)], False),
        ([("甲", True)], [("甲", False), ("乙", False)], False),
        ([("乙", True), ("甲", True)], [("甲", False), ("乙", False)], False),
        ([("甲", True)], [], False),
        ([], [], False),
    ],
)
def test_a_cell_goes_on_where_it_was_merged_and_says_the_same(cell, above, merged):
    assert goes_on(cell, above) == merged


def test_a_gap_in_the_numbers_parts_no_cells_but_a_missing_row_does():
    section, unit = SectionFactory(), UnitFactory()
    for number in (1, 2, 5, 6):
        task = TaskFactory(section=section, number=number)
        DesignationFactory(task=task, role=DutyRole.LEAD, unit=unit, text=unit.name, from_cell_above=number > 1)
    rows = Task.objects.filter(section=section).with_designations().order_by("number")

    assert cell_heights(list(rows), DutyRole.LEAD) == [4, 0, 0, 0]
    assert cell_heights(list(rows.exclude(number=2)), DutyRole.LEAD) == [1, 2, 0]
