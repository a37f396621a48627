"""Units come, change their names and go, each on a day (design: The table). What follows for duties:
test_assignments.
"""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import ProtectedError
from django.utils import timezone

from departments.choices import Role, UnitKind
from departments.models import Alias, Unit
from departments.services import units
from departments.signals import units_changed
from tests.factories import AssignmentFactory, CollectiveFactory, UnitFactory, UserFactory
from wenshang_disclosure.core.web.errors import Refused

pytestmark = pytest.mark.django_db

SEPTEMBER = datetime.date(2024, 9, 1)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def office():
    return UserFactory(role=Role.OFFICE)


@pytest.fixture
def told():
    """Collect the days of which `units_changed` was sent."""
    days = []

    def hear(sender, *, on, **kwargs):
        days.append(on)

    units_changed.connect(hear)
    yield days
    units_changed.disconnect(hear)


# --- establish --------------------------------------------------------------------------------------------------------


def test_a_unit_exists_from_the_day_on_which_it_is_established(office, told):
    unit = units.establish(UnitFactory.build(name="县数据局"), by=office, on=SEPTEMBER)

    assert Unit.objects.get() == unit
    assert [unit in Unit.objects.active(day) for day in (SEPTEMBER - DAY, SEPTEMBER)] == [False, True]
    assert told == [SEPTEMBER]


def test_a_unit_established_without_a_day_exists_from_today(office):
    unit = units.establish(UnitFactory.build(), by=office)

    assert (unit.established_on, unit.is_active) == (timezone.localdate(), True)


@pytest.mark.parametrize("taken_as", ["name", "alias"])
def test_a_name_that_another_unit_bears_is_refused(office, told, taken_as):
    if taken_as == "name":
        UnitFactory(name="县数据局")
    else:
        Alias.objects.create(name="县数据局", unit=UnitFactory())

    with pytest.raises(Refused, match="“县数据局”已是其他单位的名称或别名"):
        units.establish(UnitFactory.build(name="县数据局"), by=office)

    assert (Unit.objects.count(), told) == (1, [])


# --- rename -----------------------------------------------------------------------------------------------------------


def test_a_renamed_unit_keeps_its_old_name_as_an_alias_until_that_day(office):
    unit = UnitFactory(name="县大数据局")

    units.rename(unit, "县数据局", by=office, on=SEPTEMBER)

    unit.refresh_from_db()
    assert unit.name == "县数据局"
    assert list(unit.aliases.values_list("name", "used_until")) == [("县大数据局", SEPTEMBER)]


def test_a_unit_may_take_back_a_name_that_it_bore(office):
    unit = units.rename(UnitFactory(name="县大数据局"), "县数据局", by=office)

    units.rename(unit, "县大数据局", by=office)

    unit.refresh_from_db()
    assert (unit.name, list(unit.aliases.values_list("name", flat=True))) == ("县大数据局", ["县数据局"])


def test_renaming_to_the_same_name_leaves_no_alias(office):
    unit = UnitFactory(name="县数据局")

    units.rename(unit, "县数据局", by=office)

    assert Alias.objects.count() == 0


@pytest.mark.parametrize("taken_as", ["name", "alias"])
def test_a_unit_is_not_renamed_to_what_another_is_called(office, taken_as):
    other = UnitFactory(name="县数据局" if taken_as == "name" else "县大数据局")
    if taken_as == "alias":
        Alias.objects.create(name="县数据局", unit=other)
    unit = UnitFactory(name="县信息中心")

    with pytest.raises(Refused, match="已是其他单位的名称或别名"):
        units.rename(unit, "县数据局", by=office)

    unit.refresh_from_db()
    assert (unit.name, unit.aliases.count()) == ("县信息中心", 0)


# --- retire and merge -------------------------------------------------------------------------------------------------


def test_a_unit_is_retired_from_the_day_on(office, told):
    unit = UnitFactory()

    units.retire(unit, by=office, on=SEPTEMBER)

    assert [unit in Unit.objects.active(day) for day in (SEPTEMBER - DAY, SEPTEMBER)] == [True, False]
    assert told == [SEPTEMBER]


