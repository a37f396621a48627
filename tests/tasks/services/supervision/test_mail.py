"""E-mails through a real mail server that also refuses, delays and drops: nothing is lost, nothing is sent twice."""

import datetime as dt
import socket

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from departments.choices import MailChoice, Role
from departments.models import User
from tasks.models import Notification, OutgoingMail
from tasks.models.supervision.mail import MAX_ATTEMPTS
from tasks.services.supervision import mail, notifications
from tests.factories import NotificationFactory, UserFactory
from tests.tasks.services.progress.test_concurrency import at_once
from wenshang_disclosure.core.web.errors import Conflict, Refused

from .post_office import free_port, open_post_office

pytestmark = pytest.mark.django_db

DAY = dt.date(2024, 12, 16)
NOW = dt.datetime(2024, 12, 16, 8, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(days=30)


@pytest.fixture
def post_office(settings):
    with open_post_office(settings) as office:
        yield office


@pytest.fixture
def mail_is_on(settings):
    settings.MAIL_IS_ON = True


def person(email="a@example.gov.cn", choice=MailChoice.AT_ONCE, **fields):
    return UserFactory(email=email, mail_choice=choice, **fields)


def told(*lines):
    return mail.Lines([(text, path, None) for text, path in lines], len(lines))


def waiting(email="a@example.gov.cn", *, at=NOW, **fields):
    """A mail that may be sent at `NOW`."""
    user = fields.pop("user", None) or person(email)
    usual = {"subject": "提醒", "text": "请办理。", "html": "<p>请办理。</p>", "created_at": at, "next_try_at": at}
    return OutgoingMail.objects.create(user=user, address=user.email, **{**usual, **fields})


def states(*mails):
    """What the office sees of each."""
    read = OutgoingMail.objects.in_bulk([one.pk for one in mails])
    return [(read[one.pk].state.value, read[one.pk].attempts, read[one.pk].last_error) for one in mails]


# --- who gets one -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "count"),
    [
        ({}, 1),
        ({"choice": MailChoice.DAILY}, 0),
        ({"choice": MailChoice.OFF}, 0),
        ({"email": ""}, 0),
        ({"is_active": False}, 0),
        ({"email": "no address"}, 0),
    ],
)
def test_a_notification_goes_out_at_once_only_to_who_chose_so_and_can_be_reached(mail_is_on, fields, count):
    notifications.notify([(person(**fields), "分解表已印发。", "/tasks/")])

    assert OutgoingMail.objects.count() == count
    assert Notification.objects.filter(mail__isnull=False).count() == count


@pytest.mark.parametrize(
    ("fields", "count"),
    [
        ({"choice": MailChoice.AT_ONCE}, 1),
        ({"choice": MailChoice.DAILY}, 1),
        ({"choice": MailChoice.OFF}, 0),
        ({"choice": MailChoice.DAILY, "email": ""}, 0),
        ({"choice": MailChoice.DAILY, "is_active": False}, 0),
    ],
)
def test_a_digest_goes_to_who_wants_mail_and_can_be_reached(mail_is_on, fields, count):
    user = person(**fields)

    written = mail.write_digests(DAY, {user.pk: told(("第3项还有3天。", "/assignments/3/"))})

    assert list(written) == [user.pk] * count
    assert OutgoingMail.objects.count() == count


def test_nothing_is_written_where_no_mail_server_is_set():
    user = person()

    notifications.notify([(user, "分解表已印发。", "/tasks/")])
    written = mail.write_digests(DAY, {user.pk: told(("第3项还有3天。", "/assignments/3/"))})

    assert written == {}
    assert (Notification.objects.count(), OutgoingMail.objects.count()) == (1, 0)
    assert mail.deliver() == mail.Delivery()


def test_a_notification_knows_its_mail(mail_is_on, settings):
    settings.SITE_URL = "https://duban.example.gov.cn"
    first, second = person("a@example.gov.cn"), person("b@example.gov.cn")

    notifications.notify([(first, "甲。", "/tasks/1/"), (second, "乙。", "/tasks/2/"), (first, "丙。", "/tasks/3/")])

    found = Notification.objects.order_by("pk").select_related("mail")
    assert [(one.mail.address, one.mail.subject) for one in found] == [
        ("a@example.gov.cn", "【政务公开任务督办】甲。"),
        ("b@example.gov.cn", "【政务公开任务督办】乙。"),
        ("a@example.gov.cn", "【政务公开任务督办】丙。"),
    ]
    assert "https://duban.example.gov.cn/tasks/2/" in found[1].mail.text


