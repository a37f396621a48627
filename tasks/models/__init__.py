"""Models of plans, duties, progress, evidence and supervision."""

from tasks.models.plans.amendment import Amendment
from tasks.models.plans.plan import BasisDocument, Designation, Part, Plan, Section, Task
from tasks.models.plans.plan_import import KnownAnswer, KnownHeadings, PlanImport
from tasks.models.plans.supplement import Supplement, SupplementChange
from tasks.models.progress import past  # noqa: F401, says how duties and reports stood on past evenings
from tasks.models.progress.assignment import Assignment
from tasks.models.progress.discussion import Answer, Guidance, Question
from tasks.models.progress.draft_version import DraftVersion
from tasks.models.progress.entered_report import EnteredReport
from tasks.models.progress.evidence import Evidence
from tasks.models.progress.lead_opinion import LeadOpinion, awaiting_opinion, without_opinion
from tasks.models.progress.quality import QualityRating
from tasks.models.progress.report import ProgressReport
from tasks.models.progress.sheet_upload import SheetUpload
from tasks.models.progress.thread import remark_to_ask_about, thread
from tasks.models.progress.timeline import timeline
from tasks.models.progress.traces import Trace, Traces
from tasks.models.progress.transition import Transition
from tasks.models.supervision.automatic_reminder import AutomaticReminder
from tasks.models.supervision.mail import OutgoingMail
from tasks.models.supervision.notification import Notification
from tasks.models.supervision.reminder import Reminder, ReminderAnswer, ReminderItem, StockPhrase
from tasks.models.supervision.round import ReportingRound, RoundItem, RoundReopening
from tasks.models.supervision.rules import AutomaticReminderRun, SupervisionRules

from .deadlines import Extension, ExtensionFile, UndoneDecision
from .saved_view import SavedView, StartPage, ViewRecipient

__all__ = [
    "Amendment",
    "Answer",
    "Assignment",
    "AutomaticReminder",
    "BasisDocument",
    "AutomaticReminderRun",
    "Designation",
    "DraftVersion",
    "EnteredReport",
    "Evidence",
    "Extension",
    "ExtensionFile",
    "Guidance",
    "KnownAnswer",
    "KnownHeadings",
    "LeadOpinion",
    "Notification",
    "OutgoingMail",
    "Part",
    "Plan",
    "PlanImport",
    "ProgressReport",
    "QualityRating",
    "Question",
    "Reminder",
    "ReminderAnswer",
    "ReminderItem",
    "ReportingRound",
    "RoundItem",
    "RoundReopening",
    "SavedView",
    "Section",
    "SheetUpload",
    "StartPage",
    "StockPhrase",
    "Supplement",
    "SupplementChange",
    "SupervisionRules",
    "Task",
    "Trace",
    "Traces",
    "Transition",
    "UndoneDecision",
    "ViewRecipient",
    "remark_to_ask_about",
    "thread",
    "timeline",
    "awaiting_opinion",
    "without_opinion",
]
