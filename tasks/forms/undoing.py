"""Forms by which the office takes back what it did (撤回)."""

from django import forms

from tasks.filters import DayInput
from tasks.forms.plans.drafts import DAYS
from wenshang_disclosure.core.web.forms import ServiceForm, TextField


class UndoForm(ServiceForm):
    """The reason, with the mark of what the page said would happen."""

    reason = TextField(
        label="撤回的原因",
        rows=3,
        limit=2000,
        help_text="所涉及的单位会看到。",
        error_messages={"required": "请填写撤回的原因。"},
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def seen_anew(self, mark):
        """Set the mark of what the page says now."""
        if self.is_bound:
            self.data = {**self.data.dict(), "seen": mark}
        else:
            self.initial["seen"] = mark


class ReopenForm(UndoForm):
    """The same, with another closing day of the round."""

    closes_on = forms.DateField(
        label="截止日期",
        widget=DayInput,
        validators=DAYS,
        help_text="含当日；此后报送的记为逾期报送。",
        error_messages={"required": "请填写截止日期。", "invalid": "请按“2024-12-31”的格式填写日期。"},
    )
    field_order = ["closes_on", "reason"]


class WithdrawForm(UndoForm):
    """The reason for withdrawing a reminder."""

    reason = TextField(
        label="撤销的原因",
        rows=3,
        limit=2000,
        help_text="所催的单位会看到。",
        error_messages={"required": "请填写撤销的原因。"},
    )
