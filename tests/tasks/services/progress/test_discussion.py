"""Units, leads and the office ask and answer on a row; the office pins an answer for all who hold it (答疑, 口径)."""

import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from departments.choices import Role
from departments.services import units as register
from tasks.choices import DutyRole, Opinion, PartKind, PlanState
from tasks.models import Answer, Guidance, Notification, Question, Task
from tasks.services.plans import undoing
from tasks.services.plans.roll_over import roll_over
from tasks.services.progress import discussion, lead_opinions, reviews
from tests.factories import (
    AnswerFactory,
    AssignmentFactory,
    DesignationFactory,
    GuidanceFactory,
    QuestionFactory,
    UserFactory,
    submit,
)
from wenshang_disclosure.audit.models import AuditEntry
from wenshang_disclosure.core.web.errors import Conflict, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead_duty():
    return AssignmentFactory(role=DutyRole.LEAD, coordinates=True)


@pytest.fixture
def task(lead_duty):
    return lead_duty.task


@pytest.fixture
def duty(task):
    return AssignmentFactory(task=task)


@pytest.fixture
def liaison(duty):
    return UserFactory(unit=duty.unit)


@pytest.fixture
def lead(lead_duty):
    return UserFactory(unit=lead_duty.unit)


@pytest.fixture
def neighbour(task):
    """The liaison of another unit that holds the row."""
    return UserFactory(unit=AssignmentFactory(task=task).unit)


@pytest.fixture
def office():
    return UserFactory(role=Role.OFFICE)


def ask(task, by, text="政策解读是否算一次发布？", **given):
    return discussion.ask(task, by=by, text=text, key=uuid.uuid4(), **given)


def answer(question, by, text="算，附链接即可。"):
    return discussion.answer(question, by=by, text=text, key=uuid.uuid4())


def told():
    """Return who was told what, and empty the list."""
    lines = [(line.user, line.text) for line in Notification.objects.order_by("pk")]
    Notification.objects.all().delete()
    return lines


# --- asking -----------------------------------------------------------------------------------------------------------


def test_a_question_keeps_the_unit_and_tells_the_office_and_the_lead(task, liaison, lead, neighbour, office):
    question = ask(task, liaison)

    assert (question.unit, question.asked_unit, question.as_lead, question.by) == (liaison.unit, None, False, liaison)
    line = f"{liaison.unit.name}就《2024年测试分解表》第{task.number}项任务提问：政策解读是否算一次发布？"
    assert sorted(told(), key=lambda pair: pair[0].pk) == [(lead, line), (office, line)]
    assert AuditEntry.objects.filter(act="提问", actor_id=liaison.pk).count() == 1


def test_the_office_asks_every_holder_or_one(task, liaison, lead, neighbour, office):
    ask(task, office, "各单位台账是否已建？")
    assert {person for person, _ in told()} == {liaison, lead, neighbour}

    question = ask(task, office, "台账是否已建？", asked_unit=neighbour.unit)

    assert question.unit is None
    assert {person for person, _ in told()} == {neighbour}


def test_a_unit_asks_the_lead_by_name_and_no_other_holder(task, liaison, lead, neighbour, office):
    question = ask(task, liaison, asked_unit=lead.unit)
    assert {person for person, _ in told()} == {lead, office}
    assert question.asked == lead.unit.label

    with pytest.raises(Refused, match="不能由您直接提问"):
        ask(task, liaison, asked_unit=neighbour.unit)


def test_a_lead_asks_a_responsible_unit(task, liaison, lead):
    question = ask(task, lead, asked_unit=liaison.unit)

    assert (question.unit, question.as_lead, question.asked_unit) == (lead.unit, True, liaison.unit)
    assert liaison in {person for person, _ in told()}


def test_who_holds_no_duty_of_the_row_asks_nothing(task, office):
    for person in (UserFactory(), UserFactory(role=Role.AUDITOR)):
        with pytest.raises(PermissionDenied):
            ask(task, person)


def test_a_leader_asks_for_the_unit(task, duty):
    assert ask(task, UserFactory(unit=duty.unit, role=Role.LEADER)).unit == duty.unit


def test_nothing_is_asked_on_a_row_whose_plan_was_withdrawn(task, office):
    task.plan.state = PlanState.WITHDRAWN
    task.plan.withdrawn_at, task.plan.withdrawn_by, task.plan.withdrawn_why = timezone.now(), office, "有误。"
    task.plan.save()

    with pytest.raises(PermissionDenied):
        ask(task, office)


