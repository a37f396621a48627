"""Evidence is attached to a draft and taken off it (design: Words, Rules of progress)."""

import datetime
import hashlib
import io
import re

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import InMemoryUploadedFile, SimpleUploadedFile, TemporaryUploadedFile

from departments.choices import Role
from tasks.choices import EvidenceKind, ReportState
from tasks.models import Evidence
from tasks.services.progress import evidence, reports, reviews
from tests.factories import EvidenceFactory, ReportFactory, StoredFileFactory, UserFactory, claim
from tests.made_files import EXE, PDF, PNG, office, photo
from wenshang_disclosure.audit.models import AuditEntry
from wenshang_disclosure.core.web.errors import Conflict, Refused
from wenshang_disclosure.files import keeping
from wenshang_disclosure.files.models import StoredFile

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("evidence_folder")]


@pytest.fixture
def draft():
    return ReportFactory()


def files_on_disk(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def attach(draft, name="方案.pdf", data=PDF, **fields):
    fields = {"by": draft.author, "kind": EvidenceKind.OWN_PLAN, **fields}
    return evidence.attach_file(draft, SimpleUploadedFile(name, data), **fields)


def raw(name, data=PDF):
    """An upload whose name did not go through Django's own cleaning."""
    file = InMemoryUploadedFile(io.BytesIO(data), "files", "x.pdf", "application/pdf", len(data), None)
    file._name = name
    return file


@pytest.mark.parametrize(
    ("name", "data", "content_type"),
    [
        ("方案.pdf", PDF, "application/pdf"),
        ("截图.png", PNG, "image/png"),
        (
            "会议纪要.docx",
            office("docx"),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
    ],
)
def test_a_file_is_kept_as_it_came_with_its_sum_and_type(draft, evidence_folder, name, data, content_type):
    item = attach(draft, name, data)

    stored = item.stored
    assert default_storage.open(stored.path).read() == data
    assert (stored.sha256, stored.size) == (hashlib.sha256(data).hexdigest(), len(data))
    assert (stored.content_type, stored.uploaded_by) == (content_type, draft.author)
    assert (item.file_name, item.title, item.url) == (name, name, "")
    assert len(files_on_disk(evidence_folder)) == 1


def test_a_large_file_that_came_in_chunks_has_the_right_sum(draft):
    data = PDF + b"\n%" + b"x" * 200_000
    upload = TemporaryUploadedFile("扫描件.pdf", "application/pdf", len(data), None)
    upload.write(data)
    upload.seek(0)

    item = evidence.attach_file(draft, upload, by=draft.author, kind=EvidenceKind.MINUTES)
    upload.close()

    assert item.stored.sha256 == hashlib.sha256(data).hexdigest()
    assert default_storage.open(item.stored.path).read() == data


def test_what_is_said_about_a_file_is_kept(draft):
    item = attach(draft, kind=EvidenceKind.MINUTES, title="专题会议纪要", dated_on=datetime.date(2024, 9, 1))

    item.refresh_from_db()
    assert (item.kind, item.title, item.dated_on) == ("minutes", "专题会议纪要", datetime.date(2024, 9, 1))


def test_items_stand_in_the_order_in_which_they_came(draft):
    attach(draft, "一.pdf")
    gone = attach(draft, "二.pdf")
    evidence.remove(gone, by=draft.author)

    attach(draft, "三.pdf")
    evidence.attach_link(draft, "https://www.example.gov.cn/art/3", by=draft.author, title="四")

    assert list(draft.evidence.values_list("title", flat=True)) == ["一.pdf", "三.pdf", "四"]


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("空.pdf", b"", "“空.pdf”是空文件"),
        ("病毒.exe", EXE, "不在可上传范围内"),
        ("通知.pdf", EXE, "内容与扩展名 .pdf 不符"),
        ("通知.docx", office("docx", **{"word/vbaProject.bin": b"x"}), "含有宏"),
    ],
)
def test_a_file_that_is_not_taken_leaves_nothing_behind(draft, evidence_folder, name, data, sentence):
    with pytest.raises(Refused, match=re.escape(sentence)):
        attach(draft, name, data)

    assert (Evidence.objects.count(), StoredFile.objects.count(), files_on_disk(evidence_folder)) == (0, 0, [])


