"""A move on a day to come is kept, told, cancelled or carried out by the daily run, once."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from departments.choices import MoveState, Role
from departments.models import Membership, RoleGrant, ScheduledMove, User
from departments.services import postings, scheduled_moves
from tasks.models import Notification
from tests.factories import AssignmentFactory, ScheduledMoveFactory, SignInFactory, UnitFactory, UserFactory
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.core.web.errors import Conflict, Refused

pytestmark = pytest.mark.django_db
TODAY, DAY = dt.date(2026, 3, 2), dt.date(2026, 3, 9)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(on_day(TODAY, 9), tick=False) as traveller:
        yield traveller


@pytest.fixture
def office():
    return UserFactory(role=Role.OFFICE, name="办公室人员")


@pytest.fixture
def person():
    return UserFactory(unit=UnitFactory(name="县商务局"), name="张三")


@pytest.fixture
def town():
    return UnitFactory(name="南旺镇人民政府")


def post_of(person):
    person = User.objects.get(pk=person.pk)
    return person.unit, person.role


def told(person):
    return list(Notification.objects.filter(user=person).order_by("pk").values_list("text", flat=True))


def test_it_is_kept_until_its_day_and_everybody_concerned_is_told(office, person, town):
    colleague, there, stranger = UserFactory(unit=person.unit), UserFactory(unit=town), UserFactory()

    move = postings.move(person, unit=town, by=office, on=DAY)

    assert (post_of(person), move.state) == ((person.unit, Role.LIAISON), MoveState.WAITING)
    said = "自2026-03-09起调任南旺镇人民政府联络员。"
    assert [told(one) for one in (person, colleague, there, stranger)] == [
        [f"您{said}"],
        [f"张三{said}"],
        [f"张三{said}"],
        [],
    ]


def test_the_daily_run_carries_it_out_on_its_day_and_once(office, person, town, clock):
    SignInFactory(user=person)
    AssignmentFactory(unit=town, due_on=TODAY)
    postings.move(person, unit=town, by=office, on=DAY)

    before = postings.carry_out_scheduled()
    clock.move_to(on_day(DAY + dt.timedelta(days=1), 7, 30))  # the server stood still on the day itself
    runs = [postings.carry_out_scheduled(), postings.carry_out_scheduled()]

    none = {MoveState.DONE: 0, MoveState.FAILED: 0}
    assert (before, runs) == (none, [{**none, MoveState.DONE: 1}, none])
    assert post_of(person) == (town, Role.LIAISON)
    assert not person.user_sessions.active().exists()
    assert Membership.objects.get(person=person).until_on == DAY - dt.timedelta(days=1)
    assert told(office)[-1] == "张三按预定已调任南旺镇人民政府联络员。"
    assert told(person)[1:] == [
        "您已任南旺镇人民政府联络员。本单位现有逾期1件，请接续办理。",
        "您按预定已调任南旺镇人民政府联络员。",
    ]


def test_it_is_cancelled_before_its_day_and_told(office, person, town, clock):
    move = postings.move(person, unit=town, by=office, on=DAY)

    scheduled_moves.cancel(move, by=office)
    with pytest.raises(Conflict):
        scheduled_moves.cancel(move, by=office)
    clock.move_to(on_day(DAY, 7, 30))
    postings.carry_out_scheduled()

    assert post_of(person) == (person.unit, Role.LIAISON)
    assert told(person)[-1] == "您原定自2026-03-09起调任南旺镇人民政府联络员，现已取消。"


@pytest.mark.parametrize("step", ["move", "close"])
def test_another_step_on_the_account_ends_it(office, person, town, step):
    move = postings.move(person, unit=town, by=office, on=DAY)

    if step == "move":
        postings.move(person, unit=UnitFactory(), by=office)
    else:
        postings.close(person, by=office)

    move.refresh_from_db()
    assert (move.state, move.outcome) == (MoveState.CANCELLED, "此前已经调动或者停用账号")


def test_what_cannot_be_carried_out_says_why_and_stays_visible(office, person, town, clock):
    move = postings.move(person, unit=town, by=office, on=DAY)
    town.retired_on = DAY
    town.save()
    clock.move_to(on_day(DAY, 7, 30))

    outcome = postings.carry_out_scheduled()

    move.refresh_from_db()
    assert outcome == {MoveState.DONE: 0, MoveState.FAILED: 1}
    assert (post_of(person)[0], move.state) == (person.unit, MoveState.FAILED)
    why = "原定自2026-03-09起调任南旺镇人民政府联络员，未能办理：南旺镇人民政府已撤销。"
    assert (told(office)[-1], told(person)[-1]) == (f"张三{why}", f"您{why}")


def test_who_scheduled_it_may_have_left_by_then(office, person, town, clock):
    postings.move(person, unit=town, by=office, on=DAY)
    User.objects.filter(pk=office.pk).update(is_active=False, role=Role.AUDITOR)
    clock.move_to(on_day(DAY, 7, 30))

    postings.carry_out_scheduled()

    assert post_of(person) == (town, Role.LIAISON)


def test_that_of_an_account_of_the_offices_is_proposed_on_its_day(town, clock):
    administrator, reviewer = UserFactory(role=Role.OFFICE, is_staff=True), UserFactory(role=Role.REVIEWER)
    move = postings.move(reviewer, unit=town, by=administrator, on=DAY)
    clock.move_to(on_day(DAY, 7, 30))

    postings.carry_out_scheduled()

    move.refresh_from_db()
    assert (post_of(reviewer)[0], move.state) == (None, MoveState.DONE)
    assert RoleGrant.objects.pending().get().proposed_by == administrator


def test_a_second_one_a_unit_that_ends_before_and_a_stranger_are_refused(office, town):
    ending = UnitFactory(retired_on=DAY)
    twice = ScheduledMoveFactory().person

    for person, unit in ((UserFactory(), ending), (twice, town), (UserFactory(is_active=False), town)):
        with pytest.raises(Refused):
            postings.move(person, unit=unit, by=office, on=DAY)
    for by, role in ((UserFactory(), Role.LIAISON), (office, Role.LEADER)):
        with pytest.raises(PermissionDenied):
            postings.move(UserFactory(), unit=town, role=role, by=by, on=DAY)
    assert ScheduledMove.objects.count() == 1


def test_the_list_and_the_page_show_it_with_a_way_to_cancel_it(client, office, person, town):
    move = postings.move(person, unit=town, by=office, on=timezone.localdate() + dt.timedelta(days=7))
    client.force_login(office)

    listed = client.get("/people/").content.decode()
    page = client.get(f"/people/{person.pk}/").content.decode()
    client.post(f"/moves/{move.pk}/cancel/")

    move.refresh_from_db()
    assert "2026-03-09调任南旺镇人民政府联络员" in page
    assert "2026-03-09调任南旺镇人民政府联络员" in listed
    assert f"/moves/{move.pk}/cancel/" in page
    assert (move.state, move.ended_by) == (MoveState.CANCELLED, office)
