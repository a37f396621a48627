"""A plan goes out in the official layout, and coming back in it is the same plan."""

import copy
import io
import json
import zipfile

import pytest
from django.core.management import call_command
from django.urls import reverse
from docx import Document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from departments.choices import Role
from reports.exports import plan_files
from tasks.imports.meaning.understanding import understand
from tasks.imports.reading.files import read
from tasks.models import Plan
from tasks.services.plans import imports, issuing
from tests.environment import LONG
from tests.factories import PartFactory, PlanFactory, SectionFactory, TaskFactory, UserFactory

pytestmark = pytest.mark.django_db
WRITERS = {"docx": plan_files.word, "xlsx": plan_files.excel}
BOTH = pytest.mark.parametrize("kind", list(WRITERS))


@pytest.fixture
def register():
    call_command("load_units", verbosity=0)


def table_2024():
    """The county's table, without the notice's own requirements."""
    with open("fixtures/plan-2024.json") as file:
        data = json.load(file)
    return {**data, "parts": [part for part in data["parts"] if part["kind"] == "table"]}


def out_and_in(plan, kind, folder):
    """Write the plan, read the file, and return what the importer makes of it."""
    path = folder / f"plan.{kind}"
    path.write_bytes(WRITERS[kind](plan).read())
    proposal = understand(read(path), plan.year, imports.known_names())
    assert [question.text for question in proposal.questions] == []
    return proposal.as_plan_data()


@BOTH
def test_the_2024_table_comes_back_as_it_went_out(register, tmp_path, kind):
    with open("fixtures/plan-2024.json") as file:
        plan = issuing.build(json.load(file))

    assert out_and_in(plan, kind, tmp_path) == table_2024()


LETTERS = "公开政务信息平台建设解读回应督查落实做好加强推进"
words = st.text(alphabet=LETTERS, min_size=4, max_size=60)
prose = st.builds(
    lambda first, more, mark: mark.join([first, *more]) + "。",
    words,
    st.lists(words, max_size=3),
    st.sampled_from(["，", "。\n", "；"]),
)
DEADLINES = ["12月底前", "6月30日前", "上半年", "第三季度", "每季度末", "每月5日前", "长期坚持", "2024年11月底前"]
NAMES = ["县商务局", "县财政局", "县民政局", "县发展和改革局", "县政府各部门、单位", "各乡镇（街道）人民政府（办事处）"]
names = st.lists(st.sampled_from(NAMES), unique=True, max_size=4)
CHINESE = "一二三四五六七八九"


@st.composite
def plan_data(draw):
    """A plan that paper can carry: headed or unheaded parts and sections, rows that may go on from the row above."""
    has_parts, has_sections = draw(st.booleans()), draw(st.booleans())
    parts, section_number, number = [], 0, 0
    start = draw(st.sampled_from([0, 0, 0, 7]))
    for part in range(draw(st.integers(1, 3)) if has_parts else 1):
        sections = []
        for _ in range(draw(st.integers(1, 3)) if has_sections else 1):
            section_number += 1
            rows = []
            for _ in range(draw(st.integers(1, 4))):
                number += 1
                rows.append(draw(row(start + number, rows[-1] if rows else None)))
            heading = f"（{section_number}）{draw(words)}" if has_sections else ""
            sections.append({"heading": heading, "tasks": rows})
        parts.append(
            {"heading": f"{CHINESE[part]}、{draw(words)}" if has_parts else "", "kind": "table", "sections": sections}
        )
    about = {
        "year": 2024,
        "title": f"2024年{draw(words)}任务分解表",
        "document_number": draw(st.sampled_from(["", "汶政办字〔2024〕8号"])),
        "issuer": "汶上县人民政府办公室",
        "issued_on": "2024-06-24",
        "basis": draw(st.sampled_from([[], [{"title": "省要点的通知", "number": "鲁政办发〔2024〕2号"}]])),
    }
    return {"plan": about, "parts": parts}


