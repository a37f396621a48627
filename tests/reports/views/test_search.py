"""Search: results, visibility, display and invalid queries."""

import datetime as dt
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from departments.models import Alias
from reports import search
from reports.templatetags.search import excerpt, marked
from tasks.models import Evidence, ProgressReport, Task
from tests.factories import (
    AssignmentFactory,
    EvidenceFactory,
    PlanFactory,
    SectionFactory,
    TaskFactory,
    UnitFactory,
    submit,
)
from tests.pages import page_of

pytestmark = pytest.mark.django_db


def found(user, text, plan=None):
    """Return the results by kind as text."""
    names = {
        "tasks": lambda task: task.number,
        "units": lambda unit: unit.name,
        "reports": lambda report: report.text,
        "evidence": lambda item: item.title,
    }
    return {group.kind: [names[group.kind](row) for row in group.rows] for group in search.find(user, plan, text)}


def search_page(client, query):
    return client.get(reverse("reports:search"), query)


@pytest.fixture
def clerk(county):
    """Return a person of the office."""
    return county.people["office"]


# --- words and numbers ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("招商引资", [1]),
        ("信息", [1, 2]),
        ("信息 乡村", [2]),
        ("  乡村　信息 ", [2]),
        ("招商 乡村", []),
        ("第12条", [12]),
        ("第12项", [12]),
        ("第 12 项", [12]),
        ("第１２条", [12]),
        ("第十二条", [12]),
        ("12", [12, 30]),
        ("12条", [12]),
        ("第二条", [2]),
        ("第一百零三项", [103]),
        ("十二", []),
        ("第999条", []),
        ("12345热线", [30]),
        ("rexian", []),
        ("abc", [31]),
        ("ABC", [31]),
    ],
)
def test_tasks_are_found_by_words_and_by_number(county, clerk, text, numbers):
    for number, requirement in [(12, "推进政策解读。"), (30, "办好12345热线。"), (31, "ABC计划。"), (103, "其他。")]:
        TaskFactory(section=county.task.section, number=number, requirement=requirement)

    assert found(clerk, text)["tasks"] == numbers


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("住房", ["县住房和城乡建设局"]),
        ("县住建局", ["县住房和城乡建设局"]),
        ("zjj", ["县住房和城乡建设局"]),
        ("ZJJ", ["县住房和城乡建设局"]),
        ("ｚｊｊ", ["县住房和城乡建设局"]),
        ("xzjj", ["县住房和城乡建设局"]),
        ("zhujian", ["县住房和城乡建设局"]),
        ("zhu jian", ["县住房和城乡建设局"]),
        ("swj", ["县商务局"]),
        ("nanwang", ["南旺镇人民政府"]),
        ("nwz", ["南旺镇人民政府"]),
        ("changgou", ["长沟镇人民政府"]),
        ("zhanggou", ["长沟镇人民政府"]),
        ("angwu", []),
        ("xyz", []),
    ],
)
def test_units_are_found_by_name_alias_pinyin_and_initials(county, clerk, text, names):
    Alias.objects.create(name="县住建局", unit=UnitFactory(name="县住房和城乡建设局"))
    UnitFactory(name="长沟镇人民政府")

    assert found(clerk, text)["units"] == names


WRITTEN_DIFFERENTLY = [
    ("12345热线", "办好１２３４５热线"),
    ("１２３４５热线", "办好12345热线"),
    ("[2024]8号", "按汶政办〔2024〕8号执行"),
    ("(2024)8号", "按汶政办〔2024〕8号执行"),
    ("〔2024〕8号", "按汶政办[2024]8号执行"),
    ("【2024】8号", "按汶政办（2024）8号执行"),
    ('"一件事"', "推进“一件事”"),
    ("“一件事”", '推进"一件事"'),
    ("政務公開", "推进政务公开"),
    ("政务公开", "推進政務公開"),
]


