"""The numbers of the open page: how the duties of each row stand today, of everybody and for everybody."""

from django.utils import timezone

from tasks.models import Assignment

from . import COUNTED


def lights_by_task(plan):
    """Return `{task: {"owed", "on_time", one figure a light}}` of today's duties, suspended ones left
    out. One query.
    """
    today = timezone.localdate()
    duties = Assignment.objects.filter(plan=plan).owed(today).with_light(today)
    return {row["task"]: {name: row[name] for name in COUNTED} for row in duties.light_counts("task")}


def totals(counts):
    """Return the sum over rows."""
    return {name: sum(row[name] for row in counts.values()) for name in COUNTED}
