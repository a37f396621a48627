"""Which plan a page is about."""

from django.http import Http404
from django.shortcuts import render

from tasks.models import Plan


class NoPlan(Exception):
    """Nothing has been issued yet."""


def chosen_plan(request):
    """Return the plan of `?plan=`, the latest issued one without it.

    Raises 404 for an id that is no issued plan, `NoPlan` where none is issued.
    """
    asked = request.GET.get("plan", "")
    if asked and not (asked.isdecimal() and len(asked) < 16):
        raise Http404
    plan = Plan.objects.chosen(int(asked) if asked else None)
    if plan is None and asked:
        raise Http404
    if plan is None:
        raise NoPlan
    return plan


def no_plan(request):
    """Say that nothing has been issued, and what to do."""
    return render(request, "tasks/plans/no_plan.html")


class PlanPage:
    """Mixin of a list page over one plan: `self.plan` is set before the rest is read."""

    def get(self, request, *args, **kwargs):
        """Show the list, or that there is no plan yet."""
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        try:
            self.plan = chosen_plan(request)
        except NoPlan:
            return no_plan(request)
        return super().get(request, *args, **kwargs)

    def get_filter_kwargs(self):
        """The filter sets are cut to the plan."""
        return {"plan": self.plan}

    def get_context_data(self):
        """Add the plan."""
        return {**super().get_context_data(), "plan": self.plan}
