"""Whether units are ranked, for the whole county (单位排名)."""

from django.conf import settings
from django.db import models

from wenshang_disclosure.core.db import AppendOnly, AppendOnlyQuerySet


class RankingDecisionQuerySet(AppendOnlyQuerySet):
    """Queryset of decisions on the ranking; the latest holds."""

    def latest_first(self):
        """Return all of them with who decided, the one that holds first."""
        return self.select_related("by").order_by("-pk")

    def units_are_ranked(self):
        """Return whether units are ranked: as was decided last, and as long as nobody has decided."""
        return self.order_by("-pk").values_list("is_on", flat=True).first() is not False


class RankingDecision(AppendOnly):
    """A decision of the office that units are ranked, or are not, on every page and paper from then on.

    It holds for what is shown of past evenings too: it says what may be shown, not how anything stood.
    """

    is_on = models.BooleanField("对单位排名")
    reason = models.TextField("说明")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="决定人")
    at = models.DateTimeField("时间")

    objects = RankingDecisionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "单位排名的决定"
        ordering = ["-pk"]

    def __str__(self):
        return "开启单位排名" if self.is_on else "关闭单位排名"
