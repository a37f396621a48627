"""Pages of the approval by a unit's leader or their deputy (审签)."""

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from tasks.choices import ReportState
from tasks.forms import LeaderApproveForm, SendBackForm
from tasks.models import Assignment, ProgressReport
from tasks.services.progress import leader_approval
from tasks.views.answering import Answer, AnswerPage
from tasks.views.bulk import StepForReports
from wenshang_disclosure.core.web.errors import require

LIST = "tasks:leader-approvals"


def _own(user):
    """Return the reports of the user's unit. Raises `PermissionDenied` where they may not approve for it today."""
    require(user, "departments.approve_for_unit", sentence="待审签的报告由本单位分管领导或其委托的人查看。")
    return ProgressReport.objects.visible_to(user).filter(assignment__unit=user.unit_id)


# --- all of them ------------------------------------------------------------------------------------------------------


@login_required
def listing(request):
    """List the waiting reports to be read one after another, the longest waiting first.

    There is at most one per duty, so the list has no pages.
    """
    return _listing(request, _own(request.user))


@require_safe
def _listing(request, own):
    return _list_page(request, own)


def _list_page(request, own, refused=None):
    """Render the list; `refused` is the report and the bound form of a return that was refused."""
    reports = list(own.awaiting_leader().for_lists().prefetch_related("evidence__stored", "writers"))
    duties = Assignment.objects.visible_to(request.user).with_light().for_lists().select_related("plan")
    duties = {duty.pk: duty for duty in duties.filter(pk__in=[report.assignment_id for report in reports])}
    report, form = refused or (None, None)
    for waiting in reports:
        waiting.assignment = duties[waiting.assignment_id]
        waiting.why_not = leader_approval.why_not(request.user, waiting)
        waiting.back_form = form if waiting == report else SendBackForm.in_list(waiting)
    context = {
        "reports": reports,
        "to_approve": [waiting for waiting in reports if not waiting.why_not],
        "claims": sum(waiting.claims_completion for waiting in reports),
        "several_form": SendBackForm(auto_id="id_several_%s", use_required_attribute=False),
        "refused": form,
        "refused_report": report,
        "unplaced": form if form and report not in reports else None,
        "unit": request.user.unit,
        "several_years": len({waiting.assignment.plan_id for waiting in reports}) > 1,
    }
    status = form.status if form else 200
    return render(request, "tasks/progress/leader_approval/list.html", context, status=status)


class StepOfLeader(StepForReports):
    """Base of the leader's answers to several waiting reports: the ticked ones, or all that the page showed."""

    permission = "departments.approve_for_unit"
    list_name, list_title = LIST, "待审签的报告"
    columns = ("序号", "具体要求", "进展情况", "类型", "佐证材料")
    results_columns = columns[:2]
    cells = "tasks/progress/leader_approval/_several.html"
    none_ticked = "请先勾选待审签的报告。"
    goes_back = True

    def seen(self):
        return _own(self.request.user).order_by("attested_at", "pk")

    def waiting(self, reports):
        return reports.awaiting_leader()

    def posted(self):
        """Return the ticked reports; where everything is asked for, all that the page showed, and no later ones."""
        shown = self.request.POST.get("shown", "") if self.request.POST.get("scope") == "all" else ""
        return shown.split(",") if shown else super().posted()

    def obstacle(self, row):
        return leader_approval.why_not(self.request.user, row) if row.state == ReportState.AWAITING_LEADER else ""

    def left_out(self, results):
        gone = len(self.known) - len(results)
        return f"另有{gone}份在此期间已由联络员撤回，未办理。" if gone else ""


class ApproveAll(StepOfLeader):
    """Approval of several reports at once: of the ticked ones by one click, of all after a page that says which."""

    name = "同意报送"
    service, form_class = staticmethod(leader_approval.approve), LeaderApproveForm
    url_name = "tasks:approve-several-as-leader"
    icon, button_class = "check", "btn-success"
    hint = "有变化的、中止的和不符合办结条件的不会送出，结果中逐份列明。"
    done_heading, left_heading = "已同意报送{n}{measure}", "，未送出{n}{measure}"

    def obstacle(self, row):
        return super().obstacle(row) or leader_approval.obstacle(row)

    def summary(self, results):
        ready = [result.row for result in results if not result.error]
        claims = sum(report.claims_completion for report in ready)
        left = len(results) - len(ready)
        words = f"将同意报送{len(ready)}份" + (f"，其中申报办结{claims}份" if claims else "")
        return words + (f"；{left}份不能送出，原因见清单" if left else "")


