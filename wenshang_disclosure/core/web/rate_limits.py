"""How often a person may do what costs the server much (ASVS 2.4); counted alike by all workers."""

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
    """So many times a window, by the setting of that name."""

    name: str
    setting: str
    seconds: int
    what: str

    @property
    def most(self):
        """How many times."""
        return getattr(settings, self.setting)


READS = Limit("api", "API_REQUESTS_PER_MINUTE", MINUTE, "接口读取")
SEARCHES = Limit("search", "SEARCHES_PER_MINUTE", MINUTE, "搜索")
UPLOADS = Limit("upload", "UPLOADS_PER_HOUR", HOUR, "上传")
EXPORTS = Limit("export", "EXPORTS_PER_HOUR", HOUR, "导出")
OF_PAGES = {"/exports/": EXPORTS, "/search/": SEARCHES}
"""By what their address begins with."""


class TooMany(Refused):
    """Somebody has used up a limit. The answer is 429, with when to go on; what was typed stays."""

    status = 429

    def __init__(self, limit, retry_after):
        """Say how long to wait."""
        wait = f"{retry_after}秒" if limit.seconds == MINUTE else f"{-(-retry_after // 60)}分钟"
        per = "每分钟" if limit.seconds == MINUTE else "每小时"
        super().__init__(f"{limit.what}过于频繁（{per}最多{limit.most}次），请{wait}后再试。")
        self.retry_after = retry_after


def take(limit, user, times=1):
    """Count that `user` does it. Raises `TooMany`, and then counts nothing."""
    now = int(time.time())
    window = now - now % limit.seconds
    with transaction.atomic():
        allowance, _ = Allowance.objects.select_for_update().get_or_create(limit=limit.name, who=user.pk)
        used = allowance.used if allowance.window == window else 0
        if used + times > limit.most:
            raise TooMany(limit, window + limit.seconds - now)
        Allowance.objects.filter(pk=allowance.pk).update(window=window, used=used + times)


class PageLimits:
    """Counts the pages that cost much, before they are made."""

    def __init__(self, get_response):
        """Take the next step."""
        self.get_response = get_response

    def __call__(self, request):
        """Say with every refusal of this kind when to come back."""
        response = self.get_response(request)
        if response.status_code == 429:
            response.headers.setdefault("Retry-After", str(HOUR - int(time.time()) % HOUR))
        return response

    def process_view(self, request, view, args, kwargs):
        """Refuse where the limit of such pages is used up."""
        limit = next((OF_PAGES[start] for start in OF_PAGES if request.path_info.startswith(start)), None)
        if limit is None or not request.user.is_authenticated:
            return None
        try:
            return take(limit, request.user)
        except TooMany as refusal:
            response = explain(request, refusal.status, str(refusal))
            response["Retry-After"] = str(refusal.retry_after)
            return response
