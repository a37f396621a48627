"""The office opens a plan's open page (公开页面), and marks the reports whose words stand on it."""

from django.db import transaction

from tasks.choices import Event, PlanState, ReportState
from tasks.models import Plan, ProgressReport
from tasks.services.progress.submission import lock
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.web.errors import Conflict, Refused, require

NOT_THE_OFFICE = "公开页面由县政府办公室工作人员管理。"


@transaction.atomic
def open_page(plan, *, by):
    """Let everybody read the plan's open page; return the plan.

    Raises `Refused` where the plan is not issued, `Conflict` where its page is open already.
    """
    plan = _locked(plan, by)
    if plan.state != PlanState.ISSUED:
        raise Refused("分解表印发以后才能开放公开页面。")
    if plan.is_public:
        raise Conflict("公开页面已经开放。")
    return _set(plan, True, "开放公开页面", by, on=plan)


@transaction.atomic
def close_page(plan, *, by):
    """Take the plan's open page away; return the plan. Which reports are marked stays as it is.

    Raises `Conflict` where the page is not open.
    """
    plan = _locked(plan, by)
    if not plan.is_public:
        raise Conflict("公开页面没有开放，或者已经关闭。")
    return _set(plan, False, "关闭公开页面", by, on=plan)


@transaction.atomic
def show(report, *, by):
    """Mark an approved report as public; return it.

    Raises `Conflict` where it is not approved or marked already, `Refused` where the completion that it claims was
    revoked after it was approved.
    """
    report = _locked_report(report, by)
    if report.state != ReportState.APPROVED:
        raise Conflict(f"该报告为“{report.get_state_display()}”，审核通过后才能对外公开。")
    if report.is_public:
        raise Conflict("该报告已经对外公开。")
    if report.claims_completion and _was_revoked(report):
        raise Refused("该报告申报的办结已被撤销，不能对外公开。")
    return _set(report, True, "对外公开进展报告", by, on=report.assignment)


@transaction.atomic
def hide(report, *, by):
    """Take a report off the open page; return it.

    Raises `Conflict` where it is not marked.
    """
    report = _locked_report(report, by)
    if not report.is_public:
        raise Conflict("该报告没有对外公开，或者已经取消公开。")
    return _set(report, False, "取消公开进展报告", by, on=report.assignment)


def take_down(assignment):
    """Unmark all reports on a duty, under the caller's lock: what they said is in doubt since 办结 was taken back."""
    assignment.reports.filter(is_public=True).update(is_public=False)


def _locked(plan, by):
    plan = Plan.objects.select_for_update().get(pk=plan.pk)
    require(by, "tasks.publish", sentence=NOT_THE_OFFICE)
    return plan


def _locked_report(report, by):
    """Lock the duty, then the report, in the order of every other service."""
    assignment = lock(report.assignment)
    report = ProgressReport.objects.select_for_update().get(pk=report.pk)
    report.assignment = assignment
    require(by, "tasks.publish", sentence=NOT_THE_OFFICE)
    return report


def _was_revoked(report):
    approved = report.transitions.filter(event=Event.APPROVED).order_by("-pk").values("pk")[:1]
    return report.assignment.transitions.filter(event=Event.REVOKED, pk__gt=approved).exists()


def _set(what, is_public, act, by, *, on):
    what.is_public = is_public
    what.save(update_fields=["is_public"])
    record(Kind.CHANGE, act, by=by, on=on, detail={} if what == on else {"report": what.pk})
    return what
