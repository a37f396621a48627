"""A unit asks for a later deadline, and the office decides: from that day on, never for the evenings before."""

import datetime as dt
import random

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from departments.choices import Role
from tasks.choices import Event, ExtensionState, Light
from tasks.models import Assignment, Extension, ExtensionFile, Notification, timeline
from tasks.services.deadlines import extensions, suspension
from tasks.services.progress import reports, reviews
from tests.factories import (
    AssignmentFactory,
    ExtensionFactory,
    PlanFactory,
    SectionFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
    claim,
    complete,
    submit,
)
from tests.made_files import pdf_upload, program_upload
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.core.evenings import evening
from wenshang_disclosure.core.web.errors import Conflict, Refused
from wenshang_disclosure.files.models import StoredFile

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("evidence_folder")]

DUE = dt.date(2024, 9, 30)
LATER = dt.date(2024, 10, 31)
SEPTEMBER = dt.date(2024, 9, 20)
OCTOBER = dt.date(2024, 10, 9)


def on(day, hour=12, minute=0):
    return time_machine.travel(on_day(day, hour, minute), tick=False)


@pytest.fixture
def duty():
    return AssignmentFactory(due_on=DUE, task__due_on=DUE)


@pytest.fixture
def liaison(duty):
    return UserFactory(unit=duty.unit, name="王联络")


@pytest.fixture
def clerk():
    return UserFactory(role=Role.OFFICE, name="李科员")


@pytest.fixture
def reviewer():
    return UserFactory(role=Role.REVIEWER, name="张审核")


def ask(duty, by, day=SEPTEMBER, **otherwise):
    with on(day):
        return extensions.ask(
            duty, **{"by": by, "requested_due_on": LATER, "reason": "上级文件印发较晚。", **otherwise}
        )


def light(duty, as_of):
    with evening(as_of):
        lit = Assignment.objects.with_light(as_of).get(pk=duty.pk)
    return lit.light, lit.due_on


def words(duty):
    return [(step.event, step.reason) for step in duty.transitions.order_by("pk")]


# --- asking -----------------------------------------------------------------------------------------------------------


def test_a_request_keeps_what_was_said_and_leaves_the_deadline(duty, liaison):
    request = ask(duty, liaison, files=[pdf_upload("通知.pdf")])

    duty.refresh_from_db()
    request.refresh_from_db()
    assert (request.state, request.old_due_on, request.requested_due_on) == (ExtensionState.REQUESTED, DUE, LATER)
    assert (request.reason, request.late_reason, request.requested_by) == ("上级文件印发较晚。", "", liaison)
    assert [file.file_name for file in request.files.all()] == ["通知.pdf"]
    assert duty.due_on == DUE
    assert [entry.title for entry in timeline(Assignment.objects.all())] == ["申请延期"]


def test_who_decides_is_told_and_nobody_else(duty, liaison, clerk, reviewer):
    UserFactory(role=Role.AUDITOR)
    UserFactory(role=Role.OFFICE, is_active=False)

    request = ask(duty, liaison)

    told = {(note.user, note.text, note.path) for note in Notification.objects.all()}
    line = f"{duty.unit}申请将第{duty.task.number}项的时限由2024-09-30延至2024-10-31，请决定。"
    assert told == {(person, line, f"/extensions/{request.pk}/") for person in (clerk, reviewer)}


@pytest.mark.parametrize("hour", [(0, 0), (23, 59)])
def test_on_the_day_of_the_deadline_no_word_on_lateness_is_asked_for(duty, liaison, hour):
    with on(DUE, *hour):
        request = extensions.ask(duty, by=liaison, requested_due_on=LATER, reason="理由。", late_reason="多余的话。")

    assert request.late_reason == ""


