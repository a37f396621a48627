"""Founding, renaming, merging and retiring of units, each from a day on; past reports are unaffected."""

import re

from django.db import transaction
from django.utils import timezone

from departments.models import Alias, Unit
from departments.signals import units_changed
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.web.errors import Refused, require

ORDER_STEP = 10
"""Between the orders of two neighbours, so that a file of units can put one between."""


@transaction.atomic
def establish(unit, *, by, on=None):
    """Save a new unit that exists from `on` (today by default) and return it.

    From that day it owes what its collectives owe. Raises `Refused` if the name is taken.
    """
    require(by, "departments.manage_units")
    _check_name_is_free(unit.name, unit)
    unit.established_on = unit.established_on or on or timezone.localdate()
    unit.save()
    record(Kind.CHANGE, "设立单位", by=by, on=unit, detail={"kind": unit.kind, "on": f"{unit.established_on}"})
    units_changed.send(Unit, on=unit.established_on, by=by, reason=f"设立{unit}")
    return unit


@transaction.atomic
def add(*, by, name, kind, short_name="", division_code="", aliases=(), after=None):
    """Establish a unit as it is described, placed after another one, last where none is given; return it."""
    unit = establish(Unit(name=name, kind=kind, short_name=short_name, division_code=division_code), by=by)
    _set_aliases(unit, aliases, by)
    place(unit, by=by, after=after or Unit.objects.exclude(pk=unit.pk).last())
    return unit


@transaction.atomic
def change(unit, *, by, name, kind, short_name="", division_code="", aliases=(), after=None):
    """Change a unit to what is described, from today; what does not differ stays. Return it.

    It is placed after another unit, first where none is given.
    """
    require(by, "departments.manage_units")
    rename(unit, name, by=by)
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    wanted = {"short_name": short_name, "division_code": division_code}
    changed = [field for field in wanted if getattr(unit, field) != wanted[field]]
    if changed:
        for field in changed:
            setattr(unit, field, wanted[field])
        unit.save(update_fields=changed)
        record(Kind.CHANGE, "修改单位", by=by, on=unit, detail={"fields": changed})
    _set_aliases(unit, aliases, by)
    if unit.kind != kind:
        change_kind(unit, kind, by=by)
    place(unit, by=by, after=after)
    return Unit.objects.get(pk=unit.pk)


def _set_aliases(unit, names, by):
    """Let the unit have exactly these aliases, beside its former names. Raises `Refused` for a name that is taken."""
    kept = unit.aliases.filter(used_until__isnull=True)
    known = set(kept.values_list("name", flat=True))
    new, gone = [name for name in names if name not in known], known - set(names)
    for name in new:
        if unit.aliases.filter(name=name).exists() or name == unit.name:
            raise Refused(f"“{name}”已是本单位的名称或原名。", field="aliases")
        _check_name_is_free(name, unit, field="aliases")
    kept.filter(name__in=gone).delete()
    for name in new:
        Alias.objects.create(name=name, unit=unit)
    if new or gone:
        record(Kind.CHANGE, "修改单位别名", by=by, on=unit, detail={"new": new, "old": sorted(gone)})


@transaction.atomic
def place(unit, *, by, after=None):
    """Let a unit stand after another one in every list, first where none is given; the others keep their order."""
    require(by, "departments.manage_units")
    others = [one for one in Unit.objects.select_for_update() if one.pk != unit.pk]
    where = next((number for number, one in enumerate(others, start=1) if after and one.pk == after.pk), 0)
    wanted = [*others[:where], unit, *others[where:]]
    if [one.pk for one in wanted] == list(Unit.objects.values_list("pk", flat=True)):
        return
    for number, one in enumerate(wanted, start=1):
        one.order = number * ORDER_STEP
    Unit.objects.bulk_update(wanted, ["order"])
    detail = {"after": after.name if after else ""}
    record(Kind.CHANGE, "调整单位排序", by=by, on=unit, detail=detail)


