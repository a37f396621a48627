"""API tokens."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from departments.choices import Role
from departments.models import ApiToken, User
from departments.services import tokens
from tests.factories import ApiTokenFactory, UserFactory
from wenshang_disclosure.core.web.errors import Conflict, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return UserFactory()


def make(user):
    return tokens.make(user, by=user, name="县数据平台")


def test_only_the_digest_of_the_secret_is_kept(user):
    secret = make(user)

    token = ApiToken.objects.get()
    assert (token.user, token.name, token.last_used_at) == (user, "县数据平台", None)
    assert len(secret) >= 43
    assert len(token.key) == 64
    assert secret not in token.key
    assert tokens.owner_of(secret) == user


def test_nobody_makes_a_token_for_another(user):
    with pytest.raises(PermissionDenied):
        tokens.make(user, by=UserFactory(role=Role.OFFICE), name="代办")


def test_a_person_has_only_so_many_at_once(user):
    ApiTokenFactory.create_batch(tokens.MAX_TOKENS, user=user)

    with pytest.raises(Refused, match="最多"):
        make(user)

    tokens.revoke(ApiToken.objects.first(), by=user)
    make(user)


@pytest.mark.parametrize(
    ("by", "may"),
    [
        ({"role": Role.OFFICE, "is_staff": True}, True),
        ({"role": Role.OFFICE}, False),
        ({"role": Role.LIAISON}, False),
    ],
)
def test_the_owner_and_the_administrator_end_a_token(user, by, may):
    secret = make(user)
    other = UserFactory(**by)

    if may:
        tokens.revoke(ApiToken.objects.get(), by=other)
    else:
        with pytest.raises(PermissionDenied):
            tokens.revoke(ApiToken.objects.get(), by=other)

    assert (tokens.owner_of(secret) is None) is may


def test_a_token_ends_once(user):
    token = ApiTokenFactory(user=user)
    ended = tokens.revoke(token, by=user)

    with pytest.raises(Conflict):
        tokens.revoke(token, by=user)

    token.refresh_from_db()
    assert token.revoked_at == ended.revoked_at


@pytest.mark.parametrize("change", [{"is_active": False}, {"must_change_password": True}, {"is_demo": True}])
def test_who_cannot_sign_in_has_no_token(change, user, settings):
    secret = make(user)
    User.objects.filter(pk=user.pk).update(**change)

    assert tokens.owner_of(secret) is None
    settings.DEBUG = True
    assert (tokens.owner_of(secret) == user) is ("is_demo" in change)


def test_the_last_use_is_written_once_an_hour(user, django_assert_num_queries):
    secret = make(user)
    moment = dt.datetime(2024, 9, 30, 8, tzinfo=dt.UTC)
    marks = []
    for minutes, queries in ((0, 5), (30, 1), (61, 5)):  # found, and in one transaction marked and told
        with time_machine.travel(moment + dt.timedelta(minutes=minutes), tick=False):
            with django_assert_num_queries(queries):
                tokens.owner_of(secret)
            marks.append(ApiToken.objects.get().last_used_at)

    assert marks == [moment, moment, moment + dt.timedelta(minutes=61)]


@pytest.mark.parametrize("secret", ["", "x", "None", "中", "\udcff" * 3])
def test_what_is_no_secret_opens_nothing(secret, user):
    make(user)

    assert tokens.owner_of(secret) is None