def test_what_a_digest_carries_goes_out_in_no_other_mail(mail_is_on):
    carried, alone = person(), person("b@example.gov.cn")
    digests = mail.write_digests(DAY, {carried.pk: told(("第3项还有3天。", "/assignments/3/"))})

    notifications.notify([(carried, "有1件待办。", "/"), (alone, "有1件待办。", "/")], carried_by=digests)

    assert Notification.objects.get(user=carried).mail.digest_on == DAY
    assert Notification.objects.get(user=alone).mail.digest_on is None
    assert OutgoingMail.objects.count() == 2


def test_mail_and_notification_stand_or_fall_together(mail_is_on):
    with transaction.atomic():
        notifications.notify([(person(), "甲。", "/")])
        transaction.set_rollback(True)

    assert (Notification.objects.count(), OutgoingMail.objects.count()) == (0, 0)


# --- what a digest says -----------------------------------------------------------------------------------------------


def test_one_digest_a_day_and_person(mail_is_on):
    user = person(choice=MailChoice.DAILY)
    mail.write_digests(DAY, {user.pk: told(("第3项还有3天。", "/assignments/3/"))})
    NotificationFactory(user=user, text="晚到的通知。", created_at=NOW)

    again = mail.write_digests(DAY, {user.pk: told(("第4项还有3天。", "/assignments/4/"))})
    next_day = mail.write_digests(DAY + dt.timedelta(days=1), {})

    assert again == {}
    assert OutgoingMail.objects.filter(digest_on=DAY).count() == 1
    assert "第4项" not in OutgoingMail.objects.get(digest_on=DAY).text
    assert "晚到的通知。" in OutgoingMail.objects.get(pk=next_day[user.pk].pk).text


def test_a_daily_digest_carries_unread_notifications_once(mail_is_on, settings):
    settings.SITE_URL = "https://duban.example.gov.cn"
    user, eager = person(choice=MailChoice.DAILY), person("b@example.gov.cn")
    fresh = NotificationFactory(user=user, text="报告已退回。", path="/assignments/5/", created_at=NOW)
    NotificationFactory(user=user, text="读过的。", created_at=NOW, read_at=NOW)
    NotificationFactory(user=user, text="太久的。", created_at=NOW - dt.timedelta(days=15))
    NotificationFactory(user=eager, text="别人的。", created_at=NOW)

    written = mail.write_digests(DAY, {})
    tomorrow = mail.write_digests(DAY + dt.timedelta(days=1), {})

    assert (list(written), tomorrow) == ([user.pk], {})
    digest = OutgoingMail.objects.get()
    fresh.refresh_from_db()
    assert fresh.mail == digest
    assert digest.subject == "【政务公开任务督办】2024年12月16日汇总：1条通知"
    assert "报告已退回。" in digest.text
    assert "https://duban.example.gov.cn/assignments/5/" in digest.text
    assert not any(word in digest.text + digest.html for word in ("读过的", "太久的", "别人的", "请及时办理"))


def test_what_was_told_just_before_a_week_without_digests_is_in_the_next(mail_is_on):
    user = person(choice=MailChoice.DAILY)
    NotificationFactory(user=user, text="时限已延。", created_at=NOW - dt.timedelta(days=8, hours=-2))

    mail.write_digests(DAY, {})

    assert "时限已延。" in OutgoingMail.objects.get(user=user).text


def test_a_digest_in_full(mail_is_on, settings):
    settings.SITE_URL = "https://duban.example.gov.cn"
    user = person(choice=MailChoice.DAILY, name="张三")
    NotificationFactory(user=user, text="报告已退回。", path="/assignments/5/", created_at=NOW)

    mail.write_digests(DAY, {user.pk: told(("第3项：距完成时限2024-12-19还有3天。", "/assignments/3/"))})

    digest = OutgoingMail.objects.get()
    assert digest.subject == "【政务公开任务督办】2024年12月16日汇总：1件事项待办理"
    assert digest.text == (
        "张三同志：\n\n"
        "截至2024年12月16日，有以下1件事项，请及时办理：\n\n"
        "1. 第3项：距完成时限2024-12-19还有3天。\n"
        "   https://duban.example.gov.cn/assignments/3/\n\n"
        "近期通知：\n\n"
        "- 报告已退回。\n"
        "  https://duban.example.gov.cn/assignments/5/\n\n"
        "本邮件由系统自动发送，请勿直接回复。如需调整接收方式，请登录系统，在“个人设置”中修改。\n\n"
        "汶上县人民政府办公室 政务公开任务督办\n"
        "https://duban.example.gov.cn\n"
    )
    assert '<a href="https://duban.example.gov.cn/assignments/3/">第3项：距完成时限' in digest.html


