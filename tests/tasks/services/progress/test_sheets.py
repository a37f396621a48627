"""A unit's 填报表 goes out with everything filled in, and comes back in without losing or doubling anything."""

import datetime as dt

import pytest
import time_machine
from django.core import signing
from django.utils import timezone

from departments.choices import Role
from tasks.choices import DutyRole, LineKind, ReportState
from tasks.imports.sheets.columns import MARK_SHEET, MAX_CELL_CHARS, SHEET
from tasks.models import Evidence, Notification, ProgressReport, SheetUpload
from tasks.services.deadlines import suspension
from tasks.services.progress import reports, reviews, sheets
from tasks.services.supervision import rounds
from tests.factories import (
    AssignmentFactory,
    DesignationFactory,
    EvidenceFactory,
    RoundFactory,
    RoundItemFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
    asks_its_leader,
    complete,
    submit,
)
from tests.tasks.sheets import cell, fill, line_of, received, rows_of, sheet_of
from wenshang_disclosure.core.web.errors import Refused
from wenshang_disclosure.core.web.forms import MAX_TEXT_CHARS

pytestmark = pytest.mark.django_db

ATTESTED = {"attested": True, "attested_name": "保密员甲"}


@pytest.fixture
def duty():
    return AssignmentFactory()


@pytest.fixture
def liaison(duty):
    return UserFactory(unit=duty.unit)


@pytest.fixture
def other(duty):
    return AssignmentFactory(task=TaskFactory(section=duty.task.section), unit=duty.unit)


@pytest.fixture
def office():
    return UserFactory(role=Role.OFFICE)


def texts(duty):
    return list(duty.reports.order_by("pk").values_list("text", "state"))


# --- out --------------------------------------------------------------------------------------------------------------


def test_limits_of_cells_are_those_of_the_form():
    assert MAX_CELL_CHARS == MAX_TEXT_CHARS


def test_everything_known_is_filled_in(duty, liaison):
    DesignationFactory(task=duty.task, role=DutyRole.LEAD, unit=UnitFactory(name="县商务局"))
    reviews.return_(
        submit(duty, by=liaison, text="一季度的进展。"), by=UserFactory(role=Role.OFFICE), comment="缺链接。"
    )
    draft = reports.start_answer(duty, by=liaison)
    reports.save_draft(duty, by=liaison, version=draft.version, text="补正的进展。", claims_completion=True)
    EvidenceFactory(report=draft, url="https://www.example.gov.cn/1", title="发布页")

    book = sheet_of(duty.unit, liaison)

    got = {name: cell(book, duty, name).value for name in ("number", "requirement", "leads", "due", "returned")}
    assert got == {
        "number": duty.task.number,
        "requirement": "做好政策发布。",
        "leads": "县商务局",
        "due": "2024-12-31",
        "returned": "缺链接。",
    }
    assert cell(book, duty, "last").value.endswith("：一季度的进展。")
    assert [cell(book, duty, name).value for name in ("text", "claims_completion", "links", "attached")] == [
        "补正的进展。",
        "是",
        "发布页 https://www.example.gov.cn/1",
        "1项",
    ]


def test_fixed_cells_are_locked_and_the_others_open_with_lists(duty, liaison):
    book = sheet_of(duty.unit, liaison)

    sheet = book[SHEET]
    assert sheet.protection.sheet
    assert sheet.protection.password is None
    assert [cell(book, duty, name).protection.locked for name in ("requirement", "due", "light", "last", "count")] == [
        True
    ] * 5
    assert [
        cell(book, duty, name).protection.locked for name in ("text", "obstacles", "claims_completion", "links")
    ] == [False] * 4
    lists = [one.formula1 for one in sheet.data_validations.dataValidation if one.type == "list"]
    assert lists == ['"是,否"']
    assert book[MARK_SHEET].sheet_state == "veryHidden"


def test_a_counted_row_takes_a_count(duty, liaison):
    duty.task.target_count = 2
    duty.task.save()

    book = sheet_of(duty.unit, liaison)

    assert cell(book, duty, "count").protection.locked is False


