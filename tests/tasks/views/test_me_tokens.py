"""Tokens on one's own settings page, and all of them in Django admin."""

import pytest
from django.urls import reverse

from departments.choices import Role
from departments.models import ApiToken
from departments.services import tokens
from tests.factories import ApiTokenFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def user(client):
    user = UserFactory()
    client.force_login(user)
    return user


def test_a_new_tokens_secret_is_shown_once(client, user):
    page = client.post(reverse("tasks:new-token"), {"name": "县数据平台"})

    secret = page.context["secret"]
    assert tokens.owner_of(secret) == user
    assert secret in page.content.decode()
    later = client.get(reverse("tasks:me")).content.decode()
    assert secret not in later
    assert "县数据平台" in later


def test_what_was_typed_stays_where_a_token_is_refused(client, user):
    ApiTokenFactory.create_batch(tokens.MAX_TOKENS, user=user)

    page = client.post(reverse("tasks:new-token"), {"name": "第十一个"})

    assert page.status_code == 422
    assert "最多" in page.content.decode()
    assert "第十一个" in page.content.decode()


def test_a_token_needs_to_say_what_it_is_for(client, user):
    assert client.post(reverse("tasks:new-token"), {"name": " "}).status_code == 422
    assert not ApiToken.objects.exists()


def test_ones_own_token_ends_and_leaves_the_list(client, user):
    token = ApiTokenFactory(user=user, name="旧程序")
    address = reverse("tasks:revoke-token", args=[token.pk])

    page = client.post(address, follow=True)
    again = client.post(address, follow=True)

    token.refresh_from_db()
    assert token.revoked_at
    assert list(page.context["tokens"]) == []
    assert "已经停用" in again.content.decode()


def test_anothers_token_is_neither_listed_nor_ended(client, user):
    token = ApiTokenFactory(name="别人的程序")

    assert "别人的程序" not in client.get(reverse("tasks:me")).content.decode()
    assert client.post(reverse("tasks:revoke-token", args=[token.pk])).status_code == 404
    token.refresh_from_db()
    assert token.revoked_at is None


def test_the_administrator_sees_and_ends_all(client):
    client.force_login(UserFactory(role=Role.OFFICE, is_staff=True))
    token, ended = ApiTokenFactory(), ApiTokenFactory()
    before = tokens.revoke(ended, by=ended.user).revoked_at
    address = reverse("admin:departments_apitoken_changelist")

    page = client.post(address, {"action": "revoke", "_selected_action": [token.pk, ended.pk]}, follow=True)

    token.refresh_from_db()
    ended.refresh_from_db()
    assert token.revoked_at
    assert ended.revoked_at == before
    assert "已停用1个接口令牌" in page.content.decode()
    assert client.get(reverse("admin:departments_apitoken_add")).status_code == 403
    assert client.get(reverse("admin:departments_apitoken_delete", args=[token.pk])).status_code == 403