def test_a_file_over_the_limit_is_refused_and_one_of_exactly_the_limit_taken(draft, settings):
    settings.EVIDENCE_MAX_BYTES = 1024 * 1024
    at_limit = PDF + b"%" * (settings.EVIDENCE_MAX_BYTES - len(PDF))

    with pytest.raises(Refused, match="“大.pdf”超过1 MB"):
        attach(draft, "大.pdf", at_limit + b"%")
    attach(draft, "正好.pdf", at_limit)

    assert list(draft.evidence.values_list("title", flat=True)) == ["正好.pdf"]


def test_a_report_carries_no_more_items_than_the_limit(draft, settings, evidence_folder):
    settings.EVIDENCE_MAX_ITEMS = 2
    attach(draft)
    evidence.attach_link(draft, "https://www.example.gov.cn/art/1", by=draft.author, title="链接")

    with pytest.raises(Refused, match="最多附2项"):
        attach(draft)
    with pytest.raises(Refused, match="最多附2项"):
        evidence.attach_link(draft, "https://www.example.gov.cn/art/2", by=draft.author, title="链接")

    assert (draft.evidence.count(), len(files_on_disk(evidence_folder))) == (2, 1)


def test_a_units_evidence_together_is_limited_and_other_units_go_on(draft, settings, evidence_folder):
    settings.EVIDENCE_UNIT_MAX_BYTES = 2 * len(PDF)
    second = ReportFactory(assignment__unit=draft.assignment.unit, author=draft.author)
    attach(draft)
    attach(second)

    with pytest.raises(Refused, match="佐证材料已近"):
        attach(draft)
    attach(ReportFactory())

    assert len(files_on_disk(evidence_folder)) == 3


def test_a_file_that_several_reports_of_a_unit_show_counts_once(draft, settings):
    settings.EVIDENCE_UNIT_MAX_BYTES = 2 * len(PDF)
    item = attach(draft)
    again = ReportFactory(assignment__unit=draft.assignment.unit, author=draft.author)
    EvidenceFactory(report=again, stored=item.stored, url="", file_name=item.file_name)

    attach(draft)


# --- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["../../outside.pdf", "..\\..\\outside.pdf", "/tmp/outside.pdf", "长" * 296 + ".pdf"])
def test_a_name_is_never_a_path(draft, evidence_folder, name):
    item = evidence.attach_file(draft, raw(name), by=draft.author, kind=EvidenceKind.OTHER)

    item.refresh_from_db()
    assert re.fullmatch(r"[0-9a-f]{2}/[0-9a-f]{32}", item.stored.path)
    assert files_on_disk(evidence_folder) == [evidence_folder / item.stored.path]
    assert item.file_name == keeping.shown_name(name)


# --- who and when -----------------------------------------------------------------------------------------------------


def test_a_link_is_kept_with_its_title_or_else_its_address(draft):
    evidence.attach_link(draft, "https://www.example.gov.cn/art/1", by=draft.author, title="政策解读")
    evidence.attach_link(draft, "https://www.example.gov.cn/" + "a" * 300, by=draft.author, title="")

    titled, bare = draft.evidence.all()
    assert (titled.title, titled.kind, titled.stored) == ("政策解读", EvidenceKind.LINK, None)
    assert bare.title == bare.url[:200]


def test_a_colleague_of_the_unit_may_attach_too(draft):
    item = attach(draft, by=UserFactory(unit=draft.assignment.unit))

    assert draft.evidence.get() == item


@pytest.mark.parametrize(
    "fields", [{}, {"role": Role.OFFICE}, {"role": Role.REVIEWER}, {"role": Role.AUDITOR}, {"role": Role.LEADER}]
)
def test_only_the_units_own_liaison_attaches_and_removes(draft, evidence_folder, fields):
    item = EvidenceFactory(report=draft)
    unit = {"unit": draft.assignment.unit} if fields else {}
    stranger = UserFactory(**unit, **fields)

    for attempt in (
        lambda: attach(draft, by=stranger),
        lambda: evidence.attach_link(draft, "https://www.example.gov.cn/", by=stranger, title="链接"),
        lambda: evidence.remove(item, by=stranger),
    ):
        with pytest.raises(PermissionDenied):
            attempt()

    assert (list(draft.evidence.all()), files_on_disk(evidence_folder)) == ([item], [])


