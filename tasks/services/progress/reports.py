"""Drafting, submission and withdrawal of progress reports (design: Rules of progress)."""

from datetime import timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from departments.services import leader_approval as unit_leaders
from tasks.choices import DutyRole, EnteredAnswer, Event, ReportState, ReviewStage, Status
from tasks.models import Assignment, Evidence, ProgressReport, SupervisionRules
from tasks.models.progress.report import CONTENT_FIELDS
from tasks.services.plans.assignments import release_unheld
from tasks.services.supervision import acknowledgements, notifications
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core import history
from wenshang_disclosure.core.region import worded
from wenshang_disclosure.core.web.errors import Conflict, Refused, require

from . import draft_versions
from .transitions import AUDITED_BY_CALLER, move

ONLY_THE_OFFICE_ENTERS = worded("代填由{office_short}工作人员办理。")
UNIT_IS_WRITING = "该单位正在填写这件事项，没有代填。请由该单位自行报送，或者重新下载填报表填写后再交来。"
DUPLICATE_PERIOD = timedelta(minutes=10)  # within it, the same content is the same form sent twice


# --- the draft --------------------------------------------------------------------------------------------------------


@transaction.atomic
def save_draft(assignment, *, by, version, **written):
    """Save the content in the duty's open draft, or in a new one, and return the draft.

    `version` is the version that the form was filled from, 0 where there was no draft. Raises `Conflict` where the
    draft has been changed since, awaits the unit's leader, or was submitted; `Refused` where the duty takes no report.
    """
    assignment = _lock_to_write(assignment, by)
    draft = _fill_in(_open_report(assignment), assignment, by, version, written)
    if draft.pk is None:
        refuse_released(assignment)
    return _write(draft, by)


@transaction.atomic
def start_answer(assignment, *, by):
    """Return the duty's open draft; without one, create it as a copy of the returned report with its evidence."""
    assignment = _lock_to_write(assignment, by)
    draft = _open_report(assignment)
    if draft is not None:
        _refuse_frozen(draft)
        return draft
    draft = _new_draft(assignment, by)
    refuse_released(assignment)
    return _write(draft, by)


@transaction.atomic
def bring_back(assignment, *, by, version, earlier, **written):
    """Save the content as `save_draft` does, then put an earlier version, by its id, in its place; return the draft.

    What was just saved is kept as a version. Raises `Refused` where the draft has no such version, and as `save_draft`.
    """
    assignment = _lock_to_write(assignment, by)
    draft = _open_report(assignment)
    found = draft and draft.draft_versions.filter(pk=earlier).first()  # the save may drop it as the oldest
    draft = save_draft(assignment, by=by, version=version, **written)
    if not found:
        raise Refused("这份早先的草稿已不存在，没有恢复。")
    words = draft_versions.words_of(found)
    if words == draft_versions.words_of(draft):
        return draft
    draft_versions.keep(draft)
    record(Kind.CHANGE, "恢复早先的草稿", by=by, on=assignment, detail={"report": draft.pk})
    return save_draft(assignment, by=by, version=draft.version, **words)


@transaction.atomic
def discard_draft(assignment, *, by, version=None):
    """Delete the duty's open draft with its evidence and earlier versions.

    `version` is the version that the user has seen. Raises `Conflict` where the draft has changed since, `Refused`
    where it was submitted before and so belongs to the history.
    """
    assignment = Assignment.objects.lock(assignment.pk)
    require(by, "tasks.write_report", assignment)
    draft = _open_report(assignment)
    if draft is None:
        raise Conflict("草稿已不存在。")
    _refuse_frozen(draft)
    if version is not None and draft.version != version:
        raise Conflict("这份草稿已在别处修改，没有删除。请核对后再删除。")
    if draft.transitions.exists():
        raise Refused("这份报告报送过又撤回，已有流转记录，不能删除；可以修改后重新报送。")
    record(Kind.CHANGE, "删除草稿", by=by, on=assignment, detail={"report": draft.pk})
    draft.evidence.all().delete()
    draft.delete()


