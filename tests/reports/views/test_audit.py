"""The page 安全审计: access, content, filters and its file."""

import datetime as dt
import io

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from departments.models import User
from reports import audit_display
from tests.audit.trails import by_hand
from tests.pages import page_of, rows
from wenshang_disclosure.audit import chain
from wenshang_disclosure.audit.checking import check
from wenshang_disclosure.audit.choices import Kind, Result
from wenshang_disclosure.audit.models import AuditEntry
from wenshang_disclosure.audit.origin import coming_from
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.dates import on_day

pytestmark = pytest.mark.django_db


def at(day, hour=12, minute=0):
    return time_machine.travel(on_day(dt.date.fromisoformat(day), hour, minute), tick=False)


@pytest.fixture
def told(county):
    """Record three acts of two people and one of a command, on three days."""
    liaison, office = county.people["liaison"], county.people["office"]
    by_hand("DELETE FROM audit_auditentry")
    with at("2026-03-01", 23, 59), coming_from(address="10.1.2.3", request="aaa", user=liaison):
        record(Kind.CHANGE, "报送进展报告", on=county.duty, detail={"status": "under_review"})
    with at("2026-03-02", 0, 0), coming_from(address="10.1.2.30", request="bbb", user=office):
        record(Kind.CHANGE, "通过进展报告", on=county.duty)
    with at("2026-03-03"), coming_from(address="10.9.9.9", request="ccc", user=liaison):
        record(Kind.DENIED, "访问被拒绝", detail={"page": "tasks:plan", "pk": 7, "method": "GET"}, result=Result.FAILED)
    with at("2026-03-03", 13):
        record(Kind.SYSTEM, "备份", detail={"count": 3})
    chain.seal()
    return county


def listed(client, query=""):
    return client.get(f"{reverse('reports:audit')}?{query}")


def acts(response):
    return [entry.act for entry in rows(response) if entry.act in ALL]  # and not who signed in for the test


def exported(client, query=""):
    response = client.get(f"{reverse('reports:export-audit')}?{query}")
    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    lines = [[cell.value for cell in row] for row in sheet.iter_rows()]
    head = next(number for number, line in enumerate(lines) if line[0] == "时间")
    return lines[:head], [dict(zip(lines[head], line, strict=True)) for line in lines[head + 1 :]]


ALL = ["备份", "访问被拒绝", "通过进展报告", "报送进展报告"]


def test_office_and_auditor_read_everything_the_latest_first(client, told):
    for role in ("office", "administrator", "auditor"):
        client.force_login(told.people[role])

        assert acts(listed(client)) == ALL


@pytest.mark.parametrize("role", ["reviewer", "liaison", "leader", "lead"])
def test_others_are_refused_with_a_word_on_who_may(client, told, role):
    client.force_login(told.people[role])
    entry = AuditEntry.objects.last()

    for address in (reverse("reports:audit"), reverse("reports:audit-entry", args=[entry.pk])):
        response = client.get(address)

        assert response.status_code == 403
        assert "安全审计由县政府办公室工作人员和审计人员查看" in page_of(response)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("day_from=2026-03-02", ALL[:3]),
        ("day_to=2026-03-01", ALL[3:]),
        ("day_from=2026-03-02&day_to=2026-03-02", ALL[2:3]),
        ("kind=change", ALL[2:]),
        ("kind=system", ALL[:1]),
        ("result=failed", ALL[1:2]),
        ("q=进展", ALL[2:]),
        ("q=招商引资", []),
        ("address=10.1.2.3", ALL[2:]),
        ("address=10.1.2.30", ALL[2:3]),
        ("address=0.1", []),
        ("sort=at", ALL[::-1]),
    ],
)
def test_filters(office, told, query, found):
    assert acts(listed(office, query)) == found


