"""Forms for drawing up a plan: what it is about, its headings and its rows."""

import re
from datetime import date

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from departments.services.resolve import NameRegistry
from tasks.choices import PartKind, Recurrence
from tasks.filters import DayInput
from tasks.imports.meaning import deadlines
from tasks.imports.meaning.names import alike, split
from tasks.models import BasisDocument, Part, Plan, Section, Task
from wenshang_disclosure.core.region import worded
from wenshang_disclosure.core.web.forms import ServiceForm, TextField

BASIS_LINE = re.compile(r"《(?P<title>.+)》(?:[（(](?P<number>[^（）()]+)[）)])?")
BY_MONTHS = (Recurrence.MONTHLY, Recurrence.QUARTERLY, Recurrence.HALF_YEARLY)
WHOLE_NUMBER = {"invalid": "请填写整数。"}
WHEN = ("due_on", "recurrence", "recurrence_day")
DAYS = [
    MinValueValidator(date(2000, 1, 1), "日期过早，请重新填写。"),
    MaxValueValidator(date(2101, 12, 31), "日期过晚，请重新填写。"),
]
MAX_CELL_CHARS = 4000
MAX_SUGGESTED_NAMES = 10  # unknown names of a cell for which similar known names are suggested


def limit_of(model, field):
    """Return the maximum number of characters of the model field."""
    return model._meta.get_field(field).max_length


class SeenForm(ServiceForm):
    """Base of forms that change an existing record; `version` marks the content that the user saw."""

    version = forms.CharField(max_length=80, widget=forms.HiddenInput)

    def __init__(self, *args, is_new=False, **kwargs):
        """Remove `version` for a new record."""
        super().__init__(*args, **kwargs)
        if is_new:
            del self.fields["version"]

    def seen_anew(self, version):
        """Set the mark of the current content, so that the next attempt after a conflict is based on it."""
        if self.is_bound:
            self.data = {**self.data.dict(), "version": version}
        else:
            self.initial["version"] = version


class MoveForm(ServiceForm):
    """Form for moving a row; `place` marks where the user saw it."""

    place = forms.CharField(max_length=40, widget=forms.HiddenInput)


class AboutForm(SeenForm):
    """Form for what a plan is about; a new plan has no `version`."""

    year = forms.IntegerField(label="年度", min_value=2000, max_value=2100, error_messages=WHOLE_NUMBER)
    title = forms.CharField(
        label="标题", max_length=limit_of(Plan, "title"), error_messages={"required": "请填写标题。"}
    )
    document_number = forms.CharField(
        label="发文字号",
        max_length=limit_of(Plan, "document_number"),
        required=False,
        help_text=worded("如“{code}〔2024〕8号”，印发前可不填。"),
    )
    issuer = forms.CharField(label="发文机关", max_length=limit_of(Plan, "issuer"), required=False)
    issued_on = forms.DateField(label="印发日期", required=False, widget=DayInput, validators=DAYS)
    warning_days = forms.IntegerField(
        label="临期提醒天数",
        min_value=0,
        max_value=366,
        initial=15,
        error_messages=WHOLE_NUMBER,
        help_text="距完成时限不超过这些天时亮黄灯。",
    )
    basis = TextField(
        label="依据文件", rows=4, required=False, help_text="一行一件，写成“《文件名称》（文号）”；没有文号的不写括号。"
    )

    def __init__(self, *args, plan=None, **kwargs):
        """Fill in the current values of `plan`."""
        if plan is not None:
            kwargs.setdefault("initial", _about(plan))
        super().__init__(*args, is_new=plan is None, **kwargs)

    def clean_basis(self):
        """Return `[(title, number)]`."""
        lines = [line.strip() for line in self.cleaned_data["basis"].splitlines()]
        return [self._document(number, line) for number, line in enumerate(lines, start=1) if line]

    def _document(self, number, line):
        match = BASIS_LINE.fullmatch(line)
        if match is None:
            raise forms.ValidationError(f"第{number}行请写成“《文件名称》（文号）”。")
        document = (match["title"], match["number"] or "")
        for field, text in zip(("title", "number"), document, strict=True):
            if len(text) > limit_of(BasisDocument, field):
                raise forms.ValidationError(f"第{number}行过长，文件名称或文号请控制在规定字数内。")
        return document


def _about(plan):
    fields = ("year", "title", "document_number", "issuer", "issued_on", "warning_days")
    return {**{field: getattr(plan, field) for field in fields}, "basis": "\n".join(map(str, plan.basis.all()))}


class PartForm(SeenForm):
    """Form for the heading of a part."""

    heading = forms.CharField(
        label="部分标题",
        max_length=limit_of(Part, "heading"),
        required=False,
        help_text="连同序号填写，如“一、……”；表中不分部分的，留空。",
    )
    kind = forms.ChoiceField(label="类别", choices=PartKind, help_text="通知正文要求不在分解表内，同样须落实。")


class SectionForm(SeenForm):
    """Form for the heading of a section."""

    heading = forms.CharField(
        label="工作任务标题",
        max_length=limit_of(Section, "heading"),
        required=False,
        help_text="连同序号填写，如“（一）……”；表中不分类的，留空。",
    )


class DeleteForm(SeenForm):
    """Form for deleting a heading; it states how many rows the user saw under it."""

    rows = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    with_rows = forms.BooleanField(label="连同其下任务一并删除", required=False)


class JustSeenForm(SeenForm):
    """Form for deleting a record; it has no field but `version`."""


