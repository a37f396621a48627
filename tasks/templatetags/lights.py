"""Template tags that show lights by a shape and a word, never by colour alone."""

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
    """Show the light of a duty (`with_light`) with its marks: 逾期办结, 待审核, 退回待补正.

    With `with_returned`, what the unit's own leader returned is marked as well.
    """
    marks = []
    if duty.light == Light.DONE and duty.is_late:
        marks.append("逾期办结")
    if duty.light == Light.OVERDUE and duty.status == Status.UNDER_REVIEW:
        marks.append("待审核")
    if getattr(duty, "is_returned", duty.awaits_answer) and duty.light != Light.DONE:
        marks.append("退回待补正")
    return {**_drawing(duty.light), "marks": marks}


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


@register.simple_tag
def light_counts(figures):
    """Return `[(value, count)]` of the lights that occur, most urgent first, from a dict of `light_counts`."""
    return [(value.value, figures[value.value]) for value in Light if figures and figures[value.value]]


@register.filter
def grade_word(value):
    """Return the label of a grade of reminders."""
    return Grade(value).label
