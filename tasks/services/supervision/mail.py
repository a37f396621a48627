"""E-mails: written in the transaction of what they tell of, sent afterwards, tried again where that fails.

Nobody gets one who has no address, chose none, or whose account is off. Sending is at least once: a run that died
between the server's yes and our note of it sends again, under the same Message-ID.
"""

from dataclasses import dataclass
from datetime import timedelta
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Subquery
from django.template.loader import render_to_string
from django.utils import timezone

from departments.choices import MailChoice
from departments.models import User
from tasks.models import Notification, OutgoingMail
from tasks.models.supervision.mail import MOST_ATTEMPTS
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.dates import day_end
from wenshang_disclosure.core.web.errors import Conflict, Refused, require
from wenshang_disclosure.core.web.forms import clean_text

from . import smtp

BATCH = 500
LINES_SHOWN = 40
SUBJECT_LIMIT = 78
DAYS_BACK = timedelta(days=14)
"""How old an unread notification may be that a digest still carries: longer than a week in which nothing ran."""

WAITS = [timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4), timedelta(hours=12)]
MOST_SETBACKS = 3
"""After so many in a row that are no fault of the mails', a run leaves the rest for the next."""

BEING_SENT = "正在发送，或者发送途中断。"
"""Stands as the error of a mail from the moment that a run takes it; whoever finds it later knows what happened."""


# --- writing ----------------------------------------------------------------------------------------------------------


def write_at_once(notifications):
    """Write a mail for each notification whose person chose 随时发送, and name it in `notification.mail`.

    Takes notifications that are not saved yet, in the caller's transaction; one query for five hundred.
    """
    if not settings.MAIL_IS_ON:
        return
    told = [one for one in notifications if one.user.mail_choice == MailChoice.AT_ONCE and not why_not(one.user)]
    for notification in told:
        notification.mail = _notice(notification)
    OutgoingMail.objects.bulk_create([notification.mail for notification in told], batch_size=BATCH)


@dataclass
class Lines:
    """A day's reminders of one person: `(text, path)` of the most pressing, and how many there are in all."""

    shown: list
    total: int


@transaction.atomic
def write_digests(on, lines):
    """Write the day's digests: one a person, whoever has one of that day already gets no other.

    `lines` is `{user id: Lines}`, the day's reminders. Who chose 每日汇总 also finds what they were told in
    the last days, has not opened and was not sent yet. Returns `{user id: mail}` of what was written now.
    """
    if not settings.MAIL_IS_ON:
        return {}
    since = day_end(on) - DAYS_BACK
    people = list(_wanting_a_digest(on, lines, since))
    written = {}
    for start in range(0, len(people), BATCH):
        written |= _write_batch(people[start : start + BATCH], on, lines, since)
    return written


def _wanting_a_digest(on, lines, since):
    has_one = OutgoingMail.objects.filter(user=OuterRef("pk"), digest_on=on)
    people = User.objects.filter(is_active=True).exclude(email="").exclude(mail_choice=MailChoice.OFF)
    people = people.filter(~Exists(has_one)).annotate(
        has_news=Exists(_not_sent_yet(since).filter(user=OuterRef("pk"), user__mail_choice=MailChoice.DAILY))
    )
    return (person for person in people.order_by("pk") if person.pk in lines or person.has_news)


def _not_sent_yet(since):
    return Notification.objects.unread().filter(mail__isnull=True, created_at__gte=since)


def _write_batch(people, on, lines, since):
    news, carried = {}, []
    daily = [person.pk for person in people if person.mail_choice == MailChoice.DAILY]
    told = _not_sent_yet(since).filter(user__in=daily).order_by("pk")
    for pk, user, text, path in told.values_list("pk", "user", "text", "path"):
        news.setdefault(user, []).append((text, path))
        carried.append(pk)
    mails = [_digest(person, on, lines.get(person.pk), news.get(person.pk, ())) for person in people]
    OutgoingMail.objects.bulk_create(mails, batch_size=BATCH, ignore_conflicts=True)  # another run may have been faster
    ours = OutgoingMail.objects.filter(message_id__in=[mail.message_id for mail in mails]).defer("text", "html")
    mail_of = OutgoingMail.objects.filter(user=OuterRef("user"), digest_on=on).values("pk")[:1]
    for start in range(0, len(carried), BATCH):
        batch = Notification.objects.filter(pk__in=carried[start : start + BATCH], mail__isnull=True)
        batch.update(mail=Subquery(mail_of))
    return {mail.user_id: mail for mail in ours}


