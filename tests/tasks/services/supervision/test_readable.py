"""What people were told is cut to what they may read now; nothing leads to a page that is not there for its reader."""

import datetime as dt
import re
from pathlib import Path

import pytest
from django.urls import reverse

from departments.choices import MailChoice, Role
from tasks.choices import DutyRole
from tasks.models import Notification, OutgoingMail, ProgressReport
from tasks.services.deadlines import extensions
from tasks.services.progress import reports, reviews
from tasks.services.supervision import mail, notifications, readable
from tests.factories import (
    AssignmentFactory,
    DeputyFactory,
    NotificationFactory,
    PlanFactory,
    RoundItemFactory,
    UnitFactory,
    UserFactory,
    chase,
    submit,
)

from .post_office import open_post_office

pytestmark = pytest.mark.django_db

DAY = dt.date(2024, 12, 16)
LISTS = {"tasks:acknowledgements", "tasks:assignments", "tasks:automatic-reminders", "tasks:entered", "tasks:handover"}
"""Pages that are there for everybody of a unit, whatever is on them."""
OF_THE_ACCOUNT = {"departments:second-factor", "departments:confirmations", "departments:people"}


@pytest.fixture
def duty():
    return AssignmentFactory()


@pytest.fixture
def liaison(duty):
    return UserFactory(unit=duty.unit, email="a@example.gov.cn", mail_choice=MailChoice.AT_ONCE)


def move(person, **fields):
    for name, value in {"unit": UnitFactory(), **fields}.items():
        setattr(person, name, value)
    person.save()


def may_read(user, path, unit=None):
    return bool(readable.still_readable([(path, unit and unit.pk)], user))


# --- what may still be read -------------------------------------------------------------------------------------------


def paths_of(duty):
    """A path of each kind that the people of the duty's unit are told of."""
    return {
        "duty": reverse("tasks:assignment", args=[duty.pk]),
        "report": reverse("tasks:report", args=[duty.pk]),
        "reminder": reverse("tasks:reminder", args=[chase(duty).pk]),
        "round": reverse("tasks:round", args=[RoundItemFactory(assignment=duty).round.pk]),
        "list": f"{reverse('tasks:assignments')}?plan={duty.plan_id}",
        "day": reverse("tasks:automatic-reminders", args=[DAY]),
    }


@pytest.mark.parametrize("kind", ["duty", "report", "reminder", "round", "list", "day"])
def test_who_stays_reads_on_and_who_moved_does_not(client, duty, liaison, kind):
    path = paths_of(duty)[kind]
    client.force_login(liaison)
    assert client.get(path).status_code == 200
    assert may_read(liaison, path, duty.unit)

    move(liaison)

    assert not may_read(liaison, path, duty.unit)


@pytest.mark.parametrize("kind", ["duty", "report", "reminder", "round"])
def test_of_lines_without_a_unit_the_page_itself_decides(client, duty, liaison, kind):
    path = paths_of(duty)[kind]

    move(liaison)
    client.force_login(liaison)

    assert client.get(path).status_code == 404
    assert not may_read(liaison, path)


def test_who_came_back_reads_again(duty, liaison):
    path = reverse("tasks:assignment", args=[duty.pk])
    move(liaison)
    move(liaison, unit=duty.unit)

    assert may_read(liaison, path, duty.unit)


def test_a_liaison_who_became_leader_of_the_unit_reads_duties_but_writes_no_reports(duty, liaison):
    move(liaison, unit=duty.unit, role=Role.LEADER)

    assert may_read(liaison, reverse("tasks:assignment", args=[duty.pk]), duty.unit)
    assert not may_read(liaison, reverse("tasks:report", args=[duty.pk]), duty.unit)


def test_a_lead_that_lost_its_row_reads_nothing_of_others(duty):
    lead = AssignmentFactory(task=duty.task, role=DutyRole.LEAD, coordinates=True)
    person = UserFactory(unit=lead.unit)
    path = reverse("tasks:assignment", args=[duty.pk])
    assert may_read(person, path, lead.unit)

    lead.coordinates = False
    lead.save()

    assert not may_read(person, path, lead.unit)


