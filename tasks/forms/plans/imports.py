"""Forms for importing a plan: the file, and the answers to what it leaves open."""

import csv
import hashlib
import io

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from departments.choices import UnitKind
from departments.models import Collective, Unit
from tasks.choices import Recurrence
from tasks.filters import DayInput
from tasks.imports.meaning import columns
from tasks.imports.meaning.understanding import NO_DEADLINE
from tasks.models import Plan
from wenshang_disclosure.core.web.forms import ServiceForm, StyledForm, TextField, add_css_classes

ACCEPT = ".docx,.xlsx,.csv,.txt,.doc,.wps,.xls,.et,.rtf"
ON_A_DAY = "day"
MAX_PASTED_CHARS = 200_000
PASTED_NAME = "粘贴的表格.txt"
MAX_NAME_CHARS = 100  # a longer text is not the name of a unit
ABOUT = ("title", "document_number", "issuer", "issued_on")
COLLECTIVES = [
    ("new-collective:towns", "新统称（所有乡镇、街道）"),
    ("new-collective:departments", "新统称（所有部门、事业单位和垂直管理机构）"),
    ("new-collective:all", "新统称（所有单位）"),
    ("new-collective:nobody", "新统称（由办公室逐项明确）"),
]


class UploadForm(ServiceForm):
    """Form for the file, or a table that was copied from one, the year and the draft to update."""

    upload = forms.FileField(
        label="任务分解表文件",
        required=False,
        help_text="Word（.docx、.doc、.wps）、Excel（.xlsx、.xls、.et）、CSV 或文本，不超过20 MB。",
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        error_messages={"empty": "文件是空的，请核对后重新选择。"},
    )
    pasted = TextField(
        label="或者粘贴表格",
        required=False,
        rows=5,
        limit=MAX_PASTED_CHARS,
        help_text="在 Word、WPS 或 Excel 中选中表格，连同表头复制，再粘贴到这里。",
    )
    year = forms.IntegerField(label="年度", min_value=2000, max_value=2100, help_text="“12月底前”等时限按这一年计算。")
    target = forms.ModelChoiceField(
        label="导入到",
        queryset=Plan.objects.none(),
        required=False,
        empty_label="新建一份拟制稿",
        help_text="选择已有的拟制稿，则按序号更新其中的任务。",
    )

    def __init__(self, *args, **kwargs):
        """Offer the drafts, and the current year."""
        super().__init__(*args, **kwargs)
        self.fields["target"].queryset = Plan.objects.filter(state="draft").order_by("-year", "-pk")
        self.fields["year"].initial = timezone.localdate().year

    def clean(self):
        """Make a file of what was pasted; it is checked and read as any other. Rejects neither and both."""
        cleaned = super().clean()
        pasted = cleaned.pop("pasted", "")
        if self.errors:
            return cleaned
        if bool(pasted) == bool(cleaned["upload"]):
            said = "选择文件和粘贴表格，请只用一种。" if pasted else "请选择文件，或者粘贴表格。"
            self.add_error("pasted" if pasted else "upload", said)
        elif pasted:
            cleaned["upload"] = self._as_file(pasted)
        return cleaned

    def _as_file(self, pasted):
        lines = table_lines(pasted)
        if not lines:
            self.add_error("pasted", "粘贴的内容里没有表格。请在 Word 或 Excel 中选中表格，复制后再粘贴。")
        return SimpleUploadedFile(PASTED_NAME, "\n".join(lines).encode())


def table_lines(pasted):
    """Return a pasted table as lines, a row each, with tabs between cells; none where it is no table.

    Excel puts a cell of several lines in quotation marks; it becomes one line. The dash that `paste-table.js` sets for
    an empty first cell goes.
    """
    if "\t" not in pasted:
        return []
    try:
        rows = list(csv.reader(io.StringIO(pasted), delimiter="\t", strict=True))
    except csv.Error:  # quotation marks of the text itself
        rows = [line.split("\t") for line in pasted.split("\n")]
    if rows[0][0] == "—":
        rows[0][0] = ""
    return ["\t".join(" ".join(cell.split()) for cell in row) for row in rows]


