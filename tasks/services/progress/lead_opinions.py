"""The lead's opinion on the report of a responsible unit (牵头意见, design: Words)."""

from django.db import transaction
from django.utils import timezone

from tasks.choices import NOT_SUBMITTED, Opinion, ReportState
from tasks.models import LeadOpinion, ProgressReport
from tasks.rules import wrote_it
from tasks.services.supervision import notifications
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.web.errors import Conflict, Refused, require

from . import reviews

ONLY_THE_LEAD = "牵头意见由本任务牵头部门的联络员提出。"
OWN_REPORT = "您参与填写了这份报告，由本部门其他联络员提出意见。"
ANSWERED = (ReportState.APPROVED, ReportState.RETURNED)


@transaction.atomic
def give(report, *, by, opinion, text="", version=None):
    """Record the lead's opinion on a submitted report and notify the unit; return the `LeadOpinion`.

    Where the report is at the lead's stage, 认可 passes it on to the office and 需补充 returns it to its unit. The
    same opinion sent twice is saved once. `version` is the version that was read. Raises `Conflict` where the unit has
    withdrawn or changed the report since, `Refused` where 需补充 comes without an explanation.
    """
    report = _lock_for_review(report, by, version)
    if opinion == Opinion.WANTS_MORE and not text:
        raise Refused("提出“需补充”的，请说明需要补充什么。")
    last = report.opinions.filter(unit=by.unit_id, at__gte=report.submitted_at).first()
    if last is not None and (last.opinion, last.text) == (opinion, text):
        return last
    given = LeadOpinion.objects.create(
        report=report, unit=by.unit, opinion=opinion, text=text, by=by, at=timezone.now()
    )
    decides = report.waits_for_lead
    if decides:
        _decide(report, given)
    else:
        record(Kind.CHANGE, _act_of(given), by=by, on=report.assignment, detail={"report": report.pk})
    _notify_unit(report.assignment, given, returned=decides and given.opinion == Opinion.WANTS_MORE)
    return given


def why_not(user, report):
    """Return why a lead's liaison may not give an opinion on this report, as Chinese text; "" where they may."""
    return OWN_REPORT if wrote_it.test(user, report) else ""


@transaction.atomic
def endorse(report, *, by, version=None):
    """Endorse (认可) a report that nobody has answered yet; return the `LeadOpinion`. Raises as `give`."""
    found = ProgressReport.objects.lock(report)
    if found.state in ANSWERED:
        raise Conflict(f"该报告已是“{found.get_state_display()}”，本次认可未生效。")
    return give(found, by=by, opinion=Opinion.ENDORSED, version=version)


def _lock_for_review(report, by, version):
    """Return the report, locked. Raises `Conflict` where it is not the version that the lead has read."""
    report = ProgressReport.objects.lock(report)
    require(by, "tasks.give_opinion", report, ONLY_THE_LEAD)
    if report.state in NOT_SUBMITTED:
        raise Conflict("填报单位已撤回该报告，意见没有提交。")
    if version is not None and report.version != version:
        raise Conflict("填报单位已撤回修改并重新报送，意见没有提交。请重新阅读后再提出。")
    return report


def _decide(report, given):
    reason = f"牵头部门意见：{given.text}" if given.text else "牵头部门认可"
    if given.opinion == Opinion.ENDORSED:
        reviews.pass_on(report, by=given.by, reason=reason, act=_act_of(given))
    else:
        reviews.give_back(report, by=given.by, comment=reason, act=_act_of(given))


def _act_of(given):
    return f"提出牵头意见：{Opinion(given.opinion).label}"


def _notify_unit(assignment, given, *, returned):
    line = f"{given.unit}对《{assignment.plan.title}》第{assignment.task.number}项任务的报告提出牵头意见："
    line += f"{Opinion(given.opinion).label}。{given.text}"
    if returned:
        line = line.rstrip("。") + "。报告已退回，请补正后重新报送。"
    notifications.notify_of_duties([assignment], lambda duty: line)
