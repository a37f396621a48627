"""Every number of a page or file, one function each, from duties that are visible, owed and lit (design §5)."""

from .changes import COMPARED, changes, day_before
from .headline import headline, standing_before
from .pace import burn_up, completed_by_month, handed_in_by_week
from .reports import (
    LATELY,
    by_day,
    came_lately,
    handed_in,
    handed_in_lately,
    lately,
    still_waiting,
    waited,
    waiting_reports,
)
from .standing import (
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
    "handed_in",
    "handed_in_by_week",
    "handed_in_lately",
    "headline",
    "lately",
    "led_tasks",
    "number_of_tasks",
    "rank",
    "standing_before",
    "still_waiting",
    "totals",
    "waited",
    "waiting_reports",
]
