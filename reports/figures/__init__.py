"""What is counted, one function a figure; pages, files, the API and the open page count nothing themselves.

Duties are counted from querysets that are visible, owed and lit (`Assignment.objects.shown_to`, design: Lights),
reports from those that stood submitted on an evening (`ProgressReport.objects.submitted_by`). Rates are rounded in
`wenshang_disclosure.core.rates`.
"""

from .evidence import each_once, evidence, number_of_items, with_items_of_duties, with_items_of_reports
from .headline import COMPARED, changes, day_before, headline, headline_before
from .pace import burn_up, completed_by_month, submitted_by_week
from .reports import (
    LATELY,
    approved,
    by_day,
    came_lately,
    lately,
    latest,
    number_of_reporting,
    number_of_reports,
    of_duties,
    rated,
    still_waiting,
    submitted,
    submitted_lately,
    submitted_on,
    waited,
    waiting_reports,
    with_latest_text,
)
from .summary import (
    COUNTED,
    NOTHING,
    PART,
    RURAL,
    SECTION,
    UNIT,
    apart,
    by_group,
    by_part,
    by_section,
    by_unit,
    counted,
    everybodys,
    group_of,
    led_tasks,
    number_of_tasks,
    number_of_units,
    rank,
    tasks_by_section,
    totals,
)

__all__ = [
    # duties: sums of lights, and how many rows and units they are
    "COUNTED",
    "NOTHING",
    "PART",
    "RURAL",
    "SECTION",
    "UNIT",
    "apart",
    "by_group",
    "by_part",
    "by_section",
    "by_unit",
    "counted",
    "everybodys",
    "group_of",
    "led_tasks",
    "number_of_tasks",
    "number_of_units",
    "rank",
    "tasks_by_section",
    "totals",
    # the figures that head a page, and what changed
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
    "LATELY",
    "approved",
    "by_day",
    "came_lately",
    "lately",
    "latest",
    "number_of_reporting",
    "number_of_reports",
    "of_duties",
    "rated",
    "still_waiting",
    "submitted",
    "submitted_lately",
    "submitted_on",
    "waited",
    "waiting_reports",
    "with_latest_text",
    # evidence
    "each_once",
    "evidence",
    "number_of_items",
    "with_items_of_duties",
    "with_items_of_reports",
]
