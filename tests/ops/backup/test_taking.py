"""A backup is one state of the installation, while others work; an incomplete one is never taken for complete."""

import errno
import json
import os
import re
import signal
import subprocess
import sys
import threading
import types
from pathlib import Path

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection

from departments.models import Unit
from tasks.models import Notification, SheetUpload
from tests.factories import StoredFileFactory, UnitFactory
from wenshang_disclosure import __version__
from wenshang_disclosure.audit.choices import Result
from wenshang_disclosure.audit.models import AuditEntry
from wenshang_disclosure.files.models import StoredFile
from wenshang_disclosure.ops.backup import files, folder, kept_settings, taking
from wenshang_disclosure.ops.backup.errors import Stopped
from wenshang_disclosure.ops.backup.taking import back_up

from . import reading

pytestmark = pytest.mark.django_db(transaction=True)


def elsewhere(work):
    """Do work on a connection of its own, as another process would."""

    def run():
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def test_backup_is_of_one_moment_while_others_write(whole_county, place, monkeypatch):
    """Before each table is read somebody adds a unit; none of them is in the backup, and none has to wait."""
    write_rows, made = taking._write_rows, []

    def writing_before(*args):
        elsewhere(lambda: made.append(UnitFactory(name=f"县第{len(made)}局")))
        return write_rows(*args)

    monkeypatch.setattr(taking, "_write_rows", writing_before)
    before = set(Unit.objects.values_list("pk", flat=True))

    back_up(place / "one")

    assert {row["id"] for row in reading.rows(place / "one", "departments.unit")} == before
    assert Unit.objects.count() == len(before) + len(made)
    assert len(made) > 40


def test_backup_tells_what_it_holds(whole_county, place):
    back_up(place / "one")

    manifest = reading.manifest(place / "one")
    there = {path.relative_to(place / "one").as_posix() for path in (place / "one").rglob("*") if path.is_file()}
    assert manifest["files"].keys() == there - {"manifest.json"}
    assert all(folder.sum_of(place / "one" / name) == digest for name, digest in manifest["files"].items())
    assert manifest["evidence"] == dict(StoredFile.objects.values_list("path", "sha256"))
    assert manifest["tables"]["departments.unit"]["rows"] == Unit.objects.count()
    assert manifest["database"] == connection.vendor
    assert "sessions.session" not in manifest["tables"]


def test_backup_is_in_the_audit_trail_with_the_sum_of_its_manifest(whole_county, place):
    back_up(place / "one")

    entry = AuditEntry.objects.latest("pk")
    assert (entry.act, entry.result) == ("备份", Result.DONE)
    assert entry.detail["manifest"] == folder.sum_of(place / "one/manifest.json")


def test_missing_and_changed_files_are_named_and_the_exit_status_says_so(whole_county, place, capsys):
    gone, changed = StoredFile.objects.order_by("pk")[:2]
    default_storage.delete(gone.path)
    with open(default_storage.path(changed.path), "ab") as file:
        file.write(b"!")

    with pytest.raises(CommandError) as ended:
        call_command("backup", place / "one")

    assert ended.value.returncode == 3
    assert reading.manifest(place / "one")["faults"] == {gone.path: "missing", changed.path: "changed"}
    assert f"{gone.path}: missing\n{changed.path}: changed" in capsys.readouterr().err
    assert AuditEntry.objects.latest("pk").result == Result.FAILED


def test_file_that_was_removed_with_its_record_meanwhile_is_no_fault(evidence_folder, place, monkeypatch):
    stored = StoredFileFactory()
    recorded_files = files.recorded_files

    def removing_then():
        expected = recorded_files()
        elsewhere(stored.delete)
        return expected

    monkeypatch.setattr(files, "recorded_files", removing_then)

    assert back_up(place / "one").faults == {}
    assert reading.manifest(place / "one")["faults"] == {stored.path: "removed meanwhile"}


def test_no_other_record_names_a_file_of_its_own():
    """Backup, check and sweep follow `StoredFile` alone."""
    named = {model for model in apps.get_models() for field in model._meta.fields if field.name in {"path", "sha256"}}

    assert named == {Notification, StoredFile, SheetUpload}  # an uploaded sheet is not kept, only its sum


def test_file_that_the_disk_cannot_read_is_named_and_the_rest_is_kept(whole_county, place, monkeypatch):
    bad = StoredFile.objects.earliest("pk").path

    def broken(*args):
        yield b"as far as it went"
        raise OSError(errno.EIO, "Input/output error")

    def opening(path):
        file = default_storage._open(path, "rb")
        if path == bad:
            file.chunks = broken
        return file

    monkeypatch.setattr(files, "default_storage", types.SimpleNamespace(open=opening))

    assert back_up(place / "one").faults == {bad: "unreadable"}


