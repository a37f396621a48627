"""The whole table in the official layout (台账): merged as on paper, with progress beside each row, set up for A3."""

from itertools import groupby
from typing import NamedTuple

from django.db.models import Q

from reports import figures
from reports.exports.lists.lists import DEMO, as_written
from tasks.choices import DutyRole, Light, PartKind, ReportState
from tasks.models import Assignment
from wenshang_disclosure.core.office.xlsx import A3, FACE_OF_TITLES, HIGHEST, Book, Column, height_of

from .paper import row_heights, spans

COLUMNS = [
    Column("工作任务", 20),
    Column("牵头部门", 27),
    Column("责任单位", 33),
    Column("具体要求", 48),
    Column("完成时限", 12),
    Column("进展情况", 58),
    Column("存在问题", 26),
    Column("下步措施", 26),
    Column("亮灯", 16),
    Column("办结单位/应办单位", 10),
    Column("佐证数", 9),
]
WIDTHS = [column.width for column in COLUMNS]
LAST = len(COLUMNS) - 1
HEADER_ROW = 2
CENTRED_COLUMNS = {4, 8, 9, 10}
SMALL = 8  # points, for a cell that would be higher than a row can be, so that as much of it as can be is on paper


def ledger(scope):
    """Write the table part of the scope's plan with what its user may see on that evening; return the open file."""
    with Book() as book:
        write_table(book.sheet("台账"), scope.plan.title, notes(scope), parts(scope))
        return book.finished()


class Block(NamedTuple):
    """The rows of one section as they stand on paper, whatever writes them."""

    section: object
    lines: list
    """The values of each row."""
    merged: list
    """`(column, first, last)` of each cell that stands for several rows, as `paper.spans` gives them."""
    heights: list
    """The points of each row."""


def parts(scope, duties=None):
    """Return each part of the plan's table with its blocks; with `duties` (with lights), only the rows of those."""
    current = CurrentRows(scope, duties)
    tasks = scope.plan.tasks.filter(section__part__kind=PartKind.TABLE).with_designations().order_by("number")
    if duties is not None:
        tasks = tasks.filter(pk__in=duties.order_by().values("task"))
    for part, in_part in groupby(tasks, key=lambda task: task.section.part):
        yield part, [_block(list(rows), current) for _, rows in groupby(in_part, key=lambda task: task.section)]


def _block(tasks, current):
    lines, merged = [_values(task, current) for task in tasks], spans(tasks)
    heights = [min(height, HIGHEST) for height in row_heights(lines, merged, WIDTHS)]
    return Block(tasks[0].section, lines, merged, heights)


class CurrentRows:
    """What stands beside each row: lights, counts, latest words, number of evidence items.

    All of it is of the duties that the user may see and that were owed on that day. The words are those of the units
    that coordinate the row; somebody who reads for one unit also finds that unit's own words on every other row.
    """

    def __init__(self, scope, duties=None):
        """Ask the database a fixed number of times, whatever the size of the plan; of `duties` only, where given."""
        self.user, as_of = scope.user, scope.as_of
        duties = scope.duties() if duties is None else duties
        self.counts = duties.lights_by_task()
        reports = figures.submitted_on(duties, as_of)
        self.reported = figures.number_of_reporting(reports)
        self.evidence = figures.number_of_items(reports, "assignment__task")
        leads = Assignment.objects.filter(plan=scope.plan, coordinates=True).owed(as_of)
        self.coordinated = set(leads.order_by().values_list("task", flat=True))
        self.words = self._words_of(figures.latest(duties, as_of))

    def _words_of(self, reports):
        speaks = Q(assignment__coordinates=True)
        if not self.user.reads_everything:
            speaks |= Q(assignment__unit=self.user.unit_id)
        reports = reports.filter(speaks).select_related("assignment__unit")
        words = {}
        for report in reports.order_by("-assignment__coordinates", "assignment__unit__order", "pk"):
            words.setdefault(report.assignment.task_id, []).append(report)
        return words

    def beside(self, task):
        """Return the six values of the row's right half."""
        counts = self.counts.get(task.pk)
        if counts is None:  # nobody owes the row yet, or nobody whom the user may see
            return [""] * 6
        lit = "、".join(f"{light.label}{counts[light.value]}" for light in Light if counts[light.value])
        return [
            self._progress(task, counts),
            self._said(task, "obstacles_then"),
            self._said(task, "next_steps_then"),
            lit,
            f"{counts['done']}/{counts['owed']}",
            self.evidence.get(task.pk, 0),
        ]

    def _progress(self, task, counts):
        said = self._said(task, "text_then", _mark)
        # Of one unit alone, the counts would read as if nobody else owed the row.
        if said or task.pk in self.coordinated or not self.user.reads_everything:
            return said
        return f"{counts['owed']}个单位承办，已报送{self.reported.get(task.pk, 0)}个，办结{counts['done']}个。"

    def _said(self, task, field, mark=lambda report: ""):
        return "\n".join(
            f"{report.assignment.unit.name}{mark(report)}：{getattr(report, field)}"
            for report in self.words.get(task.pk, [])
            if getattr(report, field)
        )


