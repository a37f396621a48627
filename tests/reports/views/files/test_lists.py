"""Downloads contain exactly what the list at the same URL shows, restricted to what may be seen."""

import datetime as dt
import io
from urllib.parse import quote

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from tasks.choices import Light
from tasks.services.progress import reviews
from tests.factories import AssignmentFactory, SectionFactory, TaskFactory, UnitFactory, claim, submit
from tests.pages import rows
from wenshang_disclosure.core.dates import on_day

pytestmark = pytest.mark.django_db

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# export: (the list that it follows, how the file is called)
FILES = {
    "reports:export-assignments": ("tasks:assignments", "承办事项_{day}.xlsx"),
    "reports:export-overdue": ("tasks:overdue", "逾期事项_{day}.xlsx"),
    "reports:export-reviews": ("tasks:reviews", "待审核的报告_{day}.xlsx"),
    "reports:export-tasks": ("tasks:tasks", "任务分解表_{day}.xlsx"),
    "reports:export-units": ("reports:units", "各单位办理情况_{day}.xlsx"),
    "reports:export-unit": ("tasks:assignments", "南旺镇人民政府_{day}.xlsx"),
    "reports:export-ledger": (None, "2024年测试分解表台账_{day}.xlsx"),
}
FILTERED = [name for name in FILES if FILES[name][0]]


def address(county, name, query=""):
    return f"{reverse(name, args=[county.town.pk] if name == 'reports:export-unit' else [])}?{query}"


def list_address(county, name, query):
    """Return the address of the list that a file follows; the file of a unit follows the list cut to that unit."""
    unit = f"&unit={county.town.pk}" if name == "reports:export-unit" else ""
    return address(county, FILES[name][0], f"{query}{unit}")


def content_of(response):
    assert response.status_code == 200, response.content.decode()[:2000]
    return b"".join(response.streaming_content)


def table_of(response):
    """Return the rows below the heading, each a list of values."""
    sheet = load_workbook(io.BytesIO(content_of(response)), read_only=True).active
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    width = max(sum(value is not None for value in row) for row in rows[:6])
    start = next(index for index, row in enumerate(rows) if sum(value is not None for value in row) == width)
    return rows[start + 1 :]


def listed(response):
    """Return what the list shows, formatted as the first columns of the file."""
    if "parts" in response.context:
        return [row["task"].number for _, rows in response.context["parts"] for row in rows]
    return [_first(record) for record in rows(response)]


def _first(record):
    if isinstance(record, dict):
        return record["unit__name"]
    if hasattr(record, "submitted_at"):
        return timezone.localtime(record.submitted_at).replace(tzinfo=None, microsecond=0)
    return record.task.number, record.unit.name


def in_file(name, rows):
    if name in ("reports:export-assignments", "reports:export-overdue", "reports:export-unit"):
        return [(row[0], row[4]) for row in rows]
    if name == "reports:export-reviews":
        return [row[0].replace(microsecond=0) for row in rows]
    return [row[0] for row in rows]


@pytest.fixture
def busy(county):
    """Add sections, overdue and completed duties, and waiting reports."""
    for number, due in enumerate(["2024-08-31", "2024-12-15", "2999-12-31"], start=3):
        section = SectionFactory(part=county.task.section.part)
        task = TaskFactory(section=section, number=number, due_on=due, requirement=f"第{number}行的要求")
        AssignmentFactory(task=task, unit=county.town)
        with time_machine.travel(on_day(dt.date(2024, 9, number)), tick=False):
            submit(AssignmentFactory(task=task, unit=UnitFactory(order=20 - number)))
    with time_machine.travel(on_day(dt.date(2024, 9, 10)), tick=False):
        report = claim(county.other_duty, by=county.people["stranger"])
    with time_machine.travel(on_day(dt.date(2024, 10, 8)), tick=False):
        reviews.approve(report, by=county.people["reviewer"])
    return county


# --- the file as a file -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_an_attachment_with_its_name_and_kind(office, county, name):
    response = office.get(address(county, name))

    file_name = FILES[name][1].format(day=timezone.localdate())
    assert response["Content-Type"] == XLSX
    assert response["Content-Disposition"] == f"attachment; filename*=utf-8''{quote(file_name)}"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]
    assert content_of(response).startswith(b"PK")


@pytest.mark.parametrize("name", FILES)
def test_the_head_alone_can_be_asked_for(office, county, name):
    response = office.head(address(county, name))

    assert (response.status_code, response["Content-Type"]) == (200, XLSX)


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_read_and_not_sent_to(office, county, name):
    assert office.post(address(county, name)).status_code == 405


# --- the file as the list ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FILTERED)
@pytest.mark.parametrize("query", ["", "as_of=2024-09-30", "q=第", "q=没有这样的文字"])
def test_a_file_has_the_rows_of_the_list_in_its_order(office, busy, name, query):
    page = office.get(list_address(busy, name, f"{query}&per_page=200"))
    file = office.get(address(busy, name, query))

    assert in_file(name, table_of(file)) == listed(page)


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("reports:export-assignments", "sort=-number"),
        ("reports:export-assignments", "sort=light&role=responsible"),
        ("reports:export-assignments", "sort=unit&light=overdue&as_of=2024-12-31"),
        ("reports:export-assignments", "due_from=2024-12-01&due_to=2024-12-31"),
        ("reports:export-assignments", "page=2&per_page=20"),
        ("reports:export-overdue", "sort=due_on"),
        ("reports:export-reviews", "sort=-submitted_at"),
        ("reports:export-tasks", "light=overdue"),
        ("reports:export-tasks", "kind=notice"),
        ("reports:export-units", "kind=township"),
        ("reports:export-unit", "sort=-due_on&light=overdue"),
    ],
)
def test_a_file_follows_filter_and_sort_and_has_all_pages(office, busy, name, query):
    page = office.get(list_address(busy, name, query.replace("page=2&per_page=20", "per_page=200")))
    file = office.get(address(busy, name, query))

    assert in_file(name, table_of(file)) == listed(page)