@pytest.mark.parametrize("which", ["name", "username", "unit.name"])
def test_people_are_found_by_name_account_and_unit(office, told, which):
    person = told.people["liaison"]
    scope = person.unit.name if which == "unit.name" else getattr(person, which)

    assert acts(listed(office, f"person={scope}")) == [ALL[1], ALL[3]]


def test_an_entry_keeps_the_unit_of_who_acted_when_they_move(office, told):
    person, unit = told.people["liaison"], told.town
    person.unit = told.people["lead"].unit
    person.save()

    assert acts(listed(office, f"person={unit.name}")) == [ALL[1], ALL[3]]
    assert acts(listed(office, f"person={person.unit.name}")) == []
    shown = page_of(office.get(reverse("reports:audit-entry", args=[AuditEntry.objects.get(act=ALL[3]).pk])))
    assert unit.name in shown
    assert person.unit.name not in shown
    assert [line["单位"] for line in exported(office, "kind=change&sort=at")[1]][0] == unit.name


def test_of_an_entry_without_a_unit_that_of_today_is_given_as_such(office, told):
    person = told.people["liaison"]
    by_hand("UPDATE audit_auditentry SET unit_id = NULL")

    assert acts(listed(office, f"person={person.unit.name}")) == [ALL[1], ALL[3]]
    assert exported(office, "kind=change&sort=at")[1][0]["单位"] == f"现属{person.unit.name}"


def test_what_somebody_did_under_an_account_since_renamed_is_found_by_both(office, told):
    person = told.people["liaison"]
    before, person.username = person.username, "renamed-since"
    person.save()

    assert [acts(listed(office, f"person={name}")) for name in (before, "renamed-since")] == [[ALL[1], ALL[3]]] * 2


def test_everything_that_was_done_to_one_record(office, told):
    assert acts(listed(office, f"of=tasks.assignment:{told.duty.pk}")) == ALL[2:]
    assert acts(listed(office, f"of=tasks.assignment:{told.lead_duty.pk}")) == []
    assert acts(listed(office, "of=nonsense")) == []


@pytest.mark.parametrize(
    "query",
    ["day_from=garbage", "day_from=0001-01-01", "day_to=9999-12-31", "kind=garbage", "result=x", f"q={'长' * 101}"],
)
def test_nonsense_answers_400_and_guesses_no_rows(office, told, query):
    response = listed(office, query)

    assert (response.status_code, rows(response)) == (400, [])


def test_a_name_is_shown_as_it_is_now_and_an_account_where_nobody_is_left(office, told):
    User.objects.filter(pk=told.people["liaison"].pk).update(name="王新")
    record(Kind.SIGN_IN, "登录")
    gone = AuditEntry.objects.first()
    by_hand("UPDATE audit_auditentry SET account = 'gone', actor_id = 999999 WHERE id = %s", gone.pk)

    page = page_of(listed(office))

    assert "王新<small>" in page
    assert "gone" in page


def test_page_asks_as_often_for_a_hundred_entries_as_for_one(office, told):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            listed(office, "per_page=200")
        return len(captured)

    few = queries()
    for person in told.people.values():
        for _ in range(10):
            record(Kind.CHANGE, "报送进展报告", by=person, on=told.duty)

    assert queries() == few


def test_subject_leads_to_its_page_where_the_reader_may_go(client, told):
    record(Kind.CHANGE, "印发", on=told.plan)
    record(Kind.PERMISSION, "修改人员", on=told.people["liaison"])
    plan, person = AuditEntry.objects.all()[1], AuditEntry.objects.first()
    may_go = {}
    for role in ("administrator", "office", "auditor"):
        page = [audit_display.page_of(entry, told.people[role]) for entry in (plan, person, AuditEntry.objects.last())]
        may_go[role] = [bool(address) for address in page]

    assert may_go == {
        "administrator": [True, True, True],
        "office": [True, True, True],
        "auditor": [True, False, True],
    }