def test_the_running_round_says_what_is_wanted_and_until_when(duty, other, liaison):
    submit(other, by=liaison)
    one = RoundFactory(plan=duty.plan, title="三季度进展", text="请写明公开网址。")
    RoundItemFactory(round=one, assignment=duty)

    book = sheet_of(duty.unit, liaison)

    assert set(rows_of(book)) == {duty.pk}
    day = one.closes_on
    assert (
        f"报送批次：三季度进展　截止日期：{day.year}年{day.month}月{day.day}日　报送要求：请写明公开网址。"
        == book[SHEET]["A2"].value
    )


def test_without_a_round_all_that_is_in_hand_is_there(duty, other, liaison):
    done = AssignmentFactory(task=TaskFactory(section=duty.task.section), unit=duty.unit)
    complete(done)
    suspended = AssignmentFactory(task=TaskFactory(section=duty.task.section), unit=duty.unit)
    suspension.suspend(suspended, by=UserFactory(role=Role.OFFICE), reason="不再要求。")
    AssignmentFactory(task=duty.task)

    book = sheet_of(duty.unit, liaison)

    assert set(rows_of(book)) == {duty.pk, other.pk}


def test_who_owes_nothing_gets_a_sentence(liaison):
    with pytest.raises(Refused, match="没有需要填报"):
        sheets.content_of(UnitFactory(name="县空局"), by=UserFactory(role=Role.OFFICE))


def test_the_office_s_copy_has_no_draft(duty, liaison, office):
    reports.save_draft(duty, by=liaison, version=0, text="内部草稿。")

    book = sheet_of(duty.unit, office)

    assert cell(book, duty, "text").value is None


# --- what the check page says -----------------------------------------------------------------------------------------


def test_what_was_filled_in_is_new_and_what_was_not_is_left_alone(duty, other, liaison):
    reports.save_draft(other, by=liaison, version=0, text="已写的草稿。")
    book = fill(sheet_of(duty.unit, liaison), duty, text="本期进展。")
    fill(book, other, text=None)

    upload = received(book, liaison)

    assert (line_of(upload, duty).kind, line_of(upload, other).kind) == (LineKind.NEW, LineKind.BLANK)
    sheets.save(upload, by=liaison)
    assert texts(other) == [("已写的草稿。", "draft")]
    assert texts(duty) == [("本期进展。", "draft")]


def test_a_changed_draft_is_shown_with_both_texts(duty, liaison):
    reports.save_draft(duty, by=liaison, version=0, text="原来的。")
    upload = received(fill(sheet_of(duty.unit, liaison), duty, text="后来的。"), liaison)

    line = line_of(upload, duty)

    assert (line.kind, line.changes) == (LineKind.CHANGED, [("本期进展", "原来的。", "后来的。")])


@pytest.mark.parametrize("choice", ["mine", "server", ""])
def test_what_changed_on_the_server_meanwhile_is_chosen_by_a_person(duty, liaison, choice):
    draft = reports.save_draft(duty, by=liaison, version=0, text="下载时的。")
    book = sheet_of(duty.unit, liaison)
    reports.save_draft(duty, by=UserFactory(unit=duty.unit), version=draft.version, text="同事后来写的。")
    upload = received(fill(book, duty, text="表里写的。"), liaison)
    line = line_of(upload, duty)
    assert (line.kind, line.waits, line.before["text"]) == (LineKind.CONFLICT, True, "同事后来写的。")

    if choice:
        sheets.choose(upload, by=liaison, choices={str(duty.pk): (choice, line.state)})
        upload.refresh_from_db()
    if choice == "mine":
        sheets.save(upload, by=liaison)
    else:
        with pytest.raises(Refused, match="没有需要保存"):
            sheets.save(upload, by=liaison)

    assert texts(duty) == [("表里写的。" if choice == "mine" else "同事后来写的。", "draft")]
    kept = [version.text for version in ProgressReport.objects.get().draft_versions.all()]
    assert ("同事后来写的。" in kept) == (choice == "mine")


def test_a_choice_holds_only_for_what_was_shown(duty, liaison):
    draft = reports.save_draft(duty, by=liaison, version=0, text="一")
    book = sheet_of(duty.unit, liaison)
    draft = reports.save_draft(duty, by=liaison, version=draft.version, text="二")
    upload = received(fill(book, duty, text="表"), liaison)
    sheets.choose(upload, by=liaison, choices={str(duty.pk): ("mine", line_of(upload, duty).state)})
    reports.save_draft(duty, by=liaison, version=draft.version, text="三")
    upload.refresh_from_db()

    assert line_of(upload, duty).waits


