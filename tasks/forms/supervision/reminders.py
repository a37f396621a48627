"""Forms for reminders, acknowledgements and the rules of supervision."""

import uuid
from datetime import timedelta
from types import MappingProxyType

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.text import Truncator

from tasks.choices import Grade
from tasks.filters import DayInput
from tasks.models import ReminderItem, SupervisionRules
from tasks.models.supervision.rules import check_days
from tasks.services.supervision import reminders
from wenshang_disclosure.core.region import worded
from wenshang_disclosure.core.web.forms import RecordsField, ServiceForm, TextField

DAY_ERRORS = {"invalid": "请按“2024-12-31”的格式填写日期。"}


class GradeSelect(forms.RadioSelect):
    """Choice of a grade; each carries the text and the day that are offered with it, for the script of the page."""

    offers = {}  # noqa: RUF012

    def create_option(self, name, value, *args, **kwargs):
        option = super().create_option(name, value, *args, **kwargs)
        option["attrs"] |= self.offers.get(value, {})
        return option


class ReminderForm(ServiceForm):
    """Form for the grade, the day to answer by and the text of a reminder.

    `key` identifies the form, so that posting it twice sends one.
    """

    grade = forms.ChoiceField(
        label="等级",
        choices=Grade,
        widget=GradeSelect,
        error_messages={"invalid_choice": worded("没有这一等级，或者不由您发出。督办由{office_short}发出。")},
    )
    answer_by = forms.DateField(
        label="答复期限",
        widget=DayInput,
        required=False,
        help_text="请单位在这一天24时前报送进展或者书面答复；不填的，按督办规则推算。",
        error_messages=DAY_ERRORS,
    )
    text = TextField(
        label="催办内容",
        rows=6,
        limit=2000,
        error_messages={"required": "请填写催办内容。"},
        help_text="花括号中的占位词按各单位的事项自动填写，发出前在下面逐个单位核对。",
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, grades=tuple(Grade), days=MappingProxyType({}), **kwargs):
        """Offer the grades that the user may send, with the day by which each is to be answered."""
        super().__init__(*args, **kwargs)
        field = self.fields["grade"]
        field.choices = [(grade.value, grade.label) for grade in grades]
        field.widget.offers = {
            grade.value: {"data-text": reminders.default_text(grade), "data-answer-by": f"{days.get(grade, '')}"}
            for grade in grades
        }
        self.fields["answer_by"].widget.attrs["min"] = f"{timezone.localdate() + timedelta(days=1)}"

    @classmethod
    def offered(cls, grade, grades, days, text=""):
        """Return a new form that offers `grades`, with `grade` selected, its day, and its text or the one given."""
        text = text or reminders.default_text(grade)
        initial = {"grade": grade, "answer_by": days[grade], "text": text, "key": uuid.uuid4()}
        return cls(initial=initial, grades=grades, days=days)

    def check_words(self):
        """Return whether text and day will do, with the reason beside the field where they do not."""
        words = {name: self.cleaned_data.get(name) for name in ("text", "answer_by")} if self.is_valid() else None
        return words is not None and self.call(reminders.guard_words, **words)


class AnswerForm(ServiceForm):
    """A unit's answer to a reminder in words, for the duties that are ticked."""

    items = RecordsField(
        queryset=ReminderItem.objects.none(),
        label="答复的事项",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请勾选要答复的事项。", "invalid_choice": "所选事项不能答复，请重新勾选。"},
    )
    text = TextField(
        label="书面答复",
        rows=5,
        limit=2000,
        help_text="写明办理情况、未办结的原因和预计完成时间；催办的一方会看到。有进展的，请直接填报进展。",
        error_messages={"required": "请填写答复。"},
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, offered, ticked=(), **kwargs):
        """Offer items (a queryset); those in `ticked` are chosen at first."""
        super().__init__(*args, initial={"items": [item.pk for item in ticked], "key": uuid.uuid4()}, **kwargs)
        self.fields["items"].queryset = offered
        self.fields["items"].label_from_instance = _row_in_words


def _row_in_words(item):
    task = item.assignment.task
    return f"第{task.number}项　{Truncator(task.requirement).chars(60)}"


class PhraseForm(ServiceForm):
    """A stock phrase (常用语): grade, text and its place among those of its grade."""

    grade = forms.ChoiceField(label="等级", choices=Grade)
    text = TextField(label="内容", rows=5, limit=2000, error_messages={"required": "请填写内容。"})
    order = forms.IntegerField(
        label="排序",
        min_value=1,
        max_value=999,
        initial=100,
        help_text="小的在前；每个等级的第一条，在催办时自动填入。",
        error_messages=dict.fromkeys(["required", "invalid", "min_value", "max_value"], "请填写1至999之间的整数。"),
    )


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
        label=worded("责任单位的报告先由牵头部门提出意见，认可后再转{office_short}审核"), required=False
    )
    NUMBERS = (
        "after_every",
        "unanswered_after",
        "silent_after",
        "leader_after",
        "acknowledge_within",
        "confirm_entered_within",
        "blue_answer_within",
        "yellow_answer_within",
        "red_answer_within",
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
