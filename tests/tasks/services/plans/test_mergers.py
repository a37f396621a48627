"""What a merged unit owes goes on to its successor, once and with its history (design: Rules of progress)."""

import datetime as dt
from urllib.parse import urlencode

import pytest
import time_machine
from django.urls import reverse

from departments.choices import Role, UnitKind
from departments.models import Unit
from departments.services import units as register
from reports import figures
from reports.assessment import facts
from reports.exports.word import summary
from tasks.choices import DutyRole, Event, Light, PlanState, ReportState, Status
from tasks.models import Assignment, Notification, ProgressReport
from tasks.services.deadlines import extensions
from tasks.services.deadlines.reassignment import reassign
from tasks.services.plans import issuing
from tasks.services.progress import reports, reviews
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
from tests.pages import page_of
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


def told(unit):
    return Notification.objects.filter(user=liaison(unit)).order_by("-pk").values_list("text", flat=True)[0]


def test_both_units_are_told_what_goes_over(issued, old, new, office):
    task = issued(old)
    said = merge(old, new, office)

    title = f"《{task.plan.title}》"
    assert told(new) == f"县信访局并入县民政局，{title}：1件承办事项移交本单位，原有进展和时限不变。"
    assert told(old) == f"本单位并入县民政局，{title}：1件承办事项移交县民政局，原有进展和时限不变。"
    assert said == [f"县信访局并入县民政局，{title}：1件承办事项移交县民政局，原有进展和时限不变。"]
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


def test_rows_that_both_owe_are_told_and_recorded_on_the_duty_that_ends(issued, old, new, office):
    task = issued(old, new)
    with on(BEFORE):
        extensions.extend(task.assignments.get(unit=old), by=office, due_on=dt.date(2024, 12, 20), reason="文件较晚。")

    merge(old, new, office)

    goes_on = "1件本单位本来承担，由本单位继续办理（其中1件沿用延期后的时限）。"
    assert told(new) == f"县信访局并入县民政局，《{task.plan.title}》：{goes_on}"
    step = task.assignments.get(unit=old).transitions.first()
    assert (step.event, step.reason) == (Event.RELEASED, "县信访局并入县民政局，本项任务由县民政局继续办理。")


def test_claims_under_review_are_told(issued, old, new, office):
    task = issued(old, new)
    with on(BEFORE):
        report = claim(task.assignments.get(unit=old), by=liaison(old))

    merge(old, new, office)

    assert told(new).endswith("：1件已申报办结，审核后仍以县信访局名义计入。")
    with on(AFTER):
        reviews.return_(report, by=office, comment="请补充。")
    step = task.assignments.get(unit=old).transitions.first()
    assert (step.event, step.reason) == (Event.RELEASED, "县信访局已并入县民政局，本项任务由县民政局继续办理。")


def test_a_merger_undone_sets_the_successors_deadline_back_and_tells_both(issued, old, new, office):
    task = issued(old, new)
    with on(BEFORE):
        extensions.extend(task.assignments.get(unit=old), by=office, due_on=dt.date(2024, 12, 20), reason="文件较晚。")
    merge(old, new, office)

    with on(AFTER):
        said = register.restore(old, by=office)

    assert {name: duty.due_on for name, duty in owing(task).items()} == {
        "县信访局": dt.date(2024, 12, 20),
        "县民政局": DUE,
    }
    title = f"恢复县信访局，《{task.plan.title}》："
    assert said == [f"{title}1件由县信访局继续承担；县民政局1件的时限改回并入以前的时限。"]
    assert told(old) == f"恢复本单位，《{task.plan.title}》：1件由本单位继续承担；县民政局1件的时限改回并入以前的时限。"
    assert told(new) == f"{title}1件由县信访局继续承担；本单位1件的时限改回并入以前的时限。"
    steps = {name: task.assignments.get(unit__name=name).transitions.first() for name in ("县信访局", "县民政局")}
    assert {name: step.get_event_display() for name, step in steps.items()} == {
        "县信访局": "恢复承担",
        "县民政局": "调整",
    }
    assert steps["县民政局"].reason == "恢复县信访局，时限由2024-12-20改回2024-09-30。"


def test_a_merger_undone_leaves_a_deadline_that_was_changed_since(issued, old, new, office):
    task = issued(old, new)
    later = dt.date(2025, 1, 20)
    with on(BEFORE):
        extensions.extend(task.assignments.get(unit=old), by=office, due_on=dt.date(2024, 12, 20), reason="文件较晚。")
    merge(old, new, office)
    with on(AFTER):
        extensions.extend(task.assignments.get(unit=new), by=office, due_on=later, reason="再延。")

        register.restore(old, by=office)

    assert owing(task)["县民政局"].due_on == later


