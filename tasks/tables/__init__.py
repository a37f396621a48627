"""Tables of the lists. Everything shown is fetched or annotated, so that there is no query per row."""

from .base import CLIPPED, NONE, SAID, DutyColumns, said, shortened
from .deadlines import ExtensionTable, SuspendedTable
from .plans import TaskTable
from .progress import AssignmentTable, OverdueTable, QuestionTable, ReviewTable
from .supervision import OwnRoundItemTable, ReminderItemTable, ReminderTable, RoundItemTable, RoundTable

__all__ = [
    "CLIPPED",
    "NONE",
    "SAID",
    "AssignmentTable",
    "DutyColumns",
    "ExtensionTable",
    "OverdueTable",
    "OwnRoundItemTable",
    "QuestionTable",
    "ReminderItemTable",
    "ReminderTable",
    "ReviewTable",
    "RoundItemTable",
    "RoundTable",
    "SuspendedTable",
    "TaskTable",
    "said",
    "shortened",
]
