"""The demo's running year: alive on whatever day it is loaded, and nothing in it is ahead of that day."""

from collections import Counter
from datetime import date, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from departments.models import User
from tasks.choices import ReportState
from tasks.management.demo.activity import duties_of, people_by_unit
from tasks.management.demo.present import RunningYear, issue_day, last_evening, round_days
from tasks.models import Assignment, Extension, Plan, ProgressReport, ReminderItem, ReportingRound, Transition
from tests.world import build_demo_county
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.core.working_days import is_working_day

DAYS = [date(2026, 1, 1) + timedelta(days=n) for n in range(0, 730, 3)]


def test_on_every_day_the_table_was_issued_weeks_ago_and_a_round_is_running():
    for today in DAYS:
        issued_on, (opens_on, closes_on) = issue_day(today.year, today), round_days(today)

        assert timedelta(days=12) <= today - issued_on
        assert date(today.year - 1, 12, 10) <= issued_on
        assert opens_on < today < closes_on
        assert all(day.weekday() < 5 and is_working_day(day) for day in (issued_on, opens_on, closes_on))


@pytest.fixture(scope="module")
def shared_demo_county(share):
    return share(build_demo_county)


@pytest.fixture
def demo_county(settings, db, shared_demo_county, evidence_folder):
    settings.DEBUG = True
    shared_demo_county.copy_into(evidence_folder)


@pytest.mark.django_db
def test_nothing_has_happened_after_the_last_evening_or_on_a_holiday(demo_county):
    until, plan = date(2024, 10, 15), Plan.objects.get()
    year = RunningYear(7, people_by_unit(is_demo=True), [User.objects.get(username="reviewer")], until=until)
    for duty in duties_of(plan):
        year.play(duty)

    year.cut()
    year.report_in_the_round(date(2024, 10, 9))

    days = [step.on for step in year.transitions]
    assert date(2024, 10, 10) < max(days) <= until
    assert [day for day in set(days) if day.weekday() > 4 or not is_working_day(day)] == []
    states = Counter(report.state for reports in year.generations for report in reports)
    assert min(states[state] for state in (ReportState.APPROVED, ReportState.RETURNED, ReportState.SUBMITTED)) > 5
    last = {step.assignment_id: step for step in year.transitions}
    for duty in year.duties:
        step = last.get(duty.pk)
        assert (duty.status, duty.claimed_on) == ((step.to_status, step.claimed_on) if step else ("not_started", None))


@pytest.mark.long
@pytest.mark.django_db
@pytest.mark.parametrize("today", [date(2026, 1, 5), date(2026, 5, 20), date(2026, 12, 1)])
def test_every_list_has_something_to_do(demo_county, today):
    with time_machine.travel(on_day(today, 9), tick=False):
        call_command("load_demo_activity", closed=True)
        call_command("load_demo_present")

        plan = Plan.objects.issued().first()
        duties, reports = plan.assignments.all(), ProgressReport.objects.filter(assignment__plan=plan)
        assert (plan.year, plan.has_demo_activity) == (today.year, True)
        assert reports.waiting().count() > 5
        assert {report.state for report in reports} == set(ReportState)
        assert Extension.objects.waiting().count() == 3
        assert ReportingRound.objects.filter(plan=plan, closed_at__isnull=True, closes_on__gte=today).count() == 1
        assert ReminderItem.objects.awaiting_answer(today).exists()
        assert duties.with_light().filter(light="overdue").exists()
        assert not Assignment.objects.exclude(plan=plan).with_light().exclude(light="done").exists()
        steps = Transition.objects.filter(assignment__plan=plan)
        assert max(timezone.localdate(step.at) for step in steps) <= last_evening(today)
