"""Pages of the annual assessment: current scores, the rubric on trial, and published results."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.models import Unit
from reports import assessment as assessments
from reports.choices import Group
from reports.filters import UnitFilter
from reports.forms import PublishForm, RubricForm
from reports.models import Assessment, AssessmentRow
from reports.services import assessment as service
from tasks.models import Plan
from tasks.scope import Scope, chosen_plan
from tasks.views.plan_page import PlanPage
from wenshang_disclosure.core.web.errors import may, require
from wenshang_disclosure.core.web.numbers import read_number

CHANGED = "数字在试算之后又有改动，请看过新的试算结果再保存。"


def in_groups(rows):
    """Return `(label, rows)` of each group with rows, in the order of `Group`."""
    groups = ((group.label, [row for row in rows if row.group == group]) for group in Group)
    return [(label, of_group) for label, of_group in groups if of_group]


class AssessmentPage(PlanPage):
    """Scores of the units that the user may see, as of a day; without ranks if that is only their own unit."""

    filter_class = UnitFilter
    template_name = "reports/assessment/page.html"
    fragment_name = "reports/assessment/_content.html"

    def get_queryset(self):
        return Unit.objects.visible_to(self.request.user)

    def get_context_data(self):
        context, user, plan = self.filtered(), self.request.user, self.scope.plan
        numbers = assessments.current(plan)
        scores = [] if self.scope.as_of_error else assessments.scores_in(self.scope, numbers)
        shown = set(context.pop("rows").values_list("pk", flat=True))
        latest = Assessment.objects.latest_of(plan)
        return {
            **context,
            "plan": plan,
            "groups": in_groups([score for score in scores if score.unit_id in shown]),
            "units_scored": len(scores),
            "explained": assessments.explained(numbers),
            "latest": latest,
            "own_row": latest and AssessmentRow.objects.filter(assessment=latest, unit=user.unit_id).first(),
            "published": Assessment.objects.filter(plan=plan).select_related("published_by"),
            "publish_form": self._publish_form(scores),
        }

    def _publish_form(self, scores):
        if not scores or not may(self.request.user, "reports.assess"):
            return None
        return PublishForm.offered(self.scope.as_of, service.version_of(self.scope.plan))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rubric(request):
    """Edit the rubric; changed values are tried first and saved once their effect was shown."""
    require(request.user, "reports.assess", sentence=service.OFFICE_ONLY)
    plan = chosen_plan(request.GET)
    seen = service.version_of(plan)
    if request.method != "POST":
        return _rubric_page(request, plan, RubricForm.of(assessments.current(plan), seen))
    form = RubricForm(request.POST)
    if "save" in request.POST and _was_tried(request, form):
        if form.carry_out(service.save_rubric, plan, by=request.user):
            messages.success(request, "考核标准已保存，此后按此计分；已公布的结果不变。")
            return redirect(f"{reverse('reports:assessment')}?{request.GET.urlencode()}")
    elif not form.is_valid():
        form.status = 422
    elif "save" in request.POST:
        form.add_error(None, CHANGED)
        form.status = 422
    return _rubric_page(request, plan, form)


def _was_tried(request, form):
    """Return whether exactly these values were tried before."""
    return form.is_valid() and request.POST.get("tried") == form.numbers.mark


def _rubric_page(request, plan, form):
    """Render the form, with the effect of its values if they are valid."""
    scope = Scope.of(request, plan=plan)
    current = assessments.current(plan)
    if form.is_bound:  # the effect is shown against the current rubric, so saving refers to that
        form.data = {**form.data.dict(), "seen": service.version_of(plan)}
    tried = form.numbers if form.is_bound and form.has_numbers and not scope.as_of_error else None
    effects = _effects(request.user, plan, scope.as_of, current, tried) if tried else []
    context = {
        **scope.context(),
        "form": form,
        "tried": tried,
        "same": tried and tried.mark == current.mark,
        "groups": in_groups(effects),
        "moved": sum(bool(effect.places) for effect in effects),
        "explained": assessments.explained(tried or current),
    }
    return render(request, "reports/assessment/rubric.html", context, status=400 if scope.as_of_error else form.status)


def _effects(user, plan, as_of, current, tried):
    scored = assessments.ranked if may(user, "reports.see_current_ranks") else assessments.unranked
    found = assessments.facts(plan, as_of, Unit.objects.all())
    return assessments.compared(found, current, tried, scored=scored)


@login_required
@require_POST
def publish(request):
    """Publish the scores of the day shown."""
    require(request.user, "reports.assess", sentence=service.OFFICE_ONLY)
    plan = get_object_or_404(Plan.objects.issued(), pk=read_number(request.POST.get("plan")))
    form = PublishForm(request.POST)
    if form.carry_out(service.publish, plan, by=request.user):
        messages.success(request, "考核结果已公布，此后记录的变化不再影响它。")
        return redirect("reports:published-assessment", pk=form.outcome.pk)
    return render(request, "reports/assessment/refused.html", {"plan": plan, "form": form}, status=form.status)


@login_required
@require_safe
def published(request, pk):
    """Show a published assessment, restricted to the units that the user may see."""
    one = get_object_or_404(Assessment.objects.select_related("plan", "published_by"), pk=pk)
    rows = AssessmentRow.objects.visible_to(request.user).filter(assessment=one).in_order_for(request.user)
    latest = Assessment.objects.latest_of(one.plan)
    context = {
        "one": one,
        "plan": one.plan,
        "groups": in_groups(rows),
        "superseded_by": None if latest == one else latest,
        "explained": assessments.explained(assessments.RubricValues.from_data(one.criteria)),
    }
    return render(request, "reports/assessment/published.html", context)
