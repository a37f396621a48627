"""A long file is made in the background, for whoever asked for it, as far as they may see it then and later."""

import io
import re
import zipfile
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from departments.choices import Role
from reports.views.files import making, package, papers
from tasks.models import Assignment, Notification
from tasks.services.supervision.readable import still_readable
from tests.factories import AssignmentFactory, JobFactory, MembershipFactory
from wenshang_disclosure.audit.models import AuditEntry
from wenshang_disclosure.core.web.errors import Refused
from wenshang_disclosure.work import leases, running
from wenshang_disclosure.work.choices import JobState
from wenshang_disclosure.work.models import Job
from wenshang_disclosure.work.worker import Worker

pytestmark = pytest.mark.django_db

DUTIES = "reports:export-assignments"


@pytest.fixture(autouse=True)
def _every_list_is_long(monkeypatch):
    """No lease is prolonged by its thread, which would not see what a test has not committed."""
    monkeypatch.setattr(papers, "LONG_ROWS", 0)
    monkeypatch.setattr(package, "LONG_ITEMS", 0)
    monkeypatch.setattr(leases, "BEAT_SECONDS", 3600)


def work():
    return Worker().run(once=True)


def asked(client, name=DUTIES, query=""):
    """Ask for a file; return its job."""
    response = client.get(f"{reverse(name)}?{query}")
    assert response.status_code == 302, response.content.decode()[:1000]
    return Job.objects.get(pk=int(re.search(r"/files/(\d+)/$", response.url)[1]))


def made(client, name=DUTIES, query=""):
    """Ask for a file and let it be made; return its job."""
    job = asked(client, name, query)
    work()
    job.refresh_from_db()
    return job


def page_of(client, job, **headers):
    return client.get(reverse("reports:file", args=[job.pk]), headers=headers)


def downloaded(client, job):
    return client.get(reverse("reports:file-download", args=[job.pk]))


def content_of(response):
    assert response.status_code == 200, response.content.decode()[:1000]
    return b"".join(response.streaming_content)


def cells(content):
    return [list(row) for row in load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)]


def test_a_short_file_is_answered_at_once(office, monkeypatch):
    monkeypatch.setattr(papers, "LONG_ROWS", 5000)

    assert office.get(reverse(DUTIES)).status_code == 200
    assert Job.objects.count() == 0


@pytest.mark.parametrize("query", ["", "as_of=2024-06-30", "light=overdue&sort=-unit", "columns=requirement,unit"])
def test_a_long_one_has_the_cells_of_the_one_that_is_answered_at_once(office, monkeypatch, query):
    job = made(office, query=query)
    content = content_of(downloaded(office, job))
    monkeypatch.setattr(papers, "LONG_ROWS", 5000)

    at_once = office.get(f"{reverse(DUTIES)}?{query}")

    assert cells(content) == cells(content_of(at_once))
    assert at_once.headers["Content-Type"] == downloaded(office, job).headers["Content-Type"]
    assert job.file_name == job.title


def test_asking_leads_to_a_page_with_progress_and_is_told_at_the_end(office, county):
    job = asked(office)
    waits = page_of(office, job).content.decode()
    Job.objects.filter(pk=job.pk).update(
        state=JobState.RUNNING, leased_until=timezone.now() + timedelta(minutes=1), done=30, of=120
    )
    runs = page_of(office, job, HX_Request="true").content.decode()
    Job.objects.filter(pk=job.pk).update(state=JobState.WAITING, leased_until=None)
    work()
    ended = page_of(office, job, HX_Request="true").content.decode()

    assert ("正在排队" in waits, "every 1s" in waits) == (True, True)
    assert ("已完成25%" in runs, 'value="25"' in runs, "<html" in runs) == (True, True, False)
    assert ("已经生成" in ended, "every 1s" in ended, "下载" in ended) == (True, False, True)
    [told] = Notification.objects.filter(path=job.path)
    assert told.user == county.people["office"]
    assert told.text.startswith(f"“{job.title}”已经生成，请在")
    assert still_readable([(told.path, None)], told.user) == {(told.path, None)}
    assert still_readable([(told.path, None)], county.people["reviewer"]) == set()


