"""The plan, duties, progress and evidence, and how they are supervised."""

from .amendment import Amendment
from .assignment import Assignment
from .auto_reminder import AutoReminder
from .evidence import Evidence, StoredFile
from .extension import Extension, ExtensionFile
from .mail import OutgoingMail
from .notification import Notification
from .opinion import LeadOpinion, without_opinion
from .plan import BasisDocument, Designation, Part, Plan, Section, Task
from .plan_import import KnownHeadings, PlanImport
from .progress import ProgressReport
from .quality import QualityRating
from .reminder import Reminder, ReminderItem, StockPhrase
from .round import ReportingRound, RoundItem
from .supervision import DailyRun, SupervisionRules
from .timeline import timeline
from .transition import Transition

__all__ = [
    "Amendment",
    "Assignment",
    "AutoReminder",
    "BasisDocument",
    "DailyRun",
    "Designation",
    "Evidence",
    "Extension",
    "ExtensionFile",
    "KnownHeadings",
    "LeadOpinion",
    "Notification",
    "OutgoingMail",
    "Part",
    "Plan",
    "PlanImport",
    "ProgressReport",
    "QualityRating",
    "Reminder",
    "ReminderItem",
    "ReportingRound",
    "RoundItem",
    "Section",
    "StockPhrase",
    "StoredFile",
    "SupervisionRules",
    "Task",
    "Transition",
    "timeline",
    "without_opinion",
]
