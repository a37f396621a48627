"""Sessions begin, are updated, and end."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from departments.choices import Role
from departments.models import SignInFailure, User, UserSession
from departments.sign_in import sessions
from tests.factories import SignInFactory, SignInFailureFactory, UserFactory
from wenshang_disclosure.audit.models import AuditEntry
from wenshang_disclosure.core.web.errors import Conflict

pytestmark = pytest.mark.django_db
PASSWORD = "test-password-1"
PAGE = "departments:password"  # any page for everybody


def is_in(client):
    return client.get(reverse(PAGE)).status_code == 200


def acts():
    return list(AuditEntry.objects.filter(kind="sign_in").order_by("pk").values_list("act", flat=True))


@pytest.fixture
def user(client):
    person = UserFactory()
    client.force_login(person)
    return person


def test_signing_out_tells_the_browser_to_forget_what_it_kept(client, user):
    response = client.post(reverse("departments:sign-out"))

    assert response["Clear-Site-Data"] == '"cache", "storage"'
    assert not is_in(client)


def test_signing_in_and_out_is_kept(client):
    user = UserFactory()
    fields = {"username": user.username, "password": PASSWORD}
    agent = (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36"
    )
    client.post(reverse("departments:sign-in"), fields, REMOTE_ADDR="10.0.0.9", HTTP_USER_AGENT=agent)

    user_session = user.user_sessions.get()
    client.post(reverse("departments:sign-out"))

    assert (user_session.address, user_session.device, user_session.ended_at) == ("10.0.0.9", "Chrome · Windows", None)
    assert UserSession.objects.get().ended_at is not None
    assert acts() == ["登录成功", "退出登录"]


def test_an_ended_session_leads_to_signing_in_and_back(client, user):
    user_session = user.user_sessions.get()
    sessions.end(user_session, by=UserFactory(role=Role.OFFICE))

    response = client.get(reverse(PAGE))

    assert response.url == f"{reverse('departments:sign-in')}?next={reverse(PAGE)}"
    assert "您的登录已结束" in client.get(response.url).content.decode()
    assert acts() == ["登录成功", "结束登录会话"]  # being put out is no sign-out


@pytest.mark.parametrize(("hours", "inside"), [(11, True), (13, False)])
def test_a_session_expires_by_age_however_busy(client, user, hours, inside):
    user.user_sessions.update(signed_in_at=timezone.now() - timedelta(hours=hours))

    assert is_in(client) is inside


@pytest.mark.parametrize(("minutes", "inside"), [(29, True), (32, False)])
def test_an_idle_session_expires(client, user, minutes, inside):
    user.user_sessions.update(last_seen_at=timezone.now() - timedelta(minutes=minutes))

    assert is_in(client) is inside


def test_it_is_noted_once_a_minute_when_somebody_was_seen(client, user):
    seen = []
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for seconds in (0, 30, 40):
            clock.shift(timedelta(seconds=seconds))
            is_in(client)
            seen.append(user.user_sessions.get().last_seen_at)

    assert (seen[1] - seen[0], seen[2] - seen[1] > timedelta(seconds=50)) == (timedelta(0), True)


def test_a_browser_session_without_a_user_session_is_signed_out(client, user):
    session = client.session
    del session["user_session"]
    session.save()

    assert not is_in(client)


def test_the_session_of_another_opens_nothing(client, user):
    session = client.session
    session["user_session"] = SignInFactory().pk
    session.save()

    assert not is_in(client)


def test_changing_ones_password_ends_every_other_session(client, user):
    other = Client()
    other.force_login(user)
    fields = {"old_password": PASSWORD, "new_password1": "a-long-one-7", "new_password2": "a-long-one-7"}

    client.post(reverse("departments:password"), fields)

    assert (is_in(client), is_in(other)) == (True, False)
    assert user.user_sessions.active().count() == 1


def test_deactivating_an_account_ends_its_sessions(client, user):
    administrator = Client()
    administrator.force_login(UserFactory(role=Role.OFFICE, is_staff=True))

    administrator.post(reverse("departments:close-person", args=[user.pk]))

    assert (is_in(client), user.user_sessions.active().count()) == (False, 0)


def test_a_password_from_the_administrator_ends_sessions_lifts_locks_and_has_to_be_changed(client, user):
    SignInFailureFactory.create_batch(6, user=user)
    administrator = Client()
    administrator.force_login(UserFactory(role=Role.OFFICE, is_staff=True))

    slip = administrator.post(reverse("departments:give-password", args=[user.pk]))

    assert not is_in(client)
    ((_, password),) = slip.context["given"]
    credentials = {"username": user.username, "password": password}
    assert client.post(reverse("departments:sign-in"), credentials).status_code == 302
    assert client.get(reverse("tasks:assignments")).url == reverse("departments:password")


def test_people_end_their_own_sessions_and_nobody_elses(user):
    sessions.end(SignInFactory(user=user), by=user)

    with pytest.raises(PermissionDenied):
        sessions.end(SignInFactory(), by=user)


def test_what_is_over_is_not_ended_again(user):
    user_session = SignInFactory(user=user)
    sessions.end(user_session, by=user)

    with pytest.raises(Conflict):
        sessions.end(user_session, by=user)


def test_one_is_told_once_of_the_last_time_and_of_failures_since(client):
    user = UserFactory()
    SignInFactory(user=user, signed_in_at=timezone.now() - timedelta(days=1), address="10.0.0.1")
    SignInFailureFactory.create_batch(2, user=user)
    fields = {"username": user.username, "password": PASSWORD}

    client.post(reverse("departments:sign-in"), fields)
    pages = [client.get(reverse("tasks:me")).content.decode() for _ in range(2)]

    assert ["地址10.0.0.1；此后有2次登录失败" in page for page in pages] == [True, False]


def test_what_is_long_over_is_cleared_away(user, capsys):
    SignInFactory(user=user, signed_in_at=timezone.now() - timedelta(days=181))
    SignInFailureFactory(at=timezone.now() - timedelta(days=31))
    SignInFailureFactory()

    call_command("clean_sessions")

    assert (user.user_sessions.count(), SignInFailure.objects.count()) == (1, 1)
    assert "1 failed sign-ins and 1 sessions" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/120.0 Safari/537.36 Edg/120.0", "Edge · Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0", "Firefox · Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) Version/17.0 Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (Linux; Android 13) Chrome/119.0 Mobile MicroMessenger/8.0", "微信 · 安卓"),
        ("<script>alert(1)</script>", "未知"),
        ("", "未知"),
    ],
)
def test_the_browser_is_said_in_two_words(agent, device):
    request = RequestFactory().get("/", headers={"user-agent": agent})

    assert sessions.device_of(request) == device


def test_an_account_is_never_deleted(user):
    from wenshang_disclosure.core.web.errors import Refused

    administrator = Client()
    administrator.force_login(UserFactory(role=Role.OFFICE, is_staff=True))

    for delete in (user.delete, User.objects.filter(pk=user.pk).delete):
        with pytest.raises(Refused):
            delete()
    page = administrator.post(reverse("admin:departments_user_delete", args=[user.pk]), {"post": "yes"})

    assert page.status_code == 403
    assert User.objects.filter(pk=user.pk).exists()
