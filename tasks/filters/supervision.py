"""Filter sets of the duties of a round, and of reminders sent by hand (催办)."""

import django_filters
from django.db.models import Exists, OuterRef

from departments.models import Unit
from tasks.choices import Grade, ReminderState, RoundPhase, Submission
from tasks.models import Reminder, ReminderItem, ReportingRound, RoundItem
from wenshang_disclosure.core.region import worded

from .base import CHOICE_ERRORS, MAX_SEARCH_CHARS, PlanFilter, SeveralOf, SeveralRecords, requirement_filter


class RoundFilter(PlanFilter):
    """Filters of rounds (报送批次), of all years."""

    q = django_filters.CharFilter(
        field_name="title", lookup_expr="icontains", label="名称中的文字", max_length=MAX_SEARCH_CHARS
    )
    phase = SeveralOf(RoundPhase, "状态", "全部状态", method="in_a_phase")
    origin = django_filters.ChoiceFilter(
        choices=[("called", "办公室发起"), ("recurring", "定期产生")],
        label="来源",
        empty_label="全部来源",
        method="from_origin",
        **CHOICE_ERRORS,
    )

    def in_a_phase(self, queryset, name, phases):
        """Filter to rounds that are in one of these phases today."""
        return queryset.in_phases(phases) if phases else queryset

    def from_origin(self, queryset, name, value):
        """Filter to rounds that the office called, or that a recurring deadline opened."""
        return queryset.filter(occurs_on__isnull=value == "called")

    class Meta:
        model = ReportingRound
        fields = []


class RoundItemFilter(PlanFilter):
    """Filters of the duties of a round; the queryset needs `with_submission`."""

    submission = django_filters.ChoiceFilter(
        choices=Submission, label="报送情况", empty_label="报送情况不限", **CHOICE_ERRORS
    )
    unit = SeveralRecords(Unit.objects.none(), "承办单位", "全部单位", field_name="assignment__unit")
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


SENDERS = [("office", worded("{office_short}")), ("lead", "牵头部门")]


def _by_sender(field):
    def filter_by(self, queryset, name, value):
        return queryset.filter(**{f"{field}__isnull": value == "office"})

    return filter_by


class ReminderFilter(PlanFilter):
    """Filters of reminders sent by hand (催办), of all years; the queryset is `listed`."""

    state = SeveralOf(ReminderState, "回复情况", "全部回复情况", method="with_an_item")
    grade = SeveralOf(Grade, "等级", "全部等级")
    unit = SeveralRecords(Unit.objects.none(), "被催单位", "全部单位", method="sent_to")
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

    def with_an_item(self, queryset, name, states):
        """Filter to reminders of which an item that the user may see is in one of those states."""
        items = ReminderItem.objects.visible_to(self.scope.user).with_state().filter(state__in=states)
        return self._with(queryset, items) if states else queryset

    def sent_to(self, queryset, name, units):
        """Filter to reminders of duties of one of the units."""
        return self._with(queryset, ReminderItem.objects.filter(assignment__unit__in=units)) if units else queryset

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

    state = SeveralOf(ReminderState, "回复情况", "全部回复情况")
    grade = SeveralOf(Grade, "等级", "全部等级", field_name="reminder__grade")
    unit = SeveralRecords(Unit.objects.none(), "被催单位", "全部单位", field_name="assignment__unit")
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
