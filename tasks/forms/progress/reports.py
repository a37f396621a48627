"""Forms of the progress report: content, attestation, evidence."""

from datetime import date

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from tasks.choices import EvidenceKind
from tasks.filters import DayInput
from tasks.models.progress.report import CONTENT_FIELDS
from wenshang_disclosure.core.web.forms import ServiceForm, TextField
from wenshang_disclosure.files.inspection.kinds import ACCEPT, IN_WORDS

FIRST_EVIDENCE_DAY = date(2000, 1, 1)


class ReportForm(ServiceForm):
    """The content of a report, the version that it was filled from, and the attestation."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    text = TextField(label="进展情况", rows=7, required=False, help_text="做了什么、何时完成、在哪里公开、效果如何。")
    obstacles = TextField(label="存在问题", rows=3, required=False, help_text="没有可不填。")
    next_steps = TextField(label="下步措施", rows=3, required=False, help_text="没有可不填。")
    count = forms.IntegerField(
        label="本次完成数量",
        required=False,
        min_value=0,
        max_value=9999,
        error_messages={"invalid": "请填写整数。"},
    )
    claims_completion = forms.BooleanField(label="申报办结：本单位的工作已经完成", required=False)
    open_units_note = TextField(label="对未办结责任单位的说明", rows=3, required=False)

    attested = forms.BooleanField(label="所填内容和材料已通过本单位保密审查，可以报送", required=False)
    attested_name = forms.CharField(label="保密审查人姓名", max_length=40, required=False)

    def __init__(self, *args, assignment, open_units=(), **kwargs):
        """Remove the count where the task has no target, and the note on open units where there are none."""
        super().__init__(*args, **kwargs)
        if not assignment.task.target_count:
            del self.fields["count"]
        if not open_units:
            del self.fields["open_units_note"]


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """A field for several files, cleaned to a list."""

    widget = ManyFilesInput

    def __init__(self, **kwargs):
        """Leave an empty file to the inspection, which refuses it by its name and keeps the others."""
        super().__init__(allow_empty_file=True, **kwargs)

    def clean(self, data, initial=None):
        files = data if isinstance(data, (list, tuple)) and data else [data or None]
        return [super(ManyFilesField, self).clean(file, initial) for file in files]


class EvidenceFormBase(ServiceForm):
    """Base of forms that attach evidence of one day; `DATED_ON` names the field of the day."""

    DATED_ON = ""

    def __init__(self, *args, plan, **kwargs):
        """Take days from 2000 on and up to the end of the year after the plan's."""
        super().__init__(*args, **kwargs)
        last = date(plan.year + 1, 12, 31)
        field = self.fields[self.DATED_ON]
        field.widget.attrs |= {"min": f"{FIRST_EVIDENCE_DAY}", "max": f"{last}"}
        field.validators += [
            MinValueValidator(FIRST_EVIDENCE_DAY, "日期早于2000年，请核对后重新填写。"),
            MaxValueValidator(last, f"日期晚于{last.year}年底，请核对后重新填写。"),
        ]


class EvidenceForm(EvidenceFormBase):
    """Files to attach, of one kind and day."""

    DATED_ON = "file_dated_on"
    refused_on = "files"
    files = ManyFilesField(
        label="选择文件",
        error_messages={"required": "请选择要上传的文件。"},
        help_text=f"可多选。可上传{IN_WORDS}。",
        widget=ManyFilesInput(attrs={"accept": ACCEPT}),
    )
    file_kind = forms.ChoiceField(
        label="材料类别", choices=[("", "按文件名判断"), *EvidenceKind.choices], required=False
    )
    file_dated_on = forms.DateField(label="材料日期", required=False, widget=DayInput)

    def keywords(self):
        """Return the keywords of `evidence.attach_files`."""
        cleaned = self.cleaned_data
        return {"uploads": cleaned["files"], "kind": cleaned["file_kind"], "dated_on": cleaned["file_dated_on"]}


