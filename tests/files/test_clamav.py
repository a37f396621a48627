"""Files and a real clamd, and what happens when it is away, hangs, dies or talks nonsense."""

import io
import time

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from departments.choices import Role
from reports.exports import package
from tasks.choices import EvidenceKind
from tasks.models import Evidence, Notification, PlanImport
from tasks.services.deadlines import extensions
from tasks.services.plans import imports
from tasks.services.progress import evidence, rescanning
from tests.audit.trails import unguarded
from tests.factories import StoredFileFactory, UserFactory
from tests.made_files import EICAR, PDF, docx_bytes, zipped
from wenshang_disclosure.audit.models import AuditEntry
from wenshang_disclosure.core.web.errors import Conflict, Refused
from wenshang_disclosure.files import clamav
from wenshang_disclosure.files.choices import ScanState
from wenshang_disclosure.files.models import StoredFile

from .clamd import NAME, false_scanner, running

TEXT = "公开目录".encode()


@pytest.fixture(scope="module")
def socket(tmp_path_factory):
    with running(tmp_path_factory.mktemp("clamd")) as address:
        yield address


@pytest.fixture
def scanner(county, settings, socket):
    """The county, which gets a scanner now."""
    settings.CLAMAV_SOCKET = socket
    return settings


@pytest.fixture
def without_scanner(county, settings, tmp_path):
    """The county, which gets a scanner now that is away."""
    settings.CLAMAV_SOCKET = str(tmp_path / "nobody.sock")
    return settings


def attach(county, name="说明.txt", data=TEXT):
    upload = SimpleUploadedFile(name, data)
    return evidence.attach_file(county.draft, upload, by=county.people["liaison"], kind=EvidenceKind.OTHER)


def on_the_report(county, scan=ScanState.WAITING, data=TEXT, name="说明.txt"):
    """A file on what was submitted, kept as it was while the scanner was away."""
    item = attach(county, name, data)
    Evidence.objects.filter(pk=item.pk).update(report=county.report, order=9)
    StoredFile.objects.filter(pk=item.stored_id).update(scan=scan)
    item.refresh_from_db()
    return item


# --- the protocol -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "found"), [(EICAR, NAME), (TEXT, None), (zipped(**{"a.txt": EICAR}), NAME), (b"x" * 900_000, None)]
)
def test_the_scanner_says_what_it_finds(socket, data, found):
    assert clamav.scan(io.BytesIO(data), socket, 10) == found


def test_a_file_longer_than_the_scanner_takes_has_no_verdict(socket):
    with pytest.raises(clamav.Unavailable):
        clamav.scan(io.BytesIO(bytes(3_000_000)), socket, 10)

    assert clamav.answers(socket, 1)


def hangs(connection):
    time.sleep(5)


def dies(connection):
    connection.recv(10)


def never_ends(connection):
    while True:
        connection.sendall(b"x")
        time.sleep(0.1)


@pytest.mark.parametrize(
    "play",
    [
        hangs,
        dies,
        never_ends,
        lambda connection: connection.sendall(b"\xff\xfe nonsense \0"),
        lambda connection: connection.sendall(b"stream: OK FOUND? ERROR\0"),
        lambda connection: connection.sendall(b"stream: \0"),
        lambda connection: connection.sendall(b"x" * 100_000),
    ],
)
def test_a_scanner_that_hangs_dies_or_talks_nonsense_gives_no_verdict_in_time(tmp_path, play):
    started = time.monotonic()

    with false_scanner(tmp_path, play) as address, pytest.raises(clamav.Unavailable):
        clamav.scan(io.BytesIO(b"x" * 5_000_000), address, 0.5)

    assert time.monotonic() - started < 2


def test_a_scanner_at_a_port_that_nobody_listens_at_gives_no_verdict():
    with pytest.raises(clamav.Unavailable):
        clamav.scan(io.BytesIO(TEXT), "127.0.0.1:1", 1)


