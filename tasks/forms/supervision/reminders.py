"""Forms for reminders, acknowledgements and the rules of supervision."""

import uuid

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from tasks.choices import Grade
from tasks.filters import DayInput
from tasks.models import SupervisionRules
from tasks.models.supervision.rules import check_days
from wenshang_disclosure.core.web.forms import ServiceForm, TextField

DAY_ERRORS = {"invalid": "请按“2024-12-31”的格式填写日期。"}


class ReminderForm(ServiceForm):
    """Form for the grade and text of a reminder; `key` identifies the form, so that posting it twice sends one."""

    grade = forms.ChoiceField(
        label="等级",
        choices=Grade,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "没有这一等级，或者不由您发出。督办由县政府办公室发出。"},
    )
    text = TextField(
        label="催办内容",
        rows=4,
        limit=2000,
        error_messages={"required": "请填写催办内容。"},
        help_text="承办单位会看到。可从下面的常用语中选用后修改。",
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, grades=tuple(Grade), **kwargs):
        """Offer the grades that the user may send."""
        super().__init__(*args, **kwargs)
        self.fields["grade"].choices = [(grade.value, grade.label) for grade in grades]

    @classmethod
    def offered(cls, grade, grades):
        """Return a new form that offers `grades`, with `grade` selected."""
        return cls(initial={"grade": grade, "key": uuid.uuid4()}, grades=grades)


class AcknowledgementForm(ServiceForm):
    """Form for the people in charge of the acknowledged duties."""

    handler = forms.CharField(label="经办人", max_length=40, required=False, help_text="可不填。")
    leader = forms.CharField(label="分管领导", max_length=40, required=False, help_text="可不填。")


def _number_field(name):
    """Return the form field of a number of `SupervisionRules`, with the limits of its model field."""
    field = SupervisionRules._meta.get_field(name)
    limits = {
        kind: [validator.limit_value for validator in field.validators if isinstance(validator, kind)]
        for kind in (MinValueValidator, MaxValueValidator)
    }
    least, most = max([0, *limits[MinValueValidator]]), min(limits[MaxValueValidator])
    sentence = f"请填写{least}至{most}之间的整数。"
    wrong = dict.fromkeys(["required", "invalid", "min_value", "max_value"], sentence)
    return field.formfield(min_value=least, max_value=most, error_messages=wrong)


class RulesForm(ServiceForm):
    """Form for the rules by which a plan is supervised."""

    is_on = forms.BooleanField(label="每天自动提醒", required=False)
    days_before = forms.CharField(
        label="距时限还有几天时提醒", required=False, help_text="天数之间用顿号分开，如“30、15、7、3、1”；留空不提醒。"
    )
    through_lead = forms.BooleanField(
        label="责任单位的报告先由牵头部门提出意见，认可后再转县政府办公室审核", required=False
    )
    NUMBERS = (
        "after_every",
        "unanswered_after",
        "silent_after",
        "leader_after",
        "acknowledge_within",
        "confirm_entered_within",
    )

    def __init__(self, *args, rules, **kwargs):
        """Fill in the current rules; labels and limits come from the model."""
        initial = {name: getattr(rules, name) for name in ("is_on", "through_lead", "until", *self.NUMBERS)}
        initial["days_before"] = "、".join(map(str, rules.days_before))
        super().__init__(*args, initial=initial, **kwargs)
        self.fields |= {name: _number_field(name) for name in self.NUMBERS}
        until = SupervisionRules._meta.get_field("until")
        self.fields["until"] = until.formfield(widget=DayInput, error_messages=DAY_ERRORS)
        for name in (*self.NUMBERS, "until"):
            self.fields[name].widget.attrs["class"] = "form-control"
        self.order_fields(["is_on", "days_before", *self.NUMBERS, "until", "through_lead"])

    def clean_days_before(self):
        """Return the days as a list of integers, largest first."""
        parts = self.cleaned_data["days_before"].replace("，", "、").replace(",", "、").split("、")
        words = [part.strip() for part in parts if part.strip()]
        if not all(word.isdecimal() and len(word) < 4 for word in words):
            raise forms.ValidationError("请填写天数，用顿号分开，如“30、15、7”。")
        days = sorted(map(int, words), reverse=True)
        check_days(days)
        return days
