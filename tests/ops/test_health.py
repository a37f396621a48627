"""Health checks."""

import threading
import time

import pytest
from django.core.checks import run_checks
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.urls import reverse

from wenshang_disclosure.ops import health

CHECKED = ("database", "storage", "migrations", "static_files", "disk", "cache")
WELL = {"status": "ok", **dict.fromkeys(CHECKED, "ok"), "backup_key": health.NO_KEY, "work": "ok"}
ILL = {**WELL, "status": "failed"}
TOKEN = "a token for the watcher"

pytestmark = pytest.mark.django_db


def without_static_files(settings, folder):
    settings.STATIC_ROOT = folder / "none"
    manifest = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": manifest}


def ready(client):
    response = client.get(reverse("readyz"))
    return response.status_code, response.json()


def failing(error):
    def fail(*args, **kwargs):
        raise error

    return fail


def test_the_process_answers_without_the_database(client, monkeypatch):
    monkeypatch.setattr(connection, "cursor", failing(DatabaseError("gone")))

    response = client.get(reverse("healthz"))

    assert (response.status_code, response.content) == (200, b"ok\n")


def test_it_is_ready_when_all_that_the_work_needs_answers(client, evidence_folder):
    assert ready(client) == (200, WELL)


@pytest.mark.parametrize("name", ["BACKUP_PASSPHRASE", "BACKUP_RECIPIENT"])
def test_a_key_for_backups_ends_the_warning(client, evidence_folder, settings, name):
    setattr(settings, name, "a key that is long enough")

    assert ready(client) == (200, {**WELL, "backup_key": "ok"})


def test_work_that_stands_still_is_a_warning_for_pages_work_all_the_same(client, evidence_folder, monkeypatch):
    monkeypatch.setattr(health, "_stands_still", lambda: True)

    assert ready(client) == (200, {**WELL, "work": health.NOBODY_WORKS})


def asked(client, settings, *, proxies=0, token="", **request):
    """Return what `/readyz` says to a request of that address, with those headers."""
    settings.TRUSTED_PROXIES, settings.METRICS_TOKEN = proxies, TOKEN
    headers = {"authorization": f"Bearer {token}"} if token else {}
    return client.get(reverse("readyz"), headers=headers, **request).json()


@pytest.mark.parametrize(
    "request_of",
    [
        {"REMOTE_ADDR": "10.0.0.9"},
        {"REMOTE_ADDR": "10.0.0.9", "token": "another token"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "10.0.0.9"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "127.0.0.1, 10.0.0.9", "proxies": 1},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "127.0.0.1", "proxies": 2},
        {"REMOTE_ADDR": "", "HTTP_X_FORWARDED_FOR": "10.0.0.9", "proxies": 1},
        {"REMOTE_ADDR": ""},
    ],
)
def test_strangers_are_told_only_whether_it_is_ready(client, evidence_folder, settings, monkeypatch, request_of):
    well = asked(client, settings, **request_of)
    monkeypatch.setitem(health.CHECKS, "disk", lambda: False)
    ill = asked(client, settings, **request_of)

    assert (well, ill) == ({"status": "ok"}, {"status": "failed"})


@pytest.mark.parametrize(
    "request_of",
    [
        {"REMOTE_ADDR": "127.0.0.1"},
        {"REMOTE_ADDR": "::1"},
        {"REMOTE_ADDR": "", "HTTP_X_FORWARDED_FOR": "127.0.0.1", "proxies": 1},
        {"REMOTE_ADDR": "10.0.0.9", "token": TOKEN},
    ],
)
def test_the_machine_itself_and_the_watcher_are_told_everything(client, evidence_folder, settings, request_of):
    assert asked(client, settings, **request_of) == WELL


def test_no_token_is_right_where_none_is_set(client, evidence_folder, settings):
    settings.METRICS_TOKEN = ""

    answer = client.get(reverse("readyz"), headers={"authorization": "Bearer "}, REMOTE_ADDR="10.0.0.9")

    assert answer.json() == {"status": "ok"}


def test_a_folder_that_the_first_upload_will_make_is_ready(client, evidence_folder):
    evidence_folder.rmdir()

    assert ready(client)[0] == 200


@pytest.mark.parametrize("name", CHECKED)
def test_what_fails_is_named_without_a_reason(client, evidence_folder, monkeypatch, name):
    monkeypatch.setitem(health.CHECKS, name, failing(DatabaseError("password=secret")))

    response = client.get(reverse("readyz"))

    assert (response.status_code, response.json()) == (503, {**ILL, name: "failed"})
    assert "secret" not in response.content.decode()


def test_what_hangs_is_named_in_time_and_the_rest_is_told(client, evidence_folder, monkeypatch):
    answered = threading.Event()
    monkeypatch.setattr(health, "CHECKS_TIMEOUT_SECONDS", 0.3)
    monkeypatch.setitem(health.CHECKS, "database", answered.wait)
    began = time.monotonic()

    assert ready(client) == (503, {**ILL, "database": "failed"})
    assert time.monotonic() - began < 2
    answered.set()


def test_what_hangs_does_not_pile_up_threads(client, evidence_folder, monkeypatch):
    answered = threading.Event()
    monkeypatch.setattr(health, "CHECKS_TIMEOUT_SECONDS", 0.01)
    monkeypatch.setitem(health.CHECKS, "cache", answered.wait)

    for _ in range(8):
        ready(client)

    assert sum(thread.name == "asking cache" for thread in threading.enumerate()) == 4
    answered.set()


def test_a_migration_that_was_not_run_is_named(client, evidence_folder, monkeypatch):
    monkeypatch.setattr(health, "_migrated", False)
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda self, targets: [("tasks.0002", False)])

    assert ready(client) == (503, {**ILL, "migrations": "failed"})


def test_static_files_that_were_not_collected_are_named(client, evidence_folder, settings, tmp_path, monkeypatch):
    monkeypatch.setattr(health, "_collected", False)
    without_static_files(settings, tmp_path)

    assert ready(client) == (503, {**ILL, "static_files": "failed"})
    assert [error.id for error in run_checks(include_deployment_checks=True, tags=["staticfiles"])] == ["core.E001"]


def test_the_page_of_an_error_needs_no_static_file(client, settings, tmp_path, monkeypatch):
    without_static_files(settings, tmp_path)
    client.raise_request_exception = False

    response = client.get(reverse("departments:sign-in"))

    assert response.status_code == 500
    assert "<h1>系统出错</h1>" in response.content.decode()
    assert "stylesheet" not in response.content.decode()


def test_a_folder_that_cannot_be_written_to_is_named(client, settings):
    nowhere = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": "/proc/evidence"}}
    settings.STORAGES = {**settings.STORAGES, "default": nowhere}

    assert ready(client) == (503, {**ILL, "storage": "failed"})


def test_a_disk_that_is_nearly_full_is_named(client, evidence_folder, settings):
    settings.DISK_LEAST_FREE_MB = 10**9

    assert ready(client) == (503, {**ILL, "disk": "failed"})


@pytest.mark.parametrize("name", ["healthz", "readyz"])
def test_nobody_keeps_the_answer(client, evidence_folder, name):
    response = client.get(reverse(name))

    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("name", ["healthz", "readyz"])
def test_the_head_alone_can_be_asked_for(client, evidence_folder, name):
    assert client.head(reverse(name)).status_code == 200
