"""The office takes back an extension, or its decision on a request; past evenings keep their light."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from departments.choices import Role
from tasks.choices import Event, ExtensionState, Light
from tasks.models import Assignment, Extension, Notification, timeline
from tasks.services.deadlines import changes, extensions, suspension, undoing
from tasks.services.plans import amendments
from tasks.services.plans.drafting import seen_task
from tests.factories import (
    AssignmentFactory,
    DesignationFactory,
    UserFactory,
    claim,
    complete,
)
from wenshang_disclosure.audit.models import AuditEntry
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.core.evenings import evening
from wenshang_disclosure.core.web.errors import Conflict, Refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("evidence_folder")]

DUE, LATER, LATEST = dt.date(2024, 9, 30), dt.date(2024, 10, 31), dt.date(2024, 11, 30)
ASKED, DECIDED, UNDONE = dt.date(2024, 9, 20), dt.date(2024, 9, 25), dt.date(2024, 10, 9)


def on(day, hour=12):
    return time_machine.travel(on_day(day, hour), tick=False)


@pytest.fixture
def duty():
    duty = AssignmentFactory(due_on=DUE, task__due_on=DUE)
    DesignationFactory(task=duty.task, unit=duty.unit)
    return duty


@pytest.fixture
def liaison(duty):
    return UserFactory(unit=duty.unit, name="王联络")


@pytest.fixture
def clerk():
    return UserFactory(role=Role.OFFICE, name="李科员")


@pytest.fixture
def reviewer():
    return UserFactory(role=Role.REVIEWER, name="张审核")


@pytest.fixture
def request_(duty, liaison):
    with on(ASKED):
        return extensions.ask(duty, by=liaison, requested_due_on=LATER, reason="上级文件印发较晚。")


@pytest.fixture
def granted(request_, reviewer):
    with on(DECIDED):
        return extensions.grant(request_, by=reviewer, comment="同意。")


@pytest.fixture
def extended(duty, clerk):
    """A duty that the office extended without a request."""
    with on(DECIDED):
        return extensions.extend(duty, by=clerk, due_on=LATER, reason="系统升级。")


def undo(what, by, day=UNDONE, **given):
    service = undoing.undo_decision if isinstance(what, Extension) else undoing.undo_extension
    with on(day):
        return service(what, by=by, **{"reason": "理由不成立。", **given})


def due(duty):
    return Assignment.objects.get(pk=duty.pk).due_on


def shown(duty, day):
    with evening(day):
        lit = Assignment.objects.with_light(day).get(pk=duty.pk)
    return lit.light, lit.due_on


def told(person):
    return list(Notification.objects.filter(user=person).order_by("pk").values_list("text", flat=True))


# --- a request --------------------------------------------------------------------------------------------------------


def test_a_granted_request_waits_again_and_the_deadline_is_the_one_before(granted, duty, clerk):
    undo(granted, clerk)

    granted.refresh_from_db()
    assert (granted.state, granted.granted_due_on, granted.comment) == (ExtensionState.REQUESTED, None, "")
    assert (granted.decided_by, granted.decided_at) == (None, None)
    assert due(duty) == DUE
    assert list(Extension.objects.waiting()) == [granted]


def test_the_decision_is_kept_as_it_was(granted, clerk, reviewer):
    undo(granted, clerk)

    kept = granted.undone_decisions.get()
    assert (kept.in_words(), kept.decided_by, kept.comment) == ("同意，延至2024-10-31", reviewer, "同意。")
    assert (kept.by, kept.reason) == (clerk, "理由不成立。")


def test_evenings_between_the_extension_and_its_undoing_keep_their_light(granted, duty, clerk):
    days = [DECIDED, dt.date(2024, 10, 1), dt.date(2024, 10, 8)]
    with on(UNDONE):
        before = [shown(duty, day) for day in days]

    undo(granted, clerk)

    with on(LATEST):
        assert [shown(duty, day) for day in days] == before
        assert shown(duty, UNDONE) == (Light.OVERDUE, DUE)
    assert before == [(Light.NOT_STARTED, LATER), (Light.NOT_STARTED, LATER), (Light.NOT_STARTED, LATER)]


def test_the_timeline_tells_the_extension_and_its_undoing(granted, duty, clerk):
    undo(granted, clerk)

    lines = [(entry.title, entry.by, entry.words) for entry in timeline(Assignment.objects.all())]
    assert lines[0] == (
        "撤回延期",
        "县政府办公室 李科员",
        "时限由2024-10-31恢复为2024-09-30，延期申请重新待决定。原因：理由不成立。",
    )
    assert [title for title, *_ in lines] == ["撤回延期", "延期", "申请延期"]
    assert AuditEntry.objects.filter(act="撤回延期").get().actor_id == clerk.pk


def test_the_unit_is_told(granted, duty, liaison, clerk):
    undo(granted, clerk)

    number = duty.task.number
    assert told(liaison)[-1] == (
        f"第{number}项的延期已撤回，时限由2024-10-31恢复为2024-09-30，延期申请重新待决定：理由不成立。"
    )


def test_a_request_can_be_granted_anew(granted, duty, clerk, reviewer):
    undo(granted, clerk)

    with on(UNDONE, 15):
        again = extensions.grant(Extension.objects.get(pk=granted.pk), by=reviewer, due_on=LATEST)

    assert (again.granted_due_on, due(duty)) == (LATEST, LATEST)
    undo(again, clerk, LATER)
    assert (due(duty), granted.undone_decisions.count()) == (DUE, 2)


def test_a_refused_request_waits_again(request_, duty, liaison, clerk, reviewer):
    with on(DECIDED):
        refused = extensions.refuse(request_, by=reviewer, comment="理由不足。")

    undo(refused, clerk)

    refused.refresh_from_db()
    assert (refused.state, due(duty)) == (ExtensionState.REQUESTED, DUE)
    assert told(liaison)[-1] == f"第{duty.task.number}项延期申请的“不同意”已撤回，申请重新待决定：理由不成立。"
    lines = [(entry.title, entry.words) for entry in timeline(Assignment.objects.all())]
    assert lines[:2] == [
        ("撤回不同意延期", "延期申请重新待决定。原因：理由不成立。"),
        ("不同意延期", "理由不足。"),
    ]


def test_the_timeline_of_an_evening_before_still_has_the_refusal(request_, duty, clerk, reviewer):
    with on(DECIDED):
        refused = extensions.refuse(request_, by=reviewer, comment="理由不足。")
    before = timeline(Assignment.objects.all(), until=DECIDED)

    undo(refused, clerk)

    assert timeline(Assignment.objects.all(), until=DECIDED) == before


def test_a_decision_stands_once_the_unit_has_asked_again(request_, duty, liaison, clerk, reviewer):
    with on(DECIDED):
        refused = extensions.refuse(request_, by=reviewer, comment="理由不足。")
        extensions.ask(duty, by=liaison, requested_due_on=LATEST, reason="补充理由。")

    with pytest.raises(Refused, match="此后又提出了延期申请"):
        undo(refused, clerk)


def test_a_decision_stands_once_the_deadline_has_moved_again(granted, duty, clerk):
    with on(UNDONE):
        extensions.extend(duty, by=clerk, due_on=LATEST, reason="系统升级。")

    with pytest.raises(Refused, match="该事项的时限又有变动"):
        undo(granted, clerk)


def test_the_second_of_two_is_told(granted, clerk, reviewer):
    undo(granted, clerk)

    with pytest.raises(Conflict, match="该申请已是“待决定”，本次撤回未生效"):
        undo(granted, reviewer)


def test_a_decision_made_since_the_page_was_opened_is_not_taken_back(granted, clerk, reviewer):
    with on(UNDONE):
        seen = undoing.decision_outlook(Extension.objects.get(pk=granted.pk)).mark
    undo(granted, clerk)
    with on(UNDONE, 15):
        again = extensions.grant(Extension.objects.get(pk=granted.pk), by=reviewer, due_on=LATEST)

    with pytest.raises(Conflict, match="在此期间情况有变"):
        undo(again, clerk, LATER, seen=seen)


# --- without a request ------------------------------------------------------------------------------------------------


def test_an_extension_without_request_goes_back(extended, liaison, clerk):
    undo(extended, clerk)

    assert due(extended) == DUE
    assert told(liaison)[-1].endswith("项的延期已撤回，时限由2024-10-31恢复为2024-09-30：理由不成立。")


def test_two_extensions_are_taken_back_one_after_the_other(extended, clerk):
    with on(dt.date(2024, 9, 26)):
        extensions.extend(extended, by=clerk, due_on=LATEST, reason="再延。")

    undo(extended, clerk)
    assert due(extended) == LATER
    undo(extended, clerk)
    assert due(extended) == DUE
    with pytest.raises(Refused, match="没有可以撤回的延期"):
        undo(extended, clerk)


def test_a_correction_to_an_earlier_day_goes_back_too(extended, clerk):
    with on(UNDONE):
        extensions.extend(extended, by=clerk, due_on=dt.date(2024, 10, 20), reason="写错日期。", correcting=True)

    undo(extended, clerk)

    assert due(extended) == LATER


def test_the_row_amended_meanwhile_gives_its_own_deadline(extended, clerk):
    middle = dt.date(2024, 10, 15)
    task = type(extended.task).objects.with_designations().get(pk=extended.task_id)
    with on(dt.date(2024, 9, 28)):
        cells = {"lead": [], "responsible": [extended.unit.name]}
        amendments.amend(
            task,
            by=clerk,
            version=seen_task(task),
            reason="统一调整。",
            due_on=middle,
            deadline_as_written="10月15日前",
            **cells,
        )
    assert due(extended) == LATER

    undo(extended, clerk)

    assert due(extended) == middle


def test_an_extension_that_was_taken_back_does_not_outlive_an_amendment(extended, clerk):
    undo(extended, clerk)

    duty = Assignment.objects.select_related("task").get(pk=extended.pk)
    assert changes.own_deadlines([duty], DUE) == {}
    assert not changes.is_extended(duty)


def test_what_was_granted_on_request_is_taken_back_there(granted, duty, clerk):
    with pytest.raises(Refused, match="请在延期申请的页面撤回"):
        undo(duty, clerk)


def test_the_page_warns_where_the_duty_is_overdue_at_once(extended):
    with on(UNDONE):
        outlook = undoing.extension_outlook(Assignment.objects.get(pk=extended.pk))

    assert outlook.effects == (
        "时限由2024-10-31恢复为2024-09-30。",
        "恢复后的时限已经过去，该事项今天起亮“逾期”。",
        "承办单位的联络员和分管领导将收到通知并看到原因；此前日期的亮灯和统计不变。",
    )


@pytest.mark.parametrize(
    ("happened", "sentence"),
    [
        (lambda duty, clerk: claim(duty), "正在审核"),
        (lambda duty, clerk: complete(duty), "该事项已办结"),
        (lambda duty, clerk: suspension.suspend(duty, by=clerk, reason="机构改革。"), "该事项已中止"),
    ],
)
def test_it_stands_where_the_duty_is_no_longer_in_hand(extended, clerk, happened, sentence):
    with on(UNDONE):
        happened(extended, clerk)

    with pytest.raises(Refused, match=sentence):
        undo(extended, clerk)

    assert due(extended) == LATER
    assert not extended.transitions.filter(event=Event.UNEXTENDED).exists()


@pytest.mark.parametrize("role", [Role.LIAISON, Role.LEADER, Role.AUDITOR])
def test_others_may_not(duty, granted, role):
    person = UserFactory(role=role)

    for what in (duty, granted):
        with pytest.raises(PermissionDenied):
            undo(what, person)


def test_whoever_asked_does_not_take_back_the_decision(granted, liaison):
    liaison.role, liaison.unit = Role.OFFICE, None
    liaison.save()

    with pytest.raises(PermissionDenied, match="须由其他人员决定"):
        undo(granted, liaison)


def test_a_reason_is_needed(extended, clerk):
    with pytest.raises(Refused, match="请填写撤回的原因"):
        undo(extended, clerk, reason="")
