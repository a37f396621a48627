"""The pages on which a row of a draft is written, changed, moved, split and deleted."""

import pytest
from django.urls import reverse

from departments.choices import Role
from departments.models import Alias
from tasks.choices import PlanState
from tasks.models import Plan
from tasks.services.plans import draft_rows
from tasks.services.plans.drafting import place_of, seen_task
from tests.factories import UnitFactory, UserFactory
from tests.pages import page_of
from tests.tasks.drafts import as_text, draw_up, row_of, section_of

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


def typed(task, **otherwise):
    """What the page of a row sends, with everything as it stands but what is named."""
    cells = {role: "\n".join(entry.text for entry in task.designated(role)) for role in ("lead", "responsible")}
    said = {
        "version": seen_task(task),
        "section": task.section_id,
        "requirement": task.requirement,
        "deadline_as_written": task.deadline_as_written,
        "due_on": task.due_on.isoformat() if task.due_on else "",
        "recurrence": task.recurrence,
        "action": "save",
        **cells,
    }
    return {**said, **otherwise}


def save(client, task, **otherwise):
    return client.post(address("edit-row", task), typed(task, **otherwise))


# --- rows -------------------------------------------------------------------------------------------------------------


def test_a_row_is_added_to_the_section_that_was_chosen(office):
    plan = draw_up(["甲"], ["乙"])
    page = office.get(f"{address('add-row', plan)}?section={section_of(plan, 2).pk}")
    assert page.context["form"]["section"].value() == section_of(plan, 2).pk

    response = office.post(
        address("add-row", plan),
        {
            "section": section_of(plan, 2).pk,
            "requirement": "新的要求",
            "lead": "县商务局\n",
            "deadline_as_written": "每月5日前",
            "recurrence": "monthly",
            "recurrence_day": "5",
            "target_count": "2",
        },
    )

    task = row_of(plan, "新的要求")
    assert response.url == f"{address('plan', plan)}#row-{task.pk}"
    assert (task.number, task.recurrence, task.recurrence_day, task.target_count) == (3, "monthly", 5, 2)
    assert [entry.unit.name for entry in task.designated("lead")] == ["县商务局"]


def test_one_row_after_another_can_be_added(office):
    plan = draw_up(["甲"])
    section = section_of(plan, 1).pk

    response = office.post(address("add-row", plan), {"section": section, "requirement": "新的要求", "next": "1"})

    assert response.url == f"{address('add-row', plan)}?section={section}"


def test_a_row_is_changed(office):
    plan = draw_up(["甲", "乙"])

    response = save(office, row_of(plan, "甲"), requirement="甲改", lead="", responsible="县商务局", next="1")

    task = row_of(plan, "甲改")
    assert response.url == address("edit-row", row_of(plan, "乙"))
    assert (task.designated("lead"), [entry.text for entry in task.designated("responsible")]) == ([], ["县商务局"])


def test_an_unknown_name_is_refused_at_its_cell_with_the_likest_known_ones(office):
    plan = draw_up(["甲"])
    unit = UnitFactory(name="县住房和城乡建设局")
    Alias.objects.create(name="县住建委", unit=unit)

    response = save(office, row_of(plan, "甲"), lead="县商务局\n县住建局", requirement="甲改")

    form = response.context["form"]
    assert (response.status_code, as_text(plan)) == (422, ["1: 1 甲"])
    assert "没有“县住建局”" in str(form.errors["lead"])
    assert "县住房和城乡建设局" in str(form.errors["lead"])
    assert (form["requirement"].value(), form["lead"].value()) == ("甲改", "县商务局\n县住建局")


@pytest.mark.parametrize(("field", "text", "marked"), [
    ("requirement", "", "requirement"),
    ("section", "999999", "section"),
    ("section", "abc", "section"),
    ("due_on", "2025-02-30", "due_on"),
    ("recurrence", "monthly", "recurrence"),
    ("recurrence_day", "5", "recurrence_day"),
    ("target_count", "0", "target_count"),
    ("deadline_as_written", "长" * 500, "deadline_as_written"),
])  # fmt: skip
def test_a_wrong_field_of_a_row_is_marked(office, field, text, marked):
    plan = draw_up(["甲"])

    response = save(office, row_of(plan, "甲"), **{field: text})

    assert (response.status_code, as_text(plan)) == (422, ["1: 1 甲"])
    assert list(response.context["form"].errors) == [marked]


def test_a_colleagues_row_is_shown_beside_the_own_and_can_then_be_replaced(office, person):
    plan = draw_up(["甲"])
    sent = typed(row_of(plan, "甲"), requirement="我的要求")
    save(office, row_of(plan, "甲"), requirement="同事的要求")
    task = row_of(plan, "同事的要求")

    response = office.post(address("edit-row", task), sent)
    again = {**sent, "version": response.context["form"]["version"].value()}

    assert response.status_code == 409
    assert "现在的内容" in page_of(response)
    assert response.context["form"]["requirement"].value() == "我的要求"
    assert office.post(address("edit-row", task), again).status_code == 302
    assert as_text(plan) == ["1: 1 我的要求"]


def test_a_row_that_was_issued_meanwhile_keeps_what_was_typed(office):
    plan = draw_up(["甲"])
    sent = typed(row_of(plan, "甲"), requirement="我的要求")
    Plan.objects.update(state=PlanState.ISSUED)

    response = office.post(address("edit-row", row_of(plan, "甲")), sent)

    assert (response.status_code, as_text(plan)) == (409, ["1: 1 甲"])
    assert response.context["form"]["requirement"].value() == "我的要求"
    assert "已经印发" in page_of(response)


