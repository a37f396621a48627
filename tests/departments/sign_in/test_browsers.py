"""A browser that has signed in once is not stopped by the failures of others."""

import pytest
from django.test import Client
from django.urls import reverse

from departments.sign_in import browsers, lockout
from tests.factories import UserFactory

from .test_lockout import HERE, PASSWORD, fail, says, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return UserFactory()


@pytest.fixture
def known(client, user):
    """A browser that the person has signed in with and out again."""
    sign_in(client, user.username, PASSWORD)
    client.post(reverse("departments:sign-out"))
    return client


def is_in(client):
    return "_auth_user_id" in client.session


def test_failures_of_others_lock_them_out_and_not_the_known_browser(known, user):
    fail(user.username, 5, address="10.9.9.9")
    for number in range(30):
        fail(f"somebody-{number}", 1, address=HERE)

    strange = sign_in(Client(), user.username, PASSWORD, address="10.0.0.8")
    sign_in(known, user.username, PASSWORD)

    assert "请等待" in says(strange)
    assert is_in(known)
    assert lockout.waiting(user.username, "10.9.9.9"), "a success elsewhere gives whoever guesses no new tries"


def test_its_own_failures_lock_the_known_browser_alone(known, user):
    pages = [sign_in(known, user.username) for _ in range(5)]
    locked = sign_in(known, user.username, PASSWORD)
    elsewhere = Client()
    sign_in(elsewhere, user.username, PASSWORD, address="10.0.0.8")

    assert ["请等待" in says(page) for page in pages] == [False] * 4 + [True]
    assert "请等待" in says(locked)
    assert is_in(elsewhere)


def test_it_is_known_for_that_account_only(known):
    other = UserFactory()
    fail(other.username, 5, address="10.9.9.9")

    assert "请等待" in says(sign_in(known, other.username, PASSWORD))


def test_a_new_password_makes_other_browsers_unknown(known, user):
    user.set_password("another-password-2")
    user.save()
    fail(user.username, 5, address="10.9.9.9")

    assert "请等待" in says(sign_in(known, user.username, "another-password-2"))


def test_a_changed_cookie_is_worth_nothing(known, user):
    known.cookies[browsers.COOKIE] = known.cookies[browsers.COOKIE].value[:-2] + "xx"
    fail(user.username, 5, address="10.9.9.9")

    assert "请等待" in says(sign_in(known, user.username, PASSWORD))


def test_several_people_share_a_browser(client):
    people = [UserFactory() for _ in range(browsers.MAX_ACCOUNTS)]
    for person in people:
        sign_in(client, person.username, PASSWORD)
        client.post(reverse("departments:sign-out"))
    fail(people[0].username, 5, address="10.9.9.9")

    sign_in(client, people[0].username, PASSWORD)

    assert is_in(client)
