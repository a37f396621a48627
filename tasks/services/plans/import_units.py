"""Units and collectives that an imported table names and the register does not know: offered, and taken in one go."""

from dataclasses import dataclass

from django.db import transaction

from departments.choices import UnitKind
from departments.models import Alias, Collective, Unit
from departments.services import register
from departments.services.resolve import NameRegistry
from tasks.imports.meaning import names as meaning
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.web.errors import Conflict, Refused, require

from . import imports

MAX_NAME_CHARS = 100
SAME, LATER = "same", "later"
SURE = 1.0
"""Likeness of names that differ in the place before them, or the kind of office after them, alone."""
COLLECTIVE_KINDS = {key: [kind.value for kind in kinds] for key, kinds in imports.KINDS.items()}


@dataclass
class Offer:
    """A name that the register does not know, where the table has it, and what it most likely is.

    `likely` are `(name, reason, kind)` of the known ones that resemble it. `proposed` is as an answer of the import
    (`new-unit:town`, `unit:7`, `new-collective:towns`), `same:NAME` where it is another way to write a unit that is
    offered as well, "" where the first of `likely` is meant.
    """

    name: str
    where: list
    likely: list
    proposed: str


def offered(plan_import):
    """Return the `Offer`s of an import that is being checked, in the order of its table."""
    questions = [one for one in imports.propose(plan_import).questions if one.kind == "name"]
    offers, new = [], []
    for question in sorted(questions, key=lambda one: -len(one.key)):  # a whole name before its short forms
        if len(question.key) <= MAX_NAME_CHARS:
            proposed = _proposed(question, new)
            offers.append(Offer(question.key, question.where, question.likely, proposed))
    order = {question.key: place for place, question in enumerate(questions)}
    return sorted(offers, key=lambda offer: order[offer.name])


def _sure(name, known):
    """Return the one of `known` that is the same name written in another way, `None` where there is none."""
    found = meaning.alike(name, known, most=1)
    return found[0].name if found and found[0].score == SURE else None


def _proposed(question, new):
    """Return what a name most likely is; `new` are the names of the units that are offered so far."""
    likely = [name for name, *_ in question.likely[:1]]
    if question.proposed.startswith("new-collective:"):
        kinds = COLLECTIVE_KINDS[question.proposed.partition(":")[2]]
        known = Collective.objects.filter(name__in=likely).first()
        return "" if known and set(known.kinds) == set(kinds) else question.proposed  # "": the page has it first
    if _sure(question.key, likely):
        return ""
    if same := _sure(question.key, new):
        return f"{SAME}:{same}"
    new.append(question.key)
    return question.proposed


@transaction.atomic
def take(plan_import, *, by, said):
    """Register the names as is `said`, `{name: proposed}` in the words of `Offer`; return `(units, collectives)`.

    A name that is left for later stays a question of the import. Raises `Refused` where two units would have one name.
    """
    require(by, "tasks.manage_plan")
    require(by, "departments.manage_units")
    said = {name: what for name, what in said.items() if what and what != LATER}
    known = NameRegistry()
    if taken := [name for name in said if known.knows(name)]:
        raise Conflict(f"“{taken[0]}”刚才已登记在名录中。下面是现在还没有登记的名称，请核对后再登记。")
    units = [{"name": name, "kind": kind, "aliases": []} for name, kind in _values(said, "new-unit", UnitKind.values)]
    kinds = _values(said, "new-collective", COLLECTIVE_KINDS)
    collectives = [{"name": name, "kinds": COLLECTIVE_KINDS[which]} for name, which in kinds]
    register.load(units, collectives)
    _add_aliases(said)
    detail = {"units": len(units), "collectives": len(collectives), "names": list(said)[:200]}
    record(Kind.CHANGE, "从分解表登记单位", by=by, on=plan_import, detail=detail)
    return len(units), len(collectives)


def _values(said, what, valid):
    """Return `[(name, value)]` of the names that are said to be `what`. Raises `Refused` for a value that is none."""
    parted = [(name, *answer.partition(":")[::2]) for name, answer in said.items()]
    found = [(name, value) for name, kind, value in parted if kind == what]
    if wrong := [name for name, value in found if value not in valid]:
        raise Refused(f"请为“{wrong[0]}”选择类别。")
    return found


def _add_aliases(said):
    """Let the names that are said to be another writing of a unit be its aliases."""
    new = []
    for name, answer in said.items():
        what, _, value = answer.partition(":")
        if what == SAME:
            unit = Unit.objects.filter(name=value).first()
            if unit is None:
                raise Refused(f"“{name}”选为与“{value}”是同一单位，请同时登记“{value}”。")
            new.append(Alias(name=name, unit=unit))
        elif what == "unit":
            new.append(Alias(name=name, unit=Unit.objects.get(pk=value)))
        elif what == "collective":
            Collective.objects.get(pk=value).aliases.create(name=name)
    Alias.objects.bulk_create(new)
