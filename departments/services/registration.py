"""Registration links (登记链接): an address, sent by mail, at which the owner of an account sets its first password.

The link is kept nowhere. It is signed, and holds for the one unusable password that the account got with it: so it
opens once, a newer link or password ends it, and a database or a backup gives none away.
"""

import datetime as dt
from smtplib import SMTPException

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from departments.models import User
from departments.sign_in import lockout, sessions
from wenshang_disclosure.audit.choices import Kind, Result
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.region import worded
from wenshang_disclosure.core.web.errors import Conflict, Refused, require

from . import entrusting

SALT = "departments.registration"
VALID_FOR = dt.timedelta(hours=48)
SUBJECT = worded("设置{short_system}系统的登录密码")
NO_MAIL = "没有配置邮件，请改用一次性密码。"
NO_ADDRESS = "“{person}”没有登记电子邮箱，请改用一次性密码。"
NOT_SENT = "邮件没有发出，“{person}”现在没有可用的密码。请稍后再发，或者改用一次性密码。"
ENDED = worded("这个登记链接无效：已经用过、已过48小时，或者已有更新的链接、密码。请向{office_short}索取。")


def send(person, *, by, page):
    """Take the account's password and mail its owner a link to `page`, an address, to set one; return the account.

    It ends the sessions of the account and what others knew of it, as a one-time password does. Raises `Refused` where
    the account is off or has no address, and where the mail server does not take the mail: then there is no link.
    """
    require(by, "departments.give_password", person, entrusting.NOT_THIS_ONE)
    person = _take_password(person, by)
    until = timezone.localtime(timezone.now() + VALID_FOR)
    about = {"person": person, "until": until, "address": f"{page}?link={_link_of(person)}"}
    text = render_to_string("departments/sign_in/registration_mail.txt", about)
    try:
        EmailMessage(SUBJECT, text, to=[person.email]).send()
    except (SMTPException, OSError):
        record(Kind.PERMISSION, "登记链接没有送出", by=by, on=person, result=Result.FAILED)
        raise Refused(NOT_SENT.format(person=person)) from None
    return person


@transaction.atomic
def _take_password(person, by):
    person = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if not settings.MAIL_IS_ON:
        raise Refused(NO_MAIL)
    if not person.is_active:
        raise Refused(entrusting.IS_OFF.format(person=person))
    if not person.email:
        raise Refused(NO_ADDRESS.format(person=person))
    entrusting.take_password(person, by=by)
    record(Kind.PERMISSION, "发送登记链接", by=by, on=person)
    return person


def _link_of(person):
    return signing.dumps([person.pk, _mark_of(person)], salt=SALT)


def _mark_of(person):
    """Return a digest of what a link holds for: this unusable password, at this address."""
    return salted_hmac(SALT, f"{person.password}\n{person.email}", algorithm="sha256").hexdigest()


def person_of(link):
    """Return the account whose password the link sets, `None` where it opens nothing (any more)."""
    try:
        pk, mark = signing.loads(link, salt=SALT, max_age=VALID_FOR)
    except signing.BadSignature:
        return None
    person = User.objects.filter(pk=pk, is_active=True).first()
    is_open = person is not None and not person.has_usable_password() and constant_time_compare(mark, _mark_of(person))
    return person if is_open else None


@transaction.atomic
def register(link, *, password):
    """Set the owner's password by a link, and return the account. Raises `Conflict` where it opens nothing any more."""
    found = person_of(link)
    person = found and User.objects.select_for_update(of=("self",)).get(pk=found.pk)
    if person is None or not constant_time_compare(_mark_of(person), _mark_of(found)):  # used meanwhile
        raise Conflict(ENDED)
    person.set_password(password)
    person.must_change_password = False
    person.save(update_fields=["password", "must_change_password"])
    lockout.forgive(person)
    sessions.end_all(person, by=person)
    record(Kind.PERMISSION, "用登记链接设置密码", by=person, on=person)
    return person
