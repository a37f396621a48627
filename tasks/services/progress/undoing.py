"""Taking back a decision on a report, an approval or a return, by a step of its own (design: Rules of progress)."""

from django.db import transaction
from django.utils import timezone

from tasks.choices import Event, ReportState, ReviewStage, Status
from tasks.models import ProgressReport, QualityRating
from tasks.services.undoing import Outlook, dependents, guard
from wenshang_disclosure.core.region import office_name
from wenshang_disclosure.core.web.errors import Conflict, require

from . import reviews
from .reports import unanswered
from .transitions import move

UNDONE_BY = {ReportState.APPROVED: Event.UNAPPROVED, ReportState.RETURNED: Event.UNRETURNED}
TOLD = {
    Event.UNAPPROVED: "报告的审核通过已撤回，报告重新等待审核",
    Event.UNRETURNED: "报告的退回已撤回，报告重新等待审核，不需补正",
}


@transaction.atomic
def undo(report, *, by, reason, seen=""):
    """Take back the approval or the return of a report, with a reason that the unit sees, and return the report.

    The report waits for review again. A duty that the decision moved is where it was before, with the same day of the
    claim; rating, exemplary mark and public mark go. `seen` is the mark of the `Outlook` that was shown. Raises
    `Conflict` where the report is not answered or something happened since, `Refused` where something was built on the
    decision.
    """
    report = ProgressReport.objects.lock(report)
    require(by, "tasks.undo_review", report, reviews.four_eyes(by, report))
    if report.state not in UNDONE_BY:
        raise Conflict(f"该报告已是“{report.get_state_display()}”，本次撤回未生效。")
    guard(outlook(report), reason, seen)
    event, duty, claimed_on = UNDONE_BY[report.state], report.assignment, _claimed_on(report)
    line = TOLD[event] + ("；已开始填写的草稿保留" if _draft_of_the_answer(report) else "")
    _reset(report, by)
    awaits = duty.status != Status.COMPLETED and unanswered(duty) is not None
    move(
        duty,
        event,
        by=by,
        report=report,
        reason=reason.strip(),
        awaits_answer=awaits if event == Event.UNRETURNED else None,
        claimed_on=claimed_on,
    )
    reviews.notify_unit(duty, line, reason.strip())
    return report


def _reset(report, by):
    """Set an answered report back to waiting, under the caller's lock. What was decided stays in the steps."""
    if report.quality or report.is_exemplary:
        now = timezone.now()
        QualityRating.objects.create(report=report, quality=None, by=by, at=now, on=timezone.localdate(now))
    # The draft stays its unit's text; once the report is returned again, another may be begun in answer to it.
    report.assignment.reports.filter(answers=report).update(answers=None)
    report.state, report.review_comment = ReportState.SUBMITTED, ""
    report.reviewed_by = report.reviewed_at = report.quality = None
    report.is_exemplary = report.is_public = False
    report.save(
        update_fields=[
            "state",
            "review_comment",
            "reviewed_by",
            "reviewed_at",
            "quality",
            "is_exemplary",
            "is_public",
        ]
    )


def outlook(report):
    """Return the `Outlook` of taking back the last decision on a report."""
    last = report.transitions.order_by("-pk").values_list("pk", flat=True).first()
    effects = _effects(report) if report.state in UNDONE_BY else []
    drafting = bool(_draft_of_the_answer(report))
    mark = f"{last}:{report.quality}:{report.is_exemplary:d}:{report.is_public:d}:{drafting:d}"
    return Outlook(obstacle(report), tuple(effects), mark)


def obstacle(report):
    """Return the sentence that says why the decision on a report cannot be taken back now, "" where it can."""
    duty = report.assignment
    if report.state not in UNDONE_BY:
        return f"该报告为“{report.get_state_display()}”，没有可以撤回的审核决定。"
    if duty.suspended:
        return "该事项已中止，恢复办理后才能撤回。"
    if duty.is_released or duty.unit.retired_on:
        return "该事项已解除，审核决定不能撤回。"
    later = duty.reports.submitted().filter(submitted_at__gt=report.reviewed_at).order_by("submitted_at").first()
    if later is not None:
        day = timezone.localdate(later.submitted_at)
        return f"填报单位已根据审核结果，于{day:%Y-%m-%d}又报送了进展，审核决定不能再撤回；请在那份报告的审核中处理。"
    return (
        _obstacle_to_unapproving(report) if report.state == ReportState.APPROVED else _obstacle_to_unreturning(report)
    )


def _obstacle_to_unapproving(report):
    duty = report.assignment
    if report.claims_completion and duty.status != Status.COMPLETED:
        return "该报告申报的办结已被撤销，不需要再撤回审核。"
    built_on = dependents(duty.plan, timezone.localdate(report.reviewed_at))
    if not built_on:
        return ""
    instead = "“撤销办结”" if report.claims_completion else "重新评价该报告的质量"
    return f"{built_on}，审核通过不能撤回；确需更正的，可以{instead}。"


def _obstacle_to_unreturning(report):
    if report.review_stage == ReviewStage.LEAD:
        return f"该报告由牵头部门退回，不由{office_name()}撤回。"
    answer = _draft_of_the_answer(report)
    if answer is not None and not answer.is_draft:
        return "填报单位的补正报告已送分管领导审签，退回不能再撤回。"
    return ""


def _draft_of_the_answer(report):
    """Return what its unit has begun in answer to a returned report, a draft or a report with its leader, or `None`."""
    if report.state != ReportState.RETURNED:
        return None
    return report.assignment.reports.not_submitted().first()


def _claimed_on(report):
    """Return the day of the claim before its return, `None` where no claim was returned."""
    if report.state != ReportState.RETURNED or not report.claims_completion:
        return None
    returned = report.transitions.filter(event=Event.RETURNED).order_by("-pk").first()
    before = report.assignment.transitions.filter(pk__lt=returned.pk).order_by("-pk").first()
    return before.claimed_on


def _effects(report):
    """Yield the sentences that say what taking the decision back does."""
    claimed_on = report.assignment.claimed_on
    yield "报告回到“已报送”，重新等待审核。"
    if report.state == ReportState.RETURNED:
        yield "填报单位不需要再补正。"
        if report.claims_completion:
            yield f"该事项由“推进中”回到“待审核”，申报办结日期恢复为{_claimed_on(report):%Y-%m-%d}。"
        if _draft_of_the_answer(report):
            yield "填报单位已开始填写补正的草稿，草稿保留，不会丢失。"
    elif report.claims_completion and claimed_on:
        yield f"该事项由“办结”回到“待审核”，申报办结日期仍为{claimed_on:%Y-%m-%d}。"
    if report.quality:
        exemplary = "和典型经验" if report.is_exemplary else ""
        yield f"质量评价“{report.get_quality_display()}”{exemplary}一并取消。"
    if report.is_public:
        yield "对外公开一并取消。"
    yield "填报单位的联络员和分管领导将收到通知并看到原因；此前日期的亮灯和统计不变。"
