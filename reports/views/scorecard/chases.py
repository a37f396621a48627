"""Chases and returns of a unit up to an evening, and what came of each."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.utils import timezone

from tasks.choices import UNANSWERED, Event, Grade
from tasks.models import Assignment, ReminderItem, Transition

STEPS = (Event.RETURNED, Event.UNRETURNED, Event.SUBMITTED, Event.CLAIMED)


@dataclass(frozen=True)
class Occasion:
    """A reminder of the unit, or a return of one of its reports; `answer` is what came of it by the evening.

    `kind` is a `Grade` or "returned", `duties` the ids of those that it was about, `is_open` whether something is due.
    """

    on: date
    kind: str
    label: str
    duties: tuple
    text: str
    answer: str
    is_open: bool


def chased(scope, unit):
    """Return the `Occasion` of each reminder of the unit's duties up to the evening, the latest first."""
    items = ReminderItem.objects.visible_to(scope.user).filter(
        assignment__unit=unit, assignment__plan=scope.plan, reminder__on__lte=scope.as_of
    )
    items = items.filter(reminder__withdrawn_at=None).with_state().select_related("reminder", "assignment__task")
    items = items.order_by("-reminder", "assignment__task__number", "pk")
    return [_chase(list(group)) for _, group in groupby(items, key=lambda item: item.reminder_id)]


def _chase(items):
    reminder = items[0].reminder
    seen = all(item.seen_at for item in items)
    is_open = any(item.state in UNANSWERED for item in items)
    numbers = "、".join(str(item.assignment.task.number) for item in items)
    return Occasion(
        on=reminder.on,
        kind=reminder.grade,
        label=Grade(reminder.grade).label,
        duties=tuple(item.assignment_id for item in items),
        text=f"第{numbers}项，{items[0].words}",
        answer="未回复" if is_open and seen else "未阅知" if is_open else _answered(items),
        is_open=is_open,
    )


def _answered(items):
    """Return when and how the last of the items was answered; without an answer nothing more is owed on them."""
    days = [timezone.localdate(item.answered_at) for item in items if item.answered_at]
    if not days:
        return "不再需要回复"
    return f"{max(days):%m-%d}{'报送' if any(item.reported_at for item in items) else '书面答复'}"


def returned(scope, unit):
    """Return the `Occasion` of each return that stood on the evening, the latest first."""
    duties = Assignment.objects.filter(plan=scope.plan, unit=unit)
    steps = Transition.objects.filter(assignment__in=duties.values("pk"), event__in=STEPS, on__lte=scope.as_of)
    steps = list(steps.select_related("assignment__task").order_by("-pk"))
    undone = Counter(step.report_id for step in steps if step.event == Event.UNRETURNED)
    found = []
    for step in steps:
        if step.event != Event.RETURNED:
            continue
        if undone[step.report_id]:
            undone[step.report_id] -= 1
            continue
        found.append(_return(step, _answer(step, steps)))
    return found


def _answer(step, steps):
    """Return the first submission on the duty after a return, `None` if there was none."""
    later = [one for one in steps if one.assignment_id == step.assignment_id and one.pk > step.pk]
    return next((one for one in reversed(later) if one.event in (Event.SUBMITTED, Event.CLAIMED)), None)


def _return(step, answer):
    return Occasion(
        on=step.on,
        kind="returned",
        label="退回",
        duties=(step.assignment_id,),
        text=f"第{step.assignment.task.number}项，{step.reason}",
        answer=f"{answer.on:%m-%d}补正" if answer else "未补正",
        is_open=answer is None,
    )


def latest(chased, returned):
    """Return both kinds of occasions, the latest first."""
    return sorted([*chased, *returned], key=lambda occasion: occasion.on, reverse=True)


def in_words(chased, returned):
    """Return in words how often the unit was chased and its reports returned."""
    told = [f"{label}{number}次" for label, number in Counter(one.label for one in chased).items()]
    told += [f"退回{len(returned)}次"] if returned else []
    return "，".join(told)


def remark(duty, chased, returned):
    """Return in a few words what is open on a duty: an unanswered return, else the last chase without a report."""
    occasions = [one for one in [*returned, *chased] if one.is_open and duty.pk in one.duties]
    return f"{occasions[0].on:%m-%d}{occasions[0].label}，{occasions[0].answer}" if occasions else ""
