"""The leaders' workbook, opened again: every figure is what plain Python counts, every link leads to its rows."""

import datetime as dt
import io
import re
import zipfile

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from openpyxl.utils import range_boundaries

from reports.exports import workbook
from reports.exports.workbook import details, overview, units
from tasks.choices import Light
from tasks.models import Assignment, Plan, ProgressReport
from tasks.scope import Scope
from tests.factories import AssignmentFactory, EvidenceFactory, TaskFactory, submit
from tests.reports.lives import (
    LIVELY_DAYS,
    counted_plainly,
    lit,
    lively_county,
    owed_on,
    seen_by,
    submitted_on,
)
from wenshang_disclosure.core.evenings import evening
from wenshang_disclosure.core.office.xlsx import NO_ROWS, Book

pytestmark = pytest.mark.django_db

SHEETS = ["总览", "任务台账", "单位汇总", "逾期清单", "承办事项", "报送明细", "佐证清单"]
LISTS = {
    "逾期清单": details.DUTY_COLUMNS,
    "承办事项": details.DUTY_COLUMNS,
    "报送明细": details.REPORT_COLUMNS,
    "佐证清单": details.EVIDENCE_COLUMNS,
    "单位汇总": [units.PLACE, *units.COLUMNS[1:]],
}
LABELS = {light.label: light.value for light in Light}


def written(user, as_of, *names):
    """The workbook, or those sheets, of what a person may see."""
    with evening(as_of):
        scope = Scope(user, Plan.objects.get(), as_of)
        ever = Assignment.objects.visible_to(user).filter(plan=scope.plan).with_light(as_of)
        return workbook.write(scope, scope.duties(), ever, names or tuple(workbook.SheetName))


def opened(file, **how):
    return load_workbook(io.BytesIO(file.read() if hasattr(file, "read") else file), **how)


def book_of(user, as_of, **how):
    return opened(written(user, as_of), data_only=True, **how)


def below(sheet, first):
    """The rows below the line that begins with one of `first` (a/b), up to the next empty one, as dicts by heading."""
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    start = next(index for index, row in enumerate(rows) if row[0] in first.split("/"))
    found = []
    for row in rows[start + 1 :]:
        if row[0] is None and row[1] in (None, "合计") or row[0] == NO_ROWS:
            break
        found.append(dict(zip(rows[start], row, strict=True)))
    return found


def figures_of(row):
    lights = {value: row[label] for label, value in LABELS.items()}
    return {"owed": row["应办"], "on_time": row["按时办结"], **lights}


def share(part, whole):
    return pytest.approx(part / whole) if whole else "—"  # the file has sixteen digits of it


def shares_hold(row):
    return row["办结率"] == share(row["办结"], row["应办"]) and row["按时率"] == share(row["按时办结"], row["办结"])


@pytest.fixture(scope="module")
def shared_lives(share):
    """The months with some evidence."""

    def make():
        people = lively_county()
        for number, report in enumerate(ProgressReport.objects.all()[:5]):
            EvidenceFactory(report=report, title=f"材料{number}")
        return people

    return share(make)


# --- every figure, in plain Python ------------------------------------------------------------------------------------


def test_every_figure_is_what_plain_python_counts(lives):
    for user in lives.values():
        for as_of in LIVELY_DAYS[1:]:
            duties = owed_on(seen_by(user), as_of)
            book = book_of(user, as_of)

            _check_overview(book["总览"], duties, as_of)
            _check_units(book["单位汇总"], duties, as_of)
            _check_duties(book, duties, as_of)
            _check_reports(book, user, as_of)


