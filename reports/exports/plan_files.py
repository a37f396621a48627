"""Issued plan as .docx and .xlsx: the heading of the notice and the table in the official layout.

The notice part (design: The table) is not part of the table. Importing a file made here gives the same plan.
"""

from itertools import groupby

from tasks.choices import DutyRole, PartKind, Recurrence
from wenshang_disclosure.core.office import docx, xlsx

from .paper import names_in_lines, row_heights, spans

HEADINGS = ("工作任务", "牵头部门", "责任单位", "具体要求", "完成时限")
WIDTHS_MM = (34, 44, 50, 90, 27)  # on landscape A4
NUMBER_HEADING, NUMBER_WIDTH_MM = "序号", 12
NOTE_HEADING, NOTE_WIDTH_MM = "备注", 30
CENTRED = {"完成时限", "序号"}
XLSX_TITLE = {"font_name": docx.TITLE_FACE, "font_size": 20}
XLSX_PART = {"font_name": docx.HEADING_FACE, "font_size": 12}
XLSX_HEAD = {"font_name": docx.HEADING_FACE, "font_size": 11, "bold": False}
XLSX_BODY = {"font_name": docx.BODY_FACE, "font_size": 11}
XLSX_SMALL = {"font_name": docx.BODY_FACE, "font_size": 8}  # for cells higher than `MAX_ROW_POINTS`
XLSX_MERGED = {"valign": "top"}  # centred text could be cut by a page break
XLSX_LOOSE = 1.05  # row heights are estimated for 10.5 points
CHARACTERS_PER_MM = 0.55


def heading_lines(plan):
    """Yield the lines of the notice's heading as `(text, alignment)`, without data that the plan does not have."""
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
    """The table part of a plan: headings, widths and rows in order."""

    def __init__(self, plan):
        """Read the rows in a fixed number of queries."""
        rows = plan.tasks.standing().filter(section__part__kind=PartKind.TABLE).with_designations().with_supplements()
        self.tasks = list(rows.as_printed())
        numbers = [task.number for task in self.tasks]
        self.has_numbers = numbers != list(range(1, len(numbers) + 1))  # rows numbered from 1 need no column
        self.has_notes = any(task.supplement_notes for task in self.tasks)

    @property
    def headings(self):
        """The headings, with a column of numbers if they do not run from 1, and one of notes after supplements."""
        numbers = (NUMBER_HEADING,) if self.has_numbers else ()
        return numbers + HEADINGS + ((NOTE_HEADING,) if self.has_notes else ())

    @property
    def widths(self):
        """The widths of the columns in mm."""
        before = (NUMBER_WIDTH_MM,) if self.has_numbers else ()
        after = (NOTE_WIDTH_MM,) if self.has_notes else ()
        requirement = WIDTHS_MM[3] - sum(before) - sum(after)
        return (*before, *WIDTHS_MM[:3], requirement, WIDTHS_MM[4], *after)

    def sections(self):
        """Yield `(heading, rows)` of each section: the part's heading for its first section, "" for the others."""
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
        notes = ["\n".join(task.supplement_notes)] if self.has_notes else []
        return ([str(task.number)] if self.has_numbers else []) + texts + notes


def _deadline(task):
    """Return the deadline as written, else the one entered later, "" if it is still open."""
    is_known = task.due_on or task.recurrence not in ("", Recurrence.ONGOING)
    return task.deadline_as_written or (task.deadline_in_words if is_known else "")


def word(plan):
    """Write the plan as .docx on landscape A4; return the open file."""
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
                merges[index, column + shift] = docx.RESTART if index == first else docx.CONTINUE
        for index, task in enumerate(tasks):
            yield [
                _word_cell(text, merges.get((index, column), ""), table.headings[column])
                for column, text in enumerate(table.cells(task))
            ]


def _word_cell(text, merge, heading):
    align = docx.CENTRE if heading in CENTRED else docx.LEFT
    return docx.Cell("" if merge == docx.CONTINUE else text, merge=merge, align=align)


def excel(plan):
    """Write the plan as .xlsx, set up for landscape A3; return the open file."""
    table = Table(plan)
    last_column = len(table.headings) - 1
    widths = [width * CHARACTERS_PER_MM for width in table.widths]
    with xlsx.Book() as book:
        sheet = book.sheet("任务分解表")
        head = _excel_heading(sheet, plan, last_column)
        sheet.headings(head, list(map(xlsx.Column, table.headings, widths)), **XLSX_HEAD)
        row = head + 1
        for heading, tasks in table.sections():
            if heading:
                _across(sheet, row, heading, last_column, **XLSX_PART)
                row += 1
            _excel_section(sheet, row, tasks, table, widths)
            row += len(tasks)
        sheet.set_up_print(paper=xlsx.A3, header_row=head)
        sheet.freeze(head + 1)
        sheet.worksheet.print_area(0, 0, row - 1, last_column)
        return book.finished()


def _excel_heading(sheet, plan, last_column):
    """Write the notice's heading and the title; return the next free row."""
    row = 0
    for text, align in heading_lines(plan):
        _across(sheet, row, text, last_column, align=align, border=0, **XLSX_BODY)
        row += 1
    sheet.across(row, last_column, plan.title, height=36, align=docx.CENTRE, border=0, **XLSX_TITLE)
    return row + 1


def _across(sheet, row, text, last_column, **style):
    height = xlsx.height_of(text, sum(WIDTHS_MM) * CHARACTERS_PER_MM) + 4
    sheet.across(row, last_column, text, height=height, **style)


def _excel_section(sheet, top, tasks, table, widths):
    shift = 1 if table.has_numbers else 0
    merged = [(column + shift, first, last) for column, first, last in spans(tasks)]
    anchors = {(first, column) for column, first, last in merged if first < last}
    lines = [table.cells(task) for task in tasks]
    for index, (texts, height) in enumerate(zip(lines, row_heights(lines, merged, widths), strict=True)):
        sheet.set_height(top + index, height * XLSX_LOOSE)
        for column, text in enumerate(texts):
            style = _excel_style(text, widths[column], table.headings[column])
            sheet.put(top + index, column, text, **style, **(XLSX_MERGED if (index, column) in anchors else {}))
    for column, first, last in merged:
        sheet.merge(top + first, column, top + last, column)


def _excel_style(text, width, heading):
    too_high = xlsx.height_of(text, width) * XLSX_LOOSE > xlsx.MAX_ROW_POINTS
    return {**(XLSX_SMALL if too_high else XLSX_BODY), "align": docx.CENTRE if heading in CENTRED else docx.LEFT}
