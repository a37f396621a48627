"""Forms of a unit's leader and of a lead on a report."""

from django import forms

from tasks.choices import Opinion
from wenshang_disclosure.core.web.forms import TextField

from .reviews import AnswerForm


class LeaderApproveForm(AnswerForm):
    """Approval by the leader."""

    prefix = "approve"


class SendBackForm(AnswerForm):
    """Return by the leader for changes."""

    prefix = "back"
    comment = TextField(
        label="修改意见",
        rows=3,
        limit=2000,
        help_text="联络员会看到，请写明改什么。",
        error_messages={"required": "请填写修改意见。"},
    )

    @classmethod
    def in_list(cls, report):
        """Return an unbound form for a page with several of them: the ids contain the report's pk."""
        return cls(initial={"version": report.version}, auto_id=f"id_{report.pk}_%s")


class EndorseForm(AnswerForm):
    """Endorsement of several reports by their lead."""


class OpinionForm(AnswerForm):
    """A lead's opinion on one report; the ids contain the report's pk, as a page has several of these forms."""

    opinion = forms.ChoiceField(
        label="牵头意见",
        choices=Opinion,
        widget=forms.RadioSelect,
        error_messages={
            "required": "请选择“认可”或“需补充”。",
            "invalid_choice": "请选择“认可”或“需补充”。",
        },
    )
    text = TextField(label="说明", rows=2, limit=2000, required=False, help_text="提出“需补充”的，请写明补充什么。")

    def __init__(self, *args, report, **kwargs):
        super().__init__(*args, auto_id=f"id_{report.pk}_%s", **kwargs)

    @classmethod
    def of(cls, report):
        """Return an unbound form for the current version of the report."""
        return cls(report=report, initial={"version": report.version})
