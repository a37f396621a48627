"""E-mails: saved in the transaction that causes them, sent afterwards, and retried on failure.

Users without an address, without a choice of e-mail, or with an inactive account get none. Delivery is at least once: a
run that is interrupted between the server's reply and the database update sends again under the same Message-ID.

A mail is cut to what its user may read when it is sent, and not sent where nothing is left.
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
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, When
from django.template.loader import render_to_string
from django.utils import timezone

from departments.choices import MailChoice
from departments.models import User
from tasks.models import Notification, OutgoingMail
from tasks.models.supervision.mail import MAX_ATTEMPTS
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.dates import day_end
from wenshang_disclosure.core.region import current
from wenshang_disclosure.core.web.errors import Conflict, Refused, require
from wenshang_disclosure.core.web.forms import clean_text

from . import smtp, view_mails
from .readable import still_readable

BATCH_ROWS = 500
MAX_LINES_SHOWN = 40
MAX_SUBJECT_CHARS = 78
NEWS_PERIOD = timedelta(days=14)
"""Age up to which a digest lists unread notifications; covers more than a week without a run."""

RETRY_INTERVALS = [timedelta(minutes=minutes) for minutes in (5, 15, 60, 240, 720)]
MAX_SETBACKS = 3
"""Consecutive general failures after which a run leaves the remaining mails to the next run."""

NOTHING_LEFT = "所列事项已不再由收件人办理或查看。"

BEING_SENT = "正在发送，或者发送途中断。"
"""Error of a mail while it is being sent; it remains where the run was interrupted."""


# --- writing ----------------------------------------------------------------------------------------------------------


def write_at_once(notifications):
    """Create a mail for each notification whose user chose 随时发送, and set it as `notification.mail`.

    Takes unsaved notifications, in the caller's transaction; one query per `BATCH_ROWS` mails.
    """
    if not settings.MAIL_IS_ON:
        return
    told = [one for one in notifications if one.user.mail_choice == MailChoice.AT_ONCE and not why_not(one.user)]
    for notification in told:
        notification.mail = _notice(notification)
    OutgoingMail.objects.bulk_create([notification.mail for notification in told], batch_size=BATCH_ROWS)


@dataclass
class Lines:
    """A day's reminders of one person: `(text, path, unit id)` of the most urgent ones, and their total number."""

    shown: list
    total: int


@transaction.atomic
def write_digests(on, lines):
    """Create the day's digests, at most one per person and day.

    `lines` is `{user id: Lines}`, the day's reminders. The digest of users who chose 每日汇总 also lists recent
    notifications that are unread and were not sent yet. Returns `{user id: mail}` of the new mails.
    """
    if not settings.MAIL_IS_ON:
        return {}
    since = day_end(on) - NEWS_PERIOD
    people = list(_wanting_a_digest(on, lines, since))
    written = {}
    for start in range(0, len(people), BATCH_ROWS):
        written |= _write_batch(people[start : start + BATCH_ROWS], on, lines, since)
    return written


def _wanting_a_digest(on, lines, since):
    has_one = OutgoingMail.objects.filter(user=OuterRef("pk"), digest_on=on)
    people = User.objects.filter(is_active=True).exclude(email="").exclude(mail_choice=MailChoice.OFF)
    people = people.filter(~Exists(has_one)).annotate(
        has_news=Exists(_not_sent_yet(since).filter(user=OuterRef("pk"), user__mail_choice=MailChoice.DAILY))
    )
    return (person for person in people.order_by("pk") if person.pk in lines or person.has_news)


def _not_sent_yet(since):
    return Notification.objects.unread().of_present_unit().filter(mail__isnull=True, created_at__gte=since)


def _write_batch(people, on, lines, since):
    news, carried = {}, []
    digest_readers = [person.pk for person in people if person.mail_choice == MailChoice.DAILY]
    told = _not_sent_yet(since).filter(user__in=digest_readers).order_by("pk")
    for pk, user, *line in told.values_list("pk", "user", "text", "path", "unit"):
        news.setdefault(user, []).append(line)
        carried.append(pk)
    mails = [_digest(person, on, lines.get(person.pk), news.get(person.pk, ())) for person in people]
    # another run may have written the same digests meanwhile
    OutgoingMail.objects.bulk_create(mails, batch_size=BATCH_ROWS, ignore_conflicts=True)
    ours = OutgoingMail.objects.filter(message_id__in=[mail.message_id for mail in mails]).defer("text", "html")
    mail_of = OutgoingMail.objects.filter(user=OuterRef("user"), digest_on=on).values("pk")[:1]
    for start in range(0, len(carried), BATCH_ROWS):
        batch = Notification.objects.filter(pk__in=carried[start : start + BATCH_ROWS], mail__isnull=True)
        batch.update(mail=Subquery(mail_of))
    return {mail.user_id: mail for mail in ours}


def _notice(notification):
    line = [notification.text, notification.path, notification.unit_id]
    return _written(OutgoingMail(user=notification.user, content={"lines": [line]}))


