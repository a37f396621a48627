"""Sampled entries of refused access: guesses at ids, wrong tokens, wrong secrets (ASVS 5.0 V16).

Of one account or address the first of an hour is recorded, then the tenth, the hundredth and so on, with the count: who
guesses a million times fills neither the trail nor the disk.
"""

import hashlib
import time

from django.db import transaction

from wenshang_disclosure.core.models import Allowance

from .choices import Kind, Result
from .origin import current
from .trail import record

HOUR = 3600
ADDRESSES = 2**16
"""Addresses are counted in so many rows at most; two that share a row are counted as one."""
IDS, TOKENS, CALENDARS, LINKS = "denied ids", "denied tokens", "denied calendar", "denied links"
ACTS = {
    IDS: "访问不存在或无权查看的内容",
    TOKENS: "使用无效的接口令牌",
    CALENDARS: "使用无效的日历地址",
    LINKS: "使用无效的登记链接",
}


def note(kind, *, by=None, detail=None):
    """Count one refused access by a person, or else from the address of the request, and record it if it is sampled."""
    count = _count(kind, by.pk if by is not None else _row_of(current().address))
    if _is_sampled(count):
        record(Kind.DENIED, ACTS[kind], by=by, detail={**(detail or {}), "times": count}, result=Result.FAILED)


def _row_of(address):
    return int.from_bytes(hashlib.sha256(address.encode()).digest()[:8], "big") % ADDRESSES


def _is_sampled(count):
    return str(count).strip("0") == "1"  # 1, 10, 100 …


def _count(kind, who):
    """Return how many there have been in this hour, with this one."""
    now = int(time.time())
    hour = now - now % HOUR
    with transaction.atomic():
        counted, _ = Allowance.objects.select_for_update().get_or_create(limit=kind, who=who)
        used = counted.used + 1 if counted.window == hour else 1
        Allowance.objects.filter(pk=counted.pk).update(window=hour, used=used)
    return used
