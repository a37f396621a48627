"""From a draft to duties in the pages: naming 有关部门, issue, and changes after it."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from departments.choices import Role
from tasks.models import Amendment, Assignment, Task
from tasks.services.deadlines import extensions
from tasks.services.plans import issuing
from tasks.services.plans.drafting import seen_task
from tests.factories import (
    CollectiveFactory,
    DesignationFactory,
    ExtensionFactory,
    PartFactory,
    PlanFactory,
    SectionFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
)
from tests.pages import page_of
from wenshang_disclosure.core.dates import on_day

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(client):
    person = UserFactory(role=Role.OFFICE)
    client.force_login(person)
    return person


@pytest.fixture
def plan():
    """A draft of two rows; both name 有关部门 beside a lead."""
    plan = PlanFactory(state="draft", issued_on=None)
    section = SectionFactory(part=PartFactory(plan=plan))
    some = CollectiveFactory(name="县政府有关部门、单位", kinds=[])
    lead = UnitFactory(name="县商务局")
    for number in (1, 2):
        task = TaskFactory(section=section, number=number)
        DesignationFactory(task=task, role="lead", unit=lead)
        DesignationFactory(task=task, role="responsible", collective=some)
    return plan


def entries(plan):
    return [task.designations.get(role="responsible") for task in plan.tasks.order_by("number")]


def amend_fields(task, **changes):
    seen = Task.objects.with_designations().get(pk=task.pk)
    return {
        "version": seen_task(seen),
        "requirement": task.requirement,
        "lead": "\n".join(entry.text for entry in seen.designated("lead")),
        "responsible": "\n".join(entry.text for entry in seen.designated("responsible")),
        "deadline_as_written": task.deadline_as_written,
        "due_on": f"{task.due_on:%Y-%m-%d}",
        "recurrence": "",
        "reason": "上级要求。",
        "action": "save",
        **changes,
    }


def test_the_check_before_issue_shows_what_each_unit_will_owe(client, clerk, plan):
    page = client.get(reverse("tasks:issue", args=[plan.pk]))

    shares = [(share.unit.name, share.lead) for share in page.context["prospect"].shares]
    assert shares == [("县商务局", [1, 2])]
    assert "2项任务的“有关部门”尚未明确：第1、2项" in page_of(page)


def test_issuing_makes_the_duties_from_the_given_day_on(client, clerk, plan):
    fields = {"issued_on": "2024-06-24", "document_number": "测〔2024〕3号"}

    response = client.post(reverse("tasks:issue", args=[plan.pk]), fields, follow=True)

    assert "已印发，共产生2件承办事项" in page_of(response)
    assert set(Assignment.objects.values_list("owed_from", flat=True)) == {dt.date(2024, 6, 24)}


def test_what_is_missing_keeps_it_from_being_issued(client, clerk, plan):
    TaskFactory(section=plan.parts.get().sections.get(), number=3, due_on=None)

    response = client.post(reverse("tasks:issue", args=[plan.pk]), {"issued_on": "2024-06-24"})

    assert response.status_code == 422
    assert "没有填写任何单位：3" in page_of(response)
    assert "没有填写完成时限，也没有写明长期坚持：3" in page_of(response)


def test_a_second_issue_is_told_that_it_was_done(client, clerk, plan):
    address, fields = reverse("tasks:issue", args=[plan.pk]), {"issued_on": "2024-06-24"}
    client.post(address, fields)

    response = client.post(address, fields)

    assert response.status_code == 409
    assert "该分解表已经印发。" in page_of(response)
    assert Assignment.objects.count() == 2


def test_units_are_picked_for_several_rows_at_once(client, clerk, plan):
    finance, justice = UnitFactory(name="县财政局"), UnitFactory(name="县司法局")
    fields = {"designations": [entry.pk for entry in entries(plan)], "units": [finance.pk, justice.pk]}

    client.post(reverse("tasks:resolve", args=[plan.pk]), fields)

    assert [set(entry.picked_units.all()) for entry in entries(plan)] == [{finance, justice}] * 2
    assert Assignment.objects.count() == 0


def test_units_are_added_to_those_picked_before_or_replace_them(client, clerk, plan):
    finance, justice = UnitFactory(name="县财政局"), UnitFactory(name="县司法局")
    first, second = entries(plan)
    first.picked_units.add(finance)
    second.picked_units.add(finance)
    address = reverse("tasks:resolve", args=[plan.pk])

    client.post(address, {"designations": [first.pk], "units": [justice.pk], "adding": "on"})
    client.post(address, {"designations": [second.pk], "units": [justice.pk]})

    assert set(first.picked_units.all()) == {finance, justice}
    assert set(second.picked_units.all()) == {justice}


def test_picked_after_issue_a_unit_owes_from_that_day(client, clerk, plan):
    unit = UnitFactory(name="县财政局")
    issuing.issue(plan, by=clerk, issued_on=dt.date(2024, 6, 24))

    with time_machine.travel(on_day(dt.date(2024, 9, 2)), tick=False):
        client.force_login(clerk)
        fields = {"designations": [entries(plan)[0].pk], "units": [unit.pk]}
        client.post(reverse("tasks:resolve", args=[plan.pk]), fields)

    assert Assignment.objects.get(unit=unit).owed_from == dt.date(2024, 9, 2)


def test_without_a_row_chosen_the_page_says_so_and_keeps_the_units(client, clerk, plan):
    unit = UnitFactory(name="县财政局")

    response = client.post(reverse("tasks:resolve", args=[plan.pk]), {"units": [unit.pk]})

    assert response.status_code == 422
    assert "请先勾选任务。" in page_of(response)
    assert f'value="{unit.pk}" checked' in page_of(response)


def test_an_entry_of_another_plan_cannot_be_picked_for(client, clerk, plan):
    other = TaskFactory()
    foreign = DesignationFactory(task=other, collective=entries(plan)[0].collective)

    response = client.post(
        reverse("tasks:resolve", args=[plan.pk]), {"designations": [foreign.pk], "units": [UnitFactory().pk]}
    )

    assert response.status_code == 422
    assert not foreign.picked_units.exists()


def test_a_row_is_amended_and_the_units_page_tells_why(client, clerk, plan):
    issuing.issue(plan, by=clerk, issued_on=dt.date(2024, 6, 24))
    task = plan.tasks.get(number=1)
    fields = amend_fields(task, requirement="新的要求。")

    response = client.post(reverse("tasks:amend", args=[task.pk]), fields, follow=True)

    duty = task.assignments.get()
    assert "印发后的调整" in page_of(response)
    assert "具体要求由“做好政策发布。”改为“新的要求。”。原因：上级要求。" in page_of(
        client.get(reverse("tasks:assignment", args=[duty.pk]))
    )


def test_an_amendment_without_a_reason_is_refused_and_keeps_what_was_typed(client, clerk, plan):
    issuing.issue(plan, by=clerk, issued_on=dt.date(2024, 6, 24))
    task = plan.tasks.get(number=1)

    response = client.post(
        reverse("tasks:amend", args=[task.pk]), amend_fields(task, requirement="新的要求。", reason="")
    )

    assert response.status_code == 422
    assert "请填写调整原因。" in page_of(response)
    assert "新的要求。" in page_of(response)
    assert not Amendment.objects.exists()


def test_two_who_amend_at_once_the_second_is_told_and_keeps_the_text(client, clerk, plan):
    issuing.issue(plan, by=clerk, issued_on=dt.date(2024, 6, 24))
    task = plan.tasks.get(number=1)
    first, second = (amend_fields(task, requirement=text) for text in ("第一人写的。", "第二人写的。"))
    client.post(reverse("tasks:amend", args=[task.pk]), first)

    response = client.post(reverse("tasks:amend", args=[task.pk]), second)

    assert response.status_code == 409
    assert "第二人写的。" in page_of(response)
    assert Task.objects.get(pk=task.pk).requirement == "第一人写的。"


def test_new_words_of_a_deadline_are_read_and_offered(client, clerk, plan):
    issuing.issue(plan, by=clerk, issued_on=dt.date(2024, 6, 24))
    task = plan.tasks.get(number=1)
    fields = amend_fields(task, deadline_as_written="10月底前")

    offered = client.post(reverse("tasks:amend", args=[task.pk]), fields)
    client.post(reverse("tasks:amend", args=[task.pk]), {**fields, "action": "take"})

    assert offered.status_code == 422
    assert "完成日期应为2024年10月31日" in page_of(offered)
    assert task.assignments.get().due_on == dt.date(2024, 10, 31)


def test_a_draft_row_has_no_amendment_page(client, clerk, plan):
    assert client.get(reverse("tasks:amend", args=[plan.tasks.first().pk])).status_code == 404


def test_extended_duties_are_shown_before_a_row_is_moved(client, clerk, plan):
    with time_machine.travel(on_day(dt.date(2024, 10, 10)), tick=False):
        client.force_login(clerk)
        issuing.issue(plan, by=clerk, issued_on=dt.date(2024, 6, 24))
        duty = Assignment.objects.filter(plan=plan).order_by("task__number").first()
        extensions.extend(duty, by=clerk, due_on=dt.date(2025, 3, 31), reason="统一顺延。")
        address = reverse("tasks:amend", args=[duty.task_id])
        assert "县商务局：已延至2025-03-31" in page_of(client.get(address))
        fields = amend_fields(duty.task, due_on="2025-01-31", deadline_as_written="1月底前", action="keep")

        refused = client.post(address, fields)
        ticked = {**fields, "extensions_seen": refused.context["form"]["extensions_seen"].value()}
        refused_again = client.post(address, {**ticked, "replace_extensions": "on"})
        shown = [
            [(each.due_on, each.extended_to) for each in page.context["extended"]] for page in (refused, refused_again)
        ]
        done = client.post(address, ticked)

    duty.refresh_from_db()
    assert (refused.status_code, refused_again.status_code, done.status_code) == (422, 422, 302)
    assert "请核对下面所列各事项的时限" in page_of(refused)
    assert shown == [
        [(dt.date(2025, 3, 31), dt.date(2025, 3, 31))],
        [(dt.date(2025, 1, 31), dt.date(2025, 3, 31))],
    ]
    assert duty.due_on == dt.date(2025, 3, 31)


def test_a_request_for_an_extension_and_an_amendment_are_shown_beside_each_other(client, clerk, plan):
    issuing.issue(plan, by=clerk, issued_on=dt.date(2024, 6, 24))
    duty = Assignment.objects.filter(plan=plan).order_by("task__number").first()
    request = ExtensionFactory(assignment=duty, old_due_on=dt.date(2024, 12, 31), requested_due_on=dt.date(2025, 3, 31))

    amend_page = page_of(client.get(reverse("tasks:amend", args=[duty.task_id])))
    client.post(reverse("tasks:amend", args=[duty.task_id]), amend_fields(duty.task, due_on="2025-01-31"))
    decision_page = page_of(client.get(reverse("tasks:extension", args=[request.pk])))

    assert "申请由2024-12-31延至2025-03-31" in amend_page
    assert "申请以后时限已有变动：由2024-12-31改为2025-01-31。" in decision_page
