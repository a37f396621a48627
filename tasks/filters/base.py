"""What the filter sets of all lists share: their base, and filters by text, by several values, by records."""

import copy
from collections import OrderedDict

import django_filters
from django import forms

from departments.models import Unit
from tasks.models import Assignment, Part, Section
from wenshang_disclosure.core.folding import fold
from wenshang_disclosure.core.prepared import rows_for
from wenshang_disclosure.core.web.forms import OnlyIds, add_css_classes, say_labels_inside

MAX_SEARCH_CHARS = 100
CHOICE_ERRORS = {"error_messages": {"invalid_choice": "没有这个选项，请重新选择。"}}


class DayInput(forms.DateInput):
    """Date input that uses the browser's date picker."""

    input_type = "date"

    def __init__(self, **kwargs):
        super().__init__(format="%Y-%m-%d", **kwargs)


DAY = {"widget": DayInput, "error_messages": {"invalid": "请按“2024-12-31”的格式填写日期。"}}


class _Filters(OrderedDict):
    """The filters of a class, of which each filter set has copies that share what never changes."""

    def __deepcopy__(self, memo):
        copies = OrderedDict((name, copy.copy(one)) for name, one in self.items())
        for one in copies.values():
            one.method = one.method  # bound to the copy
        return copies


class _Offered(django_filters.fields.ModelChoiceIterator):
    """Choices that are read where they are drawn, by `offered` of the field."""

    def __iter__(self):
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        yield from map(self.choice, self.field.offered())


class PlanFilter(django_filters.FilterSet):
    """Base of filter sets over the plans of a `Scope`. What a class has in common is made once."""

    @classmethod
    def get_filters(cls):
        return _Filters(super().get_filters())

    def get_form_class(self):
        """Return the class of the form, made once for each class of filter sets."""
        if "_form_class" not in vars(type(self)):
            type(self)._form_class = super().get_form_class()
        return self._form_class

    def __init__(self, *args, scope, **kwargs):
        """Limit the choices to the plans through which the list may run, and to units that the user may see."""
        super().__init__(*args, **kwargs)
        self.scope = scope
        self.offer("part", lambda plans, _: _parts_of(plans), self._heading(lambda part: part.plan_id))
        self.offer("section", lambda plans, _: _sections_of(plans), self._heading(lambda section: section.part.plan_id))
        self.offer("unit", _units_of, lambda unit: unit.label)
        add_css_classes(self.form)
        say_labels_inside(self.form)

    def offer(self, name, records, label=str):
        """Offer the records of the queryset `records(plans, user)` in the field `name`, if there is one.

        Its menu shows those of the plans that the list runs through, and what was chosen of other plans that it may run
        through. The queryset may depend on plans and user alone; it is made where something was chosen.
        """
        field = self.form.fields.get(name)
        if field is None:
            return
        field.label_from_instance, field.iterator = label, _Offered
        field.offered = lambda: self._drawn(name, records)
        field.queryset = records(self.scope.offered, self.scope.user) if name in self.data else field.queryset.none()

    def _drawn(self, name, records):
        shown, plans = self.scope.plans, tuple(plan.pk for plan in self.scope.plans)
        kind = f"offered {name} {type(self).__name__}"
        drawn = rows_for(self.scope.user, kind, lambda user: records(shown, user), plans)
        if name not in self.data or len(self.scope.offered) == len(shown):
            return drawn
        chosen = self.form.cleaned_data.get(name) if self.form.is_valid() else None
        chosen = [] if not chosen else chosen if hasattr(chosen, "__iter__") else [chosen]
        return [*drawn, *(one for one in chosen if one not in drawn)]

    def _heading(self, plan_of):
        """Return the function that gives the label of a heading; where they are of several years, it says of which."""
        plans = self.scope.offered if {"part", "section"} & set(self.data) else self.scope.plans
        if len(plans) < 2:  # noqa: PLR2004
            return str
        years = {plan.pk: plan.year for plan in plans}
        return lambda heading: f"{years[plan_of(heading)]}年　{heading}"


def _parts_of(plans):
    return Part.objects.with_rows().filter(plan__in=plans).order_by("-plan__year", "-plan", "order")


def _sections_of(plans):
    sections = Section.objects.with_rows().filter(part__plan__in=plans).select_related("part")
    return sections.order_by("-part__plan__year", "-part__plan", "order", "pk")


def _units_of(plans, user):
    seen = Assignment.objects.visible_to(user).filter(plan__in=plans)
    return Unit.objects.filter(pk__in=seen.values("unit"))


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
    def clean(self, value):
        """Return the chosen records; nothing is asked where none is chosen."""
        return super().clean(value) if value else []


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
