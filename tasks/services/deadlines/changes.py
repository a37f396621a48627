"""Common parts of all changes of a duty's deadline: its lock, the obstacles, and the wording."""

from datetime import timedelta

from django.utils import timezone

from tasks.choices import Status
from wenshang_disclosure.core.web.errors import Refused

from . import past_lights


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


def lights_since(duty, due_on):
    """Return the lights that the duty showed after `due_on`, up to yesterday, in words; "" where that is empty."""
    one_day = timedelta(days=1)
    return past_lights.in_words(duty, due_on + one_day, timezone.localdate() - one_day)


def sentences(*parts):
    """Join the parts, each ended by a full stop; empty ones are left out."""
    return "".join(f"{part.strip().rstrip('。')}。" for part in parts if part.strip())