def _check_overview(sheet, duties, as_of):
    groups = {
        "部分": lambda duty: duty.task.section.part.heading,
        "工作任务": lambda duty: duty.task.section.heading,
        "组别": lambda duty: "乡镇（街道）" if duty.unit.kind == "town" else "部门、单位",
    }
    for head, key in groups.items():
        rows = below(sheet, head)
        whole = [row for row in rows if row[head] == "合计"]
        rows = [row for row in rows if row[head] != "合计"]
        assert [row[head] for row in rows] == sorted({key(duty) for duty in duties}, key=[r[head] for r in rows].index)
        for row in rows:
            of_row = [duty for duty in duties if key(duty) == row[head]]
            assert figures_of(row) == counted_plainly(of_row, as_of)
            assert row["任务"] == len({duty.task_id for duty in of_row})
            assert shares_hold(row)
        for row in whole:
            assert figures_of(row) == counted_plainly(duties, as_of)
            assert row["任务"] == len({duty.task_id for duty in duties})
            assert shares_hold(row)
    _check_tiles(sheet, duties, as_of)
    months = below(sheet, "月份")
    done = sum(lit(duty, as_of)[0] == Light.DONE for duty in duties)
    due = sum(bool(duty.due_on) and duty.due_on <= as_of for duty in duties)
    assert not months or (months[-1]["已办结"], months[-1]["已到期"]) == (done, due)


def _check_tiles(sheet, duties, as_of):
    rows = list(sheet.iter_rows(values_only=True))
    labels = next(index for index, row in enumerate(rows) if row[0] == "任务（项）")
    tiles = {label: value for label, value in zip(rows[labels], rows[labels + 1], strict=True) if label}
    told = counted_plainly(duties, as_of)
    assert tiles["任务（项）"] == len({duty.task_id for duty in duties})
    assert tiles["应办事项（件）"] == told["owed"]
    assert tiles["办结率"] == share(told["done"], told["owed"])
    assert tiles["按时率"] == share(told["on_time"], told["done"])
    assert tiles["逾期（件）"] == told["overdue"]


def _check_units(sheet, duties, as_of):
    rows = below(sheet, "名次/序号")
    assert {row["单位"] for row in rows} == {duty.unit.name for duty in duties}
    for row in rows:
        of_unit = [duty for duty in duties if duty.unit.name == row["单位"]]
        assert figures_of(row) == counted_plainly(of_unit, as_of)
        assert shares_hold(row)
    total = next(row for row in sheet.iter_rows(values_only=True) if row[1] == "合计")
    assert figures_of(dict(zip(rows[0], total, strict=True))) == counted_plainly(duties, as_of)


def _check_duties(book, duties, as_of):
    told = {(duty.task.number, duty.unit.name): lit(duty, as_of)[0] for duty in duties}
    rows = below(book["承办事项"], "序号")
    assert {(row["序号"], row["承办单位"]): LABELS[row["亮灯"].split("（")[0]] for row in rows} == told
    late = below(book["逾期清单"], "序号")
    assert {(row["序号"], row["承办单位"]) for row in late} == {key for key in told if told[key] == Light.OVERDUE}


def _check_reports(book, user, as_of):
    stood = submitted_on(seen_by(user), as_of)
    told = sorted(
        (
            report.assignment.unit.name,
            report.assignment.task.number,
            timezone.localtime(at).replace(tzinfo=None, microsecond=0),
            {"submitted": "待审核", "approved": "已通过", "returned": "已退回"}[state],
            report.evidence.count(),
        )
        for report, at, state in stood
    )
    rows = below(book["报送明细"], "报送单位")
    fields = ("报送单位", "序号", "报送时间", "审核状态", "佐证数")
    assert sorted(tuple(row[name] for name in fields) for row in rows) == told
    items = below(book["佐证清单"], "报送单位")
    assert len(items) == sum(row["佐证数"] for row in rows)
    submitted = {row["单位"]: (row["报送报告"], row["佐证材料"]) for row in below(book["单位汇总"], "名次/序号")}
    for unit, counts in submitted.items():
        assert counts[0] == sum(row["报送单位"] == unit for row in rows)
        assert counts[1] == sum(row["报送单位"] == unit for row in items)


# --- the file as a file -----------------------------------------------------------------------------------------------


