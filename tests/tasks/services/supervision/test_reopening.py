"""The office takes back the closing of a round: it is open again, and who has not reported is told."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from departments.choices import Role
from tasks.models import Notification, ReportingRound
from tasks.services.supervision import rounds
from tests.factories import AssignmentFactory, TaskFactory, UnitFactory, UserFactory, submit
from tests.tasks.rounds import CLOSES, OPENS, call, current
from wenshang_disclosure.audit.models import AuditEntry
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.core.web.errors import Conflict, Refused

pytestmark = pytest.mark.django_db

CLOSED, REOPENED = dt.date(2024, 10, 4), dt.date(2024, 10, 8)


def on(day):
    return time_machine.travel(on_day(day), tick=False)


@pytest.fixture
def clerk():
    return UserFactory(role=Role.OFFICE, name="李科员")


@pytest.fixture
def duties():
    task = TaskFactory()
    return [AssignmentFactory(task=task, unit=UnitFactory(name=name)) for name in ("甲镇", "乙镇", "丙局")]


@pytest.fixture
def closed(duties, clerk):
    """A round on which 甲镇 reported in time, and 乙镇 after it was closed."""
    with on(OPENS):
        one = call(duties[0].plan, clerk)
        submit(duties[0])
    with on(CLOSED):
        rounds.close(one, by=clerk)
    with on(dt.date(2024, 10, 6)):
        submit(duties[1])
    return one


def reopen(one, by, day=REOPENED, **given):
    with on(day):
        return rounds.reopen(one, by=by, **{"reason": "误点结束。", **given})


def test_it_is_open_until_its_day_and_counts_what_came_meanwhile(closed, clerk):
    assert current(closed) == {"甲镇": "in_time", "乙镇": "missing", "丙局": "missing"}

    one = reopen(closed, clerk)

    assert (one.closed_at, one.closed_by, one.closes_on) == (None, None, CLOSES)
    assert current(closed) == {"甲镇": "in_time", "乙镇": "in_time", "丙局": "missing"}


def test_closing_and_reopening_are_kept_with_the_reason(closed, clerk):
    reopen(closed, clerk)

    kept = closed.reopenings.get()
    assert (kept.closed_at, kept.closed_by, kept.closes_on_before) == (on_day(CLOSED), clerk, CLOSES)
    assert (kept.by, kept.reason) == (clerk, "误点结束。")
    assert AuditEntry.objects.filter(act="撤回结束报送批次").count() == 1


def test_only_units_with_something_missing_are_told(closed, duties, clerk):
    people = {duty.unit.name: UserFactory(unit=duty.unit) for duty in duties}

    reopen(closed, clerk)

    told = list(Notification.objects.filter(user__in=people.values()).values_list("user", "text"))
    line = "报送批次“三季度进展”：重新开放，2024年10月10日截止，本单位还有1件承办事项未报送。原因：误点结束。"
    assert told == [(people["丙局"].pk, line)]


def test_after_its_day_another_day_is_needed(closed, clerk):
    late, new_day = dt.date(2024, 10, 20), dt.date(2024, 10, 25)

    with pytest.raises(Refused, match="截止日期已过"):
        reopen(closed, clerk, late)
    one = reopen(closed, clerk, late, closes_on=new_day)

    assert (one.closes_on, one.phase) == (new_day, "已过截止日期")


def test_a_round_can_be_closed_and_reopened_again(closed, clerk):
    reopen(closed, clerk)
    with on(REOPENED):
        rounds.close(closed, by=clerk)

    reopen(closed, clerk)

    assert closed.reopenings.count() == 2


def test_the_second_of_two_is_told(closed, clerk):
    reopen(closed, clerk)

    with pytest.raises(Conflict, match="已经重新开放"):
        reopen(closed, UserFactory(role=Role.OFFICE))


def test_a_closing_since_the_page_was_opened_is_not_taken_back(closed, clerk):
    seen = rounds.reopening_outlook(ReportingRound.objects.get(pk=closed.pk)).mark
    reopen(closed, clerk)
    with on(REOPENED):
        rounds.close(closed, by=clerk)

    with pytest.raises(Conflict, match="在此期间情况有变"):
        reopen(closed, clerk, seen=seen)


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.AUDITOR, Role.LIAISON])
def test_others_may_not(closed, role):
    with pytest.raises(PermissionDenied):
        reopen(closed, UserFactory(role=role))


def test_a_reason_is_needed(closed, clerk):
    with pytest.raises(Refused, match="请填写撤回的原因"):
        reopen(closed, clerk, reason="")
