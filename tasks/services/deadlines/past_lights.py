"""Chinese text on the lights of a duty on past evenings."""

from datetime import date, timedelta
from itertools import groupby

from django.db.models import IntegerField, Value
from django.utils import timezone

from tasks.choices import Light, Status
from tasks.models import Assignment

ONE_DAY = timedelta(days=1)
FIELDS = ("to_status", "claimed_on", "awaits_answer", "due_on", "suspended")
EVENINGS_PER_QUERY = 50
SUSPENDED = "中止"


def in_words(duty, first, last):
    """Return “2024-10-01至2024-10-08亮“逾期”。” for the evenings from `first` to `last`, both included.

    Only past evenings since the start of the duty count; empty where there is none. Only days on which the light may
    have changed are queried.
    """
    first, last = max(first, duty.owed_from), min(last, timezone.localdate() - ONE_DAY)
    if first > last:
        return ""
    states = _states(duty, last)
    days = _days_of_change(duty, states, first, last)
    shown = _labels(duty, [_state_on(day, states) for day in days], days)
    runs = [[day for _, day in run] for _, run in groupby(zip(shown, days, strict=True), key=lambda pair: pair[0])]
    labels = [label for label, _ in groupby(shown)]
    ends = [run[0] - ONE_DAY for run in runs[1:]] + [last]
    return "，".join(_run(label, run[0], end) for label, run, end in zip(labels, runs, ends, strict=True)) + "。"


def _states(duty, last):
    """Return `{day: state after the last step of that day}`, in order of days, from the state before the first step."""
    untouched = (Status.NOT_STARTED, None, False, duty.first_due_on, False)
    steps = duty.transitions.filter(on__lte=last).order_by("pk").values_list("on", *FIELDS)
    return {on: dict(zip(FIELDS, left, strict=True)) for on, *left in [(date.min, *untouched), *steps]}


def _days_of_change(duty, states, first, last):
    """Return the days on which another light may have begun: after a step, or near a deadline."""
    days, before = {first}, None
    for on, left in states.items():
        if left != before:
            days.add(on)
        before = left
    for due_on in {left["due_on"] for left in states.values()} - {None}:
        days |= {due_on + ONE_DAY, due_on - timedelta(days=duty.plan.warning_days)}
    return sorted(day for day in days if first <= day <= last)


def _state_on(day, states):
    return [left for on, left in states.items() if on <= day][-1]


def _labels(duty, states, days):
    """Return the name of the light on each of the evenings, or 中止."""
    lights = {}
    for start in range(0, len(days), EVENINGS_PER_QUERY):
        places = range(start, min(start + EVENINGS_PER_QUERY, len(days)))
        queries = [_evening(duty, place, states[place], days[place]) for place in places]
        lights |= dict(queries[0].union(*queries[1:], all=True))
    return [SUSPENDED if left["suspended"] else Light(lights[place]).label for place, left in enumerate(states)]


def _evening(duty, place, state, day):
    lit = Assignment.objects.filter(pk=duty.pk).order_by().with_light_of(state, day)
    return lit.annotate(place=Value(place, IntegerField())).values_list("place", "light")


def _run(label, first, last):
    days = f"{first:%Y-%m-%d}" if first == last else f"{first:%Y-%m-%d}至{last:%Y-%m-%d}"
    return f"{days}{label}" if label == SUSPENDED else f"{days}亮“{label}”"
