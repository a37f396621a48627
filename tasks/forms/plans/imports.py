"""Forms for importing a plan: the file, and the meaning of its columns."""

import csv
import hashlib
import io

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tasks.imports.meaning import columns
from tasks.models import Plan
from wenshang_disclosure.core.web.forms import ServiceForm, StyledForm, TextField, add_css_classes

ACCEPT = ".docx,.xlsx,.csv,.txt,.doc,.wps,.xls,.et,.rtf,.odt,.ods,.html,.htm,.mht,.xml,.xlsb,.tsv"
MAX_PASTED_CHARS = 200_000
PASTED_NAME = "粘贴的表格.txt"


class UploadForm(ServiceForm):
    """Form for the file, or a table that was copied from one, the year and the draft to update."""

    upload = forms.FileField(
        label="任务分解表文件",
        required=False,
        help_text="Word（.docx、.doc、.wps、.odt）、Excel（.xlsx、.xls、.et、.ods）、网页、CSV 或文本，不超过20 MB。",
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
        ] + [(-1, "没有表头，第一行就是任务")]
        self.fields["row"].initial = header.last
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
        rows = self.grid.rows[self.header.last + 1 :][:40]
        for column in range(self.grid.width):
            texts = list(dict.fromkeys(row.cells[column] for row in rows if row.cells[column]))[:3]
            yield self[f"column-{column}"], texts
