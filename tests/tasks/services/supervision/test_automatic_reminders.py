"""Automatic reminders of a day: each trigger once, to the people concerned, all or nothing."""

import datetime as dt
import re

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from departments.choices import MailChoice, Role
from departments.models import User
from tasks.choices import AutomaticKind, Recurrence
from tasks.models import (
    Assignment,
    AutomaticReminder,
    AutomaticReminderRun,
    Notification,
    OutgoingMail,
    ReportingRound,
    RoundItem,
    SupervisionRules,
)
from tasks.services.deadlines import extensions, suspension
from tasks.services.progress import reviews
from tasks.services.supervision import automatic_reminders, mail, reminder_rules
from tests.factories import (
    AssignmentFactory,
    PlanFactory,
    RoundFactory,
    RoundItemFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
    claim,
    complete,
    submit,
)
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.core.web.errors import Refused

pytestmark = pytest.mark.django_db

D = dt.date
DUE = D(2024, 12, 31)
LATE = D(2025, 1, 8)  # the eighth day after: the week's second reminder, and the leader's


def on(day, hour=7, minute=30):
    return time_machine.travel(on_day(day, hour, minute), tick=False)


def remind(day, **how):
    with on(day):
        return automatic_reminders.remind(**how)


def told(day=None):
    """`(kind, anchor, stage)` of what was told, on one day or ever."""
    rows = AutomaticReminder.objects.filter(on=day) if day else AutomaticReminder.objects.all()
    return sorted(rows.values_list("kind", "anchor", "stage"))


def lines(user):
    return [one.text for one in Notification.objects.filter(user=user).order_by("pk")]


@pytest.fixture(autouse=True)
def mail_is_on(settings):
    settings.MAIL_IS_ON, settings.SITE_URL = True, "https://duban.example.gov.cn"


@pytest.fixture
def office():
    return UserFactory(role=Role.OFFICE)


@pytest.fixture
def duty():
    """One that its unit reported on in December, so that its deadline is all that is to be told."""
    duty = AssignmentFactory(due_on=DUE)
    liaison = UserFactory(unit=duty.unit, email="a@example.gov.cn")
    with on(D(2024, 12, 20), 10):
        submit(duty, by=liaison)
    return duty


@pytest.fixture
def liaison(duty):
    return User.objects.get(unit=duty.unit)


def leader_of(unit, **fields):
    return UserFactory(role=Role.LEADER, unit=unit, **fields)


# --- once ------------------------------------------------------------------------------------------------------------


def test_a_day_done_twice_tells_once(duty, liaison):
    first, second = remind(LATE), remind(LATE)

    assert (first.duties, first.people, first.mails) == (1, 1, 1)
    assert (second.duties, second.people, second.mails) == (0, 0, 0)
    assert told() == [("after", DUE, 1)]
    assert lines(liaison) == ["今日提醒：1件已经逾期。"]
    assert OutgoingMail.objects.count() == 1
    run = AutomaticReminderRun.objects.get()
    assert (run.on, run.reminders, run.people) == (LATE, 1, 1)


def test_each_trigger_of_a_deadline_has_its_day(duty):
    day, days = D(2024, 12, 21), {}
    while day <= D(2025, 1, 22):
        remind(day)
        for kind, _, stage in told(day):
            days.setdefault(kind, []).append((day, stage))
        day += dt.timedelta(days=1)

    assert days == {
        "before": [(D(2024, 12, 21), 15), (D(2024, 12, 24), 7), (D(2024, 12, 28), 3), (D(2024, 12, 30), 1)],
        "after": [(D(2025, 1, 1), 0), (D(2025, 1, 8), 1), (D(2025, 1, 15), 2), (D(2025, 1, 22), 3)],
    }


def test_after_days_without_a_run_only_the_latest_trigger_is_told(duty):
    remind(D(2024, 12, 24))

    remind(D(2025, 1, 10))

    assert told() == [("after", DUE, 1), ("before", DUE, 7)]


def test_something_new_on_a_day_already_done_is_told_without_a_second_digest(duty, liaison, office):
    other = AssignmentFactory(plan=duty.plan, task__section=duty.task.section, unit=duty.unit, due_on=DUE)
    with on(D(2024, 12, 20), 11):
        complete(other)
    remind(LATE)
    with on(LATE, 10):
        reviews.revoke(other, by=office, reason="链接失效。")

    with on(LATE, 18):
        outcome = automatic_reminders.remind()

    assert (outcome.duties, outcome.mails) == (1, 0)
    assert OutgoingMail.objects.filter(digest_on=LATE).count() == 1
    assert lines(liaison).count("今日提醒：1件已经逾期。") == 2


