"""Filter sets of duties, of reports that wait for review, and of questions."""

import django_filters
from django import forms
from django.utils import timezone

from departments.choices import UnitKind
from departments.models import Unit
from tasks.choices import DutyRole, Light, PeriodSeen, ReviewStage
from tasks.models import Assignment, Part, Plan, ProgressReport, Question, Section, SupervisionRules
from tasks.models.supervision.period import with_period_seen

from .base import CHOICE_ERRORS, DAY, IdsFilter, PlanFilter, SeveralOf, SeveralRecords, choose, requirement_filter

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


class ReviewFilter(PlanFilter):
    """Filters of the review queue, which covers the plans of all years."""

    plan = choose(Plan.objects.issued(), "年度", "全部年度", field_name="assignment__plan")
    q = requirement_filter("assignment__task")
    unit = SeveralRecords(Unit.objects.none(), "填报单位", "全部单位", field_name="assignment__unit")
    part = SeveralRecords(Part.objects.none(), "部分", "全部部分", field_name="assignment__task__section__part")
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


class QuestionFilter(PlanFilter):
    """Filters of questions on rows (答疑), which cover the plans of all years."""

    state = django_filters.ChoiceFilter(
        choices=[("mine", "待我方答复"), ("waiting", "未答复"), ("answered", "已答复")],
        label="答复情况",
        empty_label="答复情况不限",
        method="by_state",
        **CHOICE_ERRORS,
    )
    plan = choose(Plan.objects.issued(), "年度", "全部年度", field_name="task__plan")
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
