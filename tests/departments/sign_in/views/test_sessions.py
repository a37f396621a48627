"""Sessions and locks as the office sees them, and everybody's own sessions."""

import pytest
from django.test import Client
from django.urls import reverse

from departments.choices import Role
from departments.models import UserSession
from departments.sign_in import lockout
from tests.factories import SignInFactory, SignInFailureFactory, UserFactory
from tests.pages import page_of

pytestmark = pytest.mark.django_db
PAGE = reverse("departments:sessions")


@pytest.fixture
def office(client):
    person = UserFactory(role=Role.OFFICE)
    client.force_login(person)
    return person


def test_the_page_says_so_where_there_is_nothing(client, office):
    page = page_of(client.get(PAGE))

    assert "目前没有暂停登录的账号和地址。" in page
    assert "正在登录的人员（1）" in page


def test_it_names_who_is_in_and_what_is_locked(client, office):
    user = SignInFactory(user=UserFactory(name="张三", username="zhang")).user
    SignInFailureFactory.create_batch(6, user=user)
    SignInFailureFactory.create_batch(5, address="10.9.9.9")

    page = page_of(client.get(PAGE))

    assert "账号zhang" in page
    assert "没有登记的账号" in page
    assert "正在登录的人员（2）" in page
    assert "10.0.0.7" in page


def test_the_office_lifts_a_lock_and_ends_sessions(client, office):
    user_sessions = [SignInFactory(), SignInFactory()]
    SignInFactory(user=user_sessions[1].user)
    failure = SignInFailureFactory.create_batch(6, user=user_sessions[0].user)[-1]

    client.post(reverse("departments:lift-lock", args=[failure.pk]), {"what": "account"})
    client.post(reverse("departments:end-session", args=[user_sessions[0].pk]))
    client.post(reverse("departments:end-sessions", args=[user_sessions[1].user_id]))
    again = client.post(reverse("departments:end-session", args=[user_sessions[0].pk]), follow=True)

    assert lockout.locks() == []
    assert [user_session.user for user_session in UserSession.objects.active()] == [office]
    assert "该登录已经结束。" in page_of(again)


def test_the_auditor_looks_and_has_no_buttons(client):
    client.force_login(UserFactory(role=Role.AUDITOR))
    SignInFailureFactory.create_batch(6, user=SignInFactory().user)

    page = page_of(client.get(PAGE))

    assert "正在登录的人员（2）" in page
    assert "结束登录" not in page
    assert "解除</button>" not in page


def test_people_see_and_end_their_own_other_sessions(client):
    user = UserFactory()
    client.force_login(user)
    elsewhere = Client()
    elsewhere.force_login(user)
    SignInFactory(device="别人的浏览器")

    page = page_of(client.get(reverse("tasks:me")))
    client.post(reverse("tasks:end-other-sessions"))

    assert page.count("本次登录</span>") == 1
    assert "别人的浏览器" not in page
    assert elsewhere.get(reverse("tasks:me")).status_code == 302
    assert client.get(reverse("tasks:me")).status_code == 200


def test_one_ends_one_of_them(client):
    user = UserFactory()
    client.force_login(user)
    user_session = SignInFactory(user=user)

    client.post(reverse("tasks:end-session", args=[user_session.pk]))
    again = client.post(reverse("tasks:end-session", args=[user_session.pk]), follow=True)

    assert user.user_sessions.active().count() == 1
    assert "该登录已经结束。" in page_of(again)
