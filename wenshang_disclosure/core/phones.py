"""Telephone numbers as people write them: mobile, landline with or without area code, 400 number, extension."""

import re
import unicodedata

from django.core.exceptions import ValidationError

NO_PHONE = (
    "联系电话不正确。请填写一个11位手机号，或者区号加号码的固定电话，如“0537-7212345”；"
    "有分机的，写作“0537-7212345转801”。"
)
MOBILE = r"1[3-9]\d[ -]?\d{4}[ -]?\d{4}"
LANDLINE = r"(?:\(0\d{2,3}\)[ -]?|0\d{2,3}[ -]?)?[2-9]\d{2,3}[ -]?\d{4}"
HOTLINE = r"[48]00[ -]?\d{3}[ -]?\d{4}"
EXTENSION = r"(?: ?(?:-|转|转分机|分机) ?\d{1,6})?"
PHONE = re.compile(rf"(?:(?:\+|00)?86[ -]?)?(?:{MOBILE}|(?:{LANDLINE}|{HOTLINE}){EXTENSION})")


def read_phone(text):
    """Return a telephone number with plain digits and signs, as it is kept. Raises `ValidationError` for anything else.

    An empty text is no number, and stays empty.
    """
    plain = unicodedata.normalize("NFKC", text)
    plain = " ".join(re.sub(r"[‐-―−－]", "-", plain).split())
    if plain and not PHONE.fullmatch(plain):
        raise ValidationError(NO_PHONE, code="phone")
    return plain
