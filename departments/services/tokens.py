"""Creation, revocation and verification of API tokens (接口令牌)."""

import hashlib
import secrets
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from departments.choices import TokenScope
from departments.models import ApiToken, User
from departments.models.api_token import in_a_year
from departments.sign_in import second_factor
from departments.sign_in.backends import SignInBackend
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.dates import day_end
from wenshang_disclosure.core.web.errors import Conflict, Refused, require

SECRET_BYTES = 32
MAX_TOKENS = 10
"""Tokens that one person may have in use at once."""

SCOPES_THAT_READ = {"tasks": (TokenScope.TASKS, TokenScope.ALL), "assignments": (TokenScope.ALL,)}
"""By the first part of an address below the API's root; all tokens read the others."""

LAST_USED_INTERVAL = timedelta(hours=1)
"""How often `last_used_at` is updated at most, so that not every read causes a write."""


@transaction.atomic
def make(user, *, by, name, scope=TokenScope.ALL, expires_on=None):
    """Create a token for the post that its owner works as now, and return its secret; only its digest is stored.

    Only the owner may create one. It expires with the day `expires_on`, by default after a year. Raises `Refused` for a
    day that is past or later.
    """
    if by.pk != user.pk:
        raise PermissionDenied("接口令牌只能由本人生成。")
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)  # serialise, so that the limit holds
    if expires_on and not timezone.localdate() <= expires_on <= timezone.localdate(in_a_year()):
        raise Refused("有效期自今天起，最长一年。")
    expires_at = day_end(expires_on) if expires_on else in_a_year()
    if ApiToken.objects.filter(user=user, revoked_at__isnull=True, expires_at__gt=timezone.now()).count() >= MAX_TOKENS:
        raise Refused(f"每人最多同时使用{MAX_TOKENS}个接口令牌，请先停用不再使用的。")
    secret = secrets.token_urlsafe(SECRET_BYTES)
    token = ApiToken.objects.create(
        user=user, membership=by.membership, name=name, key=_digest(secret), scope=scope, expires_at=expires_at
    )
    detail = {"scope": scope, "expires_on": timezone.localdate(expires_at).isoformat()}
    record(Kind.PERMISSION, "生成接口令牌", by=by, on=token, detail=detail)
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


def owner_of(secret, *, reading=None):
    """Return the owner of the token with this secret and note its use; `None` if it grants no access.

    The owner works as the post that the token was made for. Unknown, expired and revoked secrets, those of memberships
    out of their days, and those of accounts that may not sign in, that have a first password or lack a second factor
    that is due, are not distinguished. Raises `PermissionDenied` where the token may not read `reading`, a key of
    `SCOPES_THAT_READ`.
    """
    found = ApiToken.objects.valid().select_related("user__unit", "membership__unit")
    token = found.filter(key=_digest(secret)).first()
    if token is None or not SignInBackend().user_can_authenticate(token.user) or second_factor.is_due(token.user):
        return None
    if token.membership and not token.membership.is_in_force:
        return None
    if token.scope not in SCOPES_THAT_READ.get(reading, TokenScope.values):
        raise PermissionDenied(f"该接口令牌只能读取{token.get_scope_display()}。")
    owner = token.user.work_as(token.membership) if token.membership else token.user
    _note_use(token)
    return owner


def _note_use(token):
    now = timezone.now()
    if token.last_used_at is None or token.last_used_at <= now - LAST_USED_INTERVAL:
        long_ago = Q(last_used_at__isnull=True) | Q(last_used_at__lte=now - LAST_USED_INTERVAL)
        with transaction.atomic():
            if ApiToken.objects.filter(long_ago, pk=token.pk).update(last_used_at=now):
                record(Kind.EXPORT, "使用接口令牌读取", by=token.user, on=token)


def _digest(secret):
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
