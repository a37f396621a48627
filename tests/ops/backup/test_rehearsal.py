"""A whole installation is lost and restored: every row and every file is equal, on either database and across."""

import os
import subprocess
import sys

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tasks.models import ProgressReport
from tests.factories import UnitFactory
from wenshang_disclosure.audit import chain, guards
from wenshang_disclosure.audit.models import AuditEntry
from wenshang_disclosure.files.models import StoredFile
from wenshang_disclosure.ops.backup.errors import Stopped
from wenshang_disclosure.ops.backup.restoring import restore
from wenshang_disclosure.ops.backup.taking import back_up

from . import reading

pytestmark = pytest.mark.django_db(transaction=True)


def test_restored_installation_equals_the_lost_one(whole_county, lose_everything, place):
    contents = {path: default_storage.open(path).read() for path in StoredFile.objects.values_list("path", flat=True)}
    entries = list(AuditEntry.objects.order_by("pk").values())
    back_up(place / "one")
    lose_everything()
    default_storage.save(next(iter(contents)), ContentFile(b"left by a restore that was killed"))

    restored = restore(place / "one")

    back_up(place / "two")
    assert restored.faults == []
    assert reading.same(place / "one", place / "two")
    assert {path: default_storage.open(path).read() for path in contents} == contents
    assert list(AuditEntry.objects.order_by("pk").values())[: len(entries)] == entries
    assert [entry.act for entry in AuditEntry.objects.order_by("pk")[len(entries) :]] == ["恢复备份", "备份"]
    assert chain.verify().broken == ""
    assert guards.missing(connection) == []


def test_rows_made_after_a_restore_get_new_numbers(whole_county, lose_everything, place):
    back_up(place / "one")
    lose_everything()
    restore(place / "one")

    unit = UnitFactory(name="县审计局")

    assert unit.pk > max(row["id"] for row in reading.rows(place / "one", "departments.unit"))


@pytest.mark.postgresql
def test_new_machine_with_sqlite_takes_it_serves_people_and_gives_it_back(whole_county, lose_everything, place):
    """From PostgreSQL to an SQLite that is not migrated, and back."""
    back_up(place / "one")
    person = whole_county.people["liaison"].username
    keep = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "VIRTUAL_ENV")}
    played = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.ops.backup.restored_plays",
            place / "one",
            place / "two",
            person,
            "test-password-1",
        ],
        env={**keep, "DJANGO_SETTINGS_MODULE": "tests.settings", "TMPDIR": str(place)},
        capture_output=True,
        text=True,
        check=False,
    )
    lose_everything()

    restore(place / "two")

    back_up(place / "three")
    assert "tasks:assignments 200\ntasks:tasks 200" in played.stdout, played.stderr
    assert reading.same(place / "one", place / "two")
    assert reading.same(place / "one", place / "three")


def test_restore_goes_only_onto_an_empty_installation(whole_county, place):
    back_up(place / "one")
    before = ProgressReport.objects.count()

    with pytest.raises(Stopped, match=r"departments\.user \(\d+ rows\)"):
        restore(place / "one")

    assert ProgressReport.objects.count() == before
    assert all(default_storage.exists(path) for path in reading.manifest(place / "one")["evidence"])


def test_backup_of_an_older_version_is_migrated_on(whole_county, lose_everything, place):
    """As if the audit trail had come with the version after it."""
    back_up(place / "one")
    lose_everything()
    executor = MigrationExecutor(connection)
    executor.migrate([("audit", None)])
    older = reading.manifest(place / "one")
    del older["tables"]["audit.auditentry"], older["files"]["rows/audit.auditentry.jsonl.gz"]
    (place / "one/rows/audit.auditentry.jsonl.gz").unlink()
    migrations = [migration for migration in older["migrations"] if migration[0] != "audit"]
    reading.change(place / "one", tables=older["tables"], files=older["files"], migrations=migrations)

    restore(place / "one")

    back_up(place / "two")
    assert reading.manifest(place / "two")["tables"].items() > older["tables"].items()
    assert [entry.act for entry in AuditEntry.objects.order_by("pk")] == ["恢复备份", "备份"]


def test_database_that_is_migrated_further_than_the_backup_is_refused(lose_everything, place):
    back_up(place / "one")
    lose_everything()
    migrations = [migration for migration in reading.manifest(place / "one")["migrations"] if migration[0] != "audit"]
    reading.change(place / "one", migrations=migrations)

    with pytest.raises(Stopped, match=r"older version .* already migrated to audit\.\d{4}_"):
        restore(place / "one")


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ({"migrations": [["tasks", "0999_of_next_year"]]}, "tasks.0999_of_next_year, which this version does not know"),
        ({"format": 2}, "format 2"),
        ({"product": "another"}, "does not belong to this product"),
        ({"files": {"../../etc/passwd": "0"}}, "outside the backup"),
    ],
)
def test_backup_that_this_version_cannot_read_is_refused(evidence_folder, lose_everything, place, parts, says):
    back_up(place / "one")
    lose_everything()
    reading.change(place / "one", **parts)

    with pytest.raises(Stopped, match=says):
        restore(place / "one")


def test_failed_restore_leaves_nothing(whole_county, lose_everything, place):
    """The rows of one table are not those of the manifest, as if the database had kept one otherwise."""
    back_up(place / "one")
    lose_everything()
    tables = reading.manifest(place / "one")["tables"]
    tables["tasks.transition"]["sha256"] = "0" * 64
    reading.change(place / "one", tables=tables)

    with pytest.raises(Stopped, match=r"tasks\.transition"):
        restore(place / "one")

    assert not ProgressReport.objects.exists()
    assert not [path for path in reading.manifest(place / "one")["evidence"] if default_storage.exists(path)]
