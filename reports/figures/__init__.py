"""Figures, one function each. Pages, files, the API and the public page do no counting of their own.

Duties are counted from querysets of visible, owed duties with lights (`Assignment.objects.shown_to`, design: Lights),
reports from those submitted by the end of a day (`ProgressReport.objects.submitted_by`). Rates are rounded in
`wenshang_disclosure.core.rates`.
"""

from .duties import DutyRow, rows_in, rows_of, sums_by
from .evidence import distinct_items, evidence, number_of_items, with_items_of_duties, with_items_of_reports
from .pace import (
    DAYS_BEFORE,
    Forecast,
    burn_up,
    completed_by_month,
    completed_by_month_ends,
    completions,
    day_before,
    difference,
    forecast,
    month_ends,
    up_to,
)
from .period import Period, period
from .reports import (
    approved,
    days_of_last,
    latest,
    number_of_reporting,
    number_of_reports,
    of_duties,
    still_waiting,
    submitted,
    submitted_on,
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
    number_of_tasks,
    number_of_units,
    public_counts,
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
    "number_of_tasks",
    "number_of_units",
    "tasks_by_section",
    "totals",
    # duties one by one
    "DutyRow",
    "rows_in",
    "rows_of",
    "sums_by",
    # the year month by month, the pace and where it leads
    "DAYS_BEFORE",
    "Forecast",
    "burn_up",
    "completed_by_month",
    "completed_by_month_ends",
    "completions",
    "day_before",
    "difference",
    "forecast",
    "month_ends",
    "up_to",
    # the present period
    "Period",
    "period",
    # reports: submitted, waiting, latest, approved, rated
    "approved",
    "days_of_last",
    "latest",
    "number_of_reporting",
    "number_of_reports",
    "of_duties",
    "still_waiting",
    "submitted",
    "submitted_on",
    # evidence
    "distinct_items",
    "evidence",
    "number_of_items",
    "with_items_of_duties",
    "with_items_of_reports",
]