# --- dry, future, past ------------------------------------------------------------------------------------------------


def test_a_dry_run_keeps_nothing(duty):
    recurring = TaskFactory(
        section=duty.task.section, plan=duty.plan, recurrence=Recurrence.QUARTERLY, recurrence_day=None, due_on=None
    )
    AssignmentFactory(task=recurring, plan=duty.plan, unit=duty.unit, due_on=DUE)

    dry = remind(D(2024, 12, 24), dry_run=True)
    kept = [
        model.objects.count()
        for model in (AutomaticReminder, ReportingRound, RoundItem, OutgoingMail, AutomaticReminderRun)
    ]
    lines_kept = Notification.objects.count()
    wet = remind(D(2024, 12, 24))

    assert (dry.rounds, dry.duties, dry.mails) == (1, 2, 1)
    assert (kept, lines_kept) == ([0] * 5, 0)
    assert dry == wet


def test_a_day_that_has_not_come_is_refused(duty):
    with pytest.raises(Refused, match="不能提前"):
        remind(LATE, on=LATE + dt.timedelta(days=1))

    assert not AutomaticReminderRun.objects.exists()


def test_a_past_day_is_told_as_that_evening_stood(duty, office):
    with on(D(2025, 1, 3), 10):
        claim(duty, by=User.objects.get(unit=duty.unit))

    before = remind(LATE, on=D(2025, 1, 2))
    after = remind(LATE, on=D(2025, 1, 4))

    assert [(before.on, before.duties), (after.on, after.duties)] == [(D(2025, 1, 2), 1), (D(2025, 1, 4), 0)]
    assert told(D(2025, 1, 2)) == [("after", DUE, 0)]


def test_a_past_day_has_the_deadline_and_the_count_of_that_evening(duty, office):
    with on(D(2025, 1, 3), 10):
        extensions.extend(duty, by=office, due_on=D(2025, 2, 28), reason="上级要求。")
    with on(D(2025, 1, 6), 10):
        suspension.suspend(duty, by=office, reason="等待上级文件。")

    days = [remind(LATE, on=D(2025, 1, day)).duties for day in (2, 5, 6)]

    assert days == [1, 0, 0]
    assert told() == [("after", DUE, 0)]


# --- the rules of a plan ----------------------------------------------------------------------------------------------


def test_a_plan_that_is_switched_off_reminds_of_nothing(duty):
    SupervisionRules.objects.create(plan=duty.plan, is_on=False)

    assert remind(LATE).duties == 0


def test_a_draft_reminds_of_nothing(duty):
    type(duty.plan).objects.update(state="draft")

    assert remind(LATE).duties == 0


def test_after_its_last_day_a_plan_reminds_of_nothing_unless_the_office_moves_the_day(duty, office):
    past, day = D(2025, 4, 1), D(2025, 4, 2)

    on_the_last_day = remind(D(2025, 3, 31)).duties
    after_it = remind(past).duties
    with on(past, 10):
        reminder_rules.set_rules(duty.plan, by=office, until=D(2025, 6, 30))

    assert (on_the_last_day, after_it) == (1, 0)
    assert remind(day).duties == 1
    assert told(day) == [("after", DUE, 13)]


def test_an_earlier_last_day_ends_it_earlier(duty, office):
    with on(D(2025, 1, 7), 10):
        reminder_rules.set_rules(duty.plan, by=office, until=D(2025, 1, 7))

    assert remind(LATE).duties == 0


def test_a_rule_that_changes_counts_from_the_next_run(duty, office):
    remind(D(2024, 12, 28))
    with on(D(2024, 12, 28), 10):
        reminder_rules.set_rules(duty.plan, by=office, days_before=[2], after_every=1, leader_after=0)

    for day in (D(2024, 12, 29), D(2024, 12, 30), D(2024, 12, 31), D(2025, 1, 1), D(2025, 1, 2)):
        remind(day)

    assert told() == [("after", DUE, 0), ("after", DUE, 1), ("before", DUE, 2), ("before", DUE, 3)]
    assert told(D(2024, 12, 29)) == [("before", DUE, 2)]