def _lock_to_write(assignment, by):
    assignment = Assignment.objects.lock(assignment.pk)
    require(by, "tasks.write_report", assignment)
    refuse_suspended(assignment)
    return assignment


def _open_report(assignment):
    """Return the duty's draft or its report that awaits the leader, locked; `None` where there is neither."""
    return assignment.reports.select_for_update().not_submitted().first()


def _refuse_frozen(report):
    if not report.is_draft:
        raise Conflict("这份报告已送分管领导审签，不能再修改；要修改，请先撤回。")


def _fill_in(draft, assignment, by, version, written):
    """Return the open draft, or a new one, with the new content; `_write` saves it."""
    if draft is not None:
        _refuse_frozen(draft)
    _refuse_stale(draft, version)
    if draft is None:
        draft = _new_draft(assignment, by)
    else:
        draft.version += 1
    words = {field: written[field] for field in CONTENT_FIELDS if field in written}
    if draft_versions.words_of(draft) != draft_versions.words_of(draft) | words:
        _overwrite(draft, words, by)
    draft.assignment, draft.saved_at = assignment, timezone.now()
    return draft


def _overwrite(draft, words, by):
    if draft.pk:
        draft_versions.keep_overwritten(draft, words, by)
    for field, value in words.items():
        setattr(draft, field, value)
    draft.written_by, draft.written_at = by, timezone.now()


def _refuse_stale(draft, version):
    if (draft.version if draft else 0) == version:
        return
    if draft is None:
        raise Conflict("这份草稿已被报送或删除。您填写的文字仍在下面，请复制后核对。")
    raise Conflict("这份草稿已在别处修改。您填写的文字仍在下面；要以这里的为准，请核对后再保存一次。")


def _new_draft(assignment, by):
    """Return an unsaved draft, a copy of the returned report that it answers where there is one."""
    if assignment.status == Status.COMPLETED:
        raise Refused("该事项已办结，不再填报。")
    returned = unanswered(assignment)
    copied = {field: getattr(returned, field) for field in CONTENT_FIELDS} if returned else {}
    now = timezone.now()
    written = {"author": by, "written_by": by, "written_at": now, "saved_at": now, **copied}
    return ProgressReport(assignment=assignment, answers=returned, **written)


def _write(report, by):
    """Save a report with `by` as a writer and return it; a new one copies the report it answers.

    The copy has the evidence and the writers of that report: its words and files are theirs.
    """
    is_new = report.pk is None
    report.save()
    if is_new:
        if report.answers:
            _copy_evidence(report.answers, report)
            report.writers.add(*report.answers.writer_ids())
        record(Kind.CHANGE, "开始填写进展报告", by=by, on=report.assignment, detail={"report": report.pk})
    report.writers.add(by)
    return report


def _copy_evidence(source, target):
    copies = list(source.evidence.all())
    for item in copies:
        item.pk, item.report = None, target
        item._state.adding = True
    Evidence.objects.bulk_create(copies)


def unanswered(assignment):
    """Return the latest returned report that has no answer yet, or `None`."""
    returned = assignment.reports.filter(state=ReportState.RETURNED).order_by("-reviewed_at", "-pk").first()
    if returned is None:
        return None
    later = assignment.reports.counting().filter(submitted_at__gt=returned.reviewed_at)
    return None if later.exists() else returned


# --- submission -------------------------------------------------------------------------------------------------------


