"""Forms of 填报表 and of reports that the office enters for a unit (代填)."""

from django import forms

from departments.models import Unit
from tasks.choices import EvidenceKind
from tasks.filters import DayInput
from tasks.services.progress.sheet_lines import links_in
from wenshang_disclosure.core.region import worded
from wenshang_disclosure.core.web.forms import ServiceForm, TextField
from wenshang_disclosure.files import uses
from wenshang_disclosure.files.inspection.kinds import ACCEPT

from .reports import EvidenceForm, ManyFilesField, ManyFilesInput, ReportForm

MAX_LINKS_CHARS = 5_000
UNIT_ATTESTED = "该单位已对所填内容和材料进行保密审查，可以报送"


class UnitField(forms.ModelChoiceField):
    """A choice of one active unit."""

    def __init__(self, **kwargs):
        errors = {"required": "请选择单位。", "invalid_choice": "没有这个单位，请重新选择。"}
        super().__init__(Unit.objects.none(), label="单位", empty_label="请选择", error_messages=errors, **kwargs)


class SheetForm(ServiceForm):
    """A filled-in 填报表; the office says of which unit it is."""

    refused_on = "upload"
    unit = UnitField()
    upload = forms.FileField(
        label="填好的填报表",
        help_text=f".xlsx 文件，不超过{uses.SHEETS.max_bytes // uses.MB} MB。上传后先核对，确认之前不改动任何内容。",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.et"}),
        error_messages={"required": "请选择文件。", "empty": "文件是空的，请核对后重新选择。"},
    )

    def __init__(self, *args, for_unit, **kwargs):
        """Ask for the unit where the office takes the sheet in (`for_unit`)."""
        super().__init__(*args, **kwargs)
        if for_unit:
            self.fields["unit"].queryset = Unit.objects.active()
        else:
            del self.fields["unit"]


class AttestForm(ServiceForm):
    """One attestation of the confidentiality review for all reports of a sheet."""

    attested = forms.BooleanField(label="所填内容和材料已通过本单位保密审查，可以报送", required=False)
    attested_name = forms.CharField(label="保密审查人姓名", max_length=40, required=False)

    def __init__(self, *args, for_unit=False, **kwargs):
        """Word it for the unit for which the office enters (`for_unit`)."""
        super().__init__(*args, **kwargs)
        if for_unit:
            self.fields["attested"].label = UNIT_ATTESTED
            self.fields["attested_name"].label = "该单位保密审查人姓名"


class EnterForm(ReportForm):
    """The content of a report that the office enters for a unit, its evidence, and the attestation."""

    links = TextField(
        label="发布链接", rows=3, limit=MAX_LINKS_CHARS, required=False, help_text="一行一个网址，网址前可以写标题。"
    )
    files = ManyFilesField(
        label="佐证文件",
        required=False,
        help_text=EvidenceForm.base_fields["files"].help_text,
        widget=ManyFilesInput(attrs={"accept": ACCEPT}),
    )
    kind = forms.ChoiceField(label="材料类别", choices=[("", "按文件名判断"), *EvidenceKind.choices], required=False)
    dated_on = forms.DateField(label="材料日期", required=False, widget=DayInput)
    reported_on = forms.DateField(
        label="补录：报告日期",
        required=False,
        widget=DayInput,
        error_messages={"invalid": "请按“2024-06-30”的格式填写日期。"},
        help_text="启用本系统以前报过的，填当时报告的日期，标为补录，不算逾期。现在的报告不填。",
    )

    def __init__(self, *args, **kwargs):
        """Ask for the day of an earlier report only where the plan was issued before the product was used for it."""
        super().__init__(*args, **kwargs)
        del self.fields["version"]
        if kwargs["assignment"].plan.used_from is None:
            del self.fields["reported_on"]
        self.fields["claims_completion"].label = "申报办结：该单位在该任务上的工作已经完成"
        self.fields["attested"].label = UNIT_ATTESTED
        self.fields["attested_name"].label = "该单位保密审查人姓名"

    def clean_links(self):
        """Return pairs of title and URL."""
        links, wrong = links_in(self.cleaned_data["links"])
        if wrong:
            raise forms.ValidationError([f"“{text[:60]}”不是完整的网址。" for text in wrong])
        return links

    def clean_files(self):
        """Return the chosen files, without the empty place of none."""
        return [file for file in self.cleaned_data["files"] if file]


class ObjectionForm(ServiceForm):
    """Why a unit objects to what was entered for it."""

    refused_on = "reason"
    reason = TextField(
        label="异议理由",
        rows=3,
        limit=2000,
        error_messages={"required": "请写明对哪些内容有异议。"},
        help_text=worded("{office_short}会看到。"),
    )