def test_a_form_posted_twice_asks_once_and_tells_once(task, liaison, office):
    key = uuid.uuid4()

    questions = [discussion.ask(task, by=liaison, text="怎么算？", key=key) for _ in range(2)]

    assert questions[0] == questions[1]
    assert Question.objects.count() == 1
    assert len(told()) == 1
    with pytest.raises(Refused, match="已由他人提交"):
        discussion.ask(task, by=office, text="怎么算？", key=key)


def test_an_empty_question_is_refused(task, liaison):
    with pytest.raises(Refused, match="请填写问题"):
        ask(task, liaison, "")


# --- what is asked about a return or a remark -------------------------------------------------------------------------


def test_a_unit_asks_about_its_return_and_the_lead_is_not_told(task, duty, liaison, lead, office):
    reviews.return_(submit(duty, by=liaison), by=office, comment="缺少链接。")
    step = duty.transitions.get(event="returned")
    told()

    question = ask(task, liaison, "链接在内网可以吗？", about=f"step-{step.pk}")

    assert (question.step, question.opinion) == (step, None)
    assert {person for person, _ in told()} == {office}


def test_what_is_asked_about_a_leads_remark_is_asked_of_the_lead(task, duty, liaison, lead, office):
    given = lead_opinions.give(submit(duty, by=liaison), by=lead, opinion=Opinion.WANTS_MORE, text="请补充数字。")

    question = ask(task, liaison, "哪些数字？", about=f"opinion-{given.pk}")

    assert (question.opinion, question.asked_unit) == (given, lead.unit)


@pytest.mark.parametrize("about", ["step-999999", "opinion-1", "report-1", "step-x", "step-", "x" * 40, "step-²"])
def test_what_is_not_there_cannot_be_asked_about(task, liaison, about):
    with pytest.raises(Refused, match="没有这条退回"):
        ask(task, liaison, about=about)


def test_the_return_of_another_unit_cannot_be_asked_about(task, duty, liaison, neighbour, office):
    reviews.return_(submit(duty, by=liaison), by=office, comment="缺少链接。")
    step = duty.transitions.get(event="returned")

    with pytest.raises(Refused, match="没有这条退回"):
        ask(task, neighbour, about=f"step-{step.pk}")


# --- answering --------------------------------------------------------------------------------------------------------


def test_an_answer_of_the_office_tells_the_unit_that_asked(task, liaison, neighbour, office):
    question = ask(task, liaison)
    told()

    given = answer(question, office)

    assert (given.unit, given.is_askers) == (None, False)
    assert told() == [
        (liaison, f"县政府办公室答复了就《2024年测试分解表》第{task.number}项任务的提问：算，附链接即可。")
    ]


def test_an_answer_of_the_lead_says_so(task, liaison, lead):
    assert answer(ask(task, liaison), lead).as_lead is True


def test_what_the_asker_adds_waits_for_an_answer_again(task, liaison, office):
    question = ask(task, liaison)
    answer(question, office)
    assert not Question.objects.waiting().exists()

    assert answer(question, liaison, "若是转载呢？").is_askers is True

    assert list(Question.objects.waiting()) == [question]
    assert told()[-1][0] == office


def test_another_holder_answers_nothing_that_was_asked_of_the_office(task, liaison, neighbour):
    with pytest.raises(Refused, match="不由您答复"):
        answer(ask(task, liaison), neighbour)


def test_an_answer_posted_twice_is_given_once(task, liaison, office):
    question, key = ask(task, liaison), uuid.uuid4()

    for _ in range(2):
        discussion.answer(question, by=office, text="算。", key=key)

    assert Answer.objects.count() == 1


def test_an_empty_answer_is_refused(task, liaison, office):
    with pytest.raises(Refused, match="请填写答复"):
        answer(ask(task, liaison), office, "")


def test_questions_and_answers_cannot_be_changed(task, liaison, office):
    question = ask(task, liaison)
    given = answer(question, office)

    for one in (question, given):
        with pytest.raises(TypeError):
            one.save()
        with pytest.raises(TypeError):
            type(one).objects.filter(pk=one.pk).update(text="别的")


def test_what_a_merged_unit_asked_is_its_successors(task, duty, liaison, office):
    DesignationFactory(task=task, unit=duty.unit)
    question = ask(task, liaison)
    successor = UserFactory()
    register.retire(duty.unit, by=office, on=timezone.localdate(), successor=successor.unit)
    told()

    answer(question, office)

    assert [person for person, _ in told()] == [successor]
    assert answer(question, successor, "收到，另问转载算不算？").is_askers is True


