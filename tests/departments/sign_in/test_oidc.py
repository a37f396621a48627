"""Signing in at an identity provider: a real one on loopback, redirect by redirect."""

import logging
import time
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import oidc_provider_mock
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice

from departments.choices import Role
from departments.models import UserSession
from departments.sign_in.oidc import OidcBackend
from tests.factories import UserFactory
from wenshang_disclosure.audit.models import AuditEntry

from . import oidc_urls

pytestmark = pytest.mark.django_db
CLIENT = "wenshang"
HOST = "http://testserver"


@pytest.fixture(scope="module")
def provider():
    """Start the provider, which knows people by subject and, in their claims, by account."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        with oidc_provider_mock.run_server_in_thread() as server:
            address = f"http://localhost:{server.server_port}"
            for account in ("nanwang", "stranger", "off"):
                know(address, f"subject-of-{account}", preferred_username=account)
            know(address, "subject-without-account")
            yield address


def know(address, subject, **claims):
    requests.put(f"{address}/users/{subject}", json=claims, timeout=5).raise_for_status()


@pytest.fixture(autouse=True)
def _set_up(settings, provider):
    settings.ROOT_URLCONF = oidc_urls.__name__
    settings.AUTHENTICATION_BACKENDS = [*settings.AUTHENTICATION_BACKENDS, "departments.sign_in.oidc.OidcBackend"]
    settings.OIDC_ISSUER = provider
    settings.OIDC_RP_CLIENT_ID, settings.OIDC_RP_CLIENT_SECRET = CLIENT, "secret"
    settings.OIDC_OP_AUTHORIZATION_ENDPOINT = f"{provider}/oauth2/authorize"
    settings.OIDC_OP_TOKEN_ENDPOINT = f"{provider}/oauth2/token"
    settings.OIDC_OP_JWKS_ENDPOINT = f"{provider}/jwks"
    settings.OIDC_OP_USER_ENDPOINT = f"{provider}/userinfo"
    settings.OIDC_RP_SCOPES = "openid profile"
    settings.OIDC_RP_SIGN_ALGO = "RS256"
    settings.OIDC_USE_PKCE, settings.OIDC_CREATE_USER = True, False
    settings.OIDC_TIMEOUT = 5
    settings.OIDC_VERIFY_KID = False  # this provider has one key and does not name it


@pytest.fixture
def town():
    return UserFactory(username="nanwang", role=Role.LIAISON)


def leave(client, following=""):
    """Follow the sign-in button; return the provider's URL with all its parameters."""
    response = client.get(f"{reverse('oidc_authentication_init')}{following}")
    assert response.status_code == 302
    return response.url


def agree(address, account="nanwang", **data):
    """Sign in at the provider; return the callback URL without the host."""
    answer = requests.post(address, data={"sub": f"subject-of-{account}", **data}, allow_redirects=False, timeout=5)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"].removeprefix(HOST)


def dance(client, account="nanwang", following=""):
    return client.get(agree(leave(client, following), account))


def is_in(client):
    return "_auth_user_id" in client.session


def failures():
    return [entry.detail["reason"] for entry in AuditEntry.objects.filter(act="统一身份认证登录失败")]


def test_the_whole_way_there_and_back(client, town):
    back = dance(client)

    assert (back.status_code, back.url) == (302, reverse("home"))
    assert client.session["_auth_user_id"] == str(town.pk)
    assert client.get(reverse("tasks:assignments")).status_code == 200


def test_what_is_asked_has_a_state_a_nonce_and_a_challenge(client):
    asked = parse_qs(urlsplit(leave(client)).query)

    assert asked["redirect_uri"] == [f"{HOST}/oidc/callback/"]
    assert asked["code_challenge_method"] == ["S256"]
    assert all(len(asked[name][0]) >= 32 for name in ("state", "nonce", "code_challenge"))


