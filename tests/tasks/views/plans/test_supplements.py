"""Pages of supplements: from the first draft to the issue, and what everybody sees of it."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from departments.choices import Role
from departments.models import Unit
from tasks.choices import DutyRole
from tasks.models import Assignment, Plan, PlanImport, Supplement
from tasks.services.plans import imports
from tasks.services.plans.assignments import settle
from tests.factories import (
    DesignationFactory,
    PartFactory,
    PlanFactory,
    SectionFactory,
    StoredFileFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
    source_of,
)
from tests.pages import page_of

pytestmark = pytest.mark.django_db
NUMBER = "汶政办字〔2024〕12号"


@pytest.fixture
def clerk(client):
    person = UserFactory(role=Role.OFFICE)
    client.force_login(person)
    return person


@pytest.fixture
def plan():
    plan = PlanFactory()
    section = SectionFactory(part=PartFactory(plan=plan, heading="第一部分"), heading="甲类")
    for number, name in ((1, "县商务局"), (2, "县财政局")):
        task = TaskFactory(section=section, number=number, requirement=f"第{number}件工作。", deadline_as_written="")
        DesignationFactory(task=task, role=DutyRole.LEAD, unit=UnitFactory(name=name, order=number))
    settle(plan, on=plan.issued_on, issuing=True)
    return plan


@pytest.fixture
def draft(client, clerk, plan):
    client.post(reverse("tasks:new-supplement", args=[plan.pk]))
    return Supplement.objects.get()


def address(name, *args):
    return reverse(f"tasks:{name}", args=args)


def version(draft):
    return Supplement.objects.get(pk=draft.pk).version


def post(client, name, draft, **fields):
    return client.post(address(name, draft.pk), {"version": version(draft), **fields})


def test_from_the_first_draft_to_the_issue_by_its_pages(client, clerk, plan, draft):
    today = timezone.localdate()
    post(client, "supplement-about", draft, document_number=NUMBER, dated_on=f"{today}")
    section = draft.table.parts.get().sections.get()
    row = {"section": section.pk, "requirement": "新的工作。", "lead": "县财政局", "recurrence": "ongoing"}
    added = client.post(address("add-row", draft.table_id), {**row, "action": "save"}, follow=True)
    assert added.redirect_chain[-1][0].startswith(address("supplement", draft.pk))
    one, two = plan.tasks.order_by("number")
    post(client, "supplement-rows", draft, tasks=[one.pk], responsible="县财政局", action="change")
    post(client, "supplement-rows", draft, tasks=[two.pk], why="不再要求。", action="remove")
    page = client.get(address("supplement", draft.pk))
    assert "新的工作。" in page_of(page)
    assert "不再要求。" in page_of(page)

    shown = client.get(address("issue-supplement", draft.pk))
    assert "新增2件，取消1件，调整0件" in page_of(shown)
    client.post(address("issue-supplement", draft.pk), {"version": shown.context["prospect"].mark})

    owed = Assignment.objects.owed().order_by("task__number", "unit__order")
    assert list(owed.values_list("task__number", "unit__name")) == [(1, "县商务局"), (1, "县财政局"), (3, "县财政局")]


def test_a_stale_form_is_told_and_keeps_what_was_typed(client, clerk, plan, draft):
    client.post(address("supplement-about", draft.pk), {"version": 0, "document_number": NUMBER})

    response = client.post(address("supplement-about", draft.pk), {"version": 0, "document_number": "另一个"})

    assert response.status_code == 409
    assert response.context["form"]["document_number"].value() == "另一个"
    assert "刚被别人改过" in page_of(response)


def test_a_step_that_says_nothing_is_refused_with_the_choice_kept(client, clerk, plan, draft):
    one = plan.tasks.first()
    response = post(client, "supplement-rows", draft, tasks=[one.pk], action="change")

    assert response.status_code == 422
    assert "请填写要怎样改" in page_of(response)
    assert response.context["chosen"] == {f"{one.pk}"}


def test_a_deadline_is_read_from_its_words(client, clerk, plan, draft):
    post(
        client, "supplement-rows", draft, tasks=[plan.tasks.first().pk], deadline_as_written="10月底前", action="change"
    )

    written = draft.changes.get().written
    assert (written["deadline_as_written"], written["due_on"]) == ("10月底前", "2024-10-31")


def test_one_row_is_changed_on_its_own_page(client, clerk, plan, draft):
    task = plan.tasks.first()
    fields = {"version": 0, "requirement": "改过的工作。", "lead": "县商务局", "due_on": "2024-12-31", "action": "save"}
    client.post(address("supplement-row", draft.pk, task.pk), fields)

    page = page_of(client.get(address("supplement", draft.pk)))
    assert "<del>第1件工作。</del> → <ins>改过的工作。</ins>" in page
    response = post(client, "leave-supplement-rows", draft, changes=[draft.changes.get().pk])
    assert (response.status_code, draft.changes.count()) == (302, 0)


def test_rows_are_read_from_a_file_into_the_draft(client, clerk, plan, draft):
    file = source_of(
        ["序号", "工作任务", "牵头部门", "责任单位", "具体要求", "完成时限"],
        ["1", "甲类", "县商务局", "", "公开惠企政策。", "11月底前"],
    )
    made = PlanImport.objects.create(
        file=_stored(),
        file_name="补充.docx",
        uploaded_by=clerk,
        year=2024,
        target=draft.table,
        state="read",
        source=file.as_data(),
    )
    imports.take(made, by=clerk, version=0)

    rows = draft.table.tasks.values_list("requirement", "due_on")
    assert list(rows) == [("公开惠企政策。", dt.date(2024, 11, 30))]
    assert draft.table.parts.filter(heading="第一部分").exists()  # headings of the plan are still there to choose


def _stored():
    return StoredFileFactory()


def test_the_issued_notice_stands_with_its_rows(client, clerk, plan, draft):
    test_from_the_first_draft_to_the_issue_by_its_pages(client, clerk, plan, draft)
    reference = f"据{NUMBER}（{timezone.localdate()}）"
    town = UserFactory(unit=Unit.objects.get(name="县财政局"))
    client.force_login(town)

    table = page_of(client.get(reverse("tasks:tasks")))
    assert f"{reference}补充" in table
    assert "第2件工作。" not in table
    removed = page_of(client.get(address("task", plan.tasks.get(number=2).pk)))
    assert "不再办理" in removed
    assert "不再要求。" in removed
    assert f"{reference}补充" in page_of(client.get(address("task", plan.tasks.get(number=3).pk)))
    assert client.get(address("supplement", draft.pk)).status_code == 200


def test_the_drafts_of_rows_are_no_plans_of_the_list(client, clerk, plan, draft):
    page = client.get(reverse("tasks:plans"))
    assert list(page.context["listed"]) == list(Plan.objects.filter(pk=plan.pk))
    assert client.get(address("plan", draft.table_id)).status_code == 302


def test_the_page_of_the_issue_asks_a_plan_from_before_when_it_is_used(client, clerk):
    old = PlanFactory(state="draft", issued_on=timezone.localdate() - dt.timedelta(days=100))
    new = PlanFactory(state="draft", issued_on=timezone.localdate())

    days = [client.get(address("issue", plan.pk)).context["form"]["used_from"].value() for plan in (old, new)]
    assert days == [timezone.localdate(), None]
