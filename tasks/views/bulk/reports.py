"""Base of the steps on many reports."""

from tasks.views.selection import MAX_BULK_ROWS
from wenshang_disclosure.core.web.errors import Refused
from wenshang_disclosure.core.web.numbers import read_number

from .base import StepForMany


class StepForReports(StepForMany):
    """Base of the steps on reports, each in the version that was shown: `report` is `id:version`."""

    measure, noun = "份", "报告"
    columns = ("填报单位", "序号", "类型", "进展情况", "佐证材料")
    results_columns = columns[:3]
    cells = "tasks/progress/reviews/_several.html"
    none_ticked = "请先勾选等待审核的报告。"

    def seen(self):
        """Return the reports that the user may see on this page, in any state: one may have been answered since."""
        raise NotImplementedError

    def waiting(self, reports):
        """Filter to the reports that the preview offers."""
        raise NotImplementedError

    def posted(self):
        """Return the posted `id:version` of the chosen reports."""
        return self.request.POST.getlist("report")

    def choose(self):
        pairs = [word.partition(":") for word in self.posted()[:MAX_BULK_ROWS]]
        self.versions = {read_number(pk): read_number(version) for pk, _, version in pairs}
        self.known = [pk for pk, version in self.versions.items() if pk is not None and version is not None]
        reports = self.seen().filter(pk__in=self.known).for_lists()
        if "confirm" not in self.request.POST:
            reports = self.waiting(reports)
        reports = list(reports.select_related("assignment__plan").prefetch_related("writers", "evidence__stored"))
        self.several_years = len({report.assignment.plan_id for report in reports}) > 1
        if not reports and ("confirm" not in self.request.POST or not self.known):
            raise Refused(self.none_ticked)
        return reports

    def carried(self, rows):
        return [("report", f"{report.pk}:{report.version}") for report in rows]

    def take(self, row, given):
        return super().take(row, {**given, "version": self.versions[row.pk]})

    def which(self, row):
        """Return what names the report in a message."""
        number = f"第{row.assignment.task.number}项"
        return f"{row.assignment.plan.year}年{number}" if self.several_years else number
