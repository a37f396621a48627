"""Filter set of the rows of a plan."""

import django_filters
from django.db.models import Q

from departments.models import Unit
from tasks.choices import Light, PartKind
from tasks.models import Assignment, Part, Task

from .base import CHOICE_ERRORS, PlanFilter, choose, requirement_filter


def _leads_of(plans, user):
    leads = Assignment.objects.filter(plan__in=plans, coordinates=True)
    return Unit.objects.filter(pk__in=leads.values("unit"))


class TaskFilter(PlanFilter):
    """Filters of the rows of a plan."""

    q = requirement_filter("")
    part = choose(Part.objects.none(), "部分", "全部部分", field_name="section__part")
    lead = django_filters.ModelChoiceFilter(
        queryset=Unit.objects.none(),
        label="牵头单位",
        empty_label="全部牵头单位",
        method="led_by",
        **CHOICE_ERRORS,
    )
    kind = django_filters.ChoiceFilter(
        choices=PartKind,
        field_name="section__part__kind",
        label="范围",
        empty_label="分解表和通知要求",
        **CHOICE_ERRORS,
    )
    light = django_filters.ChoiceFilter(
        choices=Light, label="亮灯", empty_label="全部亮灯", method="with_a_light", **CHOICE_ERRORS
    )

    owed = django_filters.ChoiceFilter(
        choices=[("yes", "有承办事项"), ("no", "没有承办事项")],
        label="承办",
        empty_label="有无承办不限",
        method="with_duties",
        **CHOICE_ERRORS,
    )

    def __init__(self, *args, **kwargs):
        """Keep the duties that the user may see: they decide the lights of the rows."""
        super().__init__(*args, **kwargs)
        self.duties = self.scope.duties()
        self.offer("lead", _leads_of)

    def led_by(self, queryset, name, unit):
        """Filter to rows that the unit led by its own name on the evening of the scope."""
        led = Assignment.objects.of_coordinators(self.scope.as_of).filter(plan=self.scope.plan, unit=unit)
        return queryset.filter(pk__in=led.values("task"))

    def with_duties(self, queryset, name, value):
        """Filter to rows with, or without, a current duty that the user may see."""
        owed = Q(pk__in=self.duties.order_by().values("task"))
        return queryset.filter(owed if value == "yes" else ~owed)

    def with_a_light(self, queryset, name, light):
        """Filter to rows with at least one duty in that light."""
        return queryset.filter(pk__in=self.duties.filter(light=light).values("task"))

    class Meta:
        model = Task
        fields = []
