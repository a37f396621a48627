"""The page that shows two plans beside one another, in words and in results (两年对照), and the same as a file."""

from dataclasses import dataclass

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from tasks.choices import PlanState
from tasks.models import Plan
from tasks.scope import Scope
from tasks.services.plans import comparison, results
from tasks.services.plans import roll_over as rolling
from wenshang_disclosure.core.web.evenings import on_evening
from wenshang_disclosure.core.web.numbers import read_number

from . import compare_file
from .plans import for_readers


@dataclass
class Line:
    """One row of one of two plans as displayed: its words marked where they differ, and its result or `None`."""

    plan: Plan
    task: object
    words: list
    result: results.Result | None


class Comparison:
    """Two plans beside one another, the older one first, with what became of their rows by the evening."""

    def __init__(self, scope, other):
        self.old, self.new = (other, scope.plan)
        self.kind = scope.filters.get("kind", "")
        self.pairs = comparison.compare(self.old, self.new)
        self.results = {plan.pk: self._results(plan, scope) for plan in (self.old, self.new)}

    @staticmethod
    def _results(plan, scope):
        """Return the results of a plan that is in force, `None` for others."""
        return results.results_of(plan, scope.user, scope.as_of) if plan.state == PlanState.ISSUED else None

    @property
    def counts(self):
        """Return `(kind, label, number of pairs)` of each kind of change."""
        kinds = [pair.kind for pair in self.pairs]
        return [(name, label, kinds.count(name)) for name, label in comparison.KINDS.items()]

    @property
    def shown(self):
        """Return `(pair, label, lines)` of the chosen kind, or of all."""
        pairs = self.pairs
        if self.kind in comparison.KINDS:
            pairs = [pair for pair in pairs if pair.kind == self.kind]
        return [(pair, comparison.KINDS[pair.kind], self._lines(pair)) for pair in pairs]

    def _lines(self, pair):
        sides = zip((self.old, self.new), (pair.old, pair.new), pair.words(), strict=True)
        return [Line(plan, task, words, self._result(plan, task)) for plan, task, words in sides if task]

    def _result(self, plan, task):
        found = self.results[plan.pk]
        return None if found is None else found.get(task.pk, results.NOTHING)

    @property
    def sums(self):
        """Return `(plan, number of rows, Result or None)` of both plans."""
        rows = [task.plan_id for pair in self.pairs for task in pair.rows]
        return [(plan, rows.count(plan.pk), self._sum(plan)) for plan in (self.old, self.new)]

    def _sum(self, plan):
        found = self.results[plan.pk]
        return None if found is None else sum(found.values(), results.NOTHING)


@for_readers
@require_safe
@on_evening
def page(request, pk):
    """Show a plan beside another: that of `?with=`, else the one it was copied from, else that of an earlier year."""
    scope, other, others = _chosen(request, pk)
    context = {**scope.context(), "other": other, "others": others, "flags": rolling.flags(scope.plan)}
    if other and not scope.as_of_error:
        context["comparison"] = Comparison(scope, other)
    return render(request, "tasks/plans/compare/page.html", context, status=scope.status)


@for_readers
@require_safe
@on_evening
def file(request, pk):
    """Download what the page at the same address shows."""
    scope, other, _ = _chosen(request, pk)
    if other is None:
        raise Http404
    content = compare_file.write(Comparison(scope.readable(), other), scope.as_of)
    name = f"{other.year}年与{scope.plan.year}年对照_{scope.as_of}.xlsx"
    return FileResponse(content, as_attachment=True, filename=name)


def _chosen(request, pk):
    """Return the scope of the plan, the plan to compare it with or `None`, and all that can be chosen."""
    plan = get_object_or_404(Plan.objects.select_related("copied_from"), pk=pk)
    others = Plan.objects.exclude(pk=pk).order_by("-year", "-pk")
    return Scope.of(request, plan=plan), _other(request.GET.get("with", ""), plan, others), others


def _other(parameter, plan, others):
    if parameter:
        found = others.filter(pk=read_number(parameter)).first()
        if found is None:
            raise Http404
        return found
    return plan.copied_from or others.filter(year__lt=plan.year).first()
