"""Metrics: only with the token, and without labels that name persons or addresses."""

import re
from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.urls import reverse
from django.utils import timezone

from departments.models import SignInFailure
from tasks.models import AutomaticReminderRun
from tests.factories import OutgoingMailFactory
from wenshang_disclosure.audit import trail
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.models import AuditEntry
from wenshang_disclosure.core.web import timeouts
from wenshang_disclosure.files.models import StoredFile
from wenshang_disclosure.ops import prometheus

pytestmark = pytest.mark.django_db

TOKEN = "a-token-of-more-than-thirty-two-characters"


@pytest.fixture
def at_once(monkeypatch):
    """Query in the test's own thread, so that it sees what its transaction wrote."""
    monkeypatch.setattr(timeouts.threading, "Thread", _Thread)
    monkeypatch.setattr(timeouts.connections, "close_all", lambda: None)


class _Thread:
    def __init__(self, target, args, **kwargs):
        self.target, self.args = target, args

    def start(self):
        self.target(*self.args)

    def join(self, seconds):
        pass


@pytest.fixture
def scrape(client, settings, at_once):
    settings.METRICS_TOKEN = TOKEN

    def scraped():
        response = client.get(reverse("metrics"), HTTP_AUTHORIZATION=f"Bearer {TOKEN}")
        assert response.status_code == 200
        return response.content.decode()

    return scraped


@pytest.mark.parametrize("given", ["", "Bearer ", "Bearer wrong", f"Basic {TOKEN}", "Bearer 令牌"])
def test_without_the_token_nothing_is_told(client, settings, given):
    settings.METRICS_TOKEN = TOKEN

    response = client.get(reverse("metrics"), HTTP_AUTHORIZATION=given)

    assert (response.status_code, response.content) == (401, b"")


def test_the_figures_are_those_of_the_work(scrape, county):
    OutgoingMailFactory(next_try_at=timezone.now() - timedelta(hours=1))
    OutgoingMailFactory(gave_up_at=timezone.now())
    run = AutomaticReminderRun.objects.create(on=timezone.localdate(), finished_at=timezone.now())
    trail.record(Kind.SYSTEM, "备份")
    SignInFailure.objects.create(typed="0" * 64)

    told = scrape()

    for line in (
        'wenshang_mails{state="overdue"} 1.0',
        'wenshang_mails{state="given_up"} 1.0',
        f'wenshang_files{{scan="off"}} {StoredFile.objects.count()}.0',
        'wenshang_files{scan="waiting"} 0.0',
        f"wenshang_sign_in_failures {SignInFailure.objects.count()}.0",
        f"wenshang_audit_entries_loose {AuditEntry.objects.filter(number__isnull=True).count()}.0",
        'wenshang_figure_missing{figure="duties"} 0.0',
    ):
        assert line in told.splitlines()
    finished = re.search(r"^wenshang_reminders_finished_timestamp_seconds (\S+)", told, re.MULTILINE)[1]
    assert float(finished) == pytest.approx(run.finished_at.timestamp())
    assert re.search(r'^wenshang_system_entry_timestamp_seconds\{act="备份",result="done"\} 1\.', told, re.MULTILINE)
    assert sum(float(n) for n in re.findall(r"^wenshang_duties\{.*\} (\S+)", told, re.MULTILINE)) > 0


def test_a_figure_that_cannot_be_had_is_named_and_the_rest_is_told(scrape, monkeypatch):
    def refuse():
        raise DatabaseError("no")

    monkeypatch.setitem(prometheus.FIGURES, "duties", refuse)

    told = scrape()

    assert 'wenshang_figure_missing{figure="duties"} 1.0' in told
    assert "wenshang_disk_free_bytes" in told


def test_requests_are_counted_by_view_and_status_alone(scrape, client, county):
    client.force_login(county.people["office"])
    before = _count(scrape(), "tasks:task", 200)

    client.get(reverse("tasks:task", args=[county.task.pk]) + "?as_of=2024-09-30")
    client.generic("WHATEVER", reverse("tasks:calendar", args=["s" * 43]))
    told = scrape()

    assert _count(told, "tasks:task", 200) == before + 1
    assert 'method="other"' in told
    assert not re.search(r"WHATEVER|sssss|2024-09-30|/tasks/", told)


def test_a_scrape_takes_few_queries_whatever_there_is(scrape, county, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        scrape()


def _count(told, view, status):
    pattern = rf'^wenshang_requests_total\{{method="GET",status="{status}",view="{view}"\}} (\S+)'
    found = re.search(pattern, told, re.MULTILINE)
    return float(found[1]) if found else 0
