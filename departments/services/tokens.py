"""Creation, revocation and verification of API tokens (接口令牌)."""

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
MAX_TOKENS = 10
"""Tokens that one person may have in use at once."""

LAST_USED_INTERVAL = timedelta(hours=1)
"""How often `last_used_at` is updated at most, so that not every read causes a write."""


@transaction.atomic
def make(user, *, by, name):
    """Create a token and return its secret, of which only the digest is stored. Only the owner may create one."""
    if by.pk != user.pk:
        raise PermissionDenied("接口令牌只能由本人生成。")
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)  # serialise, so that the limit holds
    if ApiToken.objects.filter(user=user, revoked_at__isnull=True).count() >= MAX_TOKENS:
        raise Refused(f"每人最多同时使用{MAX_TOKENS}个接口令牌，请先停用不再使用的。")
    secret = secrets.token_urlsafe(SECRET_BYTES)
    token = ApiToken.objects.create(user=user, name=name, key=_digest(secret))
    record(Kind.PERMISSION, "生成接口令牌", by=by, on=token)
    return secret


@transaction.atomic
def revoke(token, *, by):
    """Revoke a token, as its owner or an administrator. Raises `Conflict` if it is revoked already."""
    token = ApiToken.objects.select_for_update(of=("self",)).get(pk=token.pk)
    require(by, "departments.revoke_token", token, "只能停用本人的接口令牌。")
    if token.revoked_at is not None:
        raise Conflict("这个接口令牌已经停用。")
    token.revoked_at = timezone.now()
    token.save(update_fields=["revoked_at"])
    record(Kind.PERMISSION, "停用接口令牌", by=by, on=token, detail={"owner": token.user.username})
    return token


def owner_of(secret):
    """Return the owner of the token with this secret and note its use; `None` if it grants no access.

    Unknown and revoked secrets, and those of accounts that may not sign in, are not distinguished.
    """
    token = ApiToken.objects.valid().select_related("user__unit").filter(key=_digest(secret)).first()
    if token is None or not SignInBackend().user_can_authenticate(token.user):
        return None
    _note_use(token)
    return token.user


def _note_use(token):
    now = timezone.now()
    if token.last_used_at is None or token.last_used_at <= now - LAST_USED_INTERVAL:
        long_ago = Q(last_used_at__isnull=True) | Q(last_used_at__lte=now - LAST_USED_INTERVAL)
        with transaction.atomic():
            if ApiToken.objects.filter(long_ago, pk=token.pk).update(last_used_at=now):
                record(Kind.EXPORT, "使用接口令牌读取", by=token.user, on=token)


def _digest(secret):
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
