"""The real table of 2024 as it is loaded: no row, unit or deadline lost or invented (design: The table)."""

import datetime as dt
import json
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from departments.models import Collective, Unit, User
from tasks.choices import DutyRole, PartKind
from tasks.models import Assignment, Designation, Plan, Task

pytestmark = pytest.mark.django_db

EVERYBODY = "县政府各部门、单位"
TOWNS = "各乡镇（街道）人民政府（办事处）"
SOME = "县政府有关部门、单位"
FILE = Path(settings.BASE_DIR) / "fixtures" / "plan-2024.json"


def build_table():
    call_command("load_units", verbosity=0)
    User.objects.create_superuser("office", password="a password of ten", name="办公室")
    call_command("load_plan", FILE, issued_by="office")


@pytest.fixture(scope="module")
def shared_table(share):
    return share(build_table)


@pytest.fixture
def plan(db, shared_table):
    return Plan.objects.get()


def row(plan, number):
    return plan.tasks.get(number=number)


def names(task, role):
    return [designation.text for designation in task.designated(role)]


def test_the_table_has_its_parts_sections_and_rows(plan):
    table = plan.parts.filter(kind=PartKind.TABLE)

    assert [table.count(), Task.objects.filter(section__part__in=table).count()] == [5, 54]
    assert sum(part.sections.count() for part in table) == 12
    assert list(plan.tasks.values_list("number", flat=True)) == list(range(1, 60))


def test_the_plan_names_its_document_and_what_it_rests_on(plan):
    assert (plan.document_number, plan.issuer, plan.issued_on) == (
        "汶政办字〔2024〕8号",
        "汶上县人民政府办公室",
        dt.date(2024, 6, 24),
    )
    assert [document.number for document in plan.basis.all()] == ["鲁政办发〔2024〕2号", "济政办字〔2024〕17号"]


def test_text_is_kept_to_the_letter(plan):
    assert row(plan, 17).requirement == "动态调整并公开社会救助标准。"
    assert row(plan, 30).section.heading == "（六）提升政策集中发布质效"
    assert names(row(plan, 22), DutyRole.LEAD) == [
        "县教育和体育局",
        "县卫生健康局",
        "县住房和城乡建设局",
        "县水务局",
        "县交通运输局",
    ]
    assert not any(" " in task.requirement or "\n" in task.requirement for task in plan.tasks.all())


def test_deadlines_are_days(plan):
    table = plan.tasks.filter(section__part__kind=PartKind.TABLE)
    others = {task.number: task.due_on for task in table if task.due_on != dt.date(2024, 12, 31)}

    november, july = dt.date(2024, 11, 30), dt.date(2024, 7, 31)
    assert others == {22: november, 23: november, 53: july, 54: july}
    assert {task.deadline_as_written for task in table} == {"12月底前", "11月底前", "7月底前"}


def test_cells_merged_with_the_one_above_are_filled_in_and_marked(plan):
    from_above = Designation.objects.filter(task__plan=plan, from_cell_above=True)
    rows = {role: sorted(set(from_above.filter(role=role).values_list("task__number", flat=True))) for role in DutyRole}

    assert rows == {DutyRole.LEAD: [47, 49, 50, 51, 53, 54], DutyRole.RESPONSIBLE: [49, 50, 51]}
    assert names(row(plan, 47), DutyRole.LEAD) == ["县政府办公室"]
    assert names(row(plan, 51), DutyRole.RESPONSIBLE) == [EVERYBODY, TOWNS]


def test_a_blank_responsible_cell_beside_a_filled_lead_cell_stays_empty(plan):
    blank = [task.number for task in plan.tasks.with_designations() if not task.designated(DutyRole.RESPONSIBLE)]

    assert blank == [24, 27, 28, 34, 43, 44, 45, 46]


def test_rows_that_name_a_number_carry_it(plan):
    assert dict(plan.tasks.filter(target_count__isnull=False).values_list("number", "target_count")) == {42: 2, 55: 1}


def test_rows_whose_units_are_still_to_be_named_say_so(plan):
    unresolved = [task.number for task in plan.tasks.with_designations() if task.is_unresolved]

    assert unresolved == [3, 4, 5, 6, 8, 26, 35, 47, 52, 53, 54]


def test_the_notice_binds_every_unit(plan):
    notice = plan.tasks.filter(section__part__kind=PartKind.NOTICE)

    assert [task.due_on for task in notice] == [
        dt.date(2024, 12, 31),
        dt.date(2024, 12, 31),
        dt.date(2024, 6, 30),
        dt.date(2025, 1, 31),
        None,
    ]
    assert {task.assignments.count() for task in notice} == {Unit.objects.count()}


def test_a_unit_named_twice_has_one_duty_with_the_stronger_role(plan):
    office = Assignment.objects.get(task=row(plan, 29), unit__name="县政府办公室")

    assert (office.role, office.coordinates) == (DutyRole.LEAD, True)
    assert row(plan, 29).assignments.count() == Unit.objects.count()


@pytest.mark.parametrize("number", [19, 20, 24, 27])
def test_who_leads_only_through_a_collective_coordinates_nobody(plan, number):
    assert not row(plan, number).assignments.filter(coordinates=True).exists()


def test_collectives_resolve_by_their_stored_rule(plan):
    assert Collective.objects.get(name=TOWNS).units().count() == 15
    assert Collective.objects.get(name=EVERYBODY).units().count() == 25
    assert Collective.objects.get(name=SOME).units().count() == 0


def test_loading_twice_changes_nothing(plan):
    before = (Unit.objects.count(), Task.objects.count(), Assignment.objects.count())

    call_command("load_units", verbosity=0)
    call_command("load_plan", FILE, issued_by="office")

    assert (Unit.objects.count(), Task.objects.count(), Assignment.objects.count()) == before


def test_a_name_that_is_not_in_the_register_is_refused_and_nothing_is_kept(db, tmp_path):
    User.objects.create_superuser("office", password="a password of ten", name="办公室")
    call_command("load_units", verbosity=0)
    data = json.loads(FILE.read_text())
    data["parts"][0]["sections"][0]["tasks"][0]["lead"] = ["县商业局"]
    wrong = tmp_path / "plan.json"
    wrong.write_text(json.dumps(data))

    with pytest.raises(CommandError, match="县商业局"):
        call_command("load_plan", wrong, issued_by="office")

    assert not Plan.objects.exists()