class LinkForm(EvidenceFormBase):
    """A published address to attach."""

    DATED_ON = "link_dated_on"
    refused_on = "url"
    url = forms.URLField(
        label="发布链接",
        max_length=500,
        assume_scheme="https",
        error_messages={
            "required": "请填写发布链接。",
            "invalid": "请填写完整的网址，以 http:// 或 https:// 开头。",
        },
    )
    link_title = forms.CharField(label="页面标题", max_length=200, required=False)
    link_dated_on = forms.DateField(label="发布日期", required=False, widget=DayInput)

    def keywords(self):
        """Return the keywords of `evidence.attach_link`."""
        cleaned = self.cleaned_data
        return {"url": cleaned["url"], "title": cleaned["link_title"], "dated_on": cleaned["link_dated_on"]}


class RowForm(ReportForm):
    """The content of the report of one row among several, whose attestation is given for all of them together."""

    held = forms.BooleanField(label="这一件先不报送", required=False)

    def __init__(self, *args, row, **kwargs):
        """`row` is a `batch.Row`: its draft or returned report fills the form."""
        initial = {**row.words(), "version": row.version}
        duty = row.duty
        super().__init__(
            *args, assignment=duty, open_units=row.open_units, prefix=f"d{duty.pk}", initial=initial, **kwargs
        )
        del self.fields["attested"], self.fields["attested_name"]
        for name, field in self.fields.items():
            field.widget.attrs |= {"aria-label": f"第{duty.task.number}项{field.label}", "data-field": name}
        self.fields["text"].widget.attrs |= {"rows": 1, "placeholder": "填写本期进展"}

    def words(self):
        """Return the cleaned content of the report."""
        return {name: self.cleaned_data[name] for name in CONTENT_FIELDS if name in self.cleaned_data}


class AttestationForm(ServiceForm):
    """One attestation of the confidentiality review for several reports."""

    attested = forms.BooleanField(label="以上内容和材料已通过本单位保密审查，可以报送", required=False)
    attested_name = forms.CharField(
        label="审查人", max_length=40, required=False, widget=forms.TextInput(attrs={"aria-label": "审查人"})
    )


class RelabelForm(EvidenceFormBase):
    """Title, kind and day of one item of evidence that is attached already; its fields carry the item's id."""

    DATED_ON = "dated_on"
    refused_on = "title"
    title = forms.CharField(label="名称", max_length=200, error_messages={"required": "请填写材料名称。"})
    kind = forms.ChoiceField(label="类别", choices=EvidenceKind)
    dated_on = forms.DateField(label="日期", required=False, widget=DayInput)
    shown = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)

    def __init__(self, *args, item, **kwargs):
        """Name the fields after the item."""
        self.item_id = item.pk
        super().__init__(*args, use_required_attribute=False, **kwargs)

    def add_prefix(self, field_name):
        """Return the name of a field on the page."""
        return self.name_of(field_name, self.item_id)

    @staticmethod
    def name_of(field_name, pk):
        """Return the name of a field for the item with this id."""
        return f"relabel_{field_name}-{pk}"

    @classmethod
    def posted_ids(cls, posted):
        """Return the ids of the items whose fields were posted with another label than they were shown with."""
        prefix = cls.name_of("title", "")
        ids = [name.removeprefix(prefix) for name in posted if name.startswith(prefix)]
        return [pk for pk in ids if cls._typed(posted, pk) != posted.get(cls.name_of("shown", pk))]

    @classmethod
    def _typed(cls, posted, pk):
        kind, day, title = (posted.get(cls.name_of(name, pk), "").strip() for name in ("kind", "dated_on", "title"))
        return f"{kind}|{day}|{title}"

    @classmethod
    def from_posted(cls, posted, pk, *, item, plan):
        """Return the form of `item`, bound to what was posted for `pk`: its own id, or that of what it is a copy of."""
        names = ("title", "kind", "dated_on", "shown")
        data = {cls.name_of(name, item.pk): posted.get(cls.name_of(name, pk), "") for name in names}
        return cls(data, item=item, plan=plan)
