"""A plan as it is issued: the notice's heading and the table in the official layout, for .docx and .xlsx.

The notice part (design: The table) is not part of the table. A file made here and read by the importer gives the same
plan.
"""

from itertools import groupby

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from tasks.choices import DutyRole, PartKind, Recurrence
from wenshang_disclosure.core.office import docx, xlsx

from .paper import names_in_lines, row_heights, spans

HEADINGS = ("工作任务", "牵头部门", "责任单位", "具体要求", "完成时限")
WIDTHS = (34, 44, 50, 90, 27)  # mm on A4 across
NUMBER_HEADING, NUMBER_WIDTH = "序号", 12
CENTRED = {"完成时限", "序号"}
XLSX_TITLE = Font(name=docx.TITLE_FACE, size=20)
XLSX_BODY = Font(name=docx.BODY_FACE, size=11)
XLSX_HEAD = Font(name=docx.HEADING_FACE, size=11)
XLSX_SMALL = Font(name=docx.BODY_FACE, size=8)  # for a cell that would be higher than Excel lets it be
XLSX_MERGED = Alignment(wrap_text=True, vertical="top")  # in the middle, the end of a page could cut through its text
XLSX_LOOSE = 1.05  # the estimate is for letters of 10.5 points
CHARACTERS_A_MM = 0.55


def heading_lines(plan):
    """Return the lines of the notice's heading: `(text, where it stands)`; what the plan does not know is left out."""
    yield from ((text, docx.CENTRE) for text in (plan.document_number, plan.issuer) if text)
    yield f"关于印发《{plan.title}》的通知", docx.CENTRE
    basis = list(plan.basis.all())
    if basis:
        yield f"依据：{'、'.join(str(document) for document in basis)}。", docx.LEFT
    if plan.issuer and plan.issued_on:
        yield plan.issuer, docx.RIGHT
    if plan.issued_on:
        yield f"{plan.issued_on.year}年{plan.issued_on.month}月{plan.issued_on.day}日", docx.RIGHT
    yield "附件", docx.LEFT


class Table:
    """The rows of a plan's table part, with headings, in the order of the paper."""

    def __init__(self, plan):
        """Read the plan's rows in a fixed number of queries."""
        rows = plan.tasks.filter(section__part__kind=PartKind.TABLE).with_designations()
        self.tasks = list(rows.order_by("section__part__order", "section__order", "number"))
        numbers = [task.number for task in self.tasks]
        self.has_numbers = numbers != list(range(1, len(numbers) + 1))  # on paper the rows count themselves

    @property
    def headings(self):
        """The head; numbers that do not run from 1 have a column of their own."""
        return ((NUMBER_HEADING,) if self.has_numbers else ()) + HEADINGS

    @property
    def widths(self):
        """The columns' widths in mm."""
        if not self.has_numbers:
            return WIDTHS
        return (NUMBER_WIDTH, *WIDTHS[:3], WIDTHS[3] - NUMBER_WIDTH, WIDTHS[4])

    def sections(self):
        """Return `(part heading where a new part begins, rows)` for each section; "" where no heading is printed."""
        for part, in_part in groupby(self.tasks, key=lambda task: task.section.part):
            heading = part.heading
            for _, in_section in groupby(in_part, key=lambda task: task.section):
                yield heading, list(in_section)
                heading = ""

    def cells(self, task):
        """Return the texts of one row."""
        texts = [
            task.section.heading,
            names_in_lines(task, DutyRole.LEAD),
            names_in_lines(task, DutyRole.RESPONSIBLE),
            task.requirement,
            _deadline(task),
        ]
        return ([str(task.number)] if self.has_numbers else []) + texts


def _deadline(task):
    """Return the deadline as written; what was settled without being written is told, what is still
    open stays blank.
    """
    is_told = task.due_on or task.recurrence not in ("", Recurrence.ONGOING)
    return task.deadline_as_written or (task.deadline_in_words if is_told else "")


def word(plan):
    """Write the plan as .docx on A4 across; return the open file."""
    made, table = docx.document(), Table(plan)
    for text, align in heading_lines(plan):
        docx.add_line(made, text, align=align)
    docx.add_line(made, plan.title, size=22, face=docx.TITLE_FACE, align=docx.CENTRE, after=8)
    docx.add_table(made, list(_word_rows(table)), table.widths)
    return docx.saved(made)


