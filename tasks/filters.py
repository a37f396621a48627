"""Filter sets of the lists, each shared by page, export and bulk action."""

import copy
from collections import OrderedDict

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from departments.choices import UnitKind
from departments.models import Unit
from wenshang_disclosure.core.folding import fold
from wenshang_disclosure.core.prepared import rows_for
from wenshang_disclosure.core.web.forms import OnlyIds, add_css_classes, say_labels_inside

from .choices import (
    OFFICE,
    DutyRole,
    ExtensionState,
    Grade,
    Light,
    PartKind,
    PeriodSeen,
    ReminderState,
    ReviewStage,
    Submission,
)
from .models import (
    Assignment,
    Extension,
    Part,
    Plan,
    ProgressReport,
    Question,
    Reminder,
    ReminderItem,
    RoundItem,
    Section,
    SupervisionRules,
    Task,
)
from .models.supervision.period import with_period_seen

MAX_SEARCH_CHARS = 100


class DayInput(forms.DateInput):
    """Date input that uses the browser's date picker."""

    input_type = "date"

    def __init__(self, **kwargs):
        super().__init__(format="%Y-%m-%d", **kwargs)


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
        self.scope, plans = scope, scope.offered
        self.offer("part", lambda _: _parts_of(plans), self._heading(lambda part: part.plan_id))
        self.offer("section", lambda _: _sections_of(plans), self._heading(lambda section: section.part.plan_id))
        self.offer("unit", lambda user: _units_of(plans, user), lambda unit: unit.label)
        add_css_classes(self.form)
        say_labels_inside(self.form)

    def offer(self, name, records, label=str):
        """Offer the records of the queryset `records(user)` in the field `name`, if there is one.

        The queryset may depend on the user and on the plans offered. It is made where something was chosen.
        """
        field = self.form.fields.get(name)
        if field is None:
            return
        user, plans = self.scope.user, tuple(plan.pk for plan in self.scope.offered)
        field.label_from_instance, field.iterator = label, _Offered
        field.offered = lambda: rows_for(user, f"offered {name} {type(self).__name__}", records, plans)
        field.queryset = records(user) if name in self.data else field.queryset.none()

    def _heading(self, plan_of):
        """Return the function that gives the label of a heading; where they are of several years, it says of which."""
        if len(self.scope.offered) < 2:  # noqa: PLR2004
            return str
        years = {plan.pk: plan.year for plan in self.scope.offered}
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


def _choose(queryset, label, empty, **kwargs):
    return django_filters.ModelChoiceFilter(
        queryset=queryset,
        label=label,
        empty_label=empty,
        error_messages={"invalid_choice": "没有这个选项，请重新选择。"},
        **kwargs,
    )


CHOICE_ERRORS = {"error_messages": {"invalid_choice": "没有这个选项，请重新选择。"}}
DAY = {"widget": DayInput, "error_messages": {"invalid": "请按“2024-12-31”的格式填写日期。"}}


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


SEEN_BY_THE_UNIT = (PeriodSeen.EMPTY, PeriodSeen.DRAFT, PeriodSeen.AWAITING_LEADER)