def test_failed_backup_leaves_no_folder_and_is_in_the_audit_trail(whole_county, place, monkeypatch):
    def full(self, data):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(folder._HashingFile, "write", full)

    with pytest.raises(CommandError, match=r"No backup was written: .*No space left on device"):
        call_command("backup", place / "one")

    entry = AuditEntry.objects.latest("pk")
    assert list(place.iterdir()) == []
    assert (entry.act, entry.result) == ("备份", Result.FAILED)
    assert "No space left" in entry.detail["reason"]


KILLED = """
import os, pathlib, signal, django
django.setup()
from wenshang_disclosure.ops.backup import folder
cipher = type("Plain", (), {"key": None, "suffix": "", "write": lambda self, chunks, out: out.write(b"".join(chunks))})
with folder.writing(pathlib.Path("PLACE/wenshang-20240101-000000"), cipher()) as new:
    new.add("rows/a", [b"some"])
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_killed_backup_is_not_taken_for_complete_and_goes_with_the_next(evidence_folder, place):
    settings = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    killed = subprocess.run([sys.executable, "-c", KILLED.replace("PLACE", str(place))], check=False, env=settings)
    part = place / "wenshang-20240101-000000.part"

    assert killed.returncode == -signal.SIGKILL
    assert [path.name for path in place.iterdir()] == [part.name]
    with pytest.raises(Stopped, match="not a complete backup"):
        folder.read_manifest(part)

    call_command("backup", place, "--dated", "--keep", "1")

    assert not part.exists()


def test_backup_never_writes_over_anything(evidence_folder, place):
    (place / "one").mkdir()

    with pytest.raises(CommandError, match="already exists"):
        call_command("backup", place / "one")


def test_two_backups_into_one_place_do_not_meet(evidence_folder, place):
    with folder._locked(place), pytest.raises(CommandError, match=r"Another backup .* is running"):
        call_command("backup", place / "one")


def dated(place, *names):
    for name in names:
        (place / name).mkdir()
        manifest = {"product": "wenshang-disclosure", "taken_at": f"{name[9:13]}-{name[13:15]}-{name[15:17]}"}
        (place / name / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def test_older_backups_go_once_the_new_one_is_whole(evidence_folder, place):
    dated(place, "wenshang-20230101-000000", "wenshang-20230102-000000", "wenshang-20230103-000000")
    dated(place, "monthly")  # kept apart by hand
    (place / "wenshang-of-something-else").mkdir()

    call_command("backup", place, "--dated", "--keep", "2")

    left = sorted(path.name for path in place.iterdir())
    assert left[:2] == ["monthly", "wenshang-20230103-000000"]
    assert left[2].startswith("wenshang-20")
    assert left[3:] == ["wenshang-of-something-else"]


def test_older_backups_stay_while_the_new_one_lacks_files(whole_county, place):
    dated(place, "wenshang-20230101-000000", "wenshang-20230102-000000")
    default_storage.delete(StoredFile.objects.earliest("pk").path)

    with pytest.raises(CommandError, match="Older backups were kept"):
        call_command("backup", place, "--dated", "--keep", "1")

    assert len(list(place.iterdir())) == 3


@pytest.mark.parametrize("options", [["--keep", "2"], ["--dated", "--keep", "0"]])
def test_keeping_needs_dated_names_and_a_number(place, options):
    with pytest.raises(CommandError, match="--keep requires"):
        call_command("backup", place, *options)

    assert list(place.iterdir()) == []


def test_settings_go_along_without_secrets(monkeypatch):
    secrets = {"SECRET_KEY": "k" * 60, "DATABASE_URL": "postgres://user:pass@host/x", "EMAIL_URL": "smtp://user:pass@h"}
    for name, value in {**secrets, "AUDIT_KEEP_DAYS": "400", "SOMETHING_NEW": "token"}.items():
        monkeypatch.setenv(name, value)

    kept = kept_settings.as_env_file()

    assert "AUDIT_KEEP_DAYS=400\n" in kept
    assert not [value for value in [*secrets.values(), "token"] if value in kept]


def test_no_setting_that_is_kept_is_named_like_a_secret():
    assert not [
        name
        for name in kept_settings.KEPT
        if re.search("KEY$|SECRET|PASSPHRASE|PASSWORD$|TOKEN$|DATABASE_URL|EMAIL_URL", name)
    ]


def test_version_is_said_once_everywhere():
    root = Path(__file__).parents[3]

    assert f'version = "{__version__}"' in (root / "pyproject.toml").read_text(encoding="utf-8")
    assert f"## {__version__}\n" in (root / "CHANGELOG.md").read_text(encoding="utf-8")
