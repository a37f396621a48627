"""The pages from which rows are selected for a step on many, and to which the step leads back."""

from typing import NamedTuple
from urllib.parse import urlsplit

from django.http import QueryDict
from django.urls import Resolver404, resolve

ORIGINS = {
    "tasks:worklist": "工作台",
    "tasks:assignments": "承办事项",
    "tasks:overdue": "逾期事项",
    "tasks:task": "任务",
    "tasks:assignment": "承办事项",
    "tasks:lead-opinions": "牵头任务",
    "tasks:lead-task": "牵头任务",
    "tasks:leader-approvals": "待审签的报告",
    "tasks:round": "报送批次",
    "tasks:reminder": "催办",
    "tasks:reminder-items": "催办事项",
    "tasks:reviews": "待审核的报告",
    "tasks:extensions": "延期申请",
    "reports:matrix": "矩阵",
    "reports:unit": "单位承办事项",
}
"""Pages from which rows are selected, with their names: a step leads back to the one that it came from."""


class Origin(NamedTuple):
    """The page from which a form was sent: its path, its query and its name."""

    path: str
    query: QueryDict
    name: str

    @property
    def address(self):
        return f"{self.path}?{self.query.urlencode()}" if self.query else self.path

    @classmethod
    def of(cls, request):
        """Return the page that the posted form names in `from`, `None` where it is none of `ORIGINS`.

        Its query is without the page number: rows that were dealt with may have left the list.
        """
        try:
            posted = urlsplit(request.POST.get("from", ""))
            name = ORIGINS.get(resolve(posted.path).view_name)
        except (ValueError, Resolver404):
            return None
        query = QueryDict(posted.query, mutable=True)
        query.pop("page", None)
        return cls(posted.path, query, name) if name else None