@pytest.mark.parametrize(("asked", "written"), WRITTEN_DIFFERENTLY)
def test_words_are_found_however_they_are_written(county, clerk, asked, written):
    task = TaskFactory(section=county.task.section, number=700, requirement=written)
    report = submit(AssignmentFactory(task=task, plan=task.plan), text="已办。", next_steps=written)
    EvidenceFactory(report=report, title=written)

    groups = found(clerk, asked)

    assert (groups["tasks"], groups["reports"], groups["evidence"]) == ([700], ["已办。"], [written])


@pytest.mark.parametrize(("asked", "written"), WRITTEN_DIFFERENTLY)
def test_lists_are_filtered_however_words_are_written(client, county, clerk, asked, written):
    TaskFactory(section=county.task.section, number=700, requirement=written)
    client.force_login(clerk)

    page = page_of(client.get(reverse("tasks:tasks"), {"q": asked, "plan": county.plan.pk}))

    assert escape(written) in page


@pytest.mark.parametrize("text", ["縣商務局", "县商务局", "商務", "外經貿局"])
def test_units_are_found_in_traditional_characters(county, clerk, text):
    Alias.objects.create(name="县外经贸局", unit=county.lead_unit)

    assert found(clerk, text)["units"] == ["县商务局"]


def test_words_of_nothing_visible_find_nothing(clerk):
    assert search.find(clerk, None, "\u200b \u200b") == []


def test_a_unit_with_several_fitting_aliases_is_found_once(county, clerk):
    for name in ("县外贸局", "县外经贸局"):
        Alias.objects.create(name=name, unit=county.lead_unit)

    assert found(clerk, "外")["units"] == ["县商务局"]


def test_reports_are_found_by_each_of_their_texts(county, clerk):
    duty = AssignmentFactory(task=county.task)
    submit(duty, text="发布了企业名单。", obstacles="人手不足。", next_steps="补充图解。")

    for text in ("企业名单", "人手", "图解", "名单 图解"):
        assert found(clerk, text)["reports"] == ["发布了企业名单。"]


def test_evidence_is_found_by_title_and_file_name(county, clerk):
    county.report.evidence.create(order=9, title="会议纪要", url="https://www.example.gov.cn/1")

    assert found(clerk, "纪要")["evidence"] == ["会议纪要"]
    assert found(clerk, "方案.PDF")["evidence"] == [county.item.title]


def test_one_plan_or_all_that_are_issued(county, clerk):
    other = PlanFactory(year=2025)
    TaskFactory(section=SectionFactory(part__plan=other), number=7, requirement="招商引资。")
    draft = PlanFactory(year=2026, state="draft")
    TaskFactory(section=SectionFactory(part__plan=draft), number=8, requirement="招商引资。")

    assert found(clerk, "招商引资")["tasks"] == [7, 1]
    assert found(clerk, "招商引资", county.plan)["tasks"] == [1]
    assert found(clerk, "招商引资", other)["tasks"] == [7]


# --- who sees what ----------------------------------------------------------------------------------------------------


def test_each_role_finds_what_it_may_see(county):
    submit(county.other_duty, by=county.people["stranger"], text="已发布政策9条。", evidence=1)
    seen = {role: found(user, "发布") for role, user in county.people.items()}

    town, other = "已发布政策3条。", "已发布政策9条。"
    reports = {role: sorted(groups["reports"]) for role, groups in seen.items()}
    assert reports == {
        **dict.fromkeys(("office", "administrator", "reviewer", "auditor"), [town, other]),
        **dict.fromkeys(("liaison", "leader", "lead"), [town]),
        "lead_leader": [],
        "stranger": [other],
    }
    assert {role: len(groups["evidence"]) for role, groups in seen.items()} == {
        **dict.fromkeys(("office", "administrator", "reviewer", "auditor"), 1),
        **dict.fromkeys(("liaison", "leader", "lead", "lead_leader"), 0),
        "stranger": 1,
    }
    assert all(groups["tasks"] == [1] for groups in seen.values())


