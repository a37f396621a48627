"""The pages on which the office draws up a plan."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html

from departments.choices import Role
from tasks.choices import PlanState
from tasks.models import Plan
from tasks.services.plans.draft_plans import seen_contents
from tasks.services.plans.drafting import seen_part, seen_plan, seen_section
from tests.factories import (
    AssignmentFactory,
    DesignationFactory,
    PartFactory,
    SectionFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
)
from tests.pages import page_of
from tests.tasks.drafts import draw_up, row_of, section_of, some_departments

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return UserFactory(role=Role.OFFICE)


@pytest.fixture
def office(client, person):
    client.force_login(person)
    return client


def address(name, record):
    return reverse(f"tasks:{name}", args=[record.pk])


# --- all plans --------------------------------------------------------------------------------------------------------


def test_drafts_come_first_with_what_is_in_them(office):
    issued = AssignmentFactory(task__section__part__plan__year=2026).plan
    draft = draw_up(["甲", "乙"])
    some = some_departments()
    DesignationFactory(task=row_of(draft, "甲"), collective=some)
    DesignationFactory(task=row_of(draft, "乙"), collective=some).picked_units.add(UnitFactory())

    response = office.get(reverse("tasks:plans"))

    listed = [(plan.pk, plan.row_count, plan.unresolved_count, plan.duty_count) for plan in response.context["listed"]]
    assert {plan.state for plan in response.context["plans"]()} <= {"issued"}  # the years of the head
    assert listed == [(draft.pk, 2, 1, 0), (issued.pk, 1, 0, 1)]


def test_the_office_and_the_auditor_have_it_in_their_menu_and_nobody_else(client, county):
    seen = {}
    for role in ("office", "administrator", "reviewer", "auditor", "liaison", "leader"):
        client.force_login(county.people[role])
        seen[role] = reverse("tasks:plans") in page_of(client.get(reverse("tasks:tasks")))

    assert [role for role, shown in seen.items() if shown] == ["office", "administrator", "auditor"]


def test_imports_stand_in_the_menu_of_who_may_import_and_lead_to_each_other(client, county):
    plan, units = reverse("tasks:import"), reverse("departments:import")
    seen = {}
    for role in ("office", "administrator", "reviewer", "auditor", "liaison", "leader"):
        client.force_login(county.people[role])
        seen[role] = f'href="{plan}"' in page_of(client.get(reverse("tasks:tasks")))

    assert [role for role, shown in seen.items() if shown] == ["office", "administrator"]
    client.force_login(county.people["office"])
    assert f'href="{units}"' in page_of(client.get(plan)).partition("<main")[2]
    assert f'href="{plan}"' in page_of(client.get(units)).partition("<main")[2]


def test_an_auditor_reads_plans_and_has_nothing_to_press(client, county):
    client.force_login(county.people["auditor"])
    draft = draw_up(["甲"])
    pages = [reverse("tasks:plans"), address("plan", draft), address("plan", county.plan), address("compare", draft)]

    for page in pages:
        main = page_of(client.get(page)).partition("<main")[2]
        posts = [form for form in html.fromstring(f"<main{main}").iter("form") if form.method == "POST"]
        links = {link.get("href").partition("?")[0] for link in html.fromstring(f"<main{main}").iter("a")}
        assert posts == []
        assert [link for link in links if link.startswith("/") and client.get(link).status_code != 200] == []


# --- one plan ---------------------------------------------------------------------------------------------------------


def test_a_draft_is_shown_as_on_paper_with_what_changes_it(office):
    plan = draw_up(["甲", "乙"], [])
    PartFactory(plan=plan, order=2, heading="二、空的部分")

    response = office.get(address("plan", plan))

    page = page_of(response)
    links = [address("edit-row", task) for task in plan.tasks.all()]
    links += [address("edit-section", section_of(plan, order)) for order in (1, 2)]
    links += [f"{address('add-row', plan)}?section={section_of(plan, 2).pk}", address("plan-about", plan)]
    links += [address("edit-part", part) for part in plan.parts.all()] + [address("delete-plan", plan)]
    assert [link for link in links if f'"{link}"' not in page] == []
    assert [len(sections) for _, sections in response.context["parts"]] == [2, 0]


def test_an_issued_plan_is_shown_without_them(office, county):
    page = page_of(office.get(address("plan", county.plan)))

    assert county.task.requirement in page
    own = r"/plans(?!/\d+/public/)"
    assert not re.search(rf'<form method="post" action="{own}|/plans/\d+/about/|/plans/sections/|/rows/add/', page)


def test_what_is_still_missing_is_said(office):
    plan = draw_up(["甲", "乙", "丙", "丁", "戊"])
    DesignationFactory(task=row_of(plan, "甲"), collective=some_departments())
    plan.tasks.filter(requirement="乙").update(due_on=None)
    plan.tasks.filter(requirement="丙").update(due_on="2024-12-31")
    row_of(plan, "丁").designations.all().delete()

    context = office.get(address("plan", plan)).context

    found = {
        name: [str(task.number) for task in context[name]] for name in ("unresolved", "undated", "early", "nameless")
    }
    assert found == {"unresolved": ["1"], "undated": ["2"], "early": ["3"], "nameless": ["4"]}


def test_the_queries_do_not_grow_with_the_rows(office):
    def counted(plan, name):
        with CaptureQueriesContext(connection) as queries:
            assert office.get(address(name, plan)).status_code == 200
        return len(queries)

    small, large = draw_up(["甲"]), draw_up(["甲", *map(str, range(30))], ["乙"], ["丙"])
    for task in large.tasks.all():
        DesignationFactory(task=task, unit=UnitFactory())
    DesignationFactory(task=small.tasks.get(), unit=UnitFactory())
    counted(small, "plan")

    assert counted(large, "plan") == counted(small, "plan")
    assert counted(large, "add-row") == counted(small, "add-row")


def test_what_people_write_is_shown_as_text(office):
    plan = draw_up(["<script>alert(1)</script>"])
    SectionFactory(part=plan.parts.get(), order=2, heading="<b>粗</b>")
    TaskFactory(section=section_of(plan, 2), number=2, requirement="乙", deadline_as_written="<i>斜</i>")

    page = page_of(office.get(address("plan", plan)))

    assert not any(mark in page for mark in ("<script>alert", "<b>粗", "<i>斜"))


# --- what it is about -------------------------------------------------------------------------------------------------

ABOUT = {"year": "2025", "title": "2025年某县分解表", "warning_days": "15", "issued_on": "2025-05-20"}


def test_an_empty_table_is_begun(office):
    response = office.post(reverse("tasks:new-plan"), {**ABOUT, "basis": "《某〈通知〉》（2号）\n\n《某意见》"})

    plan = Plan.objects.get()
    assert response.url == address("plan", plan)
    assert (plan.title, plan.state, str(plan.issued_on)) == (ABOUT["title"], PlanState.DRAFT, "2025-05-20")
    assert list(plan.basis.values_list("title", "number")) == [("某〈通知〉", "2号"), ("某意见", "")]


@pytest.mark.parametrize(("field", "text", "said"), [
    ("title", "", "请填写标题"),
    ("year", "二〇二五", "请填写整数"),
    ("issued_on", "0999-01-01", "日期过早"),
    ("basis", "《甲》（1号）\n关于乙的通知", "第2行"),
    ("basis", f"《{'长' * 201}》", "过长"),
])  # fmt: skip
def test_a_wrong_field_is_marked_and_the_rest_stays(office, field, text, said):
    response = office.post(reverse("tasks:new-plan"), {**ABOUT, "issuer": "某县政府办", field: text})

    assert (response.status_code, Plan.objects.count()) == (422, 0)
    assert said in str(response.context["form"].errors[field])
    assert response.context["form"]["issuer"].value() == "某县政府办"


def test_what_a_draft_is_about_is_changed(office):
    plan = draw_up(["甲"])
    page = office.get(address("plan-about", plan))

    response = office.post(address("plan-about", plan), {**ABOUT, "version": page.context["form"]["version"].value()})

    plan.refresh_from_db()
    assert (response.status_code, plan.title) == (302, ABOUT["title"])


def test_a_colleagues_words_are_shown_beside_the_own_and_can_then_be_replaced(office):
    plan = draw_up(["甲"])
    sent = {**ABOUT, "version": seen_plan(plan), "title": "我的标题"}
    Plan.objects.update(title="同事的标题")

    response = office.post(address("plan-about", plan), sent)
    again = {**sent, "version": response.context["form"]["version"].value()}

    assert response.status_code == 409
    assert "同事的标题" in page_of(response)
    assert response.context["form"]["title"].value() == "我的标题"
    assert office.post(address("plan-about", plan), again).status_code == 302


def test_a_draft_is_deleted_after_being_asked(office):
    plan = draw_up(["甲", "乙"])
    page = office.get(address("delete-plan", plan))

    response = office.post(address("delete-plan", plan), {"version": seen_contents(plan)})

    assert "2项任务" in page_of(page)
    assert (response.url, Plan.objects.count()) == (reverse("tasks:plans"), 0)


# --- headings ---------------------------------------------------------------------------------------------------------


def test_parts_and_sections_are_added_from_the_table(office):
    plan = draw_up()
    office.post(address("add-part", plan), {"heading": "一、新部分", "kind": "table"})
    part = plan.parts.get(heading="一、新部分")

    response = office.post(address("add-section", part), {"heading": "（一）新类"})

    section = part.sections.get()
    assert response.url == f"{address('plan', plan)}#section-{section.pk}"
    assert section.heading == "（一）新类"


@pytest.mark.parametrize("level", ["part", "section"])
def test_a_heading_is_renamed_moved_and_deleted_on_its_page(office, level):
    plan = draw_up(["甲"], ["乙"])
    PartFactory(plan=plan, order=2)
    record, seen = {
        "part": (plan.parts.get(order=1), seen_part),
        "section": (section_of(plan, 1), seen_section),
    }[level]
    page = address(f"edit-{level}", record)
    done = []

    for sent in (
        {"action": "save", "heading": "改名", "kind": "notice"},
        {"action": "down"},
        {"action": "delete", "rows": 2 if level == "part" else 1, "with_rows": "on"},
    ):
        record.refresh_from_db()
        done.append((record.heading, record.order))
        assert office.post(page, {**sent, "version": seen(record)}).status_code == 302

    heading = "第1部分" if level == "part" else "（1）类"
    assert done == [(heading, 1), ("改名", 1), ("改名", 2)]
    assert not type(record).objects.filter(pk=record.pk).exists()


def test_a_heading_with_rows_is_not_deleted_by_chance(office):
    plan = draw_up(["甲"])
    section = section_of(plan, 1)

    response = office.post(
        address("edit-section", section), {"action": "delete", "rows": 1, "version": seen_section(section)}
    )

    assert (response.status_code, plan.tasks.count()) == (422, 1)
    assert "连同其下任务一并删除" in page_of(response)


def test_a_heading_that_a_colleague_renamed_keeps_what_was_typed(office):
    section = section_of(draw_up(["甲"]), 1)
    sent = {"action": "save", "heading": "我的", "version": seen_section(section)}
    type(section).objects.update(heading="同事的")

    response = office.post(address("edit-section", section), sent)

    assert response.status_code == 409
    assert "现在的标题：同事的" in page_of(response)
    assert response.context["form"]["heading"].value() == "我的"
