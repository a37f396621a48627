"""The review queue that a reviewer goes through: the filtered list, and where one stands in it."""

from django.urls import reverse

from tasks.choices import ReviewStage
from tasks.lists import REVIEWS
from tasks.models import ProgressReport
from tasks.scope import Malformed, NoPlan

LEFT_OUT = ("page", "per_page")


def query_of_queue(request):
    """Return the query by which a report's page keeps the filter and the order of the list, "" where there is none."""
    kept = request.GET.copy()
    for name in LEFT_OUT:
        kept.pop(name, None)
    return f"?{kept.urlencode()}" if kept else ""


class ReviewQueue:
    """The waiting reports in the order of the list with the same address; the address keeps the filter.

    `ids` are those of all of them, `mine` those that the user can answer now: at the office's stage, and not their own.
    A filter that is not valid any more is passed over.
    """

    def __init__(self, request):
        self.user = request.user
        self.query = query_of_queue(request)
        rows = list(self._rows(request).values_list("pk", "review_stage"))
        own = set(self._waiting().filter(writers=self.user).order_by().values_list("pk", flat=True))
        self.ids = [pk for pk, _ in rows]
        self.mine = {pk for pk, stage in rows if stage == ReviewStage.OFFICE and pk not in own}

    def _waiting(self):
        return REVIEWS.waiting(self.user)

    def _rows(self, request):
        try:
            scope = REVIEWS.scope(self.user, request.GET)
            rows = scope.cut(REVIEWS.filter_class, self._waiting())
            return REVIEWS.in_order(scope, rows, REVIEWS.columns(self.user, request.GET))
        except (Malformed, NoPlan):
            return self._waiting()

    def position(self, report):
        """Return the number of the report in the queue from 1 on, `None` where it does not wait there."""
        return self.ids.index(report.pk) + 1 if report.pk in self.ids else None

    def before(self, report):
        """Return the id of the report before, `None` at the beginning."""
        position = self.position(report)
        return self.ids[position - 2] if position and position > 1 else None

    def after(self, report):
        """Return the id of the report after, the first one where `report` does not wait, `None` at the end."""
        return next(iter(self.ids[self.position(report) or 0 :]), None)

    def next_to_answer(self, report):
        """Return the id of what the user answers after `report`, then from the beginning; `None` where all is done."""
        position = self.position(report) or 0
        ahead = self.ids[position:] + self.ids[: max(position - 1, 0)]
        return next((pk for pk in ahead if pk in self.mine and pk != report.pk), None)

    def address(self, pk):
        """Return the address of a report in this queue, or of the list where `pk` is `None`."""
        path = reverse("tasks:review", args=[pk]) if pk else reverse("tasks:reviews")
        return f"{path}{self.query}"

    def context(self, report):
        """Return what the page needs to lead through the queue."""
        before, after = self.before(report), self.after(report)
        following = self.next_to_answer(report)
        return {
            "query": self.query,
            "position": self.position(report),
            "length": len(self.ids),
            "before": before and self.address(before),
            "after": after and self.address(after),
            "following": self._named(following),
            "list_address": self.address(None),
        }

    def _named(self, pk):
        reports = ProgressReport.objects.select_related("assignment__unit", "assignment__task")
        return reports.get(pk=pk) if pk else None
