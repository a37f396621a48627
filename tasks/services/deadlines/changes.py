"""Common parts of all changes of a duty's deadline: its lock, the obstacles, and the wording."""

from datetime import timedelta

from django.utils import timezone

from tasks.choices import Event, Status
from tasks.models import Transition
from wenshang_disclosure.core.web.errors import Refused

from . import past_lights

MOVES_DEADLINES = (Event.EXTENDED, Event.UNEXTENDED, Event.RESUMED, Event.AMENDED)


def obstacle(duty):
    """Return the sentence that says why the deadline cannot be changed now, "" where it can."""
    if duty.status == Status.COMPLETED:
        return "该事项已办结，不再延期。"
    if duty.is_released:
        return "该事项已解除，不再延期。"
    if duty.suspended:
        return "该事项已中止，恢复办理后才能延期。"
    if duty.due_on is None:
        return "该事项没有完成时限（长期坚持），不需要延期。"
    return ""


def refuse_obstacle(duty):
    """Raise `Refused` where the deadline cannot be changed now."""
    sentence = obstacle(duty)
    if sentence:
        raise Refused(sentence)


def refuse_not_later(due_on, than):
    """Raise `Refused` unless the new deadline is later than the current one."""
    if due_on <= than:
        raise Refused(f"新的时限须晚于现行时限{than:%Y-%m-%d}。")


def is_extended(duty):
    """Return whether the duty's deadline is later than that of its row."""
    closing_day = duty.task.closing_day
    return bool(duty.due_on and closing_day and duty.due_on > closing_day)


def own_deadlines(duties, closing_day):
    """Return `{duty id: day}` of the duties of a row that were extended; `closing_day` is the row's deadline.

    An extension stands while the row's own deadline is later, and comes forward again where that is moved back. It ends
    where an amendment replaces it, or a correction sets the duty back to the row's deadline. Uses one query.
    """
    first = {duty.pk: duty.first_due_on for duty in duties}
    steps = Transition.objects.filter(assignment__in=first, event__in=MOVES_DEADLINES)
    histories = {}
    for duty_id, event, due_on in steps.order_by("pk").values_list("assignment", "event", "due_on"):
        histories.setdefault(duty_id, []).append((event, due_on))
    found = {}
    for duty in duties:
        own = _extended_to(first[duty.pk], histories.get(duty.pk, ()))
        if own is None and duty.due_on and closing_day and duty.due_on > closing_day:
            own = duty.due_on  # it came with the duty, as on reassignment
        if own is not None:
            found[duty.pk] = own
    return found


def extended_before(duty, step):
    """Return the extended deadline that the duty had before a step, `None` where it had its row's own."""
    steps = duty.transitions.filter(event__in=MOVES_DEADLINES, pk__lt=step.pk)
    return _extended_to(duty.first_due_on, steps.order_by("pk").values_list("event", "due_on"))


def _extended_to(row, history):
    """Return the extended deadline that `[(event, deadline left)]` leaves, `None` where there is none.

    `row` is the row's deadline as far as the duty tells, at first the duty's first deadline.
    """
    own, before = None, row
    for event, due_on in history:
        if event == Event.AMENDED:
            if own is None or due_on is None or due_on > own:
                row = due_on
            elif due_on < own:
                row, own = due_on, None
        elif due_on != before:
            own = None if due_on == row else due_on
        before = due_on
    return own


def lights_since(duty, due_on):
    """Return the lights that the duty showed after `due_on`, up to yesterday, in words; "" where that is empty."""
    one_day = timedelta(days=1)
    return past_lights.in_words(duty, due_on + one_day, timezone.localdate() - one_day)


def sentences(*parts):
    """Join the parts, each ended by a full stop; empty ones are left out."""
    return "".join(f"{part.strip().rstrip('。')}。" for part in parts if part.strip())
