"""check_evidence: every record has its file, unchanged, and nothing else lies beside for long."""

import io
import os
import time
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from departments.choices import Role
from reports.choices import TemplateKind
from reports.exports.word import default_templates
from reports.services import templates
from tasks.choices import EvidenceKind
from tasks.models import Notification, PlanImport
from tasks.services.plans import imports
from tasks.services.progress import evidence
from tests.factories import ReportFactory, UserFactory
from tests.made_files import pdf_upload
from wenshang_disclosure.audit.choices import Kind, Result
from wenshang_disclosure.audit.models import AuditEntry
from wenshang_disclosure.files import storage
from wenshang_disclosure.files.models import StoredFile

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("evidence_folder")]


@pytest.fixture
def office():
    return UserFactory(role=Role.OFFICE)


@pytest.fixture
def item():
    """A piece of evidence on a draft."""
    draft = ReportFactory()
    return evidence.attach_file(draft, pdf_upload(), by=draft.author, kind=EvidenceKind.OWN_PLAN)


@pytest.fixture
def others(office):
    """A received table and a Word template."""
    received = imports.receive(pdf_upload("表.pdf", "table"), by=office, year=2025)
    kind = TemplateKind.BULLETIN
    template = templates.replace(
        kind, by=office, upload=SimpleUploadedFile("模板.docx", default_templates.MADE[kind]().read())
    )
    return received.file, template.stored


def run(*words):
    """Return `(exit status, what was printed)`."""
    out = io.StringIO()
    try:
        call_command("check_evidence", *words, stdout=out)
    except CommandError as error:
        return error.returncode, out.getvalue()
    return 0, out.getvalue()


def leave(path, hours):
    """Leave a file behind that no record names, so many hours ago."""
    default_storage.save(path, ContentFile(b"left over"))
    moment = time.time() - hours * 3600
    os.utime(default_storage.path(path), (moment, moment))


def test_all_is_well_where_every_file_is_as_recorded(item, others):
    status, out = run()

    assert status == 0
    assert out.startswith("files: 3 (")
    assert "missing: 0, changed: 0, extra: 0, swept: 0" in out


def test_missing_and_changed_files_of_every_kind_are_named(item, others):
    received, template = others
    default_storage.delete(item.stored.path)
    default_storage.delete(template.path)
    Path(default_storage.path(received.path)).write_bytes(b"x" * received.size)

    status, out = run()

    assert status == 1
    assert f"missing: {item.stored.path}\n" in out
    assert f"missing: {template.path}\n" in out
    assert f"changed: {received.path} (its SHA-256 differs)\n" in out


def test_a_quick_look_sees_sizes_and_no_content(item, others):
    received, _ = others
    Path(default_storage.path(received.path)).write_bytes(b"x" * received.size)
    assert run("--quick")[0] == 0

    Path(default_storage.path(received.path)).write_bytes(b"x")
    status, out = run("--quick")

    assert (status, f"changed: {received.path} (1 bytes instead of {received.size})\n" in out) == (1, True)


def test_the_office_is_told_of_evidence_and_the_trail_keeps_the_check(office, item):
    default_storage.delete(item.stored.path)

    run()

    assert Notification.objects.get(user=office).text.startswith("有1件承办事项的佐证材料文件在服务器上缺失或损坏")
    entry = AuditEntry.objects.get(kind=Kind.SYSTEM, act="核对已存文件")
    assert (entry.result, entry.detail["missing"]) == (Result.FAILED, 1)


def test_leftovers_are_named_once_they_are_old_and_swept_when_asked(item):
    leave("aa/old", hours=25)
    leave("aa/old.part", hours=25)
    leave("aa/young", hours=1)

    named = run()
    swept = run("--sweep")

    assert (named[0], swept[0]) == (1, 0)
    assert "extra: aa/old\n" in named[1]
    assert "extra: aa/old (deleted)\nextra: aa/old.part (deleted)\n" in swept[1]
    assert default_storage.listdir("aa")[1] == ["young"]
    assert default_storage.exists(item.stored.path)


def test_an_import_that_is_discarded_meanwhile_is_not_missing(office, others, monkeypatch):
    received, _ = others
    exists = storage.DurableStorage.exists

    def goes(self, name):
        if name == received.path and exists(self, name):
            default_storage.delete(name)
            PlanImport.objects.filter(file=received).delete()
            StoredFile.objects.filter(pk=received.pk).delete()
        return exists(self, name)

    monkeypatch.setattr(storage.DurableStorage, "exists", goes)

    assert run()[0] == 0


def test_a_disk_that_cannot_be_read_is_told_and_the_rest_is_read(item, others, monkeypatch):
    opened = storage.DurableStorage._open

    def breaks(self, name, mode="rb"):
        if name == item.stored.path:
            raise OSError(5, "Input/output error")
        return opened(self, name, mode)

    monkeypatch.setattr(storage.DurableStorage, "_open", breaks)

    status, out = run()

    assert (status, "cannot be read: Input/output error" in out, "files: 3" in out) == (1, True, True)


def test_any_storage_of_djangos_will_do(settings):
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": f"{__name__}.Elsewhere"}}
    draft = ReportFactory()
    item = evidence.attach_file(draft, pdf_upload(), by=draft.author, kind=EvidenceKind.OWN_PLAN)
    default_storage.save("zz/left", ContentFile(b"left over"))

    status, out = run("--grace-hours", "0")

    assert (status, "extra: zz/left\n" in out, item.stored.path in out) == (1, True, False)


class Elsewhere(InMemoryStorage):
    """A storage without paths of the file system."""
