"""Evidence packages, opened again: files and sums, names that open anywhere, links, and only what may be seen."""

import datetime as dt
import hashlib
import io
import logging
import tracemalloc
import zipfile
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage
from django.db import connection
from django.urls import reverse
from openpyxl import load_workbook

from reports.exports import package
from reports.exports.package.names import (
    DEVICES,
    MAX_NAME_BYTES,
    MAX_PATH_UNITS,
    Folder,
    clean,
    extension_of,
    length,
    shortened,
)
from tasks.models import Evidence
from tasks.services.progress import reports, reviews
from tests.audit.trails import unguarded
from tests.factories import AssignmentFactory, EvidenceFactory, PartFactory, SectionFactory, TaskFactory, submit
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.files.models import StoredFile

pytestmark = pytest.mark.django_db

ADDRESS = "/exports/evidence.zip"
INDEX = "材料目录.xlsx"
TOWN = "第01项_围绕招商引资做好信息发布工作/南旺镇人民政府/"


def attach(report, content=b"content", *, title="方案", file_name="方案.pdf", **fields):
    """Put a file on a report, as it stands after it was uploaded."""
    name = default_storage.save(f"aa/{StoredFile.objects.count():032}", ContentFile(content))
    digest = hashlib.sha256(content).hexdigest()
    stored = StoredFile.objects.create(
        path=name, size=len(content), sha256=digest, content_type="application/pdf", uploaded_by=report.author
    )
    order = report.evidence.count() + 1
    shown = {"title": title, "file_name": file_name, "order": order, **fields}
    return EvidenceFactory(report=report, stored=stored, url="", **shown)


def opened(response):
    assert response.status_code == 200, response.content.decode()[:2000]
    return zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))


def packed(client, **query):
    return opened(client.get(ADDRESS, query))


def files(archive):
    return [name for name in archive.namelist() if name != INDEX]


def sheet_of(archive):
    return load_workbook(io.BytesIO(archive.read(INDEX))).active


def told(archive):
    return [cell.value for row in sheet_of(archive).iter_rows() for cell in row if cell.value is not None]


def rows_of(archive):
    """The rows of the index as dicts of cells by heading."""
    rows = list(sheet_of(archive).iter_rows())
    start = next(n for n, row in enumerate(rows) if row[1].value == "任务序号")
    heads = [cell.value for cell in rows[start]]
    return [dict(zip(heads, row, strict=True)) for row in rows[start + 1 :]]


def values(archive, heading):
    return [row[heading].value for row in rows_of(archive)]


# --- what is in it ----------------------------------------------------------------------------------------------------


def test_files_come_as_they_were_uploaded_in_folders_by_task_and_unit(office, county):
    item = attach(county.report, b"one" * 50_000, title="工作方案.PDF", file_name="a.pdf", dated_on=dt.date(2024, 9, 1))

    archive = packed(office)

    assert archive.testzip() is None
    day = county.report.submitted_at.astimezone(dt.timezone(dt.timedelta(hours=8))).date()
    assert files(archive) == [f"{TOWN}{day}_方案.pdf", f"{TOWN}2024-09-01_工作方案.pdf"]
    assert archive.read(f"{TOWN}2024-09-01_工作方案.pdf") == b"one" * 50_000
    assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}
    assert all(entry.flag_bits & 0x800 for entry in archive.infolist())
    assert item.stored.sha256 in values(archive, "SHA-256")


def test_every_sum_and_size_of_the_index_is_that_of_the_file_it_links_to(office, county):
    for number in range(5):
        attach(county.report, b"%d" % number * 1000, title=f"材料 {number} 甲&乙+[丙]", dated_on=dt.date(2024, 9, 1))

    archive = packed(office)

    rows = rows_of(archive)
    assert len(rows) == 6
    for row in rows:
        target = row["文件位置"].hyperlink.target
        assert "\\" not in target
        assert not target.startswith(("file:", "/"))
        content = archive.read(unquote(target))
        assert unquote(target) == row["文件位置"].value
        assert hashlib.sha256(content).hexdigest() == row["SHA-256"].value
        assert len(content) == row["大小（字节）"].value


def test_links_stand_in_the_index(office, county):
    EvidenceFactory(report=county.report, title="发布页面", url="https://www.example.gov.cn/art/1?a=1&b=2#top")
    EvidenceFactory(report=county.report, title="旧地址", url="ftp://www.example.gov.cn/a")

    archive = packed(office)

    file, page, old = rows_of(archive)
    assert page["发布链接"].value == "https://www.example.gov.cn/art/1?a=1&b=2#top"
    assert page["发布链接"].hyperlink.target == "https://www.example.gov.cn/art/1?a=1&b=2"
    assert (page["文件位置"].value, page["SHA-256"].value, old["发布链接"].hyperlink) == (None, None, None)
    assert file["发布链接"].value is None
    assert any("共3项：文件1个" in str(value) and "发布链接2个" in str(value) for value in told(archive))


