"""The unit's leader, or who stands in, reads what is about to leave the house (审签)."""

from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from tasks.choices import ReportState
from tasks.forms import ApproveInHouseForm, SendBackForm
from tasks.models import Assignment, ProgressReport
from tasks.services.progress import leader_approval
from wenshang_disclosure.core.web.errors import require


def _for_approvers(view):
    """Let in who approves for a unit today; 403 for everybody else."""

    @login_required
    @wraps(view)
    def guarded(request, *args, **kwargs):
        require(request.user, "departments.approve_for_unit", sentence="待审签的报告由本单位分管领导或其委托的人查看。")
        return view(request, *args, **kwargs)

    return guarded


def _own(user):
    """Return the reports of the person's own unit."""
    return ProgressReport.objects.visible_to(user).filter(assignment__unit=user.unit_id)


@_for_approvers
@require_safe
def listing(request):
    """What waits, the longest first: at most one report a duty, so the list needs no pages."""
    reports = _own(request.user).awaiting_leader().for_lists()
    return render(request, "tasks/progress/leader_approval/list.html", {"reports": reports, "unit": request.user.unit})


def _read(request, pk):
    return get_object_or_404(_own(request.user).for_lists(), pk=pk)


def _page(request, report, approve_form=None, back_form=None, status=200):
    duties = Assignment.objects.visible_to(request.user).with_light().for_lists().select_related("plan")
    duty = get_object_or_404(duties, pk=report.assignment_id)
    earlier = _own(request.user).filter(assignment=duty).submitted().exclude(pk=report.pk)
    for form in filter(None, (approve_form, back_form)):  # the page shows what now stands: the next answer is to that
        form.data = {**form.data.dict(), form.add_prefix("version"): report.version}
    read = {"version": report.version}
    context = {
        "report": report,
        "duty": duty,
        "task": duty.task,
        "evidence": report.evidence.select_related("stored"),
        "earlier": earlier.for_lists().order_by("-submitted_at", "-pk"),
        "waits": report.state == ReportState.AWAITING_LEADER,
        "who_approves": leader_approval.WHO_APPROVES,
        "approve_form": approve_form or ApproveInHouseForm(initial=read),
        "back_form": back_form or SendBackForm(initial=read),
    }
    return render(request, "tasks/progress/leader_approval/detail.html", context, status=status)


@_for_approvers
@require_safe
def detail(request, pk):
    """One report beside its requirement and evidence."""
    return _page(request, _read(request, pk))


@_for_approvers
@require_POST
def approve(request, pk):
    """Let it go, and go on to the next."""
    form = ApproveInHouseForm(request.POST)
    if form.carry_out(leader_approval.approve, _read(request, pk), by=request.user):
        messages.success(request, "已同意，报告已送出。")
        return _next(request)
    return _page(request, _read(request, pk), approve_form=form, status=form.status)


@_for_approvers
@require_POST
def send_back(request, pk):
    """Send it back to be mended, and go on to the next."""
    form = SendBackForm(request.POST)
    if form.carry_out(leader_approval.send_back, _read(request, pk), by=request.user):
        messages.success(request, "已退回修改，联络员将看到修改意见。")
        return _next(request)
    return _page(request, _read(request, pk), back_form=form, status=form.status)


def _next(request):
    waiting = _own(request.user).awaiting_leader().exclude(author=request.user)
    following = waiting.exclude(writers=request.user).first()
    return redirect("tasks:leader-approval", pk=following.pk) if following else redirect("tasks:leader-approvals")
