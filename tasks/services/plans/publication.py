"""Publication of a plan (公开页面) and of approved reports on it."""

import re

from django.db import transaction

from departments.models import User
from tasks.choices import Event, PlanState, ReportState
from tasks.models import Plan, ProgressReport
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.region import worded
from wenshang_disclosure.core.web.errors import Conflict, Refused, require

NOT_THE_OFFICE = worded("公开页面由{office_short}工作人员管理。")
PERSONAL = (
    ("身份证号", re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")),
    ("手机号", re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")),
    ("电话号码", re.compile(r"(?<!\d)0\d{2,3}[-－ ]?\d{7,8}(?!\d)")),
    ("电子邮箱", re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+", re.ASCII)),
)
"""What personal data look like, by name."""


@transaction.atomic
def open_page(plan, *, by):
    """Publish the plan's page, and return the plan.

    Raises `Refused` where the plan is not issued, `Conflict` where its page is public already.
    """
    plan = _locked(plan, by)
    if plan.state != PlanState.ISSUED:
        raise Refused("分解表印发以后才能开放公开页面。")
    if plan.is_public:
        raise Conflict("公开页面已经开放。")
    return _set(plan, True, "开放公开页面", by, on=plan)


@transaction.atomic
def close_page(plan, *, by):
    """Withdraw the plan's page, and return the plan. The marks of its reports are kept.

    Raises `Conflict` where the page is not public.
    """
    plan = _locked(plan, by)
    if not plan.is_public:
        raise Conflict("公开页面没有开放，或者已经关闭。")
    return _set(plan, False, "关闭公开页面", by, on=plan)


@transaction.atomic
def show(report, *, by):
    """Mark an approved report as public, and return it.

    Raises `Conflict` where it is not approved or marked already, `Refused` where the completion that it claims was
    revoked.
    """
    report = _locked_report(report, by)
    check(report)
    return _set(report, True, "对外公开进展报告", by, on=report.assignment)


def check(report):
    """Raise `Conflict` or `Refused` where a report cannot be marked as public, as `show` does."""
    if report.state != ReportState.APPROVED:
        raise Conflict(f"该报告为“{report.get_state_display()}”，审核通过后才能对外公开。")
    if report.is_public:
        raise Conflict("该报告已经对外公开。")
    if report.claims_completion and _was_revoked(report):
        raise Refused("该报告申报的办结已被撤销，不能对外公开。")


def personal_data_in(report):
    """Return what in the text of a report looks like personal data, in words: numbers, addresses, names of accounts."""
    found = [f"{label}“{one}”" for label, shape in PERSONAL for one in dict.fromkeys(shape.findall(report.text))]
    people = User.objects.in_post(unit=report.assignment.unit_id).values_list("name", flat=True)
    return [*found, *(f"人员姓名“{name}”" for name in people if name in report.text)]


@transaction.atomic
def hide(report, *, by):
    """Remove the public mark of a report, and return it.

    Raises `Conflict` where it is not marked.
    """
    report = _locked_report(report, by)
    if not report.is_public:
        raise Conflict("该报告没有对外公开，或者已经取消公开。")
    return _set(report, False, "取消公开进展报告", by, on=report.assignment)


def take_down(assignment):
    """Remove the public marks of all reports on a duty whose completion was revoked; the caller holds the lock."""
    assignment.reports.filter(is_public=True).update(is_public=False)


def _locked(plan, by):
    plan = Plan.objects.select_for_update().get(pk=plan.pk)
    require(by, "tasks.publish", sentence=NOT_THE_OFFICE)
    return plan


def _locked_report(report, by):
    report = ProgressReport.objects.lock(report)
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
