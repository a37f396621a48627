"""Signing in and out."""

import pytest
from django.urls import reverse

from departments.choices import Role
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
PASSWORD = "test-password-1"


def sign_in(client, username, password=PASSWORD, following=""):
    return client.post(reverse("departments:sign-in") + following, {"username": username, "password": password})


@pytest.mark.parametrize(
    ("role", "start"),
    [(Role.OFFICE, "tasks:worklist"), (Role.AUDITOR, "reports:dashboard"), (Role.LIAISON, "tasks:worklist")],
)
def test_each_role_comes_to_its_own_start(client, role, start):
    user = UserFactory(role=role)

    sign_in(client, user.username)

    assert client.get(reverse("home")).url == reverse(start)


@pytest.mark.parametrize("typed", ["LiMing", "liming", "LIMING"])
def test_the_case_of_a_name_does_not_matter(client, typed):
    user = UserFactory(username="LiMing")

    assert sign_in(client, typed).status_code == 302
    assert client.session["_auth_user_id"] == str(user.pk)


@pytest.mark.parametrize(("typed", "status"), [("LiMing", 302), ("liming", 302), ("LIMING", 422)])
def test_accounts_that_differ_by_case_are_opened_by_their_exact_names(client, typed, status):
    for username in ("LiMing", "liming"):
        UserFactory(username=username)

    assert sign_in(client, typed).status_code == status


def test_the_page_never_says_which_of_the_two_was_wrong(client):
    user = UserFactory()

    pages = [sign_in(client, user.username, "wrong"), sign_in(client, "nobody", "wrong")]

    assert [page.status_code for page in pages] == [422, 422]
    assert len({str(page.context["form"].non_field_errors()) for page in pages}) == 1


def test_demo_people_cannot_sign_in_where_debug_is_off(client, settings):
    user = UserFactory(is_demo=True)

    assert sign_in(client, user.username).status_code == 422
    settings.DEBUG = True
    assert sign_in(client, user.username).status_code == 302


def test_a_signed_in_demo_person_is_out_once_debug_is_off(client, settings):
    settings.DEBUG = True
    user = UserFactory(is_demo=True)
    sign_in(client, user.username)

    settings.DEBUG = False

    assert reverse("departments:sign-in") in client.get(reverse("tasks:assignments")).url


def test_only_own_addresses_are_gone_on_to(client):
    user = UserFactory()

    response = sign_in(client, user.username, following="?next=https://elsewhere.example/")

    assert response.url == reverse("home")


def test_signing_out_ends_the_session(client):
    client.force_login(UserFactory())

    client.post(reverse("departments:sign-out"))

    assert client.get(reverse("tasks:assignments")).status_code == 302


def test_ones_password_is_changed_and_a_weak_one_refused(client):
    user = UserFactory()
    client.force_login(user)
    fields = {"old_password": PASSWORD, "new_password1": "12345678901", "new_password2": "12345678901"}

    weak = client.post(reverse("departments:password"), fields)
    strong = {**fields, "new_password1": "a-long-one-7", "new_password2": "a-long-one-7"}
    good = client.post(reverse("departments:password"), strong)

    assert (weak.status_code, good.status_code) == (422, 302)
    user.refresh_from_db()
    assert user.check_password("a-long-one-7")


@pytest.mark.parametrize("following", ["/overdue/?as_of=2024-09-30", "/assignments/"])
def test_one_goes_on_to_where_one_was_headed(client, following):
    user = UserFactory()

    response = sign_in(client, user.username, following=f"?next={following}")

    assert response.url == following


@pytest.mark.parametrize(
    "following", ["//elsewhere.example/", "https:elsewhere.example", "javascript:alert(1)", "\\\\elsewhere.example"]
)
def test_no_disguised_address_of_another_host_is_gone_on_to(client, following):
    user = UserFactory()

    response = sign_in(client, user.username, following=f"?next={following}")

    assert response.url == reverse("home")


def test_the_user_name_stays_and_the_password_does_not(client):
    page = sign_in(client, "某人", "wrong-password").content.decode()

    assert 'value="某人"' in page
    assert "wrong-password" not in page
    assert "用户名或密码不正确，请重新输入。注意大小写。" in page


def test_signing_in_changes_the_sessions_key(client):
    user = UserFactory()
    client.session.save()
    old_key = client.session.session_key
    client.cookies["sessionid"] = old_key

    sign_in(client, user.username)

    new_key = client.session.session_key
    assert new_key != old_key


def test_a_session_that_was_signed_out_is_of_no_use_any_more(client):
    client.force_login(UserFactory())
    kept = client.cookies["sessionid"].value
    client.post(reverse("departments:sign-out"))

    client.cookies["sessionid"] = kept

    assert client.get(reverse("tasks:assignments")).status_code == 302


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"old_password": "wrong"}, "old_password"),
        ({"new_password2": "another-one-7"}, "new_password2"),
        ({"new_password1": "short-1", "new_password2": "short-1"}, "new_password2"),
        ({"new_password1": "password123", "new_password2": "password123"}, "new_password2"),
    ],
)
def test_what_is_wrong_with_a_new_password_is_said_beside_its_field(client, changed, field):
    user = UserFactory()
    client.force_login(user)
    good = {"old_password": PASSWORD, "new_password1": "a-long-one-7", "new_password2": "a-long-one-7"}

    response = client.post(reverse("departments:password"), good | changed)

    errors = response.context["form"].errors
    assert (response.status_code, list(errors)) == (422, [field])
    assert any("一" <= character <= "鿿" for character in errors[field][0])
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_who_has_to_sign_in_for_a_post_comes_back_to_its_form(client):
    form = "http://testserver/reviews/17/?plan=3"

    response = client.post("/reviews/17/return/", {"reason": "缺少链接。"}, headers={"referer": form})

    assert response.url == "/sign-in/?next=/reviews/17/%3Fplan%3D3"


def test_a_form_elsewhere_is_no_place_to_come_back_to(client):
    response = client.post("/reviews/17/return/", headers={"referer": "https://elsewhere.example/reviews/17/"})

    assert response.url == "/sign-in/?next=/reviews/17/return/"
