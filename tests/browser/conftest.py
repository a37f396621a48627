"""A real Chromium on the real table of 2024."""

import os

import pytest
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.management import call_command
from django.test import Client

from departments.choices import Role
from departments.models import Unit, User
from tests.environment import need_program
from tests.factories import UserFactory
from wenshang_disclosure.audit import chain

from . import kept_rows, old_chromium

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's synchronous interface runs a loop of its own

OPTIONS = [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PASSWORD = "test-password-1"
EXPECTED_ANSWERS = ("403", "404", "409", "422", "400", "503", "507")


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture(scope="session")
def browser():
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=20_000)  # a busy machine is not a fault
    with sync_playwright() as playwright:
        if old_chromium.PROGRAM:
            with old_chromium.started(playwright, OPTIONS) as running:
                yield running
            return
        chromium = need_program("chromium", "chromium-browser", "google-chrome", package="chromium fonts-noto-cjk")
        running = playwright.chromium.launch(executable_path=chromium, args=OPTIONS)
        yield running
        running.close()


@pytest.fixture(autouse=True, scope="session")
def _kept_static_files():
    """Let a browser keep static files while its test runs, as it does with those of an installation."""
    serve = StaticFilesHandler.serve

    def kept(handler, request):
        response = serve(handler, request)
        response.headers["Cache-Control"] = "max-age=600"
        return response

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StaticFilesHandler, "serve", kept)
        yield


@pytest.fixture(scope="session")
def _nothing_kept(django_db_setup, django_db_blocker):
    """Forget the rows that an earlier run kept in a database that is used again."""
    with django_db_blocker.unblock():
        kept_rows.forget()


@pytest.fixture
def _sealed_at_once(monkeypatch):
    """Seal the trail with the answer: what follows it could reach into the tables of the next test."""
    monkeypatch.setattr(chain, "_seal_in_time", chain.seal)


@pytest.fixture
def table(_nothing_kept, _sealed_at_once, transactional_db, evidence_folder):
    """The county's units and the real table, issued."""
    if not kept_rows.bring_back():
        call_command("load_units", verbosity=0)
        User.objects.create_superuser("admin", password=PASSWORD, name="管理员")
        call_command("load_plan", "fixtures/plan-2024.json", issued_by="admin")
        kept_rows.keep()


@pytest.fixture
def person(table):
    """Return a function that makes a person of a real unit, with a user name."""

    def make(username, role=Role.LIAISON, unit=None):
        unit = Unit.objects.get(name=unit) if unit else None
        return UserFactory(username=username, role=role, unit=unit, password=PASSWORD)

    return make


@pytest.fixture
def sign_in(browser, live_server):
    """Return a function that opens a browser of somebody's own at their home or at another address, signed in without
    the page for it; anything loaded from elsewhere fails.
    """
    contexts, faults = [], []

    def watch(page):
        page.on("pageerror", lambda error: faults.append(f"script: {error}"))
        page.on("console", lambda message: faults.append(f"console: {message.text}") if _is_fault(message) else None)
        page.on("request", lambda request: faults.append(f"elsewhere: {request.url}") if _elsewhere(request) else None)
        return page

    def _elsewhere(request):
        return not request.url.startswith((live_server.url, "data:", "blob:"))

    def enter(username=None, width=1440, at="/"):
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            base_url=live_server.url,
            accept_downloads=True,
            reduced_motion="reduce",
            bypass_csp=False,
        )
        contexts.append(context)
        if old_chromium.PROGRAM:
            old_chromium.prepare(context)
        page = watch(context.new_page())
        if username:
            context.add_cookies([{**session_of(username), "url": live_server.url}])
            page.goto(at)
        return page

    enter.watch = watch
    yield enter
    for context in contexts:
        context.close()
    assert faults == []


def session_of(username):
    """Sign the person in; return the cookie of the session."""
    client, name = Client(), settings.SESSION_COOKIE_NAME
    client.force_login(User.objects.get(username=username))
    return {"name": name, "value": client.cookies[name].value}


def fill_sign_in(page, username):
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda address: "/sign-in/" not in address)


def _is_fault(message):
    refused = any(f"status of {code}" in message.text for code in EXPECTED_ANSWERS)
    broken_off = "net::ERR_FAILED" in message.text  # by a test that breaks a request off
    return message.type == "error" and not refused and not broken_off


@pytest.fixture
def files(tmp_path):
    """Real files on disk, by name."""
    from tests.made_files import docx_bytes, pdf_upload, png_upload

    folder = tmp_path / "to-upload"
    folder.mkdir()
    contents = {
        "实施方案.pdf": pdf_upload().read(),
        "现场照片.png": png_upload().read(),
        "会议纪要.docx": docx_bytes(),
        "程序.pdf": b"MZ\x90\x00" + b"\0" * 300,
        "脚本.html": b"<script>alert(1)</script>",
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return {name: str(folder / name) for name in contents}
