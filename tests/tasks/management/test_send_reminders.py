"""`send_reminders` from a timer: what it prints, and how it ends."""

import datetime as dt
import io

import pytest
import time_machine
from django.core.management import CommandError, call_command

from tasks.models import AutomaticReminder, OutgoingMail
from tests.factories import AssignmentFactory, UserFactory
from tests.tasks.services.supervision.post_office import free_port, open_post_office
from wenshang_disclosure.core.dates import on_day

pytestmark = pytest.mark.django_db

DAY = dt.date(2025, 1, 8)


@pytest.fixture(autouse=True)
def morning():
    with time_machine.travel(on_day(DAY, 7, 30), tick=False):
        yield


@pytest.fixture
def duty():
    duty = AssignmentFactory(due_on=dt.date(2024, 12, 31))
    UserFactory(unit=duty.unit, email="a@example.gov.cn")
    return duty


def run(*args):
    out = io.StringIO()
    call_command("send_reminders", *args, stdout=out)
    return out.getvalue()


def test_it_reminds_sends_and_prints_the_figures(duty, settings):
    with open_post_office(settings) as office:
        first, second = run(), run()

    figures = "rounds 0, units without people 0\nmails of views: 0\n"
    assert first == (f"2025-01-08: duties 1 (after 1, silent 1), people 1, mails 1, {figures}mails sent 1, failed 0\n")
    assert second == f"2025-01-08: duties 0 (none), people 0, mails 0, {figures}mails sent 0, failed 0\n"
    assert office.recipients == ["a@example.gov.cn"]


def test_a_dry_run_says_so_and_sends_nothing(duty, settings):
    with open_post_office(settings) as office:
        said = run("--dry-run")

    assert said.endswith("people 1, mails 1, rounds 0, units without people 0 (dry run: nothing kept)\n")
    assert (office.recipients, AutomaticReminder.objects.count(), OutgoingMail.objects.count()) == ([], 0, 0)


def test_a_past_day_can_be_done(duty):
    assert run("--date", "2025-01-01").startswith("2025-01-01: duties 1 (after 1, silent 1)")


def test_a_day_that_has_not_come_is_an_error(duty):
    with pytest.raises(CommandError, match="不能提前"):
        run("--date", "2025-01-09")


@pytest.mark.parametrize("wrong", ["2025-02-30", "yesterday", ""])
def test_what_is_no_day_is_an_error(wrong):
    with pytest.raises(CommandError, match="--date"):
        run("--date", wrong)


def test_units_without_people_are_counted(duty):
    duty.unit.people.update(is_active=False)

    assert "duties 0 (none), people 0, mails 0, rounds 0, units without people 1\n" in run()


def test_a_mail_server_that_is_away_is_no_failure_and_the_mail_waits(duty, settings):
    with open_post_office(settings):
        settings.EMAIL_PORT = free_port()
        said = run()

    assert said.endswith("mails sent 0, failed 0\n")
    assert OutgoingMail.objects.unsent().count() == 1
