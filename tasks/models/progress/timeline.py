"""Timeline of duties: steps, extensions, reminders and opinions in one list."""

from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery

from departments.models.user import with_names_only
from tasks.choices import NOT_SUBMITTED, EnteredAnswer, Event, ExtensionState
from tasks.models.deadlines import Extension, UndoneDecision
from tasks.models.supervision.automatic_reminder import AutomaticReminder
from tasks.models.supervision.reminder import ReminderAnswer, ReminderItem
from tasks.models.supervision.round import RoundItem, RoundReopening
from wenshang_disclosure.core.dates import day_end
from wenshang_disclosure.core.evenings import current_day
from wenshang_disclosure.core.region import office_name

from .assignment import Assignment
from .entered_report import EnteredReport
from .lead_opinion import LeadOpinion
from .traces import Trace, Traces
from .transition import Transition

SAID = (EnteredAnswer.CONFIRMED, EnteredAnswer.OBJECTED)
"""Answers to entered reports that have no step of their own."""

SHOWN_TO_LEADS = (Event.SUBMITTED, Event.CLAIMED, Event.APPROVED, Event.RETURNED, Event.PASSED_ON)
"""Steps of a report of which a lead is shown that they were taken, and not why."""


@dataclass
class Entry:
    """A line of the timeline; `kind` selects its icon, `title` is its text."""

    at: datetime
    kind: str
    title: str
    duty: object
    by: str
    move: str = ""
    words: str = ""
    order: int = 0
    unit: str = ""


def timeline(duties, until=None, limit=None, *, reader=None, traces=None):
    """Return the `Entry` list of duties (a queryset, or a list with their units), latest first, up to the evening of
    `until`, as `reader` may see; all of it without one.

    Of a duty that is not read from inside, a lead sees what was submitted and what came of it, without reasons and
    names, and what its own unit sent. Uses at most a fixed number of queries, none for kinds of records that are not
    among the `Traces` of the duties; with `limit`, only the latest of each kind are fetched.
    """
    if isinstance(duties, QuerySet):
        duties = Assignment.objects.filter(pk__in=duties.values("pk")).order_by().select_related("unit")
    found = {duty.pk: duty for duty in duties}
    inside = _read_from_inside(found, reader)
    outside = {pk: duty for pk, duty in found.items() if pk not in inside}
    there = traces or Traces.of(found)
    entries = list(chain.from_iterable(source(inside, until, limit) for source in _sources(there))) if inside else []
    if outside:
        entries += _for_lead(outside, until, limit, reader, there)
    return sorted(entries, key=lambda entry: (entry.at, entry.order), reverse=True)[:limit]


def _sources(there):
    """Return what yields the entries of the kinds that there are; every duty may have steps."""
    sources = {
        Trace.EXTENSION: _extensions,
        Trace.AUTOMATIC: _auto_reminders,
        Trace.CHASED: _reminders,
        Trace.SEEN: _seen,
        Trace.ANSWERED: _answers_to_reminders,
        Trace.REMINDER_WITHDRAWN: _withdrawn_reminders,
        Trace.OPINION: _opinions,
        Trace.ROUND: _rounds,
        Trace.ENTERED: _answers_to_entered,
    }
    return [_steps, *(source for kind, source in sources.items() if kind in there)]


def _read_from_inside(found, reader):
    if reader is None or reader.reads_everything:
        return found
    inside = Assignment.objects.filter(pk__in=found).read_from_inside(reader).order_by()
    return {pk: found[pk] for pk in inside.values_list("pk", flat=True)}


def _cut(queryset, until, limit, field="at"):
    if until is not None:
        queryset = queryset.filter(**{f"{field}__lt": day_end(until)})
    return queryset.order_by(f"-{field}", "-pk")[:limit]


def _name(person, unit=None):
    """Return a person with the unit that they acted for, by default the office, and not the one they are in today."""
    return f"{unit.label if unit else office_name()} {person}"


