"""A job is done once, whoever is killed meanwhile; what fails is tried again, and given up in the end."""

import errno
import os
import signal
import threading
import time
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import connection
from django.http import Http404
from django.utils import timezone

from tests.factories import UserFactory
from wenshang_disclosure.audit.models import AuditEntry
from wenshang_disclosure.core import progress, region
from wenshang_disclosure.core.web.errors import NoSpace, Refused
from wenshang_disclosure.files.models import StoredFile
from wenshang_disclosure.work import asking, leases, running
from wenshang_disclosure.work.choices import JobState
from wenshang_disclosure.work.models import Job
from wenshang_disclosure.work.signals import job_ended
from wenshang_disclosure.work.worker import Worker

from .conftest import ask

pytestmark = pytest.mark.django_db


def files_in(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def state_of(job):
    job.refresh_from_db()
    return job.state, job.attempts, job.message


@pytest.fixture
def told():
    """The jobs whose end was told."""
    ended = []

    def listen(sender, job, **kwargs):
        ended.append((job.pk, job.state))

    job_ended.connect(listen)
    yield ended
    job_ended.disconnect(listen)


def pass_by(seconds):
    """Let so much time pass for jobs."""
    for job in Job.objects.unfinished():
        job.due_at -= timedelta(seconds=seconds)
        job.leased_until = job.leased_until and job.leased_until - timedelta(seconds=seconds)
        job.save()


def test_a_process_that_stays_calls_the_office_as_it_is_called_now(trade):
    region.Region.objects.create(pk=1, name="任城区", level="district", office_short="区政府办公室")
    assert region.office_name() == "区政府办公室"
    region.Region.objects.update(office_short="区政府办")  # by another process
    said = []
    trade.during = lambda job: said.append(region.office_name())
    ask(UserFactory())

    Worker().run(once=True)

    assert said == ["区政府办"]


def test_what_was_asked_for_is_made_kept_and_told(trade, told, evidence_folder):
    job = ask(UserFactory(), list="duties")

    assert Worker().run(once=True) == 1

    assert state_of(job) == (JobState.DONE, 1, "")
    assert (job.done, job.of, job.file_name, job.rights) == (10, 10, "清单.xlsx", "all")
    assert job.stored.open().read() == b"made"
    assert job.keep_until - job.ended_at == running.KEPT_FOR
    assert told == [(job.pk, JobState.DONE)]
    assert AuditEntry.objects.filter(act="申请后台生成“清单.xlsx”").count() == 1


def test_asking_twice_is_asking_once_until_it_is_done(trade):
    person = UserFactory()
    first = ask(person, list="duties")

    assert ask(person, list="duties") == first
    assert ask(person, list="overdue") != first
    assert ask(UserFactory(), list="duties") != first

    Worker().run(once=True)
    assert ask(person, list="duties") != first  # what it says may have changed since


def test_one_person_asks_for_ten_at_a_time(trade):
    person = UserFactory()
    for number in range(asking.MAX_UNFINISHED):
        ask(person, list=number)

    with pytest.raises(Refused, match="您已有10个文件"):
        ask(person, list="another")
    assert ask(person, list=0).pk


def test_a_job_whose_worker_was_killed_is_taken_up_once_its_lease_has_ended(trade, told, evidence_folder):
    job = ask(UserFactory())
    killed = leases.take()

    assert running.work_one() is None  # it may be working still
    pass_by(seconds=61)
    assert Worker().run(once=True) == 1

    assert killed == job
    assert state_of(job) == (JobState.DONE, 2, "")
    assert len(files_in(evidence_folder)) == 1
    assert told == [(job.pk, JobState.DONE)]


def test_a_worker_that_was_only_slow_keeps_nothing_of_what_another_has_done(trade, told, evidence_folder):
    job = ask(UserFactory())

    def meanwhile(slow):
        trade.during = lambda job: None
        pass_by(seconds=61)
        running.work_one()

    trade.during = meanwhile
    running.work_one()

    assert state_of(job) == (JobState.DONE, 2, "")
    assert len(files_in(evidence_folder)) == StoredFile.objects.count() == 1
    assert told == [(job.pk, JobState.DONE)]


def test_a_slow_worker_that_hears_of_it_stops_in_the_middle(trade):
    ask(UserFactory())
    lease = leases.Lease(leases.take())
    pass_by(seconds=61)
    leases.take()

    lease.tell()

    with progress.told_to(lease), pytest.raises(leases.LeaseLost):
        progress.advance()


def test_progress_is_seen_while_it_works(trade):
    job = ask(UserFactory())
    lease = leases.Lease(leases.take())

    with progress.told_to(lease):
        progress.expect(200)
        progress.advance(150)
    lease.tell()

    job.refresh_from_db()
    assert (job.done, job.of, job.percent) == (150, 200, 75)
    assert job.leased_until > timezone.now() + leases.LEASE - timedelta(seconds=5)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (Refused("请缩小范围。"), "请缩小范围。"),
        (PermissionDenied("您不是审计人员。"), "您不是审计人员。"),
        (PermissionDenied(), running.NO_RIGHT),
        (Http404(), running.NOT_THERE),
    ],
)
def test_what_trying_again_does_not_change_is_given_up_at_once(trade, told, error, sentence):
    def fail(job):
        raise error

    trade.during = fail
    job = ask(UserFactory())

    Worker().run(once=True)

    assert state_of(job) == (JobState.FAILED, 1, sentence)
    assert told == [(job.pk, JobState.FAILED)]


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (NoSpace("文件没有保存。"), running.FULL_DISK),
        (OSError(errno.ENOSPC, "full"), running.FULL_DISK),
        (ZeroDivisionError(), "生成时出错（任务编号{}）。请重试；仍不成功的，请告知系统管理员。"),
    ],
)
def test_other_failures_are_tried_again_after_a_while_and_given_up_after_three_times(trade, told, error, sentence):
    def fail(job):
        raise error

    trade.during = fail
    job = ask(UserFactory())
    seen = []
    for _ in range(3):
        Worker().run(once=True)
        seen.append(state_of(job)[:2])
        pass_by(seconds=301)

    assert seen == [(JobState.WAITING, 1), (JobState.WAITING, 2), (JobState.FAILED, 3)]
    assert job.message == sentence.format(job.pk)
    assert told == [(job.pk, JobState.FAILED)]