def test_a_digest_without_an_address_of_ours_has_no_links(mail_is_on):
    user = person(choice=MailChoice.DAILY)

    mail.write_digests(DAY, {user.pk: told(("第3项还有3天。", "/assignments/3/"))})

    digest = OutgoingMail.objects.get()
    assert "请登录系统查看。" in digest.text
    assert "/assignments/" not in digest.text + digest.html


def test_a_long_digest_shows_forty_lines_and_counts_the_rest(mail_is_on):
    user = person(choice=MailChoice.DAILY)
    for number in range(5):
        NotificationFactory(user=user, text=f"通知{number}。", created_at=NOW)

    mail.write_digests(DAY, {user.pk: told(*((f"第{number}项。", "/") for number in range(1, 39)))})

    digest = OutgoingMail.objects.get()
    assert (digest.html.count("<li>"), "其余3件请登录系统查看。" in digest.text) == (40, True)
    assert Notification.objects.filter(mail=digest).count() == 5


def test_hostile_text_stays_text(mail_is_on, settings):
    settings.SITE_URL = "https://duban.example.gov.cn"
    hostile = "<script>alert(1)</script>\r\nBcc: all@example.gov.cn\u2028{{ user.password }}\u202e"
    user = person(choice=MailChoice.DAILY, name="<b>张三</b>\nBcc: x@example.gov.cn")
    eager = person("b@example.gov.cn")

    mail.write_digests(DAY, {user.pk: told((hostile, "javascript:alert(1)"))})
    notifications.notify([(eager, hostile, "/tasks/")])

    for one in OutgoingMail.objects.all():
        assert "<script>" not in one.html
        assert "&lt;script&gt;alert(1)&lt;/script&gt; Bcc: all@example.gov.cn {{ user.password }}" in one.html
        assert "<b>" not in one.html
        assert "javascript:" not in one.html
        assert "\u202e" not in one.text + one.html + one.subject
        assert [line for line in one.text.splitlines() if line.startswith("Bcc")] == []
        assert one.subject == mail.one_line(one.subject)


def test_writing_costs_the_same_queries_for_any_number_of_people(mail_is_on, django_assert_num_queries):
    def lines(count):
        people = [person(f"p{number}@example.gov.cn", MailChoice.DAILY) for number in range(count)]
        for user in people:
            NotificationFactory.create_batch(3, user=user, created_at=NOW)
        return {user.pk: told(("第3项还有3天。", "/")) for user in people}

    for on, count in ((DAY, 2), (DAY + dt.timedelta(days=1), 40)):
        given = lines(count)
        with django_assert_num_queries(7):  # two of them the savepoint
            mail.write_digests(on, given)

    for count in (2, 40):
        people = [person(f"q{number}@example.gov.cn") for number in range(count)]
        with django_assert_num_queries(2):
            notifications.notify([(user, "甲。", "/") for user in people])


def test_two_who_write_the_days_digests_at_the_same_moment_write_one_each(mail_is_on, monkeypatch):
    user = person(choice=MailChoice.DAILY)
    really_make = mail._digest

    def somebody_was_faster(*args):
        if not OutgoingMail.objects.exists():
            waiting(user=user, digest_on=DAY)
        return really_make(*args)

    monkeypatch.setattr(mail, "_digest", somebody_was_faster)

    written = mail.write_digests(DAY, {user.pk: told(("第3项还有3天。", "/"))})

    assert (written, OutgoingMail.objects.count()) == ({}, 1)


# --- sending ----------------------------------------------------------------------------------------------------------


def test_mails_arrive_once_oldest_first_over_one_connection(post_office):
    waiting("later@example.gov.cn", at=NOW + dt.timedelta(minutes=1))
    mails = [waiting(f"p{number}@example.gov.cn") for number in range(5)]

    first, second = mail.deliver(NOW), mail.deliver(NOW)

    assert post_office.recipients == [f"p{number}@example.gov.cn" for number in range(5)]
    assert post_office.connections == 1
    assert (first, second) == (mail.Delivery(sent=5, waiting=1), mail.Delivery(waiting=1))
    assert states(*mails) == [("sent", 1, "")] * 5
    assert OutgoingMail.objects.get(pk=mails[0].pk).sent_at == NOW


