"""Sheet 单位汇总: the figures of units, linked to their rows, with their place in the group where units are ranked."""

from departments.choices import UnitKind
from reports import figures
from reports.exports.lists.lists import LIGHTS, heading
from tasks.choices import Light
from wenshang_disclosure.core.office.xlsx import A3, NO_ROWS, Column

COLUMNS = [
    Column("序号", 7),
    Column("单位", 32),
    Column("类别", 14),
    Column("组别", 14),
    Column("应办", 8),
    *(Column(label, 8) for _, label in LIGHTS),
    Column("办结率", 9),
    Column("按时办结", 9),
    Column("按时率", 9),
    Column("报送报告", 9),
    Column("佐证材料", 9),
]
PLACE = Column("名次", 7)
"""Stands in the place of the number of the row where units are ranked."""

LAST = len(COLUMNS) - 1
OWED, FIRST_LIGHT = 4, 5
DONE = FIRST_LIGHT + len(LIGHTS) - 1
RATE, ON_TIME, ON_TIME_RATE, REPORTS, EVIDENCE = range(DONE + 1, DONE + 6)
SUMMED = [OWED, *range(FIRST_LIGHT, RATE), ON_TIME, REPORTS, EVIDENCE]


def write(sheet, scope, groups, reports, places, *, ranked):
    """Write the units of `groups` (`figures.by_group`) with what they submitted, and a sum that follows the filter."""
    header_row = sheet.title("单位汇总", heading(scope))
    sheet.headings(header_row, [PLACE, *COLUMNS[1:]] if ranked else COLUMNS)
    sheet.freeze(header_row + 1, 2)
    sheet.set_up_print(paper=A3, header_row=header_row)
    of_unit = "assignment__unit"
    counted = figures.number_of_reports(reports, of_unit), figures.number_of_items(reports, of_unit)
    sums = dict.fromkeys(SUMMED, 0)
    first = row = header_row + 1
    for group in groups:
        for member in group["members"]:
            submitted = [numbers.get(member["unit"], 0) for numbers in counted]
            number = member["place"] if ranked else row - first + 1
            _unit(sheet, row, number, member, group["group"], submitted, places, sums)
            places.note("units", row, ("unit", member["unit"]), group["group"])
            row += 1
    if row == first:
        sheet.across(row, LAST, NO_ROWS, height=30, align="center")
    else:
        _sums(sheet, row, first, sums)
    sheet.filter(header_row, max(row - 1, first), LAST)


def _unit(sheet, row, number, member, group, submitted, places, sums):
    unit = ("unit", member["unit"])
    sheet.set_height(row, 21.5)
    words = [number, member["unit__name"], UnitKind(member["unit__kind"]).label, group.label]
    for column, value in enumerate(words):
        sheet.put(row, column, value, **({} if column == 1 else {"align": "center"}))
    values = {OWED: (member["owed"], None), ON_TIME: (member["on_time"], None)}
    for column, light in enumerate(Light, start=FIRST_LIGHT):
        values[column] = (member[light.value], places.of("duties", (light.value, *unit)))
    values[REPORTS] = (submitted[0], places.of("reports", unit))
    values[EVIDENCE] = (submitted[1], places.of("evidence", unit))
    for column, (value, place) in values.items():
        sums[column] += value
        sheet.link(row, column, place, value, align="center")
    _rates(sheet, row, member["owed"], member[Light.DONE], member["on_time"])


def _rates(sheet, row, owed, done, on_time, **style):
    sheet.rate(row, RATE, (row, DONE, done), (row, OWED, owed), **style)
    sheet.rate(row, ON_TIME_RATE, (row, ON_TIME, on_time), (row, DONE, done), **style)


def _sums(sheet, row, first, sums):
    style = {"bold": True, "align": "center", "bg_color": "#F4F6F9"}
    sheet.set_height(row, 24)
    for column in range(SUMMED[0]):
        sheet.put(row, column, "合计" if column == 1 else "", **style)
    for column, value in sums.items():
        sheet.sum_up(row, column, f"=SUBTOTAL(109,{sheet.cells(first, column, row - 1, column)})", value, **style)
    _rates(sheet, row, sums[OWED], sums[DONE], sums[ON_TIME], **style)