def _for_lead(duties, until, limit, reader, there):
    """Yield what a lead sees of duties of responsible units."""
    for entry in _steps(duties, until, limit, events=SHOWN_TO_LEADS):
        entry.words, entry.by = "", entry.unit
        yield entry
    if Trace.CHASED in there:
        yield from _reminders(duties, until, limit, from_unit=reader.unit_id)
    if Trace.ANSWERED in there:
        yield from _answers_to_reminders(duties, until, limit, from_unit=reader.unit_id)
    if Trace.OPINION in there:
        yield from _opinions(duties, until, limit)


def _steps(duties, until, limit, events=()):
    steps = with_names_only(Transition.objects.filter(assignment__in=duties), "by").select_related("by_unit")
    if events:
        steps = steps.filter(event__in=events)
    for step in _cut(steps, until, limit):
        move = ""
        if step.from_status != step.to_status:
            move = f"{step.get_from_status_display()} → {step.get_to_status_display()}"
        by = _name(step.by, step.by_unit)
        unit = step.by_unit.label if step.by_unit else office_name()
        title = step.get_event_display()
        yield Entry(step.at, step.event, title, duties[step.assignment_id], by, move, step.reason, step.pk, unit)


def _extensions(duties, until, limit):
    """Yield requests, withdrawals and refusals, also those taken back; a granted extension is shown by its step.

    Only the unit of the duty requests and withdraws, only the office refuses.
    """
    requests = with_names_only(Extension.objects.filter(assignment__in=duties), "requested_by", "decided_by")
    for one in _cut(requests, until, limit, "requested_at"):
        words = f"申请由{one.old_due_on:%Y-%m-%d}延至{one.requested_due_on:%Y-%m-%d}。理由：{one.reason}"
        duty = duties[one.assignment_id]
        yield Entry(one.requested_at, "extension", "申请延期", duty, _name(one.requested_by, duty.unit), words=words)
    for one in _cut(requests.filter(state=ExtensionState.WITHDRAWN), until, limit, "decided_at"):
        duty = duties[one.assignment_id]
        yield Entry(one.decided_at, "withdrawn", "撤回延期申请", duty, _name(one.decided_by, duty.unit))
    for one in _cut(requests.filter(state=ExtensionState.REFUSED), until, limit, "decided_at"):
        yield _refusal(one, duties[one.assignment_id])
    undone = UndoneDecision.objects.filter(extension__assignment__in=duties, state=ExtensionState.REFUSED)
    undone = with_names_only(undone, "decided_by").select_related("extension")
    for one in _cut(undone, until, limit, "decided_at"):
        yield _refusal(one, duties[one.extension.assignment_id])


def _refusal(decision, duty):
    words = "".join(f"{words.rstrip('。')}。" for words in (decision.comment, decision.between) if words)
    return Entry(decision.decided_at, "refused", "不同意延期", duty, _name(decision.decided_by), words=words)


def _auto_reminders(duties, until, limit):
    lines = AutomaticReminder.objects.filter(assignment__in=duties)
    for line in _cut(lines, until, limit):
        title = f"自动提醒（{line.get_kind_display()}）"
        yield Entry(line.at, "auto", title, duties[line.assignment_id], "系统", words=f"{line.in_words()}。")


def _reminders(duties, until, limit, **sent):
    about = {f"reminder__{name}": value for name, value in sent.items()}
    items = ReminderItem.objects.filter(assignment__in=duties, **about)
    items = with_names_only(items, "reminder__by").select_related("reminder__from_unit")
    for item in _cut(items, until, limit, "reminder__at"):
        reminder = item.reminder
        yield Entry(
            reminder.at,
            f"chased-{reminder.grade}",
            reminder.get_grade_display(),
            duties[item.assignment_id],
            _name(reminder.by, reminder.from_unit),
            words=item.words,
        )


def _seen(duties, until, limit):
    items = ReminderItem.objects.filter(assignment__in=duties, seen_at__isnull=False)
    items = with_names_only(items, "seen_by").select_related("reminder")
    for item in _cut(items, until, limit, "seen_at"):
        title, duty = f"已阅{item.reminder.get_grade_display()}", duties[item.assignment_id]
        yield Entry(item.seen_at, "seen", title, duty, _name(item.seen_by, duty.unit))


