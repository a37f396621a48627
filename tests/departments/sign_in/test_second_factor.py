"""The second factor: setup, use, loss."""

import datetime as dt
import os
import re
import subprocess
import sys
import time

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from departments.choices import Role
from departments.models import ApiToken
from departments.services import tokens
from departments.sign_in import second_factor
from tasks.models import Notification
from tests.factories import UserFactory
from wenshang_disclosure.audit.models import AuditEntry
from wenshang_disclosure.core.web.errors import Conflict, Refused

pytestmark = pytest.mark.django_db
PASSWORD = "test-password-1"
HERE = "10.0.0.7"
CODE, PAGE = reverse("departments:code"), reverse("departments:second-factor")


def phone(key, steps=0):
    """Return the code that the phone shows some steps of 30 seconds from now."""
    return f"{totp(bytes.fromhex(key), t0=-30 * steps):06d}"


def sign_in(client, user, following=""):
    fields = {"username": user.username, "password": PASSWORD}
    return client.post(reverse("departments:sign-in") + following, fields, REMOTE_ADDR=HERE)


def is_in(client):
    return "_auth_user_id" in client.session


@pytest.fixture
def user():
    return UserFactory(username="zhang")


@pytest.fixture
def key(user):
    """Set up the person's second factor some minutes ago."""
    key = second_factor.new_key()
    TOTPDevice.objects.create(user=user, name="动态口令", key=key)
    return key


def test_set_up_with_a_code_of_the_phones(client, user):
    client.force_login(user)
    elsewhere = Client()
    elsewhere.force_login(user)
    shown = client.get(PAGE)
    key = client.session["second_factor_key"]

    wrong = client.post(PAGE, {"code": "000000"})
    right = client.post(PAGE, {"code": phone(key)})

    assert shown.context["picture"].startswith("data:image/svg+xml")
    assert (wrong.status_code, right.status_code) == (422, 200)
    assert len(right.context["codes"]) == 8
    assert "second_factor_key" not in client.session
    assert elsewhere.get(PAGE).status_code == 302
    assert client.get(PAGE).context["codes_left"] == 8


def test_the_password_alone_opens_nothing(client, user, key):
    response = sign_in(client, user, "?next=/assignments/")

    assert response.url == CODE
    assert not is_in(client)
    assert client.get(reverse("tasks:assignments")).status_code == 302
    assert client.get(reverse("admin:index")).status_code == 302
    assert user.user_sessions.count() == 0


def test_the_code_opens_and_leads_on(client, user, key):
    sign_in(client, user, "?next=/assignments/")
    before = client.session.session_key

    response = client.post(CODE, {"code": phone(key)})

    assert response.url == "/assignments/"
    assert is_in(client)
    assert client.session.session_key != before
    assert "awaits_code" not in client.session


def test_a_code_works_once(client, user, key):
    code = phone(key)
    sign_in(client, user)
    client.post(CODE, {"code": code})
    second = Client()
    sign_in(second, user)

    response = second.post(CODE, {"code": code})

    assert (response.status_code, is_in(second)) == (422, False)


def test_wrong_codes_lock_the_account(client, user, key):
    sign_in(client, user)
    for _ in range(5):
        client.post(CODE, {"code": "000000"}, REMOTE_ADDR=HERE)

    right = client.post(CODE, {"code": phone(key)}, REMOTE_ADDR=HERE)

    assert "请等待1分钟" in right.content.decode()
    assert not is_in(client)
    assert sign_in(Client(), user).status_code == 422


def test_the_right_password_alone_does_not_clear_the_count(client, user, key):
    for _ in range(5):
        sign_in(client, user)
        client.post(CODE, {"code": "000000"}, REMOTE_ADDR=HERE)

    assert sign_in(client, user).status_code == 422


@pytest.mark.parametrize("change", [{"is_active": False}, {"password": "another"}])
def test_who_lost_the_account_meanwhile_does_not_get_in(client, user, key, change):
    sign_in(client, user)
    type(user).objects.filter(pk=user.pk).update(**change)

    response = client.post(CODE, {"code": phone(key)})

    assert response.url == reverse("departments:sign-in")
    assert not is_in(client)


def test_the_code_has_to_come_within_five_minutes(client, user, key):
    sign_in(client, user)

    with time_machine.travel(time.time() + 301):
        response = client.post(CODE, {"code": phone(key)})

    assert response.url == reverse("departments:sign-in")


def test_a_recovery_code_works_once_and_is_kept_as_a_digest(client, user):
    key = second_factor.new_key()
    code, *others = second_factor.set_up(user, key, code=phone(key))
    sign_in(client, user)

    client.post(CODE, {"code": code.upper()})
    again = Client()
    sign_in(again, user)
    again.post(CODE, {"code": code})

    assert (is_in(client), is_in(again), second_factor.recovery_codes_left(user)) == (True, False, 7)
    kept = StaticToken.objects.values_list("token", flat=True)
    assert not {plain.replace("-", "") for plain in others} & set(kept)
    assert AuditEntry.objects.filter(act="使用恢复码登录").count() == 1


def test_new_recovery_codes_end_the_old_ones_and_ask_for_the_password(client, user, key):
    client.force_login(user)
    old = second_factor.renew_recovery_codes(user, HERE, password=PASSWORD)
    address = reverse("departments:recovery-codes")

    wrong = client.post(address, {"codes-password": "wrong"})
    right = client.post(address, {"codes-password": PASSWORD})

    assert (wrong.status_code, right.status_code) == (422, 200)
    assert not set(old) & set(right.context["codes"])
    with pytest.raises(Refused):
        second_factor.verify_login_code(user, HERE, code=old[0])


