"""Resolution of names in documents to units and collectives, by exact match only."""

from departments.models import Alias, Collective, CollectiveAlias, Unit


class NameRegistry:
    """All names in the register, read once to resolve many designations."""

    def __init__(self):
        self.units = {unit.name: unit for unit in Unit.objects.all()}
        self.aliases = {alias.name: alias.unit for alias in Alias.objects.select_related("unit")}
        self.collectives = {collective.name: collective for collective in Collective.objects.all()}
        self.collective_aliases = {
            alias.name: alias.collective for alias in CollectiveAlias.objects.select_related("collective")
        }
        self.short_names = self._short_names()

    def _short_names(self):
        """Return the units by their short names, without those that name two units or something else."""
        short = [unit.short_name for unit in self.units.values() if unit.short_name]
        others = (self.units, self.aliases, self.collectives, self.collective_aliases)
        return {
            unit.short_name: unit
            for unit in self.units.values()
            if short.count(unit.short_name) == 1 and not any(unit.short_name in names for names in others)
        }

    def knows(self, name):
        """Return whether the name is in the register."""
        known = (self.units, self.aliases, self.short_names, self.collectives, self.collective_aliases)
        return any(name in names for names in known)

    def resolve(self, name):
        """Return `(unit, collective)` with exactly one of them set; raise `LookupError` for an unknown name."""
        unit = self.units.get(name) or self.aliases.get(name) or self.short_names.get(name)
        collective = None if unit else self.collectives.get(name) or self.collective_aliases.get(name)
        if unit is None and collective is None:
            raise LookupError(name)
        return unit, collective
