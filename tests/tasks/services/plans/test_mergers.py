"""What a merged unit owes goes on to its successor, once and with its history (design: Rules of progress)."""

import datetime as dt

import pytest
import time_machine

from departments.choices import Role, UnitKind
from departments.services import units as register
from tasks.choices import DutyRole, Event, Light, PlanState, ReportState, Status
from tasks.models import Assignment, Notification, ProgressReport
from tasks.services.deadlines import extensions
from tasks.services.plans import issuing
from tasks.services.progress import reviews
from tests.factories import (
    CollectiveFactory,
    DesignationFactory,
    PlanFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
    claim,
    complete,
    submit,
)
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.core.evenings import evening
from wenshang_disclosure.core.web.errors import Refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("evidence_folder")]

ISSUED = dt.date(2024, 6, 24)
DUE = dt.date(2024, 9, 30)
BEFORE, MERGED, AFTER = dt.date(2024, 7, 15), dt.date(2024, 8, 1), dt.date(2024, 8, 20)
TOWNS = [UnitKind.TOWN, UnitKind.TOWNSHIP, UnitKind.SUBDISTRICT]


def on(day, hour=12):
    return time_machine.travel(on_day(day, hour), tick=False)


@pytest.fixture
def office():
    return UserFactory(role=Role.OFFICE, is_staff=True)


@pytest.fixture
def old():
    return UserFactory(unit__name="县信访局").unit


@pytest.fixture
def new():
    return UserFactory(unit__name="县民政局").unit


@pytest.fixture
def issued(office, old):
    """Return a function that issues a plan with one row for units and collectives, and returns the row."""

    def _issued(*named):
        with on(ISSUED):
            task = TaskFactory(section__part__plan=PlanFactory(state=PlanState.DRAFT, issued_on=ISSUED), due_on=DUE)
            for order, one in enumerate(named, start=1):
                about = {"unit": one} if hasattr(one, "short_name") else {"collective": one, "unit": None}
                DesignationFactory(task=task, order=order, role=DutyRole.RESPONSIBLE, **about)
            issuing.issue(task.plan, by=office)
        return task

    return _issued


def liaison(unit):
    return unit.people.get()


def merge(old, new, office, day=MERGED):
    with on(day):
        return register.retire(old, by=office, on=day, successor=new)


def owing(task, day=None):
    """`{unit: its duty}` of those that owe the row."""
    if day is None:
        return {duty.unit.name: duty for duty in task.assignments.owed()}
    with evening(day):
        return {duty.unit.name: duty for duty in task.assignments.with_light().owed()}


def test_the_successor_goes_on_with_the_duty_its_reports_and_its_draft(issued, old, new, office):
    task = issued(old)
    with on(BEFORE):
        submit(task.assignments.get(), by=liaison(old), text="七月的进展。")

    merge(old, new, office)

    with on(AFTER):
        assert list(owing(task)) == ["县民政局"]
        duty = task.assignments.get()
        report = submit(duty, by=liaison(new), text="八月的进展。")
        seen = ProgressReport.objects.visible_to(liaison(new)).order_by("pk")
        assert [one.text for one in seen] == ["七月的进展。", "八月的进展。"]
        assert report.assignment.status == Status.IN_PROGRESS


def test_evenings_before_the_merger_show_the_old_unit(issued, old, new, office):
    task = issued(old)
    merge(old, new, office)

    with on(AFTER):
        assert list(owing(task, BEFORE)) == ["县信访局"]
        assert list(owing(task, MERGED)) == ["县民政局"]


def test_what_was_completed_is_not_owed_again(issued, old, new, office):
    task = issued(old)
    with on(BEFORE):
        complete(task.assignments.get())

    merge(old, new, office)

    with on(AFTER):
        assert {name: duty.status for name, duty in owing(task).items()} == {"县民政局": Status.COMPLETED}


def test_a_claim_under_review_goes_on_and_counts_once_approved(issued, old, new, office):
    task = issued(old)
    with on(BEFORE):
        report = claim(task.assignments.get(), by=liaison(old))
    merge(old, new, office)

    with on(AFTER):
        reviews.approve(report, by=office)
        lit = task.assignments.owed().with_light().get()
        assert (lit.unit, lit.light) == (new, Light.DONE)


def test_a_granted_extension_follows(issued, old, new, office):
    task = issued(old)
    later = dt.date(2024, 12, 20)
    with on(BEFORE):
        extensions.extend(task.assignments.get(), by=office, due_on=later, reason="文件较晚。")

    merge(old, new, office)

    assert task.assignments.get().due_on == later


def test_an_undecided_request_is_decided_for_the_successor(issued, old, new, office):
    task = issued(old)
    later = dt.date(2024, 12, 20)
    with on(BEFORE):
        asked = extensions.ask(task.assignments.get(), by=liaison(old), requested_due_on=later, reason="文件较晚。")
    merge(old, new, office)

    with on(AFTER):
        extensions.grant(asked, by=office)
        assert owing(task)["县民政局"].due_on == later


def test_where_both_owe_the_row_it_is_owed_once_with_the_extended_deadline(issued, old, new, office):
    task = issued(old, new)
    later = dt.date(2024, 12, 20)
    with on(BEFORE):
        extensions.extend(task.assignments.get(unit=old), by=office, due_on=later, reason="文件较晚。")

    merge(old, new, office)

    with on(AFTER):
        assert {name: duty.due_on for name, duty in owing(task).items()} == {"县民政局": later}