@transaction.atomic
def submit(assignment, *, by, version, attested_name, attested, **written):
    """Save the content, attest the confidentiality review and submit the report; return the report.

    Where the unit's leader approves first, the report awaits the leader and the duty's status does not change yet. The
    same form sent twice submits once, and sets `was_sent_before`. Raises `Conflict` where the report has changed since,
    `Refused` where it is empty or not attested, or where a claim of completion does not meet its conditions (design:
    Rules of progress).
    """
    assignment = _lock_to_write(assignment, by)
    report = _open_report(assignment)
    sent = already_sent(assignment, report, by, version, written)
    if sent:
        sent.was_sent_before = True
        return sent
    report = _fill_in(report, assignment, by, version, written)
    require(by, "tasks.submit_report", report)
    guard(report, attested and attested_name)
    report.attested_by, report.attested_name, report.attested_at = by, attested_name, timezone.now()
    approvers = _approvers(report, by)
    if approvers:
        _put_before_leader(report, approvers, by)
    else:
        mark_submitted(report, report.attested_at)
        move_on(_write(report, by), by=by)
    return report


@transaction.atomic
def submit_for_unit(
    assignment,
    *,
    by,
    version,
    attested_name,
    attested,
    bring=lambda report: None,
    place="",
    detail=None,
    reported_on=None,
    **written,
):
    """Save and submit a report that the office enters for the unit of the duty (代填), and return it.

    `bring(report)` attaches its evidence; `place` says from where it was taken, for the timeline, and `detail` for the
    audit trail. The unit's leader is not asked: the unit answers afterwards (`entering`). `reported_on` is the day on
    which the unit had reported on paper (补录): a claim counts from it. The same form sent twice submits once. Raises
    as `submit`.
    """
    assignment = Assignment.objects.lock(assignment.pk)
    require(by, "tasks.enter_for_unit", sentence=ONLY_THE_OFFICE_ENTERS)
    refuse_suspended(assignment)
    report = _open_report(assignment)
    sent = already_sent(assignment, report, by, version, written)
    if sent:
        return sent
    if report and (not report.is_draft or report.version != version):
        raise Conflict(UNIT_IS_WRITING)
    report = _write(_fill_in(report, assignment, by, version, written), by)
    bring(report)
    guard(report, attested and attested_name)
    report.attested_by, report.attested_name, report.attested_at = by, attested_name, timezone.now()
    mark_submitted(report, report.attested_at)
    report.save()
    told = {"for_unit": assignment.unit.name, **(detail or {})}
    move_on(report, by=by, reason=place, act="代填报送", is_own=False, detail=told, claimed_on=reported_on)
    return report


def already_sent(assignment, report, by, version, written):
    """Return the report just submitted by the same form (same content, next version, no draft since), or `None`.

    `report` is the duty's open report, `None` where there is none. A form that came with files was saved before it was
    submitted, so that two versions lie between.
    """
    sent = (
        report
        or assignment.reports.filter(state=ReportState.SUBMITTED, attested_by=by)
        .order_by("-attested_at", "-pk")
        .first()
    )
    if sent is None or sent.is_draft or sent.attested_by_id != by.pk or sent.version not in (version + 1, version + 2):
        return None
    is_same = all(getattr(sent, field) == written[field] for field in CONTENT_FIELDS if field in written)
    return sent if is_same and sent.attested_at >= timezone.now() - DUPLICATE_PERIOD else None


def last_attested_name(user):
    """Return the name of who did the confidentiality review of what `user` submitted last, "" where there is none."""
    attested = ProgressReport.objects.filter(attested_by=user).order_by("-attested_at", "-pk")
    return attested.values_list("attested_name", flat=True).first() or ""


def guard(report, attested_name):
    """Raise `Refused` where a report may not be submitted: empty, not attested, or an incomplete claim.

    Suspension of the duty is checked where the duty is locked.
    """
    if not report.text.strip():
        raise Refused("请填写进展情况后再报送。", field="text")
    if not attested_name:
        raise Refused("请确认材料已通过本单位保密审查，并填写审查人姓名。", field="attested_name")
    refuse_released(report.assignment)
    if report.assignment.status == Status.UNDER_REVIEW:
        raise Refused("该事项已申报办结，正在审核；审核结果出来之前不能再报送。")
    if report.claims_completion:
        _guard_claim(report)


