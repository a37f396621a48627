"""The Word file of a plan, opened again: what an office's Word, WPS or LibreOffice needs to show it as on paper."""

import zipfile

import pytest
from docx import Document
from docx.oxml.ns import qn

from reports.exports import plan_files
from tasks.choices import DutyRole
from tests.factories import DesignationFactory, PartFactory, PlanFactory, SectionFactory, TaskFactory, UnitFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan():
    """Two rows of one section; the lead of the second is merged with the one above."""
    plan = PlanFactory(title="2024年测试分解表")
    section = SectionFactory(part=PartFactory(plan=plan, heading="一、政策公开"), heading="（一）集中公开")
    lead = UnitFactory(name="县商务局")
    for number in (1, 2):
        task = TaskFactory(section=section, number=number, requirement=f"第{number}行的要求。")
        DesignationFactory(task=task, role=DutyRole.LEAD, unit=lead, from_cell_above=number == 2)
    return plan


def document_of(plan):
    return Document(plan_files.word(plan))


def raw_cells(row):
    """The cells that stand in the file, a covered one as itself."""
    return row._tr.tc_lst


def test_cells_are_merged_as_on_paper(plan):
    table = document_of(plan).tables[0]

    _, part, first, second = table.rows
    assert [cell.grid_span for cell in raw_cells(part)] == [5]
    assert [cell.vMerge for cell in raw_cells(first)] == ["restart", "restart", None, None, None]
    assert [cell.vMerge for cell in raw_cells(second)] == ["continue", "continue", None, None, None]
    assert [cell.xpath("string(.)") for cell in raw_cells(second)][:2] == ["", ""]


def test_only_the_head_stands_on_each_page_and_no_row_is_split(plan):
    rows = document_of(plan).tables[0].rows

    properties = [row._tr.trPr for row in rows]
    assert [row.find(qn("w:tblHeader")) is not None for row in properties] == [True, False, False, False]
    assert all(row.find(qn("w:cantSplit")) is not None for row in properties)


def test_a_parts_heading_stays_with_its_first_row(plan):
    rows = document_of(plan).tables[0].rows

    stays = [bool(row._tr.xpath(".//w:keepNext")) for row in rows]
    assert stays == [False, True, False, False]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_each_line_is_a_paragraph_however_lines_end(plan, end):
    plan.tasks.filter(number=1).update(requirement=f"第一行。{end}第二行。")

    file = plan_files.word(plan)

    cell = Document(file).tables[0].rows[2].cells[3]
    assert [paragraph.text for paragraph in cell.paragraphs] == ["第一行。", "第二行。"]
    assert b"&#13;" not in zipfile.ZipFile(file).read("word/document.xml")


def test_the_text_is_said_to_be_chinese_and_missing_faces_have_stand_ins(plan):
    parts = zipfile.ZipFile(plan_files.word(plan))

    fonts = parts.read("word/fontTable.xml").decode()
    assert 'w:name="仿宋_GB2312"><w:altName w:val="仿宋' in fonts
    assert 'w:name="方正小标宋简体"><w:altName w:val="方正小标宋_GBK' in fonts
    assert 'w:eastAsia="zh-CN"' in parts.read("word/styles.xml").decode()
    assert "ja-JP" not in parts.read("word/settings.xml").decode()


def test_the_file_does_not_name_the_library_as_its_author(plan):
    about = document_of(plan).core_properties

    assert (about.author, about.comments) == ("", "")
    assert about.created.year > 2013