def test_on_the_day_after_a_word_on_lateness_is_asked_for(duty, liaison):
    midnight = dt.date(2024, 10, 1)

    with on(midnight, 0, 0), pytest.raises(Refused, match="已过完成时限（2024-09-30），请填写逾期后才申请的原因"):
        extensions.ask(duty, by=liaison, requested_due_on=LATER, reason="理由。", late_reason="  ")
    with on(midnight, 0, 0):
        request = extensions.ask(duty, by=liaison, requested_due_on=LATER, reason="理由。", late_reason="人员变动。")

    assert request.late_reason == "人员变动。"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"reason": " \n"}, "请填写延期理由"),
        ({"requested_due_on": DUE}, "须晚于现行时限2024-09-30"),
        ({"requested_due_on": dt.date(2024, 8, 1)}, "须晚于现行时限"),
        ({"day": dt.date(2024, 11, 1), "late_reason": "人员变动。"}, "已经过去"),
    ],
)
def test_what_makes_no_request_is_refused(duty, liaison, changes, sentence):
    with pytest.raises(Refused, match=sentence):
        ask(duty, liaison, **changes)

    assert not Extension.objects.exists()


def test_a_leap_day_can_be_asked_for():
    duty = AssignmentFactory(due_on=dt.date(2024, 2, 28), plan__issued_on=dt.date(2024, 1, 2))

    request = ask(duty, UserFactory(unit=duty.unit), dt.date(2024, 2, 28), requested_due_on=dt.date(2024, 2, 29))

    with on(dt.date(2024, 2, 28)):
        extensions.grant(request, by=UserFactory(role=Role.OFFICE))
    with on(dt.date(2024, 3, 2)):
        assert light(duty, dt.date(2024, 2, 29)) == (Light.DUE_SOON, dt.date(2024, 2, 29))
        assert light(duty, dt.date(2024, 3, 1))[0] == Light.OVERDUE


def test_a_duty_without_a_deadline_has_none_to_move(clerk):
    duty = AssignmentFactory(due_on=None)

    with pytest.raises(Refused, match="长期坚持"):
        ask(duty, UserFactory(unit=duty.unit))
    with pytest.raises(Refused, match="长期坚持"):
        extensions.extend(duty, by=clerk, due_on=LATER, reason="理由。")


def finished(duty, clerk):
    complete(duty)


def released(duty, clerk):
    Assignment.objects.filter(pk=duty.pk).update(released_on=dt.date(2024, 9, 1))


def suspended(duty, clerk):
    suspension.suspend(duty, by=clerk, reason="等待上级文件。")


@pytest.mark.parametrize(
    ("happened", "sentence"), [(finished, "已办结"), (released, "已解除"), (suspended, "恢复办理后才能延期")]
)
def test_what_is_owed_no_more_is_not_extended_by_anybody(duty, liaison, clerk, happened, sentence):
    request = ask(duty, liaison)
    with on(SEPTEMBER):
        happened(duty, clerk)

    with on(SEPTEMBER), pytest.raises(Refused, match=sentence):
        extensions.grant(request, by=clerk)
    Extension.objects.update(state=ExtensionState.WITHDRAWN)
    with pytest.raises(Refused, match=sentence):
        ask(duty, liaison)
    with on(SEPTEMBER), pytest.raises(Refused, match=sentence):
        extensions.extend(duty, by=clerk, due_on=LATER, reason="理由。")
    duty.refresh_from_db()
    assert duty.due_on == DUE


def test_a_second_request_is_told_of_the_first(duty, liaison):
    ask(duty, liaison)

    with pytest.raises(Conflict, match="已有一项延期申请待决定（王联络于2024-09-20 12:00申请延至2024-10-31）"):
        ask(duty, UserFactory(unit=duty.unit), requested_due_on=dt.date(2024, 12, 1))


@pytest.mark.parametrize("role", Role)
def test_only_liaisons_of_the_unit_ask(duty, role):
    person = UserFactory(role=role, unit=UnitFactory() if role == Role.LIAISON else duty.unit)

    with pytest.raises(PermissionDenied):
        ask(duty, person)


def test_a_file_that_is_not_taken_refuses_the_request_and_leaves_nothing(duty, liaison, evidence_folder):
    with pytest.raises(Refused, match="内容与扩展名"):
        ask(duty, liaison, files=[pdf_upload("一.pdf"), program_upload("二.pdf")])

    assert (Extension.objects.count(), StoredFile.objects.count()) == (0, 0)
    assert [path for path in evidence_folder.rglob("*") if path.is_file()] == []


