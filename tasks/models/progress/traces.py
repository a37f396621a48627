"""What there is of duties: asked in one plain query, so that a page reads no table that has nothing of its duty."""

from dataclasses import dataclass
from enum import StrEnum

from django.db import connection

from tasks.choices import NOT_SUBMITTED, Event, ReportState
from tasks.models.deadlines import Extension
from tasks.models.supervision.automatic_reminder import AutomaticReminder
from tasks.models.supervision.reminder import Reminder, ReminderAnswer, ReminderItem
from tasks.models.supervision.round import RoundItem

from .assignment import Assignment
from .discussion import Guidance, Question
from .entered_report import EnteredReport
from .lead_opinion import LeadOpinion
from .report import ProgressReport
from .transition import Transition


class Trace(StrEnum):
    """A kind of record that a duty may have."""

    UNSUBMITTED = "unsubmitted"
    RETURNED_REPORT = "returned report"
    EXTENSION = "extension"
    EXTENDED = "extended"
    RETURNED = "returned"
    REASSIGNED = "reassigned"
    AUTOMATIC = "automatic"
    CHASED = "chased"
    SEEN = "seen"
    ANSWERED = "answered"
    REMINDER_WITHDRAWN = "reminder withdrawn"
    OPINION = "opinion"
    ROUND = "round"
    ENTERED = "entered"
    QUESTION = "question on the row"
    GUIDANCE = "guidance on the row"


@dataclass(frozen=True)
class Traces:
    """Which kinds of records there are of some duties, by their ids, on the evening that is read."""

    duties: frozenset
    kinds: frozenset

    @classmethod
    def of(cls, duties):
        """Return the traces of duties, given by id. One query, which reads an index for each kind."""
        duties = frozenset(duties)
        if not duties:
            return cls(duties, frozenset())
        with connection.cursor() as cursor:
            cursor.execute(_sql().replace("DUTIES", ", ".join(str(int(pk)) for pk in sorted(duties))))
            return cls(duties, frozenset(Trace(kind) for (kind,) in cursor.fetchall()))

    def __contains__(self, kind):
        return kind in self.kinds


def _sql():
    """Return the query, with the word DUTIES for the ids.

    Written out, since compiling it from querysets costs more than all that it saves.
    """
    unsubmitted = ", ".join(f"'{state}'" for state in NOT_SUBMITTED)
    reminder = f"JOIN {_table(Reminder)} AS sent ON sent.id = one.reminder_id"
    answered = f"JOIN {_table(ReminderItem)} AS item ON item.id = one.item_id WHERE item.assignment_id IN (DUTIES)"
    report = f"JOIN {_table(ProgressReport)} AS report ON report.id = one.report_id"
    step = f"JOIN {_table(Transition)} AS step ON step.report_id = one.report_id"
    row = f"JOIN {_table(Assignment)} AS duty ON duty.task_id = one.task_id WHERE duty.id IN (DUTIES)"
    own = "WHERE one.assignment_id IN (DUTIES)"
    found = {
        Trace.UNSUBMITTED: (ProgressReport, f"{own} AND one.state IN ({unsubmitted})"),
        Trace.RETURNED_REPORT: (ProgressReport, f"{own} AND one.state = '{ReportState.RETURNED}'"),
        Trace.EXTENSION: (Extension, own),
        Trace.EXTENDED: (Transition, f"{own} AND one.event = '{Event.EXTENDED}'"),
        Trace.RETURNED: (Transition, f"{own} AND one.event = '{Event.RETURNED}'"),
        Trace.REASSIGNED: (Transition, f"{own} AND one.event = '{Event.REASSIGNED}'"),
        Trace.AUTOMATIC: (AutomaticReminder, own),
        Trace.CHASED: (ReminderItem, own),
        Trace.SEEN: (ReminderItem, f"{own} AND one.seen_at IS NOT NULL"),
        Trace.ANSWERED: (ReminderAnswer, answered),
        Trace.REMINDER_WITHDRAWN: (ReminderItem, f"{reminder} {own} AND sent.withdrawn_at IS NOT NULL"),
        Trace.OPINION: (LeadOpinion, f"{report} WHERE report.assignment_id IN (DUTIES)"),
        Trace.ROUND: (RoundItem, own),
        Trace.ENTERED: (EnteredReport, f"{step} WHERE step.assignment_id IN (DUTIES)"),
        Trace.QUESTION: (Question, row),
        Trace.GUIDANCE: (Guidance, row),
    }
    kinds = (
        f"SELECT '{kind}' AS kind WHERE EXISTS (SELECT 1 FROM {_table(model)} AS one {where})"  # noqa: S608, our names
        for kind, (model, where) in found.items()
    )
    return " UNION ALL ".join(kinds)


def _table(model):
    return connection.ops.quote_name(model._meta.db_table)
