"""Figures, one function each. Pages, files, the API and the public page do no counting of their own.

Duties are counted from querysets of visible, owed duties with lights (`Assignment.objects.shown_to`, design: Lights),
reports from those submitted by the end of a day (`ProgressReport.objects.submitted_by`). Rates are rounded in
`wenshang_disclosure.core.rates`.
"""

from .evidence import distinct_items, evidence, number_of_items, with_items_of_duties, with_items_of_reports
from .headline import COMPARED, changes, day_before, headline, headline_before
from .pace import burn_up, completed_by_month, submitted_by_week
from .reports import (
    RECENT_DAYS,
    approved,
    by_day,
    latest,
    number_of_recent,
    number_of_reporting,
    number_of_reports,
    of_duties,
    recent,
    still_waiting,
    submitted,
    submitted_on,
    waiting_times,
)
from .summary import (
    COUNTED,
    NOTHING,
    PART,
    RURAL,
    SECTION,
    UNIT,
    by_group,
    by_part,
    by_section,
    by_unit,
    counted,
    group_of,
    led_tasks,
    number_of_tasks,
    number_of_units,
    public_counts,
    rank,
    split_by_group,
    tasks_by_section,
    totals,
)

__all__ = [
    # duties: sums of lights, number of rows and units
    "COUNTED",
    "NOTHING",
    "PART",
    "RURAL",
    "SECTION",
    "UNIT",
    "split_by_group",
    "by_group",
    "by_part",
    "by_section",
    "by_unit",
    "counted",
    "public_counts",
    "group_of",
    "led_tasks",
    "number_of_tasks",
    "number_of_units",
    "rank",
    "tasks_by_section",
    "totals",
    # the key figures of a page, and their changes
    "COMPARED",
    "changes",
    "day_before",
    "headline",
    "headline_before",
    # the year month by month and week by week
    "burn_up",
    "completed_by_month",
    "submitted_by_week",
    # reports: submitted, waiting, latest, approved, rated
    "RECENT_DAYS",
    "approved",
    "by_day",
    "number_of_recent",
    "recent",
    "latest",
    "number_of_reporting",
    "number_of_reports",
    "of_duties",
    "still_waiting",
    "submitted",
    "submitted_on",
    "waiting_times",
    # evidence
    "distinct_items",
    "evidence",
    "number_of_items",
    "with_items_of_duties",
    "with_items_of_reports",
]
