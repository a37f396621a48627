"""What the product said on an evening it says later of the same evening (design: Lights).

A year goes by in which everything may happen; on some evenings all that can be said is recorded, and at the end it is
asked for again. The long form records the end of each month and twelve other days, of several years. The short form
records two evenings: on both what the office reads, on the first what a lead reads as well, each of every third duty.
"""

import datetime as dt
import random

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from departments.models import User
from departments.services import tokens
from tests.environment import LONG
from tests.evenings import recorder
from tests.evenings.life import ISSUED, WEIGHTS, Life
from wenshang_disclosure.core.dates import on_day

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("evidence_folder")]

END = dt.date(2025, 3, 31)
SEEDS = range(6 if LONG else 1)
ONE_DAY = dt.timedelta(days=1)
READ_THAT_EVENING = (recorder.pages, recorder.files, recorder.answers)
READ_AFTERWARDS = (recorder.duties,)
"""Pages on which most is about what can be done today: they are read the morning after at first."""


@pytest.fixture(autouse=True)
def _without_limits(settings):
    settings.EXPORTS_PER_HOUR = settings.API_REQUESTS_PER_MINUTE = 10**6


def at(day, hour, minute=0):
    return time_machine.travel(on_day(day, hour, minute), tick=False)


def days(first, last):
    return [first + dt.timedelta(days=number) for number in range((last - first).days + 1)]


def recorded(chance):
    """The evenings that are recorded."""
    year = days(ISSUED + 3 * ONE_DAY, END - 30 * ONE_DAY)
    ends = [day for day in year if (day + ONE_DAY).month != day.month]
    return sorted({*ends, *chance.sample(year, 12)} if LONG else chance.sample(year, 2))


def readers(life):
    """The office, a lead and in the long form a town, who stay where they are."""
    people = {"office": life.office, "lead": User.objects.get(unit__name="县乙局")}
    if LONG:
        people["town"] = User.objects.get(unit__name="东镇人民政府")
    life.staying = set(people.values())
    return people


def record(life, people, day, readings):
    """Return `{(reader, address): what it says}` of the evening of `day`."""
    told = {}
    for name, person in people.items():
        person.refresh_from_db()
        client = Client()
        client.force_login(person)
        api = Client(headers={"Authorization": f"Bearer {tokens.make(person, by=person, name='记录')}"})
        for read in readings:
            said = read(api if read is recorder.answers else client, life.plan, day)
            told |= {(name, address): recorder.as_json(text) for address, text in said.items()}
    return told


@pytest.mark.parametrize("seed", SEEDS)
def test_each_evening_of_a_year_is_told_as_it_was(seed):
    with at(ISSUED, 8):
        life = Life(seed)
    chance = random.Random(seed)
    evenings, everybody, kept = recorded(chance), readers(life), {}
    read_by = {day: everybody if LONG or day == evenings[0] else {"office": life.office} for day in evenings}
    for day in days(ISSUED, END):
        if chance.random() < 0.6:
            with at(day, 12):
                life.act(day)
        if day in evenings:
            with at(day, 23, 30):
                kept[day] = record(life, read_by[day], day, READ_THAT_EVENING)
            with at(day + ONE_DAY, 0, 10):
                kept[day] |= record(life, read_by[day], day, READ_AFTERWARDS)

    with at(END, 20):
        again = {day: record(life, read_by[day], day, [*READ_THAT_EVENING, *READ_AFTERWARDS]) for day in kept}

    found = [
        f"{day} {who} {address}: {what}"
        for day in kept
        for (who, address), what in recorder.differences(kept[day], again[day])
    ]
    assert not found, f"{len(found)} differences:\n" + "\n".join(found[:400])


@given(seed=st.integers(0, 10**6), acts=st.lists(st.sampled_from(sorted(WEIGHTS)), min_size=6, max_size=18))
@settings(max_examples=60 if LONG else 6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_evening_in_the_middle_of_any_history_is_told_as_it_was(seed, acts):
    with transaction.atomic():
        compare_the_middle(seed, acts)
        transaction.set_rollback(True)


def compare_the_middle(seed, acts):
    """Let `acts` happen, one every six days, and compare what is said of the evening after half of them."""
    with at(ISSUED, 8):
        life = Life(seed)
    office, day = {"office": life.office}, ISSUED
    for number, act in enumerate(acts, start=1):
        day += 6 * ONE_DAY
        with at(day, 12):
            life.do(act, day)
        if number == len(acts) // 2:
            with at(day, 23, 30):
                middle, kept = day, record(life, office, day, [recorder.answers])
    with at(day + ONE_DAY, 12):
        assert not recorder.differences(kept, record(life, office, middle, [recorder.answers]))
