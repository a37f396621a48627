"""API tokens."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

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


def test_it_expires_after_a_year_or_on_the_day_that_was_chosen(user):
    today = timezone.localdate()
    long, short = make(user), tokens.make(user, by=user, name="短期", expires_on=today + dt.timedelta(days=7))

    opened = {}
    for days in (7, 8, 364, 366):
        with time_machine.travel(timezone.now() + dt.timedelta(days=days)):
            opened[days] = [tokens.owner_of(secret) is not None for secret in (long, short)]

    assert opened == {7: [True, True], 8: [True, False], 364: [True, False], 366: [False, False]}


@pytest.mark.parametrize("days", [-1, 366, 4000])
def test_it_does_not_last_longer_than_a_year_nor_end_in_the_past(user, days):
    with pytest.raises(Refused, match="最长一年"):
        tokens.make(user, by=user, name="太久", expires_on=timezone.localdate() + dt.timedelta(days=days))


@pytest.mark.parametrize(
    ("scope", "reads"),
    [
        ("table", {"plans", "units"}),
        ("tasks", {"plans", "units", "tasks"}),
        ("all", {"plans", "units", "tasks", "assignments"}),
    ],
)
def test_it_reads_what_its_scope_says(client, county, scope, reads):
    person = county.people["office"]
    token = {"Authorization": f"Bearer {tokens.make(person, by=person, name='汇总', scope=scope)}"}

    answers = {
        path: client.get(f"/api/v1/{path}", headers=token).status_code
        for path in ("plans", "units", "tasks", "assignments", f"assignments/{county.duty.pk}")
    }

    assert {path for path, status in answers.items() if status == 200} - {f"assignments/{county.duty.pk}"} == reads
    assert set(answers.values()) <= {200, 403}
    assert (answers[f"assignments/{county.duty.pk}"] == 200) is (scope == "all")


@pytest.mark.parametrize(("ticked", "works"), [({}, True), ({"end_tokens": "on"}, False)])
def test_a_new_password_ends_the_tokens_where_their_owner_asks_for_it(client, user, ticked, works):
    secret = make(user)
    client.force_login(user)
    fields = {"old_password": "test-password-1", "new_password1": "another-pass-22", "new_password2": "another-pass-22"}

    client.post(reverse("departments:password"), {**fields, **ticked})

    assert (tokens.owner_of(secret) is not None) is works