def short(key):
    """Return a short digest of `key` for use in a field name."""
    return hashlib.sha256(key.encode()).hexdigest()[:12]


class AnswersForm(StyledForm):
    """Form with one or more fields for each question of a proposal and for each answer given so far.

    `answers()` gives what was answered, grouped as an import keeps it.
    """

    def __init__(self, *args, proposal, given, **kwargs):
        """Create the fields from the proposal and the answers so far."""
        super().__init__(*args, **kwargs)
        self.proposal, self.given = proposal, given
        self.open_questions = {(question.kind, question.key): question for question in proposal.questions}
        self.names = self._keys("name", "names")
        self.deadlines = self._keys("deadline", "deadlines")
        self._add_about()
        self._add_names()
        self._add_deadlines()
        self._add_rows()
        if ("number" in {kind for kind, _ in self.open_questions}) or given.get("numbers"):
            self.fields["numbers"] = forms.BooleanField(
                label="按行的先后从1起重新编号", required=False, initial=given.get("numbers") == "renumber"
            )
        add_css_classes(self)
        for name in self.fields:
            if name.startswith(("name-", "deadline-")):
                self.fields[name].widget.attrs["aria-label"] = self._spoken(name)

    def _spoken(self, field_name):
        """Set `aria-label` on a field without a visible label."""
        label = self.fields[field_name].label
        key = field_name.removesuffix("-day").rpartition("-")[2]
        text = next((text for text in self.deadlines if short(text) == key), "")
        return f"{text}：{label}" if text else label

    def _keys(self, kind, group):
        """Return the keys that are open or were answered, in the order of the table."""
        present = self.proposal.names if kind == "name" else self.proposal.deadlines
        return [key for key in present if (kind, key) in self.open_questions or key in self.given.get(group, {})]

    def _add_about(self):
        about = self.proposal.about
        self.fields["title"] = forms.CharField(label="标题", max_length=200, initial=about["title"])
        self.fields["document_number"] = forms.CharField(
            label="发文字号", max_length=60, required=False, initial=about["document_number"]
        )
        self.fields["issuer"] = forms.CharField(
            label="发文机关", max_length=100, required=False, initial=about["issuer"]
        )
        self.fields["issued_on"] = forms.DateField(
            label="印发日期",
            required=False,
            widget=DayInput,
            initial=about["issued_on"],
            error_messages={"invalid": "请按“2024-12-31”的格式填写日期。"},
        )

    def shown_about(self):
        """Return the fields about the plan."""
        return [self[name] for name in ABOUT]

    def _add_names(self):
        if not self.names:
            return
        units = [(f"unit:{pk}", name) for pk, name in Unit.objects.values_list("pk", "name")]
        collectives = [(f"collective:{pk}", name) for pk, name in Collective.objects.values_list("pk", "name")]
        values = {name: value for value, name in (*units, *collectives)}
        rest = [
            ("登记为新单位", [(f"new-unit:{kind.value}", f"新单位（{kind.label}）") for kind in UnitKind]),
            ("登记为单位统称", COLLECTIVES),
            ("就是单位", units),
            ("就是单位统称", collectives),
            ("其他", [("drop", "不是单位名称，略去")]),
        ]
        for name in self.names:
            question = self.open_questions.get(("name", name))
            offered = rest if len(name) <= MAX_NAME_CHARS else rest[-1:]
            likely = [(values[n], f"{n}（{why}）") for n, why, _ in question.likely if n in values] if question else []
            self.fields[f"name-{short(name)}"] = forms.ChoiceField(
                label=name,
                required=False,
                choices=[("", "请选择"), *([("可能就是", likely)] if likely else []), *offered],
                initial=self.given.get("names", {}).get(name, ""),
            )

    def _add_deadlines(self):
        for text in self.deadlines:
            said, key = self.given.get("deadlines", {}).get(text, {}), short(text)
            kind = ON_A_DAY if said.get("due_on") else said.get("recurrence", "")
            self.fields[f"deadline-{key}"] = forms.ChoiceField(
                label="按什么时限",
                required=False,
                choices=[("", "请选择"), (ON_A_DAY, "某一天"), *Recurrence.choices],
                initial=kind,
            )
            self.fields[f"deadline-{key}-day"] = forms.DateField(
                label="日期",
                required=False,
                widget=DayInput,
                initial=said.get("due_on"),
                error_messages={"invalid": "请按“2024-12-31”的格式填写日期。"},
            )

    def _add_rows(self):
        rows = {row.key: row for row in self.proposal.rows}
        said = self.given.get("rows", {})
        self.holders = [key for key in rows if ("holder", key) in self.open_questions or "lead" in said.get(key, {})]
        self.blank = [
            key for key in rows if ("requirement", key) in self.open_questions or "requirement" in said.get(key, {})
        ]
        for key in self.holders:
            for role, label in (("lead", "牵头部门"), ("responsible", "责任单位")):
                self.fields[f"{role}-{short(key)}"] = forms.CharField(
                    label=label,
                    required=False,
                    max_length=2000,
                    help_text="多个单位用顿号隔开。",
                    initial=said.get(key, {}).get(role, "、".join(getattr(rows[key], role))),
                )
        for key in self.blank:
            self.fields[f"requirement-{short(key)}"] = TextField(
                label="具体要求", rows=3, required=False, initial=said.get(key, {}).get("requirement", "")
            )

    def clean(self):
        """Reject a deadline on a day without the day, or with a day outside the plan's year."""
        cleaned = super().clean()
        for text in self.deadlines:
            name = f"deadline-{short(text)}"
            if cleaned.get(name) == ON_A_DAY and f"{name}-day" not in self.errors:
                day = cleaned.get(f"{name}-day")
                year = self.proposal.about["year"]
                if day is None:
                    self.add_error(f"{name}-day", "请填写日期。")
                elif not year <= day.year <= year + 5:
                    self.add_error(f"{name}-day", f"日期须在{year}年至{year + 5}年之间。")
        return cleaned

    def answers(self):
        """Return the valid answers by group; a cleared one is `None`. Fields with errors are left out."""
        cleaned = self.cleaned_data
        groups = {
            "about": self._about(),
            "names": {name: cleaned.get(f"name-{short(name)}") or None for name in self.names},
            "deadlines": {text: self._deadline(text) for text in self.deadlines if not self._is_wrong(text)},
            "rows": self._rows(),
        }
        if "numbers" in self.fields:
            groups["numbers"] = "renumber" if cleaned.get("numbers") else ""
        return {group: given for group, given in groups.items() if given or group == "numbers"}

    def _about(self):
        """Return the values that differ from those in the file."""
        changed = [name for name in ABOUT if name in self.changed_data and name not in self.errors]
        given = {name: self.cleaned_data[name] for name in changed}
        if "issued_on" in given:
            given["issued_on"] = given["issued_on"].isoformat() if given["issued_on"] else ""
        return given

    def _is_wrong(self, text):
        return bool({f"deadline-{short(text)}", f"deadline-{short(text)}-day"} & set(self.errors))

    def _deadline(self, text):
        name = f"deadline-{short(text)}"
        kind = self.cleaned_data.get(name)
        if not kind:
            return None
        if kind == ON_A_DAY:
            return {"due_on": self.cleaned_data[f"{name}-day"].isoformat()}
        return {"recurrence": kind}

    def _rows(self):
        said = {key: dict(value) for key, value in self.given.get("rows", {}).items()}
        for key in self.holders:
            both = {role: self.cleaned_data.get(f"{role}-{short(key)}", "") for role in ("lead", "responsible")}
            if any(both.values()):
                said[key] = {**said.get(key, {}), **both}
        for key in self.blank:
            text = self.cleaned_data.get(f"requirement-{short(key)}")
            if text:
                said[key] = {**said.get(key, {}), "requirement": text}
        return said

    def shown_names(self):
        """Return `(name, where it stands, field, hint, whether it is still open)` for the page."""
        for name in self.names:
            question, field = self.open_questions.get(("name", name)), self[f"name-{short(name)}"]
            yield name, self.proposal.names[name], field, _hint(question, field), question is not None

    def shown_deadlines(self):
        """Return `(words, where, what the question is, field, field of the day, whether it is still open)`."""
        for text in self.deadlines:
            question, name = self.open_questions.get(("deadline", text)), f"deadline-{short(text)}"
            words = question.text if question else (f"完成时限“{text}”" if text != NO_DEADLINE else "完成时限空白")
            yield text, self.proposal.deadlines[text], words, self[name], self[f"{name}-day"], question is not None

    def shown_rows(self):
        """Return `(row, fields)` of rows in which something is missing."""
        rows = {row.key: row for row in self.proposal.rows}
        for key in dict.fromkeys([*self.blank, *self.holders]):
            names = [f"{role}-{short(key)}" for role in ("requirement", "lead", "responsible")]
            yield rows[key], [self[name] for name in names if name in self.fields]