def test_a_draft_that_was_deleted_meanwhile_does_not_come_back_unasked(duty, liaison):
    draft = reports.save_draft(duty, by=liaison, version=0, text="下载时的。")
    book = sheet_of(duty.unit, liaison)
    reports.discard_draft(duty, by=liaison, version=draft.version)

    upload = received(book, liaison)

    assert line_of(upload, duty).waits


def test_what_was_submitted_meanwhile_with_other_words_is_asked(duty, liaison):
    book = fill(sheet_of(duty.unit, liaison), duty, text="表里写的。")
    submit(duty, by=liaison, text="页面上报的。")

    line = line_of(received(book, liaison), duty)

    assert (line.waits, line.before["text"]) == (True, "页面上报的。")


@pytest.mark.parametrize(
    ("texts", "address", "sentence"),
    [
        ({"text": "字" * (MAX_CELL_CHARS + 1)}, "text", "“本期进展”超过20000个字"),
        ({"count": "两次"}, "count", "应填0至9999之间的整数，现为“两次”"),
        ({"count": 2.5}, "count", "现为“2.5”"),
        ({"claims_completion": "已办"}, "claims_completion", "只能填“是”或者“否”"),
        ({"obstacles": "=1+1"}, "obstacles", "含有公式"),
        ({"links": "不是网址"}, "links", "不是完整的网址"),
        ({"open_units_note": "某单位未办。"}, "open_units_note", "不统筹"),
    ],
)
def test_a_wrong_cell_is_named_and_its_row_stays_out(duty, other, liaison, texts, address, sentence):
    duty.task.target_count = 2
    duty.task.save()
    book = fill(sheet_of(duty.unit, liaison), duty, **{"text": "进展。", **texts})
    fill(book, other, text="另一件。")
    place = cell(book, duty, address).coordinate
    upload = received(book, liaison)

    line = line_of(upload, duty)

    assert [(at, sentence in said) for at, said in line.errors] == [(place, True)]
    sheets.save(upload, by=liaison)
    assert (duty.reports.count(), other.reports.count()) == (0, 1)


def test_added_and_doubled_rows_are_named(duty, other, liaison):
    book = fill(sheet_of(duty.unit, liaison), duty, text="进展。")
    rows, sheet = rows_of(book), book[SHEET]
    last = sheet.max_row
    for column in range(1, sheet.max_column + 1):
        sheet.cell(last + 1, column).value = sheet.cell(rows[duty.pk], column).value
    sheet.cell(last + 2, cell(book, duty, "text").column).value = "自己加的一行。"
    upload = received(book, liaison)

    wrong = [line for line in sheets.check(upload, by=liaison) if line.kind == LineKind.WRONG]

    assert [line.row for line in wrong] == [rows[duty.pk], last + 1, last + 2]
    assert "是同一件承办事项" in wrong[0].errors[0][1]
    assert "不是填报表中原有的" in wrong[2].errors[0][1]


def test_closed_duties_are_named(duty, other, liaison, office):
    third = AssignmentFactory(task=TaskFactory(section=duty.task.section), unit=duty.unit)
    moved = AssignmentFactory(task=TaskFactory(section=duty.task.section), unit=duty.unit)
    book = sheet_of(duty.unit, liaison)
    for one in (duty, other, third, moved):
        fill(book, one, text="表里的进展。")
    complete(duty)
    suspension.suspend(third, by=office, reason="不再要求。")
    moved.unit = UnitFactory()
    moved.save()
    upload = received(book, liaison)

    notes = {line.row: (line.kind, line.note) for line in sheets.check(upload, by=liaison)}

    rows = rows_of(book)
    assert notes[rows[duty.pk]] == (LineKind.CLOSED, "该事项已办结，不再填报。")
    assert notes[rows[third.pk]] == (LineKind.CLOSED, "该事项已中止，恢复办理后再填报。")
    assert notes[rows[moved.pk]][0] == LineKind.WRONG
    assert notes[rows[other.pk]][0] == LineKind.NEW