@pytest.mark.parametrize(
    ("following", "to"),
    [
        ("?next=/overdue/", "/overdue/"),
        ("?next=https://elsewhere.example/", "/"),
        ("?next=//elsewhere.example/", "/"),
        ("?next=javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_one_goes_on_to_own_addresses_only(client, town, following, to):
    assert dance(client, following=following).url == to


def test_the_session_has_a_new_key(client, town):
    address = leave(client)
    before = client.session.session_key

    client.get(agree(address))

    assert client.session.session_key != before


def test_signing_out_ends_our_session(client, town):
    dance(client)

    client.post(reverse("departments:sign-out"))

    assert not is_in(client)


@pytest.mark.parametrize("account", ["stranger", "off"])
def test_nobody_is_made_and_a_switched_off_account_stays_out(client, account):
    UserFactory(username="off", is_active=False)

    response = dance(client, account)

    assert (response.status_code, is_in(client)) == (403, False)
    assert f"没有与“{account}”对应的可用账号" in response.content.decode()
    assert failures() == ["account"]


def test_the_case_of_a_name_does_not_matter(client):
    user = UserFactory(username="NanWang")

    assert dance(client).status_code == 302
    assert client.session["_auth_user_id"] == str(user.pk)


def test_of_accounts_that_differ_by_case_the_exact_one_is_opened(client):
    UserFactory(username="NanWang")
    user = UserFactory(username="nanwang")

    assert dance(client).status_code == 302
    assert client.session["_auth_user_id"] == str(user.pk)


def test_of_accounts_that_differ_by_case_from_the_name_none_is_opened(client):
    for username in ("NanWang", "NANWANG"):
        UserFactory(username=username)

    assert dance(client).status_code == 403


def test_a_person_without_the_claim_stays_out(client, settings, town):
    settings.OIDC_CLAIM = "employee_number"

    assert dance(client).status_code == 403
    assert not is_in(client)


def test_another_claim_may_be_the_account(client, settings, town, provider):
    settings.OIDC_CLAIM = "employee_number"
    know(provider, "subject-of-numbered", employee_number="nanwang")

    assert dance(client, "numbered").status_code == 302


def test_a_session_ends_with_its_account(client, town):
    dance(client)

    town.is_active = False
    town.save()

    assert client.get(reverse("tasks:assignments")).status_code == 302


def test_the_duty_to_change_a_password_is_not_for_who_came_that_way(client, town):
    town.must_change_password = True
    town.save()

    dance(client)

    assert client.get(reverse("tasks:assignments")).status_code == 200


def test_the_second_factor_is_asked_for_here_too(client, town):
    TOTPDevice.objects.create(user=town, name="phone", confirmed=True)

    response = dance(client, following="?next=/overdue/")

    assert (response.url, is_in(client)) == (reverse("departments:code"), False)


def test_a_sign_in_there_creates_a_session_here(client, town):
    dance(client)

    assert UserSession.objects.active().get().user == town


def test_who_says_no_there_reads_so_here(client, town):
    address = leave(client)
    state = parse_qs(urlsplit(address).query)["state"][0]

    response = client.get(reverse("oidc_authentication_callback"), {"error": "access_denied", "state": state})

    assert (response.status_code, failures()) == (403, ["denied"])
    assert "您取消了登录" in response.content.decode()
    assert "返回登录页" in response.content.decode()


def test_a_forged_error_signs_nobody_out(client, town):
    client.force_login(town)

    client.get(reverse("oidc_authentication_callback"), {"error": "access_denied", "state": "x"})

    assert is_in(client)


@pytest.mark.parametrize("state", ["", "x" * 32, None])
def test_a_state_that_is_not_this_browsers_opens_nothing(client, town, state):
    back = urlsplit(agree(leave(client)))
    asked = {name: values[0] for name, values in parse_qs(back.query).items()}
    forged = {**asked, "state": state} if state is not None else {"code": asked["code"]}

    response = client.get(back.path, forged)

    assert (response.status_code, is_in(client), failures()) == (403, False, ["state"])


def test_another_browser_cannot_use_what_came_back(client, town, client_of_another):
    response = client_of_another.get(agree(leave(client)))

    assert (response.status_code, is_in(client_of_another)) == (403, False)


@pytest.fixture
def client_of_another():
    from django.test import Client

    return Client()


def test_what_came_back_works_once(client, town):
    back = agree(leave(client))
    client.get(back)
    client.post(reverse("departments:sign-out"))

    response = client.get(back)

    assert (response.status_code, is_in(client)) == (403, False)


def test_a_code_works_once_also_with_a_fresh_state(client, town):
    used = parse_qs(urlsplit(agree(leave(client))).query)["code"][0]
    first = parse_qs(urlsplit(agree(leave(client))).query)
    client.get(f"/oidc/callback/?{urlencode({'code': first['code'][0], 'state': first['state'][0]})}")
    client.logout()
    fresh = parse_qs(urlsplit(leave(client)).query)["state"][0]

    again = client.get("/oidc/callback/", {"code": first["code"][0], "state": fresh})

    assert (again.status_code, is_in(client)) == (503, False)
    assert used != first["code"][0]


def test_a_code_posted_to_the_sign_in_page_means_nothing(client, town):
    asked = urlsplit(leave(client))
    without = {name: values[0] for name, values in parse_qs(asked.query).items()}
    for name in ("nonce", "code_challenge", "code_challenge_method"):
        del without[name]
    back = urlsplit(agree(f"{asked.scheme}://{asked.netloc}{asked.path}?{urlencode(without)}"))

    page = f"{reverse('departments:sign-in')}?{back.query}"
    response = client.post(page, {"username": "nanwang", "password": "anything"})

    assert (response.status_code, is_in(client)) == (422, False)


def test_a_nonce_of_another_request_is_noticed(client, town):
    stolen = parse_qs(urlsplit(agree(leave(client))).query)["code"][0]  # a code for the first request's nonce
    own = parse_qs(urlsplit(leave(client)).query)["state"][0]

    response = client.get("/oidc/callback/", {"code": stolen, "state": own})

    assert (response.status_code, is_in(client), failures()) == (403, False, ["token"])


# --- tokens that are not what they seem -------------------------------------------------------------------------------

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def token(issuer, nonce, key=KEY, algorithm="RS256", **changed):
    now = int(time.time())
    claims = {
        "iss": issuer,
        "aud": CLIENT,
        "sub": "subject-of-nanwang",
        "preferred_username": "nanwang",
        "nonce": nonce,
        "iat": now,
        "exp": now + 300,
        **changed,
    }
    claims = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(claims, key, algorithm=algorithm, headers={"kid": "ours"})


@pytest.fixture
def come_back(client, monkeypatch, town, provider):
    """Return from the provider with a token made by `make(nonce)`, verified with the keys of `KEY`."""
    public = jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True) | {"kid": "ours", "use": "sig"}
    monkeypatch.setattr(OidcBackend, "retrieve_matching_jwk", lambda self, token: jwt.PyJWK(public, algorithm="RS256"))

    def come(make):
        asked = parse_qs(urlsplit(leave(client)).query)
        made = {"access_token": "a", "id_token": make(asked["nonce"][0])}
        monkeypatch.setattr(OidcBackend, "get_token", lambda self, payload: made)
        return client.get("/oidc/callback/", {"code": "c", "state": asked["state"][0]})

    return come


def test_a_sound_token_is_taken(client, come_back, provider):
    assert come_back(lambda nonce: token(provider, nonce)).status_code == 302
    assert is_in(client)


@pytest.mark.parametrize(
    "changed",
    [
        {"exp": 1},
        {"exp": None},
        {"aud": "another-program"},
        {"aud": None},
        {"iss": "https://elsewhere.example"},
        {"iss": None},
        {"nonce": "another"},
        {"nonce": None},
        {"sub": None},
        {"key": OTHER_KEY},
        {"key": "k" * 64, "algorithm": "HS256"},
        {"key": None, "algorithm": "none"},
    ],
    ids=lambda changed: "-".join(changed),
)
def test_a_token_that_is_not_sound_opens_nothing(client, come_back, provider, changed):
    response = come_back(lambda nonce: token(provider, **{"nonce": nonce, **changed}))

    assert (response.status_code, is_in(client), failures()) == (403, False, ["token"])
    assert "未能通过核验" in response.content.decode()


@pytest.mark.parametrize("garbage", ["", "a.b.c", None, "ё"])
def test_garbage_for_a_token_opens_nothing(client, come_back, garbage):
    assert come_back(lambda nonce: garbage).status_code == 403
    assert not is_in(client)


# --- the provider away, and not set up at all -------------------------------------------------------------------------


def test_while_the_provider_is_away_the_person_is_told(client, settings, town, caplog):
    back = agree(leave(client))
    settings.OIDC_OP_TOKEN_ENDPOINT = "http://localhost:9/token"

    response = client.get(back)

    assert (response.status_code, failures()) == (503, ["provider"])
    assert "统一身份认证服务暂时无法连接" in response.content.decode()
    assert "Sign-in at the identity provider failed" in caplog.text


def test_the_button_keeps_where_one_was_headed(client):
    page = client.get(f"{reverse('departments:sign-in')}?next=/overdue/%3Fas_of%3D2024-09-30").content.decode()

    assert 'href="/oidc/?next=%2Foverdue%2F%3Fas_of%3D2024-09-30"' in page


def test_without_a_provider_there_is_no_button_and_no_address(client, settings):
    settings.OIDC_ISSUER = ""
    settings.ROOT_URLCONF = "wenshang_disclosure.urls"

    assert "统一身份认证" not in client.get(reverse("departments:sign-in")).content.decode()
    assert client.get("/oidc/").status_code == 404
