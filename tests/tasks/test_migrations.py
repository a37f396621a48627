"""What a migration does to data that was there before it."""

from importlib import import_module

import pytest
from django.apps import apps

from tasks.models import Assignment
from tests.factories import AssignmentFactory, claim, hand_in

pytestmark = pytest.mark.django_db


def test_who_reported_before_there_were_receipts_has_seen_the_duty():
    reported, claimed, untouched = AssignmentFactory.create_batch(3)
    first = hand_in(reported)
    hand_in(reported)
    claim(claimed)
    Assignment.objects.update(acknowledged_at=None, acknowledged_by=None)

    import_module("tasks.migrations.0007_usual_phrases").acknowledge_what_was_reported(apps, None)

    for duty in (reported, claimed, untouched):
        duty.refresh_from_db()
    step = reported.transitions.order_by("pk").first()
    assert (reported.acknowledged_at, reported.acknowledged_by) == (step.at, first.attested_by)
    assert claimed.acknowledged_by == claimed.reports.get().attested_by
    assert (untouched.acknowledged_at, untouched.acknowledged_by) == (None, None)