def test_a_failure_is_waited_out_and_the_second_try_succeeds(trade):
    def fail_once(job):
        trade.during = lambda job: None
        raise ConnectionError

    trade.during = fail_once
    job = ask(UserFactory())

    assert [Worker().run(once=True), Worker().run(once=True)] == [1, 0]
    pass_by(seconds=61)
    Worker().run(once=True)

    assert state_of(job) == (JobState.DONE, 2, "")


def test_a_job_that_kills_its_worker_each_time_is_given_up(trade):
    job = ask(UserFactory())
    for _ in range(running.MAX_ATTEMPTS):
        leases.take()
        pass_by(seconds=61)

    Worker().run(once=True)

    assert state_of(job) == (JobState.FAILED, running.MAX_ATTEMPTS + 1, running.CUT_OFF)
    assert trade.done == []


def test_a_worker_that_is_told_to_stop_ends_after_the_present_job(trade):
    jobs = [ask(UserFactory()), ask(UserFactory())]
    worker = Worker()
    trade.during = lambda job: worker.stop()

    assert worker.run() == 1
    assert [state_of(job)[0] for job in jobs] == [JobState.DONE, JobState.WAITING]


def test_the_command_carries_out_what_waits_and_ends(trade, capsys):
    ask(UserFactory())

    call_command("work", "--once")
    call_command("work", "--once")

    assert capsys.readouterr().out == "1 jobs were carried out.\n"


@pytest.mark.django_db(transaction=True)
def test_a_process_that_is_killed_in_the_middle_leaves_the_job_to_another(trade, told, evidence_folder):
    job = ask(UserFactory())
    connection.close()  # so that the child has one of its own
    child = os.fork()
    if not child:
        trade.during = lambda job: os.kill(os.getpid(), signal.SIGKILL)
        Worker().run(once=True)
        os._exit(1)
    _, status = os.waitpid(child, 0)

    assert (os.WTERMSIG(status), state_of(job)[:2]) == (signal.SIGKILL, (JobState.RUNNING, 1))
    pass_by(seconds=61)
    Worker().run(once=True)

    assert state_of(job) == (JobState.DONE, 2, "")
    assert (len(trade.done), len(files_in(evidence_folder)), told) == (1, 1, [(job.pk, JobState.DONE)])


@pytest.mark.django_db(transaction=True)
def test_two_workers_do_each_job_once_and_both_have_work(trade):
    person = UserFactory()
    for number in range(8):
        ask(person, list=number)
    trade.during = lambda job: time.sleep(0.05)
    numbers = []

    def work():
        try:
            numbers.append(Worker().run(once=True))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(what["list"] for what in trade.done) == list(range(8))
    assert (sum(numbers), min(numbers) > 0) == (8, True)
    assert set(Job.objects.values_list("state", "attempts")) == {(JobState.DONE, 1)}


@pytest.mark.django_db(transaction=True)
def test_the_thread_of_a_lease_prolongs_it_and_tells_how_far_the_work_is(trade, monkeypatch):
    monkeypatch.setattr(leases, "BEAT_SECONDS", 0.05)
    job = ask(UserFactory())
    seen = []

    def look(job):
        pass_by(seconds=30)
        time.sleep(0.3)
        job.refresh_from_db()
        seen.append((job.percent, job.leased_until > timezone.now() + timedelta(seconds=50)))

    trade.during = look
    Worker().run(once=True)

    assert seen == [(40, True)]
    assert state_of(job)[0] == JobState.DONE
