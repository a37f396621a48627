"""A report leaves its unit: what design: Rules of progress asks of it before, and what follows from it."""

from tasks.choices import DutyRole, Event, ReportState, ReviewStage, Status
from tasks.models import Assignment, SupervisionRules
from tasks.services.supervision import acknowledgements
from wenshang_disclosure.core.web.errors import Refused

from .transitions import TOLD_ELSEWHERE, move


def lock(assignment):
    """Lock the duty for the rest of the transaction and give it as it now stands."""
    duties = Assignment.objects.select_for_update(of=("self",)).select_related("task", "unit", "plan")
    return duties.get(pk=assignment.pk)


def guard(report, attested_name):
    """Raise `Refused` where the report may not leave its unit: empty, not attested, or a claim that lacks something."""
    if not report.text.strip():
        raise Refused("请填写进展情况后再报送。")
    if not attested_name:
        raise Refused("请确认材料已通过本单位保密审查，并填写审查人姓名。")
    refuse_released(report.assignment)
    refuse_suspended(report.assignment)
    if report.assignment.status == Status.UNDER_REVIEW:
        raise Refused("该事项已申报办结，正在审核；审核结果出来之前不能再报送。")
    if report.claims_completion:
        _guard_claim(report)


def refuse_released(assignment):
    """Raise `Refused` where the unit does not owe the duty any more."""
    if assignment.is_released:
        raise Refused("该事项已解除，不再填报。")


def refuse_suspended(assignment):
    """Raise `Refused` where the duty is taken out of the count (中止)."""
    if assignment.suspended:
        raise Refused("该事项已中止，恢复办理后再填报。")


def _guard_claim(report):
    if not report.evidence.exists():
        raise Refused("申报办结须至少附一项佐证材料。")
    target = report.assignment.task.target_count
    done = counted(report.assignment) + (report.count or 0)
    if target and done < target:
        raise Refused(f"该任务要求完成{target}次，累计填报{done}次，尚不能申报办结。")
    if open_responsible(report.assignment).exists() and not report.open_units_note:
        raise Refused("还有责任单位未办结，请在“对未办结责任单位的说明”中说明情况。")


def counted(assignment):
    """Return the sum of what the duty's submitted and approved reports counted."""
    return sum(filter(None, assignment.reports.counting().values_list("count", flat=True)))


def open_responsible(assignment):
    """Return the responsible units' duties that are not done, of the task that this duty coordinates;
    none otherwise.
    """
    if not assignment.coordinates:
        return Assignment.objects.none()
    return (
        Assignment.objects.owed()
        .filter(task=assignment.task_id, role=DutyRole.RESPONSIBLE)
        .exclude(status=Status.COMPLETED)
    )


def submit(report, assignment, *, by, at, reason="", act=None):
    """Send a guarded report out of its unit and move its duty, under the caller's locks; `act` as `move` takes it."""
    report.state = ReportState.SUBMITTED
    report.submitted_at = at
    report.leader_comment = ""  # what was said inside the unit stays there
    report.review_stage, report.review_stage_since = first_review_stage(assignment), at
    report.save()
    acknowledgements.acknowledge_by_reporting(assignment, by=report.attested_by, at=at)
    if report.claims_completion and assignment.status == Status.NOT_STARTED:
        first = {"by": by, "report": report, "reason": reason, "awaits_answer": False}
        move(assignment, Event.SUBMITTED, **first, act=TOLD_ELSEWHERE)
    event = Event.CLAIMED if report.claims_completion else Event.SUBMITTED
    move(assignment, event, by=by, report=report, reason=reason, awaits_answer=False, act=act)


def first_review_stage(assignment):
    """Return where a report on the duty goes first: its lead where the plan asks for that, else the office."""
    if assignment.role != DutyRole.RESPONSIBLE or not SupervisionRules.of(assignment.plan).through_lead:
        return ReviewStage.OFFICE
    leads = Assignment.objects.coordinating(assignment.task_id).exclude(unit=assignment.unit_id)
    return ReviewStage.LEAD if leads.exists() else ReviewStage.OFFICE


def take_back(report):
    """Make a report its unit's own draft again, under the caller's lock; whoever attested it has to do so again."""
    report.state = ReportState.DRAFT
    report.version += 1
    report.submitted_at = report.attested_at = report.attested_by = None
    report.attested_name = ""
    report.leader_approved_at = report.leader_approved_by = None
    report.review_stage, report.review_stage_since = ReviewStage.OFFICE, None
    report.save()
