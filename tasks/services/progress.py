"""A unit writes, hands in and takes back a progress report (design §4)."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from wenshang_disclosure.common.errors import Conflict, Refused, require

from ..choices import DutyRole, Event, ReportState, Status
from ..models import Assignment, Evidence, ProgressReport
from . import receipts
from .transitions import move

SAME_POST = timedelta(minutes=10)  # within this time the same words are the same post, sent again
WRITTEN = ("text", "obstacles", "next_steps", "count", "claims_completion", "open_units_note")


@transaction.atomic
def save_draft(assignment, *, by, version, **written):
    """Save what was typed into the duty's open draft, or into a new one, and give the draft.

    `version` is the one that the form was filled from, 0 where there was no draft. Raises `Conflict` where the draft
    has been changed since, or was handed in; `Refused` where the duty takes no report.
    """
    assignment = _lock(assignment)
    require(by, "tasks.write_report", assignment)
    refuse_suspended(assignment)
    draft = assignment.reports.select_for_update().filter(state=ReportState.DRAFT).first()
    _refuse_stale(draft, version, written)
    if draft is None:
        draft = _begin(assignment, by)
    else:
        draft.version += 1
    for field in WRITTEN:
        setattr(draft, field, written.get(field, getattr(draft, field)))
    draft.saved_at = timezone.now()
    draft.save()
    draft.writers.add(by)
    return draft


def _refuse_stale(draft, version, written):
    if (draft.version if draft else 0) == version:
        return
    if draft is None:
        raise Conflict("这份草稿已被报送或删除。您填写的文字仍在下面，请复制后核对。")
    raise Conflict("这份草稿已在别处修改。您填写的文字仍在下面；要以这里的为准，请核对后再保存一次。")


def _begin(assignment, by):
    if assignment.status == Status.COMPLETED:
        raise Refused("该事项已办结，不再填报。")
    _refuse_released(assignment)
    returned = unanswered(assignment)
    draft = ProgressReport(assignment=assignment, author=by, answers=returned, saved_at=timezone.now())
    if returned is None:
        draft.save()
        return draft
    for field in WRITTEN:
        setattr(draft, field, getattr(returned, field))
    draft.save()
    _copy_evidence(returned, draft)
    return draft


def _refuse_released(assignment):
    if assignment.is_released:
        raise Refused("该事项已解除，不再填报。")


def refuse_suspended(assignment):
    """Raise `Refused` where the duty is taken out of the count (中止)."""
    if assignment.suspended:
        raise Refused("该事项已中止，恢复办理后再填报。")


def _copy_evidence(source, target):
    copies = list(source.evidence.all())
    for item in copies:
        item.pk, item.report = None, target
        item._state.adding = True
    Evidence.objects.bulk_create(copies)


def unanswered(assignment):
    """Give the returned report that still waits for its answer, the latest where there are several, or `None`."""
    returned = assignment.reports.filter(state=ReportState.RETURNED).order_by("-reviewed_at", "-pk").first()
    if returned is None:
        return None
    later = assignment.reports.counting().filter(submitted_at__gt=returned.reviewed_at)
    return None if later.exists() else returned


@transaction.atomic
def start_answer(assignment, *, by):
    """Open the draft that answers a returned report, begun as a copy of it with its evidence; give the open draft."""
    assignment = _lock(assignment)
    require(by, "tasks.write_report", assignment)
    refuse_suspended(assignment)
    draft = assignment.reports.filter(state=ReportState.DRAFT).first()
    if draft is None:
        draft = _begin(assignment, by)
        draft.writers.add(by)
    return draft


@transaction.atomic
def submit(assignment, *, by, version, attested_name, attested, **written):
    """Save what was typed, attest the confidentiality review and hand the report in; give the report.

    The same post sent twice hands in once. Raises `Conflict` where somebody was faster, `Refused` where the report is
    empty, is not attested, or claims completion without what design §4 asks for.
    """
    sent = _already_sent(assignment, by, version, written)
    if sent:
        return sent
    report = save_draft(assignment, by=by, version=version, **written)
    require(by, "tasks.submit_report", report)
    _guard(report, attested and attested_name)
    now = timezone.now()
    report.state = ReportState.SUBMITTED
    report.submitted_at = report.attested_at = now
    report.attested_by, report.attested_name = by, attested_name
    report.save()
    assignment = _lock(assignment)
    receipts.acknowledge_by_reporting(assignment, by=by, at=now)
    if report.claims_completion and assignment.status == Status.NOT_STARTED:
        move(assignment, Event.SUBMITTED, by=by, report=report, awaits_answer=False)
    event = Event.CLAIMED if report.claims_completion else Event.SUBMITTED
    move(assignment, event, by=by, report=report, awaits_answer=False)
    return report


def _already_sent(assignment, by, version, written):
    """The report that this very form handed in a moment ago: the same words, one version on, and no new draft since."""
    _lock(assignment)
    just_now = assignment.reports.filter(submitted_at__gte=timezone.now() - SAME_POST)
    last = just_now.filter(attested_by=by, state=ReportState.SUBMITTED).order_by("-submitted_at").first()
    if last is None or last.version != version + 1 or assignment.reports.filter(state=ReportState.DRAFT).exists():
        return None
    same = all(getattr(last, field) == written[field] for field in WRITTEN if field in written)
    return last if same else None


def _guard(report, attested_name):
    if not report.text.strip():
        raise Refused("请填写进展情况后再报送。")
    if not attested_name:
        raise Refused("请确认材料已通过本单位保密审查，并填写审查人姓名。")
    _refuse_released(report.assignment)
    if report.assignment.status == Status.UNDER_REVIEW:
        raise Refused("该事项已申报办结，正在审核；审核结果出来之前不能再报送。")
    if report.claims_completion:
        _guard_claim(report)


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
    """Give the sum of what the duty's submitted and approved reports counted."""
    return sum(filter(None, assignment.reports.counting().values_list("count", flat=True)))


