"""Accounts that somebody handled besides their owner (账号经手): one-time passwords, and what ends the bar.

Whoever handled an account never answers its reports (design: Who may do what).
"""

import secrets

from django.db import transaction
from django.utils import timezone

from departments.choices import Handling
from departments.models import ApiToken, Entrustment, Membership, User
from departments.sign_in import lockout, sessions
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import entry, record, record_all
from wenshang_disclosure.core.web.errors import Conflict, Refused, require

LETTERS, DIGITS = (
    "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ",
    "23456789",
)  # no easily confused ones
PASSWORD_LENGTH = 14
ONLY_ADMINISTRATORS = "一次性密码由系统管理员发放。"
NOT_THIS_ONE = "一次性密码由系统管理员发放；本人的密码请在“修改密码”中办理，系统管理员的密码在服务器上重设。"
IS_OFF = "“{person}”的账号已停用或者尚待确认，不能发放密码。"
ANOTHER_ONE = "须由没有经手该账号的另一名系统管理员确认，或者在服务器上确认。"


def note(people, *, by, how):
    """Note who handled the accounts, under the caller's transaction."""
    Entrustment.objects.bulk_create([Entrustment(person=person, by=by, how=how) for person in people])


def end(people, *, by=None):
    """End all open entrustments of the accounts, under the caller's transaction; `by` is who confirmed it."""
    opened = Entrustment.objects.open().filter(person__in=people)
    return opened.update(ended_at=timezone.now(), ended_by=by)


@transaction.atomic
def give_password(person, *, by):
    """Set a one-time password, which the owner has to change, and return it: it is shown once and not stored.

    It ends the sessions of the account and what others knew of it. Raises `Refused` where the account is off.
    """
    require(by, "departments.give_password", person, NOT_THIS_ONE)
    person = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if not person.is_active:
        raise Refused(IS_OFF.format(person=person))
    [(_, password)] = give_each([person], by=by)
    return password


def give_each(people, *, by):
    """Set a one-time password for each account and return `[(person, password)]`, under the caller's locks."""
    given = [(person, new_password()) for person in people]
    for person, password in given:
        person.set_password(password)
    _begin_anew(people, by, Handling.PASSWORD)
    record_all([entry(Kind.PERMISSION, "发放一次性密码", by=by, on=person) for person in people])
    return given


def take_password(person, *, by):
    """Set a password that nobody can use, each time another one, under the caller's lock: a link will set the next."""
    person.set_unusable_password()
    _begin_anew([person], by, Handling.LINK)


def _begin_anew(people, by, how):
    """Save accounts with a password that is not their owners': nothing that they had opened opens anything any more."""
    for person in people:
        person.must_change_password, person.calendar_key = True, None
    User.objects.bulk_update(people, ["password", "must_change_password", "calendar_key"], batch_size=500)
    Membership.objects.filter(person__in=people, calendar_key__isnull=False).update(calendar_key=None)
    ApiToken.objects.filter(user__in=people, revoked_at__isnull=True).update(revoked_at=timezone.now())
    end(people, by=by)
    note(people, by=by, how=how)
    for person in people:
        lockout.forgive(person)
        sessions.end_all(person, by=by)


def new_password():
    """Return a random password of letters and digits that are not easily confused."""
    while True:
        password = "".join(secrets.choice(LETTERS + DIGITS) for _ in range(PASSWORD_LENGTH))
        if any(c in DIGITS for c in password) and any(c in LETTERS for c in password):
            return password


@transaction.atomic
def confirm_owner(person, *, by=None):
    """Confirm that the owner alone holds the account, so that those who handled it may answer its reports again.

    Without `by` the server confirms. Raises `Refused` before the owner has signed in and set a password, `Conflict`
    where it was confirmed before.
    """
    if by is not None:
        require(by, "departments.confirm_owner", person, ANOTHER_ONE)
    person = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if person.must_change_password or person.last_login is None:
        raise Refused(f"“{person}”还没有登录并设置自己的密码，暂不能确认。")
    if not end([person], by=by):
        raise Conflict(f"“{person}”的账号已经确认。")
    record(Kind.PERMISSION, "确认账号由本人掌握", by=by, on=person)