@st.composite
def row(draw, number, above):
    from tasks.imports.meaning.deadlines import read as read_deadline

    deadline = draw(st.sampled_from(DEADLINES))
    meant = read_deadline(deadline, 2024)
    lead, responsible = draw(names), draw(names)
    if not lead and not responsible:
        lead = ["县商务局"]
    cells = {"lead": lead, "responsible": responsible}
    for role, own in list(cells.items()):
        goes_on = bool(above and above[role]) and draw(st.booleans())
        cells[role] = list(above[role]) if goes_on else own
        cells[f"{role}_from_cell_above"] = goes_on
    return {
        "number": number,
        "requirement": draw(prose),
        "deadline_as_written": deadline,
        "due_on": meant.due_on and meant.due_on.isoformat(),
        "recurrence": meant.recurrence,
        "recurrence_day": meant.recurrence_day,
        "target_count": None,
        **cells,
    }


@BOTH
@settings(
    max_examples=40 if LONG else 12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=plan_data())
def test_any_plan_comes_back_as_it_went_out(register, tmp_path, kind, data):
    plan = issuing.build(copy.deepcopy(data))

    assert out_and_in(plan, kind, tmp_path) == data

    Plan.objects.all().delete()


def test_the_word_file_merges_cells_and_repeats_its_head(register, tmp_path):
    plan = issuing.build(table_2024())

    document = Document(plan_files.word(plan))

    table = document.tables[0]
    head = [cell.text for cell in table.rows[0].cells]
    xml = table._tbl.xml
    assert head == ["工作任务", "牵头部门", "责任单位", "具体要求", "完成时限"]
    assert "w:tblHeader" in xml
    assert xml.count('<w:gridSpan w:val="5"/>') == 5
    page = document.sections[0]
    assert page.page_width > page.page_height


def test_the_excel_file_merges_cells_and_is_set_up_for_paper(register):
    plan = issuing.build(table_2024())

    sheet = load_workbook(plan_files.excel(plan)).active

    assert "A11:A15" in {str(area) for area in sheet.merged_cells.ranges}
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 8)
    assert sheet.print_title_rows == "$9:$9"


def test_text_that_looks_like_a_formula_stays_text():
    task = TaskFactory(section=SectionFactory(part=PartFactory(plan=PlanFactory())), requirement="=1+1\x0b", number=1)

    sheet = load_workbook(plan_files.excel(task.plan)).active
    document = Document(plan_files.word(task.plan))

    cell = next(cell for line in sheet.iter_rows() for cell in line if cell.value == "=1+1")
    assert (cell.data_type, cell.quotePrefix) == ("s", True)
    assert document.tables[0].rows[-1].cells[3].text == "=1+1"


@BOTH
def test_an_issued_plan_is_anybodys_file_and_a_draft_the_offices(client, kind):
    draft, issued = PlanFactory(state="draft"), PlanFactory()
    answers = {}
    for role in (Role.OFFICE, Role.AUDITOR, Role.LIAISON):
        client.force_login(UserFactory(role=role))
        answers[role] = [
            client.get(reverse(f"reports:plan-{kind}", args=[plan.pk])).status_code for plan in (issued, draft)
        ]

    assert answers == {Role.OFFICE: [200, 200], Role.AUDITOR: [200, 404], Role.LIAISON: [200, 404]}


@BOTH
def test_the_file_is_named_after_the_plan(client, kind):
    client.force_login(UserFactory(role=Role.OFFICE))
    draft = PlanFactory(state="draft", title="2025年分解表")

    response = client.get(reverse(f"reports:plan-{kind}", args=[draft.pk]))

    from urllib.parse import unquote

    assert f"2025年分解表（拟制稿）.{kind}" in unquote(response.headers["Content-Disposition"])
    assert zipfile.is_zipfile(io.BytesIO(b"".join(response.streaming_content)))


@BOTH
def test_the_queries_do_not_grow_with_the_rows(kind):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    section = SectionFactory(part=PartFactory(plan=PlanFactory()))
    TaskFactory(section=section, number=1)
    with CaptureQueriesContext(connection) as few:
        WRITERS[kind](section.part.plan)
    for number in range(2, 30):
        TaskFactory(section=section, number=number)
    with CaptureQueriesContext(connection) as many:
        WRITERS[kind](section.part.plan)

    assert len(many) == len(few)
