"""What rows were before they changed is kept, at most once a day, as it was when the day began (design: Lights)."""

import datetime as dt

import pytest
import time_machine

from departments.choices import Role
from departments.models import Alias, Unit
from tasks.choices import DutyRole, PlanState, Status
from tasks.models import Assignment, Designation, ProgressReport, Task
from tasks.services.plans import assignments
from tasks.services.progress import reports
from tests.factories import (
    AssignmentFactory,
    CollectiveFactory,
    DesignationFactory,
    PlanFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
    submit,
)
from wenshang_disclosure.core import history
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.core.evenings import evening
from wenshang_disclosure.core.history import FormerRow

pytestmark = pytest.mark.django_db

MONDAY, TUESDAY, WEDNESDAY = (dt.date(2024, 9, day) for day in (9, 10, 11))


def on(day, hour=12):
    return time_machine.travel(on_day(day, hour), tick=False)


def kept(model):
    """What is kept of a model's table, as `(id, day, name)` in order; without a name it was not there."""
    rows = FormerRow.objects.filter(table=model._meta.db_table).order_by("until", "row")
    return [(one.row, one.until, one.data and one.data["name"]) for one in rows]


def number_kept(model):
    return FormerRow.objects.filter(table=model._meta.db_table).count()


@pytest.fixture
def unit():
    with on(MONDAY):
        return UnitFactory(name="县商务局")


# --- changes ----------------------------------------------------------------------------------------------------------


def test_a_row_that_is_entered_is_not_kept(unit):
    assert kept(Unit) == []


def test_what_a_saved_row_was_is_kept_until_the_day_of_the_change(unit):
    unit.name = "县投资局"
    with on(TUESDAY):
        unit.save()

    assert kept(Unit) == [(unit.pk, TUESDAY, "县商务局")]


@pytest.mark.parametrize("hours", [(8, 17), (0, 23)])
def test_a_second_change_of_a_day_keeps_the_first(unit, hours):
    for hour, name in zip(hours, ("县投资局", "县招商局"), strict=True):
        with on(TUESDAY, hour):
            Unit.objects.filter(pk=unit.pk).update(name=name)

    assert kept(Unit) == [(unit.pk, TUESDAY, "县商务局")]


def test_the_day_turns_at_midnight_in_shanghai(unit):
    for hour, minute, name in ((23, 59, "县投资局"), (24, 0, "县招商局")):
        with time_machine.travel(on_day(MONDAY, 0) + dt.timedelta(hours=hour, minutes=minute), tick=False):
            Unit.objects.filter(pk=unit.pk).update(name=name)

    assert kept(Unit) == [(unit.pk, MONDAY, "县商务局"), (unit.pk, TUESDAY, "县投资局")]


def test_each_row_of_a_bulk_write_is_kept(unit):
    with on(MONDAY):
        other = UnitFactory(name="县财政局")
    unit.name, other.name = "甲", "乙"

    with on(TUESDAY):
        Unit.objects.bulk_update([unit, other], ["name"])
    with on(WEDNESDAY):
        Unit.objects.update(order=9)

    assert kept(Unit) == [
        (unit.pk, TUESDAY, "县商务局"),
        (other.pk, TUESDAY, "县财政局"),
        (unit.pk, WEDNESDAY, "甲"),
        (other.pk, WEDNESDAY, "乙"),
    ]


def test_many_rows_are_kept_in_a_fixed_number_of_queries(unit, django_assert_num_queries):
    UnitFactory.create_batch(20)

    with django_assert_num_queries(3):  # what they are, kept, the update
        Unit.objects.update(order=5)


@pytest.mark.parametrize(("fields", "number"), [({"status": Status.IN_PROGRESS}, 0), ({"role": DutyRole.LEAD}, 1)])
def test_only_the_fields_of_a_model_that_names_some_are_kept(fields, number):
    duty = AssignmentFactory()

    Assignment.objects.filter(pk=duty.pk).update(**fields)
    by_update = number_kept(Assignment)
    FormerRow.objects.all().delete()
    for name, value in fields.items():
        setattr(duty, name, value)
    duty.save(update_fields=list(fields))

    assert (by_update, number_kept(Assignment)) == (number, number)


