"""What the list of units can be cut by."""

import django_filters

from departments.choices import UnitKind
from departments.models import Unit
from tasks.choices import Light, ReportState
from tasks.filters import CHOICE_ERRORS, DAY, SEARCH_LIMIT, PlanFilter
from tasks.models import Assignment, Part, ProgressReport, Task

from .figures import RURAL


class UnitFilter(PlanFilter):
    """Cuts the units by name and kind."""

    q = django_filters.CharFilter(
        field_name="name", lookup_expr="icontains", label="单位名称中的文字", max_length=SEARCH_LIMIT
    )
    kind = django_filters.ChoiceFilter(choices=UnitKind, label="类别", empty_label="全部类别", **CHOICE_ERRORS)

    class Meta:
        model = Unit
        fields = []


def _choose(queryset, label, empty, field_name):
    return django_filters.ModelChoiceFilter(
        queryset=queryset, label=label, empty_label=empty, field_name=field_name, **CHOICE_ERRORS
    )


class HandedInFilter(PlanFilter):
    """Cuts what was handed in; the queryset has to be `standing_on` a day."""

    q = django_filters.CharFilter(
        field_name="assignment__task__requirement",
        lookup_expr="icontains",
        label="具体要求中的文字",
        max_length=SEARCH_LIMIT,
    )
    unit = _choose(Unit.objects.none(), "填报单位", "全部单位", "assignment__unit")
    part = _choose(Part.objects.none(), "部分", "全部部分", "assignment__task__section__part")
    state = django_filters.ChoiceFilter(
        field_name="state_then",
        choices=[
            (ReportState.SUBMITTED.value, "待审核"),
            (ReportState.APPROVED.value, ReportState.APPROVED.label),
            (ReportState.RETURNED.value, ReportState.RETURNED.label),
        ],
        label="审核情况",
        empty_label="全部",
        **CHOICE_ERRORS,
    )
    claims = django_filters.ChoiceFilter(
        choices=[("true", "申报办结"), ("false", "一般进展")],
        method="of_a_kind",
        label="类型",
        empty_label="全部类型",
        **CHOICE_ERRORS,
    )
    handed_from = django_filters.DateFilter(field_name="handed_in_on", lookup_expr="gte", label="报送自", **DAY)
    handed_to = django_filters.DateFilter(field_name="handed_in_on", lookup_expr="lte", label="报送至", **DAY)

    def of_a_kind(self, queryset, name, value):
        """Cut to claims of completion, or to plain reports."""
        return queryset.filter(claims_completion=value == "true")

    class Meta:
        model = ProgressReport
        fields = []


class MatrixFilter(PlanFilter):
    """Cuts the duties that stand in the matrix; the queryset has to be `with_light`."""

    part = django_filters.ModelChoiceFilter(
        queryset=Part.objects.none(),
        field_name="task__section__part",
        label="部分",
        empty_label="全部部分",
        **CHOICE_ERRORS,
    )
    kind = django_filters.ChoiceFilter(
        choices=[("county", "部门、单位"), ("rural", "乡镇（街道）"), *UnitKind.choices],
        label="单位类别",
        empty_label="全部类别",
        method="of_a_kind",
        **CHOICE_ERRORS,
    )
    light = django_filters.ChoiceFilter(choices=Light, label="亮灯", empty_label="全部亮灯", **CHOICE_ERRORS)

    def of_a_kind(self, queryset, name, value):
        """Cut to units of one kind, or of the two groups that are ranked apart."""
        if value == "county":
            return queryset.exclude(unit__kind__in=RURAL)
        return queryset.filter(unit__kind__in=RURAL if value == "rural" else [value])

    class Meta:
        model = Assignment
        fields = []


class PackageFilter(PlanFilter):
    """Cuts the duties whose evidence is packed."""

    task = _choose(Task.objects.none(), "任务", "全部任务", "task")
    unit = _choose(Unit.objects.none(), "单位", "全部单位", "unit")
    part = _choose(Part.objects.none(), "部分", "全部部分", "task__section__part")

    def __init__(self, *args, plan, **kwargs):
        """Offer the rows of the plan."""
        super().__init__(*args, plan=plan, **kwargs)
        self.form.fields["task"].queryset = Task.objects.filter(plan=plan)

    class Meta:
        model = Assignment
        fields = []
