"""Names are resolved by exact match only."""

import pytest

from departments.models import Alias
from departments.services import units
from departments.services.resolve import NameRegistry
from tests.factories import CollectiveFactory, UnitFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_a_name_is_a_unit_an_alias_or_a_collective():
    unit, towns = UnitFactory(name="县政府办公室"), CollectiveFactory(name="各乡镇（街道）")
    Alias.objects.create(name="县府办", unit=unit)

    names = NameRegistry()

    assert names.resolve("县政府办公室") == (unit, None)
    assert names.resolve("县府办") == (unit, None)
    assert names.resolve("各乡镇（街道）") == (None, towns)


@pytest.mark.parametrize("name", ["县政府", "县政府办公室 ", "县政府办公厅", "", "各乡镇(街道)"])
def test_a_name_that_is_only_like_another_is_unknown(name):
    UnitFactory(name="县政府办公室")
    CollectiveFactory(name="各乡镇（街道）")

    names = NameRegistry()

    assert names.knows(name) is False
    with pytest.raises(LookupError):
        names.resolve(name)


def test_a_renamed_unit_is_found_under_both_names():
    unit = UnitFactory(name="县大数据局")
    units.rename(unit, "县数据局", by=UserFactory(role="office"))

    names = NameRegistry()

    assert [names.resolve(name)[0] for name in ("县大数据局", "县数据局")] == [unit, unit]


def test_many_names_are_resolved_without_further_queries(django_assert_num_queries):
    for _ in range(3):
        Alias.objects.create(name=f"别名{UnitFactory().pk}", unit=UnitFactory())
    written = list(Alias.objects.values_list("name", flat=True))

    with django_assert_num_queries(4):
        names = NameRegistry()
        found = [names.resolve(name)[0].name for name in written]

    assert len(found) == 3
