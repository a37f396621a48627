"""Tiles at the top of the dashboard: figure, label, change and the list behind it."""

from dataclasses import dataclass

from reports.figures.headline import DAYS_BEFORE


@dataclass(frozen=True)
class Tile:
    """One figure as displayed."""

    name: str
    label: str
    value: str
    unit: str = ""
    note: str = ""
    href: str = ""
    change: str = ""
    arrow: str = ""


def tiles(current, changed, to, waiting, lately):
    """Return the tiles; `changed` is `None` if there is nothing to compare with.

    `waiting` and `lately` are URLs of lists of reports. A unit has one duty per row, so its tile of tasks is left out.
    """
    changed = changed or {}

    def tile(name, label, unit, href, note=""):
        points = "个百分点" if unit == "%" else unit
        change, arrow = _in_words(changed.get(name), points)
        return Tile(name, label, _number(current[name]), unit, note, href, change, arrow)

    duties = "tasks:assignments"
    tasks = [] if to.cut else [tile("tasks", "任务", "项", to("tasks:tasks", owed="yes"))]
    return [
        *tasks,
        tile("owed", "应办事项", "件", to(duties)),
        tile("completion_rate", "办结率", "%", to(duties, light="done"), f"办结{current['done']}件"),
        tile("on_time_rate", "按时办结率", "%", to(duties, completion="on_time"), f"按时{current['on_time']}件"),
        tile("overdue", "逾期", "件", to("tasks:overdue")),
        tile("due_soon", "临期", "件", to(duties, light="due_soon")),
        tile("waiting", "待审核报告", "份", waiting),
        tile("longest", "最长待审", "天", waiting),
        tile("median", "待审中位数", "天", waiting),
        tile("lately", "近七天报送", "份", lately),
    ]


def _number(value):
    return "—" if value is None else f"{value:g}"


def _in_words(difference, unit):
    """Return the signed change as Chinese text and the name of its arrow."""
    if difference is None:
        return "", ""
    if not difference:
        return f"与{DAYS_BEFORE}天前持平", ""
    sign, arrow = ("+", "up") if difference > 0 else ("−", "down")
    return f"较{DAYS_BEFORE}天前{sign}{abs(difference):g}{unit}", arrow
