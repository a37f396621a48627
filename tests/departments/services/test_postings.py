"""Accounts are registered, moved, closed and opened again by the office, and nothing stays open behind them."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from departments.choices import Role
from departments.models import Entrustment, Membership, RoleGrant, User
from departments.services import leaving, people, postings, rights, tokens
from tasks.choices import ReportState
from tasks.models import Notification
from tasks.services.progress import reports
from tests.factories import (
    AssignmentFactory,
    DeputyFactory,
    ReportFactory,
    SignInFactory,
    UnitFactory,
    UserFactory,
    submit,
)
from wenshang_disclosure.core.web.errors import Conflict, Refused, may

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return UserFactory(role=Role.OFFICE)


def administrator():
    return UserFactory(role=Role.OFFICE, is_staff=True)


def in_a_week():
    return timezone.localdate() + dt.timedelta(days=7)


def fresh(person):
    return User.objects.get(pk=person.pk)


# --- registering ------------------------------------------------------------------------------------------------------


def test_the_office_registers_a_liaison_who_has_no_password(office):
    unit = UnitFactory()

    person = postings.add(by=office, name="张三", role=Role.LIAISON, unit=unit, phone="138 0000 0000")

    assert (person.username, person.is_active, person.must_change_password) == ("13800000000", True, True)
    assert not person.has_usable_password()
    assert Entrustment.objects.get().by == office


def test_a_role_of_the_offices_is_registered_by_an_administrator_and_waits(office):
    with pytest.raises(PermissionDenied):
        postings.add(by=office, name="李四", role=Role.AUDITOR, username="lisi")

    person = postings.add(by=administrator(), name="李四", role=Role.REVIEWER, username="lisi")

    assert not person.is_active
    assert RoleGrant.objects.pending().get().person == person


@pytest.mark.parametrize(
    "wrong", [{"username": "TAKEN"}, {"unit": None, "username": "a"}, {"username": "", "phone": "", "email": ""}]
)
def test_what_cannot_be_registered_is_refused(office, wrong):
    UserFactory(username="taken")
    about = {"name": "张三", "role": Role.LIAISON, "unit": UnitFactory(), "username": "zhangsan", **wrong}

    with pytest.raises(Refused):
        postings.add(by=office, **about)


# --- moving -----------------------------------------------------------------------------------------------------------


def test_what_is_open_by_a_person_is_counted_before_they_leave():
    duty, other = AssignmentFactory(), AssignmentFactory()
    other.unit = duty.unit
    other.save()
    person = UserFactory(unit=duty.unit)
    submit(duty, by=person)
    reports.save_draft(other, by=person, version=0, text="已发布政策3条。")
    tokens.make(person, by=person, name="数据平台")
    SignInFactory(user=person)

    assert dict(leaving.open_work(person)) == {
        "草稿未报送": 1,
        "待审核": 1,
        "本单位待签收": 1,
        "接口令牌（将停用）": 1,
        "正在登录（将结束）": 1,
    }


def test_who_moves_leaves_nothing_open_behind_and_the_unit_is_told(office):
    duty, unit = AssignmentFactory(), UnitFactory()
    person, colleague = UserFactory(unit=duty.unit, name="张三"), UserFactory(unit=duty.unit)
    reports.save_draft(duty, by=person, version=0, text="已发布政策3条。")
    secret, token = people.issue_calendar_key(person), tokens.make(person, by=person, name="数据平台")
    deputy = DeputyFactory(unit=duty.unit, person=person)
    SignInFactory(user=person)
    day = timezone.localdate() - dt.timedelta(days=3)

    postings.move(person, unit=unit, by=office, on=day)

    deputy.refresh_from_db()
    assert fresh(person).unit == unit
    assert (people.owner_of_calendar(secret), tokens.owner_of(token)) == (None, None)
    assert deputy.ended_at
    assert not person.user_sessions.active().exists()
    left = Membership.objects.get(person=person)
    assert (left.unit, left.until_on, left.is_in_force) == (duty.unit, day - dt.timedelta(days=1), False)
    told = Notification.objects.get(user=colleague).text
    assert told == f"张三不再任{duty.unit}联络员，其办理的草稿未报送1件由本单位继续办理。"


def test_the_office_is_told_of_a_unit_that_nobody_reports_for_any_more(office):
    person = UserFactory()
    unit = person.unit

    postings.close(person, by=office)

    assert "该单位已没有联络员" in Notification.objects.get(user=office).text
    assert str(unit) in Notification.objects.get(user=office).text


def test_a_colleague_withdraws_what_was_submitted_by_who_left(office):
    duty = AssignmentFactory()
    person, colleague = UserFactory(unit=duty.unit), UserFactory(unit=duty.unit)
    report = submit(duty, by=person)

    before = may(colleague, "tasks.withdraw_report", report)
    postings.move(person, unit=UnitFactory(), by=office)
    after = may(fresh(colleague), "tasks.withdraw_report", report)

    assert (before, after) == (False, True)
    assert reports.withdraw(report, by=fresh(colleague)).state == ReportState.DRAFT


def test_a_unit_that_is_gone_and_the_same_post_are_refused(office):
    person, gone = UserFactory(), UnitFactory(retired_on=timezone.localdate())

    for wrong in ({"unit": gone}, {"unit": person.unit}, {"unit": person.unit, "on": in_a_week()}):
        with pytest.raises(Refused):
            postings.move(person, by=office, **wrong)


@pytest.mark.parametrize("role", [Role.OFFICE, Role.REVIEWER, Role.AUDITOR])
def test_an_office_account_moves_liaisons_and_leaders_only(office, role):
    person = UserFactory(role=role)

    for step in (postings.close, lambda person, by: postings.move(person, unit=UnitFactory(), by=by)):
        with pytest.raises(PermissionDenied):
            step(person, by=office)


def test_a_role_is_not_changed_with_a_move_by_an_office_account(office):
    person, unit = UserFactory(), UnitFactory()

    with pytest.raises(PermissionDenied):
        postings.move(person, unit=unit, role=Role.LEADER, by=office)
    postings.move(person, unit=unit, role=Role.LEADER, by=administrator())

    assert (fresh(person).unit, fresh(person).role) == (unit, Role.LEADER)


def test_an_account_of_the_offices_is_moved_by_two(office):
    one, two, person, unit = administrator(), administrator(), UserFactory(role=Role.REVIEWER), UnitFactory()

    grant = postings.move(person, unit=unit, by=one)
    before = fresh(person).unit
    rights.confirm(grant, by=two)

    assert (before, fresh(person).unit) == (None, unit)


def test_a_further_membership_that_becomes_the_post_of_the_account_ends(office):
    person, unit = UserFactory(), UnitFactory()
    Membership.objects.create(person=person, unit=unit, role=Role.LIAISON, confirmed_at=timezone.now())

    postings.move(person, unit=unit, by=office)

    assert not Membership.objects.in_force().exists()
    assert list(User.objects.holders(unit=unit)) == [person]


# --- closing and opening again ----------------------------------------------------------------------------------------


def test_an_account_is_closed_and_opened_again_once_each(office):
    person = UserFactory()

    postings.close(person, by=office)
    with pytest.raises(Conflict):
        postings.close(person, by=office)
    postings.reopen(fresh(person), by=office)
    with pytest.raises(Conflict):
        postings.reopen(fresh(person), by=office)

    assert fresh(person).is_active


def test_what_cannot_be_opened_again_is_refused(office):
    gone = UserFactory(unit=UnitFactory(retired_on=timezone.localdate()), is_active=False)
    forgotten = UserFactory(is_active=False)
    people.forget(forgotten, by=administrator())

    for person in (gone, fresh(forgotten)):
        with pytest.raises(Refused):
            postings.reopen(person, by=office)


def test_nobody_closes_or_moves_their_own_account():
    one = administrator()

    with pytest.raises(PermissionDenied):
        postings.close(one, by=one)
    with pytest.raises(PermissionDenied):
        postings.move(one, unit=UnitFactory(), by=one)


def test_drafts_stay_with_the_unit(office):
    report = ReportFactory(author=(person := UserFactory()), assignment__unit=person.unit)

    postings.close(person, by=office)

    report.refresh_from_db()
    assert report.assignment.unit == person.unit
