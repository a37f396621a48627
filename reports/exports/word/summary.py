"""How parts and units stand, as plain data for Word: counts with their shares, who is ahead and who is late."""

from reports import figures
from wenshang_disclosure.core.rates import in_per_cent, share

AHEAD = 5  # units named as ahead in each group; whoever equals the last of them is named as well
LATE = 10  # units named as late in each group; likewise


def counts(row):
    """Return the counts of a counted row by the names of the fields."""
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
    """Return the counts of everything, with how many rows of the table and how many units."""
    told = {"任务数": figures.number_of_tasks(duties), "单位数": figures.number_of_units(rows)}
    return told | counts(figures.totals(rows))


def by_part(rows):
    """Return the counts of each part, in the order of the table."""
    return [{"名称": row["task__section__part__heading"], **counts(row)} for row in figures.by_part(rows)]


def by_unit(rows):
    """Return the rows of departments and of townships, the best first in each."""
    return tuple(figures.apart(figures.by_unit(rows)).values())


def ahead(units):
    """Return the units that are ahead of their group: nothing overdue, something done, and no less than the average."""
    if not units:
        return []
    average = _share_done(figures.totals(units))
    good = [row for row in units if row["done"] and not row["overdue"] and _share_done(row) >= average]
    return _first(good, AHEAD, _share_done)


def _share_done(row):
    return share(row["done"], row["owed"])


def late(units):
    """Return the units with something overdue, the most first, and how many they are."""
    behind = sorted((row for row in units if row["overdue"]), key=lambda row: (-row["overdue"], row["unit__order"]))
    return _first(behind, LATE, lambda row: row["overdue"]), len(behind)


def _first(rows, number, merit):
    """Cut to the first rows, and those that equal the last of them: nobody is left out by the order of names."""
    if len(rows) <= number:
        return rows
    last = merit(rows[number - 1])
    return [row for place, row in enumerate(rows) if place < number or merit(row) == last]
