"""Forms for drawing up a supplement (补充通知): what it is about, and what it makes of rows of the plan."""

from django import forms

from departments.services.resolve import NameRegistry
from tasks.choices import Recurrence
from tasks.filters import DayInput
from tasks.imports.meaning import deadlines
from tasks.models import Supplement, SupplementChange, Task
from wenshang_disclosure.core.region import worded
from wenshang_disclosure.core.web.forms import RecordsField, TextField
from wenshang_disclosure.files.inspection.kinds import ACCEPT

from .drafts import BY_MONTHS, DAYS, WHEN, WHOLE_NUMBER, NamesField, RowForm, SeenForm, known_names, limit_of

NO_ROWS = {"required": "请先勾选任务。"}
MAX_REASON_CHARS = 2000
STEPS = (*WHEN, "deadline_as_written", "lead", "responsible", "dropped", "find")


class SupplementForm(SeenForm):
    """Form for title, number, date and file of a supplement."""

    document_number = forms.CharField(
        label="文号",
        max_length=limit_of(Supplement, "document_number"),
        required=False,
        help_text=worded("如“{code}〔2024〕12号”，印发前填写。随每一项任务显示。"),
    )
    dated_on = forms.DateField(label="通知日期", required=False, widget=DayInput, validators=DAYS)
    title = forms.CharField(label="通知标题", max_length=limit_of(Supplement, "title"), required=False)
    upload = forms.FileField(
        label="通知文件",
        required=False,
        help_text="可不附。各单位可以下载。",
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        error_messages={"empty": "文件是空的，请核对后重新选择。"},
    )
    drop_file = forms.BooleanField(label="不再附原来的文件", required=False)

    def __init__(self, *args, supplement, **kwargs):
        """Fill in what the draft has."""
        about = {name: getattr(supplement, name) for name in ("document_number", "dated_on", "title")}
        super().__init__(*args, initial=about, **kwargs)
        if not supplement.file_id:
            del self.fields["drop_file"]


class ChosenRowsForm(SeenForm):
    """Base of forms for chosen rows of the plan."""

    tasks = RecordsField(Task.objects.none(), error_messages=NO_ROWS)

    def __init__(self, *args, plan, **kwargs):
        """Offer the rows in force of `plan`."""
        super().__init__(*args, **kwargs)
        self.fields["tasks"].queryset = Task.objects.standing().filter(plan=plan)


class RemoveRowsForm(ChosenRowsForm):
    """Form for taking rows out of the plan."""

    refused_on = "why"
    why = TextField(
        label="取消的原因", rows=2, limit=MAX_REASON_CHARS, error_messages={"required": "请填写取消的原因。"}
    )

    def keywords(self):
        return {"reason": self.cleaned_data.pop("why"), **self.cleaned_data}


class ChangeRowsForm(ChosenRowsForm):
    """Form for one change of several rows: a new deadline, units to add or to take out, words to replace."""

    deadline_as_written = forms.CharField(
        label="完成时限改为（原文）",
        max_length=limit_of(Task, "deadline_as_written"),
        required=False,
        help_text="如“11月底前”。读得出日期的，右边可以不填。",
    )
    due_on = forms.DateField(label="完成日期", required=False, widget=DayInput, validators=DAYS)
    recurrence = forms.ChoiceField(label="或者，周期", choices=[("", "没有周期"), *Recurrence.choices], required=False)
    recurrence_day = forms.IntegerField(
        label="周期内第几日", min_value=1, max_value=31, required=False, error_messages=WHOLE_NUMBER
    )
    lead = NamesField(label="增加牵头部门", help_text="一行一个单位或统称。")
    responsible = NamesField(label="增加责任单位", help_text="一行一个单位或统称。")
    dropped = NamesField(label="去掉单位", help_text="从两栏中去掉，一行一个。")
    find = forms.CharField(label="具体要求中的", max_length=200, required=False)
    replacement = forms.CharField(label="替换为", max_length=500, required=False)
    reason = TextField(
        label="调整原因", rows=2, limit=MAX_REASON_CHARS, required=False, help_text="不填的，写作“据本通知补充”。"
    )

    def __init__(self, *args, plan, **kwargs):
        super().__init__(*args, plan=plan, **kwargs)
        self.plan, self.names = plan, NameRegistry()
        for name in ("lead", "responsible", "dropped"):
            self.fields[name].names, self.fields[name].widget.attrs["rows"] = self.names, 2

    def known(self):
        """Return every name to choose from."""
        return known_names(self.names)

    def clean(self):
        """Read the deadline from its words where no day is given; reject a step that says nothing."""
        cleaned = super().clean()
        if self.errors:
            return cleaned
        self._read_deadline(cleaned)
        if not any(
            cleaned.get(name) for name in (*WHEN, "deadline_as_written", "lead", "responsible", "dropped", "find")
        ):
            raise forms.ValidationError("请填写要怎样改：新的时限、增加或者去掉的单位，或者要替换的文字。")
        return cleaned

    def _read_deadline(self, cleaned):
        if cleaned.get("due_on") and cleaned.get("recurrence"):
            self.add_error("recurrence", "完成日期和周期只填一个。")
        elif cleaned.get("recurrence_day") and cleaned.get("recurrence") not in BY_MONTHS:
            self.add_error("recurrence_day", "只有每月、每季度、每半年的任务填写周期内第几日。")
        elif cleaned["deadline_as_written"] and not cleaned.get("due_on") and not cleaned.get("recurrence"):
            reading = deadlines.read(cleaned["deadline_as_written"], self.plan.year)
            if reading is None:
                self.add_error("due_on", "从原文读不出日期，请填写完成日期或者周期。")
            else:
                cleaned.update({name: getattr(reading, name) for name in WHEN})

    def keywords(self):
        """Return the step as the service takes it; without a deadline there is no `when`."""
        cleaned = dict(self.cleaned_data)
        when = {name: cleaned.pop(name) for name in ("deadline_as_written", *WHEN)}
        if any(when.values()):
            when["due_on"] = when["due_on"] and when["due_on"].isoformat()
            when["recurrence"], when["recurrence_day"] = when["recurrence"] or "", when["recurrence_day"] or None
            cleaned["when"] = when
        return cleaned


class SupplementRowForm(RowForm):
    """Form for what one row is to become by a supplement: everything but its section."""

    reason = TextField(label="调整原因", rows=2, limit=MAX_REASON_CHARS, required=False)

    def __init__(self, *args, **kwargs):
        """Remove the field of the section."""
        super().__init__(*args, **kwargs)
        del self.fields["section"]


class LeaveRowsForm(SeenForm):
    """Form for chosen changes of a draft that are dropped."""

    changes = RecordsField(SupplementChange.objects.none(), error_messages=NO_ROWS)

    def __init__(self, *args, supplement, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["changes"].queryset = supplement.changes.all()


class IssueSupplementForm(SeenForm):
    """Form that issues what was shown: `version` is the mark of the prospect."""

    def keywords(self):
        return {"seen": self.cleaned_data["version"]}
