"""督办通知单: a page for each unit, opened again with the reading library."""

import datetime as dt
import io
import re

import pytest
import time_machine
from django.urls import reverse
from docx import Document
from docx.oxml.ns import qn

from reports.exports.word import supervision_notice
from tasks.models import Assignment, Task
from tests.factories import AssignmentFactory, TaskFactory, chase, complete
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.core.evenings import evening
from wenshang_disclosure.core.region import current

pytestmark = pytest.mark.django_db

SENT_ON = dt.date(2025, 1, 10)
HEADS = ["序号", "具体要求", "职责", "完成时限", "办理情况"]
SLIP = ["签收单位", "签收人及电话", "签收时间", "办理情况", "预计完成时间", "负责人签字"]


@pytest.fixture
def on_the_day():
    with time_machine.travel(on_day(SENT_ON), tick=False):
        yield


@pytest.fixture
def reminder(on_the_day, county):
    """The office urged the town on two duties, one of them without a deadline, and the agriculture bureau on one."""
    ongoing = TaskFactory(section=county.task.section, number=3, requirement="长期做好公开。", due_on=None)
    county.ongoing = AssignmentFactory(task=ongoing, unit=county.town)
    duties = (county.duty, county.ongoing, county.other_duty)
    return chase(*duties, by=county.people["office"], grade="red", text="请主要负责同志过问。\n于3个工作日内办结。")


def paper(client, county, who, reminder):
    client.force_login(county.people[who])
    response = client.get(reverse("reports:supervision-notice", args=[reminder.pk]))
    assert response.status_code == 200
    return Document(io.BytesIO(b"".join(response.streaming_content)))


def made(reminder):
    """The paper of all its duties, as the service makes it."""
    with evening(reminder.on):
        duties = Assignment.objects.filter(reminded__reminder=reminder).with_light().for_lists()
        words = {item.assignment_id: item.words for item in reminder.items.all()}
        duties = duties.order_by("unit__order", "unit", "task__number")
        return Document(supervision_notice.notice(reminder, duties, words))


def lines(document):
    return [paragraph.text for paragraph in document.paragraphs if paragraph.text]


def pages(document):
    """The number of notices, each with pages numbered from 1."""
    assert list(document.element.body.iter(qn("w:br"))) == []  # a break alone may fall on a page of its own
    starts = [section._sectPr.find(qn("w:pgNumType")).get(qn("w:start")) for section in document.sections]
    assert starts == ["1"] * len(starts)
    return len(starts)


def tables(document):
    """The lists of duties, without their heads; each is followed by a slip."""
    found = [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]
    lists, slips = found[::2], found[1::2]
    assert [rows[0] for rows in lists] == [HEADS] * len(lists)
    assert [[row[0] for row in slip] for slip in slips] == [SLIP] * len(lists)
    return [rows[1:] for rows in lists]


def test_each_unit_has_a_page_of_its_own(client, county, reminder):
    document = paper(client, county, "office", reminder)

    addressed = [line for line in lines(document) if line.endswith("：") and "所涉" not in line]
    assert addressed == ["南旺镇人民政府：", "县农业农村局："]
    assert pages(document) == 2
    assert lines(document).count("督办通知单") == 2


def test_a_page_says_who_what_and_when(client, county, reminder):
    number = f"{current().code.removesuffix('字')}督〔2025〕1号"

    assert lines(paper(client, county, "stranger", reminder)) == [
        "督办通知单",
        number,
        "县农业农村局：",
        "　　请主要负责同志过问。",
        "　　于3个工作日内办结。",
        "　　所涉《2024年测试分解表》事项共1件：",
        "　　请于2025年1月14日前在系统中报送进展或者书面答复。",
        f"{current().office}（盖章）",
        "2025年1月10日",
        f"{number}回执",
    ]


def test_the_rows_are_the_duties_as_they_stood_that_day(client, county, reminder):
    town, bureau = tables(paper(client, county, "office", reminder))

    assert town == [
        ["1", "围绕招商引资做好信息发布工作。", "责任", "2024年12月31日", "逾期10天"],
        ["3", "长期做好公开。", "责任", "长期坚持", "未启动"],
    ]
    assert bureau == [["2", "加强乡村振兴信息公开。", "牵头", "2024年12月31日", "逾期10天"]]


