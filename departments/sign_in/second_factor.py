"""The second factor (动态口令): a six-digit one-time code after the password (TOTP, RFC 6238)."""

import secrets
import time
from datetime import timedelta

import segno
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice, default_key

from departments.models import User
from departments.signals import second_factor_was_reset
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.web.errors import Conflict, Refused, require

from . import lockout

NAME = "动态口令"
TO_SET_UP = "second_factor_to_set_up"
"""Session key: the person's role requires a second factor and none is set up yet."""
TIME_TO_SET_UP = timedelta(days=7)
RECOVERY_CODES = 8
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # without characters that are easily confused
CODE_LENGTH = 12
FORCED = "您的角色须使用动态口令，不能停用。"


def is_on(user):
    """Return whether the person has a second factor."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).exists()


def is_forced(user):
    """Return whether the person's role requires a second factor; not of demo accounts of a trial run."""
    return user.account_role in settings.SECOND_FACTOR_ROLES and not (settings.DEBUG and user.is_demo)


def is_due(user):
    """Return whether the person has to set up a second factor before anything else."""
    due = user.second_factor_due_at
    return is_forced(user) and due is not None and due <= timezone.now() and not is_on(user)


def set_due(user):
    """Let the week begin in which the person has to set up a second factor; return the day on which it ends.

    It begins with the first sign-in under the rule; `None` where the person has one, or needs none.
    """
    if not is_forced(user) or is_on(user):
        return None
    if user.second_factor_due_at is None:
        user.second_factor_due_at = timezone.now() + TIME_TO_SET_UP
        user.save(update_fields=["second_factor_due_at"])
    return timezone.localdate(user.second_factor_due_at)


def new_key():
    """Return a new secret (hex), to be kept in the session until a code confirms that the phone has it."""
    return default_key()


def to_scan(user, key):
    """Return the secret as a data URI (QR code, SVG) and as text to type."""
    address = TOTPDevice(user=user, key=key).config_url
    letters = address.partition("secret=")[2].partition("&")[0]
    return segno.make(address, error="m").svg_data_uri(scale=5), letters


@transaction.atomic
def set_up(user, key, *, code):
    """Enable the second factor with a first code; return the recovery codes.

    Raises `Refused` if the code is wrong, `Conflict` if it is enabled already.
    """
    _lock_user(user)
    if is_on(user):
        raise Conflict("动态口令已经启用。")
    now = TOTP(bytes.fromhex(key))
    now.time = time.time()
    if not (code.isdecimal() and now.verify(int(code), tolerance=1)):
        raise Refused("动态口令不正确。请核对手机时间，输入最新的6位数字。")
    TOTPDevice.objects.filter(user=user).delete()
    TOTPDevice.objects.create(user=user, name=NAME, key=key, drift=now.drift, last_t=now.t())
    record(Kind.SIGN_IN, "启用动态口令", by=user, on=user)
    return _recovery_codes(user)


def verify_login_code(user, address, *, code, browser=""):
    """Check the code entered after the password. Raises `Refused` if it is wrong or the account is locked."""
    if not lockout.attempt(user.username, address, lambda: _accepts(user, code), browser=browser):
        raise Refused("动态口令不正确，或者已经用过。请输入手机上最新的6位数字。")


@transaction.atomic
def _accepts(user, code):
    """Return whether `code` is a valid one-time code or unused recovery code; each works once."""
    code = code.replace(" ", "").replace("-", "").lower()
    if code.isdecimal() and len(code) == 6:
        device = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=True).first()
        return bool(device and device.verify_token(code))
    used = StaticToken.objects.filter(device__user=user, token=_digest(user, code)).delete()[0]
    if used:
        record(Kind.SIGN_IN, "使用恢复码登录", by=user, on=user)
    return bool(used)


def recovery_codes_left(user):
    """Return the number of unused recovery codes."""
    return StaticToken.objects.filter(device__user=user).count()


def renew_recovery_codes(user, address, *, password):
    """Return new recovery codes, which replace the previous ones. Raises `Refused` if the password is wrong."""
    lockout.prove(user, address, password)
    return _renew(user)


@transaction.atomic
def _renew(user):
    _lock_user(user)
    if not is_on(user):
        raise Conflict("动态口令尚未启用。")
    record(Kind.SIGN_IN, "重新生成恢复码", by=user, on=user)
    return _recovery_codes(user)


def switch_off(user, address, *, password):
    """Disable the second factor. Raises `Refused` if the password is wrong or the role requires it."""
    if is_forced(user):
        raise Refused(FORCED)
    lockout.prove(user, address, password)
    _switch_off(user)


@transaction.atomic
def _switch_off(user):
    if not remove(user):
        raise Conflict("动态口令已经停用。")
    record(Kind.SIGN_IN, "停用动态口令", by=user, on=user)


@transaction.atomic
def reset(user, *, by):
    """Remove the second factor of a person who lost their phone; required ones are set up anew at the next sign-in."""
    require(by, "departments.reset_second_factor", user, sentence="本人的动态口令请在“个人设置”中办理。")
    if not remove(user):
        raise Conflict(f"{user}没有启用动态口令。")
    record(Kind.SIGN_IN, "重置动态口令", by=by, on=user)
    second_factor_was_reset.send(User, person=user, by=by)


def _lock_user(user):
    """Serialise changes to a person's second factor."""
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)


def remove(user):
    """Delete a person's devices and recovery codes; return the number of devices. The caller checks permission."""
    StaticDevice.objects.filter(user=user).delete()
    return TOTPDevice.objects.filter(user=user).delete()[0]


def _recovery_codes(user):
    StaticDevice.objects.filter(user=user).delete()
    codes = ["".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH)) for _ in range(RECOVERY_CODES)]
    device = StaticDevice.objects.create(user=user, name="恢复码")
    StaticToken.objects.bulk_create([StaticToken(device=device, token=_digest(user, code)) for code in codes])
    return [f"{code[:4]}-{code[4:8]}-{code[8:]}" for code in codes]


def _digest(user, code):
    """Return the keyed digest of a recovery code, cut to the column's length, so that the database reveals no code."""
    return salted_hmac("departments.recovery_code", f"{user.pk} {code}", algorithm="sha256").hexdigest()[:16]
