"""The bulletin, opened again: every figure and sentence is what plain Python finds in the raw rows."""

import datetime as dt
import io
import re
from collections import Counter

import pytest
import time_machine
from django.urls import reverse
from docx import Document

from departments.choices import UnitKind
from reports.choices import TemplateKind
from reports.exports.word import annual_report, bulletin, default_templates, lagging
from reports.exports.word.bulletin_words import in_words
from reports.exports.word.fields import ANNUAL_REPORT, BULLETIN
from reports.exports.word.template_language import Group, Rows
from reports.services import templates
from tasks.choices import Light
from tasks.models import Assignment, Plan
from tasks.scope import Scope
from tests.factories import AssignmentFactory, PartFactory, PlanFactory, SectionFactory, TaskFactory, UnitFactory
from tests.reports.figures.test_figures import LIVELY_DAYS, counted_plainly, lit, owed_on, seen_by
from tests.reports.figures.test_figures import county as lively  # noqa: F401, a fixture
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.core.evenings import evening
from wenshang_disclosure.core.working_days import add_working_days

from .test_templates import send, text_of, word

pytestmark = pytest.mark.django_db

ORDER = ("owed", "done", "rate", "overdue", "due_soon", "review", "on_track", "not_started")
NEXT = {
    "限期办理": "overdue",
    "盯紧临期": "due_soon",
    "尽快启动": "not_started",
    "持续推进": "on_track",
}
LIGHTS = {"待审核": "review", "推进中": "on_track", "临期": "due_soon", "未启动": "not_started", "逾期": "overdue"}


def document_of(user, as_of, plan=None):
    with evening(as_of):
        made = bulletin.bulletin(Scope(user, plan or Plan.objects.get(), as_of), default_templates.bulletin())
    return Document(made)


def lines(document):
    return [paragraph.text for paragraph in document.paragraphs if paragraph.text]


def rows_of(table):
    return [[cell.text for cell in row.cells] for row in table.rows[1:]]


def percent(part, whole):
    """Half up, as people round: 1 of 16 is 6.3%."""
    return f"{(2000 * part + whole) // (2 * whole) / 10:.1f}%" if whole else "—"


def told_plainly(duties, as_of):
    told = counted_plainly(duties, as_of)
    return told | {"rate": percent(told["done"], told["owed"])}


def table_with(document, head):
    """The rows of the table that has a column of this name, without heads."""
    return next(
        (rows_of(table) for table in document.tables if head in [cell.text for cell in table.rows[0].cells]), []
    )


def test_every_number_of_the_annex_is_what_plain_python_counts(lively):  # noqa: F811
    user = lively["office"]
    for as_of in LIVELY_DAYS[1:]:
        duties = owed_on(seen_by(user), as_of)

        rows = table_with(document_of(user, as_of), "单位")

        shown, place = [], 0
        for label, kind in (("部门、单位", UnitKind.DEPARTMENT), ("乡镇（街道）", UnitKind.TOWN)):
            of_group = [duty for duty in duties if duty.unit.kind == kind]
            names = {duty.unit.name for duty in of_group}
            listed, rows = rows[: len(names)], rows[len(names) :]
            assert {row[1] for row in listed} == names
            for place, row in enumerate(listed, 1):
                shown.append((row, [str(place), row[1]], [duty for duty in of_group if duty.unit.name == row[1]]))
            total, rows = (rows[0], rows[1:]) if names else (None, rows)
            if total:
                shown.append((total, [f"{label}{len(names)}个"] * 2, of_group))
        shown.append((rows[0], ["合计"] * 2, duties))
        assert len(rows) == 1
        for row, about, own in shown:
            plain = told_plainly(own, as_of)
            assert row == [*about, *(str(plain[figure]) for figure in ORDER)]


def test_what_lags_is_every_overdue_duty_by_row_with_the_units_behind_it(lively):  # noqa: F811
    user = lively["office"]
    for as_of in LIVELY_DAYS[1:]:
        late = {}
        for duty in owed_on(seen_by(user), as_of):
            if lit(duty, as_of)[0] == Light.OVERDUE:
                late.setdefault(duty.task, []).append(duty)

        rows = table_with(document_of(user, as_of), "逾期的单位")

        assert sorted(rows, key=lambda row: int(row[0])) == [
            [
                str(task.number),
                lagging.in_short(task.requirement),
                "至".join(in_words(day) for day in sorted({min(d.due_on for d in own), max(d.due_on for d in own)})),
                str(len(own)),
                str(max((as_of - duty.due_on).days for duty in own)),
                "、".join(duty.unit.label for duty in sorted(own, key=lambda duty: (duty.unit.order, duty.unit_id))),
            ]
            for task, own in sorted(late.items(), key=lambda item: item[0].number)
        ]
        assert [int(row[3]) for row in rows] == sorted((int(row[3]) for row in rows), reverse=True)


