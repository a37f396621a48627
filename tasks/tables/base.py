"""What the tables of the lists share."""

import django_tables2 as tables
from django.utils.html import format_html

from tasks.templatetags.worklist import deadline as short_day
from wenshang_disclosure.core.web.tables import ListTable

NONE = "—"


def in_short(heading, limit):
    """Return a heading for a narrow column, with the whole of it where the pointer rests."""
    return format_html('<span title="{}">{}</span>', heading, shortened(heading, limit))


def shortened(text, limit):
    """Return a text of at most `limit` characters."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def said(text):
    """Return what somebody wrote in one line, with the whole of it where the pointer rests."""
    return format_html('<span class="one-line" title="{}">{}</span>', text, text[:60]) if text else NONE


CLIPPED, A_DAY, SAID = {"td": {"class": "clip"}}, {"td": {"class": "day"}}, {"td": {"class": "said"}}


class DutyColumns(ListTable):
    """Base of tables whose rows are about a duty, their `assignment`: what people may choose to read of it besides."""

    widths = {"requirement": 50, "part": 18, "section": 22, "unit": 22}

    requirement = tables.Column("具体要求", accessor="assignment__task__requirement", attrs=CLIPPED)
    part = tables.Column(
        "部分", accessor="assignment__task__section__part", order_by="assignment__task__section__part__order"
    )
    section = tables.Column(
        "工作任务", accessor="assignment__task__section", order_by="assignment__task__section__order"
    )
    role = tables.Column("职责", accessor="assignment__role")
    due_on = tables.Column("完成时限", accessor="assignment__due_on", attrs=A_DAY)

    def render_number(self, record):
        return record.assignment.task.number

    def render_requirement(self, record):
        text = record.assignment.task.requirement
        return format_html('<span class="one-line" title="{}">{}</span>', text, text)

    def value_requirement(self, record):
        return record.assignment.task.requirement

    def render_part(self, record):
        return in_short(record.assignment.task.section.part.heading, 14)

    def value_part(self, record):
        return record.assignment.task.section.part.heading

    def render_section(self, record):
        return in_short(record.assignment.task.section.heading, 14)

    def value_section(self, record):
        return record.assignment.task.section.heading

    def render_unit(self, record):
        unit = record.assignment.unit
        return format_html('<span title="{}">{}</span>', unit.name, unit.label)

    def value_unit(self, record):
        return record.assignment.unit.name

    def render_role(self, record):
        return record.assignment.get_role_display()

    def render_due_on(self, record):
        return short_day(record.assignment.due_on) if record.assignment.due_on else "长期坚持"

    def value_due_on(self, record):
        return record.assignment.due_on or "长期坚持"
