"""What the list of units can be cut by."""

import django_filters

from departments.choices import UnitKind
from departments.models import Unit
from tasks.choices import Light
from tasks.filters import CHOICE_ERRORS, SEARCH_LIMIT, PlanFilter
from tasks.models import Assignment, Part

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
