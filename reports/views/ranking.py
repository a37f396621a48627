"""The page on which the office switches the ranking of units on or off (单位排名)."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from departments.models import RankingDecision
from departments.services import ranking
from reports.forms import RankingForm
from wenshang_disclosure.core.web.errors import require


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def page(request):
    """Show whether units are ranked, what the switch does and who decided, or decide."""
    require(request.user, "departments.decide_ranking", sentence=ranking.OFFICE_ONLY)
    form = RankingForm(request.POST) if request.method == "POST" else None
    if form and form.carry_out(ranking.decide, by=request.user):
        messages.success(request, f"已{form.outcome}。")
        return redirect("reports:ranking")
    is_on, seen = RankingDecision.objects.units_are_ranked(), ranking.version()
    if form:  # what is decided now is decided on what is shown now
        form.data = {**form.data.dict(), "seen": seen, "is_on": "no" if is_on else "yes"}
    form = form or RankingForm.offered(is_on, seen)
    context = {"form": form, "is_on": is_on, "decisions": RankingDecision.objects.latest_first()}
    return render(request, "reports/ranking/page.html", context, status=form.status)
