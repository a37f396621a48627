"""The second factor (动态口令): a code of six digits after the password, from a phone's program (TOTP, RFC 6238)."""

import secrets
import time

import segno
from django.conf import settings
from django.db import transaction
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
"""In a session: the person's role has to use a second factor, and there is none yet."""
RECOVERY_CODES = 8
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is read for another
CODE_LENGTH = 12
FORCED = "您的角色须使用动态口令，不能停用。"


def is_on(user):
    """Return whether the person's sign-in asks for a code."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).exists()


def is_forced(user):
    """Return whether the person's role has to use one."""
    return user.role in settings.SECOND_FACTOR_ROLES


def new_key():
    """Return a fresh secret, to be kept in the session until a code proves that the phone has it."""
    return default_key()


def to_scan(user, key):
    """Return the secret as a picture's address (an SVG of a QR code) and as letters to type."""
    address = TOTPDevice(user=user, key=key).config_url
    letters = address.partition("secret=")[2].partition("&")[0]
    return segno.make(address, error="m").svg_data_uri(scale=5), letters


@transaction.atomic
def set_up(user, key, *, code):
    """Switch the second factor on with a first code; return the recovery codes. Raises `Refused` where it is wrong."""
    _alone(user)
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


def give(user, address, *, code):
    """Take the code after the password. Raises `Refused` where it is wrong, and where the account has to wait."""
    if not lockout.attempt(user.username, address, lambda: _accepts(user, code)):
        raise Refused("动态口令不正确，或者已经用过。请输入手机上最新的6位数字。")


@transaction.atomic
def _accepts(user, code):
    """Return whether a code of the phone's, or one of the recovery codes, is right: each works once."""
    code = code.replace(" ", "").replace("-", "").lower()
    if code.isdecimal() and len(code) == 6:
        device = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=True).first()
        return bool(device and device.verify_token(code))
    used = StaticToken.objects.filter(device__user=user, token=_digest(user, code)).delete()[0]
    if used:
        record(Kind.SIGN_IN, "使用恢复码登录", by=user, on=user)
    return bool(used)


def recovery_codes_left(user):
    """Return how many recovery codes were not used yet."""
    return StaticToken.objects.filter(device__user=user).count()


def renew_recovery_codes(user, address, *, password):
    """Return new recovery codes; the ones before work no more."""
    lockout.prove(user, address, password)
    return _renew(user)


@transaction.atomic
def _renew(user):
    _alone(user)
    if not is_on(user):
        raise Conflict("动态口令尚未启用。")
    record(Kind.SIGN_IN, "重新生成恢复码", by=user, on=user)
    return _recovery_codes(user)


def switch_off(user, address, *, password):
    """Sign in without a code from now on. Raises `Refused` where the role has to use one."""
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
    """Take the second factor of a person who lost the phone; whose role has to use one sets up another."""
    require(by, "departments.reset_second_factor", user, sentence="本人的动态口令请在“个人设置”中办理。")
    if not remove(user):
        raise Conflict(f"{user}没有启用动态口令。")
    record(Kind.SIGN_IN, "重置动态口令", by=by, on=user)
    second_factor_was_reset.send(User, person=user, by=by)


def _alone(user):
    """Let one step at a time be made for a person."""
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)


def remove(user):
    """Take what is kept of a person's second factor; return how much it was. The caller knows that it may be done."""
    StaticDevice.objects.filter(user=user).delete()
    return TOTPDevice.objects.filter(user=user).delete()[0]


def _recovery_codes(user):
    StaticDevice.objects.filter(user=user).delete()
    codes = ["".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH)) for _ in range(RECOVERY_CODES)]
    device = StaticDevice.objects.create(user=user, name="恢复码")
    StaticToken.objects.bulk_create([StaticToken(device=device, token=_digest(user, code)) for code in codes])
    return [f"{code[:4]}-{code[4:8]}-{code[8:]}" for code in codes]


def _digest(user, code):
    """Return how a recovery code is kept: keyed, so that the database alone gives none away; as long as there is
    room.
    """
    return salted_hmac("departments.recovery_code", f"{user.pk} {code}", algorithm="sha256").hexdigest()[:16]