def test_an_office_worker_who_joined_a_unit_reads_no_requests_of_others(duty, liaison):
    office = UserFactory(role=Role.OFFICE)
    wanted = {"requested_due_on": dt.date(2099, 1, 31), "reason": "上级文件印发较晚。", "late_reason": "没有想到。"}
    extensions.ask(duty, by=liaison, **wanted)
    path = Notification.objects.get(user=office).path
    assert may_read(office, path)

    move(office, role=Role.LIAISON)

    assert not may_read(office, path)


def test_a_deputy_reads_what_awaits_the_leader_while_they_stand_in(duty, liaison):
    deputy = DeputyFactory(unit=duty.unit, person=UserFactory(unit=duty.unit))
    duty.unit.leader_approves = True
    duty.unit.save()
    report = submit(duty, by=liaison)
    path = reverse("tasks:leader-approval", args=[report.pk])
    assert may_read(deputy.person, path, duty.unit)

    deputy.ended_at = "2024-12-16T00:00:00Z"
    deputy.save()

    assert not may_read(deputy.person, path, duty.unit)


def test_a_list_of_a_plan_that_is_not_issued_is_not_there(client, liaison):
    draft = PlanFactory(state="draft", issued_on=None)
    path = f"{reverse('tasks:assignments')}?plan={draft.pk}"
    client.force_login(liaison)

    assert client.get(path).status_code == 404
    assert not may_read(liaison, path, liaison.unit)


@pytest.mark.parametrize("path", ["/receipts/", "/no/such/page/", "javascript:alert(1)"])
def test_a_path_without_a_page_is_left_out(liaison, path):
    assert not may_read(liaison, path)


def test_what_is_about_ones_own_account_stays(liaison):
    notifications.notify_of_reset(liaison, UserFactory(role=Role.OFFICE))
    notice = Notification.objects.get()

    move(liaison)

    assert may_read(liaison, notice.path, notice.unit)


def test_the_queries_do_not_grow_with_the_lines(duty, liaison, django_assert_num_queries):
    def told(count):
        duties = AssignmentFactory.create_batch(count, unit=duty.unit)
        return [(reverse(name, args=[one.pk]), None) for one in duties for name in ("tasks:assignment", "tasks:report")]

    for lines in (told(1), told(30)):
        with django_assert_num_queries(3):
            assert len(readable.still_readable(lines, liaison)) == len(lines)


def test_every_page_that_people_are_told_of_is_known():
    services = Path("tasks/services").rglob("*.py")
    named = {name for path in services for name in re.findall(r'reverse\("([^"]+)"', path.read_text())}

    assert named - set(readable.RECORDS) - LISTS - OF_THE_ACCOUNT == set()


# --- notifications and mail -------------------------------------------------------------------------------------------


def test_a_notification_is_for_the_unit_that_its_reader_acts_for(duty, liaison):
    office = UserFactory(role=Role.OFFICE, unit=UnitFactory())

    notifications.notify([(liaison, "甲。", "/"), (office, "甲。", "/")])

    assert dict(Notification.objects.values_list("user", "unit")) == {liaison.pk: duty.unit_id, office.pk: None}


@pytest.fixture
def post_office(settings):
    settings.SITE_URL = "https://duban.example.gov.cn"
    with open_post_office(settings) as office:
        yield office


def states():
    return [(one.state.value, one.last_error) for one in OutgoingMail.objects.order_by("pk")]


def test_a_mail_about_a_duty_of_the_former_unit_is_not_sent(post_office, duty, liaison):
    reviews.return_(submit(duty, by=liaison), by=UserFactory(role=Role.OFFICE), comment="缺少发布链接。")
    move(liaison)

    mail.deliver()

    assert post_office.recipients == []
    assert states() == [("given_up", mail.NOTHING_LEFT)]


def digest_of(user, duties):
    told = [(f"第{one.task.number}项已逾期3天", reverse("tasks:assignment", args=[one.pk])) for one in duties]
    lines = [(*line, user.acting_unit_id) for line in told]
    mail.write_digests(DAY, {user.pk: mail.Lines(lines, len(lines) + 2)})
    return OutgoingMail.objects.get(user=user)


