"""Filter sets of the API: those of the pages, with several values of units, parts and lights."""

import django_filters
from django import forms
from django.core.exceptions import ValidationError

from departments.models import Unit
from tasks.choices import Light
from tasks.filters import CHOICE_ERRORS, AssignmentFilter, TaskFilter
from tasks.models import Part
from wenshang_disclosure.core.web.numbers import read_number


class _Several(forms.SelectMultiple):
    """Reads all values of a parameter; empty ones say nothing, as with one value."""

    def value_from_datadict(self, data, files, name):
        return [value for value in data.getlist(name) if value]


class _IdsField(django_filters.fields.ModelMultipleChoiceField):
    def clean(self, value):
        """Return the records. Raises `ValidationError` for what is no id, or none that is offered."""
        if any(read_number(text) is None for text in value or ()):
            raise ValidationError(CHOICE_ERRORS["error_messages"]["invalid_choice"])
        return super().clean(value)


class _Ids(django_filters.ModelMultipleChoiceFilter):
    field_class = _IdsField


SEVERAL = {"widget": _Several, "distinct": False, **CHOICE_ERRORS}


class AssignmentsFilter(AssignmentFilter):
    """Filters of `/assignments`."""

    unit = _Ids(queryset=Unit.objects.none(), **SEVERAL)
    part = _Ids(queryset=Part.objects.none(), field_name="task__section__part", **SEVERAL)
    light = django_filters.MultipleChoiceFilter(choices=Light, **SEVERAL)


class TasksFilter(TaskFilter):
    """Filters of `/tasks`."""

    part = _Ids(queryset=Part.objects.none(), field_name="section__part", **SEVERAL)
    light = django_filters.MultipleChoiceFilter(choices=Light, method="with_any_light", **SEVERAL)

    def with_any_light(self, queryset, name, lights):
        """Filter to rows with at least one duty in one of those lights."""
        return queryset.filter(pk__in=self.duties.filter(light__in=lights).values("task")) if lights else queryset
