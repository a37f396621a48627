"""Signing in with a directory's password, against a real slapd."""

import logging
import socket

import pytest
from django.urls import reverse

from departments.choices import Role
from tests.environment import skip_or_fail
from tests.factories import UserFactory

from . import directory as directories
from .directory import BASE, PASSWORD, SERVICE, SERVICE_PASSWORD

pytestmark = pytest.mark.django_db
LOCAL = "test-password-1"
PEOPLE = [("nanwang", "people"), ("guocang", "people"), ("twice", "people"), ("twice", "others"), ("off", "people")]


@pytest.fixture(scope="module")
def slapd(tmp_path_factory):
    if directories.SLAPD is None or directories.SCHEMAS is None:
        skip_or_fail("needs slapd (Debian: slapd)")
    process, directory = directories.start(tmp_path_factory.mktemp("slapd"), PEOPLE)
    yield directory
    process.terminate()
    process.wait(10)


@pytest.fixture
def directory(settings, slapd):
    """Configure that directory, with names made from a template and StartTLS."""
    settings.AUTHENTICATION_BACKENDS = [*settings.AUTHENTICATION_BACKENDS, "departments.sign_in.ldap.LdapBackend"]
    settings.LDAP_URL, settings.CA_FILE = slapd.plain, slapd.ca_file
    settings.LDAP_USER_DN = f"uid={{username}},ou=people,{BASE}"
    return slapd


@pytest.fixture
def searching(settings, directory):
    """Configure the same directory with a search by a service account."""
    settings.LDAP_USER_DN, settings.LDAP_SEARCH_BASE = "", BASE
    settings.LDAP_BIND_DN, settings.LDAP_BIND_PASSWORD = SERVICE, SERVICE_PASSWORD
    return directory


def sign_in(client, username="nanwang", password=PASSWORD):
    return client.post(reverse("departments:sign-in"), {"username": username, "password": password})


AWAY = "统一用户目录暂时无法连接，请稍后再试。"


def is_told_to_wait(response):
    return response.status_code >= 422 and AWAY in response.content.decode()


def is_in(client):
    return "_auth_user_id" in client.session


def test_the_directorys_password_lets_in(client, directory):
    user = UserFactory(username="nanwang", role=Role.LIAISON)

    response = sign_in(client)

    assert (response.status_code, response.url) == (302, reverse("home"))
    assert client.session["_auth_user_id"] == str(user.pk)
    assert client.get(reverse("tasks:assignments")).status_code == 200


def test_over_ldaps_too(client, settings, directory):
    UserFactory(username="nanwang")
    settings.LDAP_URL = directory.encrypted

    assert sign_in(client).status_code == 302


def test_a_service_account_finds_the_person(client, searching):
    UserFactory(username="nanwang")

    assert sign_in(client).status_code == 302


@pytest.mark.parametrize("mode", ["directory", "searching"])
@pytest.mark.parametrize("password", ["wrong", "", " ", LOCAL + "x"])
def test_a_wrong_or_empty_password_does_not(client, request, mode, password):
    request.getfixturevalue(mode)
    UserFactory(username="nanwang")

    assert sign_in(client, password=password).status_code == 422
    assert not is_in(client)


def test_an_empty_password_is_not_even_asked_about(client, directory):
    from django.contrib.auth import authenticate

    UserFactory(username="nanwang")

    assert authenticate(None, username="nanwang", password="") is None
    assert authenticate(None, username="nanwang", password=None) is None


def test_nobody_is_made(client, directory):
    assert sign_in(client).status_code == 422
    assert not is_in(client)


def test_an_account_that_is_switched_off_stays_out(client, directory):
    UserFactory(username="off", is_active=False)

    assert sign_in(client, "off").status_code == 422


def test_a_demo_account_stays_out(client, directory):
    UserFactory(username="nanwang", is_demo=True)

    assert sign_in(client).status_code == 422


@pytest.mark.parametrize(
    "typed",
    [
        "*",
        "nan*",
        "nanwang)(uid=*",
        "*)(|(uid=*",
        "nanwang,ou=people",
        "nanwang+cn=nanwang",
        "nanwang\\00",
        "nanwang\x00",
        "nanwang{0}",
        "{username}",
        "#nanwang",
        'a"b<c>;=\\',
    ],
)
@pytest.mark.parametrize("mode", ["directory", "searching"])
def test_what_is_typed_as_a_name_means_nothing_to_the_directory(client, request, mode, typed):
    request.getfixturevalue(mode)
    for username in {"nanwang", typed.replace("\x00", "")}:
        UserFactory(username=username)

    assert sign_in(client, typed).status_code == 422
    assert not is_in(client)


@pytest.mark.parametrize("mode", ["directory", "searching"])
@pytest.mark.parametrize(("account", "typed"), [("nanwang", "NanWang"), ("NanWang", "nanwang"), ("NanWang", "NanWang")])
def test_the_case_of_a_name_does_not_matter(client, request, mode, account, typed):
    request.getfixturevalue(mode)
    user = UserFactory(username=account)

    assert sign_in(client, typed).status_code == 302
    assert client.session["_auth_user_id"] == str(user.pk)