def test_a_county_that_is_late_with_everything_names_what_fits_and_counts_the_rest(county):
    plan = PlanFactory(year=2030, issued_on=dt.date(2024, 6, 24))
    section = SectionFactory(part=PartFactory(plan=plan))
    units = [UnitFactory(name=f"甲{n}局", order=n) for n in range(12)]
    units += [UnitFactory(name=f"乙{n}镇", order=20 + n, kind=UnitKind.TOWN) for n in range(11)]
    for number in range(1, 32):
        task = TaskFactory(section=section, number=number, due_on=dt.date(2024, 7, 1), requirement="做好公开" * 30)
        for unit in units if number <= 1 else units[:1]:
            AssignmentFactory(task=task, unit=unit)

    document = document_of(county.people["office"], dt.date(2024, 8, 1), plan)

    rows = table_with(document, "逾期的单位")
    named = "、".join(f"甲{n}局" for n in range(5))
    assert rows[0] == [
        "1",
        "做好公开" * 7 + "做…",
        "2024年7月1日",
        "23",
        "31",
        f"{named}等12个单位、全部11个乡镇（街道）",
    ]
    assert [row[0] for row in rows] == [str(number) for number in range(1, 31)]
    assert "存在逾期事项的任务共31项、53件，件数居前的30项如下：" in lines(document)
    assert "其余1项任务（第31项）另有逾期事项1件。" in lines(document)
    assert "（一）限期办理逾期事项。附件“逾期”栏所列的23个单位，逾期事项共53件，" in next(
        line for line in lines(document) if line.startswith("（一）")
    )


def test_the_sentences_follow_the_figures(lively):  # noqa: F811
    user = lively["office"]
    for as_of in LIVELY_DAYS[1:]:
        duties = owed_on(seen_by(user), as_of)
        total = told_plainly(duties, as_of)

        told = lines(document_of(user, as_of))

        overall = next(line for line in told if line.startswith("截至"))
        units, tasks = len({duty.unit_id for duty in duties}), len({duty.task_id for duty in duties})
        assert f"全县{units}个单位承办{tasks}项任务，应办事项共{total['owed']}件" in overall
        assert_says(overall, total)
        rows = {row[0]: row[1:] for row in table_with(document_of(user, as_of), "部分")}
        assert set(rows) == {duty.task.section.part.heading for duty in duties}
        for part in {duty.task.section.part for duty in duties}:
            plain = told_plainly([duty for duty in duties if duty.task.section.part_id == part.pk], as_of)
            assert rows[part.heading] == [str(plain[figure]) for figure in ORDER]


def assert_says(line, plain):
    if plain["done"]:
        assert f"已办结{plain['done']}件，办结率{plain['rate']}" in line
    else:
        assert "尚无事项办结" in line
    late = plain["done"] - plain["on_time"]
    assert (f"（按时办结{plain['on_time']}件，逾期办结{late}件）" in line) == bool(late)
    rest = line.replace("逾期办结", "")
    said = {label: int(number) for label, number in re.findall(f"({'|'.join(LIGHTS)})(\\d+)件", rest)}
    assert said == {label: plain[name] for label, name in LIGHTS.items() if plain[name]}
    assert ("没有逾期事项。" in line) == (plain["overdue"] == 0)


def test_who_is_ahead_and_who_is_late_departments_and_townships_apart(lively):  # noqa: F811
    user = lively["office"]
    for as_of in LIVELY_DAYS[1:]:
        duties = owed_on(seen_by(user), as_of)

        told = lines(document_of(user, as_of))

        for label, kind in (("部门、单位", UnitKind.DEPARTMENT), ("乡镇（街道）", UnitKind.TOWN)):
            of_group = [duty for duty in duties if duty.unit.kind == kind]
            by_unit = {
                unit: told_plainly([duty for duty in of_group if duty.unit == unit], as_of)
                for unit in {duty.unit for duty in of_group}
            }
            whole = told_plainly(of_group, as_of)
            good = [
                f"{unit.name}（办结{plain['done']}件，{plain['rate']}）"
                for unit, plain in by_unit.items()
                if plain["done"]
                and not plain["overdue"]
                and plain["done"] * whole["owed"] >= whole["done"] * plain["owed"]
            ]
            late = [f"{unit.name}（{plain['overdue']}件）" for unit, plain in by_unit.items() if plain["overdue"]]
            ahead_line, late_line = [line for line in told if line.startswith(label)]
            assert set(re.findall("(?<=[：、])测试[^、。]+", ahead_line)) == set(good)
            assert set(re.findall("(?<=[：、])测试[^、。]+", late_line)) == set(late)
            assert late_line.startswith(f"{label}中，{len(late)}个单位" if late else f"{label}没有逾期事项。")