def test_a_unit_is_merged_into_its_successor(office):
    unit, successor = UnitFactory(), UnitFactory()

    units.retire(unit, by=office, on=SEPTEMBER, successor=successor)

    unit.refresh_from_db()
    assert (unit.successor, unit.retired_on, unit.is_active) == (successor, SEPTEMBER, False)
    assert list(successor.predecessors.all()) == [unit]


@pytest.mark.parametrize("case", ["itself", "retired by then", "not yet there"])
def test_a_successor_has_to_be_another_unit_that_exists_on_that_day(office, told, case):
    unit = UnitFactory()
    successor = {
        "itself": lambda: unit,
        "retired by then": lambda: UnitFactory(retired_on=SEPTEMBER),
        "not yet there": lambda: UnitFactory(established_on=SEPTEMBER + DAY),
    }[case]()

    with pytest.raises(Refused, match="并入单位须是当日仍在册的其他单位"):
        units.retire(unit, by=office, on=SEPTEMBER, successor=successor)

    unit.refresh_from_db()
    assert (unit.retired_on, unit.successor, told) == (None, None, [])


def test_a_unit_changes_its_kind_and_others_are_told(office, told):
    unit = UnitFactory(kind=UnitKind.TOWN)

    units.change_kind(unit, UnitKind.SUBDISTRICT, by=office, on=SEPTEMBER)

    unit.refresh_from_db()
    assert (unit.kind, told) == (UnitKind.SUBDISTRICT, [SEPTEMBER])


def test_a_collective_stands_for_the_units_of_its_kinds_that_exist_on_that_day():
    towns = CollectiveFactory(kinds=[UnitKind.TOWN, UnitKind.SUBDISTRICT])
    town, street = UnitFactory(kind=UnitKind.TOWN), UnitFactory(kind=UnitKind.SUBDISTRICT)
    UnitFactory(kind=UnitKind.DEPARTMENT)
    gone = UnitFactory(kind=UnitKind.TOWN, retired_on=SEPTEMBER)

    assert set(towns.units(SEPTEMBER)) == {town, street}
    assert set(towns.units(SEPTEMBER - DAY)) == {town, street, gone}
    assert (towns.names_nobody, CollectiveFactory(kinds=[]).names_nobody) == (False, True)


# --- who --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.LIAISON, Role.LEADER, Role.AUDITOR])
def test_only_the_office_changes_units(told, role):
    unit, by = UnitFactory(name="县数据局", kind=UnitKind.TOWN), UserFactory(role=role, unit=UnitFactory())
    before = list(Unit.objects.values())

    for attempt in (
        lambda: units.establish(UnitFactory.build(), by=by),
        lambda: units.rename(unit, "县信息局", by=by),
        lambda: units.retire(unit, by=by),
        lambda: units.change_kind(unit, UnitKind.VERTICAL, by=by),
    ):
        with pytest.raises(PermissionDenied):
            attempt()

    assert (list(Unit.objects.values()), told) == (before, [])


# --- what the database refuses ----------------------------------------------------------------------------------------


def test_a_successor_needs_a_day_of_retirement(refused_by):
    with refused_by("unit_successor_needs_retirement"):
        UnitFactory(successor=UnitFactory())


def test_a_unit_does_not_succeed_itself(refused_by):
    unit = UnitFactory(retired_on=SEPTEMBER)

    with refused_by("unit_does_not_succeed_itself"):
        Unit.objects.filter(pk=unit.pk).update(successor=unit.pk)


@pytest.mark.parametrize("role", [Role.LIAISON, Role.LEADER])
def test_a_liaison_and_a_leader_belong_to_a_unit(refused_by, role):
    with refused_by("unit_role_has_a_unit"):
        UserFactory(role=role, unit=None)


def test_a_unit_with_duties_or_people_cannot_be_deleted():
    duty, person = AssignmentFactory(), UserFactory()

    for unit in (duty.unit, person.unit):
        with pytest.raises(ProtectedError):
            unit.delete()

    assert Unit.objects.count() == 2
