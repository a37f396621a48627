"""Template tags for the cells of the matrix, with minimal markup, as there may be 60 000."""

from django import template
from django.utils.safestring import mark_safe

from tasks.choices import Light

register = template.Library()

LETTERS = {
    Light.OVERDUE: "o",
    Light.DUE_SOON: "s",
    Light.REVIEW: "r",
    Light.NOT_STARTED: "n",
    Light.ON_TRACK: "t",
    Light.DONE: "d",
}
LATE = {Light.DONE: "逾期办结", Light.OVERDUE: "逾期，待审核", Light.REVIEW: "待审核，逾期申报"}


def _cell(light, is_late):
    if is_late:
        return f'<td class="{LETTERS[light]} l">{LATE[light]}'
    return f"<td class={LETTERS[light]}>{light.label}"


EMPTY = "<td>"
CELLS = {(light.value, False): _cell(light, False) for light in Light}
CELLS |= {(light.value, True): _cell(light, True) for light in LATE}


@register.simple_tag
def matrix_cells(row):
    """Return the cells of a row: a class for the shape and the label as text. `</td>` is optional in HTML."""
    return mark_safe("".join(CELLS[cell] if cell else EMPTY for cell in row.cells))  # noqa: S308, our own words only


@register.filter
def light_letter(light):
    """Return the CSS class of a light."""
    return LETTERS[Light(light)]


@register.filter
def ids(line):
    """Return the ids of a line's duties that may be chased, as the bulk form expects them."""
    return ",".join(map(str, line.chase))
