"""How duties and reports stood on a past evening, from their steps (design: Lights).

A duty is as its last step up to then left it, and held by whom it was held then. A report stands as its last step up to
then says, with the words that it had; reports that were not submitted then are left out.
"""

from tasks.choices import Event, ExtensionState, ReportState, ReviewStage, Status
from tasks.models.deadlines import Extension
from tasks.models.supervision.reminder import Reminder, ReminderAnswer, ReminderItem
from wenshang_disclosure.core.evenings import seen_as

from .assignment import Assignment
from .discussion import Answer, Guidance, Question
from .entered_report import EnteredReport
from .lead_opinion import LeadOpinion
from .quality import QualityRating
from .report import ProgressReport
from .transition import Transition

TAKEN_BACK = "（报送后已撤回）"
"""Shown instead of the words of a report that was withdrawn before its words were kept."""


@seen_as(Assignment)
def duties(then):
    """Return the SQL of the duties on the evening."""
    return f"""
    SELECT {then.columns(Assignment, "duty", **_state(then))}
    FROM {then.rows(Assignment)} AS duty
    LEFT JOIN {then.last(Transition, "step", f'one.assignment_id = duty.id AND one."on" <= {then.on}')}"""


def _state(then):
    acknowledged = f"duty.acknowledged_at < {then.end}"
    return {
        "status": f"COALESCE(step.to_status, '{Status.NOT_STARTED}')",
        "claimed_on": "step.claimed_on",
        "awaits_answer": "COALESCE(step.awaits_answer, FALSE)",
        "suspended": "COALESCE(step.suspended, FALSE)",
        "due_on": "CASE WHEN step.id IS NULL THEN duty.first_due_on ELSE step.due_on END",
        "acknowledged_at": f"CASE WHEN {acknowledged} THEN duty.acknowledged_at END",
        "acknowledged_by_id": f"CASE WHEN {acknowledged} THEN duty.acknowledged_by_id END",
        **{name: f"CASE WHEN {acknowledged} THEN duty.{name} ELSE '' END" for name in ("handler", "leader")},
    }


@seen_as(Extension)
def extensions(then):
    """Return the SQL of the requests that had been made by the evening, with the decision that had been taken."""
    decided = f"request.decided_at < {then.end}"
    unknown = {"state": f"'{ExtensionState.REQUESTED}'", "comment": "''", "between": "''"}
    answer = ["state", "granted_due_on", "decided_by_id", "decided_at", "comment", "between"]
    instead = {
        name: f"CASE WHEN {decided} THEN request.{then.quoted(name)} ELSE {unknown.get(name, 'NULL')} END"
        for name in answer
    }
    return f"""
    SELECT {then.columns(Extension, "request", **instead)}
    FROM {then.rows(Extension)} AS request WHERE request.requested_at < {then.end}"""


@seen_as(LeadOpinion)
def opinions(then):
    """Return the SQL of the opinions that had been given by the evening."""
    return f"""
    SELECT {then.columns(LeadOpinion, "opinion")}
    FROM {then.table(LeadOpinion)} AS opinion WHERE opinion.at < {then.end}"""


@seen_as(EnteredReport)
def entered(then):
    """Return the SQL of the reports that had been entered for units by the evening, with what the unit had answered."""
    answered = f"entered.answered_at < {then.end}"
    instead = {name: f"CASE WHEN {answered} THEN entered.{name} ELSE '' END" for name in ("answer", "reason")}
    instead |= {name: f"CASE WHEN {answered} THEN entered.{name} END" for name in ("answered_at", "answered_by_id")}
    return f"""
    SELECT {then.columns(EnteredReport, "entered", **instead)}
    FROM {then.table(EnteredReport)} AS entered WHERE entered.at < {then.end}"""


@seen_as(Question)
def questions(then):
    """Return the SQL of the questions that had been asked by the evening."""
    return _said(then, Question)


@seen_as(Answer)
def answers(then):
    """Return the SQL of the answers that had been given by the evening."""
    return _said(then, Answer)


@seen_as(Reminder)
def reminders(then):
    """Return the SQL of the reminders that had been sent by the evening, as withdrawn only where they were by then."""
    withdrawn = f"sent.withdrawn_at < {then.end}"
    instead = {name: f"CASE WHEN {withdrawn} THEN sent.{name} END" for name in ("withdrawn_at", "withdrawn_by_id")}
    why = f"CASE WHEN {withdrawn} THEN sent.withdrawn_why ELSE '' END"
    return f"""
    SELECT {then.columns(Reminder, "sent", **instead, withdrawn_why=why)}
    FROM {then.table(Reminder)} AS sent WHERE sent.at < {then.end}"""


