"""What jobs made goes once it is past its time, with its file; no backup has it."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from tests.factories import StoredFileFactory, UserFactory
from wenshang_disclosure.files.models import StoredFile
from wenshang_disclosure.ops.backup import files, tables
from wenshang_disclosure.work.models import Job
from wenshang_disclosure.work.worker import Worker

from .conftest import ask

pytestmark = pytest.mark.django_db


def made(**changes):
    job = ask(UserFactory(), number=Job.objects.count())
    Worker().run(once=True)
    Job.objects.filter(pk=job.pk).update(**changes)
    job.refresh_from_db()
    return job


def test_files_past_their_time_go_and_old_jobs_are_forgotten(trade, evidence_folder, capsys):
    now = timezone.now()
    fresh, past = made(), made(keep_until=now)
    forgotten = made(keep_until=now, ended_at=now - timedelta(days=31))
    evidence = StoredFileFactory()

    call_command("clear_jobs")
    past.refresh_from_db()

    assert capsys.readouterr().out == "2 files were deleted and 1 jobs forgotten.\n"
    assert (past.stored, past.is_expired, past.state_in_words) == (None, True, "已过期")
    assert not Job.objects.filter(pk=forgotten.pk).exists()
    assert set(StoredFile.objects.all()) == {fresh.stored, evidence}
    assert [path for path in evidence_folder.rglob("*") if path.is_file()] == [evidence_folder / fresh.stored.path]


def test_a_backup_has_neither_jobs_nor_their_files(trade):
    job, evidence = made(), StoredFileFactory()

    lines = b"".join(tables.lines(StoredFile)).decode()

    assert (job.stored.path in lines, evidence.path in lines) == (False, True)
    assert files.recorded_files() == {evidence.path: evidence.sha256}
    assert "work.job" in tables.PRUNED


def test_what_a_restore_left_without_a_job_goes(trade, evidence_folder):
    job = made()
    Job.objects.filter(pk=job.pk).update(stored=None)

    call_command("clear_jobs")

    assert StoredFile.objects.count() == 0
    assert [path for path in evidence_folder.rglob("*") if path.is_file()] == []
