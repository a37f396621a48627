"""What people set for themselves."""

import pytest

from departments.choices import MailChoice
from departments.models import User
from departments.services import people
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


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


def test_only_the_digest_of_the_secret_is_kept():
    user = UserFactory()

    secret = people.give_calendar_key(user)

    user.refresh_from_db()
    assert len(secret) >= 43
    assert len(user.calendar_key) == 64
    assert secret not in user.calendar_key
    assert people.owner_of_calendar(secret) == user


def test_a_new_secret_ends_the_one_before():
    user = UserFactory()
    first, second = people.give_calendar_key(user), people.give_calendar_key(user)

    assert (people.owner_of_calendar(first), people.owner_of_calendar(second)) == (None, user)


def test_a_secret_that_was_taken_back_opens_nothing():
    user = UserFactory()
    secret = people.give_calendar_key(user)

    people.take_calendar_key(user)

    assert people.owner_of_calendar(secret) is None


@pytest.mark.parametrize("change", [{"is_active": False}, {"must_change_password": True}, {"is_demo": True}])
def test_who_cannot_sign_in_has_no_calendar(change, settings):
    user = UserFactory()
    secret = people.give_calendar_key(user)
    User.objects.filter(pk=user.pk).update(**change)

    assert people.owner_of_calendar(secret) is None
    settings.DEBUG = True
    assert (people.owner_of_calendar(secret) == user) is ("is_demo" in change)


@pytest.mark.parametrize("secret", ["", "x", "None", "中"])
def test_what_is_no_secret_opens_nothing(secret):
    UserFactory()

    assert people.owner_of_calendar(secret) is None
