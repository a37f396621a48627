"""A suspended duty keeps its history, owes nothing, and is in no figure from that day on until it is taken up again."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from departments.choices import Role
from reports import figures
from tasks.choices import Event, EvidenceKind, Light, Status
from tasks.models import Assignment, Notification, ProgressReport
from tasks.scope import Scope
from tasks.services.deadlines import suspension
from tasks.services.progress import evidence, reports, reviews
from tests.factories import AssignmentFactory, UserFactory, claim, complete, submit
from tests.made_files import pdf_upload
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.core.evenings import evening
from wenshang_disclosure.core.web.errors import Conflict, Refused

pytestmark = pytest.mark.django_db

DAY_X = dt.date(2024, 10, 10)
RESUMED = dt.date(2024, 11, 1)
END = dt.date(2024, 12, 1)


def on(day, hour=12):
    return time_machine.travel(on_day(day, hour), tick=False)


def before(day):
    return day - dt.timedelta(days=1)


@pytest.fixture
def duty():
    return AssignmentFactory()


@pytest.fixture
def liaison(duty):
    return UserFactory(unit=duty.unit)


@pytest.fixture
def clerk():
    return UserFactory(role=Role.OFFICE)


def suspend(duty, clerk, day=DAY_X):
    with on(day):
        return suspension.suspend(duty, by=clerk, reason="等待上级文件。")


def resume(duty, clerk, day=RESUMED, **otherwise):
    with on(day):
        return suspension.resume(duty, by=clerk, reason="文件已到。", **otherwise)


def test_a_suspended_duty_says_since_when_and_why_and_its_unit_is_told(duty, liaison, clerk):
    suspend(duty, clerk)

    with on(DAY_X):
        shown = Assignment.objects.suspended_now().get()
    step = duty.transitions.get()
    assert (shown.suspended_on, shown.suspended_why) == (DAY_X, "等待上级文件。")
    assert (step.event, step.from_status, step.to_status, step.by) == (
        Event.SUSPENDED,
        Status.NOT_STARTED,
        Status.NOT_STARTED,
        clerk,
    )
    assert Notification.objects.get(user=liaison).text == (
        f"第{duty.task.number}项已中止办理，中止期间不需填报。原因：等待上级文件。"
    )


def test_figures_count_it_until_the_day_before_and_from_the_day_it_is_taken_up_again(duty, clerk):
    other = AssignmentFactory(task=duty.task)
    suspend(duty, clerk)
    resume(duty, clerk)

    with on(END):
        shown, owed = {}, {}
        for day in (before(DAY_X), DAY_X, before(RESUMED), RESUMED, END):
            with evening(day):
                duties = Assignment.objects.shown_to(clerk, duty.plan, day)
                shown[day] = list(duties.order_by("pk"))
                owed[day] = figures.totals(figures.counted(duties))["owed"]

    both, one = [duty, other], [other]
    assert list(shown.values()) == [both, one, one, both, both]
    assert list(owed.values()) == [2, 1, 1, 2, 2]


def test_a_duty_suspended_and_taken_up_on_one_day_counts_on_it(duty, clerk):
    with on(DAY_X):
        suspension.suspend(duty, by=clerk, reason="误。")
        suspension.resume(duty, by=clerk, reason="更正。")

    with on(END), evening(DAY_X):
        assert Assignment.objects.owed().exists()


def waiting(scope):
    with evening(scope.as_of):
        return list(figures.still_waiting(figures.submitted(scope)))


def said(clerk, plan, day):
    """What waits, what came lately and what is counted on the evening of a day."""
    scope = Scope(clerk, plan, day)
    with evening(day):
        lately = list(figures.submitted(scope).latest_first())
        return waiting(scope), lately, figures.counted(Assignment.objects.shown_to(clerk, plan, day))


def test_today_and_the_same_day_in_the_past_agree(duty, clerk):
    with on(DAY_X):
        report = claim(duty)
        waiting_before = waiting(Scope(clerk, duty.plan, DAY_X))
    suspend(duty, clerk, dt.date(2024, 10, 11))
    day = dt.date(2024, 10, 11)
    with on(day, 20):
        today = said(clerk, duty.plan, day)

    resume(duty, clerk)

    with on(END):
        then = said(clerk, duty.plan, day)
        assert (today, then) == (([], [], []), ([], [], []))
        assert waiting_before == [report] == waiting(Scope(clerk, duty.plan, DAY_X))
        assert waiting(Scope(clerk, duty.plan, END)) == [report]


def test_the_review_queue_and_open_responsible_units_leave_it_out(clerk):
    lead = AssignmentFactory(role="lead", coordinates=True)
    duty = AssignmentFactory(task=lead.task)
    report = submit(duty)
    assert list(ProgressReport.objects.waiting()) == [report]
    assert list(reports.open_responsible(lead)) == [duty]

    suspension.suspend(duty, by=clerk, reason="等待上级文件。")

    assert list(ProgressReport.objects.waiting()) == []
    assert list(reports.open_responsible(lead)) == []


def test_a_suspended_duty_takes_no_report_no_evidence_and_no_answer(duty, liaison, clerk, evidence_folder):
    other = AssignmentFactory(unit=duty.unit)
    report, alone = submit(duty, by=liaison), submit(other, by=liaison)
    draft = reports.save_draft(duty, by=liaison, version=0, text="写到一半。")
    suspension.suspend(duty, by=clerk, reason="等待上级文件。")
    suspension.suspend(other, by=clerk, reason="等待上级文件。")
    written = {"by": liaison, "version": draft.version, "text": "又写了些。"}
    tried = [
        lambda: reports.save_draft(duty, **written),
        lambda: reports.start_answer(duty, by=liaison),
        lambda: reports.submit(duty, **written, attested=True, attested_name="甲"),
        lambda: reports.withdraw(alone, by=liaison),
        lambda: reviews.approve(report, by=clerk),
        lambda: reviews.return_(report, by=clerk, comment="请补充。"),
        lambda: evidence.attach_file(draft, pdf_upload(), by=liaison, kind=EvidenceKind.OTHER),
        lambda: evidence.attach_link(draft, "https://www.example.gov.cn/1", by=liaison, title="页面"),
    ]

    said = []
    for attempt in tried:
        with pytest.raises(Refused, match="该事项已中止，恢复办理") as refused:
            attempt()
        said.append(str(refused.value))

    draft.refresh_from_db()
    report.refresh_from_db()
    assert (draft.text, draft.version, report.state) == ("写到一半。", 1, "submitted")
    assert said[0] == "该事项已中止，恢复办理后再填报。"
    assert [path for path in evidence_folder.rglob("*") if path.is_file()] == []


def test_a_new_report_is_not_begun_on_it(duty, liaison, clerk):
    suspension.suspend(duty, by=clerk, reason="等待上级文件。")

    with pytest.raises(Refused, match="恢复办理后再填报"):
        reports.save_draft(duty, by=liaison, version=0, text="进展。")

    assert not duty.reports.exists()


def test_once_taken_up_again_all_goes_on_where_it_stood(duty, liaison, clerk):
    report = claim(duty, by=liaison)
    suspension.suspend(duty, by=clerk, reason="等待上级文件。")
    suspension.resume(duty, by=clerk, reason="文件已到。")

    reviews.approve(report, by=clerk)

    duty.refresh_from_db()
    assert (duty.status, duty.suspended) == (Status.COMPLETED, False)


def test_a_later_deadline_can_be_set_when_it_is_taken_up_again(duty, liaison, clerk):
    suspend(duty, clerk)
    later = dt.date(2025, 3, 31)

    resumed = resume(duty, clerk, dt.date(2025, 1, 6), due_on=later)

    step = duty.transitions.first()
    assert (resumed.due_on, resumed.first_due_on) == (later, dt.date(2024, 12, 31))
    assert (step.event, step.due_on) == (Event.RESUMED, later)
    assert step.reason == "时限由2024-12-31延至2025-03-31。文件已到。"
    assert Notification.objects.filter(user=liaison).first().text == (
        f"第{duty.task.number}项已恢复办理。时限由2024-12-31延至2025-03-31。原因：文件已到。"
    )
    with on(dt.date(2025, 1, 8)), evening(dt.date(2025, 1, 6)):
        assert Assignment.objects.with_light().get().light == Light.NOT_STARTED


def test_an_earlier_deadline_or_one_for_what_has_none_is_refused(duty, clerk):
    endless = AssignmentFactory(due_on=None)
    suspension.suspend(duty, by=clerk, reason="等待。")
    suspension.suspend(endless, by=clerk, reason="等待。")

    with pytest.raises(Refused, match="须晚于现行时限2024-12-31"):
        suspension.resume(duty, by=clerk, reason="文件已到。", due_on=dt.date(2024, 12, 31))
    with pytest.raises(Refused, match="长期坚持"):
        suspension.resume(endless, by=clerk, reason="文件已到。", due_on=dt.date(2025, 12, 31))


def test_both_need_a_reason(duty, clerk):
    with pytest.raises(Refused, match="请填写中止的原因"):
        suspension.suspend(duty, by=clerk, reason=" ")
    suspension.suspend(duty, by=clerk, reason="等待。")
    with pytest.raises(Refused, match="请填写恢复办理的原因"):
        suspension.resume(duty, by=clerk, reason="")


def test_the_slower_one_is_told(duty, clerk):
    with pytest.raises(Conflict, match="没有中止"):
        suspension.resume(duty, by=clerk, reason="文件已到。", due_on=dt.date(2024, 1, 1))
    suspension.suspend(duty, by=clerk, reason="等待。")
    with pytest.raises(Conflict, match="已经中止"):
        suspension.suspend(duty, by=clerk, reason="等待。")


def test_what_is_done_or_released_is_not_suspended(duty, clerk):
    done = complete(AssignmentFactory())
    Assignment.objects.filter(pk=duty.pk).update(released_on=dt.date(2024, 9, 1))

    with pytest.raises(Conflict, match="当前为“办结”，不能中止"):
        suspension.suspend(done, by=clerk, reason="等待。")
    with pytest.raises(Refused, match="已解除"):
        suspension.suspend(duty, by=clerk, reason="等待。")


@pytest.mark.parametrize("role", [role for role in Role if role != Role.OFFICE])
def test_only_the_office_suspends_and_takes_up_again(duty, role):
    person = UserFactory(role=role, unit=duty.unit)

    with pytest.raises(PermissionDenied):
        suspension.suspend(duty, by=person, reason="等待。")
    with pytest.raises(PermissionDenied):
        suspension.resume(duty, by=person, reason="等待。")


def test_a_duty_released_while_suspended_leaves_the_list(duty, clerk):
    suspend(duty, clerk)
    Assignment.objects.filter(pk=duty.pk).update(released_on=RESUMED)

    with on(RESUMED):
        assert not Assignment.objects.suspended_now().exists()


def test_a_file_refused_on_a_suspended_duty_is_not_kept(duty, liaison, clerk, evidence_folder):
    draft = reports.save_draft(duty, by=liaison, version=0, text="写到一半。")
    suspension.suspend(duty, by=clerk, reason="等待。")

    with pytest.raises(Refused):
        evidence.attach_file(draft, SimpleUploadedFile("a.txt", b"text"), by=liaison, kind=EvidenceKind.OTHER)

    assert [path for path in evidence_folder.rglob("*") if path.is_file()] == []
