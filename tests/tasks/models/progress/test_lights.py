"""The lights of design: Lights: boundary days in a table, and random histories against a plain reading."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from departments.choices import Role
from tasks.choices import Event, Light, Status
from tasks.models import Assignment, Transition
from tasks.services.progress.transitions import STATUS_KEPT_BY_PLAIN_REPORT, STEPS, step
from tests.environment import LONG
from tests.factories import AssignmentFactory, PlanFactory, ReportFactory, UserFactory
from wenshang_disclosure.audit import guards
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.core.evenings import evening
from wenshang_disclosure.core.history import FormerRow

pytestmark = pytest.mark.django_db

DUE = dt.date(2024, 12, 31)
ISSUED = dt.date(2024, 6, 24)
LATER = dt.datetime(2025, 6, 1, 4, tzinfo=dt.UTC)


def day(text):
    return dt.date.fromisoformat(text)


class Player:
    """Plays steps of one duty on given days, as the services do, and saves them."""

    def __init__(self, duty):
        self.duty = duty
        self.author = UserFactory(unit=duty.unit)
        self.reviewer = UserFactory(role=Role.REVIEWER)
        self.last, self.found = (None, False), (None, False)  # the last step, and what it found: claim, answer owed

    def take(self, event, at, *, claims=False):
        report = ReportFactory.build(assignment=self.duty, author=self.author, claims_completion=claims)
        found, claimed_on = (self.duty.claimed_on, self.duty.awaits_answer), None
        if event == Event.UNRETURNED:
            claimed_on, self.duty.awaits_answer = self.found
        if event in (Event.SUBMITTED, Event.CLAIMED):
            self.duty.awaits_answer = False
        if event == Event.RETURNED:
            self.duty.awaits_answer = self.duty.status != Status.COMPLETED
        report = None if event == Event.REVOKED else report
        transition = step(self.duty, event, by=self.author, at=at, report=report, claimed_on=claimed_on)
        transition.report = None
        transition.save()
        self.duty.save()
        self.last, self.found = (event, claims), found

    def play(self, *steps):
        for event, on in steps:
            claims = event == Event.CLAIMED or self.duty.status == Status.UNDER_REVIEW
            self.take(event, on_day(day(on)), claims=claims)


CLAIM = [(Event.SUBMITTED, "2024-12-01"), (Event.CLAIMED, "2024-12-20")]
LATE_CLAIM = [(Event.SUBMITTED, "2024-12-01"), (Event.CLAIMED, "2025-01-03")]

TABLE = [
    # what happened, as of, light, red mark
    ([], "2024-12-15", Light.NOT_STARTED, False),  # 16 days left
    ([], "2024-12-16", Light.DUE_SOON, False),  # 15 days left
    ([], "2024-12-31", Light.DUE_SOON, False),  # the deadline's own day is not late
    ([], "2025-01-01", Light.OVERDUE, False),
    ([(Event.SUBMITTED, "2024-09-01")], "2024-08-31", Light.NOT_STARTED, False),
    ([(Event.SUBMITTED, "2024-09-01")], "2024-09-01", Light.ON_TRACK, False),
    ([(Event.SUBMITTED, "2024-09-01")], "2024-12-16", Light.DUE_SOON, False),
    ([(Event.SUBMITTED, "2024-09-01")], "2025-01-01", Light.OVERDUE, False),
    ([(Event.SUBMITTED, "2024-09-01"), (Event.RETURNED, "2024-09-03")], "2024-09-02", Light.ON_TRACK, False),
    ([(Event.SUBMITTED, "2024-09-01"), (Event.RETURNED, "2024-09-03")], "2024-09-03", Light.DUE_SOON, False),
    (
        [(Event.SUBMITTED, "2024-09-01"), (Event.RETURNED, "2024-09-03"), (Event.SUBMITTED, "2024-09-05")],
        "2024-09-05",
        Light.ON_TRACK,
        False,
    ),
    ([(Event.SUBMITTED, "2024-09-01"), (Event.RETURNED, "2024-09-03")], "2025-01-01", Light.OVERDUE, False),
    (CLAIM, "2024-12-19", Light.DUE_SOON, False),
    (CLAIM, "2024-12-20", Light.REVIEW, False),
    (CLAIM, "2025-01-20", Light.REVIEW, False),  # claimed in time: it waits for the office, not for the unit
    ([*CLAIM, (Event.RETURNED, "2025-01-02")], "2025-01-02", Light.OVERDUE, False),
    ([*CLAIM, (Event.APPROVED, "2025-01-02")], "2025-01-01", Light.REVIEW, False),
    ([*CLAIM, (Event.APPROVED, "2025-01-02")], "2025-01-02", Light.DONE, False),  # late is the claim, not the answer
    ([*CLAIM, (Event.APPROVED, "2024-12-22"), (Event.REVOKED, "2024-12-24")], "2024-12-24", Light.DUE_SOON, False),
    ([*CLAIM, (Event.WITHDRAWN, "2024-12-21")], "2024-12-21", Light.DUE_SOON, False),
    (LATE_CLAIM, "2025-01-03", Light.OVERDUE, True),  # the first that fits; shown with 待审核 beside it
    ([*LATE_CLAIM, (Event.APPROVED, "2025-01-06")], "2025-01-06", Light.DONE, True),
]


def lit_on(day):
    """The one duty as it stood on the evening of a day."""
    with evening(day):
        return Assignment.objects.with_light().get()


@pytest.mark.parametrize(("steps", "as_of", "light", "late"), TABLE)
@time_machine.travel(LATER, tick=False)
def test_boundary_days(steps, as_of, light, late):
    duty = AssignmentFactory(due_on=DUE)
    Player(duty).play(*steps)

    lit = lit_on(day(as_of))

    assert (lit.light, lit.is_late) == (light, late)


@pytest.mark.parametrize(("steps", "light"), [([], Light.NOT_STARTED), (CLAIM[:1], Light.ON_TRACK)])
@time_machine.travel(LATER, tick=False)
def test_a_duty_without_a_deadline_is_never_late(steps, light):
    duty = AssignmentFactory(due_on=None)
    Player(duty).play(*steps)

    lit = Assignment.objects.with_light().get()

    assert (lit.light, lit.days_left) == (light, None)


@time_machine.travel(LATER, tick=False)
def test_a_step_counts_on_its_day_in_shanghai():
    duty = AssignmentFactory(due_on=DUE)
    player = Player(duty)
    player.take(Event.SUBMITTED, on_day(day("2024-12-30")))
    player.take(Event.CLAIMED, on_day(DUE, 23, 59), claims=True)

    assert lit_on(DUE).light == Light.REVIEW
    assert duty.claimed_on == DUE


@time_machine.travel(LATER, tick=False)
def test_midnight_in_shanghai_is_the_next_day():
    duty = AssignmentFactory(due_on=DUE)
    player = Player(duty)
    player.take(Event.SUBMITTED, on_day(day("2024-12-30")))
    player.take(Event.CLAIMED, on_day(day("2025-01-01"), 0, 0), claims=True)

    assert lit_on(DUE).light == Light.DUE_SOON
    assert lit_on(day("2025-01-01")).light == Light.OVERDUE


@pytest.mark.parametrize(("moment", "light"), [("15:59", Light.DUE_SOON), ("16:00", Light.OVERDUE)])
def test_today_turns_at_midnight_in_shanghai(moment, light):
    AssignmentFactory(due_on=DUE)

    with time_machine.travel(dt.datetime.fromisoformat(f"2024-12-31T{moment}:00+00:00"), tick=False):
        assert Assignment.objects.with_light().get().light == light


def test_the_warning_days_are_the_plans():
    AssignmentFactory(due_on=DUE, plan__warning_days=30, task__section__part__plan=PlanFactory(warning_days=30))

    lit = lit_on(day("2024-12-01"))

    assert lit.light == Light.DUE_SOON


def test_what_is_not_owed_yet_or_no_more_does_not_count():
    AssignmentFactory(owed_from=day("2024-09-01"), released_on=day("2024-11-01"))

    counted = {
        on: Assignment.objects.bound(day(on)).count() for on in ("2024-08-31", "2024-09-01", "2024-10-31", "2024-11-01")
    }

    assert counted == {"2024-08-31": 0, "2024-09-01": 1, "2024-10-31": 1, "2024-11-01": 0}


def test_most_urgent_first_begins_with_what_was_returned():
    plan = PlanFactory()
    kinds = {"returned": {"awaits_answer": True, "status": Status.IN_PROGRESS}, "calm": {}, "late": {}, "soon": {}}
    due = {"returned": "2024-12-31", "calm": "2024-12-30", "late": "2024-07-01", "soon": "2024-09-10"}
    duties = {
        name: AssignmentFactory(plan=plan, task__section__part__plan=plan, due_on=day(due[name]), **kinds[name])
        for name in kinds
    }

    with time_machine.travel(on_day(day("2024-09-01")), tick=False):
        order = list(Assignment.objects.with_light().most_urgent_first())

    assert order == [duties[name] for name in ("returned", "late", "soon", "calm")]


# --- random histories against a plain reading of design: Lights -----------------------------------------------------


def plain_reading(duty, transitions, as_of, warning_days):  # noqa: C901, as plain as the page it reads from
    """Read design: Lights from the raw steps, without the database."""
    status, claimed, unanswered, before = Status.NOT_STARTED, None, False, False
    for one in transitions:
        if timezone.localdate(one.at) > as_of:
            break
        status = Status(one.to_status)
        if one.event == Event.CLAIMED:
            claimed = timezone.localdate(one.at)
        if one.event in (Event.SUBMITTED, Event.CLAIMED):
            unanswered = False
        if one.event == Event.RETURNED:
            before, unanswered = unanswered, status != Status.COMPLETED
        if one.event == Event.UNRETURNED:
            unanswered = before
    due = duty.due_on
    in_time = due is None or (claimed is not None and claimed <= due)
    if status == Status.COMPLETED:
        return Light.DONE, not in_time
    if status == Status.UNDER_REVIEW and in_time:
        return Light.REVIEW, False
    if due is not None and as_of > due:
        return Light.OVERDUE, status == Status.UNDER_REVIEW
    if (due is not None and (due - as_of).days <= warning_days) or unanswered:
        return Light.DUE_SOON, False
    return (Light.NOT_STARTED if status == Status.NOT_STARTED else Light.ON_TRACK), False


HISTORIES = st.lists(
    st.lists(st.tuples(st.sampled_from(list(Event)), st.integers(0, 25), st.booleans()), max_size=9),
    min_size=1,
    max_size=4,
)


@settings(max_examples=60 if LONG else 25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    histories=HISTORIES,
    due=st.lists(st.one_of(st.none(), st.integers(0, 200)), min_size=4, max_size=4),
    as_of=st.lists(st.integers(-5, 260), min_size=3, max_size=3),
)
def test_random_histories_agree_with_a_plain_reading(histories, due, as_of, transactional_clean):
    transactional_clean()
    plan = PlanFactory()
    told = {}
    for history, days in zip(histories, due, strict=False):
        due_on = None if days is None else ISSUED + dt.timedelta(days=days)
        duty = AssignmentFactory(plan=plan, task__section__part__plan=plan, due_on=due_on)
        _play_what_is_possible(duty, history)
        told[duty] = list(Transition.objects.filter(assignment=duty).order_by("pk"))

    now = on_day(ISSUED + dt.timedelta(days=300))
    with time_machine.travel(now, tick=False):
        for days in [*as_of, 300]:
            on = ISSUED + dt.timedelta(days=days)
            with evening(on):
                lit = {duty.pk: (duty.light, duty.is_late) for duty in Assignment.objects.with_light(on)}
            expected = {duty.pk: plain_reading(duty, steps, on, plan.warning_days) for duty, steps in told.items()}
            assert lit == expected


def _play_what_is_possible(duty, history):
    player, at = Player(duty), on_day(ISSUED, 8)
    for event, days, claims in history:
        at += dt.timedelta(days=days, hours=1)
        claims = claims or event == Event.CLAIMED or duty.status == Status.UNDER_REVIEW
        if event == Event.UNRETURNED:  # only what was returned just before
            last, claims = player.last
            if last != Event.RETURNED or claims and player.found[0] is None:
                continue
        plain = not claims and event in STATUS_KEPT_BY_PLAIN_REPORT and duty.status != Status.NOT_STARTED
        if plain or event in STEPS[Status(duty.status)]:
            player.take(event, at, claims=claims)


@pytest.fixture
def transactional_clean():
    """Each example begins with an empty table of duties; the test's own transaction is rolled back at the end."""
    from django.db import connection

    def clean():
        guards.drop(connection, Transition)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM tasks_transition")
        Assignment.objects.all().delete()
        FormerRow.objects.all().delete()

    return clean
