"""The tokens by which a person's programs read: made, ended, and read back (接口令牌)."""

import hashlib
import secrets
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from departments.models import ApiToken, User
from departments.sign_in.backends import SignInBackend
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.web.errors import Conflict, Refused, require

SECRET_BYTES = 32
MOST = 10
"""Tokens in use that one person may have at once."""

MARKED_EVERY = timedelta(hours=1)
"""How often the last use is written down: reading must not become a write each time."""


@transaction.atomic
def make(user, *, by, name):
    """Return `user` a new secret and keep only its digest; nobody makes one for another."""
    if by.pk != user.pk:
        raise PermissionDenied("接口令牌只能由本人生成。")
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)  # two at once count one after the other
    if ApiToken.objects.filter(user=user, revoked_at__isnull=True).count() >= MOST:
        raise Refused(f"每人最多同时使用{MOST}个接口令牌，请先停用不再使用的。")
    secret = secrets.token_urlsafe(SECRET_BYTES)
    token = ApiToken.objects.create(user=user, name=name, key=_digest(secret))
    record(Kind.PERMISSION, "生成接口令牌", by=by, on=token)
    return secret


@transaction.atomic
def revoke(token, *, by):
    """End a token for good: its owner, or the administrator."""
    token = ApiToken.objects.select_for_update(of=("self",)).get(pk=token.pk)
    require(by, "departments.revoke_token", token, "只能停用本人的接口令牌。")
    if token.revoked_at is not None:
        raise Conflict("这个接口令牌已经停用。")
    token.revoked_at = timezone.now()
    token.save(update_fields=["revoked_at"])
    record(Kind.PERMISSION, "停用接口令牌", by=by, on=token, detail={"owner": token.user.username})
    return token


def owner_of(secret):
    """Return whose token the secret is and mark its use; `None` where it opens nothing here.

    Unknown and ended secrets, and those of accounts that could not sign in, answer alike.
    """
    token = ApiToken.objects.valid().select_related("user__unit").filter(key=_digest(secret)).first()
    if token is None or not SignInBackend().user_can_authenticate(token.user):
        return None
    _mark(token)
    return token.user


def _mark(token):
    now = timezone.now()
    if token.last_used_at is None or token.last_used_at <= now - MARKED_EVERY:
        long_ago = Q(last_used_at__isnull=True) | Q(last_used_at__lte=now - MARKED_EVERY)
        with transaction.atomic():
            if ApiToken.objects.filter(long_ago, pk=token.pk).update(last_used_at=now):
                record(Kind.EXPORT, "使用接口令牌读取", by=token.user, on=token)


def _digest(secret):
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
