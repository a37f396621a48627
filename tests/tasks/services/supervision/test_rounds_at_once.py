"""Two people or processes make, change and close rounds at the same moment."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from departments.choices import Role
from tasks.models import Notification, ReportingRound
from tasks.services.supervision import rounds
from tests.factories import AssignmentFactory, RoundItemFactory, TaskFactory, UserFactory
from tests.tasks.rounds import call
from tests.tasks.services.progress.test_concurrency import at_once, told
from wenshang_disclosure.core.web.errors import Conflict

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def clerk():
    return UserFactory(role=Role.OFFICE)


def test_two_runs_of_a_day_at_once_make_each_round_once():
    on = dt.date(2024, 9, 20)
    task = TaskFactory(recurrence="quarterly", due_on=None)
    UserFactory(unit=AssignmentFactory(task=task).unit)

    outcomes = at_once(*[lambda: rounds.open_recurring(on)] * 4)

    assert sorted(len(made) for made in outcomes) == [0, 0, 0, 1]
    assert (ReportingRound.objects.count(), Notification.objects.count()) == (1, 1)
    assert ReportingRound.objects.get().items.count() == 1


def test_the_same_form_sent_twice_at_once_is_one_round(clerk):
    plan, key, today = AssignmentFactory().plan, uuid.uuid4(), timezone.localdate()

    first, second = at_once(*[lambda: call(plan, clerk, key=key, opens_on=today, closes_on=today)] * 2)

    assert first == second == ReportingRound.objects.get()


def test_of_two_who_close_a_round_one_is_told(clerk):
    one = RoundItemFactory().round

    outcomes = at_once(*[lambda: rounds.close(one, by=clerk)] * 2)

    assert told(outcomes) == {"done": 1, "Conflict": 1}


def test_prolonging_and_closing_at_once_do_not_mix(clerk):
    one = RoundItemFactory().round
    day = one.closes_on + dt.timedelta(days=5)

    changed, closed = at_once(
        lambda: rounds.change(one, by=clerk, title="延长", text="", closes_on=day), lambda: rounds.close(one, by=clerk)
    )

    one.refresh_from_db()
    assert one.closed_at is not None
    assert not isinstance(closed, Exception)
    assert (one.title == "延长") is not isinstance(changed, Conflict)