@pytest.mark.parametrize("state", ["submitted", "approved", "returned"])
def test_evidence_of_a_report_that_left_its_unit_is_frozen(draft, evidence_folder, state):
    report = claim(draft.assignment, by=draft.author)
    if state == "approved":
        reviews.approve(report, by=UserFactory(role=Role.OFFICE))
    if state == "returned":
        reviews.return_(report, by=UserFactory(role=Role.OFFICE), comment="缺材料。")
    item = report.evidence.get()

    for attempt in (
        lambda: attach(report, by=draft.author),
        lambda: evidence.attach_link(report, "https://www.example.gov.cn/", by=draft.author, title="链接"),
        lambda: evidence.remove(item, by=draft.author),
    ):
        with pytest.raises(Conflict, match="不能再改动佐证材料"):
            attempt()

    assert (list(report.evidence.all()), files_on_disk(evidence_folder)) == ([item], [])


def test_a_stale_page_does_not_attach_to_what_was_submitted_meanwhile(draft, evidence_folder):
    as_the_page_knew_it = draft
    claim(draft.assignment, by=draft.author)

    with pytest.raises(Conflict):
        attach(as_the_page_knew_it)

    assert (as_the_page_knew_it.state, files_on_disk(evidence_folder)) == (ReportState.DRAFT, [])


def test_attaching_to_a_draft_that_was_discarded_meanwhile_conflicts(draft, evidence_folder):
    reports.discard_draft(draft.assignment, by=draft.author)

    with pytest.raises(Conflict):
        attach(draft)

    assert files_on_disk(evidence_folder) == []


def test_a_failure_after_storing_leaves_no_file(draft, evidence_folder, monkeypatch):
    def fail(*args, **kwargs):
        assert len(files_on_disk(evidence_folder)) == 1
        raise RuntimeError("the database went away")

    monkeypatch.setattr(evidence, "_add", fail)

    with pytest.raises(RuntimeError, match="went away"):
        attach(draft)

    assert (StoredFile.objects.count(), files_on_disk(evidence_folder)) == (0, [])


def test_a_removed_item_is_gone_and_its_file_stays_for_the_returned_report(draft):
    item = attach(draft)
    reports.submit(draft.assignment, by=draft.author, version=1, attested=True, attested_name="甲", text="已公开。")
    draft.refresh_from_db()
    reviews.return_(draft, by=UserFactory(role=Role.OFFICE), comment="缺材料。")
    answer = reports.start_answer(draft.assignment, by=draft.author)

    evidence.remove(answer.evidence.get(), by=draft.author)

    assert (list(answer.evidence.all()), list(draft.evidence.all())) == ([], [item])
    assert default_storage.exists(item.stored.path)


def test_the_copy_on_an_answer_shows_the_same_file_without_storing_it_twice(draft, evidence_folder):
    item = attach(draft)
    reports.submit(draft.assignment, by=draft.author, version=1, attested=True, attested_name="甲", text="已公开。")
    draft.refresh_from_db()
    reviews.return_(draft, by=UserFactory(role=Role.OFFICE), comment="缺材料。")

    answer = reports.start_answer(draft.assignment, by=draft.author)

    copy = answer.evidence.get()
    assert (copy.stored, copy.file_name, copy.pk != item.pk) == (item.stored, item.file_name, True)
    assert len(files_on_disk(evidence_folder)) == 1


# --- what the database refuses ----------------------------------------------------------------------------------------


def test_an_item_is_a_file_or_a_link_never_both_or_neither(draft, refused_by):
    with refused_by("evidence_is_file_or_link"):
        EvidenceFactory(report=draft, stored=StoredFileFactory())
    with refused_by("evidence_is_file_or_link"):
        EvidenceFactory(report=draft, url="")


def test_two_items_never_stand_in_the_same_place(draft, refused_by):
    EvidenceFactory(report=draft, order=1)

    with refused_by("evidence_place_once"):
        EvidenceFactory(report=draft, order=1)


# --- where a photo was taken ------------------------------------------------------------------------------------------


def test_the_place_of_a_photo_is_taken_out_and_the_file_that_said_it_is_gone(
    draft, evidence_folder, django_capture_on_commit_callbacks
):
    item = attach(draft, "现场.jpg", photo())
    assert item.stored.marks == "含拍摄地点"

    with django_capture_on_commit_callbacks(execute=True):
        evidence.take_out_place(item, by=draft.author)

    item = Evidence.objects.get(pk=item.pk)
    [file] = files_on_disk(evidence_folder)
    assert (item.title, item.file_name, item.stored.marks) == ("现场.jpg", "现场.jpg", "")
    assert item.stored.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert StoredFile.objects.count() == 1


