"""A unit's leader, or who stands in, approves a report before it leaves the house (审签), or sends it back."""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from departments.services import leader_approval
from tasks.choices import ReportState
from tasks.models import ProgressReport
from tasks.services.supervision import notifications
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.web.errors import Conflict, Refused, require

from . import submission

WHO_APPROVES = "报告由本单位分管领导或其委托的人审签，填报人不能审签自己的报告。"


def approvers_of(report):
    """Return the people who may approve this report today: nobody who wrote in it."""
    people = leader_approval.approvers(report.assignment.unit)
    return people.exclude(pk=report.author_id).exclude(pk__in=report.writers.values("pk"))


def goes_to_leader(report):
    """Return whether the report waits for the unit's leader; where nobody could approve it, it goes straight out."""
    return report.assignment.unit.leader_approves and approvers_of(report).exists()


def put_before_leader(report):
    """Freeze an attested report until the leader has approved it, under the caller's locks: the duty does not move."""
    report.state = ReportState.AWAITING_LEADER
    report.save()
    _notify(approvers_of(report), report, "有报告待您审签", reverse("tasks:leader-approval", args=[report.pk]))


@transaction.atomic
def approve(report, *, by, version=None):
    """Let a report leave the house (同意报送): it is handed in by this moment, and asked again what design: Rules of
    progress asks.

    `version` is the one that was read. Raises `Conflict` where somebody was faster, `Refused` where it may not leave
    any more, such as a claim whose counts have fallen short since.
    """
    report, assignment = _lock_for_review(report, by, "审签", version)
    submission.guard(report, report.attested_name)
    report.leader_approved_by, report.leader_approved_at = by, timezone.now()
    at, reason = report.leader_approved_at, f"经{by}审签"
    submission.submit(report, assignment, by=by, at=at, reason=reason, act="审签同意报送")
    _notify([report.attested_by], report, f"经{by}审签，已报送", reverse("tasks:assignment", args=[assignment.pk]))
    return report


@transaction.atomic
def send_back(report, *, by, comment, version=None):
    """Send a report back to the liaison as a draft (退回修改), with what has to be mended. Raises as `approve`."""
    report, assignment = _lock_for_review(report, by, "退回", version)
    if not comment:
        raise Refused("请填写修改意见。")
    liaison = report.attested_by
    report.leader_comment = comment
    submission.take_back(report)
    record(Kind.CHANGE, "审签退回修改", by=by, on=assignment, detail={"report": report.pk})
    _notify([liaison], report, f"被{by}退回修改：{comment}", reverse("tasks:report", args=[assignment.pk]))
    return report


def _lock_for_review(report, by, verb, version):
    """Lock the duty, then the report, in the order of every other service, and check that it still waits."""
    assignment = submission.lock(report.assignment)
    report = ProgressReport.objects.select_for_update(of=("self",)).select_related("attested_by").get(pk=report.pk)
    report.assignment = assignment
    require(by, "departments.approve_for_unit", sentence=WHO_APPROVES)
    if report.state != ReportState.AWAITING_LEADER:
        who = f"（{report.leader_approved_by}审签）" if report.leader_approved_by_id else ""
        raise Conflict(f"该报告已是“{report.get_state_display()}”{who}，本次{verb}未生效。")
    require(by, "tasks.approve_as_leader", report, WHO_APPROVES)
    if version is not None and report.version != version:
        raise Conflict(f"联络员已撤回修改并重新送审，本次{verb}未生效。请重新阅读后再审签。")
    return report, assignment


def _notify(people, report, what, path):
    duty = report.assignment
    line = f"《{duty.plan.title}》第{duty.task.number}项任务的进展报告{what}"
    notifications.tell((person, line, path) for person in people)
