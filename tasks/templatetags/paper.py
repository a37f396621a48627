"""Cells of the table as issued, with merged cells. Written here and not as templates: a page has five hundred."""

from django import template
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from wenshang_disclosure.core.templatetags.core_tags import keep

from .lights import light_counts, plain_light

register = template.Library()
NOTHING = SafeString('<span class="none">—</span>')
UNRESOLVED = SafeString('<em class="unresolved">待明确</em>')


@register.simple_tag(takes_context=True)
def paper_cells(context, row, heads):
    """Return the cells of one row of the table; `heads` are `(name, label, class)` of the columns."""
    return SafeString("".join(_cell(context, row, *head) for head in heads))


def _cell(context, row, name, label, kind):
    if name == "section":
        return _merged(row["section"].heading, label, row["section_height"])
    if name in ("lead", "responsible"):
        return names_cell(row[name], row[f"{name}_height"], label)
    of_a_kind = format_html(' class="{}"', kind) if kind else ""
    return format_html('<td data-label="{}"{}>{}</td>', label, of_a_kind, CELLS[name](context, row))


def _merged(content, label, height):
    place = format_html('rowspan="{}"', height) if height else SafeString('class="covered"')
    return format_html('<td data-label="{}" {}>{}</td>', label, place, content)


@register.simple_tag
def names_cell(names, height, label):
    """Return a cell of names as written, with 待明确 after those that name nobody; `height` 0 is covered from above."""
    said = ((name.text, UNRESOLVED if name.is_unresolved else "") for name in names)
    return _merged(format_html_join("", '<span class="name">{}{}</span>', said), label, height)


def _requirement(context, row):
    task = row["task"]
    link = format_html('<a href="{}">{}</a>', keep(context, "tasks:task", task.pk), task.requirement)
    return link + _notes(task)


def _notes(task):
    notes = ((note,) for note in task.supplement_notes)
    return format_html_join("", '<small class="supplement-note">{}</small>', notes)


def _lights(context, row):
    return SafeString("".join(plain_light(*lit) for lit in light_counts(row["counts"]))) or NOTHING


CELLS = {
    "requirement": _requirement,
    "number": lambda context, row: str(row["task"].number),
    "part": lambda context, row: row["task"].section.part.heading,
    "deadline": lambda context, row: conditional_escape(row["task"].deadline_in_words),
    "due_on": lambda context, row: f"{row['task'].closing_day:%Y-%m-%d}" if row["task"].closing_day else "—",
    "supplement": lambda context, row: _notes(row["task"]) or "—",
    "owed": lambda context, row: str((row["counts"] or {}).get("owed", 0)),
    "lights": _lights,
}
"""What the cells of columns say that are not merged, by name."""