def test_moments_come_back_to_the_microsecond():
    with time_machine.travel(on_day(MONDAY) + dt.timedelta(microseconds=123456), tick=False):
        report = submit(AssignmentFactory(), text="第一稿。")
    submitted_at = report.submitted_at
    with on(TUESDAY):
        reports.withdraw(report, by=report.author)

    with on(WEDNESDAY), evening(MONDAY):
        then = ProgressReport.objects.get()
        assert (then.submitted_at, then.text) == (submitted_at, "第一稿。")
        assert list(ProgressReport.objects.filter(submitted_at=submitted_at)) == [report]


# --- additions --------------------------------------------------------------------------------------------------------


def test_what_a_service_adds_is_kept_as_absent(unit):
    with on(TUESDAY):
        history.keep_absence([unit])

    assert kept(Unit) == [(unit.pk, TUESDAY, None)]


def test_what_was_added_and_changed_on_one_day_was_not_there_before(unit):
    with on(TUESDAY):
        other = UnitFactory()
        history.keep_absence([other])
        Unit.objects.filter(pk=other.pk).update(name="县财政局")

    assert kept(Unit) == [(other.pk, TUESDAY, None)]


def test_what_was_added_and_deleted_on_one_day_was_never_there(unit):
    with on(TUESDAY):
        other = Alias.objects.create(unit=unit, name="商务局")
        history.keep_absence([other])
        other.delete()

    with on(WEDNESDAY):
        for day in (MONDAY, TUESDAY):
            with evening(day):
                assert not Alias.objects.exists()


def test_nothing_added_keeps_nothing():
    history.keep_absence([])

    assert not FormerRow.objects.exists()


# --- deletions --------------------------------------------------------------------------------------------------------


def test_a_deleted_row_is_kept_with_those_that_went_with_it():
    with on(MONDAY):
        task = TaskFactory()
        entry = DesignationFactory(task=task, collective=CollectiveFactory(kinds=[]))
        entry.picked_units.set([UnitFactory(), UnitFactory()])
    with on(TUESDAY):
        task.delete()

    assert [number_kept(model) for model in (Task, Designation, Designation.picked_units.through)] == [1, 1, 2]


def test_rows_deleted_as_a_queryset_are_kept(unit):
    with on(TUESDAY):
        Unit.objects.filter(pk=unit.pk).delete()

    assert kept(Unit) == [(unit.pk, TUESDAY, "县商务局")]


def test_picks_that_are_taken_back_and_added_are_kept(unit):
    office = UserFactory(role=Role.OFFICE)
    with on(MONDAY):
        other = UnitFactory()
        entry = DesignationFactory(collective=CollectiveFactory(kinds=[]))
        assignments.pick_units(entry, [unit], by=office, on=MONDAY)
    with on(TUESDAY):
        assignments.pick_units(entry, [other], by=office, on=TUESDAY)

    with on(WEDNESDAY):
        for day, picked in ((MONDAY, unit), (TUESDAY, other)):
            with evening(day):
                assert list(entry.picked_units.all()) == [picked]


# --- drafts -----------------------------------------------------------------------------------------------------------


def test_a_draft_leaves_nothing_behind():
    with on(MONDAY):
        entry = DesignationFactory(
            task__section__part__plan=PlanFactory(state=PlanState.DRAFT), collective=CollectiveFactory(kinds=[])
        )
        entry.picked_units.set([UnitFactory()])
    with on(TUESDAY):
        entry.task.requirement, entry.text = "改过。", "改过"
        entry.task.save()
        entry.save()
        entry.task.plan.save()
        history.keep_absence([entry])
        entry.task.delete()

    assert not FormerRow.objects.exists()