def _hint(question, field):
    """Return the most likely known names with the reason, else the kind that the name appears to be."""
    if question is None:
        return ""
    if question.likely:
        return "可能是：" + "；".join(f"{name}（{why}）" for name, why, _ in question.likely)
    for _, options in field.field.choices:
        label = dict(options).get(question.proposed) if isinstance(options, list) else None
        if label:
            return f"没有相近的名称。建议登记为{label}。"
    return "没有相近的名称。"


class ColumnsForm(StyledForm):
    """Form that assigns the header row and the meaning of each column of a grid."""

    row = forms.TypedChoiceField(label="表头所在的行", coerce=int)

    def __init__(self, *args, grid, header, **kwargs):
        """Create one field per column, filled in from `header`."""
        super().__init__(*args, **kwargs)
        self.grid, self.header = grid, header
        shown = grid.rows[: columns.HEADER_SEARCH_ROWS]
        self.fields["row"].choices = [
            (index, f"第{row.number}行：{'｜'.join(dict.fromkeys(text[:10] for text in row.cells if text))[:80]}")
            for index, row in enumerate(shown)
        ]
        self.fields["row"].initial = max(header.last, 0)
        for column in range(grid.width):
            self.fields[f"column-{column}"] = forms.ChoiceField(
                label=header.texts[column] or f"第{column + 1}列",
                required=False,
                choices=[("", "不读取"), *((key, label) for key, label in columns.FIELDS.items() if key != "ignored")],
                initial=header.fields[column] if header.fields[column] != "ignored" else "",
            )
        add_css_classes(self)

    def clean(self):
        """Reject columns without a requirement or without units."""
        cleaned = super().clean()
        said = set(self.said())
        if columns.REQUIREMENT not in said or not said & {columns.LEAD, columns.RESPONSIBLE}:
            raise forms.ValidationError("至少要指明“具体要求”一列，以及“牵头部门”或“责任单位”一列。")
        return cleaned

    def said(self):
        """Return the field of each column, "" for those not read."""
        return [self.cleaned_data.get(f"column-{column}", "") for column in range(self.grid.width)]

    def samples(self):
        """Return each column's field with the first texts below the headings."""
        rows = self.grid.rows[max(self.header.last, 0) + 1 :][:40]
        for column in range(self.grid.width):
            texts = list(dict.fromkeys(row.cells[column] for row in rows if row.cells[column]))[:3]
            yield self[f"column-{column}"], texts
