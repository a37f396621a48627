"""Who owes what, on the day of issue and whenever units come, go or change (design: The table)."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from departments.choices import Role, UnitKind
from departments.services import units
from tasks.choices import DutyRole, Event, PlanState, Status
from tasks.services.plans import assignments, issuing
from tasks.services.progress import reviews
from tests.factories import (
    AssignmentFactory,
    CollectiveFactory,
    DesignationFactory,
    PlanFactory,
    SectionFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
    claim,
    complete,
    submit,
)
from wenshang_disclosure.core.web.errors import Refused

pytestmark = pytest.mark.django_db

ISSUED_ON = datetime.date(2024, 6, 24)
SEPTEMBER = datetime.date(2024, 9, 1)
OCTOBER = datetime.date(2024, 10, 1)
TOWNS = [UnitKind.TOWN, UnitKind.TOWNSHIP, UnitKind.SUBDISTRICT]
DEPARTMENTS = [UnitKind.OFFICE, UnitKind.DEPARTMENT, UnitKind.INSTITUTION, UnitKind.VERTICAL]


@pytest.fixture
def office():
    return UserFactory(role=Role.OFFICE)


@pytest.fixture
def task():
    """A row of a plan that is still being drawn up."""
    return TaskFactory(section__part__plan=PlanFactory(state=PlanState.DRAFT))


def named(task, *, unit=None, kinds=None, role=DutyRole.RESPONSIBLE, **fields):
    """Put an entry into a cell of `task`: a unit, or a collective of those kinds."""
    collective = CollectiveFactory(kinds=kinds) if kinds is not None else None
    return DesignationFactory(task=task, unit=unit, collective=collective, role=role, **fields)


def issued(task, office):
    return issuing.issue(task.plan, by=office)


def duties(task):
    return {
        duty.unit: (duty.role, duty.coordinates, duty.owed_from, duty.released_on) for duty in task.assignments.all()
    }


def owing(task, on):
    """The units that owe the row on a day."""
    return {duty.unit for duty in task.assignments.bound(on)}


# --- the cells of a row -----------------------------------------------------------------------------------------------


def test_each_unit_named_by_its_own_name_or_through_a_collective_owes_the_row(task, office):
    lead, named_unit = UnitFactory(), UnitFactory()
    town, street = UnitFactory(kind=UnitKind.TOWN), UnitFactory(kind=UnitKind.SUBDISTRICT)
    UnitFactory(kind=UnitKind.INSTITUTION)
    named(task, unit=lead, role=DutyRole.LEAD)
    named(task, unit=named_unit)
    named(task, kinds=TOWNS)

    issued(task, office)

    assert duties(task) == {
        lead: ("lead", True, ISSUED_ON, None),
        named_unit: ("responsible", False, ISSUED_ON, None),
        town: ("responsible", False, ISSUED_ON, None),
        street: ("responsible", False, ISSUED_ON, None),
    }


def test_a_duty_begins_with_the_rows_deadline_and_not_started(task, office):
    named(task, unit=UnitFactory())

    issued(task, office)

    duty = task.assignments.get()
    assert (duty.plan, duty.status, duty.due_on, duty.first_due_on) == (
        task.plan,
        Status.NOT_STARTED,
        task.due_on,
        task.due_on,
    )


@pytest.mark.parametrize("order", [(DutyRole.LEAD, DutyRole.RESPONSIBLE), (DutyRole.RESPONSIBLE, DutyRole.LEAD)])
def test_a_unit_named_twice_has_one_duty_with_the_stronger_role(task, office, order):
    unit = UnitFactory(kind=UnitKind.TOWN)
    for role in order:
        if role == DutyRole.LEAD:
            named(task, unit=unit, role=role)
        else:
            named(task, kinds=TOWNS, role=role)

    issued(task, office)

    assert duties(task) == {unit: ("lead", True, ISSUED_ON, None)}


def test_who_leads_only_through_a_collective_coordinates_nobody(task, office):
    unit = UnitFactory()
    named(task, kinds=DEPARTMENTS, role=DutyRole.LEAD)

    issued(task, office)

    assert duties(task) == {unit: ("lead", False, ISSUED_ON, None)}


def test_who_leads_by_name_and_also_through_a_collective_coordinates(task, office):
    unit, other = UnitFactory(), UnitFactory()
    named(task, unit=unit, role=DutyRole.LEAD)
    named(task, kinds=DEPARTMENTS, role=DutyRole.LEAD)

    issued(task, office)

    assert {unit: coordinates for unit, (_, coordinates, *_) in duties(task).items()} == {unit: True, other: False}


def test_who_is_named_responsible_and_leads_through_a_collective_leads_without_coordinating(task, office):
    unit = UnitFactory()
    named(task, kinds=DEPARTMENTS, role=DutyRole.LEAD)
    named(task, unit=unit)

    issued(task, office)

    assert duties(task) == {unit: ("lead", False, ISSUED_ON, None)}


def test_units_that_do_not_exist_on_the_day_of_issue_owe_nothing(task, office):
    present = UnitFactory(kind=UnitKind.TOWN)
    UnitFactory(kind=UnitKind.TOWN, retired_on=ISSUED_ON)
    UnitFactory(kind=UnitKind.TOWN, established_on=ISSUED_ON + datetime.timedelta(days=1))
    named(task, kinds=TOWNS)

    issued(task, office)

    assert owing(task, ISSUED_ON) == {present}


# --- 待明确 -----------------------------------------------------------------------------------------------------------


def test_a_collective_without_a_rule_names_nobody_until_units_are_picked(task, office):
    picked, other = UnitFactory(), UnitFactory()
    lead = UnitFactory(kind=UnitKind.OFFICE)
    named(task, unit=lead, role=DutyRole.LEAD)
    entry = named(task, kinds=[])
    issued(task, office)
    before = (task.is_unresolved, set(duties(task)))

    assignments.pick_units(entry, [picked], by=office, on=SEPTEMBER)

    task.refresh_from_db()
    assert before == (True, {lead})
    assert (task.is_unresolved, set(duties(task))) == (False, {lead, picked})
    assert duties(task)[picked] == ("responsible", False, SEPTEMBER, None)
    assert other not in duties(task)


def test_units_picked_before_issue_owe_from_the_day_of_issue(task, office):
    picked = UnitFactory()
    assignments.pick_units(named(task, kinds=[]), [picked], by=office, on=datetime.date(2024, 6, 1))
    before = duties(task)

    issued(task, office)

    assert (before, duties(task)) == ({}, {picked: ("responsible", False, ISSUED_ON, None)})


def test_units_picked_on_a_day_before_issue_owe_from_the_day_of_issue(task, office):
    picked, entry = UnitFactory(), named(task, kinds=[])
    issued(task, office)

    assignments.pick_units(entry, [picked], by=office, on=datetime.date(2024, 6, 1))

    assert duties(task)[picked] == ("responsible", False, ISSUED_ON, None)


def test_picking_others_later_releases_who_is_no_longer_picked(task, office):
    first, second = UnitFactory(), UnitFactory()
    entry = named(task, kinds=[])
    issued(task, office)
    assignments.pick_units(entry, [first], by=office, on=SEPTEMBER)

    assignments.pick_units(entry, [second], by=office, on=OCTOBER)

    assert duties(task) == {
        first: ("responsible", False, SEPTEMBER, OCTOBER),
        second: ("responsible", False, OCTOBER, None),
    }


def test_a_picked_lead_does_not_coordinate(task, office):
    picked, entry = UnitFactory(), named(task, kinds=[], role=DutyRole.LEAD)
    issued(task, office)

    assignments.pick_units(entry, [picked], by=office, on=SEPTEMBER)

    assert duties(task) == {picked: ("lead", False, SEPTEMBER, None)}


@pytest.mark.parametrize("fixed", [{"kinds": TOWNS}, {"unit": True}], ids=["collective with a rule", "unit"])
def test_an_entry_that_already_names_its_units_takes_no_picks(task, office, fixed):
    entry = named(task, **{**fixed, **({"unit": UnitFactory()} if "unit" in fixed else {})})

    with pytest.raises(Refused, match="已有固定所指"):
        assignments.pick_units(entry, [UnitFactory()], by=office, on=SEPTEMBER)

    assert entry.picked_units.count() == 0


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.LIAISON, Role.LEADER, Role.AUDITOR])
def test_only_the_office_picks_units(task, role):
    entry = named(task, kinds=[])

    with pytest.raises(PermissionDenied):
        assignments.pick_units(entry, [UnitFactory()], by=UserFactory(role=role), on=SEPTEMBER)

    assert entry.picked_units.count() == 0


# --- units in mid-year ------------------------------------------------------------------------------------------------


@pytest.fixture
def towns_row(task, office):
    """An issued row that every town owes, with one town."""
    UnitFactory(name="南站街道", kind=UnitKind.SUBDISTRICT)
    named(task, kinds=TOWNS)
    issued(task, office)
    return task


def the_town(row):
    return row.assignments.order_by("pk").first().unit


def test_a_unit_added_in_mid_year_owes_from_then_on(towns_row, office):
    town = the_town(towns_row)

    new = units.establish(UnitFactory.build(kind=UnitKind.TOWN), by=office, on=SEPTEMBER)

    assert duties(towns_row)[new] == ("responsible", False, SEPTEMBER, None)
    assert owing(towns_row, SEPTEMBER - datetime.timedelta(days=1)) == {town}
    assert owing(towns_row, SEPTEMBER) == {town, new}


def test_a_unit_of_another_kind_added_in_mid_year_owes_nothing_of_the_row(towns_row, office):
    before = duties(towns_row)

    units.establish(UnitFactory.build(kind=UnitKind.VERTICAL), by=office, on=SEPTEMBER)

    assert duties(towns_row) == before


def test_a_unit_retired_in_mid_year_owes_until_the_day_before_and_keeps_its_reports(towns_row, office):
    town = the_town(towns_row)
    report = submit(towns_row.assignments.get(), text="已公开3条。")

    units.retire(town, by=office, on=SEPTEMBER)

    report.refresh_from_db()
    duty = report.assignment
    assert owing(towns_row, SEPTEMBER - datetime.timedelta(days=1)) == {town}
    assert owing(towns_row, SEPTEMBER) == set()
    assert (duty.unit, duty.status) == (town, Status.IN_PROGRESS)
    assert [step.event for step in duty.transitions.order_by("pk")] == [Event.SUBMITTED, Event.RELEASED]
    assert (report.text, report.author.unit) == ("已公开3条。", town)


def test_what_a_retired_unit_completed_stays_counted(towns_row, office):
    town = the_town(towns_row)
    complete(towns_row.assignments.get())

    units.retire(town, by=office, on=SEPTEMBER)

    assert duties(towns_row) == {town: ("responsible", False, ISSUED_ON, None)}
    assert owing(towns_row, OCTOBER) == {town}


def test_a_retired_unit_owes_nothing_once_its_completion_is_revoked(towns_row, office):
    duty = complete(towns_row.assignments.get())
    units.retire(duty.unit, by=office, on=SEPTEMBER)

    reviews.revoke(duty, by=office, reason="链接失效。")

    assert owing(towns_row, timezone.localdate()) == set()


def test_a_renamed_unit_goes_on_with_the_same_duty(towns_row, office):
    before = duties(towns_row)
    duty = towns_row.assignments.get()

    units.rename(duty.unit, "中都街道", by=office, on=SEPTEMBER)

    assert duties(towns_row) == before
    assert str(towns_row.assignments.get().unit) == "中都街道"


def test_a_renamed_unit_stays_as_written_in_the_cell(task, office):
    unit = UnitFactory(name="县大数据局")
    entry = named(task, unit=unit)
    issued(task, office)

    units.rename(unit, "县数据局", by=office, on=SEPTEMBER)

    entry.refresh_from_db()
    assert (entry.text, entry.unit.name) == ("县大数据局", "县数据局")


def test_a_unit_that_becomes_another_kind_owes_what_its_new_kind_owes(towns_row, office):
    departments_row = TaskFactory(section=towns_row.section)
    named(departments_row, kinds=DEPARTMENTS)
    unit = the_town(towns_row)

    units.change_kind(unit, UnitKind.VERTICAL, by=office, on=SEPTEMBER)

    assert duties(towns_row) == {unit: ("responsible", False, ISSUED_ON, SEPTEMBER)}
    assert duties(departments_row) == {unit: ("responsible", False, SEPTEMBER, None)}


def test_a_merged_unit_leaves_its_share_of_a_collective_to_the_successor_that_owes_already(towns_row, office):
    town = the_town(towns_row)
    successor = units.establish(UnitFactory.build(kind=UnitKind.TOWN), by=office, on=ISSUED_ON)

    units.retire(town, by=office, on=SEPTEMBER, successor=successor)

    assert owing(towns_row, SEPTEMBER) == {successor}
    assert towns_row.assignments.filter(unit=successor).count() == 1


@pytest.mark.parametrize(("role", "coordinates"), [(DutyRole.LEAD, True), (DutyRole.RESPONSIBLE, False)])
def test_a_unit_merged_away_is_followed_by_its_successor_where_it_stood_by_name(task, office, role, coordinates):
    unit, successor = UnitFactory(), UnitFactory()
    named(task, unit=unit, role=role)
    issued(task, office)

    units.retire(unit, by=office, on=SEPTEMBER, successor=successor)

    assert duties(task) == {successor: (role, coordinates, ISSUED_ON, None)}


def test_a_picked_unit_merged_away_is_followed_by_its_successor(task, office):
    unit, successor = UnitFactory(), UnitFactory()
    entry = named(task, kinds=[])
    assignments.pick_units(entry, [unit], by=office, on=ISSUED_ON)
    issued(task, office)

    units.retire(unit, by=office, on=SEPTEMBER, successor=successor)

    assert owing(task, SEPTEMBER) == {successor}


def test_a_retirement_told_in_advance_is_not_undone_by_the_next_change(towns_row, office):
    town = the_town(towns_row)
    units.retire(town, by=office, on=OCTOBER)

    units.establish(UnitFactory.build(kind=UnitKind.VERTICAL), by=office, on=SEPTEMBER)

    assert duties(towns_row) == {town: ("responsible", False, ISSUED_ON, OCTOBER)}


def test_a_unit_announced_in_advance_is_not_released_by_a_change_before_its_day(towns_row, office):
    new = units.establish(UnitFactory.build(kind=UnitKind.TOWN), by=office, on=OCTOBER)

    units.establish(UnitFactory.build(kind=UnitKind.VERTICAL), by=office, on=SEPTEMBER)

    assert duties(towns_row)[new] == ("responsible", False, OCTOBER, None)


def test_a_change_told_late_does_not_release_who_came_after_its_day(towns_row, office):
    old = the_town(towns_row)
    new = units.establish(UnitFactory.build(kind=UnitKind.TOWN), by=office, on=OCTOBER)

    units.retire(old, by=office, on=SEPTEMBER)

    assert duties(towns_row) == {
        old: ("responsible", False, ISSUED_ON, SEPTEMBER),
        new: ("responsible", False, OCTOBER, None),
    }


def test_nobody_owes_a_plan_before_it_was_issued(towns_row, office):
    new = units.establish(UnitFactory.build(kind=UnitKind.TOWN), by=office, on=datetime.date(2024, 3, 1))

    assert duties(towns_row)[new] == ("responsible", False, ISSUED_ON, None)


def test_a_past_year_gets_no_new_duties(towns_row, office):
    before = duties(towns_row)

    units.establish(UnitFactory.build(kind=UnitKind.TOWN), by=office, on=datetime.date(2025, 3, 1))

    assert duties(towns_row) == before


def test_a_unit_that_goes_is_released_from_a_past_years_duty_too(towns_row, office):
    town = the_town(towns_row)

    units.retire(town, by=office, on=datetime.date(2025, 3, 1))

    assert towns_row.assignments.get(unit=town).released_on == datetime.date(2025, 3, 1)


def test_plans_that_are_still_drawn_up_give_no_duties(task, office):
    named(task, kinds=TOWNS)

    units.establish(UnitFactory.build(kind=UnitKind.TOWN), by=office, on=SEPTEMBER)

    assert duties(task) == {}


def test_settling_again_changes_nothing(towns_row):
    claim(towns_row.assignments.get())
    before = list(towns_row.assignments.values())

    settled = assignments.settle(towns_row.plan, on=SEPTEMBER)

    assert settled == assignments.Settled([], [], [])
    assert list(towns_row.assignments.values()) == before


def test_settling_takes_the_same_number_of_queries_for_more_rows_and_units():
    def queries(size):
        plan = PlanFactory(state=PlanState.DRAFT)
        section, towns = SectionFactory(part__plan=plan), CollectiveFactory(kinds=TOWNS)
        for _ in range(size):
            DesignationFactory(task=TaskFactory(section=section), collective=towns, unit=None)
            UnitFactory(kind=UnitKind.TOWN)
        with CaptureQueriesContext(connection) as caught:
            assignments.settle(plan, on=ISSUED_ON)
        return len(caught)

    assert queries(2) == queries(6)


# --- what the database refuses ----------------------------------------------------------------------------------------


def test_a_unit_has_one_duty_on_a_row(refused_by):
    duty = AssignmentFactory()

    with refused_by("one_duty_per_task_and_unit"):
        AssignmentFactory(task=duty.task, unit=duty.unit)


@pytest.mark.parametrize("status", [Status.UNDER_REVIEW, Status.COMPLETED])
def test_a_claimed_duty_knows_the_day_of_the_claim(refused_by, status):
    with refused_by("claim_has_a_day"):
        AssignmentFactory(status=status, claimed_on=None)


def test_a_unit_that_is_picked_after_issue_is_told_to_acknowledge():
    task = TaskFactory()
    entry = DesignationFactory(task=task, collective=CollectiveFactory())
    liaison = UserFactory()

    assignments.pick_units(entry, [liaison.unit], by=UserFactory(role=Role.OFFICE), on=timezone.localdate())

    told = [notification.text for notification in liaison.notifications.all()]
    assert told == [f"《{task.plan.title}》新增本单位承办事项1件，请签收。"]
