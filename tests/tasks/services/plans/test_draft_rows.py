"""Rows of a draft are added, changed, moved, split and deleted, with who stands in their cells."""

import pytest

from departments.choices import Role
from departments.models import Alias
from tasks.choices import DutyRole
from tasks.services.plans import draft_rows
from tasks.services.plans.drafting import place_of, seen_task
from tests.factories import DesignationFactory, SectionFactory, UnitFactory, UserFactory
from tests.tasks.drafts import as_text, draw_up, merge_all, merged, row_of, section_of, some_departments
from wenshang_disclosure.core.web.errors import Conflict, Refused

pytestmark = pytest.mark.django_db

SAID = {"deadline_as_written": "6月底前", "due_on": "2025-06-30", "recurrence": "", "recurrence_day": None}


@pytest.fixture
def office():
    return UserFactory(role=Role.OFFICE)


def change(task, by, **otherwise):
    """Save a row as its page does, with everything as it was but what is named."""
    cells = {role.value: [entry.text for entry in task.designated(role)] for role in DutyRole}
    said = {"section": task.section, "requirement": task.requirement, **cells, "version": seen_task(task)}
    return draft_rows.change(task, by=by, **{**said, **otherwise})


def cell(task, role=DutyRole.LEAD):
    return list(task.designations.filter(role=role).order_by("order").values_list("text", flat=True))


# --- add --------------------------------------------------------------------------------------------------------------


def test_a_new_row_stands_at_the_end_of_its_section(office):
    plan = draw_up(["甲", "乙"], ["丙"])

    task = draft_rows.add(
        plan, by=office, section=section_of(plan, 1), requirement="新", lead=["县商务局"], responsible=[], **SAID
    )

    assert as_text(plan) == ["1: 1 甲", "1: 2 乙", "1: 3 新", "2: 4 丙"]
    assert (task.number, str(task.due_on), task.deadline_as_written) == (3, "2025-06-30", "6月底前")


def test_its_cells_name_units_aliases_and_collectives(office):
    plan, towns = draw_up(["甲"]), some_departments()
    unit = UnitFactory(name="县财政局")
    Alias.objects.create(name="县财政", unit=unit)

    task = draft_rows.add(
        plan,
        by=office,
        section=section_of(plan, 1),
        requirement="新",
        lead=["县财政"],
        responsible=[towns.name, "县商务局"],
    )

    named = task.designations.values_list("role", "order", "text", "unit__name", "collective__name", "from_cell_above")
    assert sorted(named) == [
        ("lead", 1, "县财政", "县财政局", None, False),
        ("responsible", 1, towns.name, None, towns.name, False),
        ("responsible", 2, "县商务局", "县商务局", None, False),
    ]


def test_a_name_that_nobody_knows_is_refused_and_nothing_is_saved(office):
    plan = draw_up(["甲"])

    with pytest.raises(Refused, match="县某局、县某办"):
        draft_rows.add(
            plan, by=office, section=section_of(plan, 1), requirement="新", lead=["县某局"], responsible=["县某办"]
        )
    with pytest.raises(Refused, match="县某局"):
        change(row_of(plan, "甲"), office, requirement="改", lead=["县某局"])

    assert as_text(plan) == ["1: 1 甲"]


def test_a_section_that_was_deleted_meanwhile_or_is_another_plans_is_refused(office):
    plan, elsewhere = draw_up(["甲"]), SectionFactory()

    with pytest.raises(Conflict, match="另选一个"):
        draft_rows.add(plan, by=office, section=elsewhere, requirement="新", lead=[], responsible=[])
    with pytest.raises(Conflict, match="另选一个"):
        change(row_of(plan, "甲"), office, section=elsewhere)

    assert (as_text(plan), elsewhere.tasks.count()) == (["1: 1 甲"], 0)


# --- change -----------------------------------------------------------------------------------------------------------


def test_a_row_says_what_was_written(office):
    plan = draw_up(["甲", "乙"])

    task = change(row_of(plan, "乙"), office, requirement="乙改", target_count=2, **SAID)

    assert as_text(plan) == ["1: 1 甲", "1: 2 乙改"]
    assert (task.target_count, str(task.due_on), cell(task)) == (2, "2025-06-30", ["县商务局"])


