"""Ledger (台账): the table in the official layout with merged cells and progress beside each row, for A3."""

from itertools import groupby
from typing import NamedTuple

from django.db.models import Q

from reports import figures
from reports.exports.lists.lists import DEMO, as_written
from tasks.choices import DutyRole, Light, PartKind, ReportState
from tasks.models import Assignment
from wenshang_disclosure.core.office.xlsx import A3, FACE_OF_TITLES, MAX_ROW_POINTS, Book, Column, height_of

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
SMALL_POINTS = 8  # for cells higher than `MAX_ROW_POINTS`, so that less of them is cut off


def ledger(scope):
    """Write the table part of the scope's plan with what its user may see on that evening; return the open file."""
    with Book() as book:
        write_table(book.sheet("台账"), scope.plan.title, notes(scope), parts(scope))
        return book.finished()


class Block(NamedTuple):
    """The rows of one section in the official layout, independent of the file format."""

    section: object
    lines: list
    """The values of each row."""
    merged: list
    """`(column, first, last)` of each merged cell, from `paper.spans`."""
    heights: list
    """The height of each row in points."""


def parts(scope, duties=None):
    """Return each part of the plan's table with its blocks; with `duties` (with lights), only the rows of those."""
    current = CurrentRows(scope, duties)
    tasks = scope.plan.tasks.standing().filter(section__part__kind=PartKind.TABLE)
    tasks = tasks.with_designations().with_supplements().as_printed()
    if duties is not None:
        tasks = tasks.filter(pk__in=duties.order_by().values("task"))
    for part, in_part in groupby(tasks, key=lambda task: task.section.part):
        yield part, [_block(list(rows), current) for _, rows in groupby(in_part, key=lambda task: task.section)]


def _block(tasks, current):
    lines, merged = [_values(task, current) for task in tasks], spans(tasks)
    heights = [min(height, MAX_ROW_POINTS) for height in row_heights(lines, merged, WIDTHS)]
    return Block(tasks[0].section, lines, merged, heights)


class CurrentRows:
    """Data beside each row: lights, counts, texts of the latest reports, number of evidence items.

    They cover the duties that the user may see and that were owed on that day. The texts are those of the units that
    coordinate the row; users of one unit also see their own unit's texts on all other rows.
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
        self.latest = self._latest_by_task(figures.latest(duties, as_of))

    def _latest_by_task(self, reports):
        speaks = Q(assignment__coordinates=True)
        if not self.user.reads_everything:
            speaks |= Q(assignment__unit=self.user.unit_id)
        reports = reports.filter(speaks).select_related("assignment__unit")
        by_task = {}
        for report in reports.order_by("-assignment__coordinates", "assignment__unit__order", "pk"):
            by_task.setdefault(report.assignment.task_id, []).append(report)
        return by_task

    def beside(self, task):
        """Return the last six values of the row, from 进展情况 to 佐证数."""
        counts = self.counts.get(task.pk)
        if counts is None:  # no visible duty on this row
            return [""] * 6
        lit = "、".join(f"{light.label}{counts[light.value]}" for light in Light if counts[light.value])
        return [
            self._progress(task, counts),
            self._texts(task, "obstacles"),
            self._texts(task, "next_steps"),
            lit,
            f"{counts['done']}/{counts['owed']}",
            self.evidence.get(task.pk, 0),
        ]

    def _progress(self, task, counts):
        texts = self._texts(task, "text", _review_state)
        # Counts of a single unit would suggest that no other unit owes the row.
        if texts or task.pk in self.coordinated or not self.user.reads_everything:
            return texts
        return f"{counts['owed']}个单位承办，已报送{self.reported.get(task.pk, 0)}个，办结{counts['done']}个。"

    def _texts(self, task, field, mark=lambda report: ""):
        return "\n".join(
            f"{report.assignment.unit.name}{mark(report)}：{getattr(report, field)}"
            for report in self.latest.get(task.pk, [])
            if getattr(report, field)
        )


def _review_state(report):
    """Return the review state of a report that was not approved by the end of the day, "" if it was."""
    return {ReportState.SUBMITTED: "（待审核）", ReportState.RETURNED: "（已退回）"}.get(report.state, "")


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
    requirement = "\n".join([task.requirement, *(f"（{note}）" for note in task.supplement_notes)])
    return [task.section.heading, leads, responsible, requirement, task.deadline_in_words, *beside]


def write_table(sheet, title, notes, parts, *, record=lambda row, *keys: None, nothing=""):
    """Write `parts` with merged cells, set up for A3; `nothing` is written if there are no rows.

    `record` is called with each row and the keys by which links find it.
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
    """Write a block starting at `row`, merge its cells, and return the next free row."""
    for offset, (values, height) in enumerate(zip(block.lines, block.heights, strict=True)):
        sheet.set_height(row + offset, height)
        for column, value in enumerate(values):
            style = {"align": "center"} if column in CENTRED_COLUMNS else {}
            if height_of(value, WIDTHS[column]) > MAX_ROW_POINTS:
                style["font_size"] = SMALL_POINTS
            sheet.put(row + offset, column, value, **style)
    for column, first, last in block.merged:
        sheet.merge(row + first, column, row + last, column)
    return row + len(block.lines)
