"""What every change of a draft rests on: its lock, the mark of what was seen, numbers and merged cells."""

import random

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from departments.choices import Role
from tasks.choices import DutyRole, PlanState
from tasks.models import Plan, Section
from tasks.services.plans import draft_headings, draft_plans, draft_rows, drafting
from tests.factories import DesignationFactory, PartFactory, SectionFactory, TaskFactory, UnitFactory, UserFactory
from tests.tasks.drafts import as_text, draw_up, merge_all, merged, row_of, section_of
from wenshang_disclosure.core.web.errors import Conflict, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return UserFactory(role=Role.OFFICE)


def every_change(plan, by):
    """Every service that changes a draft, each ready to be called on what stands in it."""
    task = row_of(plan, "甲")
    section, part = task.section, task.section.part
    seen = drafting.seen_task(task)
    cells = {"lead": [], "responsible": []}
    in_section, in_part = {"version": drafting.seen_section(section)}, {"version": drafting.seen_part(part)}
    about = {"version": drafting.seen_plan(plan), "basis": [], "title": "新标题"}
    return [
        lambda: draft_rows.add(plan, by=by, section=section, requirement="新", **cells),
        lambda: draft_rows.change(task, by=by, version=seen, section=section, requirement="改", **cells),
        lambda: draft_rows.move(task, by=by, place=drafting.place_of(task), direction="down"),
        lambda: draft_rows.split(task, by=by, version=seen, first="一", second="二"),
        lambda: draft_rows.delete(task, by=by, version=seen),
        lambda: draft_headings.add_part(plan, by=by, heading="新"),
        lambda: draft_headings.add_section(part, by=by, heading="新"),
        lambda: draft_headings.rename_part(part, by=by, heading="新", kind="table", **in_part),
        lambda: draft_headings.rename_section(section, by=by, heading="新", **in_section),
        lambda: draft_headings.move_part(part, by=by, direction="down", **in_part),
        lambda: draft_headings.move_section(section, by=by, direction="down", **in_section),
        lambda: draft_headings.delete_part(part, by=by, rows=3, with_rows=True, **in_part),
        lambda: draft_headings.delete_section(section, by=by, rows=2, with_rows=True, **in_section),
        lambda: draft_plans.describe(plan, by=by, **about),
        lambda: draft_plans.discard(plan, by=by, version=draft_plans.seen_contents(plan)),
    ]


def stands(plan):
    """Everything that the plan says."""
    headings = [(part.order, part.heading, part.kind) for part in plan.parts.all()]
    plan = Plan.objects.get(pk=plan.pk)
    return plan.title, headings, as_text(plan), list(section_of(plan, 1).part.sections.values_list("heading"))


@pytest.mark.parametrize("place", range(15))
def test_an_issued_plan_is_changed_by_none_of_them(office, place):
    plan = draw_up(["甲", "乙"], ["丙"])
    changes, before = every_change(plan, office), stands(plan)
    Plan.objects.update(state=PlanState.ISSUED)

    with pytest.raises(Conflict, match="已经印发"):
        changes[place]()

    assert stands(plan) == before


@pytest.mark.parametrize("place", range(15))
@pytest.mark.parametrize("role", [Role.REVIEWER, Role.AUDITOR, Role.LIAISON])
def test_nobody_but_the_office_draws_up(role, place):
    plan = draw_up(["甲", "乙"], ["丙"])
    changes, before = every_change(plan, UserFactory(role=role)), stands(plan)

    with pytest.raises(PermissionDenied):
        changes[place]()

    assert stands(plan) == before


@pytest.mark.parametrize("place", range(14))
def test_each_says_so_where_the_plan_was_deleted_meanwhile(office, place):
    plan = draw_up(["甲", "乙"], ["丙"])
    changes = every_change(plan, office)
    Plan.objects.filter(pk=plan.pk).delete()

    with pytest.raises(Conflict, match="已被删除"):
        changes[place]()


# --- numbers ----------------------------------------------------------------------------------------------------------


def test_numbers_run_from_one_through_parts_sections_and_rows():
    plan = draw_up(["甲"], [])
    plan.tasks.update(number=90)
    first, second = section_of(plan, 1), section_of(plan, 2)
    TaskFactory(section=second, number=7, requirement="乙")
    TaskFactory(section=first, number=1, requirement="丙")
    early = SectionFactory(part=PartFactory(plan=plan, order=0), order=30)
    TaskFactory(section=early, number=44, requirement="丁")

    drafting.renumber(plan)

    assert as_text(plan) == ["1: 1 丁", "2: 2 丙", "2: 3 甲", "3: 4 乙"]
    assert list(plan.parts.values_list("order", flat=True)) == [1, 2]


def test_headings_keep_their_own_text():
    plan = draw_up(["甲"], ["乙"])
    other = SectionFactory(part=PartFactory(plan=plan, order=0, heading="九、旧"), order=30, heading="（三十）旧")

    drafting.renumber(plan)

    other.refresh_from_db()
    assert (other.order, other.heading, other.part.heading) == (1, "（三十）旧", "九、旧")