def _notice(notification):
    text = one_line(notification.text)
    shown = {"text": text, "address": link(notification.path)}
    return _mail(notification.user, f"【政务公开督办】{text}", "notice", shown)


def _digest(person, on, lines, news):
    lines, news = lines or Lines([], 0), list(news)
    shown_lines = lines.shown[:LINES_SHOWN]
    shown_news = news[: LINES_SHOWN - len(shown_lines)]
    count = lines.total + len(news)
    shown = {
        "on": on,
        "count": lines.total,
        "lines": [(one_line(text), link(path)) for text, path in shown_lines],
        "news": [(one_line(text), link(path)) for text, path in shown_news],
        "left": count - len(shown_lines) - len(shown_news),
    }
    what = f"{lines.total}件事项待办理" if lines.total else f"{len(news)}条通知"
    mail = _mail(person, f"【政务公开督办】{on.year}年{on.month}月{on.day}日汇总：{what}", "digest", shown)
    mail.digest_on = on
    return mail


def _mail(person, subject, template, shown):
    shown = {**shown, "name": one_line(person.name), "site": settings.SITE_URL}
    return OutgoingMail(
        user=person,
        address=person.email,
        subject=subject if len(subject) <= SUBJECT_LIMIT else f"{subject[: SUBJECT_LIMIT - 1]}…",
        text=f"{render_to_string(f'tasks/supervision/mail/{template}.txt', shown).strip()}\n",
        html=render_to_string(f"tasks/supervision/mail/{template}.html", shown),
    )


def one_line(text):
    """Return `text` without line breaks and other control characters: what people typed stays one line."""
    return " ".join(clean_text(text).split())


def link(path):
    """Return the whole address of a page of ours, nothing where the server does not know its own."""
    return f"{settings.SITE_URL}{path}" if settings.SITE_URL and path.startswith("/") else ""


def why_not(user):
    """Say why this person gets no mail; nothing where they does."""
    if not user.is_active:
        return "收件人的账号已停用。"
    if user.mail_choice == MailChoice.OFF:
        return "收件人选择了不发邮件。"
    if not user.email:
        return "收件人没有填写电子邮箱。"
    try:
        validate_email(user.email)
    except ValidationError:
        return "收件人的电子邮箱格式不正确。"
    return ""


# --- sending ----------------------------------------------------------------------------------------------------------


@dataclass
class Delivery:
    """What one run did; `stopped` says why it left the rest."""

    sent: int = 0
    failed: int = 0
    gave_up: int = 0
    waiting: int = 0
    stopped: str = ""


def deliver(now=None):
    """Send what waits, oldest first; return the figures. Several runs at once send nothing twice.

    `now` stands for the clock in tests.
    """
    done = Delivery()
    if not settings.MAIL_IS_ON:
        return done
    queue = OutgoingMail.objects.waiting(now)
    if queue.exists():
        with smtp.Postman() as postman:
            _empty(queue, postman, done, now)
    done.waiting = OutgoingMail.objects.unsent().count()
    if done.sent or done.gave_up:
        record(Kind.SYSTEM, "发送邮件", detail={"sent": done.sent, "failed": done.failed, "gave_up": done.gave_up})
    return done


def _empty(queue, postman, done, now):
    setbacks = 0
    while setbacks < MOST_SETBACKS:
        try:
            postman.reach()
        except smtp.Unreachable as reason:
            done.stopped = str(reason)
            queue.update(last_error=done.stopped)  # no attempt: nothing was tried with any of them
            return
        mail = _claim(queue, now)
        if mail is None:
            return
        setbacks = setbacks + 1 if _send(mail, postman, done, now) else 0
    done.stopped = "邮件服务器连续出错，其余邮件下次再发。"