def test_the_check_takes_as_many_queries_for_many_rows(duty, liaison, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    upload = received(fill(sheet_of(duty.unit, liaison), duty, text="进展。"), liaison)
    with CaptureQueriesContext(connection) as few:
        sheets.check(upload, by=liaison)
    more = [AssignmentFactory(task=TaskFactory(section=duty.task.section), unit=duty.unit) for _ in range(5)]
    book = sheet_of(duty.unit, liaison)
    for one in more:
        fill(book, one, text="进展。", links="https://a.example.gov.cn/")
        reports.save_draft(one, by=liaison, version=0, text="草稿")
    upload = received(book, liaison)

    with CaptureQueriesContext(connection) as many:
        sheets.check(upload, by=liaison)

    assert len(many) <= len(few) + 2  # evidence of drafts, where there are any


# --- files that are not ours ------------------------------------------------------------------------------------------


def test_a_sheet_of_another_unit_is_refused(duty, liaison):
    stranger = UserFactory(unit=AssignmentFactory().unit)

    with pytest.raises(Refused, match=f"是{duty.unit.name}的填报表，不是{stranger.unit.name}的"):
        received(sheet_of(duty.unit, liaison), stranger)


def test_a_sheet_of_a_round_that_is_over_is_refused(duty, liaison, office):
    one = RoundFactory(plan=duty.plan, title="二季度进展")
    RoundItemFactory(round=one, assignment=duty)
    book = sheet_of(duty.unit, liaison)
    rounds.close(one, by=office)

    with pytest.raises(Refused, match="是“二季度进展”的填报表，该批次已经结束"):
        received(book, liaison)


@pytest.mark.parametrize(
    "mark", ["", "abc", signing.dumps({"unit": 1}, salt="other")], ids=["none", "no mark", "of another"]
)
def test_a_changed_mark_is_refused(duty, liaison, mark):
    book = sheet_of(duty.unit, liaison)
    book[MARK_SHEET]["A1"].value = mark

    with pytest.raises(Refused, match="不是本系统下载的填报表"):
        received(book, liaison)


def test_a_missing_column_is_named(duty, liaison):
    book = sheet_of(duty.unit, liaison)
    book[SHEET].delete_cols(cell(book, duty, "claims_completion").column)

    with pytest.raises(Refused, match="缺少“申报办结”列"):
        received(book, liaison)


# --- taking it in -----------------------------------------------------------------------------------------------------


def test_the_same_file_twice_makes_nothing_twice(duty, other, liaison):
    book = fill(
        sheet_of(duty.unit, liaison),
        duty,
        text="进展。",
        links="发布页 https://www.example.gov.cn/1\nhttps://b.example.gov.cn/2",
    )
    sheets.save(received(book, liaison), by=liaison)
    again = received(book, liaison)
    with pytest.raises(Refused, match="没有需要保存的改动"):
        sheets.save(again, by=liaison)

    sheets.submit(again, by=liaison, **ATTESTED)
    third = received(book, liaison)
    with pytest.raises(Refused, match="没有可以报送的内容"):
        sheets.submit(third, by=liaison, **ATTESTED)

    assert line_of(third, duty).kind == LineKind.SENT
    assert texts(duty) == [("进展。", "submitted")]
    assert list(Evidence.objects.values_list("title", "url")) == [
        ("发布页", "https://www.example.gov.cn/1"),
        ("https://b.example.gov.cn/2", "https://b.example.gov.cn/2"),
    ]


def test_one_attestation_submits_all_that_can_go_and_names_the_others(duty, other, liaison):
    third = AssignmentFactory(task=TaskFactory(section=duty.task.section), unit=duty.unit)
    reports.save_draft(third, by=liaison, version=0, text="早已写好的草稿。")
    book = fill(sheet_of(duty.unit, liaison), duty, text="进展。")
    fill(book, other, text="办完了。", claims_completion="是")

    upload = sheets.submit(received(book, liaison), by=liaison, **ATTESTED)

    assert texts(duty) == [("进展。", "submitted")]
    assert texts(third) == [("早已写好的草稿。", "submitted")]
    assert texts(other) == [("办完了。", "draft")]
    found = {one["duty"]: (one["done"], one["error"]) for one in upload.results}
    assert found == {
        duty.pk: ("已报送", ""),
        third.pk: ("已报送", ""),
        other.pk: ("", "申报办结须至少附一项佐证材料。已存为草稿。"),
    }
    assert set(ProgressReport.objects.submitted().values_list("attested_name", flat=True)) == {"保密员甲"}


def test_a_link_in_the_cell_is_the_evidence_of_a_claim(duty, liaison):
    book = fill(
        sheet_of(duty.unit, liaison), duty, text="办完了。", claims_completion="是", links="www.example.gov.cn/1"
    )

    sheets.submit(received(book, liaison), by=liaison, **ATTESTED)

    duty.refresh_from_db()
    assert (duty.status, Evidence.objects.get().url) == ("under_review", "https://www.example.gov.cn/1")


@pytest.mark.parametrize(
    "attested", [{"attested": False, "attested_name": "甲"}, {"attested": True, "attested_name": " "}]
)
def test_without_the_attestation_nothing_goes(duty, liaison, attested):
    upload = received(fill(sheet_of(duty.unit, liaison), duty, text="进展。"), liaison)

    with pytest.raises(Refused, match="保密审查"):
        sheets.submit(upload, by=liaison, **attested)

    assert not duty.reports.exists()


def test_where_the_leader_approves_the_reports_wait_there(duty, liaison):
    leader = asks_its_leader(duty.unit)
    upload = received(fill(sheet_of(duty.unit, liaison), duty, text="进展。"), liaison)

    upload = sheets.submit(upload, by=liaison, **ATTESTED)

    assert (texts(duty), upload.results[0]["done"]) == ([("进展。", ReportState.AWAITING_LEADER)], "已送分管领导审签")
    assert Notification.objects.filter(user=leader).count() == 1


def test_an_answer_to_a_return_takes_its_evidence_along(duty, liaison, office):
    reviews.return_(submit(duty, by=liaison, evidence=1, text="原来的。"), by=office, comment="补充效果。")
    book = sheet_of(duty.unit, liaison)
    assert line_of(received(book, liaison), duty).kind == LineKind.BLANK

    sheets.submit(received(fill(book, duty, text="补充了效果。"), liaison), by=liaison, **ATTESTED)

    answer = duty.reports.get(state="submitted")
    assert (answer.text, answer.evidence.count(), answer.answers_id is not None) == ("补充了效果。", 1, True)


def test_uploads_are_the_own_ones_of_the_present_unit(duty, liaison):
    upload = received(sheet_of(duty.unit, liaison), liaison)
    colleague = UserFactory(unit=duty.unit)
    assert list(SheetUpload.objects.visible_to(liaison)) == [upload]
    assert not SheetUpload.objects.visible_to(colleague)

    liaison.unit = UnitFactory()
    liaison.save()

    assert not SheetUpload.objects.visible_to(liaison)


def test_old_uploads_of_a_person_go(duty, liaison):
    book = sheet_of(duty.unit, liaison)

    for _ in range(sheets.KEPT_UPLOADS + 2):
        received(book, liaison)

    assert SheetUpload.objects.count() == sheets.KEPT_UPLOADS


def test_a_sheet_of_last_month_still_counts_where_the_round_runs(duty, liaison):
    one = RoundFactory(plan=duty.plan)
    RoundItemFactory(round=one, assignment=duty)
    book = fill(sheet_of(duty.unit, liaison), duty, text="进展。")

    with time_machine.travel(timezone.now() + dt.timedelta(days=30), tick=False):
        sheets.submit(received(book, liaison), by=liaison, **ATTESTED)

    assert texts(duty) == [("进展。", "submitted")]


def test_what_the_unit_attached_after_the_download_does_not_go_with_the_office(duty, liaison, office):
    draft = reports.save_draft(duty, by=liaison, version=0, text="内部草稿。")
    EvidenceFactory(report=draft)
    book = fill(sheet_of(duty.unit, liaison), duty, text="交给办公室的进展。")
    handed_over = received(book, office, unit=duty.unit)
    EvidenceFactory(report=draft)

    changed = line_of(received(book, office, unit=duty.unit), duty)

    assert (changed.kind, changed.is_submitted, changed.version) == ("closed", False, draft.version)
    draft.evidence.last().delete()
    assert line_of(handed_over, duty).is_submitted
