"""What the list of units can be cut by."""

import django_filters

from departments.choices import UnitKind
from departments.models import Unit
from tasks.filters import CHOICE_ERRORS, SEARCH_LIMIT, PlanFilter


class UnitFilter(PlanFilter):
    """Cuts the units by name and kind."""

    q = django_filters.CharFilter(
        field_name="name", lookup_expr="icontains", label="单位名称中的文字", max_length=SEARCH_LIMIT
    )
    kind = django_filters.ChoiceFilter(choices=UnitKind, label="类别", empty_label="全部类别", **CHOICE_ERRORS)

    class Meta:
        model = Unit
        fields = []
