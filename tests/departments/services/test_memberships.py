"""Further memberships: who gives them, what they open, as which one a session works, and what ends with them."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from departments.choices import Role
from departments.models import Membership, Unit, User, UserSession
from departments.services import leader_approval, memberships, people, rights, tokens
from tasks.models import Assignment, Notification
from tasks.services.progress import reviews
from tasks.services.supervision import notifications
from tests.factories import (
    AssignmentFactory,
    DeputyFactory,
    MembershipFactory,
    UnitFactory,
    UserFactory,
    submit,
)
from tests.pages import page_of
from wenshang_disclosure.audit.models import AuditEntry
from wenshang_disclosure.core.web.errors import Conflict, Refused, may

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return UserFactory(role=Role.OFFICE)


def administrator():
    return UserFactory(role=Role.OFFICE, is_staff=True)


def fresh(person):
    return User.objects.get(pk=person.pk)


def today(days=0):
    return timezone.localdate() + dt.timedelta(days=days)


def session_of(person):
    return UserSession.objects.filter(user=person).first()


def switch(client, membership):
    pk = membership.pk if membership else 0
    return client.post(reverse("departments:switch-membership"), {"membership": pk}, follow=True)


# --- giving -----------------------------------------------------------------------------------------------------------


def test_the_office_gives_a_liaison_another_unit(office):
    person, unit = UserFactory(), UnitFactory()

    given = memberships.give(person, unit=unit, role=Role.LIAISON, by=office)

    assert given.is_in_force
    assert list(User.objects.in_post(unit=unit, role=Role.LIAISON)) == [person]
    entry = AuditEntry.objects.get(act="登记兼任")
    assert (entry.account, entry.detail) == (office.username, {"from": today().isoformat()})


def test_another_role_is_given_by_an_administrator(office):
    person, unit = UserFactory(), UnitFactory()

    with pytest.raises(PermissionDenied):
        memberships.give(person, unit=unit, role=Role.LEADER, by=office)
    assert memberships.give(person, unit=unit, role=Role.LEADER, by=administrator()).is_in_force


@pytest.mark.parametrize("role", [Role.OFFICE, Role.REVIEWER])
def test_an_account_of_the_offices_needs_a_second_person(role):
    one, two, person, unit = administrator(), administrator(), UserFactory(role=role), UnitFactory()

    given = memberships.give(person, unit=unit, role=Role.LIAISON, by=one)
    waits = not Membership.objects.in_force().exists()
    with pytest.raises(PermissionDenied):
        memberships.confirm(given, by=one)
    memberships.confirm(given, by=two)

    assert waits
    assert Membership.objects.in_force().get() == given
    with pytest.raises(Conflict):
        memberships.refuse(given, by=two)


def test_who_handled_the_account_of_the_other_is_no_second_person():
    from departments.services import entrusting

    one, puppet, person = administrator(), UserFactory(role=Role.OFFICE), UserFactory(role=Role.REVIEWER)
    entrusting.give_password(puppet, by=one)
    User.objects.filter(pk=puppet.pk).update(is_staff=True, must_change_password=False)

    given = memberships.give(person, unit=UnitFactory(), role=Role.LIAISON, by=fresh(one))

    with pytest.raises(PermissionDenied):
        memberships.confirm(given, by=fresh(puppet))


@pytest.mark.parametrize("by", [Role.OFFICE, Role.REVIEWER, Role.LIAISON, Role.LEADER, Role.AUDITOR])
def test_nobody_else_gives_one_and_nobody_to_themselves(by):
    person, unit = UserFactory(), UnitFactory()
    one = UserFactory(role=by)
    others = person if by != Role.OFFICE else one

    with pytest.raises(PermissionDenied):
        memberships.give(others, unit=unit, role=Role.LIAISON, by=one)


@pytest.mark.parametrize(
    "wrong",
    [
        {"from_on": dt.date(2020, 1, 1)},
        {"until_on": dt.date(2020, 1, 1)},
        {"role": Role.REVIEWER},
    ],
)
def test_what_makes_no_sense_is_refused(wrong):
    fields = {"unit": UnitFactory(), "role": Role.LIAISON, **wrong}

    with pytest.raises(Refused):
        memberships.give(UserFactory(), by=administrator(), **fields)


def test_the_same_post_is_not_given_twice(office):
    person = UserFactory()
    memberships.give(person, unit=(unit := UnitFactory()), role=Role.LIAISON, by=office)

    for again in (unit, person.unit):
        with pytest.raises(Refused):
            memberships.give(person, unit=again, role=Role.LIAISON, by=office)


# --- working as one ---------------------------------------------------------------------------------------------------


def test_a_session_works_as_one_at_a_time_and_others_stay(client):
    here, there = AssignmentFactory(), AssignmentFactory()
    person = UserFactory(unit=here.unit)
    further = MembershipFactory(person=person, unit=there.unit)
    other_browser = Client()
    client.force_login(person)
    other_browser.force_login(person)
    pages = {duty: reverse("tasks:assignment", args=[duty.pk]) for duty in (here, there)}

    before = [client.get(pages[duty]).status_code for duty in (here, there)]
    said = page_of(switch(client, further))
    after = [client.get(pages[duty]).status_code for duty in (here, there)]
    elsewhere = [other_browser.get(pages[duty]).status_code for duty in (here, there)]
    switch(client, None)
    back = [client.get(pages[duty]).status_code for duty in (here, there)]

    assert f"现以{there.unit.label}联络员办理。" in said
    assert (before, after, elsewhere, back) == ([200, 404], [404, 200], [200, 404], [200, 404])
    assert (fresh(person).unit, fresh(person).role) == (here.unit, Role.LIAISON)


def test_the_switch_is_told_and_acts_tell_as_which(client):
    duty = AssignmentFactory()
    further = MembershipFactory(unit=duty.unit)
    client.force_login(further.person)
    switch(client, further)

    client.post(reverse("tasks:acknowledge"), {"scope": "all", "handler_name": "甲", "leader_name": "乙"})

    assert AuditEntry.objects.get(act="切换任职").detail == {"post": str(further)}
    later = AuditEntry.objects.filter(account=further.person.username, detail__has_key="as")
    assert {(entry.unit_id, entry.detail["as"]) for entry in later} <= {(duty.unit_id, str(further))}


def test_of_anothers_membership_nothing_is_known(client):
    further = MembershipFactory()
    client.force_login(UserFactory())

    assert switch(client, further).status_code == 404
    assert client.post(reverse("departments:switch-membership"), {"membership": "x"}).status_code == 404


@pytest.mark.parametrize(
    "days",
    [
        {"from_on": today(1)},
        {"from_on": today(-9), "until_on": today(-1)},
        {"ended_at": timezone.now()},
        {"confirmed_at": None},
    ],
)
def test_one_out_of_its_days_gives_nothing(client, days):
    further = MembershipFactory(**days)
    duty = AssignmentFactory(unit=further.unit)
    client.force_login(further.person)

    assert switch(client, further).status_code == 404
    assert not User.objects.in_post(unit=further.unit).exists()
    assert User.objects.holders(unit=further.unit) == []
    assert client.get(reverse("tasks:assignment", args=[duty.pk])).status_code == 404


def test_one_that_ends_while_a_session_works_as_it_gives_nothing_from_then(client):
    further = MembershipFactory()
    duty = AssignmentFactory(unit=further.unit)
    client.force_login(further.person)
    switch(client, further)
    Membership.objects.filter(pk=further.pk).update(from_on=today(-9), until_on=today(-1))

    answer = client.get(reverse("tasks:assignment", args=[duty.pk]))

    assert answer.status_code == 404
    assert session_of(further.person).membership is None


def test_an_account_that_works_as_one_is_saved_as_what_it_is():
    further = MembershipFactory(role=Role.LEADER)
    person = further.person
    unit = person.unit

    person.work_as(further)
    person.phone = "13800000009"
    person.save()

    assert (fresh(person).unit, fresh(person).role, fresh(person).phone) == (unit, Role.LIAISON, "13800000009")


def test_an_administrator_who_works_as_a_liaison_has_no_right_of_the_office(client):
    further = MembershipFactory(person=administrator())
    client.force_login(further.person)
    switch(client, further)

    assert client.get(reverse("admin:index")).status_code == 404
    assert client.get(reverse("departments:people")).status_code == 403
    assert not may(fresh(further.person).work_as(further), "departments.change_rights", UserFactory())


def test_the_second_factor_of_the_account_stays_due_whatever_one_works_as(settings):
    from departments.sign_in import second_factor

    settings.SECOND_FACTOR_ROLES = ["office"]
    further = MembershipFactory(person=UserFactory(role=Role.OFFICE))

    assert second_factor.is_forced(further.person.work_as(further))


def test_four_eyes_go_by_person(office):
    duty = AssignmentFactory()
    further = MembershipFactory(person=UserFactory(role=Role.OFFICE), unit=duty.unit)
    report = submit(duty, by=fresh(further.person).work_as(further))

    assert report.transitions.get().by_unit == duty.unit
    with pytest.raises(PermissionDenied):
        reviews.approve(report, by=fresh(further.person))
    assert reviews.approve(report, by=office)


# --- being told -------------------------------------------------------------------------------------------------------


def test_people_are_told_for_each_of_their_units_and_a_line_opens_in_its_own(client):
    duty = AssignmentFactory()
    further = MembershipFactory(unit=duty.unit)
    client.force_login(further.person)
    notifications.notify_of_duties([duty], lambda duty: "该事项有变化。")
    notice = Notification.objects.get(user=further.person)

    listed = page_of(client.get(reverse("tasks:notifications")))
    answer = client.post(reverse("tasks:notification", args=[notice.pk]), follow=True)

    assert notice.unit == duty.unit
    assert "该事项有变化。" in listed
    assert answer.status_code == 200
    assert session_of(further.person).membership == further


def test_a_unit_whose_only_liaison_is_another_units_has_one():
    further = MembershipFactory()

    assert further.unit not in Unit.objects.without_liaison()
    memberships.end(further, by=administrator())
    assert further.unit in Unit.objects.without_liaison()


def test_a_leader_of_two_units_approves_for_both():
    further = MembershipFactory(role=Role.LEADER, person=UserFactory(role=Role.LEADER))

    assert leader_approval.approvers(further.unit) == [further.person]
    assert leader_approval.approvers(further.person.unit) == [further.person]
    assert may(fresh(further.person).work_as(further), "departments.approve_for_unit")


def test_liaison_and_leader_of_one_unit_is_told_once_and_approves():
    duty = AssignmentFactory()
    person = UserFactory(unit=duty.unit)
    MembershipFactory(person=person, unit=duty.unit, role=Role.LEADER)

    notifications.notify_of_duties([duty], lambda duty: "该事项有变化。")

    assert Notification.objects.get().user == person
    assert leader_approval.approvers(duty.unit) == [person]


# --- what belongs to one ----------------------------------------------------------------------------------------------


def test_a_token_reads_as_what_it_was_made_for_and_ends_with_it(office):
    further = MembershipFactory()
    secret = tokens.make(further.person, by=fresh(further.person).work_as(further), name="数据平台")
    own = tokens.make(further.person, by=fresh(further.person), name="数据平台二")

    assert tokens.owner_of(secret).unit == further.unit
    assert tokens.owner_of(own).unit == fresh(further.person).unit
    memberships.end(further, by=office)
    assert tokens.owner_of(secret) is None
    assert tokens.owner_of(own) is not None


def test_a_token_of_a_membership_out_of_its_days_opens_nothing():
    further = MembershipFactory()
    secret = tokens.make(further.person, by=fresh(further.person).work_as(further), name="数据平台")
    Membership.objects.filter(pk=further.pk).update(from_on=today(-9), until_on=today(-1))

    assert tokens.owner_of(secret) is None


def test_each_post_has_a_calendar_of_its_own(office):
    further = MembershipFactory()
    secret = people.issue_calendar_key(fresh(further.person).work_as(further))
    own = people.issue_calendar_key(fresh(further.person))

    assert people.owner_of_calendar(secret).unit == further.unit
    assert people.owner_of_calendar(own).unit == fresh(further.person).unit
    memberships.end(further, by=office)
    assert people.owner_of_calendar(secret) is None
    assert people.owner_of_calendar(own) == further.person


def test_what_ends_with_it(office):
    further = MembershipFactory()
    deputy = DeputyFactory(unit=further.unit, person=further.person, from_on=today(), until_on=today(9))

    memberships.end(further, by=office)

    deputy.refresh_from_db()
    assert deputy.ended_at
    with pytest.raises(Conflict):
        memberships.end(further, by=office)


def test_all_end_with_the_account_and_with_a_role_that_needs_two():
    closed, promoted = MembershipFactory(), MembershipFactory()
    one, two = administrator(), administrator()

    rights.change(closed.person, by=one, is_active=False)
    rights.confirm(rights.change(promoted.person, by=one, role=Role.REVIEWER), by=two)

    assert not Membership.objects.in_force().exists()


def test_a_new_password_ends_the_calendars_and_tokens_of_all_posts():
    from departments.services import entrusting

    further = MembershipFactory()
    person = fresh(further.person).work_as(further)
    secret, token = people.issue_calendar_key(person), tokens.make(person, by=person, name="数据平台")

    entrusting.give_password(fresh(person), by=administrator())
    User.objects.filter(pk=person.pk).update(must_change_password=False)

    assert (people.owner_of_calendar(secret), tokens.owner_of(token)) == (None, None)


def test_duties_are_read_in_the_post_that_one_works_as():
    here, there = AssignmentFactory(), AssignmentFactory()
    person = UserFactory(unit=here.unit)
    further = MembershipFactory(person=person, unit=there.unit)

    own, other = person.in_each_post()

    assert list(Assignment.objects.visible_to(own)) == [here]
    assert list(Assignment.objects.visible_to(other)) == [there]
    assert (own.membership, other.membership) == (None, further)
