"""Founding, renaming, merging and retiring of units, each from a day on; past reports are unaffected."""

from django.db import transaction
from django.utils import timezone

from departments.models import Alias, Unit
from departments.signals import units_changed
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.web.errors import Refused, require


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


def _check_name_is_free(name, unit):
    if (
        Unit.objects.filter(name=name).exclude(pk=unit.pk).exists()
        or Alias.objects.filter(name=name).exclude(unit_id=unit.pk).exists()
    ):
        raise Refused(f"“{name}”已是其他单位的名称或别名。")
