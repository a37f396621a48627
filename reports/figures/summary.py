"""Sums of lights by part, section and unit, and the ranking of units within their group."""

from django.db.models import Count, Q
from django.utils import timezone

from departments.choices import RURAL
from reports.choices import Group
from tasks.choices import Light
from tasks.models import Assignment
from wenshang_disclosure.core.evenings import current_day
from wenshang_disclosure.core.rates import per_cent

PART = ("task__section__part", "task__section__part__heading", "task__section__part__order")
SECTION = ("task__section", "task__section__heading", "task__section__order")
UNIT = ("unit", "unit__name", "unit__short_name", "unit__kind", "unit__order", "unit__retired_on")
COUNTED = ("owed", "on_time", *Light.values)
NOTHING = dict.fromkeys(COUNTED, 0)


def counted(duties):
    """Return `duties` (with lights) counted by section and unit, in one query; other figures are sums of these rows."""
    return duties.light_counts(*PART, *SECTION, *UNIT)


def totals(rows):
    """Return the sums of counted rows: `owed`, `on_time` and one per light."""
    return {name: sum(row[name] for row in rows) for name in COUNTED}


def by_part(rows):
    """Return one dict per part, in the order of the plan's table."""
    return sorted(_sums(rows, PART), key=lambda row: row["task__section__part__order"])


def by_section(rows):
    """Return one dict per section, in the order of the plan's table."""
    order = ("task__section__part__order", "task__section__order")
    return sorted(_sums(rows, (*PART, *SECTION)), key=lambda row: [row[name] for name in order])


def by_unit(rows, *, ranked):
    """Return one dict per unit: where `ranked`, by share completed and share overdue, otherwise as in the register.

    `is_gone` says that the unit was merged or dissolved: what it completed counts, but it is neither ranked nor named.
    """
    sums = _sums(rows, UNIT)
    for row in sums:
        row["is_gone"] = row["unit__retired_on"] is not None and row["unit__retired_on"] <= current_day()
        row["label"] = row["unit__short_name"] or row["unit__name"]
        row["is_rural"] = row["unit__kind"] in RURAL
        row["completion_rate"] = per_cent(row["done"], row["owed"])
    return sorted(sums, key=lambda row: (*(_place(row) if ranked else ()), row["unit__order"], row["unit"]))


def _place(row):
    return -row["done"] / row["owed"], row["overdue"] / row["owed"]


def group_of(kind):
    """Return the group in which units of a kind are ranked."""
    return Group.TOWNSHIPS if kind in RURAL else Group.DEPARTMENTS


def split_by_group(units):
    """Return `{Group: rows}` in the given order, each row with its `place` in the group."""
    found = {group: [row for row in units if group_of(row["unit__kind"]) == group] for group in Group}
    for rows in found.values():
        places = _places(rows)
        for row in rows:
            row["place"] = places[row["unit"]]
    return found


def _places(rows):
    """Return `{unit: place}`; equal units share a place, and the next place is skipped (1, 2, 2, 4)."""
    stand = {row["unit"]: _place(row) for row in rows}
    return {unit: 1 + sum(other < place for other in stand.values()) for unit, place in stand.items()}


def by_group(duties, units):
    """Return one dict per group with members: their sums, the `members` and the number of `tasks`."""
    rural = Q(unit__kind__in=RURAL)
    tasks = duties.order_by().aggregate(
        townships=Count("task", distinct=True, filter=rural), departments=Count("task", distinct=True, filter=~rural)
    )
    return [
        {"group": group, "members": members, "tasks": tasks[group], **totals(members)}
        for group, members in split_by_group(units).items()
        if members
    ]


def _sums(rows, names):
    groups = {}
    for row in rows:
        groups.setdefault(tuple(row[name] for name in names), []).append(row)
    return [{**dict(zip(names, key, strict=True)), **totals(group)} for key, group in groups.items()]


def number_of_tasks(duties):
    """Return the number of rows that the duties belong to."""
    return duties.order_by().values("task").distinct().count()


def tasks_by_section(duties):
    """Return the number of rows that the duties belong to, by section: `{section: number}`."""
    return dict(duties.order_by().values_list("task__section").annotate(n=Count("task", distinct=True)))


def number_of_units(rows):
    """Return the number of units in counted rows."""
    return len({row["unit"] for row in rows})


def public_counts(plan):
    """Return today's counted lights of a plan by row, for the public page: the same for every visitor."""
    today = timezone.localdate()
    counts = Assignment.objects.filter(plan=plan).owed(today).with_light(today).lights_by_task()
    return {task: {name: row[name] for name in COUNTED} for task, row in counts.items()}