def test_each_unit_is_asked_for_what_it_owes_by_a_day_and_the_office_for_nothing(lively):  # noqa: F811
    user = lively["office"]
    for as_of in LIVELY_DAYS[1:]:
        duties = owed_on(seen_by(user), as_of)

        told = lines(document_of(user, as_of))

        steps = [line for line in told if re.match("（[一二三四五]）", line)]
        plain = told_plainly(duties, as_of)
        assert [line[3:7] for line in steps] == [word for word, name in NEXT.items() if plain[name]]
        assert [line[:3] for line in steps] == [f"（{digit}）" for digit in "一二三四五"[: len(steps)]]
        for line in steps:
            name = NEXT[line[3:7]]
            owing = Counter(duty.unit.label for duty in duties if lit(duty, as_of)[0] == name)
            assert set(re.findall("[。、]([^。、]+)（(\\d+)件）", line)) == {
                (label, f"{n}") for label, n in owing.items()
            }
            assert f"共{plain[name]}件" in line
        assert not [line for line in steps if "限期" in line and in_words(add_working_days(as_of, 5)) not in line]


def test_units_that_equal_the_last_one_named_are_named_as_well(office, county):
    plan = PlanFactory(year=2030, issued_on=dt.date(2024, 6, 24))
    task = TaskFactory(section=SectionFactory(part=PartFactory(plan=plan)), due_on=dt.date(2024, 7, 1))
    for number in range(12):
        AssignmentFactory(task=task, unit=UnitFactory(name=f"甲{number}局", order=number))

    told = lines(document_of(county.people["office"], dt.date(2024, 8, 1), plan))

    line = next(line for line in told if line.startswith("部门、单位中，12个"))
    assert line.count("局（1件）") == 12


def test_before_anything_was_owed_the_bulletin_says_so_and_has_no_tables(lively):  # noqa: F811
    document = document_of(lively["office"], dt.date(2024, 6, 23))

    assert "截至2024年6月23日，没有应办事项。" in lines(document)
    assert document.tables == []
    assert not [line for line in lines(document) if "附件" in line or "逾期" in line]


def test_hostile_text_comes_out_to_the_letter(county):
    hostile = "<w:p/>&amp;{{ 标题 }}{%p endfor %}{_{\u0007\x0b\"'第一行\n第二行"
    county.task.requirement, county.plan.title = hostile, "甲<b>&乙{{ 7*7 }}"
    with time_machine.travel(on_day(dt.date(2025, 6, 1)), tick=False):
        county.task.save()
        county.plan.save()

    document = document_of(county.people["office"], dt.date(2025, 6, 1), county.plan)

    assert any("《甲<b>&乙{{ 7*7 }}》" in line for line in lines(document))
    said = hostile.replace("\u0007", "").replace("\x0b", "")
    assert lagging.in_short(said) in {row[1] for row in table_with(document, "逾期的单位")}


def test_the_layout_is_that_of_official_documents(county):
    document = document_of(county.people["office"], dt.date(2024, 11, 30), county.plan)

    page = document.sections[0]
    margins = (page.top_margin, page.bottom_margin, page.left_margin, page.right_margin)
    assert [round(margin.mm) for margin in margins] == [37, 35, 28, 26]
    assert (round(page.page_width.mm), round(page.page_height.mm)) == (210, 297)
    title, body = document.paragraphs[0], next(p for p in document.paragraphs if p.text.startswith("截至"))
    assert face_and_size(title) == ("方正小标宋简体", 22)
    assert face_and_size(body) == ("仿宋_GB2312", 16)
    assert body.paragraph_format.line_spacing.pt == 28
    for footer in (page.footer, page.even_page_footer):
        assert footer.paragraphs[0]._p.xpath("string(.)") == "— PAGE —"


