"""Review of reports by the office: approval, return, rating, revocation of completion (design: Rules of progress)."""

from django.db import transaction
from django.utils import timezone

from departments.choices import Role
from departments.models import User
from departments.rules import share_links
from tasks.choices import GOOD_ENOUGH_TO_FOLLOW, Event, Quality, ReportState, ReviewStage, Status
from tasks.models import Assignment, ProgressReport, QualityRating
from tasks.rules import wrote_it
from tasks.services.plans import publication
from tasks.services.plans.assignments import release_unheld
from tasks.services.supervision import notifications
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.region import office_name
from wenshang_disclosure.core.web.errors import Conflict, Refused, may, require

from .reports import counted, unanswered
from .transitions import move

FOUR_EYES = "报告由您本人填写或报送，须由其他审核人审核。"
ONE_HAND = "填报该报告的账号由您登记或者发放过密码，或者与您的账号由同一人经手，须由其他审核人审核。"
NOT_EXEMPLARY = "评为“优”或“良”的报告才能列为典型经验。"


@transaction.atomic
def approve(report, *, by, comment="", version=None, quality=None, is_exemplary=False):
    """Approve a submitted report and return it; a claim of completion completes the duty (办结).

    `version` is the version that the reviewer has read, `quality` a `Quality` where the reviewer rates the report too.
    Raises `Conflict` where the report was answered or changed since, `Refused` where its quality is too low for an
    exemplary report.
    """
    report = _lock_for_review(report, by, "通过", version)
    assignment = report.assignment
    _guard_objection(report)
    _guard_exemplary(quality, is_exemplary)
    if report.claims_completion:
        _guard_counts(assignment)
    _answer(report, ReportState.APPROVED, by, comment)
    if quality:
        _rate(report, by, quality, is_exemplary)
    move(assignment, Event.APPROVED, by=by, report=report, reason=comment)
    notify_unit(assignment, "报告已通过审核，事项办结" if report.claims_completion else "报告已通过审核", comment)
    return report


@transaction.atomic
def rate(report, *, by, quality, is_exemplary=False):
    """Rate an approved report, or rate it again, and return it; earlier ratings are kept, repeated ones saved once.

    Raises `Conflict` where the report is not approved, `Refused` where its quality is too low for an exemplary report.
    """
    report = ProgressReport.objects.lock(report)
    require(by, "tasks.review_report", report, four_eyes(by, report))
    if report.state != ReportState.APPROVED:
        raise Conflict(f"该报告为“{report.get_state_display()}”，审核通过后才能评价质量。")
    _guard_exemplary(quality, is_exemplary)
    if (report.quality, report.is_exemplary) != (quality, is_exemplary):
        _rate(report, by, quality, is_exemplary)
        detail = {"report": report.pk, "quality": quality, "is_exemplary": is_exemplary}
        record(Kind.CHANGE, "评价报告质量", by=by, on=report.assignment, detail=detail)
    return report


def four_eyes(user, report):
    """Return the sentence why the user must not answer the report: their own, or one from an account they handled."""
    return FOUR_EYES if wrote_it.test(user, report) else ONE_HAND


def why_not(user, report):
    """Return why the user may not answer the report, "" where they may."""
    return "" if may(user, "tasks.review_report", report) else four_eyes(user, report)


def who_may(report):
    """Return the people who may answer the report, by name."""
    people = list(User.objects.filter(is_active=True, role__in=(Role.OFFICE, Role.REVIEWER)).order_by("name", "pk"))
    share_links(people)
    return [person for person in people if may(person, "tasks.review_report", report)]


def _guard_objection(report):
    if report.entered and report.entered.is_objected:
        raise Refused(f"该报告由{office_name()}代填，填报单位提出了异议，不能通过。请退回，由填报单位自行填报。")


def _guard_exemplary(quality, is_exemplary):
    if quality is not None and quality not in Quality.values:
        raise Refused("没有这一档质量评价，请重新选择。")
    if is_exemplary and quality not in GOOD_ENOUGH_TO_FOLLOW:
        raise Refused(NOT_EXEMPLARY)


def _rate(report, by, quality, is_exemplary):
    """Save a rating, under the caller's lock."""
    now = timezone.now()
    QualityRating.objects.create(
        report=report, quality=quality, is_exemplary=is_exemplary, by=by, at=now, on=timezone.localdate(now)
    )
    report.quality, report.is_exemplary = quality, is_exemplary
    report.save(update_fields=["quality", "is_exemplary"])


