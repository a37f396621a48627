"""Sheet 总览: the figures of the dashboard, with charts that refer to their cells."""

from reports import figures
from reports.exports.lists.lists import LIGHTS, heading
from tasks.choices import Light
from wenshang_disclosure.core.office.xlsx import A3, FACE_OF_TITLES, HEAD, LINK, NO_ROWS, PLAIN, Column, height_of
from wenshang_disclosure.core.rates import NO_RATE, share

from . import charts

COLUMNS = [
    Column("名称", 34),
    Column("任务", 8),
    Column("应办", 8),
    *(Column(label, 8) for _, label in LIGHTS),
    Column("办结率", 9),
    Column("按时办结", 9),
    Column("按时率", 9),
]
LAST = len(COLUMNS) - 1
NAME, TASKS, OWED, FIRST_LIGHT = range(4)
DONE = FIRST_LIGHT + len(LIGHTS) - 1
RATE, ON_TIME, ON_TIME_RATE = range(DONE + 1, DONE + 4)
CHARTS = LAST + 2  # the first column of charts
ROW_POINTS, TOTAL = 22, {"bold": True, "bg_color": "#F4F6F9"}
TILES = [(0, 0), (1, 2), (3, 4), (5, 6), (7, 8), (9, 11)]


def write(sheet, scope, summary, places, *, ranked):
    """Write the figures of `summary`, linked to their rows if those are in the same workbook."""
    page = _Page(sheet, places)
    page.row = sheet.title(f"{scope.plan.year}年政务公开任务年度汇总", heading(scope)) + 1
    sheet.freeze(1)
    sheet.set_up_print(paper=A3)
    for number, column in enumerate(COLUMNS):
        sheet.set_width(number, column.width)
    sheet.set_width(LAST + 1, 2)
    if not summary.rows:
        sheet.across(page.row, LAST, NO_ROWS, height=30, align="center")
        return
    page.tiles(summary)
    page.note("任务按行计，应办事项按承办单位计；办结率＝办结÷应办，按时率＝按时办结÷办结；点击数字查看对应明细。")
    top = page.row
    taken = _parts(page, summary)
    _sections(page, summary)
    _groups(page, summary)
    _months(page, summary, (top, CHARTS), taken)
    for group in summary.groups:
        _units(page, group, "办结率排名" if ranked else "办结率")


class _Page:
    """The sheet with the next free row."""

    def __init__(self, sheet, places):
        self.sheet, self.places, self.row = sheet, places, 0
        self.breaks = []

    def note(self, text):
        """Write a line of text."""
        self.sheet.put(self.row, 0, text, font_color="#5A6472", **PLAIN)
        self.row += 2

    def heading(self, title, heads=None):
        """Write the title of a block and its headings."""
        self.sheet.set_height(self.row, 26)
        self.sheet.put(self.row, 0, title, font_name=FACE_OF_TITLES, font_size=13, **PLAIN)
        self.row += 1
        for number, head in enumerate(heads or [column.heading for column in COLUMNS]):
            self.sheet.put(self.row, number, head, bold=True, bg_color=HEAD, align="center")
        self.sheet.set_height(self.row, ROW_POINTS)
        self.row += 1

    def figures(self, name, row, targets, tasks=None):
        """Write one row of figures; `targets(column)` returns the address to link to."""
        sheet = self.sheet
        sheet.set_height(self.row, max(ROW_POINTS, height_of(name, COLUMNS[NAME].width)))
        sheet.link(self.row, NAME, targets(NAME), name)
        sheet.link(self.row, TASKS, targets(TASKS), row["owed"] if tasks is None else tasks, align="center")
        sheet.link(self.row, OWED, targets(OWED), row["owed"], align="center")
        for column, light in enumerate(Light, start=FIRST_LIGHT):
            sheet.link(self.row, column, targets(light.value), row[light.value], align="center")
        sheet.put(self.row, ON_TIME, row["on_time"], align="center")
        self.rates(row)
        self.row += 1

    def rates(self, row, **style):
        """Write both rates of a row as formulas."""
        done = (self.row, DONE, row["done"])
        self.sheet.rate(self.row, RATE, done, (self.row, OWED, row["owed"]), **style)
        self.sheet.rate(self.row, ON_TIME_RATE, (self.row, ON_TIME, row["on_time"]), done, **style)

    def total(self, first, values, targets):
        """Write the sums of the rows from `first` on as formulas."""
        self.sheet.set_height(self.row, ROW_POINTS)
        self.sheet.put(self.row, NAME, "合计", **TOTAL)
        lights = dict(enumerate(Light.values, start=FIRST_LIGHT))
        names = {TASKS: "tasks", OWED: "owed", **lights, ON_TIME: "on_time"}
        for column, name in names.items():
            formula = f"=SUM({self.sheet.cells(first, column, self.row - 1, column)})"
            place = targets(lights.get(column, column))
            self.sheet.link(self.row, column, place, values[name], align="center", **TOTAL)
            style = {"font_color": LINK} if place else {}
            self.sheet.sum_up(self.row, column, formula, values[name], align="center", **TOTAL, **style)
        self.rates(values, **TOTAL)
        self.row += 1

    def tiles(self, summary):
        """Write the key figures as tiles."""
        values, of = summary.totals, self.places.of
        on_time = share(values["on_time"], values["done"])
        tiles = [
            ("任务（项）", values["tasks"], "0", of("ledger", "all")),
            ("应办事项（件）", values["owed"], "0", of("duties", "all")),
            ("办结率", share(values["done"], values["owed"]), "0.0%", of("duties", ("done", "all"))),
            ("按时率", NO_RATE if on_time is None else on_time, "0.0%", None),
            ("逾期（件）", values["overdue"], "0", of("overdue", "all")),
            ("待审核报告（份）", summary.waiting, "0", of("reports", "waiting")),
        ]
        for (first, last), (label, *_) in zip(TILES, tiles, strict=True):
            self._tile(self.row, first, last, label, None, {"bg_color": HEAD})
        for (first, last), (_, value, shown, place) in zip(TILES, tiles, strict=True):
            style = {"font_size": 20, "bold": True, "num_format": shown}
            self._tile(self.row + 1, first, last, value, place, style)
        self.sheet.set_height(self.row, ROW_POINTS)
        self.sheet.set_height(self.row + 1, 40)
        self.row += 3

    def _tile(self, row, first, last, value, place, style):
        for column in range(first, last + 1):
            if column == first:
                self.sheet.link(row, column, place, value, align="center", **style)
            else:
                self.sheet.put(row, column, "", **style)
        self.sheet.merge(row, first, row, last)

    def new_page(self):
        """Start the next block on a new page."""
        self.row += 1
        self.breaks.append(self.row)
        self.sheet.worksheet.set_h_pagebreaks(self.breaks)


