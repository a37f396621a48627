"""Past evenings: within `evening(day)` every query reads the tables as they stood then (design: Lights)."""

import datetime as dt

import pytest
import time_machine
from django.db import connection, connections
from django.db.models import Count
from django.test.utils import CaptureQueriesContext

from departments.models import Unit
from tasks.choices import DutyRole
from tasks.models import Designation, Task
from tests.factories import AssignmentFactory, CollectiveFactory, DesignationFactory, TaskFactory, UnitFactory
from wenshang_disclosure.core import history
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.core.evenings import current_day, evening, today

pytestmark = pytest.mark.django_db

MONDAY, TUESDAY, WEDNESDAY, THURSDAY = (dt.date(2024, 9, day) for day in (9, 10, 11, 12))


def on(day, hour=12):
    return time_machine.travel(on_day(day, hour), tick=False)


def names(day):
    with on(THURSDAY), evening(day):
        return list(Unit.objects.order_by("pk").values_list("name", flat=True))


@pytest.fixture
def unit():
    with on(MONDAY):
        return UnitFactory(name="县商务局")


def rename(unit, name, day, hour=12):
    with on(day, hour):
        unit.name = name
        unit.save()


def test_a_changed_row_is_read_as_it_was(unit):
    rename(unit, "县商务和投资局", TUESDAY)

    assert [names(day) for day in (MONDAY, TUESDAY)] == [["县商务局"], ["县商务和投资局"]]


def test_of_two_changes_on_a_day_the_evening_before_has_what_was_before_both(unit):
    rename(unit, "县商局", TUESDAY, 9)
    rename(unit, "县商务和投资局", TUESDAY, 10)

    assert [names(day) for day in (MONDAY, TUESDAY)] == [["县商务局"], ["县商务和投资局"]]


def test_each_evening_between_changes_has_its_own(unit):
    rename(unit, "县商局", TUESDAY)
    rename(unit, "县商务和投资局", THURSDAY)

    assert [names(day) for day in (MONDAY, TUESDAY, WEDNESDAY)] == [["县商务局"], ["县商局"], ["县商局"]]


def test_filters_sorts_and_joins_read_it_too(unit):
    with on(MONDAY):
        task = TaskFactory(requirement="公开政策文件。")
        AssignmentFactory(task=task, unit=unit, owed_from=MONDAY)
    with on(TUESDAY):
        Unit.objects.filter(pk=unit.pk).update(name="县投资局", order=9)
        Task.objects.filter(pk=task.pk).update(requirement="回应关切。")

    with on(THURSDAY):
        found = task.assignments.model.objects.filter(unit__name="县商务局", task__requirement__contains="政策")
        with evening(MONDAY):
            assert [(duty.unit.name, duty.task.requirement) for duty in found.select_related("unit", "task")] == [
                ("县商务局", "公开政策文件。")
            ]
        with evening(TUESDAY):
            assert not found.exists()


def test_bulk_writes_are_kept(unit):
    with on(TUESDAY):
        unit.name = "县投资局"
        Unit.objects.bulk_update([unit], ["name"])

    assert names(MONDAY) == ["县商务局"]


def test_what_was_deleted_is_there_with_what_belonged_to_it():
    with on(MONDAY):
        picked = UnitFactory()
        entry = DesignationFactory(collective=CollectiveFactory(kinds=[]), unit=None)
        entry.picked_units.set([picked])
    with on(TUESDAY):
        Designation.objects.filter(pk=entry.pk).delete()

    with on(THURSDAY):
        assert not Designation.objects.exists()
        with evening(MONDAY):
            again = Designation.objects.get()
            assert (again.text, list(again.picked_units.all())) == (entry.text, [picked])
        with evening(TUESDAY):
            assert not Designation.picked_units.through.objects.exists()


