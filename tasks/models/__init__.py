"""The plan, duties, progress and evidence."""

from .assignment import Assignment
from .evidence import Evidence, StoredFile
from .plan import BasisDocument, Designation, Part, Plan, Section, Task
from .progress import ProgressReport
from .transition import Transition

__all__ = [
    "Assignment",
    "BasisDocument",
    "Designation",
    "Evidence",
    "Part",
    "Plan",
    "ProgressReport",
    "Section",
    "StoredFile",
    "Task",
    "Transition",
]