def _word_rows(table):
    yield [docx.Cell(text, align=docx.CENTRE, face=docx.HEADING_FACE) for text in table.headings]
    shift = 1 if table.has_numbers else 0
    for heading, tasks in table.sections():
        if heading:
            yield [docx.Cell(heading, span=len(table.headings), face=docx.HEADING_FACE)]
        merges = {}
        for column, first, last in spans(tasks):
            for index in range(first, last + 1) if first < last else ():
                merges[index, column - 1 + shift] = docx.RESTART if index == first else docx.CONTINUE
        for index, task in enumerate(tasks):
            yield [
                _word_cell(text, merges.get((index, column), ""), table.headings[column])
                for column, text in enumerate(table.cells(task))
            ]


def _word_cell(text, merge, heading):
    align = docx.CENTRE if heading in CENTRED else docx.LEFT
    return docx.Cell("" if merge == docx.CONTINUE else text, merge=merge, align=align)


def excel(plan):
    """Write the plan as .xlsx, set up for A3 across; return the open file."""
    book, table = Workbook(), Table(plan)
    sheet = book.active
    sheet.title = xlsx.sheet_name("任务分解表")
    width = len(table.headings)
    row = _excel_heading(sheet, plan, width)
    head = row
    for column, (text, size) in enumerate(zip(table.headings, table.widths, strict=True), start=1):
        cell = xlsx.write(sheet.cell(row, column), text)
        cell.font, cell.alignment, cell.border, cell.fill = XLSX_HEAD, xlsx.CENTRED, xlsx.GRID, xlsx.HEAD
        sheet.column_dimensions[get_column_letter(column)].width = size * CHARACTERS_A_MM
    for heading, tasks in table.sections():
        if heading:
            row += 1
            _across(sheet, row, heading, width, Font(name=docx.HEADING_FACE, size=12), bordered=True)
        _excel_section(sheet, row + 1, tasks, table)
        row += len(tasks)
    xlsx.set_up_print(sheet, paper=xlsx.A3, header_row=head)
    sheet.freeze_panes = f"A{head + 1}"
    sheet.print_area = f"A1:{get_column_letter(width)}{row}"
    return xlsx.saved(book)


def _excel_heading(sheet, plan, width):
    row = 0
    for row, (text, align) in enumerate(heading_lines(plan), start=1):
        _across(sheet, row, text, width, XLSX_BODY, align=align)
    _across(sheet, row + 1, plan.title, width, XLSX_TITLE, align=docx.CENTRE)
    sheet.row_dimensions[row + 1].height = 36
    return row + 2


def _across(sheet, row, text, width, font, *, align=docx.LEFT, bordered=False):
    if bordered:
        for column in range(1, width + 1):
            sheet.cell(row, column).border = xlsx.GRID
    cell = xlsx.write(sheet.cell(row, 1), text)
    cell.font, cell.alignment = font, Alignment(horizontal=align, vertical="center", wrap_text=True)
    sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=width)
    sheet.row_dimensions[row].height = xlsx.height_of(text, sum(WIDTHS) * CHARACTERS_A_MM) + 4


def _excel_section(sheet, top, tasks, table):
    shift = 1 if table.has_numbers else 0
    merged = [(column + shift, first, last) for column, first, last in spans(tasks)]
    lines = [table.cells(task) for task in tasks]
    widths = [width * CHARACTERS_A_MM for width in table.widths]
    for index, (texts, height) in enumerate(zip(lines, row_heights(lines, merged, widths), strict=True)):
        for column, text in enumerate(texts, start=1):
            cell = xlsx.write(sheet.cell(top + index, column), text or None)
            cell.border = xlsx.GRID
            too_high = xlsx.height_of(text, widths[column - 1]) * XLSX_LOOSE > xlsx.HIGHEST
            cell.font = XLSX_SMALL if too_high else XLSX_BODY
            cell.alignment = xlsx.CENTRED if table.headings[column - 1] in CENTRED else xlsx.WRAPPED
        sheet.row_dimensions[top + index].height = min(height * XLSX_LOOSE, xlsx.HIGHEST)
    for column, first, last in merged:
        if first < last:
            sheet.merge_cells(start_row=top + first, start_column=column, end_row=top + last, end_column=column)
            sheet.cell(top + first, column).alignment = XLSX_MERGED
