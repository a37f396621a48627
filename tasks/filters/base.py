"""What the filter sets of all lists share: their base, and filters by text, by several values, by records."""

import django_filters
from django import forms

from departments.models import Unit
from tasks.models import Assignment, Part, Section
from wenshang_disclosure.core.folding import fold
from wenshang_disclosure.core.web.forms import OnlyIds, add_css_classes, say_labels_inside

MAX_SEARCH_CHARS = 100
CHOICE_ERRORS = {"error_messages": {"invalid_choice": "没有这个选项，请重新选择。"}}


class DayInput(forms.DateInput):
    """Date input that uses the browser's date picker."""

    input_type = "date"

    def __init__(self, **kwargs):
        super().__init__(format="%Y-%m-%d", **kwargs)


DAY = {"widget": DayInput, "error_messages": {"invalid": "请按“2024-12-31”的格式填写日期。"}}


class PlanFilter(django_filters.FilterSet):
    """Base of filter sets over the plans of a `Scope`."""

    def __init__(self, *args, scope, **kwargs):
        """Limit the choices to the plans through which the list may run, and to units that the user may see."""
        super().__init__(*args, **kwargs)
        self.scope, plans = scope, scope.offered
        fields = self.form.fields
        if "part" in fields:
            parts = Part.objects.with_rows().filter(plan__in=plans).order_by("-plan__year", "-plan", "order")
            self._offer("part", parts, lambda part: part.plan_id)
        if "section" in fields:
            sections = Section.objects.with_rows().filter(part__plan__in=plans).select_related("part")
            sections = sections.order_by("-part__plan__year", "-part__plan", "order", "pk")
            self._offer("section", sections, lambda section: section.part.plan_id)
        if "unit" in fields:
            seen = Assignment.objects.visible_to(self.scope.user).filter(plan__in=plans)
            fields["unit"].queryset = Unit.objects.filter(pk__in=seen.values("unit"))
            fields["unit"].label_from_instance = lambda unit: unit.label
        add_css_classes(self.form)
        say_labels_inside(self.form)

    def _offer(self, name, headings, plan_of):
        """Offer headings; where they are of several years, each says of which."""
        field = self.form.fields[name]
        field.queryset = headings
        if len(self.scope.offered) > 1:
            years = {plan.pk: plan.year for plan in self.scope.offered}
            field.label_from_instance = lambda heading: f"{years[plan_of(heading)]}年　{heading}"


class FoldedFilter(django_filters.CharFilter):
    """Filter by text of a folded record, compared as search does."""

    def filter(self, qs, value):
        """Filter to records that contain the text."""
        return super().filter(qs, fold(value))


def requirement_filter(task):
    """Return the filter by text of the requirement; `task` is the path to the row, empty for rows themselves."""
    path = f"{task}__folded" if task else "folded"
    return FoldedFilter(field_name=path, lookup_expr="contains", label="具体要求中的文字", max_length=MAX_SEARCH_CHARS)


def choose(queryset, label, empty, **kwargs):
    return django_filters.ModelChoiceFilter(
        queryset=queryset,
        label=label,
        empty_label=empty,
        error_messages={"invalid_choice": "没有这个选项，请重新选择。"},
        **kwargs,
    )


class _IdsField(OnlyIds, django_filters.fields.ModelMultipleChoiceField):
    pass


class IdsFilter(django_filters.ModelMultipleChoiceFilter):
    """Filter by several ids; an id that is none, or too long for the database, is no choice."""

    field_class = _IdsField


class _SeveralWidget(forms.CheckboxSelectMultiple):
    """A menu of boxes to tick (`common/_several.html`); empty values say nothing."""

    def __init__(self, *, none_chosen="全部", **kwargs):
        super().__init__(**kwargs)
        self.none_chosen = none_chosen

    def value_from_datadict(self, data, files, name):
        return [value for value in data.getlist(name) if value]


class _AnyOf:
    """Mixin of filters by several values: any of them will do."""

    def filter(self, qs, value):
        """Filter to records with one of the values."""
        return qs.filter(**{f"{self.field_name}__in": [getattr(one, "pk", one) for one in value]}) if value else qs


class SeveralOf(_AnyOf, django_filters.MultipleChoiceFilter):
    """Filter by several values of `choices`; `none_chosen` is what its menu says where none is ticked."""

    def __init__(self, choices, label, none_chosen, **kwargs):
        widget = _SeveralWidget(none_chosen=none_chosen)
        super().__init__(choices=choices, label=label, widget=widget, **CHOICE_ERRORS, **kwargs)


class SeveralRecords(_AnyOf, IdsFilter):
    """Filter by several records of `queryset`."""

    def __init__(self, queryset, label, none_chosen, **kwargs):
        widget = _SeveralWidget(none_chosen=none_chosen)
        super().__init__(queryset=queryset, label=label, widget=widget, **CHOICE_ERRORS, **kwargs)
