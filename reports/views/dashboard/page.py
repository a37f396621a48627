"""Start page of each role, and the dashboard."""

from dataclasses import replace

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from departments.choices import Role
from departments.models import Unit
from reports import figures
from reports.views.list_urls import ListUrls
from tasks.models import Plan, Task
from tasks.models.saved_view import start_page_of
from tasks.scope import Scope
from wenshang_disclosure.core.evenings import evening
from wenshang_disclosure.core.web.errors import may
from wenshang_disclosure.core.web.evenings import on_evening

from . import burn_up, laggards, leading


@login_required
def home(request):
    """Redirect to the view that the person chose, else to what awaits the leader, the worklist, or the dashboard; the
    administrator to what is left to be set up, before anything is issued.
    """
    user = request.user
    if may(user, "departments.name_region") and not Plan.objects.issued().exists():
        return redirect("tasks:setup")
    if view := start_page_of(user):
        return redirect(view.address)
    if user.reads_everything and not may(user, "tasks.review"):
        return redirect("reports:dashboard")
    return redirect("tasks:leader-approvals" if _starts_at_approvals(user) else "tasks:worklist")


def _starts_at_approvals(user):
    """Return whether the user is a leader whose unit has its reports approved; a deputy has work of their own."""
    return user.role == Role.LEADER and user.unit.leader_approves


@login_required
@require_safe
@on_evening
def dashboard(request):
    """Show how the county stands as of a day; people of a unit are led to the page of their unit."""
    if not request.user.reads_everything:
        return redirect(f"{reverse('reports:unit', args=[request.user.unit_id])}?{request.GET.urlencode()}".rstrip("?"))
    scope = Scope.of(request)
    context = {**scope.context(), "too_early": scope.is_too_early}
    if not (scope.as_of_error or scope.is_too_early):
        context |= _Dashboard(scope).context()
    return render(request, "reports/dashboard/page.html", context, status=scope.status)


class _Dashboard:
    """Context of the dashboard for one plan and day. Duties are read once, and every figure is a sum of them."""

    def __init__(self, scope):
        self.scope, self.plan, self.as_of = scope, scope.plan, scope.as_of
        self.to = ListUrls(scope)
        self.duties = scope.duties()
        self.rows = figures.rows_in(scope)
        self.by_unit = figures.sums_by(self.rows, "unit")
        self.by_task = figures.sums_by(self.rows, "task")
        self.period = figures.period(self.plan, self.as_of, self.rows, figures.submitted(scope))

    def context(self):
        """Return the page's context."""
        before, totals = self._before(), figures.totals(self.by_unit.values())
        ranked = may(self.scope.user, "reports.see_current_ranks")
        units = Unit.objects.filter(pk__in=list(self.by_unit))
        tasks = self._tasks()
        return {
            "totals": totals,
            "number_of_tasks": len(self.by_task),
            "number_of_units": len(self.by_unit),
            "leading": leading.figures_of(totals, before, self.by_unit, self.period, self._asked(), self.to),
            "period": self.period,
            "ranked": ranked,
            "units": laggards.units(units, self.by_unit, before or {}, self._asked(), self.to, ranked=ranked),
            "tasks": laggards.tasks(self.by_task, tasks, self.to),
            "parts": self._parts(tasks),
            **burn_up.of(self.duties, self.rows, self.scope, self.to),
        }

    def _before(self):
        """Return the sums of each unit 30 days before, `None` if the plan was not issued yet."""
        day = figures.day_before(self.plan, self.as_of)
        if day is None:
            return None
        with evening(day):
            return {row["unit"]: row for row in replace(self.scope, as_of=day).light_counts("unit")}

    def _asked(self):
        """Return `{unit: (asked for in the period, reported)}`."""
        of_unit = {}
        for row in self.rows:
            of_unit.setdefault(row.unit, []).append(row)
        return {unit: self.period.counts(rows) for unit, rows in of_unit.items()}

    def _tasks(self):
        """Return `{task: Task}` of the rows that somebody owes, in the order of the table."""
        tasks = Task.objects.filter(pk__in=list(self.by_task)).select_related("section__part")
        return {task.pk: task for task in tasks.order_by("section__part__order", "section__order", "number", "pk")}

    def _parts(self, tasks):
        """Return `(part, sums, URL of its duties)` of each part, in order."""
        parts = {}
        for task in tasks.values():
            parts.setdefault(task.section.part, []).append(self.by_task[task.pk])
        return [(part, figures.totals(sums), self.to.duties(part=part.pk)) for part, sums in parts.items()]