def test_zero_switches_a_rule_off(duty, office):
    leader_of(duty.unit)
    rules = {"days_before": [], "after_every": 0, "unanswered_after": 0, "silent_after": 0, "leader_after": 0}
    with on(D(2024, 12, 20)):
        reminder_rules.set_rules(duty.plan, by=office, **rules)

    assert [remind(day).duties for day in (D(2024, 12, 30), LATE, D(2025, 3, 31))] == [0, 0, 0]


# --- edges of days ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "hour", "expected"),
    [
        (DUE, (0, 0), [("before", DUE, 1)]),
        (DUE, (23, 59), [("before", DUE, 1)]),
        (D(2025, 1, 1), (0, 0), [("after", DUE, 0)]),
    ],
)
def test_the_deadlines_own_day_is_not_late_until_midnight_in_shanghai(duty, day, hour, expected):
    with on(day, *hour):
        automatic_reminders.remind()

    assert told() == expected


def test_a_leap_day_is_a_day():
    plan = PlanFactory(year=2028, issued_on=D(2028, 1, 4))
    duty = AssignmentFactory(plan=plan, task__section__part__plan=plan, due_on=D(2028, 2, 29))
    UserFactory(unit=duty.unit)
    leader_of(duty.unit)

    for day in (D(2028, 2, 28), D(2028, 2, 29), D(2028, 3, 1), D(2028, 3, 6), D(2028, 3, 7)):
        remind(day)

    leap = D(2028, 2, 29)
    assert told(D(2028, 2, 28)) == [("before", leap, 1)]
    assert told(leap) == []
    assert told(D(2028, 3, 1)) == [("after", leap, 0)]
    assert told(D(2028, 3, 6)) == [("silent", D(2028, 1, 4), 1)]
    assert told(D(2028, 3, 7)) == [("leader", leap, 0)]


def test_a_plan_whose_year_has_ended_reminds_into_the_next_beside_the_new_one(duty):
    plan = PlanFactory(year=2025, issued_on=D(2025, 1, 2))
    new = AssignmentFactory(
        plan=plan, task__section__part__plan=plan, unit=duty.unit, due_on=D(2025, 1, 11), owed_from=D(2025, 1, 2)
    )

    outcome = remind(LATE)

    assert (outcome.duties, outcome.people) == (2, 1)
    assert set(AutomaticReminder.objects.values_list("assignment", "kind")) == {(duty.pk, "after"), (new.pk, "before")}
    assert lines(User.objects.get(unit=duty.unit)) == ["今日提醒：1件已经逾期、1件临近时限。"]


@pytest.mark.parametrize(
    ("returned", "third", "reminded"),
    [
        (D(2024, 9, 9), D(2024, 9, 12), D(2024, 9, 13)),
        (D(2024, 9, 27), D(2024, 9, 30), None),  # Friday; the Sunday before the holidays is worked on
        (D(2024, 9, 29), D(2024, 10, 9), D(2024, 10, 10)),  # 30 September, then 8 and 9 October
    ],
)
def test_a_return_is_reminded_of_when_three_working_days_are_over(office, returned, third, reminded):
    duty = AssignmentFactory(due_on=None)
    liaison = UserFactory(unit=duty.unit)
    with on(returned, 10):
        reviews.return_(submit(duty, by=liaison), by=office, comment="缺少发布链接。")

    remind(third)
    assert told() == []
    if reminded:
        remind(reminded)
        remind(reminded + dt.timedelta(days=1))
        assert told() == [("unanswered", returned, 0)]


def test_silence_counts_from_the_last_report_and_is_told_each_sixty_days(liaison, duty):
    Assignment.objects.update(due_on=None)

    for days in (59, 60, 61, 100):
        remind(D(2024, 12, 20) + dt.timedelta(days=days))

    assert list(AutomaticReminder.objects.values_list("kind", "on", "stage")) == [("silent", D(2025, 2, 18), 1)]


# --- what is nobody's to be reminded of -------------------------------------------------------------------------------


def claimed(duty, office):
    claim(duty, by=User.objects.get(unit=duty.unit))


def done(duty, office):
    complete(duty)


def suspended(duty, office):
    suspension.suspend(duty, by=office, reason="等待上级文件。")