def test_asking_twice_is_one_file_and_a_head_request_asks_for_none(office):
    assert office.head(reverse(DUTIES)).url == reverse("reports:files")
    assert Job.objects.count() == 0

    assert asked(office) == asked(office)


def test_nobody_else_gets_to_it(office, client, county):
    job = made(office)
    for name in ("administrator", "reviewer", "liaison"):
        client.force_login(county.people[name])

        assert (page_of(client, job).status_code, downloaded(client, job).status_code) == (404, 404)
        assert job.title not in client.get(reverse("reports:files")).content.decode()


def test_it_holds_what_its_reader_may_see_when_it_is_made(client, county):
    client.force_login(county.people["auditor"])
    job = asked(client, "reports:export-audit")
    county.people["auditor"].role = Role.REVIEWER
    county.people["auditor"].save()

    work()

    job.refresh_from_db()
    assert (job.state, job.stored, job.message) == (
        JobState.FAILED,
        None,
        "安全审计由县政府办公室工作人员和审计人员查看。",
    )
    assert "重试" in page_of(client, job).content.decode()


def test_an_account_that_was_closed_meanwhile_gets_none(office, county):
    job = asked(office)
    county.people["office"].is_active = False
    county.people["office"].save()

    work()

    job.refresh_from_db()
    assert (job.state, job.message) == (JobState.FAILED, making.CLOSED)


def test_whoever_has_another_role_by_then_cannot_download_it(office, county):
    job = made(office)
    person = county.people["office"]
    person.role = Role.REVIEWER
    person.save()
    office.force_login(person)

    assert downloaded(office, job).status_code == 422
    assert making.CHANGED in downloaded(office, job).content.decode()


def test_whoever_may_not_export_it_any_more_cannot_download_it(client, county):
    client.force_login(county.people["auditor"])
    job = made(client, "reports:export-audit")
    person = county.people["auditor"]
    person.role = Role.REVIEWER
    person.save()
    client.force_login(person)

    assert downloaded(client, job).status_code == 403


def test_a_unit_that_a_duty_was_taken_from_makes_its_file_anew(client, county):
    client.force_login(county.people["liaison"])
    job = made(client)
    assert downloaded(client, job).status_code == 200
    lost = Assignment.objects.visible_to(county.people["liaison"]).first()
    Assignment.objects.filter(pk=lost.pk).update(unit=AssignmentFactory().unit)

    assert downloaded(client, job).status_code == 422


def test_it_is_made_and_given_out_in_the_post_in_which_it_was_asked_for(rf, county):
    """A person with two units asks as one of them; the other has another file."""
    further = MembershipFactory(person=county.people["liaison"], unit=county.lead_unit, role=Role.LIAISON)
    own, other = county.people["liaison"].in_each_post()
    what = {"address": reverse(DUTIES), "query": "", "post": further.pk}
    job = JobFactory(by=own, what=what)

    work()
    job.refresh_from_db()

    assert job.rights == making.rights_of(other) != making.rights_of(own)
    making.require_still(job, other)
    with pytest.raises(Refused, match="切换身份"):
        making.require_still(job, own)
    again = JobFactory(by=own, what=what)
    further.ended_at, further.ended_by = timezone.now(), county.people["office"]
    further.save()
    work()
    again.refresh_from_db()
    assert (again.state, again.message) == (JobState.FAILED, making.LEFT)