# --- uploads ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_clean_file_is_kept_and_opened_by_whoever_may(scanner, county, client):
    item = attach(county)

    client.force_login(county.people["liaison"])
    response = client.get(reverse("tasks:evidence", args=[item.pk]))

    assert (item.stored.scan, item.stored.scanned_at is not None) == (ScanState.CLEAN, True)
    assert b"".join(response.streaming_content) == TEXT


@pytest.mark.django_db
def test_an_infected_file_is_refused_recorded_and_not_kept(scanner, county, evidence_folder):
    before = sorted(evidence_folder.rglob("*"))

    with pytest.raises(Refused, match="“说明.txt”中发现病毒，未予保存"):
        attach(county, data=EICAR)

    entry = AuditEntry.objects.get(act="上传文件发现病毒，未予保存")
    assert (entry.account, entry.result) == (county.people["liaison"].username, "failed")
    assert entry.detail == {"ending": "txt", "virus": NAME, "size": len(EICAR)}
    assert sorted(evidence_folder.rglob("*")) == before
    assert not county.draft.evidence.filter(file_name="说明.txt").exists()


@pytest.mark.django_db
def test_an_infected_file_of_a_request_keeps_the_request_from_being_made(scanner, county):
    files = [SimpleUploadedFile("好.txt", TEXT), SimpleUploadedFile("坏.txt", EICAR)]
    duty, by = county.other_duty, county.people["stranger"]

    with pytest.raises(Refused, match="“坏.txt”中发现病毒"):
        extensions.ask(duty, by=by, requested_due_on=duty.due_on, reason="材料未齐。", files=files)

    assert (duty.extensions.count(), StoredFile.objects.filter(uploaded_by=by).count()) == (0, 0)


@pytest.mark.django_db
def test_while_the_scanner_is_away_a_file_is_kept_and_given_to_nobody(without_scanner, county, client):
    item = on_the_report(county, name="方案二.pdf", data=PDF)

    for person in county.people.values():
        client.force_login(person)
        for name in ("tasks:evidence", "tasks:evidence-picture"):
            assert client.get(reverse(name, args=[item.pk])).status_code in {403, 404, 409}
    client.force_login(county.people["office"])
    answer = client.get(reverse("tasks:evidence", args=[item.pk]))
    page = client.get(reverse("tasks:review", args=[county.report.pk])).content.decode()

    assert answer.status_code == 409
    assert "正在等待病毒扫描" in answer.content.decode()
    assert "等待病毒扫描，暂不能打开" in page
    assert reverse("tasks:evidence", args=[item.pk]) not in page
    with pytest.raises(Conflict):
        item.stored.open()


@pytest.mark.django_db
def test_a_package_leaves_out_what_is_withheld_and_says_why(without_scanner, county):
    waiting = on_the_report(county)
    today = timezone.localdate()

    def listed():
        found = package.evidence_of(county.plan.assignments.all(), today)
        return {item.title: item for item in package.listed(found, county.plan)}

    before = listed()
    StoredFile.objects.filter(pk=waiting.stored_id).update(scan=ScanState.INFECTED)
    after = listed()

    assert (before["说明.txt"].path, before["说明.txt"].place) == ("", "等待病毒扫描，未收入")
    assert (after["说明.txt"].path, after["说明.txt"].place) == ("", "发现病毒，未收入")
    assert before["方案.pdf"].path


