"""Stays (登录会话): each begins with a sign-in and ends by its owner, by the office, or by itself."""

from datetime import timedelta

from django.contrib.auth import logout
from django.db import transaction
from django.utils import timezone

from departments.models import SignInFailure, UserSession
from departments.models.sign_in import SEEN_EVERY
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.web.addresses import address_of
from wenshang_disclosure.core.web.errors import Conflict, require

KEY = "user_session"
"""Under it the browser's session knows its stay."""
KEPT = timedelta(days=180)
BROWSERS = (
    ("360", ("QIHU", "360SE", "360EE")),
    ("微信", ("MicroMessenger",)),
    ("Edge", ("Edg/", "EdgA/", "EdgiOS/")),
    ("Firefox", ("Firefox/", "FxiOS/")),
    ("Chrome", ("Chrome/", "CriOS/", "Chromium/")),
    ("Safari", ("Safari/",)),
    ("IE", ("Trident/", "MSIE")),
)
SYSTEMS = (
    ("鸿蒙", ("HarmonyOS", "OpenHarmony")),
    ("安卓", ("Android",)),
    ("iPhone", ("iPhone",)),
    ("iPad", ("iPad",)),
    ("Windows", ("Windows",)),
    ("macOS", ("Macintosh",)),
    ("Linux", ("Linux",)),
)


def begin(sender, request, user, **kwargs):
    """Keep that a person came in: listens to `user_logged_in`."""
    ended = UserSession.objects.filter(pk=request.session.get(KEY), ended_at__isnull=True)
    ended.update(ended_at=timezone.now())  # signed in anew in the same browser
    user_session = UserSession.objects.create(user=user, address=address_of(request), device=device_of(request))
    request.session[KEY] = user_session.pk
    record(Kind.SIGN_IN, "登录成功", by=user, detail={"device": user_session.device})


def leave(sender, request, user, **kwargs):
    """End the stay of a person who signs out: listens to `user_logged_out`."""
    user_session = request.session.pop(KEY, None)
    if user_session and user is not None:
        UserSession.objects.filter(pk=user_session, ended_at__isnull=True).update(ended_at=timezone.now())
        record(Kind.SIGN_IN, "退出登录", by=user)


def still_on(request):
    """Return whether the stay of a signed-in browser goes on; notes that the person was seen."""
    now = timezone.now()
    user_session = UserSession.objects.going_on().filter(pk=request.session.get(KEY), user=request.user.pk).first()
    if user_session and now - user_session.last_seen_at >= SEEN_EVERY:
        UserSession.objects.filter(pk=user_session.pk).update(last_seen_at=now)
    return user_session is not None


def put_out(request):
    """Take a browser's session whose stay is over; what it was is no sign-out."""
    request.session.pop(KEY, None)
    logout(request)


@transaction.atomic
def end(user_session, *, by):
    """End one stay: the next thing that its browser asks for leads to signing in. Raises `Conflict` if it is over."""
    require(by, "departments.end_session", user_session)
    if not UserSession.objects.going_on().filter(pk=user_session.pk).update(ended_at=timezone.now(), ended_by=by):
        raise Conflict("该登录已经结束。")
    record(Kind.SIGN_IN, "结束登录会话", by=by, on=user_session.user)


@transaction.atomic
def end_all(user, *, by=None, but=None):
    """End every stay of a person, `but` the one with that id; return how many. The caller knows that it may be done."""
    ended = UserSession.objects.going_on().filter(user=user).exclude(pk=but or 0)
    count = ended.update(ended_at=timezone.now(), ended_by=by)
    if count:
        record(Kind.SIGN_IN, "结束登录会话", by=by, on=user, detail={"sessions": count})
    return count


def last_of(user):
    """Return the person's last sign-in with `failures`, how many tries at the account failed since; `None` if none."""
    last = UserSession.objects.filter(user=user).first()
    if last:
        last.failures = SignInFailure.objects.filter(user=user, at__gt=last.signed_in_at).count()
    return last


def prune():
    """Delete stays of long ago; the audit trail still tells of them. Returns how many."""
    return UserSession.objects.filter(signed_in_at__lt=timezone.now() - KEPT).delete()[0]


def device_of(request):
    """Say in two words which browser it is; the whole of what it says of itself is nobody's business."""
    says = request.headers.get("User-Agent", "")
    found = [_first(names, says) for names in (BROWSERS, SYSTEMS)]
    return " · ".join(filter(None, found)) or "未知"


def _first(names, says):
    return next((name for name, marks in names if any(mark in says for mark in marks)), "")
