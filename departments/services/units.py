"""Units come, change their names and go, each on a day; what was reported stays as it was (design: The table)."""

from django.db import transaction
from django.utils import timezone

from departments.models import Alias, Unit
from departments.signals import units_changed
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.web.errors import Refused, require


@transaction.atomic
def establish(unit, *, by, on=None):
    """Save a new unit that exists from `on` (today by default): it owes from that day what its collectives owe."""
    require(by, "departments.manage_units")
    _refuse_a_name_in_use(unit.name, unit)
    unit.established_on = unit.established_on or on or timezone.localdate()
    unit.save()
    record(Kind.CHANGE, "设立单位", by=by, on=unit, detail={"kind": unit.kind, "on": f"{unit.established_on}"})
    units_changed.send(Unit, on=unit.established_on)
    return unit


@transaction.atomic
def rename(unit, name, *, by, on=None):
    """Return `unit` a new name from `on` (today by default) and keep the old one as an alias.

    Raises `Refused` where another unit bears the name.
    """
    require(by, "departments.manage_units")
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    if unit.name == name:
        return unit
    _refuse_a_name_in_use(name, unit)
    Alias.objects.filter(unit=unit, name=name).delete()
    Alias.objects.get_or_create(name=unit.name, defaults={"unit": unit, "used_until": on or timezone.localdate()})
    record(Kind.CHANGE, "单位更名", by=by, on=unit, detail={"name": [unit.name, name]})
    unit.name = name
    unit.save(update_fields=["name"])
    return unit


@transaction.atomic
def retire(unit, *, by, on=None, successor=None):
    """End `unit` on a day (today by default), merged into `successor` where one is named.

    From that day it owes nothing; its open duties are released, its reports stay.
    Raises `Refused` where the successor is the unit itself or is gone by then.
    """
    require(by, "departments.manage_units")
    on = on or timezone.localdate()
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    if successor and (successor.pk == unit.pk or not Unit.objects.active(on).filter(pk=successor.pk).exists()):
        raise Refused("并入单位须是当日仍在册的其他单位。")
    unit.retired_on, unit.successor = on, successor
    unit.save(update_fields=["retired_on", "successor"])
    detail = {"on": f"{on}", "successor": successor and successor.name}
    record(Kind.CHANGE, "合并单位" if successor else "撤销单位", by=by, on=unit, detail=detail)
    units_changed.send(Unit, on=on)
    return unit


@transaction.atomic
def restore(unit, *, by):
    """Take a retirement back that was entered by mistake: the unit exists on, its open duties count again."""
    require(by, "departments.manage_units")
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    unit.retired_on = unit.successor = None
    unit.save(update_fields=["retired_on", "successor"])
    record(Kind.CHANGE, "恢复单位", by=by, on=unit)
    units_changed.send(Unit, on=timezone.localdate())
    return unit


@transaction.atomic
def change_kind(unit, kind, *, by, on=None):
    """Change what `unit` is: from `on` (today by default) it owes what its new kind owes."""
    require(by, "departments.manage_units")
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    record(Kind.CHANGE, "调整单位类别", by=by, on=unit, detail={"kind": [unit.kind, kind]})
    unit.kind = kind
    unit.save(update_fields=["kind"])
    units_changed.send(Unit, on=on or timezone.localdate())
    return unit


def _refuse_a_name_in_use(name, unit):
    if (
        Unit.objects.filter(name=name).exclude(pk=unit.pk).exists()
        or Alias.objects.filter(name=name).exclude(unit_id=unit.pk).exists()
    ):
        raise Refused(f"“{name}”已是其他单位的名称或别名。")
