"""Filter sets of the API: those of the pages, with several values of units, parts and lights."""

import django_filters
from django import forms

from departments.models import Unit
from tasks.choices import Light
from tasks.filters import CHOICE_ERRORS, AssignmentFilter, IdsFilter, TaskFilter
from tasks.models import Part


class _Several(forms.SelectMultiple):
    """Reads all values of a parameter; empty ones say nothing, as with one value."""

    def value_from_datadict(self, data, files, name):
        return [value for value in data.getlist(name) if value]


SEVERAL = {"widget": _Several, "distinct": False, **CHOICE_ERRORS}


class AssignmentsFilter(AssignmentFilter):
    """Filters of `/assignments`."""

    unit = IdsFilter(queryset=Unit.objects.none(), **SEVERAL)
    part = IdsFilter(queryset=Part.objects.none(), field_name="task__section__part", **SEVERAL)
    light = django_filters.MultipleChoiceFilter(choices=Light, **SEVERAL)
    period = unit_kind = None


class TasksFilter(TaskFilter):
    """Filters of `/tasks`."""

    part = IdsFilter(queryset=Part.objects.none(), field_name="section__part", **SEVERAL)
    light = django_filters.MultipleChoiceFilter(choices=Light, method="with_any_light", **SEVERAL)

    def with_any_light(self, queryset, name, lights):
        """Filter to rows with at least one duty in one of those lights."""
        return queryset.filter(pk__in=self.duties.filter(light__in=lights).values("task")) if lights else queryset