def released(duty, office):
    Assignment.objects.filter(pk=duty.pk).update(released_on=LATE)


@pytest.mark.parametrize("happened", [claimed, done, suspended, released])
def test_what_its_unit_has_no_next_step_on_is_not_reminded_of(duty, office, happened):
    RoundItemFactory(assignment=duty, round=RoundFactory(plan=duty.plan, opens_on=LATE))
    with on(D(2025, 1, 7), 10):
        happened(duty, office)

    assert remind(LATE).duties == 0


# --- to whom ----------------------------------------------------------------------------------------------------------


def test_a_liaison_is_told_of_their_duties_and_the_leader_of_what_is_a_week_late(duty, liaison):
    leader, second = leader_of(duty.unit), UserFactory(unit=duty.unit)
    UserFactory(unit=duty.unit, is_active=False)

    outcome = remind(D(2025, 1, 7))

    assert (outcome.duties, outcome.people) == (1, 3)
    assert lines(liaison) == lines(second) == ["今日提醒：1件已经逾期。"]
    assert lines(leader) == ["今日提醒：1件逾期报分管领导。"]


def test_the_leader_of_a_unit_without_a_liaison_gets_everything(duty, liaison):
    leader = leader_of(duty.unit)
    User.objects.filter(pk=liaison.pk).update(is_active=False)

    remind(D(2025, 1, 7))

    assert told() == [("after", DUE, 0), ("leader", DUE, 0)]
    assert lines(leader) == ["今日提醒：1件已经逾期、1件逾期报分管领导。"]


def test_what_nobody_could_be_told_is_counted_and_told_to_who_comes_later(duty, liaison):
    User.objects.filter(pk=liaison.pk).update(is_active=False)

    missed = [remind(day) for day in (LATE, D(2025, 1, 9))]
    kept = AutomaticReminder.objects.count()
    newcomer = UserFactory(unit=duty.unit)
    outcome = remind(D(2025, 1, 10))

    assert [(one.duties, one.people, one.units_without_people) for one in missed] == [(0, 0, 1)] * 2
    assert kept == 0
    assert (outcome.duties, outcome.units_without_people) == (1, 0)
    assert lines(newcomer) == ["今日提醒：1件已经逾期。"]


def test_no_timeline_says_that_a_leader_was_told_where_there_is_none(duty, liaison):
    remind(LATE)
    assert told() == [("after", DUE, 1)]

    leader = leader_of(duty.unit)
    remind(D(2025, 1, 9))

    assert told(D(2025, 1, 9)) == [("leader", DUE, 0)]
    assert lines(leader) == ["今日提醒：1件逾期报分管领导。"]


@pytest.mark.parametrize(
    ("fields", "mails"),
    [
        ({"mail_choice": MailChoice.DAILY}, 1),
        ({"mail_choice": MailChoice.AT_ONCE}, 1),
        ({"mail_choice": MailChoice.OFF}, 0),
        ({"email": ""}, 0),
    ],
)
def test_everybody_has_a_line_in_the_app_and_one_mail_at_most(duty, liaison, fields, mails):
    AssignmentFactory(plan=duty.plan, task__section=duty.task.section, unit=duty.unit, due_on=DUE)
    User.objects.filter(pk=liaison.pk).update(**fields)

    outcome = remind(LATE)

    assert (outcome.duties, outcome.mails, OutgoingMail.objects.count()) == (2, mails, mails)
    assert lines(liaison) == ["今日提醒：2件已经逾期、1件长期未报。"]


# --- a large pile -----------------------------------------------------------------------------------------------------


def many(count, unit, plan, **fields):
    section = TaskFactory(section__part__plan=plan, due_on=DUE).section
    tasks = [TaskFactory.build(section=section, plan=plan, due_on=DUE) for _ in range(count)]
    type(tasks[0]).objects.bulk_create(tasks)
    duties = [
        Assignment(plan=plan, task=task, unit=unit, role="responsible", owed_from=plan.issued_on, **fields)
        for task in tasks
    ]
    return Assignment.objects.bulk_create(duties)