def read_aliases(text):
    """Return the names of a text with one on each line, or with 、 between them."""
    return list(dict.fromkeys(name for part in re.split(r"[\n、，,；;]", text) if (name := part.strip())))


@transaction.atomic
def rename(unit, name, *, by, on=None):
    """Rename `unit` from `on` (today by default), keep the old name as an alias, and return the unit.

    Raises `Refused` if another unit has the name.
    """
    require(by, "departments.manage_units")
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    if unit.name == name:
        return unit
    _check_name_is_free(name, unit)
    Alias.objects.filter(unit=unit, name=name).delete()
    Alias.objects.get_or_create(name=unit.name, defaults={"unit": unit, "used_until": on or timezone.localdate()})
    record(Kind.CHANGE, "单位更名", by=by, on=unit, detail={"name": [unit.name, name]})
    unit.name = name
    unit.save(update_fields=["name"])
    return unit


@transaction.atomic
def retire(unit, *, by, on=None, successor=None):
    """Retire `unit` on a day (today by default), merged into `successor` if given.

    Returns the sentences that say what became of its duties. From that day it owes nothing: its successor takes its
    duties over, without one its open duties are released; its reports remain. Raises `Refused` if the successor is the
    unit itself or does not exist on that day, or the day of a merger is yet to come.
    """
    require(by, "departments.manage_units")
    on = on or timezone.localdate()
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    if successor and on > timezone.localdate():
        raise Refused("并入从当天或以前的日期起办理；以后才并入的，请到那天再办理。")
    if successor and (successor.pk == unit.pk or not Unit.objects.active(on).filter(pk=successor.pk).exists()):
        raise Refused("并入单位须是当日仍在册的其他单位。")
    unit.retired_on, unit.successor = on, successor
    unit.save(update_fields=["retired_on", "successor"])
    detail = {"on": f"{on}", "successor": successor and successor.name}
    record(Kind.CHANGE, "合并单位" if successor else "撤销单位", by=by, on=unit, detail=detail)
    since = "" if on == timezone.localdate() else f"自{on:%Y-%m-%d}起"
    reason = f"{unit}{since}并入{successor}" if successor else f"{unit}{since}撤销"
    return _announce(on, by, reason, unit, successor)


@transaction.atomic
def restore(unit, *, by):
    """Undo a retirement entered by mistake: the unit continues to exist and its open duties count again.

    Returns the sentences that say what became of its duties.
    """
    require(by, "departments.manage_units")
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    former = unit.successor
    unit.retired_on = unit.successor = None
    unit.save(update_fields=["retired_on", "successor"])
    record(Kind.CHANGE, "恢复单位", by=by, on=unit)
    return _announce(timezone.localdate(), by, f"恢复{unit}", unit, former)


def _announce(on, by, reason, unit, successor):
    """Send `units_changed` of a unit that was retired or restored; return the sentences of all receivers."""
    answers = units_changed.send(Unit, on=on, by=by, reason=reason, unit=unit, successor=successor)
    return [sentence for _, sentences in answers for sentence in sentences or ()]


@transaction.atomic
def change_kind(unit, kind, *, by, on=None):
    """Change the kind of `unit`: from `on` (today by default) it owes what the new kind owes."""
    require(by, "departments.manage_units")
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    record(Kind.CHANGE, "调整单位类别", by=by, on=unit, detail={"kind": [unit.kind, kind]})
    unit.kind = kind
    unit.save(update_fields=["kind"])
    reason = f"{unit}的类别改为{unit.get_kind_display()}"
    units_changed.send(Unit, on=on or timezone.localdate(), by=by, reason=reason)
    return unit


def _check_name_is_free(name, unit, field="name"):
    if (
        Unit.objects.filter(name=name).exclude(pk=unit.pk).exists()
        or Alias.objects.filter(name=name).exclude(unit_id=unit.pk).exists()
    ):
        raise Refused(f"“{name}”已是其他单位的名称或别名。", field=field)