def test_files_of_a_request_that_is_refused_or_fails_are_deleted(duty, liaison, evidence_folder, monkeypatch):
    def fail(*args, **kwargs):
        assert len([path for path in evidence_folder.rglob("*") if path.is_file()]) == 1
        raise RuntimeError("the database went away")

    with pytest.raises(Refused):
        ask(duty, liaison, requested_due_on=DUE, files=[pdf_upload()])
    monkeypatch.setattr(extensions, "_notify_deciders", fail)
    with pytest.raises(RuntimeError):
        ask(duty, liaison, files=[pdf_upload()])

    assert (StoredFile.objects.count(), ExtensionFile.objects.count()) == (0, 0)
    assert [path for path in evidence_folder.rglob("*") if path.is_file()] == []


def test_more_files_than_a_request_takes_are_refused(duty, liaison, settings):
    settings.EVIDENCE_MAX_ITEMS = 1

    with pytest.raises(Refused, match="最多附1个文件"):
        ask(duty, liaison, files=[pdf_upload(), pdf_upload()])


def test_a_file_that_is_too_large_or_empty_is_refused(duty, liaison, settings):
    with pytest.raises(Refused, match="“空.pdf”是空文件"):
        ask(duty, liaison, files=[SimpleUploadedFile("空.pdf", b"")])
    settings.EVIDENCE_MAX_BYTES = 10
    with pytest.raises(Refused, match="“大.pdf”超过0 MB"):
        ask(duty, liaison, files=[pdf_upload("大.pdf")])


# --- taking back ------------------------------------------------------------------------------------------------------


def test_a_request_taken_back_is_told_and_another_can_be_made(duty, liaison):
    request = ask(duty, liaison)
    with on(SEPTEMBER):
        request = extensions.withdraw(request, by=UserFactory(unit=duty.unit))

    again = ask(duty, liaison, day=dt.date(2024, 9, 21))

    titles = [entry.title for entry in timeline(Assignment.objects.all())]
    assert (request.state, again.state) == (ExtensionState.WITHDRAWN, ExtensionState.REQUESTED)
    assert titles[0] == "申请延期"
    assert sorted(titles) == ["撤回延期申请", "申请延期", "申请延期"]


def test_a_decided_request_is_not_taken_back(duty, liaison, clerk):
    request = ask(duty, liaison)
    with on(SEPTEMBER):
        extensions.refuse(request, by=clerk, comment="理由不充分。")

    with pytest.raises(Conflict, match="已由李科员于2024-09-20 12:00决定：不同意，本次撤回未生效"):
        extensions.withdraw(request, by=liaison)


def test_only_the_units_liaisons_take_back(duty, liaison, clerk):
    request = ask(duty, liaison)

    for person in (clerk, UserFactory(), UserFactory(role=Role.LEADER, unit=duty.unit)):
        with pytest.raises(PermissionDenied):
            extensions.withdraw(request, by=person)


# --- deciding ---------------------------------------------------------------------------------------------------------


def test_a_granted_request_moves_the_deadline_and_keeps_the_first(duty, liaison, clerk):
    request = ask(duty, liaison)

    with on(dt.date(2024, 9, 25)):
        request = extensions.grant(request, by=clerk, comment="按期完成。")

    duty.refresh_from_db()
    assert (request.state, request.granted_due_on, request.decided_by) == (ExtensionState.GRANTED, LATER, clerk)
    assert (duty.due_on, duty.first_due_on, request.between) == (LATER, DUE, "")
    assert words(duty) == [
        (Event.EXTENDED, "时限由2024-09-30延至2024-10-31。申请理由：上级文件印发较晚。决定意见：按期完成。")
    ]


