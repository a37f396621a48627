"""How parts and units stand, as plain data for Word: counts with their shares, who is ahead and who is late."""

from reports import figures
from wenshang_disclosure.core.templatetags.core_tags import percent

AHEAD = 5  # units named as ahead in each group; whoever equals the last of them is named as well
LATE = 10  # units named as late in each group; likewise


def counts(row):
    """Return the counts of a counted row by the names of the fields."""
    return {
        "应办": row["owed"],
        "办结": row["done"],
        "办结率": percent(row["done"], row["owed"]),
        "按时办结": row["on_time"],
        "按时办结率": percent(row["on_time"], row["done"]),
        "逾期办结": row["done"] - row["on_time"],
        "逾期": row["overdue"],
        "临期": row["due_soon"],
        "待审核": row["review"],
        "推进中": row["on_track"],
        "未启动": row["not_started"],
    }


def totals(rows, duties):
    """Return the counts of everything, with how many rows of the table and how many units."""
    units = len({row["unit"] for row in rows})
    return {"任务数": figures.number_of_tasks(duties), "单位数": units, **counts(figures.totals(rows))}


def by_part(rows):
    """Return the counts of each part, in the order of the table."""
    return [{"名称": row["task__section__part__heading"], **counts(row)} for row in figures.by_part(rows)]


def by_unit(rows):
    """Return the rows of departments and of townships, the best first in each."""
    units = figures.by_unit(rows)
    return tuple([row for row in units if row["is_rural"] == is_rural] for is_rural in (False, True))


def ahead(units):
    """Return the units that are ahead of their group: nothing overdue, something done, and no less than the average."""
    if not units:
        return []
    average = sum(row["done"] for row in units) / sum(row["owed"] for row in units)
    good = [row for row in units if row["done"] and not row["overdue"] and row["completion_rate"] >= average]
    return _first(good, AHEAD, lambda row: row["completion_rate"])


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
