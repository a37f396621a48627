"""Filter sets of requests for a later deadline, and of suspended duties."""

from departments.models import Unit
from tasks.choices import ExtensionState
from tasks.models import Extension, Plan

from .base import PlanFilter, SeveralOf, SeveralRecords, choose, requirement_filter
from .progress import AssignmentFilter


class ExtensionFilter(PlanFilter):
    """Filters of requests for a later deadline, which cover the plans of all years."""

    q = requirement_filter("assignment__task")
    state = SeveralOf(ExtensionState, "状态", "全部状态")
    unit = SeveralRecords(Unit.objects.none(), "申请单位", "全部单位", field_name="assignment__unit")
    plan = choose(Plan.objects.issued(), "年度", "全部年度", field_name="assignment__plan")

    class Meta:
        model = Extension
        fields = []


class SuspendedFilter(AssignmentFilter):
    """Filters of suspended duties; they have no lights and no period."""

    light = period = completion = done_by = None
