"""What weakens an account asks for a proof of the last quarter of an hour."""

import datetime as dt

import pytest
import time_machine
from django.conf import settings as django_settings
from django.urls import reverse
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from departments.choices import Role
from departments.models import ApiToken, User
from departments.sign_in import second_factor, sessions
from tests.factories import RoleGrantFactory, UserFactory

pytestmark = pytest.mark.django_db

PROVE = reverse("departments:prove")
PASSWORD = "test-password-1"
STEPS = (
    "person",
    "change-rights",
    "move-person",
    "close-person",
    "reopen-person",
    "forget-person",
    "reset-second-factor",
    "give-membership",
)
"""What is done on the pages of people, by the names of their addresses."""
ROOT, SCHEMA = reverse("api:api-root"), reverse("api:openapi-json")


@pytest.fixture
def user(client):
    person = UserFactory(email="old@example.gov.cn")
    client.force_login(person)
    return person


@pytest.fixture
def later():
    """Let twenty minutes pass since signing in."""
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=20), tick=True) as clock:
        yield clock


def contact(client):
    fields = {"mail_choice": "off", "email": "new@example.gov.cn", "phone": ""}
    return client.post(reverse("tasks:me"), fields, headers={"referer": f"http://testserver{reverse('tasks:me')}"})


def test_just_after_signing_in_nothing_is_asked(client, user):
    contact(client)

    user.refresh_from_db()
    assert user.email == "new@example.gov.cn"


def test_later_the_password_is_asked_and_the_page_with_what_was_typed_follows(client, user, later):
    asked = contact(client)
    page = client.get(asked.url)
    wrong = client.post(asked.url, {"password": "wrong"})
    user.refresh_from_db()
    before = user.email
    right = client.post(asked.url, {"password": PASSWORD})
    contact(client)

    user.refresh_from_db()
    assert asked.url.startswith(PROVE)
    assert "data-trouble" in page.content.decode()  # keep-typed.js then keeps what was typed
    assert (wrong.status_code, right.url) == (422, f"http://testserver{reverse('tasks:me')}")
    assert (before, user.email) == ("old@example.gov.cn", "new@example.gov.cn")


def test_a_code_of_the_second_factor_does_as_well(client, user, later):
    key = second_factor.new_key()
    TOTPDevice.objects.create(user=user, name="动态口令", key=key)
    asked = contact(client)

    proved = client.post(asked.url, {"code": f"{totp(bytes.fromhex(key)):06d}"})

    assert proved.status_code == 302
    assert contact(client).url == reverse("tasks:me")


def test_forms_that_may_be_sent_on_a_detour_keep_what_is_typed(client, user):
    page = client.get(reverse("tasks:me")).content.decode()

    assert page.count("data-keep>") == 2


@pytest.mark.parametrize("name", ["tasks:new-token", "tasks:new-calendar", "departments:second-factor"])
def test_secrets_of_ones_own_ask_for_it(client, user, later, name):
    response = client.post(reverse(name), {"name": "汇总"})

    assert response.url.startswith(PROVE)
    assert not ApiToken.objects.exists()


def test_accounts_of_others_ask_for_it(client, later):
    administrator, person = UserFactory(role=Role.OFFICE, is_staff=True), UserFactory()
    with time_machine.travel(dt.datetime.now(dt.UTC) - dt.timedelta(minutes=20), tick=True):
        client.force_login(administrator)
    grant = RoleGrantFactory()
    answers = [
        client.post(reverse("departments:give-password", args=[person.pk])),
        client.post(reverse("departments:confirm-grant", args=[grant.pk])),
        client.post(reverse("departments:confirm-owner", args=[person.pk])),
        *(client.post(reverse(f"departments:{step}", args=[person.pk])) for step in STEPS),
        client.post(reverse("departments:add-person")),
    ]

    assert [answer.url.startswith(PROVE) for answer in answers] == [True] * len(answers)
    assert User.objects.get(pk=person.pk).check_password(PASSWORD)


@pytest.mark.parametrize("to", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", ""])
def test_it_leads_on_to_own_pages_only(client, user, to):
    response = client.post(f"{PROVE}?next={to}", {"password": PASSWORD})

    assert response.url == reverse("home")


def test_wrong_passwords_count_as_failures(client, user):
    for _ in range(django_settings.SIGN_IN_FAILURES_ACCOUNT):
        client.post(PROVE, {"password": "wrong"})

    assert "请等待" in client.post(PROVE, {"password": PASSWORD}).content.decode()


def test_a_session_that_its_owner_ended_opens_no_page_of_the_api(client, user):
    before = client.get(ROOT).status_code

    sessions.end_all(user, by=user)

    assert (before, client.get(ROOT).status_code) == (200, 302)


def test_a_session_that_its_owner_ended_opens_no_schema_of_the_api(client, user):
    before = client.get(SCHEMA).status_code

    sessions.end_all(user, by=user)
    after = client.get(SCHEMA)

    assert (before, after.status_code, "paths" in after.json()) == (200, 401, False)


@pytest.mark.parametrize("address", [ROOT, SCHEMA])
def test_a_first_password_opens_no_page_of_the_api(client, user, address):
    User.objects.filter(pk=user.pk).update(must_change_password=True)

    assert client.get(address).url == reverse("departments:password")


@pytest.mark.parametrize("address", [ROOT, SCHEMA])
def test_a_second_factor_that_is_due_opens_no_page_of_the_api(client, user, address):
    session = client.session
    session[second_factor.TO_SET_UP] = True
    session.save()

    assert client.get(address).url == reverse("departments:second-factor")
