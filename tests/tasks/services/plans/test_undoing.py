"""The office takes back the issue of a plan on which nothing was reported; nothing that happened is lost."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from departments.choices import Role
from reports.models import Rubric
from tasks.choices import DutyRole, Light, PlanState
from tasks.models import Assignment, Notification, Plan, ProgressReport, ReminderItem, SupervisionRules, Task, timeline
from tasks.services.deadlines import extensions, suspension
from tasks.services.plans import amendments, assignments, issuing, publication, undoing
from tasks.services.plans.drafting import seen_task
from tasks.services.progress import reports
from tasks.services.supervision import acknowledgements, automatic_reminders, rounds
from tests.factories import (
    AssessmentFactory,
    CollectiveFactory,
    DesignationFactory,
    PartFactory,
    PlanFactory,
    SectionFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
    asks_its_leader,
    chase,
    submit,
)
from tests.tasks.rounds import call
from wenshang_disclosure.audit.models import AuditEntry
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.core.evenings import evening
from wenshang_disclosure.core.web.errors import Conflict, Refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("evidence_folder")]

ISSUED, UNDONE, LATER = dt.date(2024, 6, 24), dt.date(2024, 7, 10), dt.date(2024, 8, 1)


def on(day):
    return time_machine.travel(on_day(day), tick=False)


@pytest.fixture
def clerk():
    return UserFactory(role=Role.OFFICE, name="李科员")


@pytest.fixture
def units():
    return [UnitFactory(name=name) for name in ("甲局", "乙镇")]


@pytest.fixture
def plan(units, clerk):
    """An issued plan of two rows: 甲局 leads both, 乙镇 answers for the second."""
    plan = PlanFactory(state=PlanState.DRAFT, issued_on=ISSUED)
    plan.basis.create(order=1, title="政务公开工作要点", number="国办发〔2024〕1号")
    section = SectionFactory(part=PartFactory(plan=plan))
    first, second = (TaskFactory(section=section, number=number, target_count=number) for number in (3, 7))
    for task in (first, second):
        DesignationFactory(task=task, role=DutyRole.LEAD, unit=units[0], from_cell_above=task is second)
    collective = CollectiveFactory(name="县政府有关部门")
    picked = DesignationFactory(task=second, collective=collective)
    picked.picked_units.add(units[1])
    with on(ISSUED):
        return issuing.issue(plan, by=clerk)


@pytest.fixture
def duty(plan, units):
    return plan.assignments.get(unit=units[1])


@pytest.fixture
def liaison(units):
    return UserFactory(unit=units[1], name="王联络")


def undo(plan, by, **given):
    with on(UNDONE):
        return undoing.undo_issue(plan, by=by, **{"reason": "表中单位有误。", **given})


def table(plan):
    """Return all that a table says."""
    return [
        (
            task.number,
            task.section.heading,
            task.section.part.heading,
            task.requirement,
            task.deadline_in_words,
            task.due_on,
            task.target_count,
            [
                (cell.role, cell.text, cell.unit, cell.from_cell_above, list(cell.picked_units.all()))
                for cell in task.designations.all()
            ],
        )
        for task in Task.objects.with_designations().filter(plan=plan).order_by("number")
    ]


def owed(plan, day):
    with evening(day):
        lit = Assignment.objects.shown_to(UserFactory(role=Role.AUDITOR), plan, day)
        return sorted((duty.task.number, duty.unit.name, duty.light) for duty in lit.for_lists())


def test_the_plan_is_kept_for_reading_and_its_copy_is_a_draft(plan, clerk):
    draft = undo(plan, clerk)

    plan.refresh_from_db()
    assert (plan.state, plan.withdrawn_by, plan.withdrawn_why) == (PlanState.WITHDRAWN, clerk, "表中单位有误。")
    assert (draft.state, draft.replaces, draft.assignments.count()) == (PlanState.DRAFT, plan, 0)
    assert (draft.title, draft.document_number, draft.issued_on) == (plan.title, plan.document_number, ISSUED)
    assert [f"{document}" for document in draft.basis.all()] == ["《政务公开工作要点》（国办发〔2024〕1号）"]
    assert table(draft) == table(plan)
    assert list(Plan.objects.issued()) == []


def test_the_draft_has_what_was_amended_since(plan, clerk, units):
    task = Task.objects.with_designations().get(plan=plan, number=3)
    with on(ISSUED):
        amendments.amend(
            task,
            by=clerk,
            version=seen_task(task),
            reason="更正。",
            requirement="更正后的要求。",
            lead=["甲局"],
            responsible=[],
        )

    draft = undo(plan, clerk)

    assert draft.tasks.get(number=3).requirement == "更正后的要求。"


def test_rules_and_rubric_go_with_the_draft(plan, clerk):
    SupervisionRules.objects.create(plan=plan, acknowledge_within=5)
    Rubric.objects.create(plan=plan, criteria={"quality": 10}, changed_by=clerk)

    draft = undo(plan, clerk)

    assert (draft.supervision.acknowledge_within, draft.rubric.criteria) == (5, {"quality": 10})
    assert plan.supervision.acknowledge_within == 5


def test_evenings_before_keep_what_they_showed_and_later_ones_show_nothing(plan, clerk):
    evenings = [ISSUED, dt.date(2024, 7, 9)]
    with on(UNDONE):
        before = [owed(plan, evening) for evening in evenings]

    undo(plan, clerk)

    with on(LATER):
        assert [owed(plan, evening) for evening in evenings] == before
        assert (owed(plan, UNDONE), owed(plan, LATER)) == ([], [])
    assert before[0] == [
        (3, "甲局", Light.NOT_STARTED),
        (7, "乙镇", Light.NOT_STARTED),
        (7, "甲局", Light.NOT_STARTED),
    ]


def test_each_duty_tells_it_with_the_reason(plan, duty, clerk, liaison):
    with on(ISSUED):
        acknowledgements.acknowledge([duty], by=liaison)

    undo(plan, clerk)

    lines = [(entry.title, entry.by, entry.words) for entry in timeline(Assignment.objects.filter(pk=duty.pk))]
    assert lines == [("撤回印发", "县政府办公室 李科员", "表中单位有误。"), ("签收", "乙镇 王联络", "")]
    entry = AuditEntry.objects.filter(act="撤回印发").get()
    assert (entry.actor_id, entry.subject_id, entry.detail["duties"]) == (clerk.pk, f"{plan.pk}", 3)


def test_every_unit_is_told_of_its_number_of_duties(plan, clerk, units):
    people = [UserFactory(unit=unit, role=role) for unit in units for role in (Role.LIAISON, Role.LEADER)]

    undo(plan, clerk)

    told = dict(Notification.objects.filter(user__in=people).values_list("user", "text"))
    start = f"《{plan.title}》已撤回印发，本单位承担的"
    end = "件承办事项不再办理，重新印发后另行通知。原因：表中单位有误。"
    assert told == {person.pk: f"{start}{2 if person.unit == units[0] else 1}{end}" for person in people}


def test_what_happened_is_kept_and_what_is_lost_is_said_before(plan, duty, clerk, liaison):
    with on(ISSUED):
        acknowledgements.acknowledge([duty], by=liaison)
        draft = reports.save_draft(duty, by=liaison, version=0, text="正在收集材料。")
        chase(duty, by=clerk)
        extensions.ask(duty, by=liaison, requested_due_on=dt.date(2025, 1, 31), reason="理由。")
        one = call(plan, clerk, opens_on=ISSUED, closes_on=LATER)
        publication.open_page(plan, by=clerk)
    with on(UNDONE):
        assert undoing.outlook(Plan.objects.get(pk=plan.pk)).effects == (
            "本表转为“已撤回印发”，只供查阅；现有内容（含印发后的调整）原样复制为一份拟制稿，修改后可以重新印发。",
            "2个单位的3件承办事项自今天起解除；此前日期的亮灯和统计不变。",
            "已签收的1件，重新印发后须重新签收。",
            "已开始填写的1份草稿不能再报送；填报单位仍可在原事项的页面查看，重新印发后须重新填写。",
            "待决定的1项延期申请不再办理。",
            "已发出的1次催办保留在记录中，不再需要回应。",
            "尚未结束的1个报送批次随之结束。",
            "公开页面随之关闭。",
            "各承办单位的联络员和分管领导将收到通知并看到原因。",
        )

    undo(plan, clerk)

    plan.refresh_from_db()
    one.refresh_from_db()
    assert (plan.is_public, one.closed_by) == (False, clerk)
    assert not ReminderItem.objects.unseen_by(liaison).exists()
    assert ProgressReport.objects.visible_to(liaison).get(pk=draft.pk).text == "正在收集材料。"
    assert Assignment.objects.visible_to(liaison).filter(pk=duty.pk).exists()
    with on(UNDONE), pytest.raises(Refused, match="该事项已解除"):
        submit(duty, by=liaison)
    with pytest.raises(Refused, match="已撤回印发"), on(UNDONE):
        rounds.reopen(one, by=clerk, reason="误点。")


def test_nothing_reminds_of_a_withdrawn_plan(plan, clerk, liaison):
    undo(plan, clerk)

    with on(dt.date(2025, 1, 8)):
        outcome = automatic_reminders.remind()

    assert (outcome.duties, outcome.people) == (0, 0)


def test_the_register_no_longer_changes_it(plan, clerk):
    undo(plan, clerk)

    with on(LATER):
        assignments.follow_units(None, on=LATER)

    assert owed(plan, LATER) == []


def test_the_draft_can_be_corrected_and_issued(plan, clerk, units):
    draft = undo(plan, clerk)
    draft.tasks.get(number=3).delete()

    with on(LATER):
        again = issuing.issue(draft, by=clerk, issued_on=LATER)

    assert (again.assignments.count(), Plan.objects.issued().get()) == (2, draft)
    with pytest.raises(Conflict, match="已撤回印发"):
        issuing.issue(plan, by=clerk)


def test_a_withdrawn_plan_is_no_longer_amended(plan, clerk):
    undo(plan, clerk)

    task = Task.objects.with_designations().get(plan=plan, number=3)
    with pytest.raises(Conflict, match="已撤回印发"):
        amendments.amend(task, by=clerk, version=seen_task(task), reason="更正。", lead=["甲局"], responsible=["乙镇"])
    with pytest.raises(Refused, match="已撤回印发"):
        assignments.pick_units(plan.tasks.get(number=7).designations.last(), [], by=clerk, on=LATER)


def test_a_suspended_duty_is_released_with_the_others(plan, duty, clerk):
    with on(ISSUED):
        suspension.suspend(duty, by=clerk, reason="机构改革。")

    undo(plan, clerk)

    assert set(plan.assignments.values_list("released_on", flat=True)) == {UNDONE}


@pytest.mark.parametrize("through_leader", [False, True])
def test_an_issue_stands_once_a_unit_has_reported(plan, duty, clerk, liaison, through_leader):
    if through_leader:
        asks_its_leader(duty.unit)
    with on(ISSUED):
        submit(duty, by=liaison)

    with pytest.raises(Refused, match="已有1个单位报送进展或送分管领导审签，印发不能再撤回"):
        undo(plan, clerk)

    assert Plan.objects.get().state == PlanState.ISSUED


def test_a_report_that_was_withdrawn_again_does_not_stand_against_it(plan, duty, clerk, liaison):
    with on(ISSUED):
        reports.withdraw(submit(duty, by=liaison), by=liaison)

    assert undo(plan, clerk).state == PlanState.DRAFT


def test_an_issue_stands_once_an_assessment_was_published(plan, clerk):
    AssessmentFactory(plan=plan, as_of=UNDONE)

    with pytest.raises(Refused, match="已公布的考核结果（截至2024-07-10）计入了这一步，印发不能再撤回"):
        undo(plan, clerk)


def test_the_second_of_two_is_told(plan, clerk):
    undo(plan, clerk)

    with pytest.raises(Conflict, match="该分解表已撤回印发，本次撤回未生效"):
        undo(plan, clerk)
    assert Plan.objects.count() == 2


def test_what_happened_since_the_page_was_opened_is_said(plan, duty, clerk, liaison):
    seen = undoing.outlook(plan).mark
    with on(ISSUED):
        acknowledgements.acknowledge([duty], by=liaison)

    with pytest.raises(Conflict, match="在此期间情况有变"):
        undo(plan, clerk, seen=seen)


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.AUDITOR, Role.LIAISON])
def test_others_may_not(plan, role):
    with pytest.raises(PermissionDenied):
        undo(plan, UserFactory(role=role))


def test_a_reason_is_needed(plan, clerk):
    with pytest.raises(Refused, match="请填写撤回的原因"):
        undo(plan, clerk, reason="")
