"""Forms of extensions and their requests, suspension and reassignment."""

from django import forms

from departments.models import Unit
from tasks.filters import DayInput
from tasks.forms.plans.drafts import DAYS
from tasks.forms.progress.reports import ManyFilesField, ManyFilesInput
from wenshang_disclosure.core.web.forms import ServiceForm, TextField
from wenshang_disclosure.files.inspection.kinds import ACCEPT, IN_WORDS

MAX_REASON_CHARS = 2000


def _day(label, required, **kwargs):
    """Return a date field; `required` is the error message where it is empty, `""` for an optional field."""
    messages = {"required": required, "invalid": "请按“2024-12-31”的格式填写日期。"}
    return forms.DateField(
        label=label, required=bool(required), widget=DayInput, validators=DAYS, error_messages=messages, **kwargs
    )


def _reason(label, required, rows=3, **kwargs):
    """Return a text field; `required` as in `_day`."""
    return TextField(
        label=label,
        rows=rows,
        limit=MAX_REASON_CHARS,
        required=bool(required),
        error_messages={"required": required},
        **kwargs,
    )


class AskForm(ServiceForm):
    """A unit's request for a later deadline."""

    requested_due_on = _day("申请延至", "请填写申请延至的日期。")
    reason = _reason(
        "延期理由", "请填写延期理由。", rows=5, help_text="写明为什么不能按时完成、已经做到哪一步、还需做什么。"
    )
    late_reason = _reason("逾期后才申请的原因", "已过完成时限，请写明为什么没有在时限之前申请。")
    files = ManyFilesField(
        label="证明材料",
        required=False,
        error_messages={"empty": "所选文件是空文件，不能上传。"},
        help_text=f"可不附，可多选。可上传{IN_WORDS}。",
        widget=ManyFilesInput(attrs={"accept": ACCEPT}),
    )

    def __init__(self, *args, is_late, **kwargs):
        """Remove `late_reason` before the deadline."""
        super().__init__(*args, **kwargs)
        if not is_late:
            del self.fields["late_reason"]

    def clean_files(self):
        """Return the uploaded files, without the empty entry of an empty field."""
        return [file for file in self.cleaned_data["files"] if file]


class DecisionForm(ServiceForm):
    """Base of decisions on a request."""

    @classmethod
    def of(cls, extension):
        """Return an unbound form, with the requested date."""
        return cls(initial={"due_on": extension.requested_due_on})

    def renew(self, extension):
        """Do nothing: a request has no version."""


class GrantForm(DecisionForm):
    """Approval for the requested date or another."""

    prefix = "grant"
    due_on = _day("同意延至", "请填写同意延至的日期。")
    comment = _reason("决定意见", "", rows=2, help_text="可不填。")


class RefuseForm(DecisionForm):
    """Refusal, with a reason."""

    prefix = "refuse"
    comment = _reason("不同意的原因", "请填写不同意的原因。", help_text="承办单位会看到。")


class GrantSeveralForm(ServiceForm):
    """Approval of several requests at once."""

    due_on = _day("统一延至", "", help_text="不填的，按各项申请的日期。")
    comment = _reason("决定意见", "", rows=2, help_text="可不填；写入每一项。")


class RefuseSeveralForm(ServiceForm):
    """Refusal of several requests at once, for one reason."""

    comment = _reason("不同意的原因", "请填写不同意的原因。", help_text="写入每一项，承办单位会看到。")


class ExtendForm(ServiceForm):
    """Extension by the office without a request."""

    prefix = "extend"
    due_on = _day("新的时限", "请填写新的时限。")
    reason = _reason("原因", "请填写调整时限的原因。", help_text="承办单位会看到。")


class SuspendForm(ServiceForm):
    """Suspension of a duty."""

    prefix = "suspend"
    reason = _reason("中止的原因", "请填写中止的原因。", help_text="承办单位会看到。中止期间不计入各项统计，不需填报。")


class ResumeForm(ServiceForm):
    """Resumption of a suspended duty, with a later deadline if wanted."""

    prefix = "resume"
    reason = _reason("恢复办理的原因", "请填写恢复办理的原因。", help_text="承办单位会看到。")
    due_on = _day("新的时限", "", help_text="不填的，时限不变。")


class ReassignForm(ServiceForm):
    """Reassignment of a duty to another unit."""

    prefix = "reassign"
    unit = forms.ModelChoiceField(
        Unit.objects.none(),
        label="改由哪个单位承办",
        empty_label="请选择单位",
        error_messages={"required": "请选择单位。", "invalid_choice": "没有这个单位，请重新选择。"},
    )
    reason = _reason("改派的原因", "请填写改派的原因。", help_text="原承办单位和新承办单位都会看到。")

    def __init__(self, *args, **kwargs):
        """Restrict the choices to active units."""
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.active()
