"""The plan, duties, progress and evidence."""

from .amendment import Amendment
from .assignment import Assignment
from .evidence import Evidence, StoredFile
from .notification import Notification
from .plan import BasisDocument, Designation, Part, Plan, Section, Task
from .plan_import import KnownHeadings, PlanImport
from .progress import ProgressReport
from .transition import Transition

__all__ = [
    "Amendment",
    "Assignment",
    "BasisDocument",
    "Designation",
    "Evidence",
    "KnownHeadings",
    "Notification",
    "Part",
    "Plan",
    "PlanImport",
    "ProgressReport",
    "Section",
    "StoredFile",
    "Task",
    "Transition",
]
