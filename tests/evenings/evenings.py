"""What the product said on an evening it says a year later of the same evening.

Run by hand, since it still finds differences: `pytest tests/evenings/evenings.py` plays one random year a seed
(`EVENING_SEEDS`, 2 by default) and lists what a past evening tells otherwise than it did: the wording, holders and
deadline of amended rows, names of renamed units, who owed what before a reassignment or a merger.
"""

import datetime as dt
import os
import random

import pytest
import time_machine
from django.test import Client

from departments.models import User
from departments.services import tokens
from tests.evenings import recorder
from tests.evenings.life import ISSUED, Life
from wenshang_disclosure.core.dates import on_day

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("evidence_folder")]

END = dt.date(2025, 3, 31)
SEEDS = range(int(os.environ.get("EVENING_SEEDS", "2")))
EVENINGS = int(os.environ.get("EVENINGS", "4"))
READERS = ("office", "lead", "town")


@pytest.mark.parametrize("seed", SEEDS)
def test_each_evening_is_told_as_it_was(seed, settings):
    settings.EXPORTS_PER_HOUR = settings.API_REQUESTS_PER_MINUTE = 10**6
    with time_machine.travel(on_day(ISSUED, 8), tick=False):
        life = Life(seed)
    chance = random.Random(seed)
    evenings = sorted(chance.sample([ISSUED + dt.timedelta(days=n) for n in range(3, 240)], EVENINGS))
    people = {
        "office": life.office,
        "lead": User.objects.get(unit__name="县乙局"),
        "town": User.objects.get(unit__name="东镇人民政府"),
    }
    kept = {}
    for day in days(ISSUED, END):
        if chance.random() < 0.6:
            with time_machine.travel(on_day(day, 12), tick=False):
                life.act(day)
        if day in evenings:
            with time_machine.travel(on_day(day, 23, 30), tick=False):
                kept[day] = recorder.as_json(record(life, people, day))

    with time_machine.travel(on_day(END, 20), tick=False):
        again = {evening: recorder.as_json(record(life, people, evening)) for evening in kept}

    found = [
        f"{evening} {who} {address}: {what}"
        for evening in kept
        for who in kept[evening]
        for address, what in recorder.differences(kept[evening][who], again[evening][who])
    ]
    assert not found, f"{len(found)} differences:\n" + "\n".join(found[:400])


def days(first, last):
    while first <= last:
        yield first
        first += dt.timedelta(days=1)


def record(life, people, day):
    """Return `{reader: {address: what it says}}` of the evening of `day`."""
    told = {}
    for name, person in people.items():
        person.refresh_from_db()
        client = Client()
        client.force_login(person)
        secret = tokens.make(person, by=person, name="记录")
        api = Client(headers={"Authorization": f"Bearer {secret}"})
        told[name] = {
            **recorder.pages(client, life.plan, day),
            **recorder.files(client, life.plan, day),
            **recorder.answers(api.get, life.plan, day),
        }
    return told