def _answers_to_reminders(duties, until, limit, **sent):
    about = {f"item__reminder__{name}": value for name, value in sent.items()}
    answers = ReminderAnswer.objects.filter(item__assignment__in=duties, **about)
    answers = with_names_only(answers, "by").select_related("unit", "item__reminder")
    for one in _cut(answers, until, limit):
        title, duty = f"书面答复{one.item.reminder.get_grade_display()}", duties[one.item.assignment_id]
        yield Entry(one.at, "answered", title, duty, _name(one.by, one.unit), words=one.text)


def _withdrawn_reminders(duties, until, limit):
    items = ReminderItem.objects.filter(assignment__in=duties, reminder__withdrawn_at__isnull=False)
    items = with_names_only(items, "reminder__withdrawn_by").select_related("reminder__from_unit")
    for item in _cut(items, until, limit, "reminder__withdrawn_at"):
        reminder = item.reminder
        by = _name(reminder.withdrawn_by, reminder.from_unit)
        title = f"撤销{reminder.get_grade_display()}"
        duty = duties[item.assignment_id]
        yield Entry(reminder.withdrawn_at, "withdrawn", title, duty, by, words=reminder.withdrawn_why)


def _opinions(duties, until, limit):
    opinions = LeadOpinion.objects.filter(report__assignment__in=duties).exclude(report__state__in=NOT_SUBMITTED)
    opinions = with_names_only(opinions, "by").select_related("unit").annotate(duty=F("report__assignment"))
    for one in _cut(opinions, until, limit):
        title = f"牵头意见：{one.get_opinion_display()}"
        yield Entry(one.at, one.opinion, title, duties[one.duty], _name(one.by, one.unit), words=one.text)


def _rounds(duties, until, limit):
    """Yield the closings of the rounds that asked for the duties, and where a closing was taken back."""
    items = with_names_only(RoundItem.objects.filter(assignment__in=duties), "round__closed_by")
    items = items.filter(Q(round__closed_at__isnull=False) | Exists(_reopenings(OuterRef("round"))))
    for item in items.prefetch_related(Prefetch("round__reopenings", _reopenings().select_related("closed_by", "by"))):
        closings = _closings(item.round, duties[item.assignment_id])
        yield from (entry for entry in closings if until is None or entry.at < day_end(until))


def _reopenings(round=None):
    return RoundReopening.objects.filter(round=round) if round else RoundReopening.objects.all()


def _closings(one, duty):
    closing = f"结束报送批次“{one.title}”"
    for reopening in one.reopenings.all():
        yield Entry(reopening.closed_at, "round", closing, duty, _name(reopening.closed_by))
        undoing = f"撤回{closing}"
        yield Entry(reopening.at, "unround", undoing, duty, _name(reopening.by), words=reopening.reason)
    if one.closed_at:
        yield Entry(one.closed_at, "round", closing, duty, _name(one.closed_by))


def _answers_to_entered(duties, until, limit):
    """Yield what units said of reports that were entered for them; silence counts from the day after the last.

    The duty is found by the steps: on an evening on which such a report was a draft again it is not read.
    """
    steps = Transition.objects.filter(report=OuterRef("report"), assignment__in=duties)
    entered = EnteredReport.objects.annotate(duty=Subquery(steps.values("assignment")[:1])).filter(duty__isnull=False)
    entered = entered.select_related("unit", "answered_by")
    said = list(_cut(entered.filter(answer__in=SAID), until, limit, "answered_at"))
    silent = entered.filter(answer="", answer_by__lt=until or current_day())
    silent = list(silent.order_by("-answer_by", "-pk")[:limit])
    for one in said:
        title = f"对代填的报告{one.get_answer_display()}"
        by = _name(one.answered_by, one.unit)
        yield Entry(one.answered_at, one.answer, title, duties[one.duty], by, words=one.reason)
    for one in silent:
        words = f"{one.answer_by:%Y-%m-%d}前没有提出异议。"
        yield Entry(day_end(one.answer_by), "confirmed", "视为认可代填的报告", duties[one.duty], "系统", words=words)
