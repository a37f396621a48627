"""The log: one line per record, with what administrators need and without user input, names and secrets."""

import io
import json
import logging

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import path, reverse

from departments.services import people, tokens
from tests.factories import OutgoingMailFactory, UserFactory
from tests.made_files import pdf_upload, program_upload
from wenshang_disclosure.ops import logs
from wenshang_disclosure.urls import handler404, handler500, urlpatterns

__all__ = ["handler404", "handler500"]

pytestmark = pytest.mark.django_db


class Log:
    """Collect what was logged during the test."""

    def __init__(self, form):
        self.stream = io.StringIO()
        self.handler = logging.StreamHandler(self.stream)
        self.handler.setFormatter(logs.formatter(form))
        self.handler.addFilter(logs.QuietLibraries())

    @property
    def text(self):
        return self.stream.getvalue()

    @property
    def records(self):
        return [json.loads(line) for line in self.text.splitlines()]

    def of_requests(self):
        return [record for record in self.records if record["logger"] == "wenshang.request"]


@pytest.fixture(params=[logs.JSON])
def log(request):
    written, root = Log(request.param), logging.getLogger()
    before = root.level
    root.addHandler(written.handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.removeHandler(written.handler)
    root.setLevel(before)


in_both_forms = pytest.mark.parametrize("log", logs.FORMATS, indirect=True)


def test_a_request_is_one_line_with_its_page_figures_and_the_persons_number(log, client, county, settings):
    settings.SLOW_REQUEST_MS = 600_000
    client.force_login(county.people["office"])

    response = client.get(reverse("tasks:task", args=[county.task.pk]) + "?as_of=2024-09-30")

    (line,) = log.of_requests()
    assert {name: line[name] for name in ("event", "level", "view", "method", "status", "user", "request")} == {
        "event": "request",
        "level": "info",
        "view": "tasks:task",
        "method": "GET",
        "status": 200,
        "user": county.people["office"].pk,
        "request": response["X-Request-Id"],
    }
    assert line["queries"] > 3
    assert 0 <= line["database_ms"] <= line["ms"]


def test_a_slow_request_is_a_warning(log, client, settings):
    settings.SLOW_REQUEST_MS = 1
    real = settings.SLOW_REQUEST_MS and client.get(reverse("departments:sign-in"))

    (line,) = log.of_requests()
    assert real.status_code == 200
    assert (line["level"], line["event"]) == ("warning", "slow request")


def test_who_watches_does_not_fill_the_log(log, client):
    client.get(reverse("healthz"))

    assert [line["level"] for line in log.of_requests()] == ["debug"]


@pytest.mark.parametrize(
    ("proxies", "sent", "is_taken"),
    [
        (1, "0123456789ab", True),
        (1, "0" * 32, True),
        (0, "0123456789ab", False),
        (1, "0123456789ab\r\nforged=1", False),
        (1, "DROP TABLE 12", False),
        (1, "0" * 33, False),
    ],
)
def test_the_number_of_our_proxy_is_taken_where_it_is_one(client, settings, proxies, sent, is_taken):
    settings.TRUSTED_PROXIES = proxies

    response = client.get(reverse("healthz"), headers={"X-Request-Id": sent})

    assert (response["X-Request-Id"] == sent) is is_taken


SECRET = "S3cret-that-must-not-show"


def broken(request):
    raise ValueError(f"张三 {SECRET}")


def doubled(request):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO departments_user SELECT * FROM departments_user WHERE username = %s", ["zhangsan"])
    return HttpResponse()


urlpatterns = [*urlpatterns, path("broken/", broken), path("doubled/", doubled)]


@override_settings(ROOT_URLCONF=__name__)
def test_a_fault_is_told_by_class_and_place_without_its_words(log, client):
    client.raise_request_exception = False

    response = client.get("/broken/?q=" + SECRET)

    fault, line = log.of_requests()
    number = response["X-Request-Id"]
    assert (fault["event"], fault["error"], fault["request"]) == (f"request {number} failed", "ValueError", number)
    assert fault["trace"].endswith("broken")
    assert "tests/ops/test_logs.py:" in fault["trace"]
    assert line["status"] == 500
    assert SECRET not in log.text
    assert "张三" not in log.text


@override_settings(ROOT_URLCONF=__name__)
def test_a_constraint_is_named_but_not_the_row_that_broke_it(log, client):
    UserFactory(username="zhangsan", name="张三")
    client.raise_request_exception = False

    client.get("/doubled/")

    fault = log.of_requests()[0]
    assert fault["error"].startswith("IntegrityError: ")
    assert "user" in fault["error"]
    assert "zhangsan" not in log.text


def test_a_fault_before_any_page_is_told_as_well(log, client, monkeypatch):
    def away(*args, **kwargs):
        raise IntegrityError("the table is gone\nDETAIL: 张三")

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", away)
    client.cookies["sessionid"] = "x" * 32
    client.raise_request_exception = False

    response = client.get(reverse("home"))

    assert log.of_requests()[0]["error"].startswith("IntegrityError: the table is gone from ")
    assert response["X-Request-Id"] in response.content.decode()


@in_both_forms
def test_a_line_cannot_be_forged(log):
    forged = "request\r\n2026-01-01 level=info event=forged\u2028\x1b[31m\x85"

    logging.getLogger("tasks").warning("read %s", forged)
    logging.getLogger("tasks").warning("read", extra={"view": forged})

    assert len(log.text.splitlines()) == 2
    assert "\x1b" not in log.text


@pytest.mark.parametrize(
    ("name", "message", "args", "shown"),
    [
        ("urllib3", "Retrying %s after %d", ("/calendar/secret.ics", 3), "Retrying … after 3"),
        ("gunicorn.error", "Error handling request %s", ("/calendar/secret.ics",), "Error handling request …"),
        ("gunicorn.error", "Invalid request from ip=10.1.2.3: secret", (), "a request that cannot be read"),
        ("gunicorn.error", "Listening at: %s (%s)", ("unix:/run/x", 7), "Listening at: unix:/run/x (7)"),
        ("django.security.DisallowedHost", "Invalid HTTP_HOST header: secret", (), "refused by DisallowedHost"),
        ("elsewhere", "odd %(this)s", ({"this": "secret"},), "odd %(this)s"),
        ("elsewhere", "too few %s %s", ("secret",), "too few %s %s"),
        (
            "tasks.services.supervision.mail",
            "the server %s is away",
            ("mail.example",),
            "the server mail.example is away",
        ),
    ],
)
def test_what_libraries_say_is_told_without_what_they_put_in(log, name, message, args, shown):
    logging.getLogger(name).warning(message, *args)

    assert [record["event"] for record in log.records] == [shown]


@in_both_forms
def test_a_day_of_work_leaves_no_secret_name_or_phone_in_the_log(log, county, settings):
    settings.MAIL_IS_ON, settings.EMAIL_HOST, settings.EMAIL_PORT = True, "127.0.0.1", 9
    settings.EMAIL_HOST_PASSWORD, settings.EMAIL_TIMEOUT = "the-mail-password", 1
    who = county.people["liaison"]
    who.name, who.phone, who.email, who.username = "赵联络", "13805371234", "zhao@example.gov.cn", "zhaolianluo"
    who.set_password("right-password-7")
    who.save()
    calendar, token = people.issue_calendar_key(who), tokens.make(who, by=who, name="县数据平台乙")
    browser = Client(enforce_csrf_checks=True, raise_request_exception=False)

    _sign_in(browser, "zhaolianluo", "wrong-password-8")
    _sign_in(browser, "zhaolianluo", "right-password-7")
    browser.get(
        "/tasks/", {"q": "搜索的词"}, headers={"referer": "https://x/?secret-referer", "user-agent": "odd-agent"}
    )
    browser.get(f"/calendar/{calendar}.ics")
    browser.post(f"/calendar/{calendar}.ics", {"x": "posted-secret"})
    browser.get("/api/v1/units", headers={"authorization": f"Bearer {token}"})
    browser.get("/api/v1/units", headers={"authorization": "Bearer wrong-token-9"})
    browser.get("/metrics", headers={"authorization": "Bearer wrong-token-9"})
    browser.get("/no/such/secret-path", headers={"host": "secret-host.example"})
    _write(browser, county, {"action": "attach", "files": [pdf_upload("赵的方案.pdf"), program_upload("坏的文件.pdf")]})
    _write(browser, county, {"action": "submit", "text": "报告里的正文", "attested_name": "审查人丙"})
    OutgoingMailFactory(user=who, address=who.email, subject="邮件的主题")
    call_command("send_mail", stdout=io.StringIO())
    call_command("send_reminders", stdout=io.StringIO())

    assert log.text.count("wenshang.request") >= 12
    written = [word for word in (*SECRETS, calendar, token, browser.cookies["sessionid"].value) if word in log.text]
    assert written == []


SECRETS = (
    *("zhaolianluo", "赵联络", "13805371234", "zhao@example", "right-password-7", "wrong-password-8", "wrong-token-9"),
    *("the-mail-password", "搜索的词", "secret-referer", "odd-agent", "posted-secret", "secret-path"),
    *("赵的方案", "坏的文件", "报告里的正文", "审查人丙", "邮件的主题", "127.0.0.1", "县数据平台乙"),
)


def _sign_in(browser, username, password):
    page = reverse("departments:sign-in")
    browser.get(page)
    sent = {"username": username, "password": password, "csrfmiddlewaretoken": browser.cookies["csrftoken"].value}
    browser.post(page, sent)


def _write(browser, county, fields):
    page = reverse("tasks:report", args=[county.duty.pk])
    browser.get(page)
    browser.post(page, {**fields, "csrfmiddlewaretoken": browser.cookies["csrftoken"].value})


def test_an_unknown_host_is_named_in_the_line_of_its_answer(log, client, settings):
    settings.ALLOWED_HOSTS = ["duban.example.gov.cn"]

    response = client.get("/", headers={"host": "other.example.gov.cn\u0007"})

    assert response.status_code == 400
    assert [record["host"] for record in log.of_requests()] == ["other.example.gov.cn\\x07"]
    assert [record["host"] for record in log.records if record["logger"] == "django.security.DisallowedHost"] == [
        "other.example.gov.cn\\x07"
    ]


def test_a_known_host_is_not_in_the_log(log, client, settings):
    client.get("/healthz")

    assert [record for record in log.records if "host" in record] == []


def test_an_unknown_host_that_is_sent_on_to_tls_is_named_too(log, client, settings):
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = ["duban.example.gov.cn"], True

    response = Client().get("/", headers={"host": "other.example.gov.cn"})

    assert response.status_code == 400
    assert "other.example.gov.cn" in [record.get("host") for record in log.records]
