"""The thread of a row or of one duty on it: questions, returns and remarks of leads, in one list (答疑).

Returns and remarks are read from the records that they are in, and not copied.
"""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from departments.models import Unit
from tasks.choices import NOT_SUBMITTED, Event, Opinion
from wenshang_disclosure.core.evenings import current_day
from wenshang_disclosure.core.region import office_name

from .assignment import Assignment
from .discussion import Question
from .lead_opinion import LeadOpinion
from .traces import Trace, Traces
from .transition import Transition


@dataclass
class Topic:
    """What a thread is cut into: a question, or a return or remark with what was asked about it.

    `about` names the return or the remark in the address of the form that asks about it; it is empty for a question,
    which is the only one of `questions` then. `answered_at` is when the unit submitted the answer to a return.
    """

    at: datetime
    title: str = ""
    said_by: str = ""
    unit: str = ""
    text: str = ""
    about: str = ""
    answered_at: datetime | None = None
    is_undone: bool = False
    questions: list = field(default_factory=list)


def thread(task, reader, unit=None, *, duty=None, traces=None):
    """Return the `Topic` list of a row as `reader` may read it, the latest first.

    Of `unit`, and of units that were merged into it, it is the thread of their duty, with returns and remarks; without
    one, of a reader who belongs to a unit, that of the own. `duty` is the unit's, with its `Traces`, where it was read
    already. Uses at most a fixed number of queries.
    """
    units = _units(reader, unit)
    duties = _duties(task, reader, units, duty)
    there = traces if traces and traces.duties == frozenset(duties) else Traces.of(duties)
    topics = {topic.about: topic for topic in _said_of(duties, reader, there)}
    if duties and Trace.QUESTION not in there:
        return _latest_first(topics.values())
    questions = Question.objects.visible_to(reader).filter(task=task).with_answers(reader)
    if unit is not None:
        questions = questions.of_unit(units)
    for question in questions.order_by("pk"):
        about = f"step-{question.step_id}" if question.step_id else f"opinion-{question.opinion_id}"
        topic = topics.get(about) or topics.setdefault(question.pk, Topic(question.at))
        topic.questions.append(question)
    return _latest_first(topics.values())


def _latest_first(topics):
    return sorted(topics, key=lambda topic: topic.at)[::-1]


def _units(reader, unit):
    """Return the ids of the units whose returns and remarks are shown."""
    if unit is not None:
        return [unit.pk, *unit.ids_merged_into_it]
    return [] if reader.reads_everything else list(Unit.objects.of(reader).values_list("pk", flat=True))


def _duties(task, reader, units, duty):
    """Return the ids of the duties whose returns and remarks are shown."""
    if duty is not None and units == [duty.unit_id]:
        return [duty.pk]  # a unit has one duty on a row
    if not units:
        return []
    duties = Assignment.objects.visible_to(reader).filter(task=task, unit__in=units)
    return list(duties.order_by().values_list("pk", flat=True))


def _said_of(duties, reader, there):
    """Yield the topics of what was said of the duties' reports, which are asked for where there are any."""
    duties = Assignment.objects.filter(pk__in=duties).order_by()
    if Trace.RETURNED in there:
        yield from _returns(duties, reader)
    if Trace.OPINION in there:
        yield from _remarks(duties)


def _returns(duties, reader):
    """Yield the returns by the office, whose reasons are for who reads the duties from inside."""
    inside = duties.read_from_inside(reader).values("pk")
    undone = Transition.objects.filter(report=OuterRef("report"), event=Event.UNRETURNED, pk__gt=OuterRef("pk"))
    steps = Transition.objects.filter(
        assignment__in=inside, event=Event.RETURNED, by_unit__isnull=True, on__lte=current_day()
    ).annotate(is_undone=Exists(undone.filter(on__lte=current_day())))
    for step in steps.select_related("by", "assignment__unit", "report__answer"):
        answer = getattr(step.report, "answer", None)
        yield Topic(
            at=step.at,
            title="退回",
            said_by=f"{office_name()} {step.by}",
            unit=step.assignment.unit.label,
            text=step.reason,
            about=f"step-{step.pk}",
            answered_at=answer.submitted_at if answer and answer.state not in NOT_SUBMITTED else None,
            is_undone=step.is_undone,
        )


def _remarks(duties):
    """Yield the remarks 需补充 of leads on the units' reports."""
    remarks = LeadOpinion.objects.filter(report__assignment__in=duties.values("pk"), opinion=Opinion.WANTS_MORE)
    remarks = remarks.exclude(report__state__in=NOT_SUBMITTED)
    for remark in remarks.select_related("by", "unit", "report__assignment__unit", "report__answer"):
        answer = getattr(remark.report, "answer", None)
        yield Topic(
            at=remark.at,
            title=f"牵头意见：{remark.get_opinion_display()}",
            said_by=f"{remark.unit.label} {remark.by}",
            unit=remark.report.assignment.unit.label,
            text=remark.text,
            about=f"opinion-{remark.pk}",
            answered_at=answer.submitted_at if answer and answer.state not in NOT_SUBMITTED else None,
        )


def remark_to_ask_about(task, user, about):
    """Return `{"step": …}` or `{"opinion": …}` for the return or remark that `about` names on the own unit's duty.

    An empty dict for no name, `None` for one that is not there or not for the own unit.
    """
    if not about:
        return {}
    kind, _, number = about.partition("-")
    if not number.isdecimal() or len(number) > 18:
        return None
    own = Q(task=task, unit__in=Unit.objects.of(user).values("pk"))
    duties = Assignment.objects.filter(own).values("pk")
    found = {
        "step": Transition.objects.filter(assignment__in=duties, event=Event.RETURNED, by_unit__isnull=True),
        "opinion": LeadOpinion.objects.filter(report__assignment__in=duties, opinion=Opinion.WANTS_MORE),
    }.get(kind)
    one = found and found.filter(pk=number).first()
    return {kind: one} if one else None