def test_a_deadline_corrected_after_the_merger_stays_when_another_unit_goes(issued, old, new, office):
    task = issued(old, new)
    with on(BEFORE):
        extensions.extend(task.assignments.get(unit=old), by=office, due_on=dt.date(2024, 12, 20), reason="文件较晚。")
    merge(old, new, office)
    corrected = dt.date(2024, 10, 31)
    with on(AFTER):
        extensions.extend(task.assignments.get(unit=new), by=office, due_on=corrected, reason="更正。", correcting=True)

    merge(UnitFactory(), new, office, day=AFTER)

    assert task.assignments.get(unit=new).due_on == corrected


def test_where_both_owe_the_row_what_the_old_unit_claimed_is_answered_and_counts(issued, old, new, office):
    task = issued(old, new)
    with on(BEFORE):
        report = claim(task.assignments.get(unit=old), by=liaison(old))
    merge(old, new, office)

    with on(AFTER):
        reviews.approve(report, by=office)
        assert {name: duty.status for name, duty in owing(task).items()} == {
            "县信访局": Status.COMPLETED,
            "县民政局": Status.NOT_STARTED,
        }


def test_where_both_owe_the_row_what_is_returned_to_the_old_unit_ends(issued, old, new, office):
    task = issued(old, new)
    with on(BEFORE):
        report = claim(task.assignments.get(unit=old), by=liaison(old))
    merge(old, new, office)

    with on(AFTER):
        reviews.return_(report, by=office, comment="请补充。")
        assert list(owing(task)) == ["县民政局"]


def test_the_successor_reads_what_the_old_unit_did_on_rows_that_both_owed(issued, old, new, office):
    task = issued(old, new)
    with on(BEFORE):
        report = submit(task.assignments.get(unit=old), by=liaison(old), text="七月的进展。")
    merge(old, new, office)

    seen = liaison(new)
    assert task.assignments.get(unit=old) in Assignment.objects.visible_to(seen)
    assert report in ProgressReport.objects.visible_to(seen)


def test_towns_merged_into_a_new_one_owe_each_row_once_and_nothing_done_again(issued, office):
    east, west = (UserFactory(unit__name=name, unit__kind=UnitKind.TOWN).unit for name in ("东镇", "西镇"))
    task = issued(CollectiveFactory(kinds=TOWNS))
    with on(BEFORE):
        complete(task.assignments.get(unit=east))
        submit(task.assignments.get(unit=west), by=liaison(west))

    with on(MERGED):
        both = register.establish(UnitFactory.build(name="东西镇", kind=UnitKind.TOWN), by=office, on=MERGED)
    merge(east, both, office)
    merge(west, both, office)

    with on(AFTER):
        assert {name: duty.status for name, duty in owing(task).items()} == {"东西镇": Status.COMPLETED}


def test_a_town_merged_into_a_bureau_leaves_it_what_it_owed(issued, new, office):
    town = UserFactory(unit__name="南镇", unit__kind=UnitKind.TOWN).unit
    task = issued(CollectiveFactory(kinds=TOWNS))

    merge(town, new, office)

    with on(AFTER):
        assert list(owing(task)) == ["县民政局"]


def test_the_people_of_the_successor_are_told(issued, old, new, office):
    task = issued(old)
    merge(old, new, office)

    [told] = Notification.objects.filter(user=liaison(new))
    assert told.text == f"《{task.plan.title}》有1件承办事项移交本单位，原有进展和时限不变。"
    step = task.assignments.get().transitions.get(event=Event.HANDED_OVER)
    assert (step.reason, step.from_unit) == ("县信访局并入县民政局，由县民政局承担。", old)


def test_a_merger_entered_by_mistake_is_undone(issued, old, new, office):
    task = issued(old)
    with on(BEFORE):
        submit(task.assignments.get(), by=liaison(old), text="七月的进展。")
    merge(old, new, office)

    with on(AFTER):
        register.restore(old, by=office)
        assert list(owing(task)) == ["县信访局"]
        assert task.assignments.get(unit=old).reports.get().state == ReportState.SUBMITTED


def test_a_merger_to_come_is_refused(issued, old, new, office):
    issued(old)
    with on(BEFORE), pytest.raises(Refused, match="从当天或以前的日期起办理"):
        register.retire(old, by=office, on=MERGED, successor=new)


def test_open_work_of_last_years_table_is_handed_over_too(issued, old, new, office):
    task = issued(old)
    merge(old, new, office, day=dt.date(2025, 1, 20))

    with on(dt.date(2025, 1, 21)):
        assert list(owing(task)) == ["县民政局"]


# --- who begins late --------------------------------------------------------------------------------------------------


def test_a_unit_that_begins_after_the_deadline_is_not_overdue_on_its_first_day(issued, office):
    task = issued(CollectiveFactory(kinds=TOWNS))
    founded = dt.date(2024, 11, 1)

    with on(founded):
        town = register.establish(UnitFactory.build(name="新镇", kind=UnitKind.TOWN), by=office, on=founded)
        lit = task.assignments.with_light().get(unit=town)

    assert (lit.due_on, lit.light) == (dt.date(2024, 11, 22), Light.NOT_STARTED)


def test_a_unit_that_begins_before_the_deadline_has_the_rows(issued, office):
    task = issued(CollectiveFactory(kinds=TOWNS))

    with on(MERGED):
        town = register.establish(UnitFactory.build(name="新镇", kind=UnitKind.TOWN), by=office, on=MERGED)

    assert task.assignments.get(unit=town).due_on == DUE