def test_what_was_typed_on_a_row_that_is_gone_can_be_saved_as_a_new_one(office, person):
    plan = draw_up(["甲", "乙"])
    task = row_of(plan, "甲")
    sent = typed(task, requirement="我的要求")
    draft_rows.delete(task, by=person, version=seen_task(task))

    response = office.post(address("edit-row", task), sent)
    office.post(address("add-row", plan), sent)

    assert response.status_code == 409
    assert response.context["form"]["requirement"].value() == "我的要求"
    assert f'action="{address("add-row", plan)}"' in page_of(response)
    assert as_text(plan) == ["1: 1 乙", "1: 2 我的要求"]


def test_an_unknown_row_is_404(office):
    draw_up(["甲"])

    assert office.get(reverse("tasks:edit-row", args=[999_999])).status_code == 404
    assert office.post(reverse("tasks:edit-row", args=[999_999]), {"section": "abc"}).status_code == 404


# --- the deadline's words ---------------------------------------------------------------------------------------------


def test_new_words_of_the_deadline_are_read_and_offered(office):
    plan = draw_up(["甲"])

    response = save(office, row_of(plan, "甲"), deadline_as_written="6月底前")

    task = row_of(plan, "甲")
    assert response.status_code == 422
    assert "完成日期应为2025年6月30日" in page_of(response)
    assert str(task.due_on) == "2025-12-31"


@pytest.mark.parametrize(("action", "due_on"), [("take", "2025-06-30"), ("keep", "2025-12-31")])
def test_the_person_says_which_deadline_holds(office, action, due_on):
    plan = draw_up(["甲"])

    response = save(office, row_of(plan, "甲"), deadline_as_written="6月底前", action=action)

    task = row_of(plan, "甲")
    assert (response.status_code, task.deadline_as_written, str(task.due_on)) == (302, "6月底前", due_on)


def test_words_that_mean_a_recurrence_replace_the_day(office):
    plan = draw_up(["甲"])

    save(office, row_of(plan, "甲"), deadline_as_written="每月5日前", action="take")

    task = row_of(plan, "甲")
    assert (task.due_on, task.recurrence, task.recurrence_day) == (None, "monthly", 5)


@pytest.mark.parametrize("otherwise", [
    {"deadline_as_written": "6月底前", "due_on": "2025-07-01"},
    {"deadline_as_written": "会议之后", "due_on": "2025-12-31"},
    {"deadline_as_written": "年底前", "due_on": "2025-12-31"},
    {"deadline_as_written": "", "due_on": "2025-12-31"},
])  # fmt: skip
def test_nothing_is_offered_where_there_is_nothing_to_say(office, otherwise):
    plan = draw_up(["甲"])

    response = save(office, row_of(plan, "甲"), **otherwise)

    assert (response.status_code, str(row_of(plan, "甲").due_on)) == (302, otherwise["due_on"])


# --- move, split, delete ----------------------------------------------------------------------------------------------


def test_a_row_is_moved_from_the_table(office):
    plan = draw_up(["甲"], ["乙"])
    task = row_of(plan, "乙")
    page = page_of(office.get(address("plan", plan)))

    response = office.post(address("edit-row", task), {"action": "up", "place": place_of(task)})

    assert f'name="place" value="{place_of(task)}"' in page
    assert response.url == f"{address('plan', plan)}#row-{task.pk}"
    assert as_text(plan) == ["1: 1 甲", "1: 2 乙"]


@pytest.mark.parametrize(("place", "status", "said"), [(None, 422, "已经是第一个"), ("1-99", 409, "没有移动")])
def test_a_move_that_cannot_be_is_explained_above_the_row(office, place, status, said):
    plan = draw_up(["甲", "乙"])
    task = row_of(plan, "甲")

    response = office.post(address("edit-row", task), {"action": "up", "place": place or place_of(task)})

    assert (response.status_code, as_text(plan)) == (status, ["1: 1 甲", "1: 2 乙"])
    assert said in page_of(response)


def test_a_row_is_split_at_the_chosen_point(office):
    plan = draw_up(["甲乙", "丙"])
    task = row_of(plan, "甲乙")
    page = office.get(address("split-row", task))
    assert (page.context["form"]["first"].value(), page.context["form"]["second"].value()) == ("甲乙", None)

    sent = {"version": page.context["form"]["version"].value(), "first": "甲", "second": "乙"}
    response = office.post(address("split-row", task), sent)

    assert response.url == f"{address('plan', plan)}#row-{task.pk}"
    assert as_text(plan) == ["1: 1 甲", "1: 2 乙", "1: 3 丙"]


@pytest.mark.parametrize(("second", "version", "status"), [("", None, 422), ("乙", "另一个", 409)])
def test_a_split_that_cannot_be_keeps_what_was_typed(office, second, version, status):
    plan = draw_up(["甲乙"])
    task = row_of(plan, "甲乙")
    sent = {"version": version or seen_task(task), "first": "只有甲", "second": second}

    response = office.post(address("split-row", task), sent)

    assert (response.status_code, as_text(plan)) == (status, ["1: 1 甲乙"])
    assert response.context["form"]["first"].value() == "只有甲"


def test_a_row_is_deleted_only_as_it_was_seen(office):
    plan = draw_up(["甲", "乙"])
    task = row_of(plan, "甲")
    page = address("edit-row", task)

    refused = office.post(page, {"action": "delete", "version": "另一个"})
    before = as_text(plan)
    done = office.post(page, {"action": "delete", "version": seen_task(task)})

    assert (refused.status_code, before) == (409, ["1: 1 甲", "1: 2 乙"])
    assert (done.status_code, as_text(plan)) == (302, ["1: 1 乙"])
