"""Template tags that show lights by a shape and a word, never by colour alone."""

from functools import lru_cache

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from tasks.choices import Grade, Light, Status

register = template.Library()

RETURNED = "退回待补正"
SHAPES = {
    Light.OVERDUE: '<path d="M8 1.5 15 14.5H1Z" />',
    Light.DUE_SOON: '<path d="M8 1 15 8 8 15 1 8Z" />',
    Light.REVIEW: '<rect x="2" y="2" width="12" height="12" />',
    Light.NOT_STARTED: '<circle cx="8" cy="8" r="5.5" fill="none" stroke="currentColor" stroke-width="2.5" />',
    Light.ON_TRACK: '<circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="2" />'
    '<path d="M8 2a6 6 0 0 1 0 12Z" />',
    Light.DONE: '<circle cx="8" cy="8" r="7" /><path class="tick" d="M4.5 8.2 7 10.7 11.6 5.6" />',
}
"""What is drawn in a square of 16: triangle, diamond, square, ring, half, disc."""
SVG = '<svg class="light-shape" viewBox="0 0 16 16" aria-hidden="true" focusable="false">{}</svg>'
DRAWN = {light.value: SVG.format(shape) for light, shape in SHAPES.items()}
LABELS = {light.value: light.label for light in Light}


@register.simple_tag
def light(duty):
    """Show the light of a duty (`with_light`) with its marks: 逾期办结, 待审核, 退回待补正.

    With `with_returned`, what the unit's own leader returned is marked as well.
    """
    return _draw(duty.light, LABELS[duty.light], tuple(_marks(duty)))


def _marks(duty):
    marks = []
    if duty.light == Light.DONE and duty.is_late:
        marks.append("逾期办结")
    if duty.light == Light.OVERDUE and duty.status == Status.UNDER_REVIEW:
        marks.append("待审核")
    if getattr(duty, "is_returned", duty.awaits_answer) and duty.light != Light.DONE:
        marks.append(RETURNED)
    return marks


@register.simple_tag
def plain_light(value, count=None):
    """Show a light by its value, with a count where given."""
    value = Light(value).value
    return _draw(value, LABELS[value] if count is None else f"{LABELS[value]} {count}")


@register.simple_tag
def light_number(value, number, measure):
    """Show the shape of a light with a number and its measure word, where a heading names the light."""
    return _draw(Light(value).value, f"{number}{measure}")


def light_of(duty, *, says_returned=True):
    """Return the light of a duty for a list: with the days where it is overdue, and with its marks.

    `says_returned` is for lists in which nothing else says that a report was returned.
    """
    label = LABELS[duty.light]
    if duty.light == Light.OVERDUE:
        label = f"{label}{duty.days_overdue}天"
    marks = _marks(duty) if says_returned else [mark for mark in _marks(duty) if mark != RETURNED]
    return _draw(duty.light, label, tuple(marks))


@lru_cache(maxsize=1024)
def _draw(value, label, marks=()):
    """Return the drawing of a light; written here and not as a template: a page has hundreds."""
    marked = format_html_join("", '<span class="light-mark">{}</span>', ((mark,) for mark in marks))
    return format_html(
        '<span class="light light-{}">{}{}</span>{}', str(value), SafeString(DRAWN[value]), label, marked
    )


def light_in_words(duty):
    """Return the light of a duty with its marks, as files and mails say it."""
    label = Light(duty.light).label
    if duty.light == Light.DONE and duty.is_late:
        return "办结（逾期办结）"
    if duty.light == Light.OVERDUE and duty.status == Status.UNDER_REVIEW:
        return "逾期（待审核）"
    return f"{label}（{RETURNED}）" if duty.awaits_answer and duty.light != Light.DONE else label


@register.simple_tag
def light_counts(figures):
    """Return `[(value, count)]` of the lights that occur, most urgent first, from a dict of `light_counts`."""
    return [(value.value, figures[value.value]) for value in Light if figures and figures[value.value]]


@register.filter
def grade_word(value):
    """Return the label of a grade of reminders."""
    return Grade(value).label
