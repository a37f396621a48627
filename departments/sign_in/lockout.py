"""Delays after failed sign-ins, per account and per address, growing with each further failure.

Unknown accounts are treated like existing ones. An attempt is counted before it is checked, under a lock, so that
simultaneous guesses gain nothing over sequential ones.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import authenticate
from django.db import transaction
from django.db.models import Count, Max
from django.utils import timezone

from departments.models import SignInFailure, User
from wenshang_disclosure.audit.choices import Kind, Result
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.db import advisory_lock
from wenshang_disclosure.core.region import office_name
from wenshang_disclosure.core.web.errors import Conflict, Refused, require

ACCOUNT, ADDRESS = "account", "address"
WINDOWS = {ACCOUNT: timedelta(hours=24), ADDRESS: timedelta(hours=1)}
"""How long a failure counts; shorter for addresses, since many people may share one."""
MAX_LOCK_MINUTES = 60
KEEP_FAILURES = timedelta(days=30)


@dataclass(frozen=True)
class Lock:
    """A locked account or address.

    `what` is `ACCOUNT` or `ADDRESS`; `since` and `until` are aware datetimes.
    """

    what: str
    failures: int
    since: object
    until: object
    last: SignInFailure | None = None

    @property
    def minutes(self):
        """The remaining time in minutes, rounded up."""
        return max(1, -(-int((self.until - timezone.now()).total_seconds()) // 60))


def allowed(what):
    """Return the number of failures without consequence."""
    return settings.SIGN_IN_FAILURES_ACCOUNT if what == ACCOUNT else settings.SIGN_IN_FAILURES_ADDRESS


def attempt(typed, address, check, *, browser=""):
    """Count one attempt at an account from an address and return the result of `check`; falsy means failure.

    `browser` is the id of a browser that is known for the account: its failures count by themselves, and those of
    others do not stop it. Raises `Refused` without calling `check` while the account or the address is locked. An
    exception raised by `check`, for example by an unavailable directory, does not count as a failure.
    """
    tried = _begin(typed, address, browser)
    try:
        outcome = check()
    except Exception:
        tried.delete()
        raise
    if outcome:
        tried.delete()
    else:
        _record_failure(tried)
    return outcome


def prove(user, address, password):
    """Raise `Refused` unless `password` is the person's, which is checked before a step that weakens an account."""
    typed = {"username": user.username, "password": password}
    if not attempt(user.username, address, lambda: authenticate(None, **typed) == user):
        raise Refused("密码不正确。")


def forgive(user, *, browser=""):
    """Clear the failures of an account after a successful sign-in or a new password.

    Success in a known browser clears that browser's own: those of others are not its.
    """
    own = SignInFailure.objects.of_account(_digest(user.username, browser))
    own.update(account_lifted_at=timezone.now())


@transaction.atomic
def lift(failure, what, *, by):
    """Release the lock of a failure's account or address. Raises `Conflict` if it is not locked."""
    require(by, "departments.keep_sessions")
    counting = _counting(what, failure)
    if _lock(what, counting) is None:
        raise Conflict("等待时间已过，或者已由他人解除。")
    counting.update(**{f"{what}_lifted_at": timezone.now()})
    where = {} if what == ACCOUNT else {"locked_address": failure.address}
    record(Kind.SIGN_IN, "解除登录锁定", by=by, on=failure.user if what == ACCOUNT else None, detail=where)


def locks():
    """Return the locks in force, longest first."""
    found = [lock for what in WINDOWS for lock in _locks(what)]
    return sorted(found, key=lambda lock: lock.until, reverse=True)


def waiting(typed, address, *, browser=""):
    """Return the longer of the locks of this account and this address, `None` if neither is locked.

    Of a known browser only its own failures count.
    """
    tried = SignInFailure(typed=_digest(typed, browser), address=address)
    counted = [ACCOUNT] if browser else WINDOWS
    found = [lock for what in counted if (lock := _lock(what, _counting(what, tried)))]
    return max(found, key=lambda lock: lock.until, default=None)


def in_words(lock):
    """Return the waiting time as Chinese text, without telling what is locked or whether the account exists."""
    return f"登录失败次数过多，请等待{lock.minutes}分钟后再试。忘记密码的，请联系{office_name()}。"


def prune():
    """Delete failures older than `KEEP_FAILURES`; return how many."""
    return SignInFailure.objects.filter(at__lt=timezone.now() - KEEP_FAILURES).delete()[0]


def _digest(typed, browser):
    return SignInFailure.digest(f"{typed.strip()}\n{browser}" if browser else typed)


@transaction.atomic
def _begin(typed, address, browser):
    digest = _digest(typed, browser)
    advisory_lock(f"sign-in {digest}", f"sign-in {address}")  # always in this order, against deadlocks
    if lock := waiting(typed, address, browser=browser):
        raise Refused(in_words(lock))
    user = User.objects.filter(username=typed).first()
    return SignInFailure.objects.create(typed=digest, user=user, address=address)


def _counting(what, failure):
    rows = SignInFailure.objects
    rows = rows.of_account(failure.typed) if what == ACCOUNT else rows.of_address(failure.address)
    return rows.filter(at__gt=timezone.now() - WINDOWS[what])


def _lock(what, counting):
    found = counting.aggregate(failures=Count("pk"), latest=Max("at"))
    return _wait(what, **found)


def _wait(what, failures, latest, last=None):
    beyond = failures - allowed(what)
    if beyond < 0:
        return None
    until = latest + timedelta(minutes=min(2 ** min(beyond, 10), MAX_LOCK_MINUTES))
    return Lock(what, failures, latest, until, last) if until > timezone.now() else None


def _locks(what):
    field = "typed" if what == ACCOUNT else "address"
    rows = SignInFailure.objects.filter(at__gt=timezone.now() - WINDOWS[what], **{f"{what}_lifted_at": None})
    many = rows.order_by().values(field).annotate(failures=Count("pk"), latest=Max("at"), last=Max("pk"))
    many = list(many.filter(failures__gte=allowed(what)))
    lasts = SignInFailure.objects.select_related("user__unit").in_bulk([row["last"] for row in many])
    found = (_wait(what, row["failures"], row["latest"], lasts[row["last"]]) for row in many)
    return [lock for lock in found if lock]


def _record_failure(tried):
    """Record the failed attempt, and each lock that it causes, in the audit trail."""
    record(Kind.SIGN_IN, "登录失败", by=tried.user, result=Result.FAILED)
    for what in WINDOWS:
        so_far = _counting(what, tried).filter(pk__lte=tried.pk)  # simultaneous attempts each record their own
        if lock := _lock(what, so_far):
            detail = {"what": what, "failures": lock.failures, "minutes": lock.minutes}
            record(Kind.SIGN_IN, "登录被锁定", by=tried.user, detail=detail, result=Result.FAILED)
