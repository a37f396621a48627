"""Sessions (登录会话): beginning at sign-in, ending by the owner, by the office or by expiry."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth import logout
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from departments.models import Membership, SignInFailure, UserSession
from departments.models.sign_in import LAST_SEEN_INTERVAL
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core import region
from wenshang_disclosure.core.prepared import rows_for
from wenshang_disclosure.core.web.addresses import address_of
from wenshang_disclosure.core.web.errors import Conflict, require

SESSION_KEY = "user_session"
"""Key in the browser's session under which the `UserSession` id is stored."""
KEEP_SESSIONS = timedelta(days=180)
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


def begin_on_login(sender, request, user, **kwargs):
    """Create the session of a person who signed in; receiver of `user_logged_in`."""
    ended = UserSession.objects.filter(pk=request.session.get(SESSION_KEY), ended_at__isnull=True)
    ended.update(ended_at=timezone.now())  # signed in again in the same browser
    user_session = UserSession.objects.create(user=user, address=address_of(request), device=device_of(request))
    request.session[SESSION_KEY] = user_session.pk
    record(Kind.SIGN_IN, "登录成功", by=user, detail={"device": user_session.device})


def end_on_logout(sender, request, user, **kwargs):
    """End the session of a person who signs out; receiver of `user_logged_out`."""
    user_session = request.session.pop(SESSION_KEY, None)
    if user_session and user is not None:
        UserSession.objects.filter(pk=user_session, ended_at__isnull=True).update(ended_at=timezone.now())
        record(Kind.SIGN_IN, "退出登录", by=user)


def is_active(request):
    """Return whether the session of a signed-in request is active, and let the person work as the membership that the
    session has chosen.

    Its last use is noted, and the idle time of the browser's session begins anew, once in `LAST_SEEN_INTERVAL`.
    """
    now = timezone.now()
    user_session = _session_of(request)
    if user_session:
        region.is_at(user_session.region_version)
        _take_up(request, user_session)
    if user_session and now - user_session.last_seen_at >= LAST_SEEN_INTERVAL:
        UserSession.objects.filter(pk=user_session.pk).update(last_seen_at=now)
        request.session.modified = True
    return user_session is not None


def _session_of(request):
    pk = request.session.get(SESSION_KEY)
    found = rows_for(None, "session", _session, ids=[pk, request.user.pk]) if pk else []
    return found[0] if found and found[0].is_active else None


def _session(nobody, ids):
    further = Membership.objects.in_force().filter(person=OuterRef("user"))
    known = {"has_memberships": Exists(further), "region_version": region.version_in_force()}
    sessions = UserSession.objects.select_related("membership__unit").annotate(**known)
    return sessions.filter(pk=ids[0], user=ids[1])


def _take_up(request, user_session):
    """Let the person of the request work as the membership of the session; out of its days it gives nothing."""
    membership = user_session.membership
    request.user.has_memberships = user_session.has_memberships
    if membership is None:
        return
    if membership.is_in_force:
        request.user.work_as(membership)
        return
    UserSession.objects.filter(pk=user_session.pk).update(membership=None)
    messages.warning(request, f"您{membership.label}的任职已经结束，现以{request.user.post_in_words}办理。")


def end_expired(request):
    """Sign out a browser whose session has ended; not recorded as a sign-out by the person."""
    request.session.pop(SESSION_KEY, None)
    logout(request)


@transaction.atomic
def end(user_session, *, by):
    """End one session; its browser is sent to the sign-in page. Raises `Conflict` if it has ended already."""
    require(by, "departments.end_session", user_session)
    if not UserSession.objects.active().filter(pk=user_session.pk).update(ended_at=timezone.now(), ended_by=by):
        raise Conflict("该登录已经结束。")
    record(Kind.SIGN_IN, "结束登录会话", by=by, on=user_session.user)


@transaction.atomic
def end_all(user, *, by=None, but=None):
    """End all sessions of a person except the one with id `but`; return how many. The caller checks permission."""
    ended = UserSession.objects.active().filter(user=user).exclude(pk=but or 0)
    count = ended.update(ended_at=timezone.now(), ended_by=by)
    if count:
        record(Kind.SIGN_IN, "结束登录会话", by=by, on=user, detail={"sessions": count})
    return count


def last_of(user):
    """Return the person's last session with `failures`, the failed sign-ins since; `None` if there is none."""
    last = UserSession.objects.filter(user=user).first()
    if last:
        last.failures = SignInFailure.objects.filter(user=user, at__gt=last.signed_in_at).count()
    return last


def prune():
    """Delete sessions older than `KEEP_SESSIONS`; return how many. The audit trail keeps their records."""
    return UserSession.objects.filter(signed_in_at__lt=timezone.now() - KEEP_SESSIONS).delete()[0]


def device_of(request):
    """Return browser and system in short, for example “Edge · Windows”; the full User-Agent is not stored."""
    says = request.headers.get("User-Agent", "")
    found = [_first(names, says) for names in (BROWSERS, SYSTEMS)]
    return " · ".join(filter(None, found)) or "未知"


def _first(names, says):
    return next((name for name, marks in names if any(mark in says for mark in marks)), "")
