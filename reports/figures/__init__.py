"""Every number of a page or file, one function each, from duties that are visible, owed and lit (design: Lights)."""

from .changes import COMPARED, changes, day_before
from .headline import headline, summary_before
from .pace import burn_up, completed_by_month, submitted_by_week
from .reports import (
    LATELY,
    by_day,
    came_lately,
    lately,
    still_waiting,
    submitted,
    submitted_lately,
    waited,
    waiting_reports,
)
from .summary import (
    COUNTED,
    PART,
    RURAL,
    SECTION,
    UNIT,
    by_part,
    by_section,
    by_unit,
    counted,
    led_tasks,
    number_of_tasks,
    rank,
    totals,
)

__all__ = [
    "COMPARED",
    "COUNTED",
    "LATELY",
    "PART",
    "RURAL",
    "SECTION",
    "UNIT",
    "burn_up",
    "by_day",
    "by_part",
    "by_section",
    "by_unit",
    "came_lately",
    "changes",
    "completed_by_month",
    "counted",
    "day_before",
    "submitted",
    "submitted_by_week",
    "submitted_lately",
    "headline",
    "lately",
    "led_tasks",
    "number_of_tasks",
    "rank",
    "summary_before",
    "still_waiting",
    "totals",
    "waited",
    "waiting_reports",
]