def test_evenings_before_the_decision_keep_the_old_deadline(duty, liaison, clerk):
    request = ask(duty, liaison, OCTOBER, late_reason="人员变动。")
    with on(OCTOBER, 15):
        extensions.grant(request, by=clerk)

    with on(dt.date(2024, 12, 1)):
        assert light(duty, DUE) == (Light.DUE_SOON, DUE)
        assert light(duty, dt.date(2024, 10, 8)) == (Light.OVERDUE, DUE)
        assert light(duty, OCTOBER) == (Light.NOT_STARTED, LATER)
        assert light(duty, LATER) == (Light.DUE_SOON, LATER)
        assert light(duty, dt.date(2024, 11, 1)) == (Light.OVERDUE, LATER)


def test_the_office_may_agree_to_another_day(duty, liaison, clerk):
    request = ask(duty, liaison)

    with on(SEPTEMBER):
        request = extensions.grant(request, by=clerk, due_on=dt.date(2024, 10, 10))

    duty.refresh_from_db()
    assert (duty.due_on, request.requested_due_on) == (dt.date(2024, 10, 10), LATER)


@pytest.mark.parametrize("day", [DUE, dt.date(2024, 9, 1)])
def test_the_office_does_not_agree_to_a_day_that_is_not_later(duty, liaison, clerk, day):
    request = ask(duty, liaison)

    with pytest.raises(Refused, match="须晚于现行时限2024-09-30"):
        extensions.grant(request, by=clerk, due_on=day)

    request.refresh_from_db()
    assert request.is_open


def test_a_refusal_leaves_the_deadline_and_gives_its_reason(duty, liaison, clerk):
    request = ask(duty, liaison)
    with pytest.raises(Refused, match="请填写不同意的原因"):
        extensions.refuse(request, by=clerk, comment=" ")

    with on(dt.date(2024, 9, 25)):
        request = extensions.refuse(request, by=clerk, comment="理由不充分。")

    duty.refresh_from_db()
    told = Notification.objects.get(user=liaison)
    assert (request.state, request.comment, duty.due_on) == (ExtensionState.REFUSED, "理由不充分。", DUE)
    assert words(duty) == []
    assert told.text == f"第{duty.task.number}项的延期申请未获同意，时限仍为2024-09-30：理由不充分。"
    assert [entry.title for entry in timeline(Assignment.objects.all())] == ["不同意延期", "申请延期"]


def test_the_unit_is_told_of_the_new_deadline(duty, liaison, clerk):
    leader = UserFactory(role=Role.LEADER, unit=duty.unit)
    request = ask(duty, liaison)
    Notification.objects.all().delete()

    extensions.grant(request, by=clerk)

    told = {(note.user, note.text, note.path) for note in Notification.objects.all()}
    line = f"第{duty.task.number}项时限由2024-09-30延至2024-10-31。"
    assert told == {(person, line, f"/assignments/{duty.pk}/") for person in (liaison, leader)}


@pytest.mark.parametrize("decision", ["grant", "refuse"])
def test_who_asked_does_not_decide_also_after_a_change_of_role(duty, liaison, decision):
    request = ask(duty, liaison)
    liaison.role, liaison.unit = Role.REVIEWER, None
    liaison.save()

    with pytest.raises(PermissionDenied, match="须由其他人员决定"):
        getattr(extensions, decision)(request, by=liaison, comment="同意。")


@pytest.mark.parametrize("role", [Role.LIAISON, Role.LEADER, Role.AUDITOR])
def test_who_does_not_review_does_not_decide(duty, liaison, role):
    request = ask(duty, liaison)

    with pytest.raises(PermissionDenied):
        extensions.grant(request, by=UserFactory(role=role))


@pytest.mark.parametrize(
    ("first", "sentence"),
    [
        (lambda request, by: extensions.grant(request, by=by), "决定：同意，延至2024-10-31，本次决定未生效"),
        (lambda request, by: extensions.refuse(request, by=by, comment="否。"), "决定：不同意，本次决定未生效"),
    ],
)
def test_the_second_who_decides_is_told_who_decided_what(duty, liaison, clerk, reviewer, first, sentence):
    request = ask(duty, liaison)
    with on(SEPTEMBER):
        first(request, reviewer)

    with pytest.raises(Conflict, match=f"已由张审核于2024-09-20 12:00{sentence}"):
        extensions.grant(request, by=clerk)
    with pytest.raises(Conflict, match=f"已由张审核于2024-09-20 12:00{sentence}"):
        extensions.refuse(request, by=clerk, comment="否。")