def open_responsible(assignment):
    """Give the responsible units' duties that are not done, of the task that this duty coordinates; none otherwise."""
    if not assignment.coordinates:
        return Assignment.objects.none()
    return (
        Assignment.objects.owed()
        .filter(task=assignment.task_id, role=DutyRole.RESPONSIBLE)
        .exclude(status=Status.COMPLETED)
    )


@transaction.atomic
def withdraw(report, *, by):
    """Take a submitted report back into a draft, before anyone has reviewed it.

    Raises `Conflict` where it was reviewed, `Refused` where the duty has another open draft.
    """
    assignment = _lock(report.assignment)
    report = ProgressReport.objects.select_for_update().get(pk=report.pk)
    require(by, "tasks.withdraw_report", report, "只有填报人可以撤回这份报告。")
    if report.state != ReportState.SUBMITTED:
        raise Conflict(f"该报告已是“{report.get_state_display()}”，本次撤回未生效。")
    if assignment.status == Status.COMPLETED:
        raise Refused("该事项已办结，报告不能再撤回。")
    if assignment.reports.filter(state=ReportState.DRAFT).exists():
        raise Refused("该事项另有一份草稿。请先报送或删除那份草稿，再撤回这份报告。")
    report.state = ReportState.DRAFT
    report.version += 1
    report.submitted_at = report.attested_at = report.attested_by = None
    report.attested_name = ""
    report.save()
    move(assignment, Event.WITHDRAWN, by=by, report=report, awaits_answer=unanswered(assignment) is not None)
    return report


@transaction.atomic
def discard_draft(assignment, *, by, version=None):
    """Delete the duty's open draft with its evidence list. A draft that was once handed in is history and stays.

    `version` is the one that the person has seen. Raises `Conflict` where the draft is another by now.
    """
    assignment = _lock(assignment)
    require(by, "tasks.write_report", assignment)
    draft = assignment.reports.select_for_update().filter(state=ReportState.DRAFT).first()
    if draft is None:
        raise Conflict("草稿已不存在。")
    if version is not None and draft.version != version:
        raise Conflict("这份草稿已在别处修改，没有删除。请核对后再删除。")
    if draft.transitions.exists():
        raise Refused("这份报告报送过又撤回，已有流转记录，不能删除；可以修改后重新报送。")
    draft.evidence.all().delete()
    draft.delete()


def _lock(assignment):
    return Assignment.objects.select_for_update(of=("self",)).select_related("task").get(pk=assignment.pk)
