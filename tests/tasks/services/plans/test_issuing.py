"""A plan is built from data, issued, and then binds its units (design: The table)."""

import copy
import datetime
import json
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied

from departments.choices import Role
from departments.services import register
from tasks.choices import DutyRole, PlanState
from tasks.models import Assignment, Plan
from tasks.services.plans import issuing
from tests.factories import (
    CollectiveFactory,
    DesignationFactory,
    PartFactory,
    PlanFactory,
    SectionFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
)
from wenshang_disclosure.core.web.errors import Conflict, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return UserFactory(role=Role.OFFICE)


@pytest.fixture
def drawn_up():
    """A plan that is ready to be issued, with one row."""
    plan = PlanFactory(state=PlanState.DRAFT)
    DesignationFactory(task__section__part__plan=plan, unit=UnitFactory())
    return plan


# --- issue ------------------------------------------------------------------------------------------------------------


def test_an_issued_plan_gives_its_units_their_duties_from_its_date(drawn_up, office):
    plan = issuing.issue(drawn_up, by=office)

    assert (plan.state, Plan.objects.get().state) == (PlanState.ISSUED, PlanState.ISSUED)
    assert list(plan.assignments.values_list("owed_from", flat=True)) == [plan.issued_on]


def test_a_plan_is_issued_once(drawn_up, office):
    issuing.issue(drawn_up, by=office)

    with pytest.raises(Conflict, match="已经印发"):
        issuing.issue(drawn_up, by=office)

    assert drawn_up.assignments.count() == 1


def test_a_plan_without_a_date_is_not_issued(drawn_up, office):
    drawn_up.issued_on = None
    drawn_up.save()

    with pytest.raises(Refused, match="印发日期"):
        issuing.issue(drawn_up, by=office)

    assert Plan.objects.get().state == PlanState.DRAFT


def test_a_plan_without_rows_is_not_issued(office):
    plan = PlanFactory(state=PlanState.DRAFT)

    with pytest.raises(Refused, match="还没有任务"):
        issuing.issue(plan, by=office)

    assert Plan.objects.get().state == PlanState.DRAFT


def test_rows_that_name_nobody_at_all_are_listed_and_the_plan_is_not_issued(drawn_up, office):
    section = drawn_up.tasks.get().section
    TaskFactory(section=section, number=901)
    TaskFactory(section=section, number=902)

    with pytest.raises(Refused, match="以下任务没有填写任何单位：901、902。"):
        issuing.issue(drawn_up, by=office)

    assert (Plan.objects.get().state, Assignment.objects.count()) == (PlanState.DRAFT, 0)


def test_a_row_that_is_still_to_be_resolved_does_not_hold_up_the_plan(drawn_up, office):
    task = TaskFactory(section=drawn_up.tasks.get().section)
    DesignationFactory(task=task, unit=None, collective=CollectiveFactory(kinds=[]))

    issuing.issue(drawn_up, by=office)

    assert (task.is_unresolved, task.assignments.count(), drawn_up.assignments.count()) == (True, 0, 1)


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.LIAISON, Role.LEADER, Role.AUDITOR])
def test_only_the_office_issues(drawn_up, role):
    with pytest.raises(PermissionDenied):
        issuing.issue(drawn_up, by=UserFactory(role=role))

    assert Plan.objects.get().state == PlanState.DRAFT


# --- build ------------------------------------------------------------------------------------------------------------


ROW = {
    "number": 1,
    "requirement": "做好“两个清单”公开。",
    "deadline_as_written": "12月底前",
    "due_on": "2024-12-31",
    "target_count": 2,
    "lead": ["县商务局"],
    "lead_from_cell_above": True,
    "responsible": ["各乡镇"],
    "responsible_from_cell_above": False,
}
SMALL = {
    "plan": {
        "year": 2024,
        "title": "测试分解表",
        "document_number": "测〔2024〕1号",
        "issuer": "办公室",
        "issued_on": "2024-06-24",
        "basis": [{"title": "要点", "number": "鲁〔2024〕2号"}, {"title": "分解表", "number": ""}],
    },
    "parts": [
        {"heading": "一、甲", "kind": "table", "sections": [{"heading": "（一）子", "tasks": [ROW]}]},
        {"heading": "二、乙", "kind": "notice", "sections": [{"heading": "（二）丑", "tasks": [{**ROW, "number": 2}]}]},
    ],
}


