"""An unavailable database or full disk gets a Chinese page with a request id, using neither."""

import datetime as dt
import errno
import os
import sqlite3

import psycopg2
import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError
from django.db.models import F
from django.test import override_settings
from django.urls import path

from departments.choices import Role
from departments.models import UserSession
from departments.services import tokens
from tests.factories import UserFactory
from wenshang_disclosure.core.web.outages import AWAY, BUSY, NO_SPACE, TOO_SLOW, outage_of
from wenshang_disclosure.urls import handler404, handler500, urlpatterns


def caused(error, cause):
    error.__cause__ = cause
    return error


def sqlite_says(code):
    cause = sqlite3.OperationalError("from SQLite")
    cause.sqlite_errorcode = code
    return caused(OperationalError("from SQLite"), cause)


def postgresql_says(code, kind=OperationalError):
    cause = type("Coded", (psycopg2.Error,), {"pgcode": code})("from PostgreSQL")
    return caused(kind("from PostgreSQL"), cause)


@pytest.mark.parametrize(
    ("error", "outage"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), NO_SPACE),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), NO_SPACE),
        (FileNotFoundError(errno.ENOENT, "No such file"), None),
        (sqlite_says(sqlite3.SQLITE_FULL), NO_SPACE),
        (sqlite_says(sqlite3.SQLITE_BUSY), BUSY),
        (sqlite_says(sqlite3.SQLITE_BUSY_SNAPSHOT), BUSY),
        (sqlite_says(sqlite3.SQLITE_IOERR_WRITE), AWAY),
        (sqlite_says(sqlite3.SQLITE_ERROR), None),
        (postgresql_says("53100"), NO_SPACE),
        (postgresql_says("57014"), TOO_SLOW),
        (postgresql_says("40P01"), BUSY),
        (postgresql_says("57P01"), AWAY),
        (postgresql_says("57P03"), AWAY),
        (postgresql_says("53300"), AWAY),
        (postgresql_says(None), AWAY),
        (postgresql_says(None, InterfaceError), AWAY),
        (postgresql_says(None, DatabaseError), AWAY),
        (postgresql_says("23505", IntegrityError), None),
        (postgresql_says("42703", DatabaseError), None),
        (DatabaseError("Forced update did not affect any rows."), None),
        (ValueError("ours"), None),
    ],
)
def test_an_outage_is_told_by_its_error(error, outage):
    assert outage_of(error) == outage


FAULT = {}


def broken(request):
    raise FAULT["error"]


urlpatterns = [*urlpatterns, path("broken/", broken)]
__all__ = ["handler404", "handler500"]


@pytest.fixture
def office(client, db):
    client.force_login(UserFactory(role=Role.OFFICE))
    client.raise_request_exception = False
    return client


@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        (postgresql_says("57P01"), 503, AWAY.sentence),
        (sqlite_says(sqlite3.SQLITE_BUSY), 503, BUSY.sentence),
        (postgresql_says("57014"), 503, TOO_SLOW.sentence),
        (OSError(errno.ENOSPC, "full"), 507, NO_SPACE.sentence),
    ],
)
def test_the_page_says_it_with_its_number_and_when_to_come_back(office, caplog, error, status, sentence):
    FAULT["error"] = error

    response = office.post("/broken/")

    page = response.content.decode()
    assert (response.status_code, int(response["Retry-After"]) > 0) == (status, True)
    assert sentence in page
    assert "已填写的文字保留在本机浏览器中" in page
    assert response["X-Request-Id"] in page
    assert response["X-Request-Id"] in caplog.text


@override_settings(ROOT_URLCONF=__name__, DEBUG=True)
def test_a_trial_run_shows_no_technical_page_either(office):
    FAULT["error"] = sqlite_says(sqlite3.SQLITE_FULL)

    assert NO_SPACE.sentence in office.get("/broken/").content.decode()


@override_settings(ROOT_URLCONF=__name__)
def test_scripts_get_it_as_json_and_fragments_as_a_fragment(office):
    FAULT["error"] = sqlite_says(sqlite3.SQLITE_FULL)

    asked_by_script = office.post("/broken/", headers={"Accept": "application/json"})
    asked_by_htmx = office.get("/broken/", headers={"HX-Request": "true"})

    assert (asked_by_script.status_code, asked_by_script.json()["error"]) == (507, NO_SPACE.sentence)
    assert asked_by_htmx.content.decode().startswith('<div class="alert')


def test_a_database_that_is_away_before_the_view_is_said_alike(office, monkeypatch):
    def away(*args, **kwargs):
        raise postgresql_says(None)

    monkeypatch.setattr(SessionStore, "load", away)

    response = office.get("/dashboard/")

    assert response.status_code == 503
    assert AWAY.sentence in response.content.decode()


def last_seen_long_ago():
    """Let the next page store the browser's session, which is done once a minute."""
    UserSession.objects.update(last_seen_at=F("last_seen_at") - dt.timedelta(minutes=2))


def test_a_session_that_finds_no_room_is_no_bad_request(office, monkeypatch):
    def full(*args, **kwargs):
        raise sqlite_says(sqlite3.SQLITE_FULL)

    monkeypatch.setattr(Session, "save", full)
    last_seen_long_ago()

    response = office.get("/dashboard/")

    assert (response.status_code, NO_SPACE.sentence in response.content.decode()) == (507, True)


def test_a_session_that_was_ended_meanwhile_is_no_outage(office, monkeypatch):
    def gone(*args, **kwargs):
        raise DatabaseError("Forced update did not affect any rows.")

    monkeypatch.setattr(Session, "save", gone)
    last_seen_long_ago()

    assert office.get("/dashboard/").status_code == 400


def test_the_api_says_it_in_json(client, db, monkeypatch):
    def away(*args, **kwargs):
        raise postgresql_says(None)

    monkeypatch.setattr(tokens, "owner_of", away)

    response = client.get("/api/v1/plans/", headers={"Authorization": "Bearer x"})

    assert (response.status_code, response.json()["detail"]) == (503, AWAY.sentence)


def test_a_temporary_folder_that_is_full_is_said_while_the_request_is_read_and_emptied(
    office, settings, tmp_path, monkeypatch
):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from wenshang_disclosure.core.web.upload_handlers import UnnamedFileUploadHandler

    def full(*args):
        raise OSError(errno.ENOSPC, "No space left on device")

    folder = settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    monkeypatch.setattr(UnnamedFileUploadHandler, "receive_data_chunk", full)
    upload = SimpleUploadedFile("大.pdf", b"%PDF-" + b"x" * 3_000_000)

    response = office.post("/plans/import/", {"file": upload})

    assert response.status_code == 507
    assert NO_SPACE.sentence in response.content.decode()
    assert os.listdir(folder) == []
