"""A count whose SQL is compiled once gives each user what the queryset gives them."""

import datetime as dt

import pytest
import time_machine
from django.db.models import Count, Prefetch

from departments.choices import Role
from tasks.models import Assignment, Plan, Question, Task
from tests.factories import AssignmentFactory, UserFactory
from wenshang_disclosure.core import prepared
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.core.evenings import evening
from wenshang_disclosure.core.prepared import _CompiledQuery, count_for, rows_for

pytestmark = pytest.mark.django_db


def owed(user):
    return Assignment.objects.filter(unit=user.unit_id).owed()


def test_each_user_gets_the_count_of_their_own_unit_though_it_is_compiled_once():
    first, second = AssignmentFactory(), AssignmentFactory()
    AssignmentFactory(unit=second.unit)
    compiled = []

    def rows(user):
        compiled.append(user)
        return owed(user)

    found = [
        count_for(UserFactory(role=Role.LIAISON, unit=duty.unit), "test of owed", rows)
        for duty in (first, second, first)
    ]

    assert found == [1, 2, 1]
    assert len(compiled) == 1


def test_what_is_seen_by_role_and_day_is_compiled_anew():
    day = dt.date(2024, 9, 25)
    duty = AssignmentFactory()
    duty.released_on = day
    duty.save()
    liaison = UserFactory(role=Role.LIAISON, unit=duty.unit)

    found = []
    for on in (day - dt.timedelta(days=1), day):
        with time_machine.travel(on_day(on, 12), tick=False):
            found.append((count_for(liaison, "test of days", owed), owed(liaison).count()))

    assert found == [(1, 1), (0, 0)]


def test_a_rule_that_names_the_person_is_asked_for_each_of_them():
    office, liaison = UserFactory(role=Role.OFFICE), UserFactory(role=Role.LIAISON, unit=AssignmentFactory().unit)

    for user in (office, liaison):
        asked = Question.objects.visible_to(user).waiting_for(user).count()
        assert (
            count_for(user, "test of questions", lambda who: Question.objects.visible_to(who).waiting_for(who)) == asked
        )


def test_what_can_have_no_rows_is_not_asked(django_assert_num_queries):
    reviewer = UserFactory(role=Role.REVIEWER)

    with django_assert_num_queries(0):
        assert count_for(reviewer, "test of none", lambda who: Assignment.objects.none()) == 0


def of_ids(user, ids):
    duties = Assignment.objects.visible_to(user).filter(pk__in=ids).select_related("task").prefetch_related("reports")
    return duties.with_light().order_by("pk")


def test_rows_of_other_ids_and_users_are_those_of_the_queryset(django_assert_num_queries):
    first, second = AssignmentFactory(), AssignmentFactory()
    office = UserFactory(role=Role.OFFICE)
    liaisons = [UserFactory(role=Role.LIAISON, unit=duty.unit) for duty in (first, second)]
    asked = [(office, [first.pk, second.pk]), *((user, [second.pk, first.pk]) for user in liaisons)]

    found = [rows_for(user, "test of ids", of_ids, ids=ids) for user, ids in asked]

    assert found == [[first, second], [first], [second]]
    assert [duty.light for duty in found[0]] == [duty.light for duty in of_ids(office, asked[0][1])]
    with django_assert_num_queries(2):  # the rows, and what is prefetched
        assert [
            (duty.task, list(duty.reports.all())) for duty in rows_for(office, "test of ids", of_ids, ids=[first.pk, 0])
        ]


def test_more_ids_than_have_stand_ins_are_all_asked_for(monkeypatch):
    duties = [AssignmentFactory() for _ in range(3)]
    monkeypatch.setattr(prepared, "IDS", prepared.IDS[:2])
    office = UserFactory(role=Role.OFFICE)

    assert rows_for(office, "test of many ids", of_ids, ids=[duty.pk for duty in duties]) == duties


def test_another_thread_may_throw_away_what_is_kept_meanwhile(monkeypatch):
    class Emptied(dict):
        """What is kept, thrown away by another thread as soon as it was written."""

        def __setitem__(self, key, value):
            """Keep nothing."""

    monkeypatch.setattr(prepared, "_compiled", Emptied())
    duty = AssignmentFactory()

    assert count_for(UserFactory(role=Role.LIAISON, unit=duty.unit), "test of threads", owed) == 1


def own_duties_of(rows):
    return lambda who: rows.prefetch_related(Prefetch("assignments", Assignment.objects.filter(unit=who.unit_id)))


@pytest.mark.parametrize("is_further_in", [False, True])
def test_what_is_prefetched_for_somebody_is_refused(is_further_in):
    user = UserFactory(role=Role.LIAISON, unit=AssignmentFactory().unit)
    own = own_duties_of(Task.objects)

    def further_in(who):
        return Plan.objects.prefetch_related(Prefetch("tasks", own(who)))

    with pytest.raises(RuntimeError, match="assignments"):
        rows_for(user, "test of prefetching", further_in if is_further_in else own)


def test_what_is_prefetched_may_have_no_rows():
    duty = AssignmentFactory()

    [task] = rows_for(
        None, "test of no prefetching", lambda _: Task.objects.prefetch_related(Prefetch("assignments", nothing()))
    )

    assert (task, list(task.assignments.all())) == (duty.task, [])


def nothing():
    return Assignment.objects.filter(pk__in=[])


def test_rows_as_dicts_and_of_past_evenings_are_compiled_each():
    duty = AssignmentFactory()

    def numbers(user):
        return Assignment.objects.filter(unit=user.unit_id).values("status").annotate(n=Count("pk"))

    user = UserFactory(role=Role.LIAISON, unit=duty.unit)
    now = rows_for(user, "test of dicts", numbers)
    with evening(dt.date(2000, 1, 1)):
        assert rows_for(user, "test of dicts", numbers) == list(numbers(user))
    assert now == list(numbers(user)) == [{"status": "not_started", "n": 1}]


def test_compiled_rows_give_none_where_there_can_be_none_and_cannot_be_narrowed():
    assert rows_for(None, "test of nothing", lambda _: Assignment.objects.none()) == []
    query = object.__new__(_CompiledQuery)
    with pytest.raises(RuntimeError):
        query.clone()