def _send(mail, postman, done, now):
    """Send one mail and note what came of it; tell whether something went wrong that is no fault of the mail's."""
    reason = why_not(mail.user)
    if reason:
        done.gave_up += 1
        _note(mail, reason, gave_up_at=now or timezone.now())
        return False
    try:
        postman.hand_over(message_of(mail))
    except smtp.Refusal as refusal:
        done.gave_up += 1
        _note(mail, str(refusal), gave_up_at=now or timezone.now())
        return False
    except smtp.Setback as setback:
        _try_again(mail, str(setback), done, now or timezone.now())
        return setback.is_general
    OutgoingMail.objects.filter(pk=mail.pk).update(sent_at=now or timezone.now(), last_error="", gave_up_at=None)
    done.sent += 1
    return False


@transaction.atomic(durable=True)
def _claim(queue, now):
    """Take the oldest mail out of everybody's reach for a while; what happens to it then is noted on it.

    The attempt counts from here, so that a run which dies while it sends cannot try the same mail for ever.
    """
    locked = queue.select_for_update(of=("self",), skip_locked=connection.features.has_select_for_update_skip_locked)
    mail = locked.select_related("user").first()
    if mail is None:
        return None
    mail.attempts += 1
    mail.address = mail.user.email or mail.address  # where they can be reached now
    mail.next_try_at = (now or timezone.now()) + timedelta(minutes=5, seconds=20 * settings.EMAIL_TIMEOUT)
    mail.last_error = BEING_SENT
    mail.save(update_fields=["attempts", "address", "next_try_at", "last_error"])
    return mail


def _try_again(mail, words, done, moment):
    if mail.attempts >= MOST_ATTEMPTS:
        done.gave_up += 1
        _note(mail, words, gave_up_at=moment)
        return
    done.failed += 1
    _note(mail, words, next_try_at=moment + WAITS[min(mail.attempts, len(WAITS)) - 1])


def _note(mail, words, **what):
    """Write what came of an attempt, unless somebody took the mail up again since."""
    taken = OutgoingMail.objects.filter(pk=mail.pk, attempts=mail.attempts, sent_at__isnull=True)
    taken.update(last_error=words, **what)


def message_of(mail):
    """Return the mail as it goes out: text and HTML, marked as written by a machine."""
    headers = {"Message-ID": f"<{mail.message_id}@{_host()}>", "Auto-Submitted": "auto-generated"}
    message = EmailMultiAlternatives(one_line(mail.subject), mail.text, to=[mail.address], headers=headers)
    message.attach_alternative(mail.html, "text/html")
    return message


def _host():
    """Return the name that marks what is ours: the server's, else that of the sender's address."""
    return urlsplit(settings.SITE_URL).hostname or parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]


# --- the office looks after it ----------------------------------------------------------------------------------------


@transaction.atomic
def retry(mail, *, by):
    """Send a mail again that failed, to the address that the person has now."""
    mail = OutgoingMail.objects.select_for_update(of=("self",)).select_related("user").get(pk=mail.pk)
    require(by, "tasks.read_outbox", mail)
    if mail.sent_at:
        raise Conflict("这封邮件已经发出，没有重复发送。")
    if mail.gave_up_at is None and mail.last_error == BEING_SENT and mail.next_try_at > timezone.now():
        raise Conflict("这封邮件正在发送，请稍后再看结果。")
    reason = why_not(mail.user)
    if reason:
        raise Refused(f"{reason}请先核对人员信息，再重新发送。")
    mail.attempts, mail.gave_up_at = 0, None
    mail.next_try_at, mail.address = timezone.now(), mail.user.email
    mail.save(update_fields=["attempts", "gave_up_at", "next_try_at", "address"])
    record(Kind.CHANGE, "重新发送邮件", by=by, on=mail)
    return mail


@transaction.atomic
def retry_all(*, by):
    """Send everything again that was given up, as far as its people can get mail; return how many."""
    require(by, "tasks.read_outbox")
    people = User.objects.filter(is_active=True).exclude(email="").exclude(mail_choice=MailChoice.OFF)
    address = User.objects.filter(pk=OuterRef("user")).values("email")[:1]
    again = OutgoingMail.objects.given_up().filter(user__in=people.values("pk"))
    number = again.update(attempts=0, gave_up_at=None, next_try_at=timezone.now(), address=Subquery(address))
    if number:
        record(Kind.CHANGE, "重新发送全部未发出邮件", by=by, detail={"mails": number})
    return number
