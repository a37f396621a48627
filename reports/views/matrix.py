"""Matrix of tasks by units with lights, and the panel of one duty."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from reports import figures
from reports.figures import matrix as figures_matrix
from reports.filters import MatrixFilter
from tasks.choices import IN_HAND, Light
from tasks.models import Task
from tasks.scope import Scope
from tasks.views.plan_page import PlanPage
from wenshang_disclosure.core.web.errors import may
from wenshang_disclosure.core.web.evenings import on_evening


class Matrix(PlanPage):
    """Matrix of all duties that the user may see, with lights."""

    filter_class = MatrixFilter
    template_name = "reports/matrix/page.html"
    fragment_name = "reports/matrix/_table.html"

    def get_queryset(self):
        return self.scope.duties()

    def get_context_data(self):
        """Return the matrix; it is not paginated."""
        context = self.filtered()
        chosen = context["filter"].form.cleaned_data if self.status == 200 else {}
        matrix = figures_matrix.matrix(
            context["rows"],
            self._tasks(chosen.get("part")),
            chaseable=self._chaseable(context["rows"]),
            empty_rows=self._shows_whole_table(chosen),
        )
        day = self.scope.as_of.isoformat() if self.request.GET.get("as_of") else ""
        query = urlencode({"plan": self.scope.plan.pk} | ({"as_of": day} if day else {}))
        return {**context, "plan": self.scope.plan, "matrix": matrix, "query": query, "lights": list(Light)}

    def _tasks(self, part):
        tasks = Task.objects.visible_to(self.request.user).standing().filter(plan=self.scope.plan)
        tasks = tasks.select_related("section__part")
        tasks = tasks.filter(section__part=part) if part else tasks
        return tasks.as_printed()

    def _shows_whole_table(self, chosen):
        """Return whether rows without duties (待明确) are listed: if at most the part is filtered."""
        whole = self.status == 200 and self.request.user.reads_everything
        return whole and not (chosen.get("kind") or chosen.get("light"))

    def _chaseable(self, duties):
        """Return the ids of overdue duties that the user may chase; none for a past day."""
        user = self.request.user
        if self.scope.as_of < timezone.localdate() or not may(user, "tasks.remind"):
            return frozenset()
        late = duties.filter(light=Light.OVERDUE).in_hand()
        late = late if may(user, "tasks.review") else late.chased_by(user)
        return frozenset(late.order_by().values_list("pk", flat=True))


@login_required
@require_safe
@on_evening
def crossing(request, task, unit):
    """Show one cell's light, deadline and latest report; redirect to the duty's page without htmx."""
    task = get_object_or_404(Task.objects.visible_to(request.user).select_related("plan"), pk=task)
    scope = Scope.of(request, plan=task.plan).readable()
    duties = scope.duties().for_lists()
    duty = get_object_or_404(duties, task=task, unit__pk=unit)
    as_of = scope.as_of
    if not request.htmx:
        return redirect("tasks:assignment", pk=duty.pk)
    context = {
        "duty": duty,
        "plan": task.plan,
        "as_of": as_of,
        "report": figures.latest(duties.filter(pk=duty.pk), as_of).first(),
        "may_chase": _may_chase(request.user, duty, as_of),
    }
    return render(request, "reports/matrix/_duty.html", context)


def _may_chase(user, duty, as_of):
    waits = as_of >= timezone.localdate() and duty.status in IN_HAND
    return waits and may(user, "tasks.remind_duty", duty)