class AssignmentFilter(PlanFilter):
    """Filters of a list of duties; the queryset needs `with_light`."""

    q = requirement_filter("task")
    unit = SeveralRecords(Unit.objects.none(), "承办单位", "全部单位")
    light = SeveralOf(Light, "亮灯", "全部亮灯")
    period = SeveralOf(PeriodSeen, "本期", "本期不限", method="by_period")
    part = SeveralRecords(Part.objects.none(), "部分", "全部部分", field_name="task__section__part")
    section = SeveralRecords(Section.objects.none(), "工作任务", "全部工作任务", field_name="task__section")
    unit_kind = SeveralOf(UnitKind, "单位类别", "全部类别", field_name="unit__kind")
    role = SeveralOf(DutyRole, "职责", "牵头和责任")
    due_from = django_filters.DateFilter(field_name="due_on", lookup_expr="gte", label="时限自", **DAY)
    due_to = django_filters.DateFilter(field_name="due_on", lookup_expr="lte", label="时限至", **DAY)

    completion = django_filters.ChoiceFilter(
        choices=[("on_time", "按时办结"), ("late", "逾期办结")],
        label="办结",
        empty_label="全部",
        method="by_completion",
        **CHOICE_ERRORS,
    )
    done_by = django_filters.DateFilter(method="by_day_done", label="办结不晚于", **DAY)
    number = django_filters.NumberFilter(
        field_name="task__number",
        label="序号",
        min_value=1,
        max_value=99_999,
        error_messages={"invalid": "请填写任务的序号。"},
        decimal_places=0,
    )

    acknowledgement = django_filters.ChoiceFilter(
        choices=[("waiting", "未签收"), ("late", "超期未签收"), ("done", "已签收")],
        label="签收",
        empty_label="全部",
        method="by_acknowledgement",
        **CHOICE_ERRORS,
    )
    returned = django_filters.ChoiceFilter(
        choices=[("yes", "退回待补正")], label="补正", empty_label="不论补正", method="by_return", **CHOICE_ERRORS
    )
    duty = IdsFilter(
        queryset=Assignment.objects.none(),
        method="chosen",
        label="所选事项",
        widget=forms.MultipleHiddenInput,
        **CHOICE_ERRORS,
    )

    def __init__(self, *args, **kwargs):
        """Limit the choice of duties to those that the user may see."""
        super().__init__(*args, **kwargs)
        if "duty" in self.data:
            offered = Assignment.objects.visible_to(self.scope.user).filter(plan__in=self.scope.plans)
            self.form.fields["duty"].queryset = offered
        if "period" in self.form.fields:
            self._offer_periods(self.form.fields["period"])

    def _offer_periods(self, field):
        """Offer the states of the present period, which others than the unit see only as far as it was submitted."""
        field.choices = [
            (state.value, state.label)
            for state in PeriodSeen
            if self.scope.user.acting_unit_id or state not in SEEN_BY_THE_UNIT
        ]
        if self.scope.as_of < timezone.localdate():
            field.choices = []
            field.error_messages = {**field.error_messages, "invalid_choice": "本期情况只有今天的，请去掉这个条件。"}

    def by_period(self, queryset, name, states):
        """Filter to duties in one of these states in their present period."""
        if not states:
            return queryset
        return with_period_seen(queryset, self.scope.plans, self.scope.user).filter(period_seen__in=states)

    def by_acknowledgement(self, queryset, name, value):
        """Filter to duties that their unit has, or has not, acknowledged."""
        if value == "done":
            return queryset.filter(acknowledged_at__isnull=False)
        if value == "waiting":
            return queryset.unacknowledged()
        return queryset.unacknowledged_late(SupervisionRules.working_days_to_acknowledge(self.scope.plans))

    def by_return(self, queryset, name, value):
        """Filter to duties with a returned report that is not answered, also by the unit's own leader."""
        return queryset.with_returned(self.scope.user).filter(is_returned=True)

    def by_completion(self, queryset, name, value):
        """Filter to completed duties (办结) that were claimed by the deadline, or after it."""
        return queryset.filter(light=Light.DONE, is_late=value == "late")

    def by_day_done(self, queryset, name, day):
        """Filter to duties that were completed on the evening of `day`, which is at most `as_of`."""
        return queryset.done_on(min(day, self.scope.as_of))

    def chosen(self, queryset, name, duties):
        """Filter to the duties that were ticked."""
        return queryset.filter(pk__in=[duty.pk for duty in duties]) if duties else queryset

    class Meta:
        model = Assignment
        fields = []


class OverdueFilter(AssignmentFilter):
    """Filters of a list of duties that all show the same light."""

    light = completion = done_by = None


class RoundItemFilter(PlanFilter):
    """Filters of the duties of a round; the queryset needs `with_submission`."""

    submission = django_filters.ChoiceFilter(
        choices=Submission, label="报送情况", empty_label="报送情况不限", **CHOICE_ERRORS
    )
    unit = _choose(Unit.objects.none(), "承办单位", "全部单位", field_name="assignment__unit")
    q = requirement_filter("assignment__task")

    def __init__(self, *args, queryset, **kwargs):
        """Limit the choice of units to those of the round."""
        super().__init__(*args, queryset=queryset, **kwargs)
        field = self.form.fields["unit"]
        field.iterator = django_filters.fields.ModelChoiceIterator
        field.queryset = Unit.objects.filter(pk__in=queryset.order_by().values("assignment__unit"))

    class Meta:
        model = RoundItem
        fields = []


class TaskFilter(PlanFilter):
    """Filters of the rows of a plan."""

    q = requirement_filter("")
    part = _choose(Part.objects.none(), "部分", "全部部分", field_name="section__part")
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
        leads = Assignment.objects.filter(plan=self.scope.plan, coordinates=True)
        self.offer("lead", lambda _: Unit.objects.filter(pk__in=leads.values("unit")))

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


class ReviewFilter(PlanFilter):
    """Filters of the review queue, which covers the plans of all years."""

    plan = _choose(Plan.objects.issued(), "年度", "全部年度", field_name="assignment__plan")
    q = requirement_filter("assignment__task")
    unit = _choose(Unit.objects.none(), "填报单位", "全部单位", field_name="assignment__unit")
    part = _choose(Part.objects.none(), "部分", "全部部分", field_name="assignment__task__section__part")
    claims = django_filters.ChoiceFilter(
        choices=[("true", "申报办结"), ("false", "一般进展")],
        method="of_a_kind",
        label="类型",
        empty_label="全部类型",
        **CHOICE_ERRORS,
    )

    review_stage = django_filters.ChoiceFilter(
        choices=ReviewStage, label="所在环节", empty_label="全部环节", **CHOICE_ERRORS
    )

    def of_a_kind(self, queryset, name, value):
        """Filter to claims of completion, or to plain reports."""
        return queryset.filter(claims_completion=value == "true")

    class Meta:
        model = ProgressReport
        fields = []