@seen_as(ReminderItem)
def reminder_items(then):
    """Return the SQL of the items of these reminders, as seen only where they were by then."""
    seen = f"item.seen_at < {then.end}"
    instead = {name: f"CASE WHEN {seen} THEN item.{name} END" for name in ("seen_at", "seen_by_id")}
    return f"""
    SELECT {then.columns(ReminderItem, "item", **instead)}
    FROM {then.table(ReminderItem)} AS item
    JOIN {then.table(Reminder)} AS sent ON sent.id = item.reminder_id WHERE sent.at < {then.end}"""


@seen_as(ReminderAnswer)
def reminder_answers(then):
    """Return the SQL of what units had answered in words by the evening."""
    return _said(then, ReminderAnswer)


def _said(then, model):
    return f"SELECT {then.columns(model, 'said')} FROM {then.table(model)} AS said WHERE said.at < {then.end}"


@seen_as(Guidance)
def guidance(then):
    """Return the SQL of what had been pinned by the evening, as taken back only where it was by then."""
    taken_back = f"pin.taken_back_at < {then.end}"
    instead = {name: f"CASE WHEN {taken_back} THEN pin.{name} END" for name in ("taken_back_at", "taken_back_by_id")}
    why = f"CASE WHEN {taken_back} THEN pin.taken_back_why ELSE '' END"
    return f"""
    SELECT {then.columns(Guidance, "pin", **instead, taken_back_why=why)}
    FROM {then.table(Guidance)} AS pin WHERE pin.pinned_at < {then.end}"""


@seen_as(ProgressReport)
def reports(then):
    """Return the SQL of the reports that stood submitted on the evening."""
    steps = f'one.report_id = report.id AND one."on" <= {then.on}'
    moves = f"{steps} AND one.event IN ('{Event.SUBMITTED}', '{Event.CLAIMED}', '{Event.WITHDRAWN}')"
    return f"""
    SELECT {then.columns(ProgressReport, "report", **_answer(then), **_words(then))}
    FROM {then.rows(ProgressReport)} AS report
    JOIN {then.last(Transition, "moved", moves)} AND moved.event <> '{Event.WITHDRAWN}'
    JOIN {then.last(Transition, "last", steps)}"""


def _answer(then):
    """Return how the report stood with the office: its last step tells, and the rating what was said by then."""
    answered = f"last.event IN ('{Event.APPROVED}', '{Event.RETURNED}')"  # both are also states of a report
    rated = f"""SELECT rating.%s FROM {then.table(QualityRating)} AS rating
        WHERE rating.report_id = report.id AND rating."on" <= {then.on} ORDER BY rating.id DESC LIMIT 1"""
    passed_on_later = f"""EXISTS (SELECT 1 FROM {then.table(Transition)} AS one WHERE one.report_id = report.id
        AND one.event = '{Event.PASSED_ON}' AND one."on" > {then.on} AND one.id > moved.id)"""
    return {
        "state": f"CASE WHEN {answered} THEN last.event ELSE '{ReportState.SUBMITTED}' END",
        "reviewed_at": f"CASE WHEN {answered} THEN last.at END",
        "reviewed_by_id": f"CASE WHEN {answered} THEN last.by_id END",
        "review_comment": f"CASE WHEN {answered} THEN last.reason ELSE '' END",
        "quality": f"CASE WHEN last.event = '{Event.APPROVED}' THEN ({rated.replace('%s', 'quality')}) END",
        "is_exemplary": (
            f"CASE WHEN last.event = '{Event.APPROVED}'"
            f" THEN COALESCE(({rated.replace('%s', 'is_exemplary')}), FALSE) ELSE FALSE END"
        ),
        "review_stage": f"CASE WHEN {passed_on_later} THEN '{ReviewStage.LEAD}' ELSE report.review_stage END",
    }


def _words(then):
    """Return what the report said; a report that was withdrawn unkept is another by now, or its unit's own again."""
    is_kept = f"report.submitted_at < {then.end}"
    return {
        "claims_completion": f"moved.event = '{Event.CLAIMED}'",
        "submitted_at": f"CASE WHEN {is_kept} THEN report.submitted_at ELSE moved.at END",
        "text": f"CASE WHEN {is_kept} THEN report.text ELSE '{TAKEN_BACK}' END",
        **{name: f"CASE WHEN {is_kept} THEN report.{name} ELSE '' END" for name in ("obstacles", "next_steps")},
        "count": f"CASE WHEN {is_kept} THEN report.count END",
        "attested_name": f"CASE WHEN {is_kept} THEN report.attested_name ELSE '' END",
    }
