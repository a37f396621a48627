"""Tables of the lists. Everything shown is fetched or annotated, so that there is no query per row."""

from .base import NONE, ShortUnits
from .deadlines import ExtensionTable, SuspendedTable
from .progress import AssignmentTable, OverdueTable, QuestionTable, ReviewTable
from .supervision import OwnRoundItemTable, ReminderItemTable, ReminderTable, RoundItemTable

__all__ = [
    "NONE",
    "AssignmentTable",
    "ExtensionTable",
    "OverdueTable",
    "OwnRoundItemTable",
    "QuestionTable",
    "ReminderItemTable",
    "ReminderTable",
    "ReviewTable",
    "RoundItemTable",
    "ShortUnits",
    "SuspendedTable",
]