@transaction.atomic
def return_(report, *, by, comment, version=None):
    """Return a submitted report to its unit (退回), with a reason that the unit sees; return the report.

    `version` is the version that the reviewer has read. Raises `Conflict` where the report was answered or changed
    since, `Refused` where there is no reason.
    """
    report = _lock_for_review(report, by, "退回", version)
    if not comment:
        raise Refused("请填写退回原因。")
    give_back(report, by=by, comment=comment)
    notify_unit(report.assignment, "报告被退回，请补正后重新报送", comment)
    return report


def give_back(report, *, by, comment, act=None):
    """Set a waiting report to 已退回, for the office or the lead, under the caller's locks; `act` is that of `move`."""
    assignment = report.assignment
    _answer(report, ReportState.RETURNED, by, comment)
    move(
        assignment,
        Event.RETURNED,
        by=by,
        report=report,
        reason=comment,
        awaits_answer=assignment.status != Status.COMPLETED and unanswered(assignment) is not None,
        act=act,
    )
    if report.claims_completion:
        release_unheld(assignment, by)


@transaction.atomic
def take_over(report, *, by):
    """Move a report from the lead's stage to the office's (直接受理) and return it.

    Raises `Conflict` where it is at the office already, or was answered.
    """
    report = _lock_waiting(report, by, "受理", version=None)
    if report.review_stage != ReviewStage.LEAD:
        raise Conflict(f"该报告已在{office_name()}，可以直接审核。")
    pass_on(report, by=by, reason=f"{office_name()}直接受理", act="直接受理")
    return report


def pass_on(report, *, by, reason, act):
    """Move a report to the office's stage and record the step, under the caller's locks; `act` is that of `move`."""
    report.review_stage, report.review_stage_since = ReviewStage.OFFICE, timezone.now()
    report.save(update_fields=["review_stage", "review_stage_since"])
    move(report.assignment, Event.PASSED_ON, by=by, report=report, reason=reason, act=act)


@transaction.atomic
def revoke(assignment, *, by, reason):
    """Revoke a completion (撤销办结), with a reason that the unit sees; return the duty.

    Raises `Conflict` where the duty is not completed.
    """
    assignment = Assignment.objects.lock(assignment.pk)
    require(by, "tasks.revoke_completion", assignment)
    claim = assignment.reports.filter(claims_completion=True, state=ReportState.APPROVED).order_by("-pk").first()
    if claim is not None:
        require(by, "tasks.review_report", claim, four_eyes(by, claim))
    if not reason:
        raise Refused("请填写撤销办结的原因。")
    move(assignment, Event.REVOKED, by=by, reason=reason)
    publication.take_down(assignment)
    release_unheld(assignment, by)
    notify_unit(assignment, "已撤销办结", reason)
    return assignment


def notify_unit(assignment, what, why):
    """Notify the unit of a duty of `what` happened, and `why`, "" where there is no reason."""
    line = f"《{assignment.plan.title}》第{assignment.task.number}项任务{what}{'：' if why else '。'}{why}"
    notifications.notify_of_duties([assignment], lambda duty: line)


def _guard_counts(assignment):
    # A counted report may have been returned or withdrawn since the claim was submitted.
    target, done = assignment.task.target_count, counted(assignment)
    if target and done < target:
        raise Refused(f"该任务要求完成{target}次，现有报告累计{done}次，不能办结。请退回补正。")


def _lock_for_review(report, by, verb, version):
    """Return the report, locked. Raises `Refused` where it is at the lead's stage; else as `_lock_waiting`."""
    report = _lock_waiting(report, by, verb, version)
    if report.review_stage == ReviewStage.LEAD:
        raise Refused(
            f"报告尚在牵头部门，本次{verb}未生效。牵头部门认可后转{office_name()}；也可以先“直接受理”再审核。"
        )
    return report


def _lock_waiting(report, by, verb, version):
    """Return the report, locked. Raises `Conflict` where it is not waiting for review or has changed."""
    report = ProgressReport.objects.lock(report)
    require(by, "tasks.review_report", report, four_eyes(by, report))
    if report.state != ReportState.SUBMITTED:
        who = f"（{report.reviewed_by}）" if report.reviewed_by_id else ""
        raise Conflict(f"该报告已是“{report.get_state_display()}”{who}，本次{verb}未生效。")
    if version is not None and report.version != version:
        raise Conflict(f"填报单位已撤回修改并重新报送，本次{verb}未生效。请重新阅读后再审核。")
    return report


def _answer(report, state, by, comment):
    report.state, report.review_comment = state, comment
    report.reviewed_by, report.reviewed_at = by, timezone.now()
    report.save(update_fields=["state", "review_comment", "reviewed_by", "reviewed_at"])
