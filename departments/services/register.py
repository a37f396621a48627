"""Loading of the register of units from data (fixtures/units.json, fixtures/collectives.json)."""

from django.db import transaction
from django.utils import timezone

from departments.models import Alias, Collective, Unit
from departments.signals import units_changed


@transaction.atomic
def load(units, collectives):
    """Add missing units (with aliases) and collectives; existing ones are left unchanged.

    Takes lists of dicts keyed by field name. Returns the numbers of units and collectives added.
    """
    known = set(Unit.objects.values_list("name", flat=True)) | set(Alias.objects.values_list("name", flat=True))
    added = [entry for entry in units if entry["name"] not in known]
    for entry in added:
        aliases = [name for name in entry["aliases"] if name not in known]
        unit = Unit.objects.create(**{field: value for field, value in entry.items() if field != "aliases"})
        Alias.objects.bulk_create(Alias(name=name, unit=unit) for name in aliases)
    new = [Collective.objects.get_or_create(name=c["name"], defaults={"kinds": c["kinds"]})[1] for c in collectives]
    if added:
        units_changed.send(Unit, on=timezone.localdate())
    return len(added), sum(new)