# --- who has to answer ------------------------------------------------------------------------------------------------


def waiting_for(user):
    return list(Question.objects.visible_to(user).waiting_for(user).order_by("pk"))


def test_what_waits_is_counted_where_it_is_asked(task, liaison, lead, neighbour, office):
    to_office = ask(task, liaison)
    to_lead = ask(task, liaison, asked_unit=lead.unit)
    to_all = ask(task, office, "台账是否已建？")
    answer(to_all, neighbour, "已建。")

    assert waiting_for(office) == [to_office]
    assert waiting_for(lead) == [to_lead, to_all]
    assert waiting_for(liaison) == [to_all]
    assert waiting_for(neighbour) == []


# --- 口径 ------------------------------------------------------------------------------------------------------------


def test_the_office_pins_an_answer_and_every_holder_is_told(task, liaison, neighbour, lead, office):
    given = answer(ask(task, liaison), office)
    told()

    pinned = discussion.pin(given, by=office)

    assert (pinned.task, pinned.origin) == (task, None)
    line = f"《2024年测试分解表》第{task.number}项任务有新的口径，请在事项页面查看。"
    assert {(person, text) for person, text in told()} == {(person, line) for person in (liaison, neighbour, lead)}


def test_an_answer_is_pinned_once(task, liaison, office):
    given = answer(ask(task, liaison), office)
    discussion.pin(given, by=office)

    with pytest.raises(Conflict, match="已列为口径"):
        discussion.pin(given, by=office)


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.AUDITOR, Role.LIAISON])
def test_only_the_office_pins(task, liaison, office, role):
    given = answer(ask(task, liaison), office)

    with pytest.raises(PermissionDenied):
        discussion.pin(given, by=UserFactory(role=role))


def test_what_is_taken_back_stays_recorded_and_may_be_pinned_again(task, liaison, office):
    given = answer(ask(task, liaison), office)
    pinned = discussion.pin(given, by=office)
    told()

    discussion.take_back(pinned, by=office, reason="上级另有要求。")

    pinned.refresh_from_db()
    assert (pinned.taken_back_by, pinned.taken_back_why) == (office, "上级另有要求。")
    assert told() == [(liaison, f"《2024年测试分解表》第{task.number}项任务的一条口径已取消。原因：上级另有要求。")]
    with pytest.raises(Conflict, match="已取消"):
        discussion.take_back(pinned, by=office, reason="再取消。")
    assert discussion.pin(given, by=office) != pinned


def test_taking_back_needs_a_reason(office):
    with pytest.raises(Refused, match="原因"):
        discussion.take_back(GuidanceFactory(), by=office, reason="")


# --- the next year ----------------------------------------------------------------------------------------------------


def test_what_stands_goes_to_next_years_row_with_its_origin(task, lead, office):
    DesignationFactory(task=task, role=DutyRole.LEAD, unit=lead.unit)
    standing = GuidanceFactory(answer__question__task=task)
    GuidanceFactory(
        answer__question__task=task, taken_back_at=timezone.now(), taken_back_by=office, taken_back_why="作废。"
    )

    copy = roll_over(task.plan, by=office, year=2025, title="2025年测试分解表", kinds=[PartKind.TABLE])

    carried = Guidance.objects.get(task__plan=copy)
    assert (carried.answer, carried.origin) == (standing.answer, task)
    again = roll_over(copy, by=office, year=2026, title="2026年测试分解表", kinds=[PartKind.TABLE])
    assert Guidance.objects.get(task__plan=again).origin == task
    Task.objects.get(plan=copy).delete()
    assert Answer.objects.filter(pk=standing.answer_id).exists()


def test_what_stands_goes_to_the_copy_of_a_plan_whose_issue_is_undone(task, office):
    standing = GuidanceFactory(answer__question__task=task)

    draft = undoing.undo_issue(task.plan, by=office, reason="表有误。", seen=undoing.outlook(task.plan).mark)

    assert Guidance.objects.get(task__plan=draft).answer == standing.answer


def test_factories_make_what_the_service_makes(task, liaison, office):
    question = QuestionFactory(task=task, by=liaison)
    given = AnswerFactory(question=question, by=office)

    assert (question.unit, given.unit, given.is_askers) == (liaison.unit, None, False)