@pytest.mark.parametrize(("requirement", "order", "after"), [
    ("甲", 2, ["1: 1 乙", "2: 2 丙", "2: 3 甲", "3: 4 丁"]),
    ("丁", 1, ["1: 1 甲", "1: 2 乙", "1: 3 丁", "2: 4 丙"]),
])  # fmt: skip
def test_another_section_takes_the_row_at_its_end(office, requirement, order, after):
    plan = draw_up(["甲", "乙"], ["丙"], ["丁"])

    change(row_of(plan, requirement), office, section=section_of(plan, order))

    assert as_text(plan) == after


def test_who_stays_in_a_cell_keeps_the_picked_units(office):
    plan, some = draw_up(["甲"]), some_departments()
    task, picked = row_of(plan, "甲"), UnitFactory()
    entry = DesignationFactory(task=task, role=DutyRole.LEAD, order=2, collective=some)
    entry.picked_units.add(picked)
    UnitFactory(name="县财政局")

    task = change(row_of(plan, "甲"), office, lead=[some.name, "县财政局"])

    entry.refresh_from_db()
    assert cell(task) == [some.name, "县财政局"]
    assert (entry.order, list(entry.picked_units.all())) == (1, [picked])


def test_a_row_as_it_was_keeps_its_merged_cell_and_one_with_other_names_is_parted(office):
    plan = draw_up(["甲", "乙", "丙"])
    merge_all(plan)
    UnitFactory(name="县财政局")

    change(row_of(plan, "乙"), office, requirement="乙改")
    kept = merged(plan)
    change(row_of(plan, "乙改"), office, lead=["县财政局"])

    assert (kept, merged(plan)) == (["乙改", "丙"], [])


def test_the_second_of_two_tabs_is_told_and_writes_nothing(office):
    plan = draw_up(["甲"])
    seen = row_of(plan, "甲")
    change(row_of(plan, "甲"), office, requirement="甲改")

    with pytest.raises(Conflict, match="刚被别人改过"):
        change(seen, office, requirement="甲又改")

    assert as_text(plan) == ["1: 1 甲改"]


@pytest.mark.parametrize(
    "meanwhile", [{"requirement": "改"}, {"target_count": 3}, {"lead": []}, {"recurrence": "ongoing", "due_on": None}]
)
def test_a_row_that_changed_in_any_way_is_not_the_one_that_was_seen(office, meanwhile):
    plan = draw_up(["甲"])
    seen = row_of(plan, "甲")
    now = change(row_of(plan, "甲"), office, **meanwhile)

    with pytest.raises(Conflict):
        draft_rows.delete(now, by=office, version=seen_task(seen))

    assert plan.tasks.count() == 1


def test_rows_added_above_it_do_not_make_a_row_another(office):
    plan = draw_up(["甲"], ["乙"])
    seen = row_of(plan, "乙")
    draft_rows.add(plan, by=office, section=section_of(plan, 1), requirement="新", lead=[], responsible=[])

    change(seen, office, requirement="乙改")

    assert as_text(plan) == ["1: 1 甲", "1: 2 新", "2: 3 乙改"]


# --- move -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("requirement", "direction", "after"), [
    ("乙", "up", ["1: 1 乙", "1: 2 甲", "3: 3 丙", "3: 4 丁"]),
    ("甲", "down", ["1: 1 乙", "1: 2 甲", "3: 3 丙", "3: 4 丁"]),
    ("乙", "down", ["1: 1 甲", "2: 2 乙", "3: 3 丙", "3: 4 丁"]),
    ("丙", "up", ["1: 1 甲", "1: 2 乙", "2: 3 丙", "3: 4 丁"]),
])  # fmt: skip
def test_a_row_moves_by_one_place_also_into_the_next_section(office, requirement, direction, after):
    plan = draw_up(["甲", "乙"], [], ["丙", "丁"])
    task = row_of(plan, requirement)

    draft_rows.move(task, by=office, place=place_of(task), direction=direction)

    assert as_text(plan) == after


