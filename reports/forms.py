"""Forms of the rubric, of publication and of custom templates."""

import uuid
from dataclasses import asdict

from django import forms

from wenshang_disclosure.core.web.forms import ServiceForm, TextField

from .assessment import RubricValues, numbers


def _number(field):
    return forms.DecimalField(
        label=field.label,
        min_value=0,
        max_value=field.most,
        max_digits=5,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
        error_messages={
            "required": f"请填写“{field.label}”。",
            "invalid": "请填写数字。",
            "min_value": f"应在0至{field.most}之间。",
            "max_value": f"应在0至{field.most}之间。",
            "max_decimal_places": "最多保留两位小数。",
            "max_digits": "数字过长，请重新填写。",
            "max_whole_digits": f"应在0至{field.most}之间。",
        },
    )


class RubricForm(ServiceForm):
    """Form of a rubric; `seen` is the version it was edited from."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in numbers.FIELDS:
            self.fields[field.name] = _number(field)
            self.fields[field.name].widget.attrs["class"] = "form-control"

    @classmethod
    def of(cls, current, seen):
        """Return a form showing the current rubric."""
        shown = {name: value.normalize() for name, value in asdict(current).items()}
        return cls(initial={**{name: f"{value:f}" for name, value in shown.items()}, "seen": seen})

    def clean(self):
        """Validate the values together, by the same rule as the service."""
        cleaned = super().clean()
        if not self.errors:
            for name, sentence in numbers.problems(self.numbers).items():
                self.add_error(name, sentence)
        return cleaned

    @property
    def has_numbers(self):
        """Whether all values are readable and valid; the form may have another error all the same."""
        return all(field.name in self.cleaned_data for field in numbers.FIELDS) and not numbers.problems(self.numbers)

    @property
    def numbers(self):
        """The `RubricValues` entered; requires every value to be readable."""
        return RubricValues(**{field.name: self.cleaned_data[field.name] for field in numbers.FIELDS})

    @property
    def groups(self):
        """The fields by group: `(heading, hint, bound fields)`."""
        return [(heading, hint, [self[field.name] for field in group]) for heading, hint, group in numbers.GROUPS]


class PublishForm(ServiceForm):
    """Form for publishing the points of a day; `seen` is the rubric's version, `key` identifies the form."""

    as_of = forms.DateField(widget=forms.HiddenInput, error_messages={"required": "请先选择截至日期。"})
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    key = forms.UUIDField(widget=forms.HiddenInput)

    @classmethod
    def offered(cls, as_of, seen):
        """Return a new form with its own key."""
        return cls(initial={"as_of": f"{as_of:%Y-%m-%d}", "seen": seen, "key": uuid.uuid4()})


class RankingForm(ServiceForm):
    """Form that switches the ranking of units on or off; `seen` is the decision that was shown."""

    is_on = forms.TypedChoiceField(
        choices=[("yes", "开启"), ("no", "关闭")],
        coerce=lambda value: value == "yes",
        widget=forms.HiddenInput,
        error_messages={"required": "请选择开启或者关闭。", "invalid_choice": "请选择开启或者关闭。"},
    )
    reason = TextField(
        label="依据或者原因",
        rows=2,
        limit=500,
        error_messages={"required": "请写明依据或者原因。"},
    )
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    @classmethod
    def offered(cls, is_on, seen):
        """Return a form that switches it the other way."""
        return cls(initial={"is_on": "no" if is_on else "yes", "seen": seen})


class TemplateForm(ServiceForm):
    """Upload of a custom template."""

    upload = forms.FileField(
        label="模板文件",
        help_text="不含宏的 Word 文档（.docx），不超过5 MB。",
        widget=forms.FileInput(attrs={"accept": ".docx"}),
        error_messages={"required": "请选择文件。", "empty": "文件是空的，请核对后重新选择。"},
    )