def test_a_digest_is_cut_to_what_its_reader_may_read_when_it_is_sent(post_office, duty, liaison):
    liaison.mail_choice = MailChoice.DAILY
    liaison.save()
    gone = AssignmentFactory(unit=duty.unit)
    NotificationFactory(user=liaison, unit=duty.unit, text="旧表已印发。", path=f"/assignments/{gone.pk}/")
    digest = digest_of(liaison, [duty, gone])
    assert digest.subject == "【政务公开任务督办】2024年12月16日汇总：4件事项待办理"
    gone.plan.state = "draft"
    gone.plan.save()

    mail.deliver()

    digest.refresh_from_db()
    assert digest.sent_at is not None
    assert digest.subject == "【政务公开任务督办】2024年12月16日汇总：3件事项待办理"
    assert f"/assignments/{duty.pk}/" in digest.text
    assert "其余2件请登录系统查看。" in digest.text
    assert not any(words in digest.text + digest.html for words in (f"/assignments/{gone.pk}/", "旧表已印发。"))
    assert post_office.recipients == [liaison.email]


def test_of_a_digest_only_what_is_about_the_account_is_left_after_a_move(post_office, duty, liaison):
    liaison.mail_choice = MailChoice.DAILY
    liaison.save()
    notifications.notify_of_reset(liaison, UserFactory(role=Role.OFFICE))
    Notification.objects.update(created_at="2024-12-16T00:00:00Z")
    digest = digest_of(liaison, [duty])
    move(liaison)

    mail.deliver()

    digest.refresh_from_db()
    assert digest.subject == "【政务公开任务督办】2024年12月16日汇总：1条通知"
    assert "动态口令" in digest.text
    assert not any(words in digest.text for words in ("已逾期3天", "请及时办理", "其余"))


def test_a_digest_leaves_out_what_was_told_for_the_former_unit(settings, duty, liaison):
    settings.MAIL_IS_ON = True
    liaison.mail_choice = MailChoice.DAILY
    liaison.save()
    old = NotificationFactory(user=liaison, unit=duty.unit, text="旧单位的。", created_at="2024-12-16T00:00:00Z")
    move(liaison)

    assert mail.write_digests(DAY, {}) == {}

    NotificationFactory(user=liaison, unit=liaison.unit, text="新单位的。", created_at="2024-12-16T00:00:00Z")
    mail.write_digests(DAY, {})
    assert "新单位的。" in OutgoingMail.objects.get().text
    assert "旧单位的。" not in OutgoingMail.objects.get().text
    old.refresh_from_db()
    assert old.mail is None


@pytest.mark.parametrize("stays", [True, False])
def test_a_mail_from_before_its_content_was_kept_is_sent_whole_or_not_at_all(post_office, duty, liaison, stays):
    written = {"subject": "提醒", "text": "请办理。", "html": "<p>请办理。</p>"}
    old = OutgoingMail.objects.create(user=liaison, address=liaison.email, **written)
    NotificationFactory(user=liaison, path=reverse("tasks:assignment", args=[duty.pk]), mail=old)
    if not stays:
        move(liaison)

    mail.deliver()

    assert post_office.recipients == [liaison.email] * stays


# --- whom an answer inside the unit reaches ---------------------------------------------------------------------------


@pytest.fixture
def awaiting(duty, liaison):
    UserFactory(unit=duty.unit, role=Role.LEADER)
    duty.unit.leader_approves = True
    duty.unit.save()
    return submit(duty, by=liaison)


@pytest.mark.parametrize("answer", ["approve", "send_back"])
@pytest.mark.parametrize("fields", [{}, {"is_active": False}], ids=["moved", "switched off"])
def test_a_leaders_answer_reaches_the_liaisons_of_today(duty, liaison, awaiting, answer, fields):
    from tasks.services.progress import leader_approval

    move(liaison, **fields)
    successor = UserFactory(unit=duty.unit)
    leader = duty.unit.people.get(role=Role.LEADER)
    Notification.objects.all().delete()

    words = {"comment": "请补充数字。"} if answer == "send_back" else {}
    getattr(leader_approval, answer)(ProgressReport.objects.get(pk=awaiting.pk), by=leader, **words)

    assert list(Notification.objects.values_list("user", flat=True)) == [successor.pk]


def test_a_withdrawn_draft_is_told_to_nobody_else(duty, liaison, awaiting):
    Notification.objects.all().delete()

    reports.withdraw(awaiting, by=liaison)

    assert Notification.objects.count() == 0
