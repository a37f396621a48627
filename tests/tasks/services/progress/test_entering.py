"""The office enters a report for a unit, from its 填报表 or typed; the unit agrees or objects (代填)."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from departments.choices import Role
from tasks.choices import EnteredAnswer, Event, LineKind, ReportState, ReviewStage
from tasks.models import EnteredReport, Notification, SupervisionRules, timeline
from tasks.services.progress import entering, reports, reviews, sheets
from tests.factories import (
    AssignmentFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
    asks_its_leader,
    goes_through_lead,
    submit,
)
from tests.made_files import pdf_upload
from tests.tasks.sheets import cell, fill, line_of, received, sheet_of
from wenshang_disclosure.audit.models import AuditEntry
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.core.evenings import evening
from wenshang_disclosure.core.web.errors import Conflict, Refused, may

pytestmark = pytest.mark.django_db

ATTESTED = {"attested": True, "attested_name": "镇保密员"}
FRIDAY = dt.date(2024, 9, 6)


@pytest.fixture
def duty():
    return AssignmentFactory()


@pytest.fixture
def liaison(duty):
    return UserFactory(unit=duty.unit)


@pytest.fixture
def leader(duty):
    return UserFactory(role=Role.LEADER, unit=duty.unit)


@pytest.fixture
def office():
    return UserFactory(role=Role.OFFICE)


@pytest.fixture
def reviewer():
    return UserFactory(role=Role.REVIEWER)


def enter(duty, office, **form):
    return entering.enter_and_tell(duty, by=office, **{"text": "电话报来的进展。", **ATTESTED, **form})


# --- entering ---------------------------------------------------------------------------------------------------------


def test_what_the_office_enters_is_submitted_and_says_so(duty, office):
    entered = enter(duty, office)

    report = duty.reports.get()
    assert (report.state, report.text, report.attested_by) == (ReportState.SUBMITTED, "电话报来的进展。", office)
    assert (report.entered, entered.in_words()) == (entered, "县政府办公室代填（在页面填写）")
    step = duty.transitions.get()
    assert (step.event, step.by_unit, step.reason) == (Event.SUBMITTED, None, "县政府办公室代填（在页面填写）")


def test_only_the_office_enters(duty, liaison, reviewer):
    for person in (liaison, reviewer):
        with pytest.raises(PermissionDenied):
            enter(duty, person)


def test_the_unit_s_leader_is_not_asked_first(duty, office):
    asks_its_leader(duty.unit)

    assert enter(duty, office).report.state == ReportState.SUBMITTED


def test_the_lead_still_comes_first_where_the_rules_say_so(duty, office):
    AssignmentFactory(task=duty.task, role="lead", coordinates=True)
    goes_through_lead(duty.plan)

    assert enter(duty, office).report.review_stage == ReviewStage.LEAD


def test_entering_acknowledges_nothing_for_the_unit(duty, office):
    enter(duty, office)

    duty.refresh_from_db()
    assert duty.acknowledged_at is None


def test_links_and_files_come_along(duty, office, evidence_folder):
    files = [pdf_upload("会议纪要.pdf")]

    report = enter(
        duty, office, links=[("发布页", "https://a.example.gov.cn/")], files=files, claims_completion=True
    ).report

    assert list(report.evidence.values_list("title", flat=True)) == ["发布页", "会议纪要.pdf"]
    duty.refresh_from_db()
    assert duty.status == "under_review"


@pytest.mark.parametrize(
    ("form", "sentence"),
    [({"text": ""}, "请填写进展情况"), ({"attested": False}, "保密审查"), ({"claims_completion": True}, "至少附一项")],
)
def test_the_conditions_of_a_submission_hold(duty, office, form, sentence):
    with pytest.raises(Refused, match=sentence):
        enter(duty, office, **form)

    assert not duty.reports.exists()


def test_a_draft_of_the_unit_is_not_overwritten(duty, liaison, office):
    reports.save_draft(duty, by=liaison, version=0, text="正在写。")

    with pytest.raises(Conflict, match="该单位正在填写这件事项"):
        enter(duty, office)

    assert duty.reports.get().text == "正在写。"


def test_the_same_form_twice_enters_once(duty, office):
    first = enter(duty, office)

    assert enter(duty, office) == first
    assert (duty.reports.count(), EnteredReport.objects.count()) == (1, 1)


def test_liaisons_and_leader_are_told_with_a_link_and_the_last_day(duty, liaison, leader, office):
    with time_machine.travel(on_day(FRIDAY), tick=False):
        entered = enter(duty, office)

    lines = Notification.objects.values_list("user", "path", "text")
    assert {(user, path) for user, path, _ in lines} == {
        (liaison.pk, f"/worklist/entered/{entered.pk}/"),
        (leader.pk, f"/worklist/entered/{entered.pk}/"),
    }
    assert all("9月11日前未提出异议的视为认可" in text for *_, text in lines)


def test_the_days_are_a_rule_of_the_plan(duty, office):
    SupervisionRules.objects.create(plan=duty.plan, confirm_entered_within=1)

    with time_machine.travel(on_day(FRIDAY), tick=False):
        assert enter(duty, office).answer_by == dt.date(2024, 9, 9)


def test_the_audit_trail_says_who_entered_for_whom_and_from_which_file(duty, liaison, office):
    upload = received(fill(sheet_of(duty.unit, liaison), duty, text="表里的。"), office, unit=duty.unit)
    sheets.submit(upload, by=office, **ATTESTED)

    entry = AuditEntry.objects.get(act="代填报送")
    assert (entry.actor_id, entry.detail["for_unit"], entry.detail["file_name"], entry.detail["row"]) == (
        office.pk,
        duty.unit.name,
        "填报表.xlsx",
        line_of(upload, duty).row,
    )
    assert entry.detail["sha256"] == upload.sha256


# --- from a 填报表 ----------------------------------------------------------------------------------------------------


def test_a_unit_s_sheet_is_entered_with_file_sheet_and_row(duty, liaison, office):
    other = AssignmentFactory(task=TaskFactory(section=duty.task.section), unit=duty.unit)
    book = sheet_of(duty.unit, office)
    fill(book, duty, text="一。", links="https://a.example.gov.cn/")
    fill(book, other, text="二。")
    upload = received(book, office, unit=duty.unit)
    row = cell(book, duty, "text").row

    upload = sheets.submit(upload, by=office, **ATTESTED)

    entered = EnteredReport.objects.get(report__assignment=duty)
    assert entered.in_words() == f"县政府办公室代填（“填报表.xlsx”“填报表”第{row}行）"
    assert {one["done"] for one in upload.results} == {"已代填报送"}
    [notice] = Notification.objects.filter(user=liaison)
    assert (notice.path, "代填了本单位2件承办事项" in notice.text) == ("/worklist/entered/", True)


def test_the_sheet_has_to_be_of_the_chosen_unit(duty, liaison, office):
    with pytest.raises(Refused, match=f"是{duty.unit.name}的填报表，不是县他局的"):
        received(sheet_of(duty.unit, liaison), office, unit=UnitFactory(name="县他局"))


def test_the_same_sheet_twice_enters_nothing_twice(duty, office):
    book = fill(sheet_of(duty.unit, office), duty, text="一。")
    sheets.submit(received(book, office, unit=duty.unit), by=office, **ATTESTED)

    with pytest.raises(Refused, match="没有可以报送的内容"):
        sheets.submit(received(book, office, unit=duty.unit), by=office, **ATTESTED)

    assert duty.reports.count() == 1


def test_a_sheet_that_was_filled_from_the_draft_takes_its_place(duty, liaison, office):
    reports.save_draft(duty, by=liaison, version=0, text="草稿。")
    book = fill(sheet_of(duty.unit, liaison), duty, text="表里改好的。")

    upload = received(book, office, unit=duty.unit)

    line = line_of(upload, duty)
    assert (line.kind, line.before) == (LineKind.NEW, None)  # not a word of the draft
    sheets.submit(upload, by=office, **ATTESTED)
    assert duty.reports.get().text == "表里改好的。"


def test_a_draft_that_the_sheet_does_not_know_keeps_its_row_out(duty, liaison, office):
    book = fill(sheet_of(duty.unit, liaison), duty, text="表里的。")
    reports.save_draft(duty, by=liaison, version=0, text="后来写的内部文字。")

    line = line_of(received(book, office, unit=duty.unit), duty)

    assert (line.kind, line.before, "后来写的" in line.note) == (LineKind.CLOSED, None, False)


# --- four eyes --------------------------------------------------------------------------------------------------------


def test_who_entered_never_reviews_also_after_the_unit_has_corrected_it(duty, liaison, office, reviewer):
    entered = enter(duty, office)
    with pytest.raises(PermissionDenied):
        reviews.approve(entered.report, by=office)

    entering.object_to(entered, by=liaison, reason="数字不对。")
    corrected = submit(duty, by=liaison, text="改正后的。")

    assert (may(office, "tasks.review_report", corrected), corrected.entered) == (False, None)
    assert reviews.approve(corrected, by=reviewer).state == ReportState.APPROVED


# --- the unit's answer ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["liaison", "leader"])
def test_liaison_or_leader_agrees(request, duty, office, who):
    person = request.getfixturevalue(who)
    entered = enter(duty, office)

    entering.confirm(entered, by=person)
    entering.confirm(entered, by=person)

    entered.refresh_from_db()
    assert (entered.answer, entered.answered_by, entered.is_tacit) == (EnteredAnswer.CONFIRMED, person, False)
    assert AuditEntry.objects.filter(act="认可代填的报告").count() == 1


def test_others_do_not_answer(duty, office, reviewer):
    entered = enter(duty, office)

    for person in (office, reviewer, UserFactory()):
        with pytest.raises(PermissionDenied):
            entering.confirm(entered, by=person)


def test_an_objection_gives_the_report_back_and_is_told_and_shown(duty, liaison, office):
    entered = enter(duty, office)

    entering.object_to(entered, by=liaison, reason="应为5条。")

    report = duty.reports.get()
    assert (report.state, report.entered, [one.reason for one in report.objections]) == ("draft", None, ["应为5条。"])
    assert report.transitions.filter(event=Event.WITHDRAWN).get().reason == "对代填提出异议：应为5条。"
    [notice] = Notification.objects.filter(user=office)
    assert (notice.path, "应为5条。" in notice.text) == (f"/worklist/entered/{entered.pk}/", True)


def test_an_objection_has_a_reason(duty, liaison, office):
    with pytest.raises(Refused, match="请写明"):
        entering.object_to(enter(duty, office), by=liaison, reason=" ")


def test_an_objection_after_the_approval_stands_beside_it(duty, liaison, office, reviewer):
    entered = enter(duty, office)
    reviews.approve(entered.report, by=reviewer)

    entering.object_to(entered, by=liaison, reason="没有这回事。")

    report = duty.reports.get()
    assert (report.state, report.entered.is_objected) == (ReportState.APPROVED, True)


def test_beside_another_draft_the_objection_stands_and_bars_the_approval(duty, liaison, office, reviewer):
    entered = enter(duty, office)
    reports.save_draft(duty, by=liaison, version=0, text="下一期的。")

    entering.object_to(entered, by=liaison, reason="数字不对。")

    report = duty.reports.get(state="submitted")
    with pytest.raises(Refused, match="填报单位提出了异议，不能通过"):
        reviews.approve(report, by=reviewer)
    reports.discard_draft(duty, by=liaison)
    assert reports.withdraw(report, by=liaison).is_draft


def test_without_an_answer_in_time_it_counts_as_agreed(duty, liaison, office):
    with time_machine.travel(on_day(FRIDAY), tick=False):
        entered = enter(duty, office)

    with time_machine.travel(on_day(dt.date(2024, 9, 11)), tick=False):
        assert (entered.is_open, entered.is_tacit) == (True, False)
    with time_machine.travel(on_day(dt.date(2024, 9, 12)), tick=False):
        assert (entered.is_open, entered.is_tacit) == (False, True)
        assert entered.answer_in_words() == "2024-09-11前没有提出异议，视为认可"
        with pytest.raises(Conflict, match="已视为认可"):
            entering.object_to(entered, by=liaison, reason="晚了。")
        assert "视为认可代填的报告" in [entry.title for entry in timeline(duty.task.assignments.all())]


def test_the_unit_takes_back_what_was_entered_for_it(duty, liaison, office):
    entered = enter(duty, office)

    reports.withdraw(entered.report, by=liaison)

    entered.refresh_from_db()
    assert (entered.answer, duty.reports.get().state) == (EnteredAnswer.WITHDRAWN, "draft")
    with pytest.raises(Conflict, match="已经撤回"):
        entering.confirm(entered, by=liaison)


def test_waiting_ones_are_those_that_can_be_answered(duty, liaison, office):
    entered = enter(duty, office)
    assert list(EnteredReport.objects.visible_to(liaison).unanswered()) == [entered]

    entering.confirm(entered, by=liaison)

    assert not EnteredReport.objects.visible_to(liaison).unanswered()


# --- past evenings ----------------------------------------------------------------------------------------------------


def test_a_past_evening_shows_what_it_showed(duty, liaison, office):
    with time_machine.travel(on_day(FRIDAY), tick=False):
        entered = enter(duty, office)
    with time_machine.travel(on_day(dt.date(2024, 9, 9)), tick=False):
        entering.object_to(entered, by=liaison, reason="数字不对。")
    with time_machine.travel(on_day(dt.date(2024, 9, 10)), tick=False):
        submit(duty, by=liaison, text="改正后的。")

    def seen(day):
        with evening(day):
            report = duty.reports.submitted().first()
            entered = report and report.entered
            return report and report.text, entered and entered.answer_in_words()

    assert seen(FRIDAY - dt.timedelta(days=1)) == (None, None)
    assert seen(FRIDAY) == ("电话报来的进展。", f"待{duty.unit}认可，2024-09-11前未提出异议的视为认可")
    assert seen(dt.date(2024, 9, 9)) == (None, None)
    assert seen(dt.date(2024, 9, 10)) == ("改正后的。", None)
    assert timezone.localdate() > dt.date(2024, 9, 10)
