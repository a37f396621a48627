"""What a file leaves open is answered on the page of its import, one answer at a time, until the plan is written."""

import pytest
from django.urls import reverse

from departments.choices import Role
from tasks.forms.plans.imports import short
from tasks.models import KnownAnswer, KnownHeadings, Plan, PlanImport
from tasks.services.plans import imports
from tests.factories import HEADINGS, PlanImportFactory, UnitFactory, UserFactory, source_of
from tests.pages import page_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(client):
    person = UserFactory(role=Role.OFFICE)
    client.force_login(person)
    return person


def at(name, plan_import):
    return reverse(f"tasks:{name}", args=[plan_import.pk])


def imported(*rows):
    return PlanImportFactory(source=source_of(HEADINGS, *rows).as_data())


def asked(plan_import):
    """The questions that are open, as `{kind: [key]}`."""
    plan_import.refresh_from_db()
    found = {}
    for question in imports.propose(plan_import).questions:
        found.setdefault(question.kind, []).append(question.key)
    return found


def test_a_cell_of_units_is_answered_with_units_by_role_and_can_be_answered_again(client, clerk):
    UnitFactory(name="县司法局")
    UnitFactory(name="县财政局")
    cell = "县司法局，县财政局牵头"
    waiting = imported(["公开", "", cell, "公开文件。", "12月底前"])
    key = f"responsible:{cell}"
    fields = {f"cell-lead-{short(key)}": "县司法局", f"cell-responsible-{short(key)}": ""}

    page = page_of(client.get(at("import-file", waiting)))
    client.post(at("import-answer", waiting), {"title": "表", **fields})
    first = PlanImport.objects.get().answers["cells"]
    fields |= {f"cell-lead-{short(key)}": "县司法局、县财政局"}
    client.post(at("import-answer", waiting), {"title": "表", **fields})
    client.post(at("import-take", waiting), {"version": 2})

    assert cell in page
    assert first == {key: {"lead": "县司法局", "responsible": ""}}
    assert [d.text for d in Plan.objects.get().tasks.get().designations.all()] == ["县司法局", "县财政局"]


def test_blank_deadlines_are_answered_row_by_row_or_all_at_once(client, clerk):
    UnitFactory(name="县司法局")
    rows = [["公开", "县司法局", "", f"公开第{n}批文件。", "12月底前" if n == 1 else ""] for n in range(1, 7)]
    waiting = imported(*rows)
    keys = [f"blank:0:{n}:deadline" for n in range(3, 8)]

    opened = asked(waiting)
    first = {
        f"choice-{short(keys[0])}": "above",
        f"choice-{short(keys[1])}": "none",
        f"text-{short(keys[2])}": "6月底前",
    }
    client.post(at("import-answer", waiting), {"title": "表", **first})
    rest = asked(waiting)
    client.post(at("import-answer", waiting), {"title": "表", **first, "blanks": "ongoing"})
    waiting.refresh_from_db()

    assert opened == {"blank": [f"0:{n}:deadline" for n in range(3, 8)]}
    assert rest == {"blank": ["0:6:deadline", "0:7:deadline"]}
    assert [(f"{row.due_on}", row.recurrence, row.deadline_as_written) for row in imports.propose(waiting).rows] == [
        ("2025-12-31", "", "12月底前"),
        ("2025-12-31", "", "12月底前"),
        ("None", "", ""),
        ("2025-06-30", "", "6月底前"),
        ("None", "ongoing", ""),
        ("None", "ongoing", ""),
    ]


def test_what_is_not_read_is_answered_by_one_choice_each(client, clerk):
    UnitFactory(name="县司法局")
    UnitFactory(name="县财政局")
    waiting = imported(
        ["公开", "县司法局", "", "公开文件。", "12月底前"],
        ["", "", "县财政局", "", ""],
        ["填报人：甲某某", "", "", "", ""],
    )
    opened = asked(waiting)
    chosen = {f"choice-{short('lone:0:3')}": "above", f"choice-{short('lone:0:4')}": "skip"}

    client.post(at("import-answer", waiting), {"title": "表", **chosen})
    shown = page_of(client.get(at("import-file", waiting)))

    assert opened == {"lone": ["0:3", "0:4"]}
    assert asked(waiting) == {}
    assert "全部问题已答复" in shown
    assert [(row.lead, row.responsible) for row in imports.propose(waiting).rows] == [(["县司法局"], ["县财政局"])]


def test_digits_and_persons_are_not_registered_with_all_others(client, clerk):
    waiting = imported(["公开", "甲县气象局", "", "公开文件。", "12月底前"])
    imports.answer(waiting, by=clerk, version=0, rows={"0:2": {"responsible": "12、甲某某、2026年、——"}})

    client.post(at("import-answer", waiting), {"title": "表", "all_new": "1"})

    waiting.refresh_from_db()
    assert waiting.answers["names"] == {"甲县气象局": "new-unit:vertical"}


def test_what_was_learnt_is_shown_and_deleted(client, clerk):
    known = KnownAnswer.objects.create(
        kind="cells", text="lead:甲局会同乙局", answer={"lead": "甲局", "responsible": "乙局"}, said_by=clerk
    )
    heading = KnownHeadings.objects.create(headings="甲｜乙", columns=["requirement", ""], said_by=clerk)

    page = page_of(client.get(reverse("tasks:import-learnt")))
    client.post(reverse("tasks:import-forget", args=[known.pk]))
    client.post(reverse("tasks:import-forget", args=[heading.pk]), {"kind": "headings"})

    assert "甲局会同乙局" in page
    assert "牵头：甲局；责任：乙局" in page
    assert "甲：具体要求；乙：不读取" in page
    assert not KnownAnswer.objects.exists()
    assert not KnownHeadings.objects.exists()
