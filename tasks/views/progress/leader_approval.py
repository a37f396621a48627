"""Pages of the approval by a unit's leader or their deputy (审签)."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from tasks.choices import ReportState
from tasks.forms import LeaderApproveForm, SendBackForm
from tasks.models import ProgressReport
from tasks.services.progress import leader_approval
from tasks.views.answering import Answer, AnswerPage
from wenshang_disclosure.core.web.errors import may, require


def _own(user):
    """Return the reports of the user's unit. Raises `PermissionDenied` where they may not approve for it today."""
    require(user, "departments.approve_for_unit", sentence="待审签的报告由本单位分管领导或其委托的人查看。")
    return ProgressReport.objects.visible_to(user).filter(assignment__unit=user.unit_id)


@login_required
def listing(request):
    """List the waiting reports, the longest waiting first; at most one per duty, so the list has no pages."""
    return _listing(request, _own(request.user).awaiting_leader().for_lists().select_related("assignment__plan"))


@require_safe
def _listing(request, reports):
    several_years = len({report.assignment.plan_id for report in reports}) > 1
    context = {"reports": reports, "unit": request.user.unit, "several_years": several_years}
    return render(request, "tasks/progress/leader_approval/list.html", context)


class LeaderApprovalPage(AnswerPage):
    """Page of one report with its requirement and evidence, to approve or return it."""

    template_name = "tasks/progress/leader_approval/detail.html"
    list_name, page_name = "tasks:leader-approvals", "tasks:leader-approval"
    answers = {
        "approve": Answer(
            LeaderApproveForm,
            leader_approval.approve,
            lambda *_: "已同意，报告已送出。",
            "tasks:approve-as-leader",
            "同意报送",
            "check",
            "btn-success",
        ),
        "back": Answer(
            SendBackForm,
            leader_approval.send_back,
            lambda *_: "已退回修改，联络员将看到修改意见。",
            "tasks:send-back",
            "退回修改",
            "arrow-back-up",
            "btn-warning",
        ),
    }

    def dispatch(self, request, *args, **kwargs):
        """Raise `PermissionDenied` for users without a unit to approve for, before the method is checked."""
        if request.user.is_authenticated:
            _own(request.user)
        return super().dispatch(request, *args, **kwargs)

    def fetch(self, pk):
        """Return a report of the user's unit, in any state."""
        return get_object_or_404(_own(self.request.user).for_lists(), pk=pk)

    def waiting(self):
        """Return the reports that await the leader, except those that the user wrote in."""
        waiting = _own(self.request.user).awaiting_leader().exclude(author=self.request.user)
        return waiting.exclude(writers=self.request.user)

    def is_offered(self, subject):
        return subject.state == ReportState.AWAITING_LEADER

    def why_not(self, subject):
        may_answer = may(self.request.user, "tasks.approve_as_leader", subject) or not self.is_offered(subject)
        return "" if may_answer else leader_approval.WHO_APPROVES

    def get_context(self, subject, duty):
        earlier = _own(self.request.user).filter(assignment=duty).submitted().exclude(pk=subject.pk)
        return {
            "evidence": subject.evidence.select_related("stored"),
            "earlier": earlier.for_lists().order_by("-submitted_at", "-pk"),
            "waits": self.is_offered(subject),
        }


detail = LeaderApprovalPage.page()
approve, send_back = LeaderApprovalPage.to("approve"), LeaderApprovalPage.to("back")