def _digest(person, on, lines, news):
    lines, news = lines or Lines([], 0), list(news)
    shown_lines = [list(line) for line in lines.shown[:MAX_LINES_SHOWN]]
    shown_news = news[: MAX_LINES_SHOWN - len(shown_lines)]
    left = lines.total + len(news) - len(shown_lines) - len(shown_news)
    content = {"count": lines.total, "lines": shown_lines, "news": shown_news, "left": left}
    return _written(OutgoingMail(user=person, digest_on=on, content=content))


def _written(mail):
    """Write address, subject and text of a mail from its content; return the mail."""
    write = _write_digest if mail.digest_on else _write_notice
    subject, template, shown = write(mail)
    shown |= {"name": one_line(mail.user.name), "site": settings.SITE_URL}
    mail.address = mail.user.email
    mail.subject = subject if len(subject) <= MAX_SUBJECT_CHARS else f"{subject[: MAX_SUBJECT_CHARS - 1]}…"
    mail.text = f"{render_to_string(f'tasks/supervision/mail/{template}.txt', shown).strip()}\n"
    mail.html = render_to_string(f"tasks/supervision/mail/{template}.html", shown)
    return mail


def _write_notice(mail):
    [(text, address)] = _linked(mail.content["lines"])
    return f"【{current().short_system}】{text}", "notice", {"text": text, "address": address}


def _write_digest(mail):
    on, content = mail.digest_on, mail.content
    count, lines, news = content["count"], _linked(content["lines"]), _linked(content["news"])
    what = f"{count}件事项待办理" if count else f"{len(news) + content['left']}条通知"
    shown = {"on": on, "count": count, "lines": lines, "news": news, "left": content["left"]}
    return f"【{current().short_system}】{on.year}年{on.month}月{on.day}日汇总：{what}", "digest", shown


def _linked(lines):
    return [(one_line(text), link(path)) for text, path, _ in lines]


def one_line(text):
    """Return `text` without line breaks and other control characters."""
    return " ".join(clean_text(text).split())


def link(path):
    """Return the absolute URL of a path, "" where the server's own address is not configured."""
    return f"{settings.SITE_URL}{path}" if settings.SITE_URL and path.startswith("/") else ""


def _cut(mail):
    """Cut a mail to what its user may read now, and save it if it changed; return whether anything is left."""
    content = mail.content or _content_before(mail)
    told = [*content["lines"], *content.get("news", ())]
    readable = still_readable(((path, unit) for _, path, unit in told), mail.user)
    lines, news = (
        [line for line in content.get(part, ()) if (line[1], line[2]) in readable] for part in ("lines", "news")
    )
    if len(lines) + len(news) == len(told):
        return True
    if not mail.content or not (lines or news):
        return False
    mail.content = content | {"lines": lines, "news": news, **_counts(content, lines)}
    _written(mail).save(update_fields=["content", "subject", "text", "html"])
    return True


def _content_before(mail):
    """Return the content of a mail from before it was kept, as its notifications have it; it is sent whole or not."""
    return {"lines": list(mail.notifications.values_list("text", "path", "unit"))}


def _counts(content, lines):
    """Return `count` and `left` of a digest whose lines are cut; where all are cut, so are those that are not shown."""
    if content["lines"] and not lines:
        return {"count": 0, "left": 0}
    return {"count": content["count"] - len(content["lines"]) + len(lines), "left": content["left"]}


def why_not(user):
    """Return the reason why the user gets no mail, "" where they do."""
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


def _obstacle(mail):
    """Return the reason why a mail cannot be sent now, "" where it can; cuts it to what its user may read."""
    if mail.view_on:
        return ("" if mail.outside else why_not(mail.user)) or view_mails.compose(mail)
    return why_not(mail.user) or ("" if _cut(mail) else NOTHING_LEFT)


# --- sending ----------------------------------------------------------------------------------------------------------


@dataclass
class Delivery:
    """The figures of one run; `stopped` is the reason why it ended early."""

    sent: int = 0
    failed: int = 0
    gave_up: int = 0
    waiting: int = 0
    stopped: str = ""


def deliver(now=None):
    """Send the waiting mails, oldest first, and return the figures. Concurrent runs send each mail once.

    `now` replaces the clock in tests.
    """
    done = Delivery()
    if not settings.MAIL_IS_ON:
        return done
    queue = OutgoingMail.objects.waiting(now)
    if queue.exists():
        with smtp.Postman() as postman:
            _send_queue(queue, postman, done, now)
    done.waiting = OutgoingMail.objects.unsent().count()
    if done.sent or done.gave_up:
        record(Kind.SYSTEM, "发送邮件", detail={"sent": done.sent, "failed": done.failed, "gave_up": done.gave_up})
    return done


def _send_queue(queue, postman, done, now):
    setbacks = 0
    while setbacks < MAX_SETBACKS:
        try:
            postman.reach()
        except smtp.Unreachable as reason:
            done.stopped = str(reason)
            queue.update(last_error=done.stopped)  # not counted as an attempt: no mail was tried
            return
        mail = _claim(queue, now)
        if mail is None:
            return
        setbacks = setbacks + 1 if _send(mail, postman, done, now) else 0
    done.stopped = "邮件服务器连续出错，其余邮件下次再发。"