def test_a_mail_shows_the_forty_most_urgent_and_the_true_total():
    plan, unit = PlanFactory(), UnitFactory()
    UserFactory(unit=unit, email="a@example.gov.cn")
    soon = many(100, unit, plan, due_on=D(2025, 1, 10), first_due_on=D(2025, 1, 10))
    late = many(30, unit, plan, due_on=DUE, first_due_on=DUE)

    outcome = remind(LATE)

    digest = OutgoingMail.objects.get()
    shown = [int(pk) for pk in re.findall(r"/assignments/(\d+)/", digest.text)]
    assert (outcome.duties, digest.subject.endswith("汇总：130件事项待办理")) == (130, True)
    assert shown == [duty.pk for duty in late] + [duty.pk for duty in soon[:10]]
    assert "其余90件请登录系统查看。" in digest.text


# --- cost -------------------------------------------------------------------------------------------------------------


def test_each_piece_of_duties_costs_the_same_queries(monkeypatch):
    monkeypatch.setattr(automatic_reminders, "BATCH_DUTIES", 20)
    plan, unit = PlanFactory(), UnitFactory()
    UserFactory(unit=unit, email="a@example.gov.cn")

    def queries(day):
        with on(day), CaptureQueriesContext(connection) as captured:
            automatic_reminders.remind()
        return len(captured)

    many(20, unit, plan, due_on=DUE, first_due_on=DUE)
    one_piece = queries(D(2024, 12, 31))
    many(20, unit, plan, due_on=DUE, first_due_on=DUE)
    two_pieces = queries(D(2025, 1, 1))
    many(40, unit, plan, due_on=DUE, first_due_on=DUE)
    four_pieces = queries(D(2025, 1, 8))

    assert AutomaticReminder.objects.filter(on=D(2025, 1, 8), kind=AutomaticKind.AFTER).count() == 80
    assert four_pieces - two_pieces == 2 * (two_pieces - one_piece)
    assert two_pieces - one_piece <= 4


def test_two_thousand_duties_cost_the_queries_of_twenty():
    plan, unit = PlanFactory(), UnitFactory()
    UserFactory(unit=unit, email="a@example.gov.cn")

    def queries(day):
        with on(day), CaptureQueriesContext(connection) as captured:
            automatic_reminders.remind()
        return [query["sql"] for query in captured if not query["sql"].startswith("INSERT")]

    many(20, unit, plan, due_on=DUE, first_due_on=DUE)
    few = queries(D(2025, 1, 1))
    many(1900, unit, plan, due_on=DUE, first_due_on=DUE)
    lots = queries(D(2025, 1, 8))

    assert AutomaticReminder.objects.filter(on=D(2025, 1, 8), kind=AutomaticKind.AFTER).count() == 1920
    assert len(lots) == len(few)


# --- all or nothing ---------------------------------------------------------------------------------------------------


def test_a_run_that_breaks_off_keeps_nothing_and_the_next_tells_all(duty, liaison, monkeypatch):
    def break_off(*args, **kwargs):
        assert AutomaticReminder.objects.exists()
        assert OutgoingMail.objects.exists()
        raise RuntimeError("the power failed")

    with monkeypatch.context() as patch:
        patch.setattr(automatic_reminders.notifications, "notify", break_off)
        with pytest.raises(RuntimeError):
            remind(LATE)
    kept = [model.objects.count() for model in (AutomaticReminder, OutgoingMail, AutomaticReminderRun)]
    remind(LATE)

    assert kept == [0, 0, 0]
    assert told() == [("after", DUE, 1)]
    assert (lines(liaison), OutgoingMail.objects.count()) == (["今日提醒：1件已经逾期。"], 1)


# --- the page of a day ------------------------------------------------------------------------------------------------


def test_the_page_of_a_day_shows_the_own_units_lines_of_that_day(client, duty, liaison):
    other = AssignmentFactory(plan=duty.plan, task__section=duty.task.section, due_on=DUE)
    UserFactory(unit=other.unit)
    remind(D(2024, 12, 30))
    remind(LATE)
    with on(LATE, 9):
        client.force_login(liaison)

        page = client.get(Notification.objects.filter(user=liaison).latest("pk").path).content.decode()
        nothing = client.get("/digests/2025-01-07/").content.decode()

    assert re.findall(r"/assignments/(\d+)/", page) == [str(duty.pk)]
    assert page.count("已逾期8天") == 1
    assert ("还有1天" in page, "这一天没有自动提醒。" in nothing) == (False, True)


def test_digest_lines_are_as_many_as_the_mail_shows():
    assert automatic_reminders.MAX_LINES_KEPT == mail.MAX_LINES_SHOWN