@pytest.mark.django_db
def test_a_table_is_not_imported_while_the_scanner_is_away_nor_when_it_is_infected(settings, socket, tmp_path):
    by = UserFactory(role=Role.OFFICE)

    settings.CLAMAV_SOCKET = str(tmp_path / "nobody.sock")
    with pytest.raises(Refused, match="病毒扫描服务暂时不可用"):
        imports.receive(SimpleUploadedFile("表.docx", docx_bytes()), by=by, year=2025)
    settings.CLAMAV_SOCKET = socket
    with pytest.raises(Refused, match="发现病毒"):
        imports.receive(SimpleUploadedFile("表.txt", EICAR), by=by, year=2025)
    imports.receive(SimpleUploadedFile("表.docx", docx_bytes()), by=by, year=2025)

    assert (PlanImport.objects.count(), StoredFile.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_without_the_setting_nothing_is_scanned(county):
    item = attach(county, data=EICAR)

    assert (item.stored.scan, item.stored.scanned_at, item.stored.is_withheld) == (ScanState.OFF, None, False)


# --- scanning later ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_waited_is_opened_once_the_scanner_cleared_it(without_scanner, socket, county, capsys):
    item = on_the_report(county)
    with pytest.raises(CommandError):
        call_command("scan_evidence")
    without_scanner.CLAMAV_SOCKET = socket

    call_command("scan_evidence")

    item.stored.refresh_from_db()
    assert (item.stored.scan, item.stored.open().read()) == (ScanState.CLEAN, TEXT)
    assert capsys.readouterr().out.splitlines()[-1] == "1 clean, 0 infected, 0 missing on disk, 0 left over."
    assert AuditEntry.objects.get(act="文件通过病毒扫描，可以打开").subject_id == str(item.stored_id)


@pytest.mark.django_db
def test_what_waited_and_is_infected_is_withheld_for_good_and_people_are_told_once(without_scanner, socket, county):
    item = on_the_report(county, data=EICAR)
    without_scanner.CLAMAV_SOCKET = socket

    first, second = rescanning.scan(), rescanning.scan(everything=True)

    item.stored.refresh_from_db()
    assert (first.infected, second.infected, item.stored.is_infected) == (1, 0, True)
    assert default_storage.exists(item.stored.path)
    told = Notification.objects.filter(text__contains="病毒")
    assert set(told.values_list("user__role", flat=True)) == {Role.OFFICE, Role.LIAISON, Role.LEADER}
    assert {line.path for line in told} == {reverse("tasks:assignment", args=[county.duty.pk])}
    assert len(told) == len(set(told.values_list("user", flat=True)))
    assert AuditEntry.objects.get(act="已存文件发现病毒，予以封存").detail["virus"] == NAME


@pytest.mark.django_db
def test_files_from_before_the_scanner_are_scanned_when_asked(scanner, county):
    old = StoredFileFactory(path=default_storage.save("ab/old", SimpleUploadedFile("x", EICAR)))
    county.draft_item.stored, county.draft_item.url = old, ""
    county.draft_item.save()

    assert rescanning.scan() == rescanning.Tally()
    assert rescanning.scan(everything=True) == rescanning.Tally(clean=1, infected=1, gone=2)


@pytest.mark.django_db
def test_one_file_that_the_scanner_chokes_on_does_not_hold_up_the_others(scanner, county):
    large = on_the_report(county)
    with unguarded(StoredFile):
        StoredFile.objects.filter(pk=large.stored_id).update(
            path=default_storage.save("ab/large", SimpleUploadedFile("x", bytes(3_000_000)))
        )
    StoredFileFactory(scan=ScanState.WAITING)  # its file is gone
    StoredFileFactory(scan=ScanState.WAITING, path=default_storage.save("ab/good", SimpleUploadedFile("x", TEXT)))

    assert rescanning.scan() == rescanning.Tally(clean=1, gone=1, left=1)


@pytest.mark.django_db
def test_a_run_ends_at_once_where_nobody_answers(without_scanner, evidence_folder):
    for number in range(5):
        StoredFileFactory(
            scan=ScanState.WAITING, path=default_storage.save(f"ab/{number}", SimpleUploadedFile("x", TEXT))
        )

    assert rescanning.scan() == rescanning.Tally(left=5)


def test_the_command_says_that_no_scanner_is_set_up():
    with pytest.raises(CommandError, match="CLAMAV_SOCKET is not set"):
        call_command("scan_evidence")
