"""The office calls for reports, changes and closes the call."""

import datetime as dt
import uuid

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from departments.choices import Role
from tasks.choices import Event
from tasks.models import Notification, ReportingRound
from tasks.services.plans import assignments
from tasks.services.progress import transitions
from tasks.services.supervision import rounds
from tests.factories import (
    AssignmentFactory,
    DesignationFactory,
    PlanFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
    claim,
    complete,
    submit,
)
from tests.tasks.rounds import CLOSES, OPENS, call, duties_of
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.core.web.errors import Conflict, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def october():
    with time_machine.travel(on_day(OPENS), tick=False) as clock:
        yield clock


@pytest.fixture
def clerk():
    return UserFactory(role=Role.OFFICE)


@pytest.fixture
def task():
    return TaskFactory()


@pytest.fixture
def duties(task):
    return [AssignmentFactory(task=task, unit=UnitFactory(name=name)) for name in ("甲镇", "乙镇", "丙局")]


# --- calling ----------------------------------------------------------------------------------------------------------


def test_everybody_is_asked_where_nobody_is_named(clerk, task, duties):
    other = AssignmentFactory(task=TaskFactory(section=task.section))

    one = call(task.plan, clerk, text="请写明数字。")

    assert duties_of(one) == {*duties, other}
    kept = ReportingRound.objects.values("plan", "title", "text", "opens_on", "closes_on", "by", "occurs_on").get()
    assert kept == {
        "plan": task.plan_id,
        "title": "三季度进展",
        "text": "请写明数字。",
        "opens_on": OPENS,
        "closes_on": CLOSES,
        "by": clerk.pk,
        "occurs_on": None,
    }


def test_only_named_units_on_named_tasks_are_asked(clerk, task, duties):
    AssignmentFactory(task=TaskFactory(section=task.section), unit=duties[0].unit)

    one = call(task.plan, clerk, units=[duty.unit for duty in duties[:2]], tasks=[task])

    assert duties_of(one) == set(duties[:2])


def test_what_is_done_suspended_released_or_not_yet_owed_is_not_asked(clerk, task, duties):
    complete(duties[0])
    transitions.move(duties[1], Event.SUSPENDED, by=clerk)
    AssignmentFactory(task=task, released_on=OPENS)
    AssignmentFactory(task=task, owed_from=OPENS + dt.timedelta(days=1))
    AssignmentFactory()

    assert duties_of(call(task.plan, clerk)) == {duties[2]}


def test_who_owes_it_from_the_first_day_on_is_asked_before(clerk, task):
    start = OPENS + dt.timedelta(days=5)
    coming = AssignmentFactory(task=task, owed_from=start)
    AssignmentFactory(task=task, released_on=start)

    assert duties_of(call(task.plan, clerk, opens_on=start)) == {coming}


def test_a_claim_under_review_is_asked_since_it_may_come_back(clerk, task, duties):
    claim(duties[0])

    assert duties_of(call(task.plan, clerk)) == set(duties)


def test_the_same_form_sent_twice_is_one_round(clerk, task, duties):
    UserFactory(unit=duties[0].unit)
    key = uuid.uuid4()
    first = call(task.plan, clerk, key=key)

    assert call(task.plan, clerk, key=key, title="改过的名称") == first

    assert (ReportingRound.objects.get().title, Notification.objects.count()) == ("三季度进展", 1)


def test_a_key_is_of_one_person_and_plan(clerk, task, duties):
    key = uuid.uuid4()
    call(task.plan, clerk, key=key)

    with pytest.raises(Conflict, match="这张表单已经用过"):
        call(task.plan, UserFactory(role=Role.OFFICE), key=key)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"closes_on": OPENS - dt.timedelta(days=1)}, "截止日期不能早于开始日期"),
        ({"opens_on": dt.date(2024, 9, 1), "closes_on": dt.date(2024, 9, 30)}, "截止日期已过"),
        ({"title": "  "}, "请填写批次名称"),
    ],
)
def test_what_makes_no_round_is_refused(clerk, task, duties, changed, sentence):
    with pytest.raises(Refused, match=sentence):
        call(task.plan, clerk, **changed)

    assert not ReportingRound.objects.exists()


def test_a_round_may_close_on_the_day_on_which_it_opens(clerk, task, duties):
    assert call(task.plan, clerk, closes_on=OPENS).closes_on == OPENS


def test_a_round_that_asks_nobody_is_refused(clerk, task, duties):
    complete(duties[0])

    with pytest.raises(Refused, match="没有未办结的承办事项"):
        call(task.plan, clerk, units=[duties[0].unit])


def test_a_plan_that_is_not_issued_is_asked_nothing(clerk):
    with pytest.raises(Refused, match="尚未印发"):
        call(PlanFactory(state="draft"), clerk)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.OFFICE])
