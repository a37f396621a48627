"""Several waiting reports are approved at once: first what will happen, then what did."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.views.decorators.http import require_POST

from tasks.forms import ApproveForm
from tasks.models import ProgressReport
from tasks.services import bulk
from tasks.services.progress import reviews
from tasks.views.selection import MAX_BULK_ROWS
from wenshang_disclosure.core.web.errors import Refused, may, require


@login_required
@require_POST
def approve_several(request):
    """Show the ticked reports; with `confirm` approve each in the version that was shown."""
    require(request.user, "tasks.review")
    versions = _versions(request.POST)
    reports = ProgressReport.objects.visible_to(request.user).submitted().filter(pk__in=versions).for_lists()
    form = ApproveForm(request.POST)
    if reports and "confirm" in request.POST and form.is_valid():
        return _approve(request, reports.order_by("submitted_at", "pk"), versions, form.cleaned_data)
    reports = list(reports.waiting().prefetch_related("writers", "evidence"))
    if not reports:
        raise Refused("请先勾选等待审核的报告。")
    mine = [report for report in reports if not may(request.user, "tasks.review_report", report)]
    taken = [report for report in reports if report not in mine]
    context = {
        "taken": taken,
        "mine": mine,
        "claims": sum(report.claims_completion for report in taken),
        "form": form if "confirm" in request.POST else ApproveForm(),
    }
    return render(request, "tasks/progress/reviews/approve_several.html", context, status=422 if form.errors else 200)


def _approve(request, reports, versions, answer):
    """Approve what still waits; a report that was answered or taken back since it was shown is told as not approved."""
    results = bulk.each(
        reports,
        lambda report: reviews.approve(report, by=request.user, **{**answer, "version": versions[report.pk]}),
    )
    refused = [result for result in results if result.error]
    context = {
        "results": results,
        "refused": refused,
        "done": len(results) - len(refused),
        "withdrawn": len(versions) - len(results),
    }
    return render(request, "tasks/progress/reviews/approved.html", context)


def _versions(posted):
    """Read `report` values, an id and the version that was shown: `17:3`."""
    pairs = [value.partition(":") for value in posted.getlist("report")[:MAX_BULK_ROWS]]
    return {int(pk): int(version) for pk, _, version in pairs if _is_number(pk) and _is_number(version)}


def _is_number(text):
    return text.isdecimal() and len(text) < 16
