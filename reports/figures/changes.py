"""What changed against 30 days before."""

from datetime import timedelta

DAYS_BEFORE = 30
COMPARED = (
    "tasks",
    "owed",
    "completion_rate",
    "on_time_rate",
    "overdue",
    "due_soon",
    "waiting",
    "longest",
    "median",
    "lately",
)


def day_before(plan, as_of):
    """Return the day to compare `as_of` with, `None` where the plan was not issued yet."""
    day = as_of - timedelta(days=DAYS_BEFORE)
    return day if day >= plan.issued_on else None


def changes(now, before):
    """Return the difference of each compared figure; `None` where one of the two days has no such figure."""
    return {name: _difference(now[name], before[name]) for name in COMPARED}


def _difference(now, before):
    return None if now is None or before is None else round(now - before, 1)