def test_printed_later_it_still_says_how_they_stood_when_it_was_sent(client, county, reminder):
    with time_machine.travel(on_day(dt.date(2025, 2, 20)), tick=False):
        complete(county.other_duty)
        rows = tables(paper(client, county, "stranger", reminder))

    assert rows == [[["2", "加强乡村振兴信息公开。", "牵头", "2024年12月31日", "逾期10天"]]]


@pytest.mark.parametrize("who", ["liaison", "leader"])
def test_a_unit_gets_its_own_page_alone(client, county, reminder, who):
    document = paper(client, county, who, reminder)

    assert [line for line in lines(document) if line.endswith("局：")] == []
    assert [[row[0] for row in rows] for rows in tables(document)] == [["1", "3"]]
    assert pages(document) == 1


@pytest.mark.parametrize("role", ["lead", "liaison", "office"])
def test_what_a_lead_sent_has_no_notice(client, county, on_the_day, role):
    sent = chase(county.duty, by=county.people["lead"], text="请报送。")
    client.force_login(county.people[role])

    assert client.get(reverse("reports:supervision-notice", args=[sent.pk])).status_code == 404
    assert "通知单" not in client.get(reverse("tasks:reminder", args=[sent.pk])).content.decode()


def test_the_file_is_called_by_its_number(client, county, reminder):
    client.force_login(county.people["office"])

    response = client.get(reverse("reports:supervision-notice", args=[reminder.pk]))

    # 督办通知单〔2025〕1号.docx
    name = "%E7%9D%A3%E5%8A%9E%E9%80%9A%E7%9F%A5%E5%8D%95%E3%80%942025%E3%80%951%E5%8F%B7.docx"
    assert response["Content-Disposition"] == f"attachment; filename*=utf-8''{name}"


def test_hostile_text_is_text(client, county, on_the_day):
    text = '<w:p/>&amp;{{ 7*7 }}\n=HYPERLINK("http://evil.example")\n]]>\x0b\ufffe'
    Task.objects.filter(pk=county.task.pk).update(requirement='<b>"要求"</b>\x1f&copy;')
    sent = chase(county.duty, by=county.people["office"], text=text)

    document = paper(client, county, "office", sent)

    assert "　　<w:p/>&amp;{{ 7*7 }}" in lines(document)
    assert '　　=HYPERLINK("http://evil.example")' in lines(document)
    assert tables(document)[0][0][1].startswith('<b>"要求"</b>')
    assert not re.findall(r"w:hyperlink|w:fldSimple|w:instrText", document.element.xml)


def test_the_longest_text_and_many_duties_are_all_there(client, county, on_the_day):
    text = "\n".join(["请抓紧办理。" * 20] * 16)
    requirement = "做好政策发布。" * 200  # its beginning, so that the paper stays within two pages
    section = county.task.section
    duties = [
        AssignmentFactory(task=TaskFactory(section=section, number=10 + n, requirement=requirement), unit=county.town)
        for n in range(60)
    ]

    document = paper(client, county, "office", chase(*duties, by=county.people["office"], text=text))

    assert len([line for line in lines(document) if line == "　　" + "请抓紧办理。" * 20]) == 16
    assert [row[0] for row in tables(document)[0]] == [str(10 + n) for n in range(60)]
    assert {row[1] for row in tables(document)[0]} == {requirement[:21] + "…"}


def test_the_head_is_repeated_on_each_page_and_the_slip_has_none(county, reminder):
    listing, slip = made(reminder).tables[:2]

    heads = [[bool(row._tr.xpath("./w:trPr/w:tblHeader")) for row in table.rows] for table in (listing, slip)]
    assert heads == [[True, False, False], [False] * 6]


@pytest.mark.parametrize("site", ["", "https://gk.example.gov.cn"])
def test_the_slip_names_the_unit_and_has_a_code_where_the_site_has_an_address(county, reminder, settings, site):
    settings.SITE_URL = site

    document = made(reminder)

    assert [table.rows[0].cells[1].text for table in document.tables[1::2]] == ["南旺镇人民政府", "县农业农村局"]
    assert len(document.inline_shapes) == (2 if site else 0)


def test_made_up_data_is_marked_on_every_page(county, reminder):
    reminder.plan.has_demo_activity = True

    assert len([line for line in lines(made(reminder)) if "演示" in line]) == 2


def test_it_is_read_and_not_sent_to(client, county, reminder):
    client.force_login(county.people["office"])
    address = reverse("reports:supervision-notice", args=[reminder.pk])

    assert client.post(address).status_code == 405
    assert client.get(reverse("reports:supervision-notice", args=[999_999])).status_code == 404
