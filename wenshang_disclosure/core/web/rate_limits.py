"""Rate limits per person on expensive requests (ASVS 2.4), shared by all workers."""

import time
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from wenshang_disclosure.core.models import Allowance

from .errors import Refused
from .middleware import explain

MINUTE, HOUR = 60, 3600


@dataclass(frozen=True)
class Limit:
    """A limit per window of `seconds`, whose maximum is the setting named `setting`."""

    name: str
    setting: str
    seconds: int
    what: str

    @property
    def most(self):
        """The maximum in one window."""
        return getattr(settings, self.setting)


READS = Limit("api", "API_REQUESTS_PER_MINUTE", MINUTE, "接口读取")
SEARCHES = Limit("search", "SEARCHES_PER_MINUTE", MINUTE, "搜索")
UPLOADS = Limit("upload", "UPLOADS_PER_HOUR", HOUR, "上传")
EXPORTS = Limit("export", "EXPORTS_PER_HOUR", HOUR, "导出")
OF_PAGES = {"/exports/": EXPORTS, "/search/": SEARCHES}
"""Limits of pages by URL prefix."""


class TooMany(Refused):
    """A rate limit is used up. Answered with 429 and `Retry-After`; input is kept."""

    status = 429

    def __init__(self, limit, retry_after):
        """`retry_after` is in seconds."""
        wait = f"{retry_after}秒" if limit.seconds == MINUTE else f"{-(-retry_after // 60)}分钟"
        per = "每分钟" if limit.seconds == MINUTE else "每小时"
        super().__init__(f"{limit.what}过于频繁（{per}最多{limit.most}次），请{wait}后再试。")
        self.retry_after = retry_after


def take(limit, user, times=1):
    """Count `times` uses by `user`. Raises `TooMany`, counting nothing, if they exceed the limit."""
    now = int(time.time())
    window = now - now % limit.seconds
    with transaction.atomic():
        allowance, _ = Allowance.objects.select_for_update().get_or_create(limit=limit.name, who=user.pk)
        used = allowance.used if allowance.window == window else 0
        if used + times > limit.most:
            raise TooMany(limit, window + limit.seconds - now)
        Allowance.objects.filter(pk=allowance.pk).update(window=window, used=used + times)


class RateLimitMiddleware:
    """Counts requests of limited pages before their views run."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Add `Retry-After` to every 429."""
        response = self.get_response(request)
        if response.status_code == 429:
            response.headers.setdefault("Retry-After", str(HOUR - int(time.time()) % HOUR))
        return response

    def process_view(self, request, view, args, kwargs):
        """Answer 429 if the page's limit is used up."""
        limit = next((OF_PAGES[start] for start in OF_PAGES if request.path_info.startswith(start)), None)
        if limit is None or not request.user.is_authenticated:
            return None
        try:
            return take(limit, request.user)
        except TooMany as refusal:
            response = explain(request, refusal.status, str(refusal))
            response["Retry-After"] = str(refusal.retry_after)
            return response
