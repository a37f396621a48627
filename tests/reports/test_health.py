"""What whoever runs the server asks: is the process there, and can it work."""

import pytest
from django.core.files.storage import FileSystemStorage
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.urls import reverse

pytestmark = pytest.mark.django_db


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


def test_it_is_ready_when_database_migrations_and_storage_are(client, evidence_folder):
    assert ready(client) == (200, {"database": "ok", "storage": "ok", "migrations": "ok"})


def test_a_folder_that_the_first_upload_will_make_is_ready(client, evidence_folder):
    evidence_folder.rmdir()

    assert ready(client)[0] == 200


def test_a_lost_database_is_named(client, evidence_folder, monkeypatch):
    monkeypatch.setattr(connection, "cursor", failing(DatabaseError("password=secret")))

    response = client.get(reverse("readyz"))

    assert response.status_code == 503
    assert response.json() == {"database": "failed", "storage": "ok", "migrations": "failed"}
    assert "secret" not in response.content.decode()


def test_a_migration_that_was_not_run_is_named(client, evidence_folder, monkeypatch):
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda self, targets: [("tasks.0002", False)])

    assert ready(client) == (503, {"database": "ok", "storage": "ok", "migrations": "failed"})


def test_a_folder_that_cannot_be_read_is_named(client, monkeypatch):
    monkeypatch.setattr(FileSystemStorage, "listdir", failing(PermissionError("no")))

    assert ready(client) == (503, {"database": "ok", "storage": "failed", "migrations": "ok"})


@pytest.mark.parametrize("name", ["healthz", "readyz"])
def test_nobody_keeps_the_answer(client, evidence_folder, name):
    response = client.get(reverse(name))

    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("name", ["healthz", "readyz"])
def test_the_head_alone_can_be_asked_for(client, evidence_folder, name):
    assert client.head(reverse(name)).status_code == 200