def _mark(report):
    """Say what the office had answered by that evening, where it was not a yes."""
    return {ReportState.SUBMITTED: "（待审核）", ReportState.RETURNED: "（已退回）"}.get(report.state_then, "")


def notes(scope):
    """Return what stands under the title."""
    if scope.plan.document_number:
        yield scope.plan.document_number
    yield f"截至{scope.as_of:%Y年%m月%d日}"
    if not scope.user.reads_everything:
        yield "亮灯、办结数和佐证数只计本单位和本单位牵头任务的承办事项"
    if scope.plan.has_demo_activity:
        yield DEMO.rstrip("。")


def _values(task, current):
    leads, responsible = (as_written(task.designated(role)) for role in (DutyRole.LEAD, DutyRole.RESPONSIBLE))
    beside = current.beside(task)
    return [task.section.heading, leads, responsible, task.requirement, task.deadline_in_words, *beside]


def write_table(sheet, title, notes, parts, *, record=lambda row, *keys: None, nothing=""):
    """Write `parts` as on paper, merged and set up for A3; `nothing` is said where there is no row.

    `record` is called with each row and the keys by which it is found.
    """
    _write_head(sheet, title, "　　".join(notes))
    row = HEADER_ROW + 1
    for part, blocks in parts:
        record(row, ("part", part.pk))
        sheet.across(row, LAST, part.heading, height=26, font_name=FACE_OF_TITLES, font_size=12, text_wrap=False)
        row += 1
        for block in blocks:
            for line in range(row, row + len(block.lines)):
                record(line, "all", ("part", part.pk), ("section", block.section.pk))
            row = _write_block(sheet, row, block)
    if row == HEADER_ROW + 1 and nothing:
        sheet.across(row, LAST, nothing, height=30, align="center")
        row += 1
    sheet.freeze(HEADER_ROW + 1)
    sheet.set_up_print(paper=A3, header_row=HEADER_ROW)
    sheet.worksheet.print_area(0, 0, row - 1, LAST)


def _write_head(sheet, title, notes):
    style = {"border": 0, "align": "center"}
    sheet.across(0, LAST, title, height=40, font_name=FACE_OF_TITLES, font_size=20, bold=True, **style)
    sheet.across(1, LAST, notes, height=24, **style)
    sheet.headings(HEADER_ROW, COLUMNS)
    sheet.set_height(HEADER_ROW, 36)


def _write_block(sheet, row, block):
    """Write a block from `row` on, merge its cells as on paper, and return the next free row."""
    for offset, (values, height) in enumerate(zip(block.lines, block.heights, strict=True)):
        sheet.set_height(row + offset, height)
        for column, value in enumerate(values):
            style = {"align": "center"} if column in CENTRED_COLUMNS else {}
            if height_of(value, WIDTHS[column]) > HIGHEST:
                style["font_size"] = SMALL
            sheet.put(row + offset, column, value, **style)
    for column, first, last in block.merged:
        sheet.merge(row + first, column, row + last, column)
    return row + len(block.lines)