def test_a_mail_as_it_arrives(post_office, settings):
    settings.SITE_URL = "https://duban.example.gov.cn"
    settings.DEFAULT_FROM_EMAIL = "县政府办公室 <duban@example.gov.cn>"
    notifications.notify([(person(name="张三"), "《2024年分解表》已印发。", "/tasks/")])
    written = OutgoingMail.objects.get()

    mail.deliver()

    (arrived,) = post_office.mails
    assert (arrived["Subject"].strip(), arrived["To"]) == (
        "【政务公开任务督办】《2024年分解表》已印发。",
        "a@example.gov.cn",
    )
    assert arrived["From"] == "县政府办公室 <duban@example.gov.cn>"
    assert arrived["Message-ID"] == f"<{written.message_id}@duban.example.gov.cn>"
    assert arrived["Auto-Submitted"] == "auto-generated"
    parts = [(part.get_content_type(), part.get_content()) for part in arrived.iter_parts()]
    assert [kind for kind, _ in parts] == ["text/plain", "text/html"]
    assert parts[0][1].replace("\r\n", "\n") == written.text
    assert "《2024年分解表》已印发。" in parts[1][1]
    assert "https://duban.example.gov.cn/tasks/" in parts[1][1]


def test_no_header_can_be_smuggled_in(post_office):
    one = waiting(subject="提醒\r\nBcc: all@example.gov.cn")

    mail.deliver(NOW)

    (arrived,) = post_office.mails
    assert (arrived["Subject"], arrived["Bcc"]) == ("提醒 Bcc: all@example.gov.cn", None)
    assert post_office.recipients == ["a@example.gov.cn"]
    assert states(one) == [("sent", 1, "")]


def test_a_recipient_who_is_refused_is_given_up_and_the_others_get_theirs(post_office):
    post_office.answers["gone@example.gov.cn"] = "550 5.1.1 <gone@example.gov.cn> no such user, password=secret"
    gone, other = waiting("gone@example.gov.cn"), waiting("b@example.gov.cn")

    done = mail.deliver(NOW)

    assert (done, post_office.recipients) == (mail.Delivery(sent=1, gave_up=1), ["b@example.gov.cn"])
    assert states(gone, other) == [("given_up", 1, "收件人地址被邮件服务器拒收（550）。"), ("sent", 1, "")]
    assert mail.deliver(LATER) == mail.Delivery()


def test_a_temporary_refusal_is_tried_again_with_growing_waits_and_then_given_up(post_office):
    post_office.answers["a@example.gov.cn"] = "451 4.7.1 try again later"
    one, other = waiting(), waiting("b@example.gov.cn")

    now, waits = NOW, []
    for _ in range(MAX_ATTEMPTS):
        mail.deliver(now)
        one.refresh_from_db()
        waits.append(one.next_try_at - now)
        now = one.next_try_at

    minutes = [wait.total_seconds() / 60 for wait in waits[: MAX_ATTEMPTS - 1]]
    assert minutes == [5, 15, 60, 240, *[720] * (MAX_ATTEMPTS - 6), 720]
    assert states(one, other) == [
        ("given_up", MAX_ATTEMPTS, "邮件服务器暂时不接收该收件人的邮件（451）。"),
        ("sent", 1, ""),
    ]
    assert post_office.recipients == ["b@example.gov.cn"]


def test_it_is_not_tried_before_its_time(post_office):
    post_office.answers["a@example.gov.cn"] = "451 try again later"
    one = waiting()
    mail.deliver(NOW)
    del post_office.answers["a@example.gov.cn"]

    too_early = mail.deliver(NOW + dt.timedelta(minutes=4))
    in_time = mail.deliver(NOW + dt.timedelta(minutes=5))

    assert (too_early.sent, in_time.sent) == (0, 1)
    assert states(one) == [("sent", 2, "")]


def test_a_mail_whose_content_is_refused_does_not_hold_up_the_others(post_office):
    post_office.data_answer = "554 5.6.0 message refused"
    mails = [waiting(f"p{number}@example.gov.cn") for number in range(5)]

    done = mail.deliver(NOW)

    assert done == mail.Delivery(failed=5, waiting=5)
    assert states(*mails) == [("failing", 1, "邮件服务器没有收下这封邮件（554）。")] * 5