def _guard_claim(report):
    source = report if report.pk else report.answers  # an unsaved draft will copy the evidence of the report it answers
    if source is None or not source.evidence.exists():
        raise Refused("申报办结须至少附一项佐证材料。", field="claims_completion")
    target = report.assignment.task.target_count
    done = counted(report.assignment) + (report.count or 0) if target else 0
    if target and done < target:
        raise Refused(f"该任务要求完成{target}次，累计填报{done}次，尚不能申报办结。", field="count")
    if open_responsible(report.assignment).exists() and not report.open_units_note:
        raise Refused("还有责任单位未办结，请在“对未办结责任单位的说明”中说明情况。", field="open_units_note")


def why_closed(assignment):
    """Return why the duty takes no report now, "" where it takes one."""
    if assignment.status == Status.COMPLETED:
        return "该事项已办结，不再填报。"
    if assignment.status == Status.UNDER_REVIEW:
        return "该事项已申报办结，正在审核；审核结果出来之前不用填报。"
    return "该事项已解除，不再填报。" if assignment.is_released else ""


def refuse_released(assignment):
    """Raise `Refused` where the duty is released (解除)."""
    if assignment.is_released:
        raise Refused("该事项已解除，不再填报。")


def refuse_suspended(assignment):
    """Raise `Refused` where the duty is suspended (中止)."""
    if assignment.suspended:
        raise Refused("该事项已中止，恢复办理后再填报。")


def counted(assignment):
    """Return the sum of the counts of the duty's submitted and approved reports."""
    return sum(filter(None, assignment.reports.counting().values_list("count", flat=True)))


def open_responsible(assignment):
    """Return the uncompleted duties of the responsible units on the task that this duty coordinates, if it does."""
    if not assignment.coordinates:
        return Assignment.objects.none()
    return (
        Assignment.objects.owed()
        .filter(task=assignment.task_id, role=DutyRole.RESPONSIBLE)
        .exclude(status=Status.COMPLETED)
    )


def _approvers(report, by):
    """Return the people who may approve the report today, except its writers.

    Empty where the unit has no approval or nobody could give it; the report is then submitted directly.
    """
    unit = report.assignment.unit
    if not unit.leader_approves:
        return []
    wrote = {report.author_id, by.pk} | (set(report.writers.values_list("pk", flat=True)) if report.pk else set())
    return [person for person in unit_leaders.approvers(unit) if person.pk not in wrote]


def _put_before_leader(report, approvers, by):
    """Lock an attested report for changes until the leader's approval; the duty's status does not change."""
    report.state = ReportState.AWAITING_LEADER
    _write(report, by)
    notify_of_report(approvers, report, "有报告待您审签", reverse("tasks:leader-approval", args=[report.pk]))
    record(Kind.CHANGE, "送分管领导审签", by=by, on=report.assignment, detail={"report": report.pk})


def notify_of_report(people, report, what, path):
    """Notify people of the unit of what happened to its report."""
    duty = report.assignment
    line = f"《{duty.plan.title}》第{duty.task.number}项任务的进展报告{what}"
    notifications.notify((person, line, path) for person in people)


def mark_submitted(report, at):
    """Set the fields of a report submitted at `at`, without saving it."""
    report.state, report.submitted_at = ReportState.SUBMITTED, at
    report.leader_comment = ""  # internal to the unit
    report.review_stage, report.review_stage_since = _first_review_stage(report.assignment), at


def _first_review_stage(assignment):
    """Return the first stage of review: the lead where the plan's rules say so and there is one, else the office."""
    if assignment.role != DutyRole.RESPONSIBLE or not SupervisionRules.of(assignment.plan).through_lead:
        return ReviewStage.OFFICE
    leads = Assignment.objects.coordinating(assignment.task_id).exclude(unit=assignment.unit_id)
    return ReviewStage.LEAD if leads.exists() else ReviewStage.OFFICE


