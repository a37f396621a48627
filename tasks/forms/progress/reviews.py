"""Forms of the office's review: approval, return, rating, revocation."""

from django import forms

from tasks.choices import GOOD_ENOUGH_TO_FOLLOW, Quality
from wenshang_disclosure.core.web.forms import ServiceForm, TextField

NOT_RATED = ("", "暂不评价")
PHRASES = ("请补充公开链接。", "数字与台账不一致，请核对后重报。", "材料不能说明进展，请更换。")
"""What is often written to a unit whose report is returned."""


class AnswerForm(ServiceForm):
    """Base of answers to a report, with the version that the user has read."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    @classmethod
    def of(cls, report):
        """Return an unbound form for the current version of the report."""
        return cls(initial={"version": report.version})

    def renew(self, report):
        """Set the version of the bound form to that of the report as rendered now."""
        self.data = {**self.data.dict(), self.add_prefix("version"): report.version}


class RatingForm(ServiceForm):
    """The quality rating of a report, used by the annual assessment."""

    quality = forms.TypedChoiceField(
        label="质量评价",
        choices=[NOT_RATED, *Quality.choices],
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "没有这一档质量评价，请重新选择。"},
    )
    is_exemplary = forms.BooleanField(label="列为典型经验（限评为优、良的）", required=False)

    def clean(self):
        """Add an error where an exemplary report is not rated well enough."""
        cleaned = super().clean()
        if cleaned.get("is_exemplary") and "quality" in cleaned and cleaned["quality"] not in GOOD_ENOUGH_TO_FOLLOW:
            self.add_error("is_exemplary", "评为“优”或“良”的报告才能列为典型经验。")
        return cleaned


class ApproveForm(RatingForm, AnswerForm):
    """Approval, with an optional comment and rating."""

    comment = TextField(label="审核意见", rows=4, limit=2000, required=False, help_text="可不填。")


class RateForm(RatingForm):
    prefix = "rate"

    @classmethod
    def of(cls, report):
        """Return an unbound form with the current rating."""
        return cls(initial={"quality": report.quality or "", "is_exemplary": report.is_exemplary})

    def renew(self, report):
        """Do nothing: a rating has no version."""


class ReturnForm(ApproveForm):
    """Return, with a reason: the same fields as those of the approval, as one form serves both."""

    comment = TextField(
        label="审核意见",
        rows=4,
        limit=2000,
        help_text="填报单位会看到，请写明缺什么、怎么改。",
        error_messages={"required": "请填写退回原因。"},
    )

    def clean(self):
        """Do nothing: a returned report is not rated."""

    def keywords(self):
        return {name: self.cleaned_data[name] for name in ("comment", "version")}


class RevokeForm(ServiceForm):
    """Revocation of a completion."""

    reason = TextField(
        label="撤销办结的原因", rows=3, limit=2000, error_messages={"required": "请填写撤销办结的原因。"}
    )