def test_a_package_is_the_same_in_the_background_and_says_what_is_missing(office, county, evidence_folder, monkeypatch):
    job = made(office, "reports:export-package")
    content = content_of(downloaded(office, job))
    (evidence_folder / county.item.stored.path).unlink()
    second = made(office, "reports:export-package")
    monkeypatch.setattr(package, "LONG_ITEMS", 500)

    at_once = content_of(office.get(reverse("reports:export-package")))

    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    assert len(names) > 1
    assert job.file_name.endswith(".zip")
    assert second.message.startswith("材料包缺少1个文件")
    assert zipfile.ZipFile(io.BytesIO(at_once)).namelist() == [name for name in names if county.item.title not in name]


def test_a_package_without_room_on_the_disk_is_refused_before_it_is_begun(office, monkeypatch):
    monkeypatch.setattr(package.shutil, "disk_usage", lambda path: SimpleNamespace(free=0))

    response = office.get(reverse("reports:export-package"))

    assert response.status_code == 422
    assert "没有足够的空间打包" in response.content.decode()
    assert Job.objects.count() == 0


def test_more_rows_than_excel_takes_are_refused(office, monkeypatch):
    monkeypatch.setattr(papers, "MAX_ROWS", 1)

    response = office.get(reverse(DUTIES))

    assert response.status_code == 422
    assert "一个Excel文件最多1行" in response.content.decode()


def test_what_has_expired_is_made_again(office, county):
    job = made(office)
    Job.objects.filter(pk=job.pk).update(keep_until=timezone.now())

    assert downloaded(office, job).status_code == 409
    assert "重新生成" in page_of(office, job).content.decode()
    response = office.post(reverse("reports:make-file-again", args=[job.pk]))
    work()

    again = Job.objects.latest("pk")
    assert (response.url, again.pk != job.pk, again.state) == (again.path, True, JobState.DONE)
    assert downloaded(office, again).status_code == 200


def test_a_file_of_a_past_day_is_made_again_of_that_day(office, county):
    job = made(office, query="as_of=2024-06-30")

    response = office.post(reverse("reports:make-file-again", args=[job.pk]))
    work()

    again = Job.objects.latest("pk")
    assert (response.status_code, again.what, again.state) == (302, job.what, JobState.DONE)


def test_a_file_that_is_gone_from_the_disk_is_said_to_be(office, evidence_folder):
    job = made(office)
    (evidence_folder / job.stored.path).unlink()

    assert downloaded(office, job).status_code == 409
    assert "重新生成" in downloaded(office, job).content.decode()


def test_a_download_stands_in_the_audit_trail(office, county):
    job = made(office)
    downloaded(office, job)

    acts = AuditEntry.objects.filter(actor_id=county.people["office"].pk, kind="export").order_by("pk")
    assert [one.act for one in acts] == [f"申请后台生成“{job.title}”", f"下载“{job.file_name}”"]


def test_the_list_says_how_each_stands_and_asks_for_itself_while_one_is_not_ready(office, county):
    by = county.people["office"]
    assert "还没有在后台生成的文件" in office.get(reverse("reports:files")).content.decode()
    made(office)
    JobFactory(by=by, title="失败.xlsx", state=JobState.FAILED, message=running.CUT_OFF, ended_at=timezone.now())
    JobFactory(by=by, title="过期.xlsx", state=JobState.DONE, keep_until=timezone.now())
    settled = office.get(reverse("reports:files")).content.decode()
    JobFactory(by=by, title="等待.xlsx")
    moving = office.get(reverse("reports:files")).content.decode()

    for words in ("已完成", "未完成", running.CUT_OFF, "已过期", "重试", "重新生成", "保留至"):
        assert words in settled
    assert ("every 2s" in settled, "every 2s" in moving, "排队中" in moving) == (False, True, True)


def test_the_list_asks_the_database_the_same_for_one_and_for_many(office, county):
    made(office)
    numbers = []
    for _ in range(2):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            office.get(reverse("reports:files"))
        numbers.append(len(queries))
        for _ in range(10):
            JobFactory(by=county.people["office"], state=JobState.DONE, keep_until=timezone.now())

    assert numbers[0] == numbers[1]