def test_what_was_added_later_was_not_there(unit):
    with on(TUESDAY):
        entry = DesignationFactory(role=DutyRole.LEAD, unit=unit)
        history.keep_absence([entry])

    with on(THURSDAY):
        with evening(MONDAY):
            assert not Designation.objects.exists()
        with evening(TUESDAY):
            assert Designation.objects.get() == entry


def test_values_of_every_kind_come_back_as_they_were():
    with on(MONDAY):
        task = TaskFactory(due_on=dt.date(2024, 12, 31), target_count=2)
        collective = CollectiveFactory(kinds=["town", "office"])
        before = Task.objects.values().get(pk=task.pk)
    with on(TUESDAY):
        Task.objects.filter(pk=task.pk).update(due_on=None, recurrence="ongoing", target_count=None)
        collective.kinds = []
        collective.save()

    with on(THURSDAY), evening(MONDAY):
        assert Task.objects.values().get(pk=task.pk) == before
        assert type(collective).objects.get().kinds == ["town", "office"]


def test_rows_of_drafts_are_not_kept():
    with on(MONDAY):
        task = TaskFactory(section__part__plan__state="draft", requirement="草拟。")
    with on(TUESDAY):
        Task.objects.filter(pk=task.pk).update(requirement="改过。")

    assert not history.FormerRow.objects.filter(table=Task._meta.db_table).exists()


def test_today_can_be_read_within_an_evening(unit):
    rename(unit, "县投资局", TUESDAY)

    with on(THURSDAY), evening(MONDAY):
        assert (current_day(), Unit.objects.get().name) == (MONDAY, "县商务局")
        with today():
            assert (current_day(), Unit.objects.get().name) == (THURSDAY, "县投资局")
        assert Unit.objects.get().name == "县商务局"


def test_the_evening_of_today_is_today(unit):
    with on(TUESDAY), evening(TUESDAY):
        rename(unit, "县投资局", TUESDAY)
        assert Unit.objects.get().name == "县投资局"


def test_the_past_cannot_be_changed(unit):
    rename(unit, "县投资局", TUESDAY)

    with on(THURSDAY), evening(MONDAY), pytest.raises(RuntimeError, match="cannot be changed"):
        Unit.objects.filter(pk=unit.pk).update(name="县乡村局")


def test_queries_stay_as_they_are_where_nothing_has_changed_since(unit):
    rename(unit, "县投资局", TUESDAY)

    with on(THURSDAY), evening(TUESDAY), CaptureQueriesContext(connection) as caught:
        list(Unit.objects.all())
    assert not any(query["sql"].startswith("WITH") for query in caught)


def test_groups_of_whole_rows_can_be_counted(unit):
    with on(MONDAY):
        AssignmentFactory(unit=unit, owed_from=MONDAY)
    rename(unit, "县投资局", TUESDAY)

    with on(THURSDAY), evening(MONDAY):
        assert [(one.name, one.n) for one in Unit.objects.annotate(n=Count("assignments"))] == [("县商务局", 1)]


def test_long_results_are_read_piece_by_piece(unit):
    rename(unit, "县投资局", TUESDAY)

    with on(THURSDAY), evening(MONDAY):
        assert [one.name for one in Unit.objects.iterator(chunk_size=1)] == ["县商务局"]


def test_a_past_day_is_not_read_outside_its_evening():
    duty = AssignmentFactory()

    with on(THURSDAY), pytest.raises(RuntimeError, match="within evening"):
        type(duty).objects.with_light(MONDAY)


def test_a_connection_that_was_opened_while_it_is_watched_reads_evenings_afterwards():
    """As the first request of each thread opens one, watched by the request log."""
    opened = connections.create_connection("default")
    try:
        with opened.execute_wrapper(lambda execute, *statement: execute(*statement)):
            opened.ensure_connection()
        with evening(MONDAY), opened.cursor() as cursor, pytest.raises(RuntimeError, match="is past"):
            cursor.execute('DELETE FROM "tasks_assignment" WHERE FALSE')
    finally:
        opened.close()
