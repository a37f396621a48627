"""Approval of a report by the unit's leader, or their deputy, before it is submitted (审签)."""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from departments.choices import Role
from departments.models import User
from tasks.choices import ReportState
from tasks.models import ProgressReport
from tasks.rules import wrote_it
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.web.errors import Conflict, Refused, require

from . import reports

WHO_APPROVES = "报告由本单位分管领导或其委托的人审签，填报人不能审签自己的报告。"


@transaction.atomic
def approve(report, *, by, version=None):
    """Approve and submit a report (同意报送), as of now, and return it.

    The conditions of submission (design: Rules of progress) are checked again; `version` is the version that was read.
    The same approval sent twice is given once. Raises `Conflict` where the report has changed since or was answered,
    `Refused` where it may not be submitted any more, for example a claim whose count has become too low.
    """
    report = ProgressReport.objects.select_related("attested_by").lock(report)
    if _is_given(report, by, version):
        return report
    _guard(report, by, "审签", version)
    reports.refuse_suspended(report.assignment)
    reports.guard(report, report.attested_name)
    report.leader_approved_by, report.leader_approved_at = by, timezone.now()
    reports.mark_submitted(report, report.leader_approved_at)
    report.save()
    reports.move_on(report, by=by, reason=f"经{by}审签", act="审签同意报送")
    path = reverse("tasks:assignment", args=[report.assignment_id])
    reports.notify_of_report(_liaisons(report, report.attested_by), report, f"经{by}审签，已报送", path)
    return report


@transaction.atomic
def send_back(report, *, by, comment, version=None):
    """Return a report to the liaison as a draft (退回修改), with a comment on what to change. Raises as `approve`."""
    report = ProgressReport.objects.select_related("attested_by").lock(report)
    _guard(report, by, "退回", version)
    if not comment:
        raise Refused("请填写修改意见。")
    liaison = report.attested_by
    report.leader_comment = comment
    reports.take_back(report)
    record(Kind.CHANGE, "审签退回修改", by=by, on=report.assignment, detail={"report": report.pk})
    path = reverse("tasks:report", args=[report.assignment_id])
    reports.notify_of_report(_liaisons(report, liaison), report, f"被{by}退回修改：{comment}", path)
    return report


def _liaisons(report, submitter):
    """Return who is told of the leader's answer: the submitter, or the unit's liaisons where the submitter has left."""
    liaisons = User.objects.holders(unit=report.assignment.unit_id, role=Role.LIAISON)
    return [person for person in liaisons if person == submitter] or liaisons


def why_not(user, report):
    """Return why somebody who approves for the unit may not answer this report, as Chinese text; "" where they may."""
    return WHO_APPROVES if wrote_it.test(user, report) else ""


def obstacle(report):
    """Return what keeps a report of the list from being approved today, as Chinese text; "" where nothing is seen.

    What a claim of completion has to meet is checked by `approve`.
    """
    if report.state != ReportState.AWAITING_LEADER:
        return ""
    duty = report.assignment
    if duty.suspended:
        return "该事项已中止，恢复办理后再审签。"
    return "该事项已解除。" if duty.is_released else ""


def _is_given(report, by, version):
    """Return whether `by` has approved exactly this version (double click, a form sent again after Back)."""
    return report.is_submitted and report.leader_approved_by_id == by.pk and report.version == version


def _guard(report, by, verb, version):
    """Raise `Conflict` where a locked report no longer awaits the leader or has changed."""
    require(by, "departments.approve_for_unit", sentence=WHO_APPROVES)
    if report.state != ReportState.AWAITING_LEADER:
        who = f"（{report.leader_approved_by}审签）" if report.leader_approved_by_id else ""
        raise Conflict(f"该报告已是“{report.get_state_display()}”{who}，本次{verb}未生效。")
    require(by, "tasks.approve_as_leader", report, WHO_APPROVES)
    if version is not None and report.version != version:
        raise Conflict(f"联络员已撤回修改并重新送审，本次{verb}未生效。请重新阅读后再审签。")
