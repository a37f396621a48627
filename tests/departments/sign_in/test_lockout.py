"""Delays after failed sign-ins."""

import contextlib
from datetime import timedelta
from threading import Barrier, Thread

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from departments.choices import Role
from departments.models import SignInFailure
from departments.sign_in import lockout
from tests.factories import SignInFailureFactory, UserFactory
from wenshang_disclosure.audit.models import AuditEntry
from wenshang_disclosure.core.web.errors import Conflict, Refused

pytestmark = pytest.mark.django_db
PASSWORD = "test-password-1"
HERE = "10.0.0.7"


def sign_in(client, username, password="wrong", address=HERE):
    fields = {"username": username, "password": password}
    return client.post(reverse("departments:sign-in"), fields, REMOTE_ADDR=address)


def says(response):
    return " ".join(response.context["form"].non_field_errors())


def fail(typed, times, address=HERE):
    for _ in range(times):
        lockout.attempt(typed, address, lambda: None)


def test_after_five_failures_the_right_password_has_to_wait_too(client):
    user = UserFactory()
    pages = [sign_in(client, user.username) for _ in range(5)]

    right = sign_in(client, user.username, PASSWORD)

    assert ["请等待" in says(page) for page in pages] == [False] * 4 + [True]
    assert (right.status_code, says(right)) == (
        422,
        "登录失败次数过多，请等待1分钟后再试。忘记密码的，请联系县政府办公室。",
    )
    assert "_auth_user_id" not in client.session


def test_an_account_that_does_not_exist_is_treated_alike(client):
    user = UserFactory(username="known")

    known = [says(sign_in(client, user.username, address="10.0.0.1")) for _ in range(7)]
    unknown = [says(sign_in(client, "unknown", address="10.0.0.2")) for _ in range(7)]

    assert known == unknown


def test_the_wait_doubles_up_to_an_hour_and_only_failures_lengthen_it():
    waits = []
    with time_machine.travel(timezone.now(), tick=False) as clock:
        fail("somebody", 4)
        for _ in range(8):
            fail("somebody", 1)
            waits.append(lockout.waiting("somebody", HERE).minutes)
            with pytest.raises(Refused):
                fail("somebody", 1)
            clock.shift(timedelta(minutes=waits[-1]))

    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]


def test_case_and_spaces_make_no_other_account():
    fail("somebody", 3)
    fail(" SomeBody", 2)

    assert lockout.waiting("SOMEBODY ", "10.0.0.9").what == lockout.ACCOUNT


def test_success_clears_the_account_and_not_the_address(client, settings):
    settings.SIGN_IN_FAILURES_ADDRESS = 7
    user = UserFactory()
    for _ in range(4):
        sign_in(client, user.username)

    assert sign_in(client, user.username, PASSWORD).status_code == 302
    client.logout()
    pages = [sign_in(client, user.username) for _ in range(3)]

    assert ["请等待" in says(page) for page in pages] == [False, False, True]
    assert [lock.what for lock in lockout.locks()] == [lockout.ADDRESS]


def test_an_address_that_tries_many_accounts_waits_and_others_do_not(client, settings):
    settings.SIGN_IN_FAILURES_ADDRESS = 6
    user = UserFactory()
    for number in range(6):
        sign_in(client, f"guess{number}")

    assert sign_in(client, user.username, PASSWORD).status_code == 422
    assert sign_in(client, user.username, PASSWORD, address="10.0.0.8").status_code == 302


def test_failures_of_yesterday_count_no_more():
    old = timezone.now() - timedelta(hours=25)
    SignInFailureFactory.create_batch(9, at=old)

    assert lockout.waiting("nobody", HERE) is None


def test_a_check_that_breaks_off_is_no_failure():
    def away():
        raise Refused("统一用户目录暂时无法连接，请稍后再试。")

    with pytest.raises(Refused):
        lockout.attempt("somebody", HERE, away)

    assert not SignInFailure.objects.exists()


def test_what_was_typed_is_not_kept(client):
    sign_in(client, "my-secret-password-typed-in-the-wrong-box")

    kept = str(list(SignInFailure.objects.values())) + str(list(AuditEntry.objects.values()))
    assert "my-secret" not in kept


def test_failures_and_what_they_lock_stand_in_the_audit_trail(client):
    user = UserFactory(username="zhang")
    for _ in range(5):
        sign_in(client, user.username)
    sign_in(client, "nobody")

    told = list(AuditEntry.objects.order_by("pk").values_list("act", "account", "result", "address"))
    assert told == [("登录失败", "zhang", "failed", HERE)] * 5 + [
        ("登录被锁定", "zhang", "failed", HERE),
        ("登录失败", "", "failed", HERE),
    ]


@pytest.mark.parametrize("what", ["account", "address"])
def test_the_office_lifts_one_lock_and_not_the_other(what, settings):
    settings.SIGN_IN_FAILURES_ADDRESS = 5
    fail("somebody", 5)
    office = UserFactory(role=Role.OFFICE)

    lockout.lift(SignInFailure.objects.last(), what, by=office)

    assert [lock.what for lock in lockout.locks()] == [{"account": "address", "address": "account"}[what]]
    assert AuditEntry.objects.filter(act="解除登录锁定", account=office.username).count() == 1
    with pytest.raises(Conflict):
        lockout.lift(SignInFailure.objects.last(), what, by=office)


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.AUDITOR, Role.LIAISON])
def test_nobody_else_lifts_one(role):
    fail("somebody", 5)

    with pytest.raises(PermissionDenied):
        lockout.lift(SignInFailure.objects.last(), "account", by=UserFactory(role=role))


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_guesses_at_the_same_moment_are_not_more_than_guesses_one_after_the_other():
    asked, together = [], Barrier(8)

    def guess(number):
        together.wait()
        for _ in range(3):
            with contextlib.suppress(Refused):
                lockout.attempt("somebody", f"10.0.0.{number}", lambda: asked.append(number))
        connection.close()

    threads = [Thread(target=guess, args=[number]) for number in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert len(asked) == 5
    assert SignInFailure.objects.count() == 5


def test_a_lock_is_told_once_also_where_the_guesses_came_at_the_same_moment():
    def guess(others):
        """Make an attempt that is checked only after `others` more have begun."""
        return lockout.attempt("zhang", HERE, lambda: guess(others - 1) if others else None)

    guess(4)

    assert AuditEntry.objects.filter(act="登录失败").count() == 5
    assert AuditEntry.objects.filter(act="登录被锁定").count() == 1