def test_the_file_of_units_follows_the_sort_of_its_list(office, busy):
    query = "sort=name"

    page = office.get(address(busy, "reports:units", query))
    file = office.get(address(busy, "reports:export-units", query))

    assert in_file("reports:export-units", table_of(file)) == listed(page)


def test_the_queues_file_is_called_after_the_day_of_its_rows(office, county):
    response = office.get(address(county, "reports:export-reviews", "as_of=2024-09-30"))

    assert quote(f"待审核的报告_{timezone.localdate()}.xlsx") in response["Content-Disposition"]


def test_a_past_days_file_has_that_evenings_lights(office, busy):
    lights = {}
    for day in ("2024-06-30", "2024-09-30", "2024-10-08"):
        rows = table_of(office.get(address(busy, "reports:export-assignments", f"as_of={day}")))
        lights[day] = {row[4]: row[9] for row in rows}["县农业农村局"]

    assert lights == {
        "2024-06-30": Light.NOT_STARTED.label,
        "2024-09-30": Light.REVIEW.label,
        "2024-10-08": Light.DONE.label,
    }


# --- who gets what ----------------------------------------------------------------------------------------------------


def test_each_role_gets_what_it_may_see(client, county):
    got = {}
    for role in ("office", "auditor", "liaison", "leader", "lead", "lead_leader", "stranger"):
        client.force_login(county.people[role])
        got[role] = {row[4] for row in table_of(client.get(address(county, "reports:export-assignments")))}

    everything = {"县商务局", "南旺镇人民政府", "县农业农村局"}
    assert got == {
        "office": everything,
        "auditor": everything,
        "liaison": {"南旺镇人民政府"},
        "leader": {"南旺镇人民政府"},
        "lead": {"县商务局", "南旺镇人民政府"},
        "lead_leader": {"县商务局"},
        "stranger": {"县农业农村局"},
    }


@pytest.mark.parametrize("name", ["reports:export-assignments", "reports:export-ledger"])
def test_no_file_tells_another_units_words(client, county, name):
    words = "商务局自己的进展。"
    submit(county.lead_duty, text=words)
    told = {}
    for role in ("office", "lead", "liaison", "stranger"):
        client.force_login(county.people[role])
        rows = table_of(client.get(address(county, name)))
        told[role] = any(words in str(value) for row in rows for value in row)

    assert told == {"office": True, "lead": True, "liaison": False, "stranger": False}


@pytest.mark.parametrize("role", ["office", "reviewer", "auditor", "lead", "stranger"])
def test_a_drafts_words_are_in_no_file(client, county, role):
    client.force_login(county.people[role])

    for name in FILES:
        response = client.get(address(county, name))
        if response.status_code == 200:
            assert not any("尚未报送" in str(value) for row in table_of(response) for value in row)


# --- nonsense ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    ("query", "status", "sentence"),
    [
        ("as_of=garbage", 400, "请按“2024-09-30”的格式填写截至日期。"),
        ("as_of=2999-01-01", 400, "截至日期不能晚于今天。"),
        ("plan=abc", 404, "您要看的内容不存在"),
        ("plan=999999", 404, "您要看的内容不存在"),
    ],
)
def test_no_file_is_guessed_from_a_wrong_day_or_plan(office, county, name, query, status, sentence):
    response = office.get(address(county, name, query))

    assert response.status_code == status
    assert sentence in response.content.decode()


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("reports:export-assignments", "due_from=garbage"),
        ("reports:export-assignments", "q=" + "长" * 101),
        ("reports:export-overdue", "unit=999999"),
        ("reports:export-reviews", "claims=maybe"),
        ("reports:export-tasks", "light=nonsense"),
        ("reports:export-units", "kind=x"),
        ("reports:export-unit", "role=boss"),
    ],
)
def test_no_file_is_guessed_from_a_wrong_filter(office, county, name, query):
    response = office.get(address(county, name, query))

    assert response.status_code == 400
    assert "地址中的条件有误" in response.content.decode()


def test_before_anything_is_issued_there_is_no_file(client, county):
    county.plan.state = "draft"
    county.plan.save()
    client.force_login(county.people["office"])

    response = client.get(address(county, "reports:export-ledger"))

    assert response.status_code == 400
    assert "还没有印发年度任务分解表，没有可导出的内容。" in response.content.decode()


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ('关于"2024/2025"的<任务>:表?', "关于＂2024／2025＂的＜任务＞：表？"),
        ("甲\n乙\u202e丙", "甲 乙丙"),
        ("表" * 200, "表" * 80),
    ],
)
def test_files_are_named_by_titles_as_every_system_takes_them(client, county, title, name):
    county.plan.title = title
    county.plan.save()
    client.force_login(county.people["office"])

    response = client.get(reverse("reports:export-ledger"))

    assert response["Content-Disposition"].startswith(f"attachment; filename*=utf-8''{quote(name)}")
    assert response["Content-Disposition"].endswith(".xlsx")
    assert b"".join(response.streaming_content)
