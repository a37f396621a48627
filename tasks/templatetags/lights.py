"""Template tags that show lights by a shape and a word, never by colour alone."""

from functools import lru_cache

from django import template
from django.template.loader import render_to_string

from tasks.choices import Grade, Light, Status

register = template.Library()

RETURNED = "退回待补正"
SHAPES = {
    Light.OVERDUE: "triangle",
    Light.DUE_SOON: "diamond",
    Light.REVIEW: "square",
    Light.NOT_STARTED: "ring",
    Light.ON_TRACK: "half",
    Light.DONE: "disc",
}


@register.inclusion_tag("tasks/_light.html")
def light(duty):
    """Show the light of a duty (`with_light`) with its marks: 逾期办结, 待审核, 退回待补正.

    With `with_returned`, what the unit's own leader returned is marked as well.
    """
    return {**_drawing(duty.light), "marks": _marks(duty)}


def _marks(duty):
    marks = []
    if duty.light == Light.DONE and duty.is_late:
        marks.append("逾期办结")
    if duty.light == Light.OVERDUE and duty.status == Status.UNDER_REVIEW:
        marks.append("待审核")
    if getattr(duty, "is_returned", duty.awaits_answer) and duty.light != Light.DONE:
        marks.append(RETURNED)
    return marks


@register.inclusion_tag("tasks/_light.html")
def plain_light(value, count=None):
    """Show a light by its value, with a count where given."""
    return {**_drawing(value), "count": count}


@register.inclusion_tag("tasks/_light.html")
def light_number(value, number, measure):
    """Show the shape of a light with a number and its measure word, where a heading names the light."""
    return {**_drawing(value), "label": f"{number}{measure}"}


def _drawing(value):
    value = Light(value)
    return {"value": value.value, "label": value.label, "shape": SHAPES[value]}


def light_of(duty, *, says_returned=True):
    """Return the light of a duty for a list: with the days where it is overdue, and with its marks.

    `says_returned` is for lists in which nothing else says that a report was returned.
    """
    label = Light(duty.light).label
    if duty.light == Light.OVERDUE:
        label = f"{label}{duty.days_overdue}天"
    marks = _marks(duty) if says_returned else [mark for mark in _marks(duty) if mark != RETURNED]
    return _drawn(duty.light, label, tuple(marks))


@lru_cache(maxsize=1024)
def _drawn(value, label, marks):
    return render_to_string("tasks/_light.html", {**_drawing(value), "label": label, "marks": marks})


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