def test_across_a_border_it_comes_to_the_near_end(office):
    plan = draw_up(["甲", "乙"], ["丙", "丁"])

    draft_rows.move(row_of(plan, "丙"), by=office, place=place_of(row_of(plan, "丙")), direction="up")
    last_of_first = as_text(plan)
    draft_rows.move(row_of(plan, "丙"), by=office, place=place_of(row_of(plan, "丙")), direction="down")

    assert last_of_first == ["1: 1 甲", "1: 2 乙", "1: 3 丙", "2: 4 丁"]
    assert as_text(plan) == ["1: 1 甲", "1: 2 乙", "2: 3 丙", "2: 4 丁"]


@pytest.mark.parametrize(("requirement", "direction"), [("甲", "up"), ("丙", "down")])
def test_at_the_ends_of_the_table_there_is_no_place_to_go(office, requirement, direction):
    plan = draw_up(["甲", "乙"], ["丙"])
    task = row_of(plan, requirement)

    with pytest.raises(Refused, match="已经是"):
        draft_rows.move(task, by=office, place=place_of(task), direction=direction)

    assert as_text(plan) == ["1: 1 甲", "1: 2 乙", "2: 3 丙"]


def test_a_row_that_somebody_moved_is_not_moved_again(office):
    plan = draw_up(["甲", "乙", "丙"])
    task = row_of(plan, "丙")
    seen = place_of(task)
    draft_rows.move(task, by=office, place=seen, direction="up")

    with pytest.raises(Conflict, match="没有移动"):
        draft_rows.move(task, by=office, place=seen, direction="up")

    assert as_text(plan) == ["1: 1 甲", "1: 2 丙", "1: 3 乙"]


def test_moving_parts_the_cells_that_no_longer_stand_below_their_like(office):
    plan = draw_up(["甲", "乙", "丙"])
    change(row_of(plan, "甲"), office, lead=[])
    row_of(plan, "丙").designations.update(from_cell_above=True)

    task = row_of(plan, "丙")
    draft_rows.move(task, by=office, place=place_of(task), direction="up")

    assert (as_text(plan), merged(plan)) == (["1: 1 甲", "1: 2 丙", "1: 3 乙"], [])


# --- split, delete ----------------------------------------------------------------------------------------------------


def test_a_split_row_is_two_with_the_same_section_deadline_and_holders(office):
    plan, some = draw_up(["甲乙", "丙"], ["丁"]), some_departments()
    task, picked = row_of(plan, "甲乙"), UnitFactory()
    DesignationFactory(task=task, collective=some).picked_units.add(picked)
    task.target_count = 2
    task.save()
    task = row_of(plan, "甲乙")

    below = draft_rows.split(task, by=office, version=seen_task(task), first="甲", second="乙")

    task.refresh_from_db()
    assert as_text(plan) == ["1: 1 甲", "1: 2 乙", "1: 3 丙", "2: 4 丁"]
    assert (below.due_on, below.deadline_as_written) == (task.due_on, task.deadline_as_written)
    assert (task.target_count, below.target_count) == (2, None)
    assert (cell(below), cell(below, DutyRole.RESPONSIBLE)) == (["县商务局"], [some.name])
    assert list(below.designations.get(collective=some).picked_units.all()) == [picked]


def test_inside_merged_cells_a_split_row_stays_inside(office):
    plan = draw_up(["甲乙", "丙"])
    merge_all(plan)
    task = row_of(plan, "甲乙")

    draft_rows.split(task, by=office, version=seen_task(task), first="甲", second="乙")

    assert merged(plan) == ["乙", "丙"]


def test_a_deleted_row_closes_the_ranks_and_parts_the_cell_below_it(office):
    plan = draw_up(["甲", "乙", "丙"])
    merge_all(plan)
    task = row_of(plan, "甲")

    draft_rows.delete(task, by=office, version=seen_task(task))

    assert (as_text(plan), merged(plan)) == (["1: 1 乙", "1: 2 丙"], ["丙"])


def test_a_row_that_somebody_deleted_is_told(office):
    plan = draw_up(["甲", "乙"])
    task = row_of(plan, "甲")
    seen = seen_task(task)
    draft_rows.delete(task, by=office, version=seen)

    with pytest.raises(Conflict, match="已被别人删除"):
        draft_rows.split(task, by=office, version=seen, first="一", second="二")

    assert as_text(plan) == ["1: 1 乙"]
