"""What a supplement makes of a row: its content as plain data, a step applied to it, and the difference in words."""

from datetime import date

from tasks.choices import DutyRole
from tasks.models import Task
from wenshang_disclosure.core.web.errors import Refused

from .drafting import IN_THE_ROW

NOBODY_LEFT = "“{}…”一项去掉这些单位后没有单位承担，没有保存。要取消任务的，请用“列入取消”。"
WHEN = ("deadline_as_written", "due_on", "recurrence", "recurrence_day")


def content_of(task):
    """Return the content of a row as plain data: the fields of the row, and the names in both cells."""
    fields = {name: getattr(task, name) for name in IN_THE_ROW}
    cells = {role.value: [entry.text for entry in task.designated(role)] for role in DutyRole}
    return {**fields, "due_on": task.due_on and task.due_on.isoformat(), **cells}


def keywords_of(content):
    """Return the content as the keywords of an amendment."""
    return {**content, "due_on": content["due_on"] and date.fromisoformat(content["due_on"])}


def applied(content, names, *, when=None, lead=(), responsible=(), dropped=(), find="", replacement="", **_):
    """Return the content after one step for many rows.

    `when` are the fields of a new deadline, `None` for none; `lead` and `responsible` are names to add, `dropped` names
    to take out of both cells; `find` is replaced in the requirement. Raises `Refused` where no unit would be left.
    """
    new = {**content, **(when or {})}
    for role, added in (("lead", lead), ("responsible", responsible)):
        kept = [name for name in content[role] if not _means(name, dropped, names)]
        new[role] = [*kept, *(name for name in added if name not in kept)]
    if not new["lead"] and not new["responsible"]:
        raise Refused(NOBODY_LEFT.format(content["requirement"][:20]))
    if find:
        new["requirement"] = content["requirement"].replace(find, replacement)
    return new


def _means(name, dropped, names):
    """Return whether a name of a cell is one of `dropped`, or an alias of the same unit."""
    known = names.resolve(name) if names.knows(name) else None
    return any(name == other or (known and names.knows(other) and names.resolve(other) == known) for other in dropped)


def in_words(before, after):
    """Return `[(what, before, after)]` of the differences, in the words of the table."""
    pairs = [
        ("具体要求", before["requirement"], after["requirement"]),
        ("牵头部门", "、".join(before["lead"]), "、".join(after["lead"])),
        ("责任单位", "、".join(before["responsible"]), "、".join(after["responsible"])),
        ("完成时限", _deadline(before), _deadline(after)),
        ("目标数量", str(before["target_count"] or ""), str(after["target_count"] or "")),
    ]
    return [(what, old, new) for what, old, new in pairs if old != new]


def _deadline(content):
    task = Task(**{name: keywords_of(content)[name] for name in WHEN})
    words = task.deadline_in_words
    return f"{words}（{task.due_on:%Y-%m-%d}）" if task.due_on and task.deadline_as_written else words
