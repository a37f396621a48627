"""Who made an account or gave it a password never answers its reports."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from departments.choices import Handling, Role
from departments.models import Entrustment, User
from departments.services import entrusting, people, tokens
from departments.sign_in.backends import drop_given_password
from tasks.choices import ReportState
from tasks.services.deadlines import extensions
from tasks.services.progress import evidence, reports, reviews
from tests.factories import AssignmentFactory, ExtensionFactory, UserFactory, claim, submit
from wenshang_disclosure.audit.models import AuditEntry
from wenshang_disclosure.core.web.errors import Conflict, Refused

pytestmark = pytest.mark.django_db


def administrator():
    return UserFactory(role=Role.OFFICE, is_staff=True)


def fresh(person):
    """Return the account as a later request sees it."""
    return User.objects.get(pk=person.pk)


def sets_own_password(person):
    User.objects.filter(pk=person.pk).update(must_change_password=False, last_login=timezone.now())
    return fresh(person)


@pytest.fixture
def duty():
    return AssignmentFactory()


@pytest.fixture
def liaison(duty):
    return UserFactory(unit=duty.unit)


def may_approve(report, by):
    """Return whether `by` can approve the report, without approving it."""
    return reviews.why_not(fresh(by), report) == ""


def test_who_gave_a_password_neither_approves_nor_returns(duty, liaison):
    giver, other = administrator(), administrator()
    entrusting.give_password(liaison, by=giver)
    report = submit(duty, by=sets_own_password(liaison))

    for step, words in ((reviews.approve, {}), (reviews.return_, {"comment": "请补充。"})):
        with pytest.raises(PermissionDenied, match="由您登记或者发放过密码"):
            step(report, by=fresh(giver), **words)
    reviews.approve(report, by=fresh(other))

    report.refresh_from_db()
    assert report.state == ReportState.APPROVED


def test_who_made_the_account_does_not_answer_either(duty, liaison):
    maker = UserFactory(role=Role.OFFICE)
    entrusting.note([liaison], by=maker, how=Handling.MADE)

    assert not may_approve(submit(duty, by=liaison), maker)


def test_the_bar_goes_through_an_account_in_between(duty, liaison):
    one, puppet = administrator(), UserFactory(role=Role.REVIEWER)
    entrusting.give_password(puppet, by=one)
    entrusting.note([liaison], by=one, how=Handling.MADE)
    second_puppet = UserFactory(role=Role.OFFICE)
    entrusting.give_password(second_puppet, by=one)
    report = submit(duty, by=liaison)

    assert [may_approve(report, by) for by in (one, puppet, second_puppet, administrator())] == [
        False,
        False,
        False,
        True,
    ]


def test_one_hand_cannot_play_two_people_by_a_chain(duty, liaison):
    one, office = administrator(), UserFactory(role=Role.OFFICE)
    entrusting.give_password(office, by=one)
    entrusting.note([liaison], by=office, how=Handling.MADE)

    assert not may_approve(submit(duty, by=liaison), one)


def test_who_brings_evidence_is_a_writer_as_well(duty, liaison):
    giver = administrator()
    entrusting.give_password(liaison, by=giver)
    colleague = UserFactory(unit=duty.unit)
    draft = reports.save_draft(duty, by=colleague, version=0, text="已公开3条。")
    evidence.attach_link(draft, "https://example.gov.cn/1.html", by=sets_own_password(liaison), title="公开页面")

    report = submit(duty, by=colleague)

    assert not may_approve(report, giver)


def test_the_answer_to_a_returned_report_has_its_writers_too(duty, liaison):
    giver, other = administrator(), administrator()
    entrusting.give_password(liaison, by=giver)
    reviews.return_(submit(duty, by=sets_own_password(liaison)), by=fresh(other), comment="请补充。")

    answer = submit(duty, by=UserFactory(unit=duty.unit))

    assert not may_approve(answer, giver)
    assert may_approve(answer, other)


def test_a_completion_is_revoked_by_another_hand(duty, liaison):
    giver, other = administrator(), administrator()
    entrusting.give_password(liaison, by=giver)
    reviews.approve(claim(duty, by=sets_own_password(liaison)), by=fresh(other))

    with pytest.raises(PermissionDenied, match="由您登记或者发放过密码"):
        reviews.revoke(duty, by=fresh(giver), reason="没有完成。")
    reviews.revoke(duty, by=fresh(other), reason="没有完成。")


def test_what_cannot_be_granted_cannot_be_given_without_a_request_either(duty, liaison):
    giver, other = administrator(), administrator()
    entrusting.give_password(liaison, by=giver)
    later = timezone.localdate() + dt.timedelta(days=30)
    asked = ExtensionFactory(assignment=duty, requested_by=sets_own_password(liaison))
    extensions.refuse(asked, by=fresh(other), comment="理由不充分。")

    with pytest.raises(PermissionDenied):
        extensions.extend(duty, by=fresh(giver), due_on=later, reason="再给些时间。")
    extensions.extend(duty, by=fresh(other), due_on=later, reason="再给些时间。")


def test_a_password_of_somebody_elses_ends_tokens_and_the_calendar_address(liaison):
    secret = tokens.make(liaison, by=liaison, name="统计系统")
    calendar = people.issue_calendar_key(liaison)

    entrusting.give_password(liaison, by=administrator())

    sets_own_password(liaison)
    assert tokens.owner_of(secret) is None
    assert people.owner_of_calendar(calendar) is None


def test_requests_for_more_time_are_decided_by_another_hand(duty, liaison):
    giver = administrator()
    entrusting.give_password(liaison, by=giver)
    extension = ExtensionFactory(assignment=duty, requested_by=liaison)

    with pytest.raises(PermissionDenied):
        extensions.refuse(extension, by=fresh(giver), comment="不同意。")


def test_a_new_password_of_the_owner_alone_lifts_nothing(duty, liaison):
    giver = administrator()
    entrusting.give_password(liaison, by=giver)
    sets_own_password(liaison)

    with pytest.raises(PermissionDenied):
        entrusting.confirm_owner(liaison, by=fresh(giver))
    assert not may_approve(submit(duty, by=fresh(liaison)), giver)


def test_another_administrator_lifts_it_once_the_owner_has_a_password(duty, liaison):
    giver, other = administrator(), administrator()
    entrusting.give_password(liaison, by=giver)

    with pytest.raises(Refused, match="还没有登录"):
        entrusting.confirm_owner(liaison, by=fresh(other))
    old = submit(duty, by=sets_own_password(liaison))
    entrusting.confirm_owner(liaison, by=fresh(other))
    with pytest.raises(Conflict):
        entrusting.confirm_owner(liaison, by=fresh(other))

    later = submit(AssignmentFactory(unit=duty.unit), by=fresh(liaison))
    assert (may_approve(old, giver), may_approve(later, giver)) == (False, True)


def test_what_was_submitted_before_is_answered_once_its_owner_has_submitted_it_again(duty, liaison):
    giver = administrator()
    entrusting.give_password(liaison, by=giver)
    report = submit(duty, by=sets_own_password(liaison))
    call_command("second_person", owner=[liaison.username])

    before = may_approve(report, giver)
    reports.withdraw(report, by=fresh(liaison))
    again = submit(duty, by=fresh(liaison))

    assert (before, may_approve(again, giver)) == (False, True)


def test_a_password_of_somebody_elses_ends_what_the_maker_knew(duty, liaison):
    maker, giver = UserFactory(role=Role.OFFICE), administrator()
    entrusting.note([liaison], by=maker, how=Handling.MADE)

    entrusting.give_password(liaison, by=giver)

    report = submit(duty, by=sets_own_password(liaison))
    assert (may_approve(report, maker), may_approve(report, giver)) == (True, False)


def test_the_server_or_the_directory_lifts_it(duty, liaison):
    giver = administrator()
    entrusting.give_password(liaison, by=giver)
    sets_own_password(liaison)
    call_command("second_person", owner=[liaison.username])
    by_server = Entrustment.objects.open().exists()
    entrusting.give_password(liaison, by=fresh(giver))
    drop_given_password(fresh(liaison))

    assert (by_server, Entrustment.objects.open().exists()) == (False, False)


def test_the_trail_shows_who_made_and_who_gave_a_password_and_who_confirmed(liaison):
    giver, other = administrator(), administrator()
    entrusting.give_password(liaison, by=giver)
    sets_own_password(liaison)
    entrusting.confirm_owner(liaison, by=fresh(other))

    trail = AuditEntry.objects.filter(subject=liaison.username).order_by("pk").values_list("account", "act")
    assert list(trail) == [(giver.username, "发放一次性密码"), (other.username, "确认账号由本人掌握")]


@pytest.mark.parametrize("about", [{"role": Role.OFFICE, "is_staff": True}, {"is_active": False}])
def test_no_password_for_an_administrator_nor_for_an_account_that_is_off(about):
    with pytest.raises((PermissionDenied, Refused)):
        entrusting.give_password(UserFactory(**about), by=administrator())


def test_the_page_of_the_report_tells_why(client, duty, liaison):
    giver = administrator()
    entrusting.give_password(liaison, by=giver)
    report = submit(duty, by=sets_own_password(liaison))
    client.force_login(giver)

    page = client.get(reverse("tasks:review", args=[report.pk]))
    posted = client.post(reverse("tasks:approve", args=[report.pk]), {"comment": "", "version": report.version})

    assert reviews.ONE_HAND in page.content.decode()
    assert posted.status_code == 403