def test_a_server_that_breaks_off_loses_nothing(post_office):
    post_office.breaks = 1
    first, second = waiting(), waiting("b@example.gov.cn")

    done = mail.deliver(NOW)
    later = mail.deliver(NOW + dt.timedelta(minutes=5))

    assert (done, later) == (mail.Delivery(sent=1, failed=1, waiting=1), mail.Delivery(sent=1))
    assert post_office.recipients == ["b@example.gov.cn", "a@example.gov.cn"]
    assert states(first, second) == [("sent", 2, ""), ("sent", 1, "")]


def test_a_server_that_always_breaks_off_is_left_alone_after_three(post_office):
    post_office.breaks = 99
    mails = [waiting(f"p{number}@example.gov.cn") for number in range(5)]

    done = mail.deliver(NOW)

    assert (done.sent, done.failed, done.waiting) == (0, 3, 5)
    assert done.stopped == "邮件服务器连续出错，其余邮件下次再发。"
    broken = ("failing", 1, "与邮件服务器的连接中断。")
    assert states(*mails) == [broken] * 3 + [("waiting", 0, "")] * 2


def test_a_sender_who_is_refused_costs_few_attempts(post_office):
    post_office.sender_answer = "550 not your domain"
    mails = [waiting(f"p{number}@example.gov.cn") for number in range(5)]

    mail.deliver(NOW)

    refused = ("failing", 1, "邮件服务器不接受发件人地址（550）。")
    assert states(*mails) == [refused] * 3 + [("waiting", 0, "")] * 2


def test_a_server_too_slow_to_confirm_may_get_a_mail_twice_but_with_the_same_mark(post_office, settings):
    settings.EMAIL_TIMEOUT = 0.3
    post_office.delay = 1
    one = waiting()
    slow = mail.deliver(NOW)
    shown = states(one)
    post_office.delay = 0

    mail.deliver(NOW + dt.timedelta(minutes=5))

    assert slow == mail.Delivery(failed=1, waiting=1)
    assert shown == [("failing", 1, "邮件服务器没有在规定时间内应答。")]
    assert states(one) == [("sent", 2, "")]
    assert len({arrived["Message-ID"] for arrived in post_office.mails}) == 1


def test_where_no_server_is_there_all_wait_and_no_attempt_counts(post_office, settings):
    there, settings.EMAIL_PORT = settings.EMAIL_PORT, free_port()
    mails = [waiting(f"p{number}@example.gov.cn") for number in range(3)]

    done = [mail.deliver(NOW + dt.timedelta(minutes=5 * run)) for run in range(20)]

    assert done == [mail.Delivery(waiting=3, stopped="无法连接邮件服务器。")] * 20
    assert states(*mails) == [("waiting", 0, "无法连接邮件服务器。")] * 3
    settings.EMAIL_PORT = there
    assert mail.deliver(LATER) == mail.Delivery(sent=3)


def test_a_server_that_says_nothing_stops_the_run(mail_is_on, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = "127.0.0.1", 0.3
    one = waiting()

    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.EMAIL_PORT = silent.getsockname()[1]
        done = mail.deliver(NOW)

    assert done.stopped == "邮件服务器没有在规定时间内应答。"
    assert states(one) == [("waiting", 0, "邮件服务器没有在规定时间内应答。")]


def test_a_login_that_is_refused_stops_the_run_and_tells_no_password(post_office, settings):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "duban", "geheim"
    one = waiting()

    done = mail.deliver(NOW)

    ((state, attempts, words),) = states(one)
    assert (state, attempts) == ("waiting", 0)
    assert "geheim" not in words + done.stopped


def test_a_run_that_died_while_sending_is_made_good_later(post_office, monkeypatch):
    one = waiting()

    def die(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr("tasks.services.supervision.smtp.Postman.hand_over", die)
    with pytest.raises(KeyboardInterrupt):
        mail.deliver(NOW)
    monkeypatch.undo()

    at_once_again = mail.deliver(NOW + dt.timedelta(minutes=1))
    shown = states(one)
    later = mail.deliver(NOW + dt.timedelta(minutes=10))

    assert (at_once_again.sent, later.sent) == (0, 1)
    assert shown == [("failing", 1, mail.BEING_SENT)]
    assert states(one) == [("sent", 2, "")]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"is_active": False}, "收件人的账号已停用。"),
        ({"mail_choice": MailChoice.OFF}, "收件人选择了不发邮件。"),
        ({"email": ""}, "收件人没有填写电子邮箱。"),
        ({"email": "no address"}, "收件人的电子邮箱格式不正确。"),
    ],
)
def test_who_can_no_longer_be_reached_gets_nothing(post_office, change, words):
    one = waiting()
    User.objects.filter(pk=one.user_id).update(**change)

    done = mail.deliver(NOW)

    assert (done, post_office.arrived) == (mail.Delivery(gave_up=1), [])
    assert states(one) == [("given_up", 1, words)]