def face_and_size(paragraph):
    run = paragraph.runs[0]
    return run._element.xpath("string(w:rPr/w:rFonts/@w:eastAsia)"), run.font.size.pt


@pytest.mark.parametrize("as_of", [LIVELY_DAYS[0], LIVELY_DAYS[2]])
def test_the_data_are_exactly_the_fields_that_are_explained(lively, as_of):  # noqa: F811
    plan, user = Plan.objects.get(), lively["office"]

    with evening(as_of):
        assert_has(bulletin.fields(Scope(user, plan, as_of)), BULLETIN)
        for unit in (None, lively["unit"].unit):
            assert_has(annual_report.fields(Scope(user, plan, as_of), unit), ANNUAL_REPORT)


def assert_has(data, fields):
    assert set(data) == set(fields)
    for name, meant in fields.items():
        if isinstance(meant, Rows):
            assert isinstance(data[name], list)
            for row in data[name]:
                assert_has(row, meant)
        elif isinstance(meant, Group):
            assert_has(data[name], meant)
        else:
            assert type(data[name]) is type(meant.example), name


# --- the address ------------------------------------------------------------------------------------------------------


def scope(client, query=""):
    return client.get(f"{reverse('reports:export-bulletin')}?{query}")


def opened(response):
    assert response.status_code == 200, response.content.decode()[:1000]
    return io.BytesIO(b"".join(response.streaming_content))


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("as_of=2024-06-23", "于2024年6月24日印发，截至日期不能早于印发日期"),
        ("as_of=2999-01-01", "截至日期不能晚于今天"),
        ("as_of=abc", "请按“2024-09-30”的格式"),
    ],
)
@pytest.mark.parametrize("name", ["reports:export-bulletin", "reports:export-annual-report"])
def test_a_day_of_which_nothing_can_be_told_is_refused(office, name, query, sentence):
    response = office.get(f"{reverse(name)}?{query}")

    assert response.status_code == 400
    assert sentence in response.content.decode()


def test_the_offices_template_is_used_until_the_products_own_is_put_back(office, county):
    send(
        office,
        word("本办通报：{{ 标题 }}", "{%p for 行 in 各部分 %}", "{{ 行.名称 }}：{{ 行.应办 }}件", "{%p endfor %}"),
    )

    first = text_of(opened(scope(office, "as_of=2024-06-24")))
    templates.put_back(TemplateKind.BULLETIN, by=county.people["office"])
    second = text_of(opened(scope(office, "as_of=2024-06-24")))

    part = county.task.section.part
    count = Assignment.objects.filter(task__section__part=part).count()
    assert first == f"本办通报：关于2024年政务公开重点工作\n进展情况的通报\n{part.heading}：{count}件"
    assert "二、进展较快的单位" in second


def test_a_template_kept_before_its_fields_were_renamed_says_what_to_do(office, monkeypatch):
    monkeypatch.setattr("reports.exports.word.custom_templates.check", lambda upload, kind: None)
    send(office, word("{{ 旧字段 }}"))

    response = scope(office)

    assert response.status_code == 422
    assert "重新上传，或恢复使用系统自带模板" in response.content.decode()


def test_demonstration_data_are_marked_on_the_file(office, county):
    assert "含演示数据" not in text_of(opened(scope(office)))
    county.plan.has_demo_activity = True
    county.plan.save()

    assert "（含演示数据，不反映任何单位的真实工作情况）" in text_of(opened(scope(office)))


def test_the_dashboard_offers_the_files_of_its_plan_and_day(client, county):
    address = f"{reverse('reports:dashboard')}?as_of=2024-11-30"
    files = [f"{reverse(f'reports:export-{name}')}?as_of=2024-11-30" for name in ("bulletin", "annual-report")]
    for role in ("office", "auditor"):
        client.force_login(county.people[role])

        page = client.get(address).content.decode()

        assert [f'href="{file}"' in page for file in files] == [True, True]
        assert reverse("reports:templates") in page


def test_the_page_of_a_unit_offers_its_people_the_draft_of_the_year_and_no_bulletin(client, county):
    client.force_login(county.people["liaison"])

    page = client.get(reverse("reports:unit", args=[county.town.pk]), {"as_of": "2024-11-30"}).content.decode()

    about = f"?unit={county.town.pk}&amp;plan={county.plan.pk}&amp;as_of=2024-11-30"
    assert f'href="{reverse("reports:export-annual-report")}{about}"' in page
    assert reverse("reports:export-bulletin") not in page
    assert reverse("reports:templates") not in page