@pytest.mark.parametrize("typed", ["NanWang", "nanwang"])
def test_of_two_accounts_that_differ_by_case_the_directory_opens_neither(client, directory, typed):
    UserFactory(username="nanwang")
    UserFactory(username="NanWang")

    assert sign_in(client, typed).status_code == 422


def test_a_name_that_two_entries_have_opens_nothing(client, searching):
    UserFactory(username="twice")

    assert sign_in(client, "twice").status_code == 422


def test_a_certificate_of_another_authority_is_not_believed(client, settings, directory, caplog):
    UserFactory(username="nanwang")
    for url in (directory.plain, directory.encrypted):
        settings.LDAP_URL, settings.CA_FILE = url, str(directory.folder / "other.pem")

        assert is_told_to_wait(sign_in(client))
        assert not is_in(client)
    assert PASSWORD not in caplog.text
    assert "could not be reached" in caplog.text


def test_a_certificate_for_another_host_is_not_believed(client, settings, directory):
    UserFactory(username="nanwang")
    settings.LDAP_URL = directory.encrypted.replace("localhost", "127.0.0.1")

    assert is_told_to_wait(sign_in(client))
    assert not is_in(client)


def test_without_encryption_only_where_that_was_decided(client, settings, directory):
    """No credentials are sent to a server without StartTLS."""
    UserFactory(username="nanwang")
    with Listener() as deaf:
        settings.LDAP_URL, settings.LDAP_TIMEOUT_SECONDS = f"ldap://localhost:{deaf.port}", 1
        assert is_told_to_wait(sign_in(client))
        assert PASSWORD.encode() not in deaf.heard
    settings.LDAP_URL, settings.LDAP_PLAIN, settings.CA_FILE = directory.plain, True, ""
    assert sign_in(client).status_code == 302


class Listener:
    """A server that accepts connections, answers nothing and stores what it receives."""

    def __enter__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        return self

    @property
    def heard(self):
        self.socket.settimeout(1)
        connection, _ = self.socket.accept()
        with connection:
            connection.settimeout(1)
            return connection.recv(65536)

    def __exit__(self, *error):
        self.socket.close()


def test_while_it_is_away_passwords_of_our_own_go_on_and_others_are_told(client, settings, directory, caplog):
    UserFactory(username="nanwang")
    UserFactory(username="admin", is_staff=True, role=Role.OFFICE)
    settings.LDAP_URL = f"ldap://localhost:{directories.free_port()}"

    with caplog.at_level(logging.ERROR):
        assert is_told_to_wait(sign_in(client))

    assert not is_in(client)
    assert "The LDAP server ldap://localhost" in caplog.text
    assert sign_in(client, "admin", LOCAL).status_code == 302


def test_a_service_account_that_is_refused_is_logged_as_our_fault(client, settings, searching, caplog):
    UserFactory(username="nanwang")
    settings.LDAP_BIND_PASSWORD = "no-longer-right"

    assert is_told_to_wait(sign_in(client))
    assert "it refuses the service account" in caplog.text
    assert "no-longer-right" not in caplog.text


def test_where_the_directory_alone_counts_a_password_of_our_own_is_an_administrators_only(client, settings, directory):
    UserFactory(username="nanwang")
    UserFactory(username="admin", is_staff=True, role=Role.OFFICE)
    settings.LDAP_ONLY = True

    assert sign_in(client, password=LOCAL).status_code == 422
    assert sign_in(client, "admin", LOCAL).status_code == 302
    client.logout()
    assert sign_in(client).status_code == 302


def test_the_duty_to_change_a_password_is_not_for_who_came_by_the_directory(client, directory):
    UserFactory(username="nanwang", must_change_password=True)

    sign_in(client)
    assert client.get(reverse("tasks:assignments")).status_code == 200

    client.logout()
    assert sign_in(client, password=LOCAL).status_code == 422  # nobody knows any more who knows that one


def test_a_password_of_ones_own_here_stays_good(client, directory):
    UserFactory(username="nanwang")
    sign_in(client)
    client.logout()

    assert sign_in(client, password=LOCAL).status_code == 302


def test_a_directory_that_is_away_locks_nobody_out(client, settings, directory):
    UserFactory(username="nanwang")
    there = settings.LDAP_URL
    settings.LDAP_URL = f"ldap://localhost:{directories.free_port()}"
    for _ in range(settings.SIGN_IN_FAILURES_ACCOUNT + 1):
        assert is_told_to_wait(sign_in(client))

    settings.LDAP_URL = there

    assert sign_in(client).status_code == 302


def test_guessing_a_directorys_password_locks_as_guessing_one_of_ours(client, settings, directory):
    UserFactory(username="nanwang")
    for _ in range(settings.SIGN_IN_FAILURES_ACCOUNT):
        sign_in(client, password="wrong")

    assert sign_in(client).status_code == 422
    assert not is_in(client)


def test_a_session_by_the_directory_ends_with_the_account(client, directory):
    user = UserFactory(username="nanwang")
    sign_in(client)

    user.is_active = False
    user.save()

    assert client.get(reverse("tasks:assignments")).status_code == 302
