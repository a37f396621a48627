"""What a person sets for herself: how she is reached, and the secret address of her calendar."""

import hashlib
import secrets

from django.db import transaction

from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record

from ..models import User
from ..sign_in import SignInBackend

SECRET_BYTES = 32


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
    """Give `user` a new secret and keep only its digest; the one before opens nothing from now on."""
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
    """Give whose calendar the secret opens; `None` where it opens none, or its owner could not sign in here."""
    user = User.objects.select_related("unit").filter(calendar_key=_digest(secret)).first()
    if user is None or user.must_change_password or not SignInBackend().user_can_authenticate(user):
        return None
    return user


def _digest(secret):
    return hashlib.sha256(secret.encode()).hexdigest()
