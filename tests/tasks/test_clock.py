"""The machine's clock was wrong and is put right: nothing breaks, and what was done last counts."""

import datetime as dt

import pytest
import time_machine

from departments.choices import Role
from tasks.choices import Light, Status
from tasks.models import Assignment
from tasks.services.progress import reports, reviews
from tests.factories import UserFactory, claim
from wenshang_disclosure.audit import chain
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.models import AuditEntry
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.core.evenings import evening

pytestmark = pytest.mark.django_db
AHEAD, RIGHT = dt.date(2024, 10, 20), dt.date(2024, 9, 20)


def at(day):
    return time_machine.travel(on_day(day), tick=False)


def light_of(duty, day):
    with evening(day):
        return Assignment.objects.with_light(day).get(pk=duty.pk).light


def test_a_claim_made_while_the_clock_was_ahead_is_approved_and_stays_so_on_every_day(county):
    duty = county.other_duty
    with at(AHEAD):
        report = claim(duty, by=county.people["stranger"], text="九月的进展。")

    with at(RIGHT):
        reviews.approve(report, by=county.people["reviewer"])
        duty.refresh_from_db()
        assert (duty.status, light_of(duty, RIGHT)) == (Status.COMPLETED, Light.DONE)

    with at(AHEAD + dt.timedelta(days=1)):
        assert light_of(duty, AHEAD + dt.timedelta(days=1)) == Light.DONE
        assert light_of(duty, AHEAD) == Light.DONE


def test_a_draft_and_its_post_sent_again_survive_the_clock_going_back(county):
    duty, liaison = county.other_duty, county.people["stranger"]
    post = {"version": 0, "text": "九月的进展。", "attested": True, "attested_name": "审查人"}
    with at(AHEAD):
        first = reports.submit(duty, by=liaison, **post)

    with at(RIGHT):
        again = reports.submit(duty, by=liaison, **post)

    assert again == first
    assert duty.reports.count() == 1


def test_the_audit_trail_is_one_chain_whatever_the_clock_does():
    person = UserFactory(role=Role.OFFICE)
    for day in (AHEAD, RIGHT, AHEAD + dt.timedelta(days=400), RIGHT):
        with at(day):
            record(Kind.SYSTEM, "核对已存文件", by=person)
            chain.seal()

    verdict = chain.verify()

    assert (verdict.broken, verdict.entries) == ("", AuditEntry.objects.count())
