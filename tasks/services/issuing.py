"""What issuing a draft would bring, before it is done (印发前核对)."""

from dataclasses import dataclass, field

from departments.models import Unit

from ..choices import DutyRole
from .assignments import duty_holders


@dataclass
class Share:
    """What one unit would owe: the numbers of the rows, by role."""

    unit: Unit
    lead: list[int] = field(default_factory=list)
    responsible: list[int] = field(default_factory=list)

    @property
    def total(self):
        """How many duties."""
        return len(self.lead) + len(self.responsible)


@dataclass
class Prospect:
    """What issuing on a day would bring, and what to look at again (`hints`: `[(words, numbers of rows)]`)."""

    shares: list[Share]
    unresolved: list[int]
    hints: list[tuple]

    @property
    def duties(self):
        """How many duties there would be."""
        return sum(share.total for share in self.shares)


def prospect(plan, on):
    """Give the `Prospect` of a draft that is issued on `on`, by the very rule that makes the duties."""
    units = {unit.pk: unit for unit in Unit.objects.order_by("order", "pk")}
    shares, unresolved, gone, past = {}, [], [], []
    for task in plan.tasks.with_designations().order_by("number"):
        for unit_id, holder in duty_holders(task, units).items():
            if holder.until and holder.until <= on:
                continue
            share = shares.setdefault(unit_id, Share(units[unit_id]))
            (share.lead if holder.role == DutyRole.LEAD else share.responsible).append(task.number)
        if task.is_unresolved:
            unresolved.append(task.number)
        if any(_is_gone(entry.unit, on) for entry in task.designations.all()):
            gone.append(task.number)
        if task.closing_day and task.closing_day < on:
            past.append(task.number)
    hints = [("写有已撤销的单位", gone), ("完成时限早于印发日期", past)]
    ordered = [shares[pk] for pk in units if pk in shares]
    return Prospect(ordered, unresolved, [hint for hint in hints if hint[1]])


def _is_gone(unit, on):
    return unit is not None and unit.retired_on is not None and unit.retired_on <= on
