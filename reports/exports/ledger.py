"""The whole table in the official layout (台账): merged as on paper, with progress beside each row, set up for A3."""

import math
import tempfile
from itertools import groupby, pairwise

from django.db.models import Count
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from tasks.choices import DutyRole, Light, PartKind, ReportState
from tasks.models import Assignment, Evidence, ProgressReport
from wenshang_disclosure.common.dates import day_end
from wenshang_disclosure.common.xlsx import A3, CENTRED, GRID, HEAD, WRAPPED, set_up_print, write

from .lists import as_written

COLUMNS = [
    ("工作任务", 18),
    ("牵头部门", 26),
    ("责任单位", 26),
    ("具体要求", 46),
    ("完成时限", 11),
    ("进展情况", 46),
    ("存在问题", 24),
    ("下步措施", 24),
    ("亮灯", 13),
    ("办结单位/应办单位", 11),
    ("佐证数", 8),
]
SECTION, LEAD, RESPONSIBLE = 1, 2, 3
HEADER_ROW = 3
LINE = 15  # points
HIGHEST = 409  # points that Excel takes for a row
CENTRED_COLUMNS = {5, 9, 10, 11}


def ledger(plan, as_of, user):
    """Write the plan's table part with what `user` may see on the evening of `as_of`; give the open file."""
    book = Workbook()
    sheet = book.active
    sheet.title = "台账"
    _head(sheet, plan, as_of)
    standing = Standing(plan, as_of, user)
    tasks = plan.tasks.filter(section__part__kind=PartKind.TABLE).with_designations()
    row = HEADER_ROW + 1
    for part, in_part in groupby(tasks.order_by("number"), key=lambda task: task.section.part):
        row = _part_heading(sheet, row, part)
        for _, in_section in groupby(in_part, key=lambda task: task.section):
            row = _section(sheet, row, list(in_section), standing)
    sheet.freeze_panes = f"A{HEADER_ROW + 1}"
    set_up_print(sheet, paper=A3, header_row=HEADER_ROW)
    sheet.print_area = f"A1:{get_column_letter(len(COLUMNS))}{row - 1}"
    file = tempfile.TemporaryFile()  # noqa: SIM115, closed by the response that sends it
    book.save(file)
    file.seek(0)
    return file


class Standing:
    """What stands beside each row: lights, counts, the latest words of who coordinates it, number of evidence items."""

    def __init__(self, plan, as_of, user):
        """Ask the database a fixed number of times, whatever the size of the plan."""
        duties = Assignment.objects.shown_to(user, plan, as_of)
        self.counts = {figures["task"]: figures for figures in duties.light_counts("task")}
        reports = ProgressReport.objects.visible_to(user).handed_in()
        reports = reports.filter(assignment__plan=plan, submitted_at__lt=day_end(as_of))
        reported = reports.order_by().values("assignment__task").annotate(units=Count("assignment", distinct=True))
        self.reported = {figures["assignment__task"]: figures["units"] for figures in reported}
        evidence = Evidence.objects.filter(report__in=reports.order_by().values("pk")).order_by()
        counted = evidence.values("report__assignment__task").annotate(n=Count("pk"))
        self.evidence = {figures["report__assignment__task"]: figures["n"] for figures in counted}
        self.led = set(plan.assignments.filter(coordinates=True).values_list("task", flat=True))
        self.words = self._latest_words(reports)

    def _latest_words(self, reports):
        latest = {}
        led = reports.filter(assignment__coordinates=True).select_related("assignment__unit")
        for report in led.order_by("submitted_at", "pk"):
            latest[report.assignment] = report
        words = {}
        for duty in sorted(latest, key=lambda duty: duty.unit.order):
            words.setdefault(duty.task_id, []).append(latest[duty])
        return words

    def beside(self, task):
        """Give the six values of the row's right half."""
        figures = self.counts.get(task.pk, {"owed": 0, **{light.value: 0 for light in Light}})
        lit = "、".join(f"{light.label}{figures[light.value]}" for light in Light if figures[light.value])
        return [
            self._progress(task, figures),
            self._said(task, "obstacles"),
            self._said(task, "next_steps"),
            lit,
            f"{figures['done']}/{figures['owed']}",
            self.evidence.get(task.pk, 0),
        ]

    def _progress(self, task, figures):
        if task.pk in self.led:
            return self._said(task, "text", mark=True)
        if not figures["owed"]:
            return ""
        return f"{figures['owed']}个单位承办，已报送{self.reported.get(task.pk, 0)}个，办结{figures['done']}个。"

    def _said(self, task, field, mark=False):
        lines = []
        for report in self.words.get(task.pk, []):
            said = getattr(report, field)
            waits = "（待审核）" if mark and report.state == ReportState.SUBMITTED else ""
            if said:
                lines.append(f"{report.assignment.unit.name}{waits}：{said}")
        return "\n".join(lines)


