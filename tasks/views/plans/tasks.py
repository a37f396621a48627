"""Pages of the table as issued, and of one row."""

from itertools import groupby

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from tasks import lists
from tasks.choices import DutyRole
from tasks.models import ProgressReport, Task, timeline
from tasks.models.plans.merges import cell_heights
from tasks.scope import Scope
from tasks.views.picking import offered
from tasks.views.plan_page import PlanPage
from tasks.views.progress import discussion
from wenshang_disclosure.core.web.evenings import on_evening


class TaskList(PlanPage):
    """The whole table on one page as on paper, with the lights of the duties that the user may see.

    Cells of one heading are merged in whichever columns are shown.
    """

    list = lists.TASKS
    template_name = "tasks/plans/tasks/list.html"
    fragment_name = "tasks/plans/tasks/_table.html"

    def get_context_data(self):
        """Add the context of an unpaginated list: the parts with their rows, and the lights of each row."""
        context = self.filtered()
        self.columns = self.list.columns(self.request.user, self.request.GET)
        table, rows = self.list.reader(self.scope, self.columns), list(context["rows"])
        return {
            **context,
            **self.tabs(),
            "columns": self.columns,
            "heads": [(column.name, column.header, column.attrs["td"].get("class", "")) for column in table.columns],
            "parts": as_on_paper(rows, table.counts),
            "row_count": len(rows),
            "supplements": self.scope.plan.supplements.standing(),
        }


def as_on_paper(tasks, counts):
    """Return `[(part, rows)]`; a row has its task, lights, and the height of each merged cell (0: covered from
    above).
    """
    parts = []
    for part, in_part in groupby(tasks, key=lambda task: task.section.part):
        rows = []
        for section, in_section in groupby(in_part, key=lambda task: task.section):
            rows += _section_rows(section, list(in_section), counts)
        parts.append((part, rows))
    return parts


def _section_rows(section, tasks, counts):
    lead_heights, responsible_heights = cell_heights(tasks, DutyRole.LEAD), cell_heights(tasks, DutyRole.RESPONSIBLE)
    return [
        {
            "task": task,
            "counts": counts.get(task.pk),
            "section": section,
            "section_height": len(tasks) if index == 0 else 0,
            "lead": task.designated(DutyRole.LEAD),
            "responsible": task.designated(DutyRole.RESPONSIBLE),
            "lead_height": lead_heights[index],
            "responsible_height": responsible_heights[index],
        }
        for index, task in enumerate(tasks)
    ]


@login_required
@require_safe
@on_evening
def detail(request, pk):
    """Show one row: its cells as written and as resolved, the visible duties, and recent events."""
    task = get_object_or_404(Task.objects.visible_to(request.user).with_designations().with_supplements(), pk=pk)
    scope = Scope.of(request, plan=task.plan)
    as_of = scope.as_of
    duties = scope.duties().filter(task=task)
    if scope.as_of_error:
        duties = duties.none()
    assigned = task.assignments.owed(as_of).select_related("unit").order_by("role", "unit__order", "pk")
    amendments = list(task.amendments.filter(on__lte=as_of).select_related("by", "supplement"))
    context = {
        "task": task,
        "removal": amendments[0] if amendments and task.removed_by_id else None,
        **scope.context(),
        "duties": duties.select_related("unit", "task").order_by("role", "light_rank", "unit__order", "pk"),
        "assigned": assigned,
        "counts": next(iter(duties.light_counts("task")), None),
        "timeline": timeline(duties, until=as_of, limit=30, reader=request.user),
        "reports": _submitted(duties, as_of),
        "steps": offered(request.user),
        **discussion.beside(task, request.user),
        "amendments": amendments,
    }
    return render(request, "tasks/plans/tasks/detail.html", context, status=scope.status)


def _submitted(duties, as_of):
    reports = ProgressReport.objects.filter(assignment__in=duties.order_by().values("pk")).submitted_by(as_of)
    return reports.for_lists().latest_first()[:30]
