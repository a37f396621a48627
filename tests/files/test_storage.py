"""A file is on disk, whole, before its record; where the record fails the file goes, unless nobody can tell."""

import errno
import os
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import OperationalError, transaction

from tests.factories import UserFactory
from tests.made_files import pdf_upload
from wenshang_disclosure.core.web.errors import NoSpace, Refused
from wenshang_disclosure.files import keeping, storage, uses
from wenshang_disclosure.files.models import StoredFile


@pytest.fixture
def kept(evidence_folder):
    """Return a function that lists what is on disk."""
    return lambda: sorted(path.name for path in evidence_folder.rglob("*") if path.is_file())


@pytest.fixture
def synced(monkeypatch):
    """What was synced, in order: files by their name, folders with a slash."""
    done, real = [], os.fsync

    def fsync(handle):
        path = Path(os.readlink(f"/proc/self/fd/{handle}"))
        done.append(f"{path.name}/" if path.is_dir() else path.suffix)
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    return done


def no_room(*args):
    raise OSError(errno.ENOSPC, "No space left on device")


def test_content_is_synced_before_its_name_and_the_names_after(evidence_folder, synced):
    name = default_storage.save("ab/abcd", ContentFile(b"content"))

    assert name == "ab/abcd"
    assert default_storage.open(name).read() == b"content"
    assert synced == [storage.PART, "ab/", f"{evidence_folder.name}/", f"{evidence_folder.parent.name}/"]
    assert (evidence_folder / name).stat().st_mode & 0o777 == 0o640


def test_an_upload_that_lies_in_a_temporary_file_is_copied_not_moved(kept):
    upload = TemporaryUploadedFile("扫描件.pdf", "application/pdf", 300_000, None)
    upload.write(b"x" * 300_000)
    upload.seek(0)

    path, _ = storage.keep(upload)

    assert default_storage.size(path) == 300_000
    assert os.path.exists(upload.temporary_file_path())


def test_a_full_disk_leaves_nothing_and_is_said_in_chinese(kept, monkeypatch):
    monkeypatch.setattr(os, "fsync", no_room)

    with pytest.raises(NoSpace, match="服务器存储空间已满，文件没有保存。") as refusal:
        storage.keep(pdf_upload())

    assert (refusal.value.status, kept()) == (507, [])


def test_any_other_fault_of_the_disk_is_a_fault(kept, monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda handle: os.close(99_999))

    with pytest.raises(OSError, match="Bad file descriptor"):
        storage.keep(pdf_upload())

    assert kept() == []


@pytest.mark.django_db
def test_a_record_that_is_refused_takes_its_files_with_it(kept):
    def refused():
        with keeping.kept([pdf_upload("甲.pdf"), pdf_upload("乙.pdf")], uses.EVIDENCE, by=UserFactory()):
            raise Refused("不行。")

    pytest.raises(Refused, refused)

    assert kept() == []


@pytest.mark.django_db
def test_a_second_file_without_room_takes_the_first_with_it(kept, monkeypatch):
    monkeypatch.setattr(storage.DurableStorage, "_write", _room_for_one())

    with (
        pytest.raises(NoSpace),
        keeping.kept([pdf_upload("甲.pdf"), pdf_upload("乙.pdf")], uses.EVIDENCE, by=UserFactory()),
    ):
        pass

    assert kept() == []


def _room_for_one(real=storage.DurableStorage._write):
    left = [1]

    def write(self, path, content):
        return real(self, path, content) if left and left.pop() else no_room()

    return write


@pytest.mark.django_db
@pytest.mark.parametrize("fault", [OperationalError("connection lost"), SystemExit(1)])
def test_where_nobody_can_tell_whether_the_record_stands_the_file_stays(kept, fault):
    with pytest.raises(type(fault)), keeping.kept([pdf_upload()], uses.EVIDENCE, by=UserFactory()):
        raise fault

    assert len(kept()) == 1


@pytest.mark.django_db(transaction=True)
def test_what_goes_wrong_after_the_commit_takes_no_recorded_file_away(kept):
    by = UserFactory()

    def breaks():
        with keeping.kept([pdf_upload()], uses.EVIDENCE, by=by) as [(_, stored)], transaction.atomic():
            stored.save()
            transaction.on_commit(lambda: 1 / 0)

    pytest.raises(ZeroDivisionError, breaks)

    stored = StoredFile.objects.get()
    assert kept() == [Path(stored.path).name]