def test_what_was_taken_back_is_not_decided(duty, liaison, clerk):
    request = ask(duty, liaison)
    with on(SEPTEMBER):
        extensions.withdraw(request, by=liaison)

    with pytest.raises(Conflict, match="已由王联络于2024-09-20 12:00撤回，本次决定未生效"):
        extensions.grant(request, by=clerk)


def test_a_claim_submitted_late_is_in_time_once_the_deadline_was_moved(duty, liaison, clerk):
    with on(dt.date(2024, 10, 5)):
        claim(duty, by=liaison)
    request = ask(duty, liaison, OCTOBER, late_reason="人员变动。")

    with on(OCTOBER):
        extensions.grant(request, by=clerk)

        assert light(duty, OCTOBER)[0] == Light.REVIEW
        assert light(duty, dt.date(2024, 10, 8))[0] == Light.OVERDUE


# --- lights in between ------------------------------------------------------------------------------------------------


def test_a_decision_after_the_deadline_says_which_light_was_shown(duty, liaison, clerk):
    request = ask(duty, liaison, late_reason="人员变动。")

    with on(OCTOBER):
        request = extensions.grant(request, by=clerk)

    assert request.between == "2024-10-01至2024-10-08亮“逾期”。"
    assert words(duty) == [
        (
            Event.EXTENDED,
            "时限由2024-09-30延至2024-10-31。申请理由：上级文件印发较晚。决定前的亮灯：2024-10-01至2024-10-08亮“逾期”。",
        )
    ]


def test_a_refusal_after_the_deadline_says_it_as_well(duty, liaison, clerk):
    request = ask(duty, liaison)

    with on(OCTOBER):
        request = extensions.refuse(request, by=clerk, comment="理由不充分。")

    told = timeline(Assignment.objects.all())[0]
    assert request.between == "2024-10-01至2024-10-08亮“逾期”。"
    assert told.words == "理由不充分。2024-10-01至2024-10-08亮“逾期”。"


@pytest.mark.parametrize(
    ("day", "between"),
    [
        (DUE, ""),
        (dt.date(2024, 10, 1), ""),  # no evening has passed between the deadline and the decision
        (dt.date(2024, 10, 2), "2024-10-01亮“逾期”。"),
    ],
)
def test_only_evenings_after_the_deadline_and_before_the_decision_count(duty, liaison, clerk, day, between):
    request = ask(duty, liaison)

    with on(day):
        assert extensions.grant(request, by=clerk).between == between


def test_every_change_of_light_in_between_is_told(duty, liaison, clerk, reviewer):
    with on(dt.date(2024, 9, 28)):
        report = claim(duty, by=liaison)
    with on(dt.date(2024, 9, 29)):
        request = extensions.ask(duty, by=liaison, requested_due_on=LATER, reason="理由。")
    with on(dt.date(2024, 10, 4)):
        reviews.return_(report, by=reviewer, comment="请补充。")
    with on(dt.date(2024, 10, 6)):
        suspension.suspend(duty, by=clerk, reason="等待上级文件。")
    with on(dt.date(2024, 10, 8)):
        suspension.resume(duty, by=clerk, reason="文件已到。")

    with on(dt.date(2024, 10, 10)):
        request = extensions.grant(request, by=clerk)

    assert request.between == (
        "2024-10-01至2024-10-03亮“待审核”，2024-10-04至2024-10-05亮“逾期”，"
        "2024-10-06至2024-10-07中止，2024-10-08至2024-10-09亮“逾期”。"
    )


def test_a_deadline_that_was_amended_in_between_is_heeded(duty, liaison, clerk):
    request = ask(duty, liaison, requested_due_on=dt.date(2024, 12, 31))
    with on(dt.date(2024, 10, 3)):
        suspension.suspend(duty, by=clerk, reason="等待上级文件。")
    with on(dt.date(2024, 10, 4)):
        suspension.resume(duty, by=clerk, reason="文件已到。", due_on=dt.date(2024, 10, 20))

    with on(dt.date(2024, 10, 24)):
        request = extensions.grant(request, by=clerk)

    assert request.between == (
        "2024-10-01至2024-10-02亮“逾期”，2024-10-03中止，2024-10-04亮“未启动”，"
        "2024-10-05至2024-10-20亮“临期”，2024-10-21至2024-10-23亮“逾期”。"
    )


