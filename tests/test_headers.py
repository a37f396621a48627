"""What every answer tells the browser, whatever the answer is (ASVS V3); of every page, tests/test_access.py."""

import pytest
from django.test import Client
from django.urls import path, reverse

from wenshang_disclosure.core.web import middleware
from wenshang_disclosure.urls import urlpatterns as ours

pytestmark = pytest.mark.django_db

WANTED = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def broken(request):
    raise RuntimeError("a fault of ours")


urlpatterns = [*ours, path("broken/", broken)]
handler400, handler403 = middleware.malformed, middleware.denied
handler404, handler500 = middleware.missing, middleware.failed


def lacking(response):
    """What the answer lacks of what every answer has."""
    wrong = {name: response.get(name) for name, value in WANTED.items() if value not in response.get(name, "")}
    policy = response.get("Content-Security-Policy", "")
    if "default-src" not in policy or "frame-ancestors 'none'" not in policy or "unsafe" in policy:
        wrong["Content-Security-Policy"] = policy
    if "camera=()" not in response.get("Permissions-Policy", ""):
        wrong["Permissions-Policy"] = response.get("Permissions-Policy")
    return wrong


@pytest.fixture
def browser(settings):
    settings.ROOT_URLCONF = __name__
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/sign-in/", 200),
        ("/tasks/", 302),
        ("/sign-in", 301),
        ("/nowhere/", 404),
        ("/sign-out/", 405),
        ("/broken/", 500),
        ("/admin/", 302),
        ("/admin/nowhere/", 302),
        ("/api/v1/", 302),
        ("/api/v1/units", 401),
        ("/api/v1/openapi.json", 401),
        ("/api/v1/nowhere", 401),
        ("/calendar/unknown.ics", 404),
        ("/public/2024/", 404),
        ("/healthz", 200),
        ("/static/", 404),
    ],
)
def test_every_kind_of_answer_has_them(browser, address, status):
    response = browser.get(address)

    assert (response.status_code, lacking(response)) == (status, {})


def test_an_unknown_host_is_refused_with_them(browser):
    response = browser.get("/sign-in/", headers={"host": "elsewhere.example"})

    assert (response.status_code, lacking(response)) == (400, {})


def test_a_forged_post_is_refused_with_them(settings):
    response = Client(enforce_csrf_checks=True).post("/sign-in/", {"username": "a", "password": "b"})

    assert (response.status_code, lacking(response)) == (403, {})


def test_a_password_to_change_leads_there_with_them(browser, county):
    county.people["office"].must_change_password = True
    county.people["office"].save()
    browser.force_login(county.people["office"])

    response = browser.get("/tasks/")

    assert (response.url, lacking(response)) == (reverse("departments:password"), {})


def test_over_plain_http_one_is_sent_to_https_with_them_and_told_to_stay(browser, settings):
    settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS = True, 31_536_000

    plain = browser.get("/sign-in/")

    assert (plain.status_code, plain.url, lacking(plain)) == (301, "https://testserver/sign-in/", {})
    assert "max-age=31536000" in browser.get("/sign-in/", secure=True)["Strict-Transport-Security"]


def test_downloads_may_not_run_anything(client, county):
    client.force_login(county.people["office"])

    response = client.get(reverse("tasks:evidence", args=[county.item.pk]))

    assert "sandbox" in response["Content-Security-Policy"]
    assert {"Cache-Control", "X-Content-Type-Options", "Cross-Origin-Resource-Policy"} & set(lacking(response)) == set()


def test_no_answer_names_a_program_or_its_version(browser):
    for address in ("/sign-in/", "/nowhere/", "/broken/"):
        response = browser.get(address)
        assert not {"Server", "X-Powered-By"} & set(response.headers)
        assert "Traceback" not in response.content.decode()
        assert "RuntimeError" not in response.content.decode()
