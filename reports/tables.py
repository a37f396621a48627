"""The columns of the lists of units and of what was handed in."""

import django_tables2 as tables
from django_tables2.utils import A

from tasks.choices import Light, ReportState
from tasks.models import ProgressReport
from wenshang_disclosure.common.columns import PartColumn


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


class HandedInTable(tables.Table):
    """What was handed in; needs `standing_on` and `for_lists`."""

    handed_in_at = tables.DateTimeColumn(
        "Y-m-d H:i", verbose_name="报送时间", order_by=("handed_in_at", "pk"), attrs={"td": {"class": "day"}}
    )
    unit = tables.Column("填报单位", accessor="assignment__unit", order_by="assignment__unit__order")
    number = tables.Column("序号", accessor="assignment__task__number")
    text = PartColumn(
        template_name="reports/handed_in/_summary.html",
        verbose_name="进展情况",
        orderable=False,
        attrs={"td": {"class": "wide"}},
    )
    claims_completion = tables.Column("类型")
    state_then = tables.Column("审核情况", attrs={"td": {"class": "day"}})

    def render_claims_completion(self, value):
        """In words."""
        return "申报办结" if value else "一般进展"

    def render_state_then(self, value):
        """In words."""
        return state_in_words(value)

    class Meta:
        model = ProgressReport
        fields = ("handed_in_at", "unit", "number", "text", "claims_completion", "state_then")
        empty_text = "没有符合条件的报告。"


def state_in_words(state):
    """Say how a handed-in report stood: one that was not answered yet waited."""
    return "待审核" if state == ReportState.SUBMITTED else ReportState(state).label