def test_a_built_plan_is_a_draft_with_everything_as_written():
    commerce, towns = UnitFactory(name="县商务局"), CollectiveFactory(name="各乡镇", kinds=["town"])

    plan = issuing.build(SMALL)

    assert (plan.state, plan.issued_on, plan.assignments.count()) == ("draft", datetime.date(2024, 6, 24), 0)
    assert [str(document) for document in plan.basis.all()] == ["《要点》（鲁〔2024〕2号）", "《分解表》"]
    assert list(plan.parts.values_list("order", "heading", "kind", "sections__order", "sections__heading")) == [
        (1, "一、甲", "table", 1, "（一）子"),
        (2, "二、乙", "notice", 2, "（二）丑"),
    ]
    task = plan.tasks.get(number=1)
    assert (task.requirement, task.deadline_as_written) == ("做好“两个清单”公开。", "12月底前")
    assert (task.due_on, task.target_count) == (datetime.date(2024, 12, 31), 2)
    assert list(task.designations.values_list("role", "text", "unit", "collective", "from_cell_above")) == [
        ("lead", "县商务局", commerce.pk, None, True),
        ("responsible", "各乡镇", None, towns.pk, False),
    ]


def test_every_unknown_name_is_told_at_once_and_nothing_is_built():
    UnitFactory(name="县商务局")
    data = copy.deepcopy(SMALL)
    data["parts"][1]["sections"][0]["tasks"][0]["lead"] = ["县某局", "县商务局"]

    with pytest.raises(Refused, match="以下名称不在单位名录中：县某局、各乡镇。"):
        issuing.build(data)

    assert Plan.objects.count() == 0


def test_the_2024_table_is_issued_with_one_duty_for_each_unit_that_a_row_names(office):
    folder = Path(settings.BASE_DIR) / "fixtures"
    data = json.loads((folder / "plan-2024.json").read_text())
    units = json.loads((folder / "units.json").read_text())["units"]
    collectives = json.loads((folder / "collectives.json").read_text())["collectives"]
    register.load(units, collectives)

    plan = issuing.issue(issuing.build(data), by=office)

    unit_kinds = {unit["name"]: unit["kind"] for unit in units}
    collective_kinds = {entry["name"]: entry["kinds"] for entry in collectives}
    expected = set()
    for row in (row for part in data["parts"] for section in part["sections"] for row in section["tasks"]):
        leads, responsible = (spelled_out(row[role], unit_kinds, collective_kinds) for role in ("lead", "responsible"))
        expected |= {(row["number"], unit, "lead", unit in row["lead"]) for unit in leads}
        expected |= {(row["number"], unit, "responsible", False) for unit in responsible - leads}
    fields = ("task__number", "unit__name", "role", "coordinates")
    assert set(plan.assignments.values_list(*fields)) == expected
    assert plan.assignments.count() == len(expected)


def spelled_out(names, unit_kinds, collective_kinds):
    """The units that the names in a cell stand for, read plainly."""
    units = set()
    for name in names:
        kinds = collective_kinds.get(name)
        units |= {name} if kinds is None else {unit for unit, kind in unit_kinds.items() if kind in kinds}
    return units


# --- what the database refuses ----------------------------------------------------------------------------------------


def test_an_issued_plan_has_a_date(refused_by):
    with refused_by("issued_plan_has_a_date"):
        PlanFactory(state=PlanState.ISSUED, issued_on=None)


def test_parts_sections_rows_and_entries_have_one_place_each(refused_by):
    entry = DesignationFactory(unit=UnitFactory())
    task, section = entry.task, entry.task.section

    with refused_by("part_order_once"):
        PartFactory(plan=task.plan, order=section.part.order)
    with refused_by("section_order_once"):
        SectionFactory(part=section.part, order=section.order)
    with refused_by("task_number_once"):
        TaskFactory(section=section, number=task.number)
    with refused_by("designation_place_once"):
        DesignationFactory(task=task, role=entry.role, order=entry.order, unit=UnitFactory())


def test_an_entry_names_a_unit_or_a_collective_never_both_or_neither(refused_by):
    task = TaskFactory()

    with refused_by("designation_is_unit_or_collective"):
        DesignationFactory(task=task, unit=UnitFactory(), collective=CollectiveFactory())
    with refused_by("designation_is_unit_or_collective"):
        DesignationFactory(task=task, unit=None, collective=None, text="某单位", role=DutyRole.LEAD)