def test_the_sheets_are_ready_for_screen_and_paper(lives):
    book = book_of(lives["office"], LIVELY_DAYS[1])

    assert book.sheetnames == SHEETS
    for sheet in book:
        assert sheet.freeze_panes
        setup = sheet.page_setup
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (setup.orientation, setup.fitToWidth or 1, setup.fitToHeight) == ("landscape", 1, 0)
        assert str(sheet.page_setup.paperSize) in ("8", "9")
        assert sheet.oddFooter.center.text.startswith("第 &P 页")
    for name, columns in LISTS.items():
        sheet = book[name]
        head = int(re.match(r"\$(\d+)", sheet.print_title_rows).group(1))
        assert [cell.value for cell in sheet[head]] == [column[0] for column in columns]
        assert sheet.auto_filter.ref.startswith(f"A{head}:")
        assert sheet.freeze_panes.endswith(str(head + 1))
    assert book["任务台账"].print_title_rows == "$3:$3"


def test_the_ledger_is_merged_as_the_official_one(client, lives):
    client.force_login(lives["office"])
    address = {"as_of": f"{LIVELY_DAYS[1]}"}
    theirs = opened(b"".join(client.get(reverse("reports:export-ledger"), address).streaming_content)).active

    ours = book_of(lives["office"], LIVELY_DAYS[1])["任务台账"]

    values = [[list(row) for row in sheet.iter_rows(values_only=True)] for sheet in (ours, theirs)]
    assert values[0] == values[1]
    merged = [{str(cells) for cells in sheet.merged_cells.ranges} for sheet in (ours, theirs)]
    assert merged[0] == merged[1]
    heights = [[sheet.row_dimensions[row].height for row in range(1, sheet.max_row + 1)] for sheet in (ours, theirs)]
    assert heights[0] == pytest.approx(heights[1], abs=0.5)  # the library rounds to whole pixels


def test_excel_draws_the_charts(lives):
    file = written(lives["office"], LIVELY_DAYS[1])

    with zipfile.ZipFile(file) as parts:
        charts = [parts.read(name).decode() for name in parts.namelist() if re.match(r"xl/charts/chart\d", name)]
    assert len(charts) == 4  # parts, departments, townships, burn-up
    assert sum('<c:grouping val="stacked"/>' in chart for chart in charts) == 1
    assert all("总览" in chart for chart in charts)


def test_every_link_leads_to_the_rows_behind_the_figure(lives):
    book = opened(written(lives["office"], LIVELY_DAYS[2]), data_only=True)

    found = 0
    for sheet in (book["总览"], book["单位汇总"]):
        heads = None
        for row in sheet.iter_rows():
            if row[1].value in ("任务", "单位"):
                heads = {cell.column: cell.value for cell in row}
            for cell in row:
                if cell.hyperlink:
                    found += 1
                    _check_link(book, cell, (heads or {}).get(cell.column))
    assert found > 50


def _check_link(book, cell, head):
    name, area = re.fullmatch(r"'(.+)'!(.+)", cell.hyperlink.location).groups()
    _, first, _, last = range_boundaries(area)
    target = book[name]
    assert target.cell(first, 1).value is not None or name == "任务台账"
    if name == "承办事项" and head in LABELS:
        column = next(cell.column for row in target.iter_rows(max_row=first) for cell in row if cell.value == "亮灯")
        lights = [target.cell(row, column).value.split("（")[0] for row in range(first, last + 1)]
        assert set(lights) == {head}
        assert len(lights) in (1, cell.value)
    if head in ("报送报告", "佐证材料"):
        unit = cell.parent.cell(cell.row, 2).value
        assert [target.cell(row, 1).value for row in range(first, last + 1)] == [unit] * cell.value


@pytest.mark.parametrize("name", workbook.SheetName)
def test_a_sheet_alone_is_the_sheet_of_the_workbook(lives, name):
    alone = opened(written(lives["office"], LIVELY_DAYS[1], name), data_only=True)
    whole = book_of(lives["office"], LIVELY_DAYS[1])

    assert alone.sheetnames == [name.label]
    values = [[list(row) for row in book[name.label].iter_rows(values_only=True)] for book in (alone, whole)]
    assert values[0] == values[1]
    assert not [cell for row in alone.active.iter_rows() for cell in row if cell.hyperlink]