def evening_by_evening(duty, first, last):
    """The same words, from the light of every single evening."""
    days = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
    runs = []
    for day in days:
        label = Light(light(duty, day)[0]).label
        if runs and runs[-1][0] == label:
            runs[-1][2] = day
        else:
            runs.append([label, day, day])
    return "，".join(f"{a}亮“{label}”" if a == b else f"{a}至{b}亮“{label}”" for label, a, b in runs) + "。"


@pytest.mark.parametrize("seed", range(5))
def test_the_words_agree_with_the_light_of_every_single_evening(duty, liaison, clerk, reviewer, seed):
    chance = random.Random(seed)
    request = ask(duty, liaison, requested_due_on=dt.date(2025, 3, 1))
    day = dt.date(2024, 9, 25)
    while day < dt.date(2024, 11, 20):
        with on(day):
            report = chance.choice([submit, claim])(duty, by=liaison)
        day += dt.timedelta(days=chance.randint(0, 6))
        with on(day, 18):
            reviews.return_(report, by=reviewer, comment="请补充。")
            if chance.random() < 0.3:
                suspension.suspend(duty, by=clerk, reason="误。")
                due_on = duty.due_on if duty.due_on > day else day
                duty = suspension.resume(
                    duty, by=clerk, reason="更正。", due_on=due_on + dt.timedelta(days=chance.randint(1, 30))
                )
        day += dt.timedelta(days=chance.randint(1, 9))

    with on(dt.date(2024, 12, 10)):
        between = extensions.lights_before_decision(request)

        assert between == evening_by_evening(duty, dt.date(2024, 10, 1), dt.date(2024, 12, 9))


def test_the_queries_for_it_do_not_grow_with_the_history(duty, liaison, clerk, reviewer):
    def asked_of(request):
        with on(dt.date(2024, 12, 1)), CaptureQueriesContext(connection) as captured:
            extensions.lights_before_decision(request)
        return len(captured)

    request = ask(duty, liaison)
    few = asked_of(request)
    for number in range(20):
        with on(dt.date(2024, 10, 2) + dt.timedelta(days=2 * number)):
            report = claim(duty, by=liaison)
        with on(dt.date(2024, 10, 3) + dt.timedelta(days=2 * number)):
            reviews.return_(report, by=reviewer, comment="请补充。")

    assert asked_of(request) == few


# --- moved without being asked ----------------------------------------------------------------------------------------


def test_the_office_moves_a_deadline_unasked(duty, liaison, reviewer):
    with on(OCTOBER):
        moved = extensions.extend(duty, by=reviewer, due_on=LATER, reason="统一顺延。")

    assert (moved.due_on, moved.first_due_on) == (LATER, DUE)
    assert words(duty) == [
        (
            Event.EXTENDED,
            "时限由2024-09-30延至2024-10-31。原因：统一顺延。决定前的亮灯：2024-10-01至2024-10-08亮“逾期”。",
        )
    ]
    assert Notification.objects.get(user=liaison).text == f"第{duty.task.number}项时限由2024-09-30延至2024-10-31。"


def test_a_deadline_is_not_moved_without_a_reason_or_to_an_earlier_day(duty, clerk):
    with pytest.raises(Refused, match="请填写调整时限的原因"):
        extensions.extend(duty, by=clerk, due_on=LATER, reason="")
    with pytest.raises(Refused, match="须晚于现行时限"):
        extensions.extend(duty, by=clerk, due_on=DUE, reason="理由。")