@pytest.mark.parametrize(("role", "names"), [("office", 3), ("liaison", 1), ("lead", 1)])
def test_units_are_those_whose_ledger_may_be_read(county, role, names):
    units = [name for word in ("县", "南旺") for name in found(county.people[role], word)["units"]]

    assert len(units) == names


@pytest.mark.parametrize("role", ["office", "liaison", "leader", "lead"])
def test_a_draft_and_its_evidence_are_not_found(county, role):
    county.draft.evidence.update(title="未报送的材料")

    groups = found(county.people[role], "未报送")

    assert (groups["reports"], groups["evidence"]) == ([], [])
    assert found(county.people[role], "尚未")["reports"] == []


# --- the page ---------------------------------------------------------------------------------------------------------


def test_results_stand_in_groups_with_counts(office, county):
    for number in range(3, 13):
        TaskFactory(section=county.task.section, number=number, requirement="信息发布。")

    page = page_of(search_page(office, {"q": "信息"}))

    assert "共找到12条" in page
    assert "查看全部12条任务" in page
    assert page.count("<mark>信息</mark>") == 6


def test_all_of_one_kind_has_pages(office, county):
    for number in range(3, 30):
        TaskFactory(section=county.task.section, number=number, requirement="信息发布。")

    response = search_page(office, {"q": "信息", "in": "tasks", "per_page": 20, "page": 2})

    [(group, page)] = response.context["groups"]
    assert (group.kind, [task.number for task in page]) == ("tasks", list(range(21, 30)))


@pytest.mark.parametrize("query", [{}, {"q": ""}, {"q": "   "}])
def test_nothing_asked_is_nothing_found(office, county, query):
    response = search_page(office, query)

    assert (response.status_code, response.context["groups"]) == (200, [])


def test_nothing_found_says_what_else_to_try(office, county):
    assert "没有找到" in page_of(search_page(office, {"q": "火星"}))


def test_units_are_found_before_a_plan_is_issued(client, county):
    county.plan.__class__.objects.update(state="draft")
    client.force_login(county.people["auditor"])

    page = page_of(search_page(client, {"q": "商务"}))

    assert "共找到1条" in page


def test_the_box_stands_in_every_header(office, county):
    page = page_of(office.get(reverse("reports:dashboard")))

    assert f'action="{reverse("reports:search")}"' in page


def test_a_removed_kind_or_page_is_no_fault(office, county):
    assert search_page(office, {"q": "信息", "in": "x", "page": "x"}).status_code == 200
    assert search_page(office, {"q": "信息", "in": "tasks", "page": "99"}).status_code == 200


def test_a_retired_unit_says_so(office, county):
    county.other_unit.retired_on = timezone.localdate() - dt.timedelta(days=1)
    county.other_unit.save()

    assert "已撤销" in page_of(search_page(office, {"q": "农业农村"}))


# --- hostile and odd questions ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["%", "_", "\\", "%%", "100%", "a_b", "'; DROP TABLE tasks_task; --", '"', "[a-z]"])
def test_wildcards_and_quotes_are_letters(county, clerk, text):
    task = TaskFactory(section=county.task.section, number=40, requirement=f"甲{text}乙")

    assert found(clerk, text)["tasks"] == [task.number]


@pytest.mark.parametrize("text", ["字" * 101, "a\0b", "\x1b[0m"])
def test_what_cannot_be_asked_is_said_and_kept(office, county, text):
    response = search_page(office, {"q": text})

    assert response.status_code == 400
    assert 'class="errorlist"' in page_of(response)
    assert response.context["q"] == text


def test_a_hundred_characters_and_fifty_words_are_answered(office, county):
    assert search_page(office, {"q": "字" * 100}).status_code == 200
    assert search_page(office, {"q": "字 " * 50}).status_code == 200