def test_the_index_tells_of_demonstration_data(office, county):
    assert not any("演示数据" in str(value) for value in told(packed(office)))
    county.plan.has_demo_activity = True
    county.plan.save()

    assert any("演示数据" in str(value) for value in told(packed(office)))


def test_an_answer_brings_the_files_of_what_it_answers_once(office, county):
    reports.discard_draft(county.duty, by=county.people["liaison"])
    reviews.return_(county.report, by=county.people["reviewer"], comment="请补充。")
    answer = submit(county.duty, by=county.people["liaison"], text="补正。")
    assert Evidence.objects.filter(stored=county.item.stored).count() == 2

    archive = packed(office)

    assert len(files(archive)) == 1
    assert values(archive, "审核状态") == ["待审核"]
    at = rows_of(archive)[0]["报送时间"].value
    assert abs(at - answer.submitted_at.astimezone(dt.timezone(dt.timedelta(hours=8))).replace(tzinfo=None)).seconds < 2


def test_what_two_duties_share_comes_once_for_each(office, county):
    reports.discard_draft(county.duty, by=county.people["liaison"])
    other = submit(county.lead_duty, by=county.people["lead"])
    EvidenceFactory(report=other, stored=county.item.stored, url="", file_name="方案.pdf", title="方案")

    assert len(files(packed(office))) == 2


def test_nothing_to_pack_is_a_package_that_says_so(office, county):
    archive = packed(office, as_of="2024-06-25")

    assert archive.namelist() == [INDEX]
    assert "所选范围内没有已报送的佐证材料。" in told(archive)


# --- what is asked for ------------------------------------------------------------------------------------------------


@pytest.fixture
def wide(county):
    """Two parts, with evidence of the town's on a row of each, and of the lead's on the first."""
    section = SectionFactory(part=PartFactory(plan=county.plan))
    task = TaskFactory(section=section, number=7, requirement="第二部分的要求。")
    county.second = submit(AssignmentFactory(task=task, unit=county.town), by=county.people["liaison"])
    county.led = submit(county.lead_duty, by=county.people["lead"])
    for report in (county.second, county.led):
        attach(report)
    county.second_task = task
    return county


def where(archive):
    """Task and unit of each file."""
    return {tuple(name.split("/")[:2]) for name in files(archive)}


FIRST, SECOND = "第01项_围绕招商引资做好信息发布工作", "第07项_第二部分的要求"


def test_a_package_is_of_the_year_or_of_one_part_task_or_unit(office, wide):
    town = {(FIRST, "南旺镇人民政府"), (SECOND, "南旺镇人民政府")}
    second = {(SECOND, "南旺镇人民政府")}

    assert where(packed(office)) == {*town, (FIRST, "县商务局")}
    assert where(packed(office, unit=wide.town.pk)) == town
    assert where(packed(office, task=wide.second_task.pk)) == second
    assert where(packed(office, part=wide.second_task.section.part_id)) == second
    assert where(packed(office, task=wide.task.pk, unit=wide.lead_unit.pk)) == {(FIRST, "县商务局")}


def test_the_file_is_called_after_what_is_in_it(office, wide):
    response = office.get(ADDRESS, {"task": wide.task.pk, "unit": wide.town.pk, "as_of": "2024-11-30"})

    name = quote("2024年佐证材料_第1项_南旺镇人民政府_2024-11-30.zip")
    assert name in response["Content-Disposition"]
    assert response["Content-Type"] == "application/zip"
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    "query", ["task=abc", "task=999999", "unit=x", "unit=999999", "part=-1", "as_of=gestern", "as_of=2999-01-01"]
)
def test_nonsense_in_the_address_is_refused_in_words(office, query):
    response = office.get(f"{ADDRESS}?{query}")

    assert response.status_code == 400
    assert any(word in response.content.decode() for word in ("没有这个选项", "截至日期"))


def test_a_unit_that_may_not_be_seen_is_as_one_that_is_not_there(client, wide):
    client.force_login(wide.people["stranger"])

    assert client.get(ADDRESS, {"unit": wide.town.pk}).status_code == 400


def test_too_many_items_are_refused_before_anything_is_sent(office, wide, monkeypatch):
    monkeypatch.setattr(package, "MAX_ITEMS", 2)

    response = office.get(ADDRESS)

    assert response.status_code == 422
    assert "所选范围有3项佐证材料，一次最多打包2项" in response.content.decode()