def _head(sheet, plan, as_of):
    last = len(COLUMNS)
    title = write(sheet.cell(1, 1), plan.title)
    title.font, title.alignment = Font(name="黑体", size=18, bold=True), CENTRED
    note = f"{plan.document_number}　截至{as_of:%Y年%m月%d日}"
    if plan.has_demo_activity:
        note += "　含演示数据，不反映任何单位的真实工作情况"
    line = write(sheet.cell(2, 1), note)
    line.alignment = CENTRED
    for row, height in ((1, 34), (2, 20), (HEADER_ROW, 34)):
        sheet.row_dimensions[row].height = height
    for row in (1, 2):
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=last)
    for number, (heading, width) in enumerate(COLUMNS, start=1):
        cell = write(sheet.cell(HEADER_ROW, number), heading)
        cell.font, cell.alignment, cell.border, cell.fill = Font(bold=True), CENTRED, GRID, HEAD
        sheet.column_dimensions[get_column_letter(number)].width = width


def _part_heading(sheet, row, part):
    for number in range(1, len(COLUMNS) + 1):
        sheet.cell(row, number).border = GRID
    cell = write(sheet.cell(row, 1), part.heading)
    cell.font, cell.alignment = Font(name="黑体", size=12, bold=True), WRAPPED
    sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=len(COLUMNS))
    sheet.row_dimensions[row].height = 24
    return row + 1


def _section(sheet, row, tasks, standing):
    for offset, task in enumerate(tasks):
        names = [as_written(task.designated(role)) for role in (DutyRole.LEAD, DutyRole.RESPONSIBLE)]
        values = [task.section.heading, *names, task.requirement, task.deadline_in_words, *standing.beside(task)]
        for number, value in enumerate(values, start=1):
            cell = write(sheet.cell(row + offset, number), value)
            cell.border = GRID
            cell.alignment = CENTRED if number in CENTRED_COLUMNS else WRAPPED
        sheet.row_dimensions[row + offset].height = _height(values[1:])
    _merge(sheet, row, SECTION, [True] * len(tasks))
    for column, role in ((LEAD, DutyRole.LEAD), (RESPONSIBLE, DutyRole.RESPONSIBLE)):
        _merge(sheet, row, column, [_goes_on(above, task, role) for above, task in pairwise([None, *tasks])])
    return row + len(tasks)


def _goes_on(above, task, role):
    names = task.designated(role)
    return bool(above and names and names[0].from_cell_above)


def _merge(sheet, row, column, goes_on):
    """Merge each cell with those below that go on from it."""
    start = 0
    for index in range(1, len(goes_on) + 1):
        if index < len(goes_on) and goes_on[index]:
            continue
        if index - start > 1:
            sheet.merge_cells(start_row=row + start, start_column=column, end_row=row + index - 1, end_column=column)
        start = index


def _height(values):
    """Estimate a row's height in points: a Chinese character is two columns wide."""
    lines = 1
    for value, (_, width) in zip(values, COLUMNS[1:], strict=True):
        wrapped = sum(max(1, math.ceil(_columns(line) / (width - 1))) for line in str(value or "").split("\n"))
        lines = max(lines, wrapped)
    return min(HIGHEST, lines * LINE + 8)


def _columns(line):
    return sum(2 if ord(character) > 0x2E80 else 1 for character in line)
