"""Figures for Word files as plain data: counts and rates of parts and units, leading and overdue units."""

from reports import figures
from wenshang_disclosure.core.rates import in_per_cent, share

MAX_LEADING_UNITS = 5  # per group; units equal to the last one are added
MAX_OVERDUE_UNITS = 5  # per group; likewise


def counts(row):
    """Return the counts of a counted row by field name."""
    return {
        "应办": row["owed"],
        "办结": row["done"],
        "办结率": in_per_cent(row["done"], row["owed"]),
        "按时办结": row["on_time"],
        "按时办结率": in_per_cent(row["on_time"], row["done"]),
        "逾期办结": row["done"] - row["on_time"],
        "逾期": row["overdue"],
        "临期": row["due_soon"],
        "待审核": row["review"],
        "推进中": row["on_track"],
        "未启动": row["not_started"],
    }


def totals(rows, duties):
    """Return the total counts with the number of tasks and units."""
    numbers = {"任务数": figures.number_of_tasks(duties), "单位数": figures.number_of_units(rows)}
    return numbers | counts(figures.totals(rows))


def by_part(rows):
    """Return the counts of each part, in the order of the table."""
    return [{"名称": row["task__section__part__heading"], **counts(row)} for row in figures.by_part(rows)]


def by_unit(rows, *, ranked):
    """Return the rows of departments and of townships: the best first where `ranked`, else as in the register."""
    return tuple(figures.split_by_group(figures.by_unit(rows, ranked=ranked)).values())


def leading(units):
    """Return the leading units that exist: something completed, nothing overdue, rate not below the average."""
    if not units:
        return []
    average = _share_done(figures.totals(units))
    good = [row for row in units if row["done"] and not row["overdue"] and _share_done(row) >= average]
    good = [row for row in good if not row["is_gone"]]
    return _first(good, MAX_LEADING_UNITS, _share_done)


def _share_done(row):
    return share(row["done"], row["owed"])


def overdue(units, *, ranked):
    """Return the units with overdue duties, and their number: where `ranked`, only those with the most of them."""
    behind = [row for row in units if row["overdue"]]
    if not ranked:
        return behind, len(behind)
    most = sorted(behind, key=lambda row: (-row["overdue"], row["unit__order"]))
    return _first(most, MAX_OVERDUE_UNITS, lambda row: row["overdue"]), len(behind)


def _first(rows, number, key):
    """Return the first rows, and those equal to the last of them, so that the order of names does not decide."""
    if len(rows) <= number:
        return rows
    last = key(rows[number - 1])
    return [row for place, row in enumerate(rows) if place < number or key(row) == last]