def _send(mail, postman, done, now):
    """Send one mail and save the outcome; return whether it failed for a reason that is not the mail's own."""
    reason = _obstacle(mail)
    if reason:
        done.gave_up += 1
        _save_outcome(mail, reason, gave_up_at=now or timezone.now())
        return False
    try:
        postman.hand_over(message_of(mail))
    except smtp.Refusal as refusal:
        done.gave_up += 1
        _save_outcome(mail, str(refusal), gave_up_at=now or timezone.now())
        return False
    except smtp.Setback as setback:
        _try_again(mail, str(setback), done, now or timezone.now())
        return setback.is_general
    OutgoingMail.objects.filter(pk=mail.pk).update(sent_at=now or timezone.now(), last_error="", gave_up_at=None)
    done.sent += 1
    return False


@transaction.atomic(durable=True)
def _claim(queue, now):
    """Reserve the oldest mail for a while, and return it.

    The attempt is counted here, so that a run which is interrupted while sending cannot retry the same mail without
    limit.
    """
    locked = queue.select_for_update(of=("self",), skip_locked=connection.features.has_select_for_update_skip_locked)
    mail = locked.select_related("user").first()
    if mail is None:
        return None
    mail.attempts += 1
    mail.address = _present_address(mail) or mail.address
    mail.next_try_at = (now or timezone.now()) + timedelta(minutes=5, seconds=20 * settings.EMAIL_TIMEOUT)
    mail.last_error = BEING_SENT
    mail.save(update_fields=["attempts", "address", "next_try_at", "last_error"])
    return mail


def _present_address(mail):
    """Return the address that the recipient has now."""
    return mail.address if mail.outside else mail.user.email


def _try_again(mail, words, done, moment):
    if mail.attempts >= MAX_ATTEMPTS:
        done.gave_up += 1
        _save_outcome(mail, words, gave_up_at=moment)
        return
    done.failed += 1
    _save_outcome(mail, words, next_try_at=moment + RETRY_INTERVALS[min(mail.attempts, len(RETRY_INTERVALS)) - 1])


def _save_outcome(mail, words, **what):
    """Save the outcome of an attempt, unless the mail was put back in the queue since."""
    taken = OutgoingMail.objects.filter(pk=mail.pk, attempts=mail.attempts, sent_at__isnull=True)
    taken.update(last_error=words, **what)


def message_of(mail):
    """Return the message as sent: text and HTML, with the headers of automatic mail."""
    headers = {"Message-ID": f"<{mail.message_id}@{_host()}>", "Auto-Submitted": "auto-generated"}
    message = EmailMultiAlternatives(one_line(mail.subject), mail.text, to=[mail.address], headers=headers)
    message.attach_alternative(mail.html, "text/html")
    return message


def _host():
    """Return the host name of the Message-ID: the server's, else that of the sender's address."""
    return urlsplit(settings.SITE_URL).hostname or parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]


# --- retrying by the office -------------------------------------------------------------------------------------------


@transaction.atomic
def retry(mail, *, by):
    """Put a failed mail back in the queue, with the current address of its user."""
    mail = OutgoingMail.objects.select_for_update(of=("self",)).select_related("user").get(pk=mail.pk)
    require(by, "tasks.retry_mail", mail)
    if mail.sent_at:
        raise Conflict("这封邮件已经发出，没有重复发送。")
    if mail.gave_up_at is None and mail.last_error == BEING_SENT and mail.next_try_at > timezone.now():
        raise Conflict("这封邮件正在发送，请稍后再看结果。")
    reason = _obstacle(mail)
    if reason:
        raise Refused(f"{reason}请先核对人员信息，再重新发送。")
    mail.attempts, mail.gave_up_at = 0, None
    mail.next_try_at, mail.address = timezone.now(), _present_address(mail)
    mail.save(update_fields=["attempts", "gave_up_at", "next_try_at", "address"])
    record(Kind.CHANGE, "重新发送邮件", by=by, on=mail)
    return mail


@transaction.atomic
def retry_all(*, by):
    """Put all mails that were given up back in the queue, for users who can get mail; return their number."""
    require(by, "tasks.retry_mail")
    people = User.objects.filter(is_active=True).exclude(email="").exclude(mail_choice=MailChoice.OFF)
    again = OutgoingMail.objects.given_up().filter(Q(user__in=people.values("pk")) | ~Q(outside=""))
    email = User.objects.filter(pk=OuterRef("user")).values("email")[:1]
    address = Case(When(outside="", then=Subquery(email)), default=F("address"))
    number = again.update(attempts=0, gave_up_at=None, next_try_at=timezone.now(), address=address)
    if number:
        record(Kind.CHANGE, "重新发送全部未发出邮件", by=by, detail={"mails": number})
    return number