def test_another_plans_numbers_stay():
    plan, other = draw_up(["甲", "乙"]), TaskFactory(number=70)
    plan.tasks.filter(requirement="甲").delete()

    drafting.renumber(plan)

    other.refresh_from_db()
    assert (as_text(plan), other.number) == (["1: 1 乙"], 70)


# --- merged cells -----------------------------------------------------------------------------------------------------


def test_a_cell_stays_merged_below_one_with_the_same_names_in_the_same_section():
    plan = draw_up(["甲", "乙", "丙"], ["丁", "戊"])
    merge_all(plan)

    drafting.tidy_merges(plan)

    assert merged(plan) == ["乙", "丙", "戊"]


@pytest.mark.parametrize("change", ["another", "more", "order"])
def test_a_cell_is_parted_from_one_with_other_names(change):
    plan = draw_up(["甲", "乙", "丙"])
    for task in plan.tasks.all():
        DesignationFactory(task=task, role=DutyRole.LEAD, order=2, text="县财政局", unit=UnitFactory())
    merge_all(plan)
    cell = row_of(plan, "乙").designations
    if change == "another":
        cell.filter(order=2).update(text="县税务局")
    elif change == "more":
        DesignationFactory(task=row_of(plan, "乙"), role=DutyRole.LEAD, order=3, unit=UnitFactory())
    else:
        cell.filter(order=1).update(order=9)

    drafting.tidy_merges(plan)

    assert merged(plan) == []


def test_the_columns_are_merged_each_by_itself():
    plan = draw_up(["甲", "乙"])
    for task in plan.tasks.all():
        DesignationFactory(task=task, role=DutyRole.RESPONSIBLE, unit=UnitFactory())
    merge_all(plan)

    drafting.tidy_merges(plan)

    assert (merged(plan), merged(plan, DutyRole.RESPONSIBLE)) == (["乙"], [])


# --- any number of changes --------------------------------------------------------------------------------------------


def well_formed(plan):
    """Whether numbers run 1 to n in the order of headings, and no merged cell differs from the one above it."""
    in_order = plan.tasks.order_by("section__part__order", "section__order", "number")
    orders = list(Section.objects.filter(part__plan=plan).order_by("part__order", "order").values_list("order"))
    before = merged(plan)
    drafting.tidy_merges(plan)
    return (
        list(in_order.values_list("number", flat=True)) == list(range(1, plan.tasks.count() + 1))
        and orders == [(place,) for place in range(1, len(orders) + 1)]
        and merged(plan) == before
    )


def step(plan, by, chance):
    """Make one change of the plan's structure at random."""
    task = chance.choice(list(plan.tasks.with_designations()))
    section, part, direction = task.section, task.section.part, chance.choice(["up", "down"])
    seen = drafting.seen_task(task)
    chance.choice(
        [
            lambda: draft_rows.add(plan, by=by, section=section, requirement="新", lead=["县商务局"], responsible=[]),
            lambda: draft_rows.move(task, by=by, place=drafting.place_of(task), direction=direction),
            lambda: draft_rows.split(task, by=by, version=seen, first="一", second="二"),
            lambda: draft_rows.delete(task, by=by, version=seen),
            lambda: draft_headings.add_section(part, by=by, heading="新"),
            lambda: draft_headings.add_part(plan, by=by, heading="新"),
            lambda: draft_headings.move_section(
                section, by=by, version=drafting.seen_section(section), direction=direction
            ),
            lambda: draft_headings.move_part(part, by=by, version=drafting.seen_part(part), direction=direction),
        ]
    )()


@pytest.mark.parametrize("seed", range(6))
def test_numbers_and_merges_are_in_order_after_any_changes(office, seed):
    plan, chance = draw_up(["甲", "乙", "丙", "丁"], ["戊", "己"], ["庚", "辛"]), random.Random(seed)
    merge_all(plan)
    drafting.tidy_merges(plan)

    refusals = 0
    for _ in range(25):
        try:
            step(plan, office, chance)
        except Refused:
            refusals += 1
        assert well_formed(plan)
    assert refusals < 20


def queries_of(plan, by):
    """Count the queries of each change of a row that moves all rows below it."""
    counts = []
    task = row_of(plan, "甲")
    for change in (
        lambda: draft_rows.split(task, by=by, version=drafting.seen_task(task), first="甲", second="甲二"),
        lambda: draft_rows.add(plan, by=by, section=section_of(plan, 1), requirement="新", lead=[], responsible=[]),
        lambda: draft_rows.delete(row_of(plan, "新"), by=by, version=drafting.seen_task(row_of(plan, "新"))),
        lambda: draft_rows.move(task, by=by, place=drafting.place_of(row_of(plan, "甲")), direction="down"),
    ):
        with CaptureQueriesContext(connection) as queries:
            change()
        counts.append(len(queries))
    return counts


def test_the_queries_do_not_grow_with_the_rows(office):
    small = queries_of(draw_up(["甲", "乙"], ["丙"]), office)

    large = queries_of(draw_up(["甲", *map(str, range(40))], list("丙丁戊")), office)

    assert large == small
