"""Settings of a unit by its leader: approval before submission, and deputies."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from departments.choices import Role
from departments.models import Deputy
from departments.rules import approves_for_unit
from departments.services import leader_approval
from tests.factories import DeputyFactory, UnitFactory, UserFactory
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.core.web.errors import Conflict, Refused

pytestmark = pytest.mark.django_db

TODAY = dt.date(2024, 9, 10)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(on_day(TODAY), tick=False):
        yield


@pytest.fixture
def unit():
    return UnitFactory()


@pytest.fixture
def leader(unit):
    return UserFactory(role=Role.LEADER, unit=unit)


@pytest.fixture
def liaison(unit):
    return UserFactory(unit=unit)


def days(start, end):
    return TODAY + dt.timedelta(days=start), TODAY + dt.timedelta(days=end)


def strangers(unit):
    return [
        UserFactory(unit=unit),
        UserFactory(role=Role.LEADER),
        UserFactory(role=Role.OFFICE),
        UserFactory(role=Role.OFFICE, unit=unit, is_superuser=True, is_staff=True),
        UserFactory(role=Role.REVIEWER, unit=unit),
        UserFactory(role=Role.AUDITOR),
        UserFactory(role=Role.LEADER, unit=unit, is_active=False),
    ]


# --- the switch -------------------------------------------------------------------------------------------------------


def test_the_leader_turns_the_approval_on_and_off(unit, leader):
    leader_approval.set_leader_approval(unit, True, by=leader)
    unit.refresh_from_db()
    turned_on = unit.leader_approves

    leader_approval.set_leader_approval(unit, False, by=leader)

    unit.refresh_from_db()
    assert (turned_on, unit.leader_approves) == (True, False)


@pytest.mark.parametrize("on", [True, False])
def test_what_already_stands_so_is_told(unit, leader, on):
    unit.leader_approves = on
    unit.save()

    with pytest.raises(Conflict, match="启用" if on else "停用"):
        leader_approval.set_leader_approval(unit, on, by=leader)


def test_nobody_but_the_units_own_leader_changes_its_settings(unit, liaison, leader):
    deputy = DeputyFactory(unit=unit, person=liaison)
    for by in strangers(unit):
        for attempt in (
            lambda by=by: leader_approval.set_leader_approval(unit, True, by=by),
            lambda by=by: leader_approval.stand_in(unit, liaison, *days(30, 31), by=by),
            lambda by=by: leader_approval.end_stand_in(deputy, by=by),
        ):
            with pytest.raises(PermissionDenied):
                attempt()

    unit.refresh_from_db()
    deputy.refresh_from_db()
    assert (unit.leader_approves, deputy.ended_at, Deputy.objects.count()) == (False, None, 1)


def test_a_deputy_does_not_change_the_settings(unit, liaison):
    DeputyFactory(unit=unit, person=liaison)

    with pytest.raises(PermissionDenied):
        leader_approval.set_leader_approval(unit, True, by=liaison)


# --- deputies ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("start", "end", "stands_in"), [(0, 0, True), (0, 7, True), (1, 7, False)])
def test_a_deputy_approves_from_the_first_day_to_the_last(unit, leader, liaison, start, end, stands_in):
    leader_approval.stand_in(unit, liaison, *days(start, end), by=leader)

    assert approves_for_unit(liaison) is stands_in
    assert set(leader_approval.approvers(unit)) == ({leader, liaison} if stands_in else {leader})


def test_on_the_day_after_the_last_a_deputy_approves_no_more(unit, leader, liaison):
    leader_approval.stand_in(unit, liaison, *days(0, 1), by=leader)

    with time_machine.travel(on_day(TODAY + dt.timedelta(days=1), hour=23), tick=False):
        last_day = approves_for_unit(liaison)
    with time_machine.travel(on_day(TODAY + dt.timedelta(days=2), hour=0), tick=False):
        next_day = approves_for_unit(liaison)

    assert (last_day, next_day) == (True, False)


@pytest.mark.parametrize(
    ("who", "sentence"),
    [
        (lambda unit, leader: leader, "不能委托本人"),
        (lambda unit, leader: UserFactory(), "只能委托本单位的人员"),
        (lambda unit, leader: UserFactory(role=Role.AUDITOR), "只能委托本单位的人员"),
        (lambda unit, leader: UserFactory(unit=unit, is_active=False), "已停用"),
        (lambda unit, leader: UserFactory(unit=unit, role=Role.LEADER), "可以直接审签"),
    ],
    ids=["oneself", "another unit", "no unit", "account off", "a leader"],
)
def test_who_cannot_stand_in_is_refused(unit, leader, who, sentence):
    with pytest.raises(Refused, match=sentence):
        leader_approval.stand_in(unit, who(unit, leader), *days(0, 7), by=leader)

    assert Deputy.objects.count() == 0


@pytest.mark.parametrize(
    ("start", "end", "sentence"), [(-7, -1, "过去的日期"), (-1, 7, "过去的日期"), (3, 2, "不能早于起始日期")]
)
def test_days_that_make_no_sense_are_refused(unit, leader, liaison, start, end, sentence):
    with pytest.raises(Refused, match=sentence):
        leader_approval.stand_in(unit, liaison, *days(start, end), by=leader)

    assert Deputy.objects.count() == 0


@pytest.mark.parametrize(("start", "end"), [(0, 7), (7, 9), (0, 30)])
def test_who_stands_in_already_is_not_asked_twice(unit, leader, liaison, start, end):
    leader_approval.stand_in(unit, liaison, *days(0, 7), by=leader)

    with pytest.raises(Refused, match="期限重叠"):
        leader_approval.stand_in(unit, liaison, *days(start, end), by=leader)

    assert Deputy.objects.count() == 1


def test_two_may_stand_in_and_one_again_later(unit, leader, liaison):
    leader_approval.stand_in(unit, liaison, *days(0, 7), by=leader)

    leader_approval.stand_in(unit, UserFactory(unit=unit), *days(0, 7), by=leader)
    leader_approval.stand_in(unit, liaison, *days(8, 9), by=leader)

    assert Deputy.objects.not_over().count() == 3


def test_a_delegation_that_was_ended_counts_at_once_no_more_and_stays_on_record(unit, leader, liaison):
    deputy = leader_approval.stand_in(unit, liaison, *days(0, 7), by=leader)

    leader_approval.end_stand_in(deputy, by=leader)

    deputy.refresh_from_db()
    assert (approves_for_unit(liaison), deputy.ended_at) == (False, timezone.now())
    assert (deputy.from_on, deputy.until_on) == days(0, 7)
    leader_approval.stand_in(unit, liaison, *days(0, 7), by=leader)
    assert approves_for_unit(liaison) is True


def test_a_past_day_is_told_as_it_was(unit, leader, liaison):
    deputy = leader_approval.stand_in(unit, liaison, *days(0, 7), by=leader)
    with time_machine.travel(on_day(TODAY + dt.timedelta(days=3)), tick=False):
        leader_approval.end_stand_in(deputy, by=leader)

        stood_in = [Deputy.objects.acting(TODAY + dt.timedelta(days=n)).exists() for n in (1, 2, 3, 4)]

    assert stood_in == [True, True, False, False]


@pytest.mark.parametrize("over", ["ended", "past"])
def test_what_is_over_cannot_be_ended(unit, leader, liaison, over):
    deputy = DeputyFactory(unit=unit, person=liaison, from_on=TODAY - dt.timedelta(days=30 if over == "past" else 0))
    if over == "ended":
        leader_approval.end_stand_in(deputy, by=leader)

    with pytest.raises(Conflict, match="已经结束"):
        leader_approval.end_stand_in(deputy, by=leader)


def test_who_left_the_unit_or_whose_account_is_off_stands_in_no_more(unit, leader, liaison):
    gone = UserFactory(unit=unit)
    for person in (liaison, gone):
        DeputyFactory(unit=unit, person=person)
    liaison.is_active = False
    liaison.save()
    gone.unit = UnitFactory()
    gone.save()

    assert (approves_for_unit(gone), list(leader_approval.approvers(unit))) == (False, [leader])


def test_the_leader_chooses_among_the_units_other_active_people(unit, leader, liaison):
    UserFactory(unit=unit, is_active=False)
    UserFactory(unit=unit, role=Role.LEADER)
    UserFactory()

    assert list(leader_approval.may_stand_in(unit, leader)) == [liaison]