class ExtensionFilter(PlanFilter):
    """Filters of requests for a later deadline, which cover the plans of all years."""

    q = requirement_filter("assignment__task")
    state = SeveralOf(ExtensionState, "状态", "全部状态")
    unit = SeveralRecords(Unit.objects.none(), "申请单位", "全部单位", field_name="assignment__unit")
    plan = _choose(Plan.objects.issued(), "年度", "全部年度", field_name="assignment__plan")

    class Meta:
        model = Extension
        fields = []


class QuestionFilter(PlanFilter):
    """Filters of questions on rows (答疑), which cover the plans of all years."""

    state = django_filters.ChoiceFilter(
        choices=[("mine", "待我方答复"), ("waiting", "未答复"), ("answered", "已答复")],
        label="答复情况",
        empty_label="答复情况不限",
        method="by_state",
        **CHOICE_ERRORS,
    )
    plan = _choose(Plan.objects.issued(), "年度", "全部年度", field_name="task__plan")
    q = requirement_filter("task")
    part = SeveralRecords(Part.objects.none(), "部分", "全部部分", field_name="task__section__part")
    unit = SeveralRecords(Unit.objects.none(), "提问单位", "全部单位")

    def by_state(self, queryset, name, value):
        """Filter to the questions that the user's side has yet to answer, or by whether anybody has answered."""
        if value == "mine":
            return queryset.waiting_for(self.scope.user)
        waiting = Question.objects.waiting().values("pk")
        return queryset.filter(pk__in=waiting) if value == "waiting" else queryset.exclude(pk__in=waiting)

    class Meta:
        model = Question
        fields = []


class SuspendedFilter(AssignmentFilter):
    """Filters of suspended duties; they have no lights and no period."""

    light = period = completion = done_by = None


SENDERS = [("office", OFFICE), ("lead", "牵头部门")]


def _by_sender(field):
    def filter_by(self, queryset, name, value):
        return queryset.filter(**{f"{field}__isnull": value == "office"})

    return filter_by


class ReminderFilter(PlanFilter):
    """Filters of reminders sent by hand (催办), of all years; the queryset is `listed`."""

    state = django_filters.ChoiceFilter(
        choices=ReminderState, label="回复情况", empty_label="全部回复情况", method="with_an_item", **CHOICE_ERRORS
    )
    grade = django_filters.ChoiceFilter(choices=Grade, label="等级", empty_label="全部等级", **CHOICE_ERRORS)
    unit = _choose(Unit.objects.none(), "被催单位", "全部单位", method="sent_to")
    sender = django_filters.ChoiceFilter(
        choices=SENDERS, label="催办方", empty_label="全部催办方", method="sent_by", **CHOICE_ERRORS
    )
    sent_by = _by_sender("from_unit")
    unseen = django_filters.ChoiceFilter(
        choices=[("yes", "有未阅知的"), ("own", "本单位未阅知的")],
        label="阅知",
        empty_label="不论阅知",
        method="not_seen",
        **CHOICE_ERRORS,
    )

    def _with(self, queryset, items):
        return queryset.filter(Exists(items.filter(reminder=OuterRef("pk"))))

    def with_an_item(self, queryset, name, value):
        """Filter to reminders of which an item that the user may see is in that state."""
        items = ReminderItem.objects.visible_to(self.scope.user).with_state().filter(state=value)
        return self._with(queryset, items)

    def sent_to(self, queryset, name, unit):
        """Filter to reminders of duties of the unit."""
        return self._with(queryset, ReminderItem.objects.filter(assignment__unit=unit))

    def not_seen(self, queryset, name, value):
        """Filter to reminders that nobody of a unit, or of the own unit, has seen."""
        items = ReminderItem.objects
        unseen = items.visible_to(self.scope.user).filter(seen_at__isnull=True)
        return self._with(queryset, items.unseen_by(self.scope.user) if value == "own" else unseen)

    class Meta:
        model = Reminder
        fields = []


class ReminderItemFilter(PlanFilter):
    """Filters of reminders by duty, of all years; the queryset is `listed`."""

    state = django_filters.ChoiceFilter(
        choices=ReminderState, label="回复情况", empty_label="全部回复情况", **CHOICE_ERRORS
    )
    grade = django_filters.ChoiceFilter(
        choices=Grade, label="等级", empty_label="全部等级", field_name="reminder__grade", **CHOICE_ERRORS
    )
    unit = _choose(Unit.objects.none(), "被催单位", "全部单位", field_name="assignment__unit")
    sender = django_filters.ChoiceFilter(
        choices=SENDERS, label="催办方", empty_label="全部催办方", method="sent_by", **CHOICE_ERRORS
    )
    sent_by = _by_sender("reminder__from_unit")
    q = requirement_filter("assignment__task")
    latest = django_filters.ChoiceFilter(
        choices=[("yes", "只看最近一次")],
        label="同一事项",
        empty_label="历次催办",
        method="only_latest",
        **CHOICE_ERRORS,
    )

    def only_latest(self, queryset, name, value):
        """Filter to the last reminder of each duty and sender."""
        return queryset.latest()

    class Meta:
        model = ReminderItem
        fields = []
