"""The lights as people see them: a shape and a word, never colour alone."""

from django import template

from tasks.choices import Grade, Light, Status

register = template.Library()

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
    """Draw the light of a duty that is `with_light`, with its marks: 逾期办结, 待审核, 已退回."""
    marks = []
    if duty.light == Light.DONE and duty.is_late:
        marks.append("逾期办结")
    if duty.light == Light.OVERDUE and duty.status_then == Status.UNDER_REVIEW:
        marks.append("待审核")
    if duty.unanswered_then and duty.light != Light.DONE:
        marks.append("退回待补正")
    return {**_look(duty.light), "marks": marks}


@register.inclusion_tag("tasks/_light.html")
def plain_light(value, count=None):
    """Draw a light by its value, with a count where one is given."""
    return {**_look(value), "count": count}


def _look(value):
    value = Light(value)
    return {"value": value.value, "label": value.label, "shape": SHAPES[value]}


@register.simple_tag
def light_counts(figures):
    """Return `(value, count)` of the lights that occur, most urgent first, from a dict of `light_counts`."""
    return [(value.value, figures[value.value]) for value in Light if figures and figures[value.value]]


@register.filter
def grade_word(value):
    """Return the name of a grade of chasing."""
    return Grade(value).label
