"""The office gives a duty to another unit, by the cell in which the unit stands."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from departments.choices import Role
from departments.services import units as registered_units
from tasks.choices import DutyRole, Event
from tasks.models import Amendment, Assignment, Notification, Task
from tasks.services.deadlines import extensions, reassignment, suspension
from tasks.services.plans import assignments, issuing
from tasks.services.progress import reviews
from tests.factories import (
    CollectiveFactory,
    DesignationFactory,
    PartFactory,
    PlanFactory,
    SectionFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
    claim,
    complete,
    submit,
)
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.core.web.errors import Conflict, Refused

pytestmark = pytest.mark.django_db

SUMMER = dt.date(2024, 6, 24)
AUTUMN = dt.date(2024, 10, 10)


@pytest.fixture
def clerk():
    return UserFactory(role=Role.OFFICE)


@pytest.fixture
def commerce():
    return UnitFactory(name="县商务局")


@pytest.fixture
def culture():
    return UnitFactory(name="县文化和旅游局")


@pytest.fixture
def task(clerk, commerce):
    """An issued row: 县商务局 leads; 县科技局, every town and 有关部门 (县教育局 was picked) answer for it."""
    plan = PlanFactory(state="draft", issued_on=SUMMER)
    task = TaskFactory(section=SectionFactory(part=PartFactory(plan=plan)), number=1)
    UnitFactory(name="甲镇", kind="town")
    DesignationFactory(task=task, role="lead", unit=commerce)
    DesignationFactory(task=task, unit=UnitFactory(name="县科技局"))
    DesignationFactory(task=task, collective=CollectiveFactory(name="各乡镇", kinds=["town"]))
    some = DesignationFactory(task=task, collective=CollectiveFactory(name="有关部门", kinds=[]))
    with time_machine.travel(on_day(SUMMER), tick=False):
        issuing.issue(plan, by=clerk)
        assignments.pick_units(some, [UnitFactory(name="县教育局")], by=clerk, on=SUMMER)
    Notification.objects.all().delete()
    return Task.objects.get(pk=task.pk)


def duty_of(task, name):
    return task.assignments.get(unit__name=name)


def reassign(duty, unit, by, **otherwise):
    with time_machine.travel(on_day(AUTUMN), tick=False):
        return reassignment.reassign(duty, unit, **{"by": by, "reason": "职能划转。", **otherwise})


def cells(task):
    seen = Task.objects.with_designations().get(pk=task.pk)
    return {role.value: [entry.text for entry in seen.designated(role)] for role in DutyRole}


def owed(task):
    with time_machine.travel(on_day(AUTUMN), tick=False):
        return {duty.unit.name: (duty.role, duty.coordinates) for duty in task.assignments.owed()}


def test_a_unit_that_stands_by_its_name_is_replaced_in_its_cell_and_the_amendment_is_on_record(
    task, clerk, commerce, culture
):
    new = reassign(duty_of(task, "县商务局"), culture, clerk)

    amendment = Amendment.objects.get()
    assert cells(task) == {"lead": ["县文化和旅游局"], "responsible": ["县科技局", "各乡镇", "有关部门"]}
    assert amendment.changes == [["牵头部门", "县商务局", "县文化和旅游局"]]
    assert (amendment.reason, amendment.by) == ("职能划转。", clerk)
    assert owed(task)["县文化和旅游局"] == (DutyRole.LEAD, True)
    assert "县商务局" not in owed(task)
    assert (new.unit, new.owed_from, duty_of(task, "县商务局").released_on) == (culture, AUTUMN, AUTUMN)


def test_the_timelines_and_the_people_of_both_units_tell_of_it(task, clerk, commerce, culture):
    giver, taker = UserFactory(unit=commerce), UserFactory(unit=culture)

    new = reassign(duty_of(task, "县商务局"), culture, clerk)

    words = "牵头部门由“县商务局”改为“县文化和旅游局”。原因：职能划转。"
    for duty in (new, duty_of(task, "县商务局")):
        assert [(step.event, step.reason) for step in duty.transitions.all()] == [(Event.REASSIGNED, words)]
    assert {note.user for note in Notification.objects.all()} == {giver, taker}


def test_the_name_keeps_its_place_in_the_cell(task, clerk, culture):
    reassign(duty_of(task, "县科技局"), culture, clerk)

    assert cells(task)["responsible"] == ["县文化和旅游局", "各乡镇", "有关部门"]


def test_a_unit_that_stands_in_the_cell_already_is_not_written_twice(task, clerk):
    DesignationFactory(task=task, unit=UnitFactory(name="县文旅局"))
    with time_machine.travel(on_day(SUMMER), tick=False):
        assignments.settle(task.plan, on=SUMMER)
    present = duty_of(task, "县文旅局")

    new = reassign(duty_of(task, "县科技局"), present.unit, clerk)

    assert cells(task)["responsible"] == ["各乡镇", "有关部门", "县文旅局"]
    assert new == present


def test_a_unit_that_answers_for_the_row_already_becomes_its_lead(task, clerk, commerce):
    town = duty_of(task, "甲镇")

    new = reassign(duty_of(task, "县商务局"), town.unit, clerk)

    assert (new, new.role, new.coordinates) == (town, DutyRole.LEAD, True)


def test_a_unit_that_was_picked_is_replaced_among_those_picked(task, clerk, culture):
    taker = UserFactory(unit=culture)

    new = reassign(duty_of(task, "县教育局"), culture, clerk)

    entry = task.designations.get(text="有关部门")
    words = "由县教育局改派县文化和旅游局。原因：职能划转。"
    assert [unit.name for unit in entry.picked_units.all()] == ["县文化和旅游局"]
    assert (Amendment.objects.count(), cells(task)["responsible"]) == (0, ["县科技局", "各乡镇", "有关部门"])
    for duty in (new, duty_of(task, "县教育局")):
        assert [(step.event, step.reason) for step in duty.transitions.all()] == [(Event.REASSIGNED, words)]
    assert Notification.objects.get(user=taker).text == f"《{task.plan.title}》第1项任务{words}"
    assert duty_of(task, "县教育局").released_on == AUTUMN


def test_others_that_were_picked_stay(task, clerk, culture):
    entry = task.designations.get(text="有关部门")
    with time_machine.travel(on_day(SUMMER), tick=False):
        assignments.pick_for_rows([entry], [culture], by=clerk, on=SUMMER, adding=True)

    reassign(duty_of(task, "县教育局"), culture, clerk)

    assert [unit.name for unit in entry.picked_units.all()] == ["县文化和旅游局"]


def test_a_unit_named_by_a_rule_alone_cannot_be_taken_out_by_itself(task, clerk, culture):
    with pytest.raises(Refused, match="甲镇因“各乡镇”承担该事项，不能单独改派；请调整第1项任务本身"):
        reassign(duty_of(task, "甲镇"), culture, clerk)

    assert "甲镇" in owed(task)


def test_a_unit_that_holds_it_as_a_successor_is_replaced_where_the_old_one_was_named(task, clerk, culture):
    merged = UnitFactory(name="县工信局")
    with time_machine.travel(on_day(dt.date(2024, 9, 1)), tick=False):
        registered_units.retire(duty_of(task, "县科技局").unit, by=clerk, on=dt.date(2024, 9, 1), successor=merged)

    new = reassign(duty_of(task, "县工信局"), culture, clerk)

    assert cells(task)["responsible"] == ["县文化和旅游局", "各乡镇", "有关部门"]
    assert new.unit == culture
    assert "县工信局" not in owed(task)


def test_a_deadline_that_was_extended_goes_with_the_duty(task, clerk, culture):
    duty = duty_of(task, "县科技局")
    with time_machine.travel(on_day(dt.date(2024, 9, 1)), tick=False):
        extensions.extend(duty, by=clerk, due_on=dt.date(2025, 3, 31), reason="统一顺延。")

    new = reassign(duty, culture, clerk)

    new.refresh_from_db()
    assert (new.due_on, new.first_due_on) == (dt.date(2025, 3, 31), dt.date(2024, 12, 31))
    assert new.transitions.first().reason == "由县科技局改派，时限沿用延期后的2025-03-31。"


def test_reports_of_the_old_unit_stay(task, clerk, culture):
    duty = duty_of(task, "县科技局")
    report = submit(duty)

    reassign(duty, culture, clerk)

    assert duty.reports.get() == report


@pytest.mark.parametrize("role", [role for role in Role if role != Role.OFFICE])
def test_only_the_office_reassigns(task, culture, role):
    duty = duty_of(task, "县科技局")

    with pytest.raises(PermissionDenied):
        reassign(duty, culture, UserFactory(role=role, unit=duty.unit))


def test_what_cannot_be_given_away_says_why(task, clerk, culture):
    duty = duty_of(task, "县科技局")
    with pytest.raises(Refused, match="请填写改派的原因"):
        reassign(duty, culture, clerk, reason="")
    with pytest.raises(Refused, match="本来就由县科技局承办"):
        reassign(duty, duty.unit, clerk)
    with pytest.raises(Refused, match="已撤销或尚未设立"):
        reassign(duty, UnitFactory(retired_on=AUTUMN), clerk)
    suspension.suspend(duty, by=clerk, reason="等待。")
    with pytest.raises(Refused, match="已中止"):
        reassign(duty, culture, clerk)
    suspension.resume(duty, by=clerk, reason="文件已到。")
    report = claim(duty)
    with pytest.raises(Refused, match="正在审核"):
        reassign(duty, culture, clerk)
    reviews.return_(report, by=clerk, comment="请补充。")
    complete(duty)
    with pytest.raises(Refused, match="已办结"):
        reassign(duty, culture, clerk)


def test_a_duty_given_away_a_moment_ago_is_not_given_away_again(task, clerk, culture, commerce):
    duty = duty_of(task, "县科技局")
    reassign(duty, culture, clerk)

    with pytest.raises(Conflict, match="已解除"):
        reassign(duty, commerce, clerk)

    assert Assignment.objects.filter(unit=culture).count() == 1