def test_a_file_that_another_report_has_stays_there(draft, evidence_folder):
    item = attach(draft, "现场.jpg", photo())
    other = EvidenceFactory(stored=item.stored, url="", file_name="现场.jpg")

    evidence.take_out_place(item, by=draft.author)

    other = Evidence.objects.get(pk=other.pk)
    assert other.stored.marks == "含拍摄地点"
    assert len(files_on_disk(evidence_folder)) == 2


def test_what_says_no_place_is_left_alone(draft):
    item = attach(draft, "截图.png", PNG)

    with pytest.raises(Refused):
        evidence.take_out_place(item, by=draft.author)


def test_nobody_else_takes_the_place_out(draft):
    item = attach(draft, "现场.jpg", photo())

    with pytest.raises(PermissionDenied):
        evidence.take_out_place(item, by=UserFactory(role=Role.OFFICE))


# --- another label ----------------------------------------------------------------------------------------------------


def relabel(item, **fields):
    label = {"title": "宣讲现场照片", "kind": EvidenceKind.PHOTO, "dated_on": datetime.date(2024, 9, 5), **fields}
    return evidence.relabel(item, **{"by": item.report.author, **label})


def acts():
    return list(AuditEntry.objects.filter(act__contains="名称、类别或日期").values_list("act", flat=True))


def test_an_item_of_a_draft_gets_another_title_kind_and_day(draft):
    item = attach(draft)

    relabel(item)

    item.refresh_from_db()
    assert (item.title, item.kind, item.dated_on) == ("宣讲现场照片", EvidenceKind.PHOTO, datetime.date(2024, 9, 5))
    assert item.folded.startswith("宣讲现场照片")
    assert acts() == ["修改佐证材料的名称、类别或日期"]


def test_a_label_that_stays_the_same_leaves_no_entry(draft):
    item = attach(draft, title="方案")

    relabel(item, title="方案", kind=item.kind, dated_on=None)

    assert acts() == []


def test_a_colleague_who_labels_counts_as_a_writer(draft):
    item = attach(draft)
    colleague = UserFactory(unit=draft.assignment.unit)

    relabel(item, by=colleague)

    assert colleague.pk in draft.writer_ids()


def test_the_second_of_two_who_label_is_told(draft):
    item = attach(draft)
    shown = evidence.label_of(item)
    relabel(item, title="先改的名称")

    with pytest.raises(Conflict, match="已在别处修改"):
        relabel(item, title="后改的名称", shown=shown)

    item.refresh_from_db()
    assert item.title == "先改的名称"


@pytest.mark.parametrize("state", [state for state in ReportState if state != ReportState.DRAFT])
def test_a_label_is_frozen_with_its_report(draft, state):
    item = attach(draft)
    about = {"submitted_at": draft.saved_at, "attested_at": draft.saved_at, "attested_name": "保密员甲"}
    answered = {"reviewed_by": draft.author, "reviewed_at": draft.saved_at, "review_comment": "请补充。"}
    type(draft).objects.filter(pk=draft.pk).update(state=state, attested_by=draft.author, **about, **answered)

    with pytest.raises(Conflict, match="不能再改动佐证材料"):
        relabel(item)


def test_nobody_else_labels(draft):
    item = attach(draft)
    outsiders = [
        UserFactory(),
        UserFactory(unit=draft.assignment.unit, role=Role.LEADER),
        UserFactory(role=Role.OFFICE),
    ]

    for outsider in outsiders:
        with pytest.raises(PermissionDenied):
            relabel(item, by=outsider)


def test_an_item_without_a_title_is_refused(draft):
    with pytest.raises(Refused, match="请填写材料名称"):
        relabel(attach(draft), title="")


def test_an_item_of_the_returned_report_is_found_in_its_answer(draft):
    item = EvidenceFactory(report=draft)
    report = claim(draft.assignment, by=draft.author)
    reviews.return_(report, by=UserFactory(role=Role.OFFICE), comment="请补充。")
    answer = reports.start_answer(report.assignment, by=draft.author)

    copy = evidence.in_draft(answer, item.pk)

    assert (copy.report, copy.url) == (answer, item.url)
    assert evidence.in_draft(answer, copy.pk) == copy
    assert evidence.in_draft(answer, EvidenceFactory().pk) is None
