"""Forms for issuing a plan, picking its units, and amending a row after issue."""

from django import forms

from departments.choices import UnitKind
from departments.models import Unit
from tasks.filters import DayInput
from tasks.models import Designation
from wenshang_disclosure.core.web.forms import RecordsField, ServiceForm, TextField

from .drafts import DAYS, RowForm

A_DAY = {"invalid": "请按“2024-12-31”的格式填写日期。"}


class IssueForm(ServiceForm):
    """Form for the date and document number of the issue."""

    issued_on = forms.DateField(
        label="印发日期",
        widget=DayInput,
        validators=DAYS,
        error_messages={"required": "请填写印发日期。", "invalid": "请按“2024-12-31”的格式填写日期。"},
        help_text="各单位的承办事项自这一天起算。",
    )
    document_number = forms.CharField(label="发文字号", max_length=60, required=False)
    used_from = forms.DateField(
        label="启用日期",
        required=False,
        widget=DayInput,
        validators=DAYS,
        error_messages=A_DAY,
        help_text="印发在先、现在才启用本系统的填写：从这一天起计，此前没有逾期和待签收，考核也不算。不填的，从印发日期起计。",
    )
    catch_up_by = forms.DateField(
        label="补办期限",
        required=False,
        widget=DayInput,
        validators=DAYS,
        error_messages=A_DAY,
        help_text="启用时表列时限已过的事项，在这一天以前报送或者补录的，不算逾期。",
    )


class PickForm(ServiceForm):
    """Form for the entries and the units picked for them."""

    designations = RecordsField(Designation.objects.none(), error_messages={"required": "请先勾选任务。"})
    units = RecordsField(Unit.objects.none(), required=False)
    adding = forms.BooleanField(required=False)

    def __init__(self, *args, plan, **kwargs):
        """Offer the unresolved entries of `plan`."""
        super().__init__(*args, **kwargs)
        self.fields["designations"].queryset = Designation.objects.to_pick_for(plan)
        self.fields["units"].queryset = Unit.objects.active()

    def clean(self):
        """Reject adding without units."""
        cleaned = super().clean()
        if cleaned.get("adding") and not cleaned.get("units"):
            self.add_error("units", "请勾选要加入的单位。")
        return cleaned


def units_by_kind():
    """Return `[(kind, [units])]` of the units that exist today."""
    groups = {}
    for unit in Unit.objects.active():
        groups.setdefault(unit.kind, []).append(unit)
    return [(kind.label, groups[kind.value]) for kind in UnitKind if kind.value in groups]


class AmendForm(RowForm):
    """Form for amending an issued row: everything but its section, and the reason."""

    reason = TextField(
        label="调整原因",
        rows=3,
        limit=2000,
        error_messages={"required": "请填写调整原因。"},
        help_text="会写入所涉及各单位的流转记录。",
    )

    replace_extensions = forms.BooleanField(
        label="已延期的事项也改为新时限",
        required=False,
        help_text="不勾选的，已延期的事项取新时限和延期后时限中较晚的一个。",
    )
    extensions_seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        """Remove the field of the section."""
        super().__init__(*args, **kwargs)
        del self.fields["section"]

    def seen_anew(self, version, extensions=""):
        """Set the marks of the current content and of the extended duties that the page shows."""
        super().seen_anew(version)
        if self.is_bound:
            self.data["extensions_seen"] = extensions
        else:
            self.initial["extensions_seen"] = extensions
