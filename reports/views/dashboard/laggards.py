"""The units and rows that lag behind (进展滞后): what a leader looks at first."""

from operator import itemgetter

from reports import figures
from tasks.choices import DutyRole, PartKind
from tasks.models import Task
from wenshang_disclosure.core.evenings import current_day
from wenshang_disclosure.core.rates import per_cent, share
from wenshang_disclosure.core.region import current

MAX_ROWS = 10


def units(found, by_unit, before, asked, to, *, ranked):
    """Return the units that lag behind, as dicts: where `ranked`, the most overdue ones first, then the least complete.

    Where units are not ranked, those with overdue duties, as in the register. Units that are gone are left out.
    """
    lines = [_unit(unit, by_unit[unit.pk], before.get(unit.pk), asked[unit.pk], to) for unit in found if _exists(unit)]
    lines.sort(key=itemgetter("order"))
    if ranked:
        lines.sort(key=lambda line: (-line["overdue"], line["share"]))
    else:
        lines = [line for line in lines if line["overdue"]]
    return lines[:MAX_ROWS]


def _exists(unit):
    return unit.retired_on is None or unit.retired_on > current_day()


def _unit(unit, sums, before, asked, to):
    rate = per_cent(sums["done"], sums["owed"])
    return {
        "unit": unit,
        "order": (unit.order, unit.pk),
        "href": to.page("reports:unit", unit.pk),
        "overdue": sums["overdue"],
        "overdue_href": to.duties(unit=unit.pk, light="overdue"),
        "share": share(sums["done"], sums["owed"]),
        "rate": rate,
        "change": figures.difference(rate, before and per_cent(before["done"], before["owed"])),
        "asked": asked[0],
        "reported": asked[1],
    }


def tasks(by_task, found, to):
    """Return the rows that lag behind, as dicts: those with the most overdue units first, then the least complete."""
    open_tasks = [task for task in found.values() if by_task[task.pk]["done"] < by_task[task.pk]["owed"]]
    open_tasks.sort(key=lambda task: (*_behind(by_task[task.pk]), task.number, task.pk))
    shown = open_tasks[:MAX_ROWS]
    leads = _leads(shown)
    return [_task(task, by_task[task.pk], leads[task.pk], to) for task in shown]


def _behind(sums):
    return -sums["overdue"], share(sums["done"], sums["owed"])


def _leads(shown):
    """Return `{task: its lead departments in few words}`."""
    written = Task.objects.filter(pk__in=[task.pk for task in shown]).with_designations()
    return {task.pk: _in_short(task.designated(DutyRole.LEAD)) for task in written}


def _in_short(names):
    words = [name.unit.label if name.unit else name.text.removeprefix(current().government_short) for name in names]
    return f"{words[0]}等{len(words)}个" if len(words) > 1 else "".join(words)


def _task(task, sums, lead, to):
    is_notice = task.section.part.kind == PartKind.NOTICE
    return {
        "task": task,
        "href": to.page("tasks:task", task.pk),
        "lead": "通知正文" if is_notice and not lead else lead or "—",
        "overdue": sums["overdue"],
        "overdue_href": to.duties(number=task.number, light="overdue"),
        "done": sums["done"],
        "owed": sums["owed"],
        "owed_href": to.duties(number=task.number),
    }
