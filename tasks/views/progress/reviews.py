"""The review queue, and one report beside its requirement."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from tasks.choices import ReportState
from tasks.filters import ReviewFilter
from tasks.forms import ApproveForm, RateForm, ReturnForm
from tasks.models import Assignment, ProgressReport, timeline
from tasks.rules import NOT_A_READER
from tasks.services.progress import reviews
from tasks.tables import ReviewTable
from tasks.views.plan_page import PlanPage
from wenshang_disclosure.core.web.errors import may, require


class ReviewQueue(PlanPage):
    """What waits for an answer, oldest first."""

    filter_class = ReviewFilter
    table_class = ReviewTable
    template_name = "tasks/progress/reviews/list.html"
    fragment_name = "tasks/progress/reviews/_content.html"

    def get_table_kwargs(self):
        """Boxes are for who reviews."""
        return {} if may(self.request.user, "tasks.review") else {"exclude": ("pick",)}

    def get_queryset(self):
        """Return the waiting reports of all plans."""
        require(self.request.user, "tasks.read_review_queue", sentence=NOT_A_READER)
        return ProgressReport.objects.visible_to(self.request.user).waiting().for_lists().with_leads()


def _page(request, report, approve_form=None, return_form=None, rate_form=None, status=200):
    duty = get_object_or_404(
        Assignment.objects.visible_to(request.user)
        .with_light()
        .for_lists()
        .select_related("plan")
        .prefetch_related("task__designations__unit", "task__designations__collective"),
        pk=report.assignment_id,
    )
    earlier = ProgressReport.objects.visible_to(request.user).filter(assignment=duty).submitted().exclude(pk=report.pk)
    read = {"version": report.version}
    for form in filter(None, (approve_form, return_form)):  # the page shows what now stands: the next answer is to that
        form.data = {**form.data.dict(), form.add_prefix("version"): report.version}
    context = {
        "report": report,
        "duty": duty,
        "task": duty.task,
        "evidence": report.evidence.select_related("stored"),
        "earlier": earlier.for_lists().order_by("-submitted_at", "-pk"),
        "waits": report.state == ReportState.SUBMITTED and not duty.suspended,
        "opinions": report.opinions.select_related("unit", "by"),
        "ratings": report.ratings.select_related("by"),
        "approve_form": approve_form or ApproveForm(initial=read),
        "rate_form": rate_form or RateForm.of(report),
        "return_form": return_form or ReturnForm(initial=read),
        "timeline": timeline(Assignment.objects.filter(pk=duty.pk)),
    }
    return render(request, "tasks/progress/reviews/detail.html", context, status=status)


def _seen(request, pk):
    require(request.user, "tasks.read_review_queue", sentence=NOT_A_READER)
    reports = ProgressReport.objects.visible_to(request.user).submitted().for_lists().select_related("reviewed_by")
    return get_object_or_404(reports.with_leads(), pk=pk)


@login_required
@require_safe
def detail(request, pk):
    """One report with its evidence, beside what was asked for."""
    return _page(request, _seen(request, pk))


@login_required
@require_POST
def approve(request, pk):
    """Approve, and go on to the next in the queue."""
    report = _seen(request, pk)
    require(request.user, "tasks.review")
    form = ApproveForm(request.POST)
    if form.carry_out(reviews.approve, report, by=request.user):
        messages.success(request, "已通过，该事项办结。" if report.claims_completion else "已通过。")
        return _next(request)
    return _page(request, _seen(request, pk), approve_form=form, status=form.status)


@login_required
@require_POST
def return_report(request, pk):
    """Return with a reason, and go on to the next in the queue."""
    report = _seen(request, pk)
    require(request.user, "tasks.review")
    form = ReturnForm(request.POST)
    if form.carry_out(reviews.return_, report, by=request.user):
        messages.success(request, "已退回，填报单位将看到退回原因。")
        return _next(request)
    return _page(request, _seen(request, pk), return_form=form, status=form.status)


@login_required
@require_POST
def rate(request, pk):
    """Rate an approved report, or rate it anew."""
    report = _seen(request, pk)
    require(request.user, "tasks.review")
    form = RateForm(request.POST)
    if form.carry_out(reviews.rate, report, by=request.user):
        messages.success(request, "质量评价已保存。")
        return redirect("tasks:review", pk=pk)
    return _page(request, _seen(request, pk), rate_form=form, status=form.status)


@login_required
@require_POST
def take_over(request, pk):
    """Take a report from its lead's desk to the office's own."""
    report = _seen(request, pk)
    require(request.user, "tasks.review")
    reviews.take_over(report, by=request.user)
    messages.success(request, "已受理，可以审核。")
    return redirect("tasks:review", pk=pk)


def _next(request):
    waiting = ProgressReport.objects.visible_to(request.user).waiting().at_office_stage()
    following = waiting.exclude(writers=request.user).first()
    return redirect("tasks:review", pk=following.pk) if following else redirect("tasks:reviews")
