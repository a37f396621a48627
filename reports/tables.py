"""The columns of the list of units."""

import django_tables2 as tables
from django_tables2.utils import A

from tasks.choices import Light


class UnitTable(tables.Table):
    """Units and how they stand; rows are the dicts of `figures.by_unit`."""

    name = tables.Column("单位", accessor="unit__name", order_by="unit__order", linkify=("reports:unit", [A("unit")]))
    kind = tables.Column("类别", accessor="kind")
    owed = tables.Column("应办")
    done = tables.Column("办结")
    completion_rate = tables.Column("办结率")
    review = tables.Column(Light.REVIEW.label)
    on_track = tables.Column(Light.ON_TRACK.label)
    not_started = tables.Column(Light.NOT_STARTED.label)
    due_soon = tables.Column(Light.DUE_SOON.label)
    overdue = tables.Column(Light.OVERDUE.label)

    def render_completion_rate(self, value):
        """In per cent."""
        return f"{value:.1%}"

    class Meta:
        empty_text = "没有符合条件的单位。"
        order_by = None
