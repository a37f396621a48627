"""Loading the register of units from data is repeatable."""

import json
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from departments.choices import UnitKind
from departments.models import Alias, Collective, Unit
from departments.services import register
from tests.factories import CollectiveFactory, UnitFactory

pytestmark = pytest.mark.django_db

OFFICE = {"name": "县政府办公室", "kind": "office", "order": 10, "aliases": ["县府办", "政府办"]}
TOWNS = {"name": "各乡镇（街道）", "kinds": ["town", "subdistrict"]}


def test_units_come_with_their_aliases_and_collectives_with_their_rule():
    added = register.load([OFFICE], [TOWNS])

    assert added == (1, 1)
    unit = Unit.objects.get()
    assert (unit.name, unit.kind, unit.order, unit.established_on) == ("县政府办公室", "office", 10, None)
    assert list(unit.aliases.values_list("name", "used_until")) == [("县府办", None), ("政府办", None)]
    assert list(Collective.objects.values_list("name", "kinds")) == [("各乡镇（街道）", ["town", "subdistrict"])]


def test_loading_again_adds_nothing():
    register.load([OFFICE], [TOWNS])

    added = register.load([OFFICE], [TOWNS])

    assert (added, Unit.objects.count(), Alias.objects.count(), Collective.objects.count()) == ((0, 0), 1, 2, 1)


def test_what_the_office_changed_stays_as_it_is():
    UnitFactory(name="县政府办公室", kind=UnitKind.DEPARTMENT, order=5)
    CollectiveFactory(name="各乡镇（街道）", kinds=["town"])

    added = register.load([OFFICE], [TOWNS])

    assert added == (0, 0)
    assert (Unit.objects.get().kind, Unit.objects.get().order) == ("department", 5)
    assert Collective.objects.get().kinds == ["town"]


def test_a_unit_that_was_renamed_since_is_not_added_again_under_its_old_name():
    Alias.objects.create(name="县政府办公室", unit=UnitFactory(name="县政府办"))

    added = register.load([OFFICE], [])

    assert (added, list(Unit.objects.values_list("name", flat=True))) == ((0, 0), ["县政府办"])


def test_an_alias_that_is_taken_stays_with_its_unit():
    other = UnitFactory()
    Alias.objects.create(name="政府办", unit=other)

    register.load([OFFICE], [])

    assert dict(Alias.objects.values_list("name", "unit__name")) == {"政府办": other.name, "县府办": "县政府办公室"}


def test_the_command_loads_the_countys_units_and_collectives(capsys):
    data = json.loads((Path(settings.BASE_DIR) / "fixtures" / "units.json").read_text())["units"]

    call_command("load_units")
    call_command("load_units")

    first, second = capsys.readouterr().out.splitlines()
    assert first == f"units added: {len(data)}, collectives added: 3"
    assert second == "units added: 0, collectives added: 0"
    assert Counter(Unit.objects.values_list("kind", flat=True)) == Counter(unit["kind"] for unit in data)