def test_entry_is_told_in_words(office, told):
    denied = AuditEntry.objects.get(kind="denied")
    submitted = AuditEntry.objects.get(act="报送进展报告")

    assert sorted(audit_display.details(denied)) == [("请求方式", "GET"), ("页面", "/plans/7/")]
    assert audit_display.details(submitted) == [("办理状态", "待审核")]
    page = page_of(office.get(reverse("reports:audit-entry", args=[submitted.pk])))
    assert "相符" in page
    assert submitted.hash in page


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        ({}, []),
        ({"page": "no:such-page", "method": "GET"}, [("页面", "no:such-page"), ("请求方式", "GET")]),
        ({"fields": ["姓名", "角色"]}, [("修改的项目", "姓名、角色")]),
        ({"role": {"from": "liaison", "to": "office"}}, [("角色", "原为：联络员；改为：政府办公室工作人员")]),
        ({"is_active": False, "unit": None}, [("有效", "否"), ("所在单位", "（空）")]),
        ({"未知": 3}, [("未知", "3")]),
    ],
)
def test_details_are_told_in_words(told, detail, words):
    record(Kind.PERMISSION, "修改人员", on=told.people["liaison"], detail=detail)

    assert audit_display.details(AuditEntry.objects.first()) == words


def test_entry_that_was_changed_says_so(office, told):
    entry = AuditEntry.objects.get(number=2)
    by_hand("UPDATE audit_auditentry SET account = 'other' WHERE number = 2")

    assert "记录可能已被改动" in page_of(office.get(reverse("reports:audit-entry", args=[entry.pk])))


def test_unknown_entry_is_not_there(office, told):
    assert office.get(reverse("reports:audit-entry", args=[999_999])).status_code == 404


def test_page_says_how_the_last_check_ended(office, told):
    never = page_of(listed(office))
    number = check().verdict.number
    good = page_of(listed(office))
    by_hand("UPDATE audit_auditentry SET account = 'other' WHERE number = 2")
    check()
    bad = page_of(listed(office))

    assert "审计记录尚未核验过" in never
    assert f"核至第{number}条，未发现改动" in good
    assert "核验发现问题" in bad
    assert "第2条内容与其摘要不符" in bad


def test_text_of_an_entry_is_shown_as_text(office, told):
    record(Kind.CHANGE, "<script>alert(1)</script>", on=told.plan)
    type(told.plan).objects.filter(pk=told.plan.pk).update(title="<b>")

    assert "<script>alert(1)" not in page_of(listed(office))


def test_file_has_the_rows_of_the_page_with_number_and_sum(office, told):
    notes, lines = exported(office, "kind=change&sort=at")

    assert [line["操作"] for line in lines] == ALL[2:][::-1]
    first = AuditEntry.objects.get(number=1)
    assert (lines[0]["链上序号"], lines[0]["摘要"], lines[0]["时间"]) == (
        1,
        first.hash,
        dt.datetime(2026, 3, 1, 23, 59),
    )
    assert (lines[0]["单位"], lines[0]["对象类型"], lines[0]["详情"]) == (
        told.town.name,
        "承办事项",
        "办理状态：待审核",
    )
    assert [note[0] for note in notes] == ["安全审计", "共2条", "筛选条件：类别：办理"]


def test_taking_the_file_is_itself_told_of(office, told):
    exported(office)

    latest = AuditEntry.objects.first()
    assert (latest.kind, latest.account) == ("export", told.people["office"].username)
    assert latest.act.startswith("下载“安全审计_")


def test_more_than_one_file_takes_is_refused(office, told, settings):
    settings.AUDIT_EXPORT_ROWS = 1

    response = office.get(reverse("reports:export-audit") + "?kind=change")

    assert response.status_code == 422
    assert "有2条，一次最多导出1条" in page_of(response)
    assert len(exported(office, "kind=change&day_to=2026-03-01")[1]) == 1


def test_file_of_nonsense_is_refused(office, told):
    assert office.get(reverse("reports:export-audit") + "?kind=garbage").status_code == 400
