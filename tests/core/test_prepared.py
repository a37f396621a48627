"""A count whose SQL is compiled once gives each user what the queryset gives them."""

import datetime as dt

import pytest
import time_machine

from departments.choices import Role
from tasks.models import Assignment, Question
from tests.factories import AssignmentFactory, UserFactory
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.core.prepared import count_for

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
