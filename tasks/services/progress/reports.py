"""A unit writes, hands in and takes back a progress report (design: Rules of progress)."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from tasks.choices import Event, ReportState, Status
from tasks.models import Evidence, ProgressReport
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.web.errors import Conflict, Refused, require

from . import leader_approval, submission
from .transitions import move

SAME_POST = timedelta(minutes=10)  # within this time the same words are the same post, sent again
WRITTEN = ("text", "obstacles", "next_steps", "count", "claims_completion", "open_units_note")


@transaction.atomic
def save_draft(assignment, *, by, version, **written):
    """Save what was typed into the duty's open draft, or into a new one, and return the draft.

    `version` is the one that the form was filled from, 0 where there was no draft. Raises `Conflict` where the draft
    has been changed since, waits for the unit's leader, or was handed in; `Refused` where the duty takes no report.
    """
    assignment = submission.lock(assignment)
    require(by, "tasks.write_report", assignment)
    submission.refuse_suspended(assignment)
    draft = _open_draft(assignment)
    _refuse_stale(draft, version)
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


def _open_draft(assignment):
    """Return the duty's open draft under a lock, `None` where there is none; a report before the leader is frozen."""
    report = assignment.reports.select_for_update().not_submitted().first()
    if report is not None and not report.is_draft:
        raise Conflict("这份报告已送分管领导审签，不能再修改；要修改，请先撤回。")
    return report


def _refuse_stale(draft, version):
    if (draft.version if draft else 0) == version:
        return
    if draft is None:
        raise Conflict("这份草稿已被报送或删除。您填写的文字仍在下面，请复制后核对。")
    raise Conflict("这份草稿已在别处修改。您填写的文字仍在下面；要以这里的为准，请核对后再保存一次。")


def _begin(assignment, by):
    if assignment.status == Status.COMPLETED:
        raise Refused("该事项已办结，不再填报。")
    submission.refuse_released(assignment)
    returned = unanswered(assignment)
    draft = ProgressReport(assignment=assignment, author=by, answers=returned, saved_at=timezone.now())
    if returned is not None:
        for field in WRITTEN:
            setattr(draft, field, getattr(returned, field))
    draft.save()
    if returned is not None:
        _copy_evidence(returned, draft)
    record(Kind.CHANGE, "开始填写进展报告", by=by, on=assignment, detail={"report": draft.pk})
    return draft


def _copy_evidence(source, target):
    copies = list(source.evidence.all())
    for item in copies:
        item.pk, item.report = None, target
        item._state.adding = True
    Evidence.objects.bulk_create(copies)


def unanswered(assignment):
    """Return the returned report that still waits for its answer, the latest where there are several, or `None`."""
    returned = assignment.reports.filter(state=ReportState.RETURNED).order_by("-reviewed_at", "-pk").first()
    if returned is None:
        return None
    later = assignment.reports.counting().filter(submitted_at__gt=returned.reviewed_at)
    return None if later.exists() else returned


@transaction.atomic
def start_answer(assignment, *, by):
    """Open the draft that answers a returned report, begun as a copy of it with its evidence; return the open draft."""
    assignment = submission.lock(assignment)
    require(by, "tasks.write_report", assignment)
    submission.refuse_suspended(assignment)
    draft = _open_draft(assignment)
    if draft is None:
        draft = _begin(assignment, by)
        draft.writers.add(by)
    return draft


@transaction.atomic
def submit(assignment, *, by, version, attested_name, attested, **written):
    """Save what was typed, attest the confidentiality review and hand the report in; return the report.

    Where the unit's leader approves first, it is put before the leader instead, and nothing moves yet. The same post
    sent twice hands in once. Raises `Conflict` where somebody was faster, `Refused` where the report is empty, is not
    attested, or claims completion without what design: Rules of progress asks for.
    """
    sent = _already_sent(assignment, by, version, written)
    if sent:
        return sent
    report = save_draft(assignment, by=by, version=version, **written)
    require(by, "tasks.submit_report", report)
    submission.guard(report, attested and attested_name)
    report.attested_at = timezone.now()
    report.attested_by, report.attested_name = by, attested_name
    if leader_approval.goes_to_leader(report):
        leader_approval.put_before_leader(report)
        record(Kind.CHANGE, "送分管领导审签", by=by, on=report.assignment, detail={"report": report.pk})
    else:
        submission.submit(report, report.assignment, by=by, at=report.attested_at)
    return report


def _already_sent(assignment, by, version, written):
    """The report that this very form sent off a moment ago: the same words, one version on, and no new draft since."""
    assignment = submission.lock(assignment)
    sent = assignment.reports.filter(state__in=[ReportState.AWAITING_LEADER, ReportState.SUBMITTED], attested_by=by)
    last = sent.filter(attested_at__gte=timezone.now() - SAME_POST).order_by("-attested_at").first()
    if last is None or last.version != version + 1 or assignment.reports.filter(state=ReportState.DRAFT).exists():
        return None
    same = all(getattr(last, field) == written[field] for field in WRITTEN if field in written)
    return last if same else None


@transaction.atomic
def withdraw(report, *, by):
    """Take a report back into a draft, before anyone has reviewed it; from the leader's desk no step is recorded.

    Raises `Conflict` where it was reviewed, `Refused` where the duty has another open draft.
    """
    assignment = submission.lock(report.assignment)
    report = ProgressReport.objects.select_for_update().get(pk=report.pk)
    require(by, "tasks.withdraw_report", report, "只有填报人可以撤回这份报告。")
    if report.state == ReportState.AWAITING_LEADER:
        submission.take_back(report)
        record(Kind.CHANGE, "撤回送审", by=by, on=assignment, detail={"report": report.pk})
        return report
    if report.state != ReportState.SUBMITTED:
        raise Conflict(f"该报告已是“{report.get_state_display()}”，本次撤回未生效。")
    _guard_withdrawal(assignment)
    submission.take_back(report)
    move(assignment, Event.WITHDRAWN, by=by, report=report, awaits_answer=unanswered(assignment) is not None)
    return report


def _guard_withdrawal(assignment):
    if assignment.status == Status.COMPLETED:
        raise Refused("该事项已办结，报告不能再撤回。")
    following = assignment.reports.not_submitted().first()
    if following is not None and following.is_draft:
        raise Refused("该事项另有一份草稿。请先报送或删除那份草稿，再撤回这份报告。")
    if following is not None:
        raise Refused("该事项另有一份报告待分管领导审签。请先撤回那份报告并删除，再撤回这份报告。")


@transaction.atomic
def discard_draft(assignment, *, by, version=None):
    """Delete the duty's open draft with its evidence list. A draft that was once handed in is history and stays.

    `version` is the one that the person has seen. Raises `Conflict` where the draft is another by now.
    """
    assignment = submission.lock(assignment)
    require(by, "tasks.write_report", assignment)
    draft = _open_draft(assignment)
    if draft is None:
        raise Conflict("草稿已不存在。")
    if version is not None and draft.version != version:
        raise Conflict("这份草稿已在别处修改，没有删除。请核对后再删除。")
    if draft.transitions.exists():
        raise Refused("这份报告报送过又撤回，已有流转记录，不能删除；可以修改后重新报送。")
    record(Kind.CHANGE, "删除草稿", by=by, on=assignment, detail={"report": draft.pk})
    draft.evidence.all().delete()
    draft.delete()
