"""Charts of the sheet 总览, which refer to its cells; series differ by pattern and label as well as colour."""

from tasks.choices import Light
from wenshang_disclosure.core.office.xlsx import FACE

WIDTH_PIXELS, ROW_PIXELS, GAP_PIXELS = 820, 29, 16  # of a chart, of a row of figures, between charts
FILLS = {
    Light.OVERDUE: {"pattern": {"pattern": "wide_upward_diagonal", "fg_color": "#B42318", "bg_color": "#E8A29C"}},
    Light.DUE_SOON: {"pattern": {"pattern": "percent_50", "fg_color": "#C58A00", "bg_color": "#FFE3A1"}},
    Light.REVIEW: {"pattern": {"pattern": "light_horizontal", "fg_color": "#2F6DB5", "bg_color": "#CFE0F5"}},
    Light.NOT_STARTED: {"fill": {"color": "#D5D9DF"}},
    Light.ON_TRACK: {"pattern": {"pattern": "light_vertical", "fg_color": "#5FA36A", "bg_color": "#D9EEDC"}},
    Light.DONE: {"fill": {"color": "#2E7D4F"}},
}
LETTERS = {"name": FACE, "size": 9}
LINES = {"visible": True, "line": {"color": "#E3E6EA", "width": 0.75}}
NO_LINES = {"visible": False}


def lights(sheet, at, title, first, last):
    """Draw the lights of the rows `first` to `last` as stacked bars; return the height in pixels including the gap."""
    chart = _chart(sheet, title, {"type": "bar", "subtype": "stacked"})
    for column, light in reversed(list(enumerate(Light, start=3))):
        label = {"value": True, "num_format": "0;;;", "font": {**LETTERS, "size": 8}}
        label["fill"] = {"color": "#FFFFFF"}
        style = {**FILLS[light], "gap": 45, "border": {"color": "#6B7480", "width": 0.5}}
        chart.add_series(_series(sheet, light.label, first, last, column) | style | {"data_labels": label})
    chart.set_y_axis({"reverse": True, "num_font": LETTERS, "major_gridlines": NO_LINES})
    chart.set_x_axis({"num_font": LETTERS, "major_gridlines": LINES, "label_position": "high", "min": 0})
    chart.set_legend({"position": "bottom", "font": LETTERS})
    return _place(sheet, at, chart, max(320, 120 + 42 * (last - first + 1)))


def units(sheet, at, title, first, last):
    """Draw the completion rate of units, in the order of the rows."""
    chart = _chart(sheet, title, {"type": "bar"})
    label = {"value": True, "num_format": "0.0%", "font": LETTERS}
    style = {"fill": {"color": "#2E7D4F"}, "gap": 40, "data_labels": label}
    chart.add_series(_series(sheet, "办结率", first, last, 9) | style)
    chart.set_y_axis({"reverse": True, "num_font": LETTERS, "interval_unit": 1, "major_gridlines": NO_LINES})
    axis = {"min": 0, "max": 1, "num_format": "0%", "num_font": LETTERS, "label_position": "high"}
    chart.set_x_axis(axis | {"major_gridlines": LINES})
    chart.set_legend({"none": True})
    _place(sheet, at, chart, max(220, ROW_PIXELS * (last - first + 3)), GAP_PIXELS)


def burn_up(sheet, at, below, first, last):
    """Draw completed and due duties by month, `below` pixels under the cell `at`."""
    chart = _chart(sheet, "办结进度（累计件数）", {"type": "line"})
    styles = [
        {"line": {"color": "#2E7D4F", "width": 2.25}, "marker": {"type": "circle", "size": 6}},
        {"line": {"color": "#B42318", "width": 2.25, "dash_type": "dash"}, "marker": {"type": "square", "size": 6}},
    ]
    for column, (name, style) in enumerate(zip(("已办结", "已到期"), styles, strict=True), start=1):
        label = {"value": True, "position": "above", "font": {**LETTERS, "size": 8}} if column == 1 else None
        chart.add_series(_series(sheet, name, first, last, column) | style | {"data_labels": label})
    chart.set_x_axis({"num_font": LETTERS})
    chart.set_y_axis({"num_font": LETTERS, "major_gridlines": LINES, "min": 0})
    chart.set_legend({"position": "bottom", "font": LETTERS})
    _place(sheet, at, chart, 400, below)


def _chart(sheet, title, kind):
    chart = sheet.workbook.add_chart(kind)
    chart.set_title({"name": title, "name_font": {"name": FACE, "size": 13}, "overlay": False})
    chart.set_chartarea({"border": {"color": "#C9CFD6"}})
    return chart


def _series(sheet, name, first, last, column):
    return {
        "name": name,
        "categories": [sheet.name, first, 0, last, 0],
        "values": [sheet.name, first, column, last, column],
    }


def _place(sheet, at, chart, height, below=0):
    chart.set_size({"width": WIDTH_PIXELS, "height": height})
    options = {"object_position": 2, "y_offset": below, "description": "图表数据见左侧表格"}
    sheet.worksheet.insert_chart(*at, chart, options)
    return height + GAP_PIXELS
