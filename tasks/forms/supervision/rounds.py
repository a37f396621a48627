"""Forms for calling and changing a reporting round."""

import uuid
from datetime import timedelta

from django import forms
from django.utils import timezone

from departments.choices import UnitKind
from departments.models import Unit
from tasks.filters import DayInput
from tasks.forms.plans.drafts import DAYS
from tasks.models import Assignment, Task
from tasks.services.supervision.rounds import suggested_title
from wenshang_disclosure.core.web.forms import RecordsField, ServiceForm, TextField

USUAL_DURATION = timedelta(days=10)
MAX_REQUEST_CHARS = 2000


def _day(label, **kwargs):
    errors = {"required": f"请填写{label}。", "invalid": "请按“2024-12-31”的格式填写日期。"}
    return forms.DateField(label=label, widget=DayInput, validators=DAYS, error_messages=errors, **kwargs)


class ChangeRoundForm(ServiceForm):
    """Form for the title, text and closing day of a round."""

    title = forms.CharField(label="名称", max_length=100, error_messages={"required": "请填写批次名称。"})
    closes_on = _day("截止日期", help_text="含当日；此后报送的记为逾期报送。")
    text = TextField(label="报送要求", rows=4, limit=MAX_REQUEST_CHARS, required=False, help_text="可不填。")


class RoundForm(ChangeRoundForm):
    """Form for a new round: days, units and rows; selecting none means all."""

    opens_on = _day("开始日期", help_text="自这一天起报送的进展计入本批次。")
    units = RecordsField(
        Unit.objects.none(), label="单位", required=False, error_messages={"invalid_choice": "所选单位不承担本表任务。"}
    )
    tasks = RecordsField(
        Task.objects.none(), label="任务", required=False, error_messages={"invalid_choice": "没有这项任务。"}
    )
    key = forms.UUIDField(widget=forms.HiddenInput, error_messages={"required": "页面不完整，请刷新后重新填写。"})

    def __init__(self, *args, plan, **kwargs):
        """Offer the units and rows of the plan, and the usual days."""
        today = timezone.localdate()
        usual = {
            "title": suggested_title(today),
            "opens_on": today,
            "closes_on": today + USUAL_DURATION,
            "key": uuid.uuid4(),
        }
        super().__init__(*args, initial=usual, **kwargs)
        owing = Assignment.objects.filter(plan=plan).owed()
        self.fields["units"].queryset = Unit.objects.filter(pk__in=owing.order_by().values("unit"))
        self.fields["tasks"].queryset = Task.objects.standing().filter(plan=plan).select_related("section__part")

    @property
    def units_by_kind(self):
        """Return `[(kind, [units])]` of the units on offer."""
        groups = {}
        for unit in self.fields["units"].queryset:
            groups.setdefault(unit.kind, []).append(unit)
        return [(kind.label, groups[kind.value]) for kind in UnitKind if kind.value in groups]

    @property
    def tasks_by_part(self):
        """Return `[(part, [rows], number of selected rows)]`."""
        groups = {}
        for task in self.fields["tasks"].queryset.order_by("section__part__order", "number"):
            groups.setdefault(task.section.part, []).append(task)
        ticked = self.ticked_tasks
        return [(part, rows, sum(str(row.pk) in ticked for row in rows)) for part, rows in groups.items()]

    @property
    def ticked_units(self):
        """Return the ids of the selected units as posted."""
        return set(self["units"].value() or ())

    @property
    def ticked_tasks(self):
        """Return the ids of the selected rows as posted."""
        return set(self["tasks"].value() or ())
