"""Several runs of a day's reminding at the same moment, each through a real connection of its own."""

import datetime as dt

import pytest
from django.utils import timezone

from tasks.models import AutomaticReminder, AutomaticReminderRun, Notification, OutgoingMail
from tasks.services.supervision import automatic_reminders
from tests.factories import AssignmentFactory, PlanFactory, SectionFactory, UserFactory
from tests.tasks.services.progress.test_concurrency import ROUNDS, at_once

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def test_runs_at_the_same_moment_tell_nobody_twice(settings):
    settings.MAIL_IS_ON = True
    today = timezone.localdate()
    section = SectionFactory(part__plan=PlanFactory(year=today.year, issued_on=today - dt.timedelta(days=9)))
    for number in range(ROUNDS):
        duty = AssignmentFactory(task__section=section, due_on=today - dt.timedelta(days=1))
        UserFactory(unit=duty.unit, email=f"a{number}@example.gov.cn")

    outcomes = at_once(*[automatic_reminders.remind] * 4)

    assert sorted(outcome.duties for outcome in outcomes) == [0, 0, 0, ROUNDS]
    assert AutomaticReminder.objects.count() == ROUNDS
    assert (Notification.objects.count(), OutgoingMail.objects.count()) == (ROUNDS, ROUNDS)
    assert AutomaticReminderRun.objects.get().reminders == ROUNDS