def test_only_the_office_calls_changes_and_closes(clerk, task, duties, role):
    one, other = call(task.plan, clerk), UserFactory(role=role)

    for act in (
        lambda: call(task.plan, other),
        lambda: rounds.change(one, by=other, title="改", text="", closes_on=CLOSES),
        lambda: rounds.close(one, by=other),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_a_unit_that_is_added_after_the_call_is_not_in_it(clerk, task, duties):
    one = call(task.plan, clerk)
    DesignationFactory(task=task, unit=UnitFactory(name="丁局"))
    for duty in duties:
        DesignationFactory(task=task, unit=duty.unit)
    assignments.settle(task.plan, on=OPENS)

    assert task.assignments.count() == 4
    assert duties_of(one) == set(duties)


def test_the_prospect_tells_whom_the_call_would_ask(clerk, task, duties):
    AssignmentFactory(task=TaskFactory(section=task.section), unit=duties[0].unit)
    days = {"title": "三季度进展", "text": "", "opens_on": OPENS, "closes_on": CLOSES}

    told = rounds.prospect(task.plan, by=clerk, units=[duties[0].unit, duties[1].unit], **days)

    assert told == [("甲镇", 2), ("乙镇", 1)]
    with pytest.raises(Refused):
        rounds.prospect(task.plan, by=clerk, **{**days, "closes_on": dt.date(2024, 9, 1)})


# --- telling ----------------------------------------------------------------------------------------------------------


def test_each_person_of_an_asked_unit_is_told_in_one_line(clerk, task, duties):
    AssignmentFactory(task=TaskFactory(section=task.section), unit=duties[0].unit)
    liaison, leader = UserFactory(unit=duties[0].unit), UserFactory(unit=duties[0].unit, role=Role.LEADER)
    UserFactory(unit=duties[1].unit, is_active=False)
    UserFactory()

    one = call(task.plan, clerk)

    line = "报送批次“三季度进展”：本单位须报送2件承办事项，2024年10月10日截止。"
    told = {(notice.user, notice.text, notice.path) for notice in Notification.objects.all()}
    assert told == {(person, line, f"/rounds/{one.pk}/") for person in (liaison, leader)}


def test_a_round_that_opens_later_says_from_when(clerk, task, duties):
    UserFactory(unit=duties[0].unit)

    call(task.plan, clerk, opens_on=dt.date(2024, 10, 5))

    assert "2024年10月5日开始，2024年10月10日截止。" in Notification.objects.get().text


def test_calling_asks_as_often_for_any_number_of_duties(clerk, task, duties, django_assert_max_num_queries):
    for _ in range(30):
        UserFactory(unit=AssignmentFactory(task=task).unit)

    with django_assert_max_num_queries(12):
        call(task.plan, clerk)


# --- changing ---------------------------------------------------------------------------------------------------------


def test_prolonging_is_told_to_the_units_that_still_owe_something(clerk, task, duties):
    people = [UserFactory(unit=duty.unit) for duty in duties]
    one = call(task.plan, clerk)
    submit(duties[0], by=people[0])
    transitions.move(duties[2], Event.SUSPENDED, by=clerk)
    Notification.objects.all().delete()

    changed = rounds.change(one, by=clerk, title="三季度进展", text="可补报。", closes_on=dt.date(2024, 10, 20))

    assert (changed.text, changed.closes_on) == ("可补报。", dt.date(2024, 10, 20))
    told = Notification.objects.get()
    assert (told.user, told.text) == (
        people[1],
        "报送批次“三季度进展”：截止日期延长至2024年10月20日，本单位还有1件承办事项未报送。",
    )


def test_a_new_name_alone_is_told_to_nobody(clerk, task, duties, october):
    UserFactory(unit=duties[0].unit)
    one = call(task.plan, clerk)
    Notification.objects.all().delete()
    october.move_to(on_day(CLOSES + dt.timedelta(days=3)))

    rounds.change(one, by=clerk, title="前三季度进展", text="", closes_on=CLOSES)

    one.refresh_from_db()
    assert (one.title, Notification.objects.count()) == ("前三季度进展", 0)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"closes_on": dt.date(2024, 9, 30)}, "截止日期不能早于开始日期"),
        ({"closes_on": dt.date(2024, 10, 8)}, "新的截止日期已过"),
        ({"title": ""}, "请填写批次名称"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(clerk, task, duties, october, changed, sentence):
    one = call(task.plan, clerk)
    october.move_to(on_day(dt.date(2024, 10, 9)))

    with pytest.raises(Refused, match=sentence):
        rounds.change(one, by=clerk, **{"title": "三季度进展", "text": "", "closes_on": CLOSES, **changed})


def test_a_closed_round_is_neither_changed_nor_closed_again(clerk, task, duties):
    one = call(task.plan, clerk)
    rounds.close(one, by=clerk)

    with pytest.raises(Conflict, match=f"已由{clerk}于2024年10月1日 12:00结束"):
        rounds.change(one, by=clerk, title="三季度进展", text="", closes_on=dt.date(2024, 10, 20))
    with pytest.raises(Conflict, match="本次操作未生效"):
        rounds.close(one, by=UserFactory(role=Role.OFFICE))

    one.refresh_from_db()
    assert (one.closed_by, one.closes_on) == (clerk, CLOSES)