def test_of_two_mergers_undone_in_either_order_each_takes_its_own_deadline_along(issued, old, new, office):
    other = UserFactory(unit__name="县乡村局").unit
    task = issued(old, other, new)
    days = {old: dt.date(2024, 10, 20), other: dt.date(2024, 12, 20)}
    with on(BEFORE):
        for unit, day in days.items():
            extensions.extend(task.assignments.get(unit=unit), by=office, due_on=day, reason="文件较晚。")
    for unit in days:
        merge(unit, new, office)

    with on(AFTER):
        register.restore(old, by=office)
        assert owing(task)["县民政局"].due_on == days[other]
        register.restore(other, by=office)
        assert owing(task)["县民政局"].due_on == DUE


def test_what_was_given_back_stays_when_the_former_successor_is_merged_and_restored(issued, old, new, office):
    third = UserFactory(unit__name="县司法局").unit
    task = issued(old)
    merge(old, new, office)
    with on(AFTER):
        register.restore(old, by=office)
    merge(new, third, office, day=AFTER)

    with on(AFTER):
        register.restore(new, by=office)

    assert list(owing(task)) == ["县信访局"]


def test_a_dissolved_units_duties_say_why_they_end(issued, old, new, office):
    task = issued(old, new)
    with on(MERGED):
        said = register.retire(old, by=office)

    assert said == [f"县信访局撤销，《{task.plan.title}》：1件承办事项不再承担。"]
    step = task.assignments.get(unit=old).transitions.get()
    assert (step.event, step.reason) == (Event.RELEASED, "县信访局撤销，本项任务不再承担。")


def test_a_merger_to_come_is_refused(issued, old, new, office):
    issued(old)
    with on(BEFORE), pytest.raises(Refused, match="从当天或以前的日期起办理"):
        register.retire(old, by=office, on=MERGED, successor=new)


def test_open_work_of_last_years_table_is_handed_over_too(issued, old, new, office):
    task = issued(old)
    merge(old, new, office, day=dt.date(2025, 1, 20))

    with on(dt.date(2025, 1, 21)):
        assert list(owing(task)) == ["县民政局"]


# --- on the pages -----------------------------------------------------------------------------------------------------


def page(client, person, name, *args, **query):
    client.force_login(person)
    return page_of(client.get(f"{reverse(name, args=args)}?{urlencode(query)}"))


def test_a_duty_that_ended_leads_to_the_one_that_goes_on_and_shows_its_draft(client, issued, old, new, office):
    task = issued(old, new)
    ended, going_on = task.assignments.get(unit=old), task.assignments.get(unit=new)
    with on(BEFORE):
        reports.save_draft(ended, by=liaison(old), version=0, text="八月起草的内容。")
    merge(old, new, office)

    with on(AFTER):
        shown = page(client, liaison(new), "tasks:assignment", ended.pk)
        back = page(client, liaison(new), "tasks:assignment", going_on.pk)

    assert '已解除</span> <span class="day">2024-08-01</span>起不再承担' in shown
    assert "state-overdue" not in shown
    assert f'href="{reverse("tasks:assignment", args=[going_on.pk])}"' in shown
    assert "八月起草的内容。" in shown
    assert f'href="{reverse("tasks:assignment", args=[ended.pk])}">县信访局</a>（2024-08-01前承担）' in back


def test_a_reassigned_duty_leads_to_the_new_one_but_not_on_evenings_before(client, issued, old, new, office):
    task = issued(old)
    duty = task.assignments.get()
    with on(AFTER):
        taken = reassign(duty, new, by=office, reason="职能划转。")
        link = reverse("tasks:assignment", args=[taken.pk])

        assert f'href="{link}">县民政局</a>（2024-08-20起承担）' in page(client, office, "tasks:assignment", duty.pk)
        assert link not in page(client, liaison(old), "tasks:assignment", duty.pk)
        assert link not in page(client, office, "tasks:assignment", duty.pk, as_of=BEFORE)


def test_the_ledgers_of_both_units_name_the_other(client, issued, old, new, office):
    issued(old)
    merge(old, new, office)

    with on(AFTER):
        assert "2024-08-01撤销，并入<a" in page(client, office, "reports:unit", old.pk)
        assert ">县信访局</a>（2024-08-01）" in page(client, office, "reports:unit", new.pk)
        assert "并入本单位" not in page(client, office, "reports:unit", new.pk, as_of=BEFORE)


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


# --- what it completed counts, but it is not ranked -------------------------------------------------------------------


def test_a_unit_that_is_gone_is_neither_ranked_nor_named_as_leading(issued, old, new, office):
    done, open_ = issued(old, new).assignments.order_by("unit__name")
    assert done.unit == old
    with on(BEFORE):
        complete(done)
    merge(old, new, office)

    with on(AFTER):
        plan, today = done.plan, AFTER
        rows = figures.by_unit(figures.counted(plan.assignments.shown_to(office, plan)), ranked=True)
        assert {row["unit"]: row["is_gone"] for row in rows} == {old.pk: True, new.pk: False}
        assert figures.totals(rows)["done"] == 1
        assert summary.leading(rows) == []
        assert [one.unit for one in facts(plan, today, Unit.objects.all())] == [new.pk]
        assert {one.unit for one in facts(plan, BEFORE, Unit.objects.all())} == {old.pk, new.pk}