class SendBackSeveral(StepOfLeader):
    """Return of the ticked reports with one comment."""

    name = "退回修改"
    service, form_class = staticmethod(leader_approval.send_back), SendBackForm
    url_name = "tasks:send-back-several"
    icon, button_class = "arrow-back-up", "btn-warning"
    done_heading, left_heading = "已退回修改{n}{measure}", "，未退回{n}{measure}"


# --- one after another ------------------------------------------------------------------------------------------------


def _said(what):
    return lambda report, _: f"第{report.assignment.task.number}项{what}"


class LeaderApprovalPage(AnswerPage):
    """Page of one report with its requirement and evidence, to approve or return it and go on to the next."""

    template_name = "tasks/progress/leader_approval/detail.html"
    list_name, page_name = LIST, "tasks:leader-approval"
    answers = {
        "approve": Answer(
            LeaderApproveForm,
            leader_approval.approve,
            _said("已同意，报告已送出。"),
            "tasks:approve-as-leader",
            "同意报送",
            "check",
            "btn-success",
        ),
        "back": Answer(
            SendBackForm,
            leader_approval.send_back,
            _said("已退回修改，联络员将看到修改意见。"),
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

    @property
    def in_list(self):
        """Return whether the answer was given in the list."""
        return self.request.POST.get("in_list") == "1"

    def fetch(self, pk):
        """Return a report of the user's unit, in any state."""
        return get_object_or_404(_own(self.request.user).for_lists(), pk=pk)

    def waiting(self):
        """Return the reports that await the leader, except those that the user wrote in."""
        waiting = _own(self.request.user).awaiting_leader().exclude(author=self.request.user)
        return waiting.exclude(writers=self.request.user)

    def bind(self, answer, subject):
        form = super().bind(answer, subject)
        if self.in_list:
            form.auto_id = SendBackForm.in_list(subject).auto_id
        return form

    def go_on(self, subject):
        """Open the report that waits after this one, or the first; in the list go on there."""
        later = Q(attested_at__gt=subject.attested_at) | Q(attested_at=subject.attested_at, pk__gt=subject.pk)
        following = self.waiting().filter(later).first() or self.waiting().first()
        if self.in_list:
            return redirect(reverse(LIST) + (f"#report-{following.pk}" if following else ""))
        return redirect(self.page_name, pk=following.pk) if following else redirect(LIST)

    def show(self, subject, refused=None):
        if refused and self.in_list:
            refused.renew(subject)
            return _list_page(self.request, _own(self.request.user), (subject, refused))
        return super().show(subject, refused)

    def is_offered(self, subject):
        return subject.state == ReportState.AWAITING_LEADER

    def why_not(self, subject):
        return leader_approval.why_not(self.request.user, subject) if self.is_offered(subject) else ""

    def get_context(self, subject, duty):
        earlier = _own(self.request.user).filter(assignment=duty).submitted().exclude(pk=subject.pk)
        return {
            "evidence": subject.evidence.select_related("stored"),
            "earlier": earlier.for_lists().order_by("-submitted_at", "-pk"),
            "waits": self.is_offered(subject),
            "place": self._place(subject),
        }

    def _place(self, subject):
        """Return where the report stands among those that wait: its number, how many, the ones before and after."""
        queue = list(self.waiting().values_list("pk", flat=True))
        if subject.pk not in queue:
            return {"total": len(queue), "next": queue[0] if queue else None}
        at = queue.index(subject.pk)
        return {
            "number": at + 1,
            "total": len(queue),
            "previous": queue[at - 1] if at else None,
            "next": queue[at + 1] if at + 1 < len(queue) else None,
        }


detail = LeaderApprovalPage.page()
approve, send_back = LeaderApprovalPage.to("approve"), LeaderApprovalPage.to("back")
