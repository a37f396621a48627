"""The office's answers."""

from django import forms

from wenshang_disclosure.common.forms import ServiceForm, TextField


class AnswerForm(ServiceForm):
    """An answer to the version that the reviewer has read."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class ApproveForm(AnswerForm):
    """Approve, with a word where there is one."""

    prefix = "approve"
    comment = TextField(label="审核意见", rows=2, limit=2000, required=False, help_text="可不填。")


class ReturnForm(AnswerForm):
    """Return, with a reason."""

    prefix = "return"
    comment = TextField(
        label="退回原因",
        rows=3,
        limit=2000,
        help_text="填报单位会看到，请写明缺什么、怎么改。",
        error_messages={"required": "请填写退回原因。"},
    )


class RevokeForm(ServiceForm):
    """Take a completion back, with a reason."""

    reason = TextField(
        label="撤销办结的原因", rows=3, limit=2000, error_messages={"required": "请填写撤销办结的原因。"}
    )
