"""A row changed after issue: with a reason, on the timeline of every duty that it touches."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from departments.choices import Role
from tasks.choices import Event, Light
from tasks.models import Amendment, Assignment, Notification, Task
from tasks.services.deadlines import extensions
from tasks.services.plans import amendments, issuing
from tasks.services.plans.drafting import seen_task
from tests.factories import (
    CollectiveFactory,
    DesignationFactory,
    PartFactory,
    PlanFactory,
    SectionFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
    complete,
)
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.core.evenings import evening
from wenshang_disclosure.core.web.errors import Conflict, Refused

pytestmark = pytest.mark.django_db
SUMMER = dt.date(2024, 6, 24)
AUTUMN = dt.date(2024, 10, 10)
JANUARY = dt.date(2025, 1, 31)
MARCH = dt.date(2025, 3, 31)


@pytest.fixture
def clerk():
    return UserFactory(role=Role.OFFICE)


@pytest.fixture
def task(clerk):
    """One issued row: the commerce bureau leads it, two towns answer for it."""
    plan = PlanFactory(state="draft", issued_on=SUMMER)
    task = TaskFactory(section=SectionFactory(part=PartFactory(plan=plan)), number=1)
    towns = CollectiveFactory(name="各乡镇", kinds=["town"])
    DesignationFactory(task=task, role="lead", unit=UnitFactory(name="县商务局"))
    DesignationFactory(task=task, role="responsible", collective=towns)
    UnitFactory(name="甲镇", kind="town")
    UnitFactory(name="乙镇", kind="town")
    with time_machine.travel(on_day(SUMMER), tick=False):
        issuing.issue(plan, by=clerk)
    return Task.objects.get(pk=task.pk)


def change(task, clerk, on=AUTUMN, **changes):
    seen = Task.objects.with_designations().get(pk=task.pk)
    cells = {role: [entry.text for entry in seen.designated(role)] for role in ("lead", "responsible")}
    with time_machine.travel(on_day(on), tick=False):
        return amendments.amend(
            task, **{"by": clerk, "version": seen_task(seen), "reason": "上级要求。", **cells, **changes}
        )


def test_a_new_deadline_reaches_every_duty_and_is_told_on_its_timeline(task, clerk):
    change(task, clerk, due_on=dt.date(2024, 11, 30), deadline_as_written="11月底前")

    duties = Assignment.objects.all()
    assert {(duty.due_on, duty.first_due_on) for duty in duties} == {(dt.date(2024, 11, 30), dt.date(2024, 12, 31))}
    for duty in duties:
        step = duty.transitions.get()
        assert (step.event, step.from_status, step.to_status) == (Event.AMENDED, "not_started", "not_started")
        assert step.reason == ("完成时限由“12月底前（2024-12-31）”改为“11月底前（2024-11-30）”。原因：上级要求。")


def lit(day):
    """The first duty as it stood on the evening of a day."""
    with evening(day):
        return Assignment.objects.with_light().first()


def test_an_evening_before_the_amendment_shows_the_deadline_of_that_day(task, clerk):
    change(task, clerk, due_on=dt.date(2024, 9, 30), deadline_as_written="9月底前")

    before, after = lit(dt.date(2024, 10, 9)), lit(dt.date(2024, 10, 11))

    assert (before.light, before.due_on, before.days_left) == (Light.NOT_STARTED, dt.date(2024, 12, 31), 83)
    assert (after.light, after.due_on, after.days_left) == (Light.OVERDUE, dt.date(2024, 9, 30), -11)


def test_a_deadline_taken_away_is_gone_from_that_day_on_only(task, clerk):
    change(task, clerk, due_on=None, recurrence="ongoing", deadline_as_written="长期坚持")

    assert lit(dt.date(2024, 10, 9)).due_on == dt.date(2024, 12, 31)
    assert lit(dt.date(2024, 10, 11)).due_on is None


def test_a_completed_duty_keeps_the_deadline_by_which_it_was_done(task, clerk):
    with time_machine.travel(on_day(dt.date(2024, 9, 20)), tick=False):
        done = complete(Assignment.objects.get(unit__name="甲镇"))

    change(task, clerk, due_on=dt.date(2024, 8, 31), deadline_as_written="8月底前")

    with evening(dt.date(2024, 12, 1)):
        done = Assignment.objects.with_light().get(pk=done.pk)
    assert (done.light, done.is_late, done.due_on) == (Light.DONE, False, dt.date(2024, 12, 31))
    assert done.transitions.filter(event=Event.AMENDED).count() == 1


def test_who_comes_owes_from_that_day_and_who_goes_is_released(task, clerk):
    UnitFactory(name="县财政局")

    change(task, clerk, lead=["县财政局"])

    new = Assignment.objects.get(unit__name="县财政局")
    gone = Assignment.objects.get(unit__name="县商务局")
    assert (new.owed_from, new.role, new.coordinates) == (AUTUMN, "lead", True)
    assert gone.released_on == AUTUMN
    assert [duty.transitions.count() for duty in (new, gone)] == [1, 1]
    assert not Assignment.objects.get(unit__name="甲镇").transitions.exists()


def test_the_change_is_kept_with_its_reason_in_words(task, clerk):
    UnitFactory(name="县财政局")

    amendment = change(task, clerk, lead=["县商务局", "县财政局"], requirement="新的要求。")

    assert amendment.changes == [
        ["具体要求", "做好政策发布。", "新的要求。"],
        ["牵头部门", "县商务局", "县商务局、县财政局"],
    ]
    with pytest.raises(TypeError, match="append-only"):
        amendment.save()


def test_units_picked_for_a_cell_stay_picked(clerk):
    plan = PlanFactory(state="draft", issued_on=SUMMER)
    task = TaskFactory(section=SectionFactory(part=PartFactory(plan=plan)), number=1)
    entry = DesignationFactory(task=task, role="responsible", collective=CollectiveFactory(name="有关部门", kinds=[]))
    picked = UnitFactory()
    entry.picked_units.add(picked)
    issuing.issue(plan, by=clerk)

    change(task, clerk, requirement="新的要求。")

    assert list(entry.picked_units.all()) == [picked]
    assert Assignment.objects.get().released_on is None


def test_nothing_changed_is_refused(task, clerk):
    with pytest.raises(Refused, match="没有任何改动"):
        change(task, clerk)

    assert not Amendment.objects.exists()


def test_a_row_is_never_left_without_anybody(task, clerk):
    with pytest.raises(Refused, match="至少要有一个"):
        change(task, clerk, lead=[], responsible=[])


def test_who_saw_an_older_row_is_told(task, clerk):
    seen = seen_task(Task.objects.with_designations().get(pk=task.pk))
    change(task, clerk, requirement="新的要求。")

    with pytest.raises(Conflict, match="刚被别人改过"):
        change(task, clerk, version=seen, requirement="另一个要求。")


def test_only_the_office_amends(task):
    with pytest.raises(PermissionDenied):
        change(task, UserFactory(role=Role.REVIEWER), requirement="新的要求。")


def test_a_draft_is_changed_directly(clerk):
    plan = PlanFactory(state="draft")
    task = TaskFactory(section=SectionFactory(part=PartFactory(plan=plan)), number=1)
    DesignationFactory(task=task, unit=UnitFactory())

    with pytest.raises(Conflict, match="尚未印发"):
        change(task, clerk, requirement="新的要求。")


def test_a_cell_merged_with_the_amended_one_stands_on_its_own_again(task, clerk):
    below = TaskFactory(section=task.section, number=2)
    merged = DesignationFactory(task=below, role="lead", order=1, unit=task.designations.get(role="lead").unit)
    merged.from_cell_above = True
    merged.save()
    UnitFactory(name="县财政局")

    change(task, clerk, lead=["县财政局"])

    merged.refresh_from_db()
    assert (merged.text, merged.from_cell_above) == ("县商务局", False)


# --- extended duties --------------------------------------------------------------------------------------------------


@pytest.fixture
def extended(task, clerk):
    """The duty of one town, extended to the end of March."""
    duty = Assignment.objects.get(unit__name="甲镇")
    with time_machine.travel(on_day(dt.date(2024, 9, 1)), tick=False):
        return extensions.extend(duty, by=clerk, due_on=MARCH, reason="统一顺延。")


def move_row(task, clerk, due_on, **options):
    return change(task, clerk, due_on=due_on, deadline_as_written=f"{due_on.month}月底前", **options)


def deadlines(task):
    return dict(task.assignments.values_list("unit__name", "due_on"))


def test_an_extended_deadline_stays_where_the_rows_own_does_not_move(task, clerk, extended):
    change(task, clerk, requirement="做好政策发布和解读。")

    assert Assignment.objects.get(pk=extended.pk).due_on == MARCH


@pytest.mark.parametrize("day", [dt.date(2024, 11, 30), JANUARY, dt.date(2025, 3, 30)])
def test_an_extended_duty_keeps_its_deadline_where_the_rows_new_one_is_earlier(task, clerk, extended, day):
    move_row(task, clerk, day)

    assert deadlines(task) == {"县商务局": day, "甲镇": MARCH, "乙镇": day}
    assert extended.transitions.latest("pk").reason.endswith("原因：上级要求。本单位已延期，时限仍为2025-03-31。")


def test_an_extended_duty_goes_on_with_the_row_where_that_is_later(task, clerk, extended):
    move_row(task, clerk, dt.date(2025, 4, 30))

    assert set(deadlines(task).values()) == {dt.date(2025, 4, 30)}


def test_an_extension_comes_forward_again_where_a_later_row_is_moved_back(task, clerk, extended):
    move_row(task, clerk, dt.date(2026, 1, 31))
    move_row(task, clerk, JANUARY)

    assert deadlines(task) == {"县商务局": JANUARY, "甲镇": MARCH, "乙镇": JANUARY}


def test_an_extension_outlasts_a_time_in_which_the_row_has_no_deadline(task, clerk, extended):
    change(task, clerk, due_on=None, recurrence="ongoing", deadline_as_written="长期坚持")
    without = set(deadlines(task).values())
    change(task, clerk, due_on=JANUARY, recurrence="", deadline_as_written="1月底前")

    assert without == {None}
    assert deadlines(task) == {"县商务局": JANUARY, "甲镇": MARCH, "乙镇": JANUARY}


def test_the_office_may_replace_extensions_and_they_do_not_come_back(task, clerk, extended):
    move_row(task, clerk, JANUARY, replace_extensions=True)
    replaced = extended.transitions.latest("pk").reason
    move_row(task, clerk, dt.date(2024, 11, 30))

    assert set(deadlines(task).values()) == {dt.date(2024, 11, 30)}
    assert replaced.endswith("原因：上级要求。本单位原延至2025-03-31，现时限为2025-01-31。")


def test_a_duty_set_back_to_the_rows_deadline_follows_the_row(task, clerk, extended):
    with time_machine.travel(on_day(AUTUMN), tick=False):
        extensions.extend(extended, by=clerk, due_on=dt.date(2024, 12, 31), reason="误填。", correcting=True)

    move_row(task, clerk, dt.date(2024, 11, 30))

    assert set(deadlines(task).values()) == {dt.date(2024, 11, 30)}


def test_each_unit_is_told_its_own_deadline(task, clerk, extended):
    people = {unit: UserFactory(unit=task.assignments.get(unit__name=unit).unit) for unit in ("甲镇", "乙镇")}

    move_row(task, clerk, JANUARY)

    told = {unit: Notification.objects.get(user=person).text for unit, person in people.items()}
    start, what = "《2024年测试分解表》第1项任务有调整", "完成时限由“12月底前（2024-12-31）”改为“1月底前（2025-01-31）”"
    assert told == {
        "甲镇": f"{start}，本单位已延期，时限仍为2025-03-31：{what}",
        "乙镇": f"{start}，本单位时限为2025-01-31：{what}",
    }


def test_an_extension_that_was_not_shown_keeps_the_row_from_being_amended(task, clerk, extended):
    with pytest.raises(Refused, match="有事项已单独延期"):
        move_row(task, clerk, JANUARY, extensions_seen="")
    with time_machine.travel(on_day(AUTUMN), tick=False):
        shown = amendments.mark_of(amendments.extended_duties(task, {"due_on": JANUARY}))
    with pytest.raises(Refused, match="有事项已单独延期"):
        move_row(task, clerk, JANUARY, extensions_seen=shown, replace_extensions=True)
    move_row(task, clerk, JANUARY, extensions_seen=shown)

    assert deadlines(task) == {"县商务局": JANUARY, "甲镇": MARCH, "乙镇": JANUARY}