def test_switched_off_with_the_password(client, user, key):
    client.force_login(user)
    address = reverse("departments:second-factor-off")

    assert client.post(address, {"off-password": "wrong"}).status_code == 422
    assert second_factor.is_on(user)
    assert client.post(address, {"off-password": PASSWORD}).status_code == 302
    assert not second_factor.is_on(user)


def test_a_role_that_has_to_use_it_has_a_week_from_the_first_sign_in(client, settings):
    settings.SECOND_FACTOR_ROLES = ["office"]
    office = UserFactory(role=Role.OFFICE)
    secret = tokens.make(office, by=office, name="汇总")
    with time_machine.travel(dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC), tick=False) as clock:
        ApiToken.objects.update(expires_at=timezone.now() + dt.timedelta(days=30))
        sign_in(client, office)
        first = client.get(reverse("tasks:notifications"))
        clock.shift(dt.timedelta(days=6))
        sign_in(client, office)
        sixth = client.get(reverse("tasks:notifications")).status_code, tokens.owner_of(secret)
        clock.shift(dt.timedelta(days=2))
        client.logout()
        sign_in(client, office)
        eighth = client.get(reverse("tasks:notifications")).url, tokens.owner_of(secret)

    assert "请于2026-03-09前在“个人设置”中启用" in first.content.decode()
    assert (sixth, eighth) == ((200, office), (PAGE, None))


def test_demo_accounts_of_a_trial_run_need_none(settings):
    settings.SECOND_FACTOR_ROLES, settings.DEBUG = ["office"], True

    assert not second_factor.is_forced(UserFactory(role=Role.OFFICE, is_demo=True))
    assert second_factor.is_forced(UserFactory(role=Role.OFFICE))


def test_it_is_asked_of_the_office_and_the_reviewers_by_default():
    environment = {**os.environ, "SECRET_KEY": "x" * 60, "DEBUG": "1"}
    environment.pop("SECOND_FACTOR_ROLES", None)
    program = "from wenshang_disclosure import settings; print(*settings.SECOND_FACTOR_ROLES)"

    said = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)

    assert said.stdout.split() == ["office", "reviewer"]


def test_a_role_whose_week_is_over_sets_it_up_before_anything_else(client, settings):
    settings.SECOND_FACTOR_ROLES = ["office"]
    office, liaison = UserFactory(role=Role.OFFICE, second_factor_due_at=timezone.now()), UserFactory()
    sign_in(client, office)

    assert client.get(reverse("tasks:assignments")).url == PAGE
    client.get(PAGE)
    client.post(PAGE, {"code": phone(client.session["second_factor_key"])})
    assert client.get(reverse("tasks:assignments")).status_code == 200
    other = Client()
    sign_in(other, liaison)
    assert other.get(reverse("tasks:assignments")).status_code == 200


def test_such_a_role_cannot_switch_it_off(client, user, key, settings):
    settings.SECOND_FACTOR_ROLES = ["liaison"]

    with pytest.raises(Refused):
        second_factor.switch_off(user, HERE, password=PASSWORD)
    assert second_factor.is_on(user)


def test_the_administrator_resets_it_for_who_lost_the_phone(client, user, key):
    administrator = UserFactory(role=Role.OFFICE, is_staff=True)
    client.force_login(administrator)

    page = client.post(reverse("departments:reset-second-factor", args=[user.pk]), follow=True)
    own = client.post(reverse("departments:reset-second-factor", args=[administrator.pk]))

    assert own.status_code == 403
    assert f"已重置{user}的动态口令" in page.content.decode()
    assert not second_factor.is_on(user)
    assert "重置您的动态口令" in Notification.objects.get(user=user).text
    told = AuditEntry.objects.get(act="重置动态口令")
    assert (told.account, told.subject_id) == (administrator.username, str(user.pk))


def test_nobody_resets_ones_own_and_no_other_role_anybodys(user, key):
    administrator = UserFactory(role=Role.OFFICE, is_staff=True)

    for person, by in ((administrator, administrator), (user, UserFactory(role=Role.OFFICE)), (user, user)):
        with pytest.raises(PermissionDenied):
            second_factor.reset(person, by=by)


def test_what_is_not_there_is_not_reset(user):
    with pytest.raises(Conflict):
        second_factor.reset(user, by=UserFactory(role=Role.OFFICE, is_staff=True))


def test_a_page_of_admin_shows_no_secret(client, user, key):
    client.force_login(UserFactory(role=Role.OFFICE, is_staff=True))

    page = client.get(reverse("admin:index")).content.decode()

    assert "otp_totp" not in page
    assert "otp_static" not in page
    assert client.get("/admin/otp_totp/totpdevice/").status_code == 404


def test_the_code_of_another_opens_nothing(client, user, key):
    other_key = second_factor.new_key()
    TOTPDevice.objects.create(user=UserFactory(), name="动态口令", key=other_key)
    sign_in(client, user)

    client.post(CODE, {"code": phone(other_key)})

    assert not is_in(client)


def test_the_page_for_the_code_shows_nothing_of_the_account(client, user, key):
    sign_in(client, user)

    page = client.get(CODE).content.decode()

    assert not re.search(rf"{user.name}|{user.username}|主菜单", page)
