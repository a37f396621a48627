"""Template filters of reminders sent by hand (催办)."""

from django import template

from tasks.choices import ReminderState
from wenshang_disclosure.core.evenings import current_day

register = template.Library()


@register.filter
def state_word(item):
    """Return the label of an item's state."""
    return ReminderState(item.state).label


@register.filter
def days_over(item):
    """Return by how many days the day to answer by is over."""
    return (current_day() - item.reminder.answer_by).days