def _parts(page, summary):
    beside = page.row
    page.heading("各部分办理情况", ["部分", *(column.heading for column in COLUMNS[1:])])
    first = page.row
    for row in figures.by_part(summary.rows):
        part = ("part", row["task__section__part"])
        tasks = sum(one["tasks"] for one in summary.sections if one["task__section__part"] == part[1])
        page.figures(row["task__section__part__heading"], row, _targets(page.places, part), tasks)
    last = page.row - 1
    page.total(first, summary.totals, _of_all(page.places))
    return charts.lights(page.sheet, (beside, CHARTS), "各部分亮灯情况", first, last)


def _sections(page, summary):
    page.row += 1
    page.heading("各项工作任务办理情况", ["工作任务", *(column.heading for column in COLUMNS[1:])])
    for row in summary.sections:
        targets = _targets(page.places, ("section", row["task__section"]))
        page.figures(row["task__section__heading"] or "（未分类）", row, targets, row["tasks"])


def _groups(page, summary):
    page.row += 1
    page.heading("各组单位办理情况", ["组别", *(column.heading for column in COLUMNS[1:])])
    for group in summary.groups:
        place = page.places.of("units", group["group"])
        targets = {NAME: place, OWED: place}
        page.figures(group["group"].label, group, targets.get, group["tasks"])


def _months(page, summary, at, below):
    if not summary.months:
        return
    page.row += 1
    page.heading("办结进度", ["月份", "已办结", "已到期"])
    first = page.row
    for values in summary.months:
        page.sheet.set_height(page.row, ROW_POINTS)
        for column, value in enumerate(values):
            page.sheet.put(page.row, column, value, align="center")
        page.row += 1
    charts.burn_up(page.sheet, at, below, first, page.row - 1)


def _units(page, group, title):
    page.new_page()
    beside = page.row
    page.heading(f"{group['group'].label}{title}", ["单位", *(column.heading for column in COLUMNS[1:])])
    first = page.row
    for row in group["members"]:
        page.figures(row["label"], row, _of_unit(page.places, row["unit"]))
    charts.units(page.sheet, (beside, CHARTS), f"{group['group'].label}办结率", first, page.row - 1)


def _targets(places, key):
    """Return a function from column to address: names and counts link to the ledger, lights to the duties."""

    def target(column):
        if column in (NAME, TASKS, OWED):
            return places.of("ledger", key)
        return places.of("duties", (column, *key))

    return target


def _of_unit(places, unit):
    def target(column):
        if column in (NAME, TASKS, OWED):
            return places.of("units", ("unit", unit))
        return places.of("duties", (column, "unit", unit))

    return target


def _of_all(places):
    others = {TASKS: ("ledger", "all"), OWED: ("duties", "all"), Light.OVERDUE.value: ("overdue", "all")}
    others[ON_TIME] = ("", "")  # there is no such list
    return lambda column: places.of(*others.get(column, ("duties", (column, "all"))))


class Summary:
    """The figures of the sheet, computed once."""

    def __init__(self, scope, duties, groups, rows, reports):
        """Count `duties` (with lights) and submitted `reports`."""
        self.rows, self.groups = rows, groups
        tasks = figures.tasks_by_section(duties)
        self.sections = [{**row, "tasks": tasks[row["task__section"]]} for row in figures.by_section(rows)]
        self.totals = {**figures.totals(rows), "tasks": figures.number_of_tasks(duties)}
        self.months = figures.completed_by_month(duties, scope.as_of)
        self.waiting = figures.still_waiting(reports).count()
