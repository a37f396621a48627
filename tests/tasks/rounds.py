"""A plan with three duties in autumn 2024, for the tests of reporting rounds."""

import datetime as dt
import uuid

from tasks.models import RoundItem
from tasks.services.supervision import rounds

OPENS, CLOSES = dt.date(2024, 10, 1), dt.date(2024, 10, 10)


def call(plan, by, **changed):
    """Call a round as the page does, with defaults for what is not given."""
    usual = {"title": "三季度进展", "text": "", "opens_on": OPENS, "closes_on": CLOSES, "key": uuid.uuid4()}
    return rounds.call(plan, by=by, **{**usual, **changed})


def duties_of(one):
    """Return the duties that a round asks for."""
    return {item.assignment for item in one.items.select_related("assignment")}


def current(one):
    """Return `{unit name: submission}` of the counting duties of a round."""
    items = RoundItem.objects.filter(round=one).counting().with_submission().for_lists()
    return {item.assignment.unit.name: item.submission for item in items}
