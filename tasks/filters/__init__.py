"""Filter sets of the lists, each shared by page, export and bulk action."""

from .base import (
    CHOICE_ERRORS,
    DAY,
    MAX_SEARCH_CHARS,
    DayInput,
    IdsFilter,
    PlanFilter,
    SeveralOf,
    SeveralRecords,
    choose,
    requirement_filter,
)
from .deadlines import ExtensionFilter, SuspendedFilter
from .plans import TaskFilter
from .progress import AssignmentFilter, OverdueFilter, QuestionFilter, ReviewFilter
from .supervision import ReminderFilter, ReminderItemFilter, RoundFilter, RoundItemFilter

__all__ = [
    "CHOICE_ERRORS",
    "DAY",
    "MAX_SEARCH_CHARS",
    "AssignmentFilter",
    "DayInput",
    "ExtensionFilter",
    "IdsFilter",
    "OverdueFilter",
    "PlanFilter",
    "QuestionFilter",
    "ReminderFilter",
    "ReminderItemFilter",
    "ReviewFilter",
    "RoundFilter",
    "RoundItemFilter",
    "SeveralOf",
    "SeveralRecords",
    "SuspendedFilter",
    "TaskFilter",
    "choose",
    "requirement_filter",
]