def test_a_mail_goes_where_its_person_can_be_reached_now(post_office):
    one = waiting("old@example.gov.cn")
    User.objects.filter(pk=one.user_id).update(email="new@example.gov.cn")

    mail.deliver(NOW)

    assert post_office.recipients == ["new@example.gov.cn"]


# --- two at once ------------------------------------------------------------------------------------------------------


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_runs_at_the_same_moment_send_nothing_twice(post_office):
    mails = [waiting(f"p{number}@example.gov.cn") for number in range(30)]
    post_office.delay = 0.01

    done = at_once(*[lambda: mail.deliver(NOW)] * 4)

    assert sum(one.sent for one in done) == 30
    assert sorted(post_office.recipients) == sorted(f"p{number}@example.gov.cn" for number in range(30))
    assert states(*mails) == [("sent", 1, "")] * 30


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_the_days_digests_written_at_the_same_moment_are_one_a_person(mail_is_on):
    people = [person(f"p{number}@example.gov.cn", MailChoice.DAILY) for number in range(10)]
    lines = {user.pk: told(("第3项还有3天。", "/")) for user in people}

    done = at_once(*[lambda: mail.write_digests(DAY, lines)] * 3)

    assert sum(map(len, done)) == 10
    assert OutgoingMail.objects.count() == 10


# --- the office -------------------------------------------------------------------------------------------------------


@pytest.fixture
def clerk():
    return UserFactory(role=Role.OFFICE)


def test_a_mail_given_up_is_sent_again_to_the_new_address(post_office, clerk):
    post_office.answers["wrong@example.gov.cn"] = "550 no such user"
    one = waiting("wrong@example.gov.cn")
    mail.deliver(NOW)
    User.objects.filter(pk=one.user_id).update(email="right@example.gov.cn")

    mail.retry(one, by=clerk)
    mail.deliver()

    assert post_office.recipients == ["right@example.gov.cn"]
    assert states(one) == [("sent", 1, "")]


def test_what_was_sent_or_is_being_sent_is_not_sent_again(clerk):
    sent = waiting(sent_at=NOW)
    in_hand = waiting(attempts=1, last_error=mail.BEING_SENT, next_try_at=timezone.now() + dt.timedelta(minutes=5))

    with pytest.raises(Conflict, match="已经发出"):
        mail.retry(sent, by=clerk)
    with pytest.raises(Conflict, match="正在发送"):
        mail.retry(in_hand, by=clerk)


def test_it_is_not_sent_again_to_who_cannot_be_reached(clerk):
    one = waiting(gave_up_at=NOW)
    User.objects.filter(pk=one.user_id).update(email="")

    with pytest.raises(Refused, match="没有填写电子邮箱"):
        mail.retry(one, by=clerk)

    assert states(one)[0][0] == "given_up"


def test_everything_given_up_is_sent_again_as_far_as_it_can(clerk):
    again = [waiting(f"p{number}@example.gov.cn", gave_up_at=NOW, attempts=12) for number in range(3)]
    off = waiting(user=person("off@example.gov.cn", MailChoice.OFF), gave_up_at=NOW, attempts=1)
    User.objects.filter(pk=again[0].user_id).update(email="new@example.gov.cn")

    count = mail.retry_all(by=clerk)

    assert count == 3
    assert states(*again, off) == [("waiting", 0, "")] * 3 + [("given_up", 1, "")]
    assert OutgoingMail.objects.get(pk=again[0].pk).address == "new@example.gov.cn"


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.AUDITOR, Role.LIAISON, Role.LEADER])
def test_only_the_office_sends_again(role):
    one = waiting(gave_up_at=NOW)

    with pytest.raises(PermissionDenied):
        mail.retry(one, by=UserFactory(role=role))
    with pytest.raises(PermissionDenied):
        mail.retry_all(by=UserFactory(role=role))