def test_a_lead_and_a_unit_get_what_they_may_see(lives):
    rows = {
        name: {row["承办单位"] for row in below(book_of(user, LIVELY_DAYS[1])["承办事项"], "序号")}
        for name, user in lives.items()
    }

    assert rows["unit"] == {lives["unit"].unit.name}
    assert rows["unit"] < rows["office"]
    assert rows["lead"] == rows["office"]


# --- what goes wrong elsewhere ----------------------------------------------------------------------------------------

HOSTILE = ["=1+1", "+SUM(A1)", "-2+3", "@cmd", "＝1+1", "<r><t>x</t></r>", "_x0041_", "</t></is></c>", "a&b \x07 c"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(client, county, text):
    client.force_login(county.people["office"])
    task = TaskFactory(section=county.task.section, requirement=f"{text}")
    report = submit(AssignmentFactory(task=task, unit=county.town), text=text)
    EvidenceFactory(report=report, title=text)

    book = opened(b"".join(client.get(reverse("reports:export-summary")).streaming_content))

    shown = text.replace("\x07", "")
    for name in ("承办事项", "报送明细", "佐证清单", "任务台账"):
        cells = [cell for row in book[name].iter_rows() for cell in row]
        assert not [cell for cell in cells if cell.data_type == "f"]
        written = [cell for cell in cells if _as_excel_reads(cell.value) == shown]
        assert written, name
        assert all(cell.quotePrefix for cell in written) == text.startswith(("=", "+", "-", "@", "＝"))


def _as_excel_reads(value):
    return value.replace("_x005F_", "_") if isinstance(value, str) else value


def test_a_file_without_rows_says_so(lives):
    as_of = dt.date(2024, 6, 23)  # the day before the plan was issued

    book = book_of(lives["office"], as_of)

    for sheet in book:
        words = [cell for row in sheet.iter_rows(values_only=True) for cell in row if cell]
        if sheet.title == "任务台账":  # the table stands, with nothing beside its rows yet
            continue
        assert NO_ROWS in words, sheet.title


def test_a_plan_without_rows_gives_a_file_that_says_so(lives):
    Plan.objects.get().title = "空"
    scope = Scope(lives["office"], Plan.objects.get(), LIVELY_DAYS[1], note="具体要求中的文字：无")

    with evening(scope.as_of):
        nothing = scope.duties().none()
        book = opened(workbook.write(scope, nothing, nothing))

    for sheet in book:
        words = [cell for row in sheet.iter_rows(values_only=True) for cell in row if cell]
        assert NO_ROWS in words, sheet.title
        assert any("筛选条件：具体要求中的文字：无" in str(word) for word in words)


def test_nothing_is_left_behind_where_a_row_fails(lives, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", f"{tmp_path}")

    def fails(*args):
        raise ZeroDivisionError

    monkeypatch.setattr(details, "_keyed", fails)
    with pytest.raises(ZeroDivisionError):
        written(lives["office"], LIVELY_DAYS[1])

    assert list(tmp_path.iterdir()) == []


def test_rows_are_written_before_the_next_is_read(lives):
    written = []

    with Book() as book:
        sheet = book.sheet("清单")

        def rows():
            for number in range(3000):
                written.append(sheet.worksheet.fh.tell() if number % 1000 == 0 else 0)
                yield [number, "文字" * 50]

        sheet.stream(0, [overview.Column("一", 9), overview.Column("二", 9)], rows())
        held = sheet.worksheet.table, sheet.worksheet.row_info, sheet.worksheet.row_sizes
        assert [len(rows) for rows in held] == [1, 1, 0]  # the last row waits for the next
        assert written[0] < written[1000] < written[2000]


# --- LibreOffice ------------------------------------------------------------------------------------------------------


@pytest.fixture
def converted(libreoffice, tmp_path):
    """Return a function that lets LibreOffice open a file, calculate every formula, and write it as another kind."""

    def convert(file, kind):
        source = tmp_path / "in.xlsx"
        source.write_bytes(file.read())
        return libreoffice(source, kind)

    return convert


def test_libreoffice_comes_to_the_same_figures(lives, converted):
    file = written(lives["office"], LIVELY_DAYS[1])
    ours = opened(file, data_only=True)
    file.seek(0)
    formulas = [cell for sheet in opened(file) for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    file.seek(0)

    theirs = load_workbook(converted(file, "xlsx"), data_only=True)

    assert len(formulas) > 50
    for cell in formulas:
        sheet = cell.parent.title
        told, calculated = ours[sheet][cell.coordinate].value, theirs[sheet][cell.coordinate].value
        assert calculated == pytest.approx(told) if told != "—" else calculated == told, (sheet, cell.coordinate)


def test_libreoffice_prints_every_sheet(lives, converted):
    printed = converted(written(lives["office"], LIVELY_DAYS[1]), "pdf").read_bytes()

    assert printed.startswith(b"%PDF")
    assert printed.count(b"/Type/Page") - printed.count(b"/Type/Pages") >= len(SHEETS)


# --- addresses --------------------------------------------------------------------------------------------------------


def test_the_address_gives_the_filtered_workbook_of_the_day(client, history):
    client.force_login(history.people["office"])
    unit = history.other_unit

    response = client.get(reverse("reports:export-summary"), {"unit": unit.pk, "as_of": "2024-09-30"})

    assert "2024%E5%B9%B4" in response["Content-Disposition"]
    book = opened(b"".join(response.streaming_content), data_only=True)
    assert [row["承办单位"] for row in below(book["承办事项"], "序号")] == [unit.name]
    assert [row["审核状态"] for row in below(book["报送明细"], "报送单位")] == ["待审核"]
    assert f"筛选条件：承办单位：{unit.name}" in [cell.value for cell in book["报送明细"]["A"]]
    assert [row[3].value for row in book["任务台账"].iter_rows(min_row=5)] == ["加强乡村振兴信息公开。"]


@pytest.mark.parametrize("query", [{"as_of": "x"}, {"as_of": "2999-01-01"}, {"light": "pink"}])
def test_a_wrong_address_gives_no_file(office, query):
    assert office.get(reverse("reports:export-summary"), query).status_code == 400


def test_there_are_no_other_sheets(office):
    assert office.get(reverse("reports:export-summary-sheet", args=["people"])).status_code == 404


def test_a_demo_says_that_it_is_one(client, county):
    Plan.objects.update(has_demo_activity=True)
    client.force_login(county.people["liaison"])

    book = opened(b"".join(client.get(reverse("reports:export-summary")).streaming_content))

    for sheet in book:
        assert any("含演示数据" in str(row[0]) for row in sheet.iter_rows(max_row=4, values_only=True)), sheet.title


@pytest.mark.parametrize("role", ["office", "liaison"])
def test_the_first_page_of_a_person_leads_to_the_workbook_and_each_sheet(client, county, role):
    client.force_login(county.people[role])

    page = client.get(reverse("reports:dashboard"), {"as_of": "2024-09-30"}, follow=True).content.decode()

    assert f'{reverse("reports:export-summary")}?as_of=2024-09-30"' in page
    for name in workbook.SheetName:
        assert f'{reverse("reports:export-summary-sheet", args=[name.value])}?as_of=2024-09-30"' in page


def test_the_page_of_a_unit_leads_the_office_to_its_workbook(client, county):
    client.force_login(county.people["office"])
    address = f"{reverse('reports:export-summary')}?unit={county.town.pk}"

    page = client.get(reverse("reports:unit", args=[county.town.pk])).content.decode()

    assert f'href="{address}"' in page
    book = opened(b"".join(client.get(address).streaming_content), data_only=True)
    assert {row["承办单位"] for row in below(book["承办事项"], "序号")} == {county.town.name}


def test_a_draft_and_its_evidence_are_left_out(client, county):
    client.force_login(county.people["liaison"])

    book = opened(b"".join(client.get(reverse("reports:export-summary")).streaming_content), data_only=True)

    assert [row["进展情况"] for row in below(book["报送明细"], "报送单位")] == [county.report.text]
    (item,) = below(book["佐证清单"], "报送单位")
    assert (item["文件名"], item["SHA-256"]) == ("方案.pdf", county.item.stored.sha256)