def test_a_mistyped_extension_is_corrected_to_an_earlier_day(duty, liaison, clerk):
    with on(SEPTEMBER):
        extensions.extend(duty, by=clerk, due_on=dt.date(2036, 10, 31), reason="统一顺延。")
    with on(OCTOBER):
        corrected = extensions.extend(duty, by=clerk, due_on=LATER, reason="年份误填。", correcting=True)

    assert (corrected.due_on, corrected.first_due_on) == (LATER, DUE)
    assert words(duty) == [
        (Event.EXTENDED, "时限由2024-09-30延至2036-10-31。原因：统一顺延。"),
        (Event.EXTENDED, "时限由2036-10-31更正为2024-10-31。原因：年份误填。"),
    ]
    assert Notification.objects.filter(text=f"第{duty.task.number}项时限由2036-10-31更正为2024-10-31。").count() == 1
    with on(dt.date(2024, 12, 1)):
        assert light(duty, dt.date(2024, 10, 8))[1] == dt.date(2036, 10, 31)
        assert light(duty, OCTOBER)[1] == LATER


@pytest.mark.parametrize(
    ("today", "day", "sentence"),
    [
        (SEPTEMBER, dt.date(2024, 9, 29), "不得早于该项任务的时限2024-09-30"),
        (OCTOBER, dt.date(2024, 10, 8), "不得早于今天"),
        (SEPTEMBER, dt.date(2036, 10, 31), "须晚于现行时限"),
    ],
)
def test_an_extension_is_not_corrected_to_before_the_row_or_today(duty, clerk, today, day, sentence):
    with on(SEPTEMBER):
        extensions.extend(duty, by=clerk, due_on=dt.date(2036, 10, 31), reason="统一顺延。")

    with on(today), pytest.raises(Refused, match=sentence):
        extensions.extend(duty, by=clerk, due_on=day, reason="更正。", correcting=True)


def test_what_was_never_extended_is_not_corrected_and_many_at_once_are_never_shortened(duty, clerk):
    with on(SEPTEMBER), pytest.raises(Refused, match="须晚于现行时限"):
        extensions.extend(duty, by=clerk, due_on=dt.date(2024, 9, 25), reason="更正。", correcting=True)
    with on(SEPTEMBER):
        extensions.extend(duty, by=clerk, due_on=LATER, reason="统一顺延。")
        with pytest.raises(Refused, match="须晚于现行时限"):
            extensions.extend(duty, by=clerk, due_on=dt.date(2024, 10, 10), reason="统一顺延。")


def test_while_a_request_waits_it_is_decided_and_not_passed_over(duty, liaison, clerk):
    ask(duty, liaison)

    with pytest.raises(Refused, match="承办单位已申请延至2024-10-31，请在延期申请中决定"):
        extensions.extend(duty, by=clerk, due_on=LATER, reason="理由。")


@pytest.mark.parametrize("role", [Role.LIAISON, Role.LEADER, Role.AUDITOR])
def test_units_and_auditors_move_no_deadline(duty, role):
    with pytest.raises(PermissionDenied):
        extensions.extend(duty, by=UserFactory(role=role, unit=duty.unit), due_on=LATER, reason="理由。")


# --- the queue --------------------------------------------------------------------------------------------------------


def test_the_queue_leaves_out_what_is_suspended_released_or_done(clerk):
    section = SectionFactory(part__plan=PlanFactory())
    kinds = {}
    for happened in (None, finished, released, suspended):
        duty = AssignmentFactory(task=TaskFactory(section=section))
        kinds[happened] = ExtensionFactory(assignment=duty)
        if happened:
            happened(duty, clerk)
    answered = ExtensionFactory(assignment=kinds[finished].assignment, state=ExtensionState.WITHDRAWN)

    assert list(Extension.objects.waiting()) == [kinds[None]]
    assert list(Extension.objects.listed()) == [kinds[None], answered]


def test_an_open_draft_is_not_touched_by_a_request(duty, liaison, clerk):
    with on(SEPTEMBER):
        draft = reports.save_draft(duty, by=liaison, version=0, text="写到一半。")

    request = ask(duty, liaison)
    with on(SEPTEMBER):
        extensions.grant(request, by=clerk)

    draft.refresh_from_db()
    assert (draft.text, draft.version) == ("写到一半。", 1)