def test_hostile_text_stays_text(office, county):
    TaskFactory(section=county.task.section, number=40, requirement="<script>alert('x')</script>信息")
    report = submit(AssignmentFactory(task=county.task), text="<img src=x onerror=alert(1)>信息")
    EvidenceFactory(report=report, title="<b>信息</b>")
    Alias.objects.create(name="<i>信息局</i>", unit=county.lead_unit)

    for text in ("信息", "<script>", "<img", "alert(", "<b>", "&lt;"):
        page = page_of(search_page(office, {"q": text}))
        assert "<script>alert" not in page
        assert "<img src" not in page
        assert "<b>信" not in page
        assert "<i>信" not in page


@pytest.mark.parametrize(
    ("text", "words", "shown"),
    [
        ("做好信息发布", ("信息",), "做好<mark>信息</mark>发布"),
        ("信息信息", ("信息",), "<mark>信息</mark><mark>信息</mark>"),
        ("ABC abc", ("abc",), "<mark>ABC</mark> <mark>abc</mark>"),
        ("a<b>&c", ("<b>",), "a<mark>&lt;b&gt;</mark>&amp;c"),
        ("{}{0}", ("{",), "<mark>{</mark>}<mark>{</mark>0}"),
        ("政策解读", ("政策", "政策解读"), "<mark>政策解读</mark>"),
        ("a.c abc", ("a.c",), "<mark>a.c</mark> abc"),
        ("没有", (), "没有"),
    ],
)
def test_words_are_marked_in_escaped_text(text, words, shown):
    assert marked(text, words) == shown


@pytest.mark.parametrize(
    ("text", "words", "shown"),
    [
        ("办好１２３４５热线", ("12345热线",), "办好<mark>１２３４５热线</mark>"),
        ("推進政務公開", ("政务公开",), "推進<mark>政務公開</mark>"),
        ("〔2024〕8号", ("[2024]8号",), "<mark>〔2024〕8号</mark>"),
    ],
)
def test_words_are_marked_as_they_are_written(text, words, shown):
    assert marked(text, words) == shown


def test_a_long_text_is_cut_around_the_word():
    shown = excerpt("甲" * 300 + "信息" + "乙" * 300, ("信息",))

    assert shown == "…" + "甲" * 50 + "<mark>信息</mark>" + "乙" * 108 + "…"


# --- PostgreSQL's own indexes -----------------------------------------------------------------------------------------


def indexes():
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE indexname LIKE 'found_%'")
        return {name for (name,) in cursor.fetchall()}


def run_migration():
    migration = import_module("reports.migrations.0001_initial")
    migration.make_indexes(apps, SimpleNamespace(connection=connection))


@pytest.mark.postgresql
def test_trigram_indexes_are_there_and_made_again():
    assert indexes() == {"found_task", "found_report", "found_evidence"}
    run_migration()
    assert len(indexes()) == 3


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("rows", "index"), [(Task, "found_task"), (ProgressReport, "found_report"), (Evidence, "found_evidence")]
)
def test_searches_use_the_trigram_indexes(county, rows, index):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")

    assert index in rows.objects.filter(folded__contains="政务公开").order_by().explain()


@pytest.mark.postgresql
def test_without_the_right_to_make_them_search_goes_on(county, clerk, caplog):
    with connection.cursor() as cursor:
        cursor.execute("DROP EXTENSION pg_trgm CASCADE")
        cursor.execute("CREATE ROLE found_nobody")
        cursor.execute("GRANT found_nobody TO CURRENT_USER")
        cursor.execute("SET LOCAL ROLE found_nobody")
        run_migration()
        cursor.execute("RESET ROLE")

    assert indexes() == set()
    assert "without trigram indexes" in caplog.text
    assert found(clerk, "招商引资")["tasks"] == [1]


def test_elsewhere_than_on_postgresql_nothing_is_made():
    migration = import_module("reports.migrations.0001_initial")

    migration.make_indexes(apps, SimpleNamespace(connection=SimpleNamespace(vendor="sqlite")))