def test_as_of_cuts_to_what_was_submitted_by_then_and_shows_the_state_of_then(history, office):
    file = history.other_duty.reports.get()
    with time_machine.travel(on_day(dt.date(2024, 11, 5)), tick=False):
        attach(submit(history.lead_duty, by=history.people["lead"]))

    def states(day):
        return values(packed(office, as_of=day), "审核状态")

    assert file.evidence.count() == 1
    assert states("2024-09-10") == ["待审核"]
    assert states("2024-10-08") == ["已通过"]
    assert states("2024-11-05") == ["待审核", "已通过"]
    assert packed(office, as_of="2024-09-09").namelist() == [INDEX]


# --- who sees what ----------------------------------------------------------------------------------------------------


ALL = {"南旺镇人民政府", "县商务局"}
SEEN = {
    **dict.fromkeys(["office", "administrator", "reviewer", "auditor", "lead"], ALL),
    **dict.fromkeys(["liaison", "leader"], {"南旺镇人民政府"}),
    "lead_leader": {"县商务局"},
    "stranger": set(),
}


@pytest.mark.parametrize("role", SEEN)
def test_a_package_holds_what_its_reader_may_see(client, wide, role):
    client.force_login(wide.people[role])

    archive = packed(client, task=wide.task.pk)

    assert {unit for _, unit in where(archive)} == SEEN[role]
    assert {*values(archive, "报送单位")} - {None} == SEEN[role]


@pytest.mark.parametrize("role", ["office", "liaison", "leader", "lead"])
def test_what_was_not_submitted_is_in_nobodys_package(client, county, role):
    attach(county.draft, title="草稿材料")
    client.force_login(county.people[role])

    archive = packed(client)

    assert not any("草稿材料" in str(value) for value in [*archive.namelist(), *told(archive)])


# --- files that are not there -----------------------------------------------------------------------------------------


def test_a_missing_file_is_listed_the_rest_delivered_and_the_person_told(office, county, caplog):
    lost = attach(county.report, title="丢失的材料")
    other = attach(county.report, b"short", title="被改动的材料")
    default_storage.delete(lost.stored.path)
    Path(default_storage.path(other.stored.path)).write_bytes(b"longer than before")

    with caplog.at_level(logging.ERROR):
        archive = packed(office)

    assert [name.rpartition("_")[2] for name in files(archive)] == ["方案.pdf"]
    assert values(archive, "文件位置")[1:] == ["文件缺失", "文件缺失"]
    assert lost.stored.sha256 in values(archive, "SHA-256")
    assert any("文件缺失2个" in str(value) for value in told(archive))
    assert "2 files are missing" in caplog.text
    assert lost.stored.path in caplog.text
    assert "刚才下载的材料包缺少2个文件" in office.get(reverse("tasks:tasks")).content.decode()


def test_the_office_is_told_once_of_missing_files_whoever_finds_them(client, county):
    default_storage.delete(county.item.stored.path)
    client.force_login(county.people["liaison"])

    for _ in range(2):
        packed(client)

    texts = [notification.text for notification in county.people["office"].notifications.all()]
    assert texts == ["有1件承办事项的佐证材料文件在服务器上缺失或损坏，请系统管理员从备份中恢复。"]


def test_a_file_that_goes_away_while_it_is_sent_is_an_empty_one_that_says_so(office, county, caplog):
    response = office.get(ADDRESS)
    default_storage.delete(county.item.stored.path)

    with caplog.at_level(logging.ERROR):
        archive = opened(response)

    (name,) = files(archive)
    assert name.endswith("_方案.pdf.缺失")
    assert archive.read(name) == b""
    assert "could not be read while packing" in caplog.text


# --- names ------------------------------------------------------------------------------------------------------------

HOSTILE = [
    "../../etc/passwd",
    "..\\..\\boot.ini",
    "CON",
    "nul.txt",
    'a:b*c?"d"<e>|f',
    "结尾有点和空格. . .",
    "两行\r\n标题\t\x1f",
    "\u202ecod.exe",
    "很长的标题" * 60,
    "😀" * 120,
    "...",
    "   ",
    "100%#1",
    "C:\\Windows\\system32",
    "=HYPERLINK(1)",
]
FORBIDDEN = set('\\/:*?"<>|') | {chr(n) for n in range(32)} | {"\u202e"}


def opens_anywhere(name):
    return (
        not FORBIDDEN & set(name)
        and name == name.strip(" .")
        and name.partition(".")[0].upper() not in DEVICES
        and len(name.encode()) <= MAX_NAME_BYTES
    )


