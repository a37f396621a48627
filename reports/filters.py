"""Filter sets of the lists of figures and of the audit trail."""

from datetime import date

import django_filters
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q

from departments.choices import UnitKind
from departments.models import Unit, User
from tasks.choices import Light, ReportState
from tasks.filters import (
    CHOICE_ERRORS,
    DAY,
    MAX_SEARCH_CHARS,
    PlanFilter,
    SeveralOf,
    SeveralRecords,
    choose,
    requirement_filter,
)
from tasks.models import Assignment, Part, ProgressReport, Task
from wenshang_disclosure.audit.choices import Kind, Result
from wenshang_disclosure.audit.models import AuditEntry
from wenshang_disclosure.core.dates import EARLIEST, day_end, day_start
from wenshang_disclosure.core.folding import fold
from wenshang_disclosure.core.web.forms import add_css_classes, say_labels_inside

from .figures import RURAL


class UnitFilter(PlanFilter):
    """Filter set of units."""

    q = django_filters.CharFilter(label="单位名称中的文字", method="by_name", max_length=MAX_SEARCH_CHARS)
    kind = django_filters.ChoiceFilter(choices=UnitKind, label="类别", empty_label="全部类别", **CHOICE_ERRORS)

    def by_name(self, queryset, name, value):
        """Filter to units whose name contains the text, compared as search does."""
        names = Unit.objects.values_list("pk", "name")
        return queryset.filter(pk__in=[pk for pk, name in names if fold(value) in fold(name)])

    class Meta:
        model = Unit
        fields = []


class SubmittedReportsFilter(PlanFilter):
    """Filter set of submitted reports; the queryset has to be `submitted_by` a day."""

    q = requirement_filter("assignment__task")
    unit = SeveralRecords(Unit.objects.none(), "填报单位", "全部单位", field_name="assignment__unit")
    part = SeveralRecords(Part.objects.none(), "部分", "全部部分", field_name="assignment__task__section__part")
    state = SeveralOf(
        [
            (ReportState.SUBMITTED.value, "待审核"),
            (ReportState.APPROVED.value, ReportState.APPROVED.label),
            (ReportState.RETURNED.value, ReportState.RETURNED.label),
        ],
        "审核情况",
        "审核情况不限",
    )
    claims = django_filters.ChoiceFilter(
        choices=[("true", "申报办结"), ("false", "一般进展")],
        method="of_a_kind",
        label="类型",
        empty_label="全部类型",
        **CHOICE_ERRORS,
    )
    submitted_from = django_filters.DateFilter(field_name="submitted_on", lookup_expr="gte", label="报送自", **DAY)
    submitted_to = django_filters.DateFilter(field_name="submitted_on", lookup_expr="lte", label="报送至", **DAY)

    def of_a_kind(self, queryset, name, value):
        """Filter by claims of completion or plain reports."""
        return queryset.filter(claims_completion=value == "true")

    class Meta:
        model = ProgressReport
        fields = []


class MatrixFilter(PlanFilter):
    """Filter set of the matrix; the queryset has to be `with_light`."""

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
        """Filter by one kind of units or by one of the two groups that are ranked apart."""
        if value == "county":
            return queryset.exclude(unit__kind__in=RURAL)
        return queryset.filter(unit__kind__in=RURAL if value == "rural" else [value])

    class Meta:
        model = Assignment
        fields = []


class PackageFilter(PlanFilter):
    """Filter set of duties for evidence packages."""

    task = choose(Task.objects.none(), "任务", "全部任务", field_name="task")
    unit = choose(Unit.objects.none(), "单位", "全部单位", field_name="unit")
    part = choose(Part.objects.none(), "部分", "全部部分", field_name="task__section__part")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.form.fields["task"].queryset = Task.objects.standing().filter(plan=self.scope.plan)

    class Meta:
        model = Assignment
        fields = []


REAL_DAYS = [
    MinValueValidator(EARLIEST, "日期过早，请重新填写。"),
    MaxValueValidator(date(2999, 12, 31), "日期过晚，请重新填写。"),
]


def _text(label, method, **kwargs):
    return django_filters.CharFilter(label=label, method=method, max_length=MAX_SEARCH_CHARS, **kwargs)


def _keys(model, which):
    return list(model.objects.filter(which).order_by().values_list("pk", flat=True))


class AuditFilter(django_filters.FilterSet):
    """Filter set of audit entries. `of` is one record (`tasks.assignment:12`)."""

    q = _text("操作或对象中的文字", "by_text")
    person = _text("人员、账号或单位", "by_person")
    day_from = django_filters.DateFilter(label="日期自", method="since", validators=REAL_DAYS, **DAY)
    day_to = django_filters.DateFilter(label="日期至", method="until", validators=REAL_DAYS, **DAY)
    kind = django_filters.ChoiceFilter(choices=Kind, label="类别", empty_label="全部类别", **CHOICE_ERRORS)
    result = django_filters.ChoiceFilter(choices=Result, label="结果", empty_label="成功和失败", **CHOICE_ERRORS)
    address = django_filters.CharFilter(lookup_expr="startswith", label="来源地址", max_length=MAX_SEARCH_CHARS)
    of = _text("对象", "by_record", widget=forms.HiddenInput)

    class Meta:
        model = AuditEntry
        fields = []

    def __init__(self, *args, scope, **kwargs):
        """Style the form; `scope` is not used, as the audit trail belongs to no plan."""
        super().__init__(*args, **kwargs)
        add_css_classes(self.form)
        say_labels_inside(self.form)

    def by_text(self, queryset, name, value):
        """Filter by text in act or object."""
        return queryset.filter(Q(act__icontains=value) | Q(subject__icontains=value))

    def by_person(self, queryset, name, value):
        """Filter by people's current name or account, the account recorded, or the unit that they belonged to then.

        Entries without a unit are found by the unit of today, as they are listed.
        """
        named = _keys(User, Q(name__icontains=value) | Q(username__icontains=value))
        in_unit = Q(unit_id__in=_keys(Unit, Q(name__icontains=value)))
        in_unit_today = Q(unit_id__isnull=True, actor_id__in=_keys(User, Q(unit__name__icontains=value)))
        return queryset.filter(Q(actor_id__in=named) | Q(account=value) | in_unit | in_unit_today)

    def by_record(self, queryset, name, value):
        """Filter by the record acted on."""
        kind, _, pk = value.partition(":")
        return queryset.filter(subject_type=kind, subject_id=pk)

    def since(self, queryset, name, value):
        """Filter by first day."""
        return queryset.filter(at__gte=day_start(value))

    def until(self, queryset, name, value):
        """Filter by last day."""
        return queryset.filter(at__lt=day_end(value))