class NamesField(TextField):
    """Field for the names of one cell, one per line; cleans to a list and rejects unknown names."""

    def __init__(self, **kwargs):
        super().__init__(rows=5, limit=MAX_CELL_CHARS, required=False, **kwargs)
        self.names = None

    def clean(self, value):
        """Return each name once, in order."""
        texts = split(super().clean(value), self.names.knows)
        unknown = [text for text in texts if not self.names.knows(text)]
        if unknown:
            raise forms.ValidationError([self._unknown(text) for text in unknown[:MAX_SUGGESTED_NAMES]])
        return texts

    def _unknown(self, text):
        likely = "、".join(f"“{likeness.name}”" for likeness in alike(text, known_names(self.names)))
        return f"单位名录中没有“{text}”。" + (f"是否为{likely}？" if likely else "请核对，或先在单位名录中登记。")


def known_names(names):
    """Return every name that a cell may hold; units that no longer exist are left out."""
    units = [name for name, unit in names.units.items() if unit.is_active]
    aliases = [name for name, unit in names.aliases.items() if unit.is_active]
    return [*units, *names.collectives, *aliases, *names.collective_aliases]


class RowForm(SeenForm):
    """Form for one row; `reading` is the meaning of the deadline's words where it differs from the fields."""

    section = forms.ModelChoiceField(
        Section.objects.none(),
        label="所属工作任务",
        empty_label=None,
        error_messages={"invalid_choice": "所选的工作任务已不存在，请另选一个。", "required": "请选择所属工作任务。"},
    )
    requirement = TextField(label="具体要求", rows=6, error_messages={"required": "请填写具体要求。"})
    lead = NamesField(label="牵头部门", help_text="一行一个单位或统称，须与单位名录一致。")
    responsible = NamesField(label="责任单位", help_text="一行一个单位或统称；没有的，留空。")
    deadline_as_written = forms.CharField(
        label="完成时限（原文）",
        max_length=limit_of(Task, "deadline_as_written"),
        required=False,
        help_text="表中怎样写就怎样填，如“12月底前”。",
    )
    due_on = forms.DateField(label="完成日期", required=False, widget=DayInput, validators=DAYS, help_text="含当日。")
    recurrence = forms.ChoiceField(
        label="或者，周期",
        choices=[("", "没有周期"), *Recurrence.choices],
        required=False,
        help_text="长期坚持的不计逾期。",
    )
    recurrence_day = forms.IntegerField(
        label="周期内第几日",
        min_value=1,
        max_value=31,
        required=False,
        error_messages=WHOLE_NUMBER,
        help_text="如“每月5日前”填5，“每季度末”留空。",
    )
    target_count = forms.IntegerField(
        label="目标数量",
        min_value=1,
        max_value=9999,
        required=False,
        error_messages=WHOLE_NUMBER,
        help_text="如“至少开展2次”填2，没有的留空。",
    )

    def __init__(self, *args, plan, task=None, offers=True, **kwargs):
        """Set up the form of `plan`: `task` is the row to change, `offers` whether a reading is offered."""
        kwargs["initial"] = {**(_row(task) if task else {}), **kwargs.get("initial", {})}
        super().__init__(*args, is_new=task is None, **kwargs)
        self.plan, self.offers, self.reading, self.names = plan, offers, None, NameRegistry()
        self.fields["section"].queryset = Section.objects.filter(part__plan=plan).order_by("part__order", "order", "pk")
        self.fields["lead"].names = self.fields["responsible"].names = self.names

    def known(self):
        """Return every name to choose from."""
        return known_names(self.names)

    def clean_recurrence_day(self):
        """Reject a day for a recurrence that is not by months."""
        day = self.cleaned_data["recurrence_day"]
        if day and self.cleaned_data.get("recurrence") not in BY_MONTHS:
            raise forms.ValidationError("只有每月、每季度、每半年的任务填写周期内第几日。")
        return day

    def clean(self):
        """Reject both a day and a recurrence, and new words whose meaning differs from fields left unchanged."""
        cleaned = super().clean()
        if cleaned.get("due_on") and cleaned.get("recurrence"):
            self.add_error("recurrence", "完成日期和周期只填一个。")
        if self.offers and not self.errors:
            self._offer(cleaned)
        return cleaned

    def _offer(self, cleaned):
        changed = set(self.changed_data) & {"deadline_as_written", *WHEN}
        if changed != {"deadline_as_written"} or not cleaned["deadline_as_written"]:
            return
        reading = deadlines.read(cleaned["deadline_as_written"], self.plan.year)
        if reading is None or all(getattr(reading, name) == cleaned[name] for name in WHEN):
            return
        self.reading = reading
        self.add_error("deadline_as_written", "原文改了，完成日期和周期没有改，请在下面选择怎样保存。")


def with_reading(data, year):
    """Return the posted fields with day and recurrence taken from the deadline's words."""
    reading = deadlines.read(data.get("deadline_as_written", "").strip(), year)
    if reading is None:
        return data
    data = data.copy()
    for name in WHEN:
        value = getattr(reading, name)
        data[name] = "" if value is None else str(value)
    return data


def _row(task):
    fields = ("section", "requirement", "deadline_as_written", *WHEN, "target_count")
    cells = {role: "\n".join(entry.text for entry in task.designated(role)) for role in ("lead", "responsible")}
    return {**{field: getattr(task, field) for field in fields}, **cells}


class SplitForm(SeenForm):
    """Form for splitting one requirement into two."""

    first = TextField(label="拆分后的第一项", rows=6, error_messages={"required": "第一项不能为空。"})
    second = TextField(label="拆分后的第二项", rows=6, error_messages={"required": "请把第二项的内容移到这里。"})