def move_on(report, *, by, reason="", act=None, is_own=True, detail=None, claimed_on=None):
    """Move the duty of a report that was just submitted, under the caller's locks; `act` and `detail` are as in `move`.

    The earlier versions of its draft end here: they are internal to the unit. A report that the unit did not submit
    itself acknowledges nothing for it (`is_own`); `claimed_on` is the day of a claim that was made before (补录).
    """
    if report.version > 1:  # the first has none before it
        report.draft_versions.all().delete()
    duty = report.assignment
    if is_own:
        acknowledgements.acknowledge_by_reporting(duty, by=report.attested_by, at=report.submitted_at)
    step = {"by": by, "report": report, "reason": reason, "awaits_answer": False, "detail": detail}
    if report.claims_completion and duty.status == Status.NOT_STARTED:
        move(duty, Event.SUBMITTED, **step, act=AUDITED_BY_CALLER)
    event = Event.CLAIMED if report.claims_completion else Event.SUBMITTED
    move(duty, event, **step, act=act, claimed_on=claimed_on)


# --- withdrawal -------------------------------------------------------------------------------------------------------


@transaction.atomic
def withdraw(report, *, by):
    """Turn a report that nobody has reviewed back into a draft and return it.

    A report that awaits the leader has not moved its duty, so its withdrawal records no step. Raises `Conflict` where
    the report was reviewed, `Refused` where the duty has another open draft.
    """
    report = ProgressReport.objects.lock(report)
    assignment = report.assignment
    require(by, "tasks.withdraw_report", report, "只有填报人可以撤回这份报告。")
    if report.state == ReportState.AWAITING_LEADER:
        take_back(report)
        record(Kind.CHANGE, "撤回送审", by=by, on=assignment, detail={"report": report.pk})
        return report
    if report.state != ReportState.SUBMITTED:
        raise Conflict(f"该报告已是“{report.get_state_display()}”，本次撤回未生效。")
    _guard_withdrawal(assignment)
    undo_submission(report, by=by)
    return report


def undo_submission(report, *, by, reason=""):
    """Turn a submitted report back into a draft and move its duty, under the caller's locks."""
    assignment = report.assignment
    _end_entered(report, by)
    history.keep(ProgressReport.objects.filter(pk=report.pk))
    take_back(report)
    awaits = unanswered(assignment) is not None
    move(assignment, Event.WITHDRAWN, by=by, report=report, reason=reason, awaits_answer=awaits)
    if report.claims_completion:
        release_unheld(assignment, by)


def _end_entered(report, by):
    """Note that the unit took back what the office had entered for it before the days for an answer were over."""
    entered = report.entered
    if entered and entered.is_open:
        entered.answer, entered.answered_by, entered.answered_at = EnteredAnswer.WITHDRAWN, by, timezone.now()
        entered.save(update_fields=["answer", "answered_by", "answered_at"])


def _guard_withdrawal(assignment):
    if assignment.status == Status.COMPLETED:
        raise Refused("该事项已办结，报告不能再撤回。")
    following = assignment.reports.not_submitted().first()
    if following is not None and following.is_draft:
        raise Refused("该事项另有一份草稿。请先报送或删除那份草稿，再撤回这份报告。")
    if following is not None:
        raise Refused("该事项另有一份报告待分管领导审签。请先撤回那份报告并删除，再撤回这份报告。")


def take_back(report):
    """Turn a report back into a draft, under the caller's lock; it has to be attested again."""
    report.state = ReportState.DRAFT
    report.version += 1
    report.submitted_at = report.attested_at = report.attested_by = None
    report.attested_name = ""
    report.leader_approved_at = report.leader_approved_by = None
    report.review_stage, report.review_stage_since = ReviewStage.OFFICE, None
    report.save()
