"""What a person sets for themselves: how they are reached, and the secret address of their calendar."""

import hashlib
import secrets

from django.db import transaction
from django.utils import timezone

from departments.models import ApiToken, User
from departments.sign_in import lockout, second_factor, sessions
from departments.sign_in.backends import SignInBackend
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.web.errors import Conflict, Refused, require

SECRET_BYTES = 32
NOBODY = "已注销人员"


@transaction.atomic
def set_own(user, *, mail_choice, email, phone):
    """Keep how `user` wants to be reached; nobody does this for another."""
    user = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    wanted = {"mail_choice": mail_choice, "email": email, "phone": phone}
    changed = [name for name, value in wanted.items() if getattr(user, name) != value]
    for name in changed:
        setattr(user, name, wanted[name])
    if changed:
        user.save(update_fields=changed)
        record(Kind.PERMISSION, "修改个人设置", by=user, on=user, detail={"fields": changed})
    return user


@transaction.atomic
def give_calendar_key(user):
    """Return `user` a new secret and keep only its digest; the one before opens nothing from now on."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    User.objects.filter(pk=user.pk).update(calendar_key=_digest(secret))
    record(Kind.PERMISSION, "生成日历地址", by=user, on=user)
    return secret


@transaction.atomic
def take_calendar_key(user):
    """Switch the calendar address off."""
    if User.objects.filter(pk=user.pk, calendar_key__isnull=False).update(calendar_key=None):
        record(Kind.PERMISSION, "停用日历地址", by=user, on=user)


def owner_of_calendar(secret):
    """Return whose calendar the secret opens; `None` where it opens none, or its owner could not sign in here."""
    user = User.objects.select_related("unit").filter(calendar_key=_digest(secret)).first()
    if user is None or user.must_change_password or not SignInBackend().user_can_authenticate(user):
        return None
    return user


@transaction.atomic
def forget(user, *, by):
    """Empty what is personal of an account that is switched off (注销个人信息); what was done with it stays.

    A login name that is the telephone or the e-mail goes too. Raises `Refused` while the account is on.
    """
    require(by, "departments.close_account", user, sentence="不能注销本人的账号。")
    user = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    if user.is_active:
        raise Refused(f"“{user}”的账号还在使用，请先停用。")
    if user.name == NOBODY:
        raise Conflict("该账号的个人信息已经注销。")
    if user.username in (user.phone.replace(" ", ""), user.email, user.email.partition("@")[0]):
        user.username = f"closed-{user.pk}"
    user.name, user.phone, user.email, user.calendar_key = NOBODY, "", "", None
    user.save(update_fields=["username", "name", "phone", "email", "calendar_key"])
    second_factor.remove(user)
    ApiToken.objects.filter(user=user, revoked_at__isnull=True).update(revoked_at=timezone.now())
    record(Kind.PERMISSION, "注销个人信息", by=by, on=user)


def password_was_given(user, *, by=None):
    """What follows where somebody has a new password: it opens at once, and what the old one opened is over."""
    lockout.forgive(user)
    sessions.end_all(user, by=by)


def _digest(secret):
    return hashlib.sha256(secret.encode()).hexdigest()
