"""On which days a duty is reminded of: each rule by itself, at its edges and after days on which nothing ran."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.choices import AutomaticKind
from tasks.models import SupervisionRules
from tasks.services.supervision.reminder_rules import IN_TIME, TOO_LATE, Day, of_a_round, triggers_of
from wenshang_disclosure.core.dates import on_day

DUE = date(2024, 12, 31)
QUIET = {"days_before": [], "after_every": 0, "leader_after": 0, "unanswered_after": 0, "silent_after": 0}


def duty(on, due=DUE, **fields):
    """Return a duty as automatic reminders fetch it on a day: owed since midsummer, nothing submitted."""
    usual = {"owed_from": date(2024, 6, 24), "resumed_on": None, "reported_at": None, "returned_on": None}
    return {"due_on": due, "days_left": (due - on).days if due else None, **usual, **fields}


def only(rule, on, **fields):
    """What one rule, at its usual setting, makes of a day; the others are off."""
    usual = getattr(SupervisionRules(), rule)
    rules = SupervisionRules(**{**QUIET, rule: usual})
    return [(kind, anchor, stage) for kind, anchor, stage in triggers_of(duty(on, **fields), rules, Day(on))]


# --- before the deadline ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "stage"),
    [
        (date(2024, 11, 30), None),  # 31 days before
        (date(2024, 12, 1), 30),
        (date(2024, 12, 15), 30),
        (date(2024, 12, 16), 15),
        (date(2024, 12, 23), 15),
        (date(2024, 12, 24), 7),
        (date(2024, 12, 28), 3),
        (date(2024, 12, 30), 1),
        (date(2024, 12, 31), 1),  # the evening of the deadline: not late, and nothing new
        (date(2025, 1, 1), None),
    ],
)
def test_before_a_deadline_the_latest_stage_reached_is_the_trigger(on, stage):
    found = only("days_before", on)

    assert found == ([(AutomaticKind.BEFORE, DUE, stage)] if stage else [])


def test_after_an_outage_of_weeks_only_the_latest_stage_is_told():
    ran = [date(2024, 12, 1), date(2024, 12, 25)]  # the days of 15 and 7 days before were missed or are past

    told = {trigger for on in ran for trigger in only("days_before", on)}

    assert told == {(AutomaticKind.BEFORE, DUE, 30), (AutomaticKind.BEFORE, DUE, 7)}


def test_days_in_any_order_mean_the_same():
    on = date(2024, 12, 30)

    found = triggers_of(duty(on), SupervisionRules(**{**QUIET, "days_before": [1, 30, 7]}), Day(on))

    assert found == [(AutomaticKind.BEFORE, DUE, 1)]


def test_a_moved_deadline_is_another_trigger():
    on, moved = date(2024, 12, 30), date(2025, 1, 31)

    assert only("days_before", on) == [(AutomaticKind.BEFORE, DUE, 1)]
    assert only("days_before", date(2025, 1, 30), due=moved) == [(AutomaticKind.BEFORE, moved, 1)]


@pytest.mark.parametrize(
    ("on", "stage"),
    [(date(2024, 1, 29), None), (date(2024, 1, 30), 30), (date(2024, 2, 28), 1), (date(2024, 2, 29), 1)],
)
def test_days_before_a_leap_day(on, stage):
    leap_day = date(2024, 2, 29)

    found = only("days_before", on, due=leap_day)

    assert found == ([(AutomaticKind.BEFORE, leap_day, stage)] if stage else [])


# --- after it ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "stage"),
    [
        (date(2024, 12, 31), None),
        (date(2025, 1, 1), 0),
        (date(2025, 1, 7), 0),
        (date(2025, 1, 8), 1),
        (date(2025, 1, 14), 1),
        (date(2025, 1, 15), 2),
        (date(2025, 3, 31), 12),
    ],
)
def test_after_a_deadline_the_day_after_then_weekly(on, stage):
    found = only("after_every", on)

    assert found == ([(AutomaticKind.AFTER, DUE, stage)] if stage is not None else [])


@pytest.mark.parametrize(("on", "is_told"), [(date(2025, 1, 6), False), (date(2025, 1, 7), True)])
def test_the_leader_is_told_when_it_is_seven_days_late_and_once(on, is_told):
    assert only("leader_after", on) == ([(AutomaticKind.LEADER, DUE, 0)] if is_told else [])
    assert only("leader_after", date(2025, 3, 1)) == [(AutomaticKind.LEADER, DUE, 0)]


@pytest.mark.parametrize("rule", ["days_before", "after_every", "leader_after"])
def test_an_ongoing_duty_without_a_deadline_is_neither_near_nor_late(rule):
    assert only(rule, date(2025, 3, 1), due=None) == []


# --- a return that is not answered ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("returned_on", "on", "is_told"),
    [
        (date(2024, 9, 9), date(2024, 9, 12), False),  # the third working day is not over
        (date(2024, 9, 9), date(2024, 9, 13), True),
        (date(2024, 9, 29), date(2024, 10, 9), False),  # 30 September, then the holiday, 8 and 9 October
        (date(2024, 9, 29), date(2024, 10, 10), True),
        (date(2024, 9, 29), date(2024, 10, 20), True),
    ],
)
def test_a_return_is_reminded_of_after_three_working_days_and_once(returned_on, on, is_told):
    found = only("unanswered_after", on, returned_on=returned_on)

    assert found == ([(AutomaticKind.UNANSWERED, returned_on, 0)] if is_told else [])


def test_an_answered_return_is_no_trigger():
    assert only("unanswered_after", date(2024, 10, 20)) == []


# --- no report for long -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "stage"),
    [
        (date(2024, 8, 22), 0),
        (date(2024, 8, 23), 1),  # 60 days after midsummer
        (date(2024, 10, 21), 1),
        (date(2024, 10, 22), 2),
    ],
)
def test_sixty_days_without_a_report_and_each_sixty_more(on, stage):
    found = only("silent_after", on)

    assert found == ([(AutomaticKind.SILENT, date(2024, 6, 24), stage)] if stage else [])


def test_silence_is_counted_from_the_last_report_by_the_countys_day():
    after_midnight = on_day(date(2024, 9, 1), hour=0, minute=30)  # still 31 August in UTC

    assert only("silent_after", date(2024, 10, 30), reported_at=after_midnight) == []
    assert only("silent_after", date(2024, 10, 31), reported_at=after_midnight) == [
        (AutomaticKind.SILENT, date(2024, 9, 1), 1)
    ]


def test_silence_is_counted_anew_from_the_day_a_duty_was_taken_up_again():
    resumed = {"resumed_on": date(2024, 9, 10), "reported_at": on_day(date(2024, 7, 1))}

    assert only("silent_after", date(2024, 11, 8), **resumed) == []
    assert only("silent_after", date(2024, 11, 9), **resumed) == [(AutomaticKind.SILENT, date(2024, 9, 10), 1)]


# --- all rules together -----------------------------------------------------------------------------------------------


def test_a_late_returned_silent_duty_has_one_trigger_of_each_kind():
    on = date(2025, 1, 10)

    found = triggers_of(duty(on, returned_on=date(2024, 12, 2)), SupervisionRules(), Day(on))

    assert sorted(found) == [
        (AutomaticKind.AFTER, DUE, 1),
        (AutomaticKind.LEADER, DUE, 0),
        (AutomaticKind.SILENT, date(2024, 6, 24), 3),
        (AutomaticKind.UNANSWERED, date(2024, 12, 2), 0),
    ]


@pytest.mark.parametrize("rule", QUIET)
def test_a_rule_that_is_switched_off_gives_no_trigger(rule):
    on = date(2024, 12, 30) if rule == "days_before" else date(2025, 1, 10)
    late = duty(on, returned_on=date(2024, 12, 2))

    everything = triggers_of(late, SupervisionRules(), Day(on))
    without = triggers_of(late, SupervisionRules(**{rule: QUIET[rule]}), Day(on))

    assert len(everything) - len(without) == 1
    assert set(without) < set(everything)


DAY = st.dates(date(2024, 6, 24), date(2025, 3, 31))


@given(due=DAY, ran=st.sets(DAY, min_size=1))
def test_whatever_days_were_missed_no_stage_is_told_after_a_later_one(due, ran):
    told = []
    for on in sorted(ran):
        told += [(kind, stage) for kind, _, stage in triggers_of(duty(on, due), SupervisionRules(), Day(on))]

    before = [stage for kind, stage in told if kind == AutomaticKind.BEFORE]
    after = [stage for kind, stage in told if kind == AutomaticKind.AFTER]
    assert before == sorted(before, reverse=True)
    assert after == sorted(after)
    assert bool(after) == any(on > due for on in ran)


# --- rounds -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days_to_its_end", "stage"), [(4, None), (3, IN_TIME), (0, IN_TIME), (-1, TOO_LATE), (-20, TOO_LATE)]
)
def test_a_round_is_reminded_of_shortly_before_its_end_and_once_after_it(days_to_its_end, stage):
    closes_on = date(2024, 9, 30)

    found = of_a_round(closes_on, closes_on - timedelta(days=days_to_its_end))

    assert found == (None if stage is None else (AutomaticKind.ROUND, closes_on, stage))
