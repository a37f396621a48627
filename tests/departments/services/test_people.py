"""Personal settings."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from departments.choices import MailChoice, Role
from departments.models import User
from departments.services import people, rights
from tasks.models import Notification
from tests.factories import ApiTokenFactory, AssignmentFactory, UserFactory, submit
from tests.pages import values_of
from wenshang_disclosure.audit.models import AuditEntry
from wenshang_disclosure.core.web.errors import Conflict, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator():
    return UserFactory(role=Role.OFFICE, is_staff=True)


def test_own_settings_change_nothing_else():
    user = UserFactory(name="张三")
    user.name = "李四"  # a page of long ago

    people.set_own(user, mail_choice=MailChoice.OFF, email="a@example.gov.cn", phone="0537-7212345")

    kept = User.objects.get(pk=user.pk)
    assert (kept.name, kept.mail_choice, kept.email, kept.phone) == (
        "张三",
        "off",
        "a@example.gov.cn",
        "0537-7212345",
    )


@pytest.mark.parametrize(
    ("role", "of", "may"),
    [
        ("administrator", {"role": Role.REVIEWER}, True),
        ("administrator", {"role": Role.LIAISON}, True),
        ("administrator", {"role": Role.OFFICE, "is_staff": True}, False),
        ("office", {"role": Role.LIAISON}, True),
        ("office", {"role": Role.LEADER}, True),
        ("office", {"role": Role.OFFICE}, False),
        ("office", {"role": Role.REVIEWER}, False),
        ("office", {"role": Role.AUDITOR}, False),
        ("reviewer", {"role": Role.LIAISON}, False),
        ("liaison", {"role": Role.LIAISON}, False),
    ],
)
def test_who_changes_contacts_of_whom(administrator, role, of, may):
    by = administrator if role == "administrator" else UserFactory(role=role)
    person = UserFactory(email="old@example.gov.cn", **of)
    outcome = None

    try:
        people.change_personal(person, by=by, email="new@example.gov.cn")
    except PermissionDenied as refusal:
        outcome = str(refusal)

    person.refresh_from_db()
    assert (person.email == "new@example.gov.cn", outcome) == (may, None if may else people.NOT_THIS_ONE)


def test_changed_contacts_of_the_offices_people_are_told_to_all_administrators(administrator):
    other = UserFactory(role=Role.OFFICE, is_staff=True)
    reviewer, liaison = UserFactory(role=Role.REVIEWER, name="张三", username="zhang"), UserFactory()

    people.change_personal(reviewer, by=administrator, name="李四", email="new@example.gov.cn")
    people.change_personal(liaison, by=administrator, email="other@example.gov.cn")
    people.change_personal(liaison, by=administrator, email="other@example.gov.cn")

    told = Notification.objects.values_list("user", "text")
    sentence = f"{administrator}修改了张三（zhang）的姓名、电子邮箱，现为李四（zhang）。"
    assert set(told) == {(administrator.pk, sentence), (other.pk, sentence)}
    entries = AuditEntry.objects.filter(act="修改人员").order_by("pk")
    assert [entry.detail for entry in entries] == [{"fields": ["name", "email"]}, {"fields": ["email"]}]


def test_an_administrator_changes_their_own_contacts_on_the_page_of_the_account(client, administrator):
    client.force_login(administrator)
    page = reverse("departments:person", args=[administrator.pk])

    client.post(page, {**values_of(client.get(page).context["form"]), "email": "new@example.gov.cn"})

    administrator.refresh_from_db()
    assert administrator.email == "new@example.gov.cn"


def test_only_the_digest_of_the_secret_is_kept():
    user = UserFactory()

    secret = people.issue_calendar_key(user)

    user.refresh_from_db()
    assert len(secret) >= 43
    assert len(user.calendar_key) == 64
    assert secret not in user.calendar_key
    assert people.owner_of_calendar(secret) == user


def test_a_new_secret_ends_the_one_before():
    user = UserFactory()
    first, second = people.issue_calendar_key(user), people.issue_calendar_key(user)

    assert (people.owner_of_calendar(first), people.owner_of_calendar(second)) == (None, user)


def test_a_secret_that_was_taken_back_opens_nothing():
    user = UserFactory()
    secret = people.issue_calendar_key(user)

    people.revoke_calendar_key(user)

    assert people.owner_of_calendar(secret) is None


@pytest.mark.parametrize("change", [{"is_active": False}, {"must_change_password": True}, {"is_demo": True}])
def test_who_cannot_sign_in_has_no_calendar(change, settings):
    user = UserFactory()
    secret = people.issue_calendar_key(user)
    User.objects.filter(pk=user.pk).update(**change)

    assert people.owner_of_calendar(secret) is None
    settings.DEBUG = True
    assert (people.owner_of_calendar(secret) == user) is ("is_demo" in change)


@pytest.mark.parametrize(("due_in", "opens"), [(dt.timedelta(days=-1), False), (dt.timedelta(days=1), True)])
def test_a_second_factor_that_is_due_closes_the_calendar(client, settings, due_in, opens):
    settings.SECOND_FACTOR_ROLES = [Role.REVIEWER]
    user = UserFactory(role=Role.REVIEWER, second_factor_due_at=timezone.now() + due_in)
    secret = people.issue_calendar_key(user)

    page = client.get(reverse("tasks:calendar", args=[secret]))

    assert page.status_code == (200 if opens else 404)


def test_the_calendar_of_an_account_that_is_closed_ends_and_stays_ended(client, administrator):
    user = UserFactory()
    address = reverse("tasks:calendar", args=[people.issue_calendar_key(user)])
    answers = [client.get(address).status_code]

    for is_active in (False, True):
        rights.change(user, by=administrator, is_active=is_active)
        answers.append(client.get(address).status_code)

    assert answers == [200, 404, 404]


@pytest.mark.parametrize("secret", ["", "x", "None", "中"])
def test_what_is_no_secret_opens_nothing(secret):
    UserFactory()

    assert people.owner_of_calendar(secret) is None


# --- what is personal of a closed account -----------------------------------------------------------------------------


def test_a_closed_account_loses_what_is_personal_and_keeps_its_acts(client, administrator):
    duty = AssignmentFactory()
    user = UserFactory(unit=duty.unit, name="张三", phone="13800000000", username="13800000000", email="z@example.cn")
    report = submit(duty, by=user)
    ApiTokenFactory(user=user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    client.force_login(administrator)

    page = client.post(reverse("departments:forget-person", args=[user.pk]), follow=True)

    assert "个人信息，办理记录不变" in page.content.decode()
    user.refresh_from_db()
    assert (user.name, user.phone, user.email, user.username) == ("已注销人员", "", "", f"closed-{user.pk}")
    report.refresh_from_db()
    assert report.author == user
    assert not user.api_tokens.filter(revoked_at__isnull=True).exists()


def test_an_account_in_use_keeps_what_is_personal(administrator):
    user = UserFactory(name="张三")

    with pytest.raises(Refused):
        people.forget(user, by=administrator)

    user.refresh_from_db()
    assert user.name == "张三"


def test_it_is_done_once_by_an_administrator(administrator):
    user = UserFactory(is_active=False)

    with pytest.raises(PermissionDenied):
        people.forget(user, by=UserFactory(role=Role.OFFICE))
    people.forget(user, by=administrator)
    with pytest.raises(Conflict):
        people.forget(user, by=administrator)