def test_hostile_titles_become_names_that_open_anywhere(office, county):
    county.task.requirement = "要求：甲/乙\\丙？" + "很长" * 200 + "..."
    county.task.save()
    county.town.short_name = "CON"
    county.town.save()
    for title in HOSTILE:
        attach(county.report, title=title[:200], file_name="a.pdf")

    archive = packed(office)

    names = files(archive)
    assert len(names) == len(HOSTILE) + 1
    assert len({name.casefold() for name in names}) == len(names)
    assert all(length(name) <= MAX_PATH_UNITS and name.count("/") == 2 for name in names)
    assert all(opens_anywhere(part) for name in names for part in name.split("/"))
    assert {unquote(row["文件位置"].hyperlink.target) for row in rows_of(archive)} == set(names)


def test_the_same_name_a_second_time_gets_a_number(office, county):
    for title in ("通知", "通知", "通知（2）", "通知.pdf"):
        attach(county.report, title=title, dated_on=dt.date(2024, 9, 1))

    names = [name.partition("2024-09-01_")[2] for name in files(packed(office))[1:]]

    assert names == ["通知.pdf", "通知（2）.pdf", "通知（2）（2）.pdf", "通知（3）.pdf"]


def test_units_of_one_short_name_have_folders_of_their_own(office, wide):
    for unit in (wide.town, wide.lead_unit):
        unit.short_name = "同名"
        unit.save()

    assert {unit for _, unit in where(packed(office, task=wide.task.pk))} == {"同名", "同名（2）"}


@pytest.mark.parametrize("number", [1, 12, 123, 20_000])
def test_numbered_names_stay_within_the_length(number):
    folder = Folder("第01项/单位/")

    names = {folder.take("长" * 300, ".pdf") for _ in range(min(number, 300))}

    assert len(names) == min(number, 300)
    assert all(
        length(name) <= MAX_PATH_UNITS and len(name.rpartition("/")[2].encode()) <= MAX_NAME_BYTES for name in names
    )


def test_names_that_differ_in_capitals_alone_are_numbered():
    folder = Folder()

    assert [folder.take("Plan", ".PDF"), folder.take("plan", ".pdf")] == ["Plan.PDF", "plan（2）.pdf"]


@pytest.mark.parametrize(("name", "given"), [("a.PDF", ".PDF"), ("a", ""), ("a.表格", ""), ("a.p/df", ""), ("a. ", "")])
def test_only_plain_extensions_are_kept(name, given):
    assert extension_of(name) == given


def test_nothing_is_left_of_half_a_character():
    assert shortened("甲😀乙", 2) == "甲"
    assert clean("\ud800甲\x00") == "甲"


# --- size -------------------------------------------------------------------------------------------------------------


def test_sixty_megabytes_are_sent_in_pieces_and_in_constant_memory(office, county):
    size = 60 * 1024 * 1024
    item = attach(county.report, b"x", title="大文件")
    with open(default_storage.path(item.stored.path), "r+b") as file:
        file.truncate(size)
    with unguarded(StoredFile):
        StoredFile.objects.filter(pk=item.stored_id).update(size=size)

    tracemalloc.start()
    try:
        sent = largest = 0
        for piece in office.get(ADDRESS).streaming_content:
            sent, largest = sent + len(piece), max(largest, len(piece))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert sent > size
    assert largest <= package.CHUNK_BYTES
    assert peak < 15 * 1024 * 1024


def test_who_leaves_half_way_leaves_no_file_open(office, county, monkeypatch):
    left = []
    real = Storage.open

    def noting(*args):
        left.append(real(*args))
        return left[-1]

    monkeypatch.setattr(Storage, "open", noting)
    response = office.get(ADDRESS)
    pieces = iter(response.streaming_content)
    while not left:
        next(pieces)

    monkeypatch.setattr(connection, "close_if_unusable_or_obsolete", lambda: None)  # the tests after this one use it
    response.close()

    assert left[0].closed


@pytest.mark.parametrize("page", ["tasks:task", "reports:unit", "reports:dashboard"])
def test_pages_lead_to_the_package_of_what_they_show(office, county, page):
    about = {"tasks:task": county.task.pk, "reports:unit": county.town.pk}.get(page)
    address = reverse(page, args=[about] if about else [])
    content = office.get(address, {"as_of": "2024-11-30"}).content.decode()

    kept = {"tasks:task": f"&amp;task={about}", "reports:unit": f"&amp;unit={about}"}.get(page, "")
    assert f'href="{ADDRESS}?plan={county.plan.pk}{kept}&amp;as_of=2024-11-30"' in content
