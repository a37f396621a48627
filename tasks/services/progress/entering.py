"""Reports that the office enters for a unit (代填), and the unit's answer to them (design: Rules of progress)."""

from typing import NamedTuple

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from departments.choices import Role
from departments.models import User
from tasks.choices import EnteredAnswer, ReportState, Status
from tasks.models import EnteredReport, ProgressReport, SupervisionRules
from tasks.models.progress.entered_report import BY_OFFICE
from tasks.services import bulk
from tasks.services.supervision import notifications
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.region import worded
from wenshang_disclosure.core.web.errors import Conflict, Refused, require
from wenshang_disclosure.core.working_days import add_working_days
from wenshang_disclosure.files import keeping, uses

from . import evidence, reports
from .past_days import refuse_day

ONLY_ITS_UNIT = "代填的报告由被代填单位的联络员或者分管领导认可、提出异议。"
TOO_LATE = worded(
    "期限到{day:%Y-%m-%d}为止，已视为认可。内容有误、尚未审核的，可以撤回修改；已审核的，请联系{office_short}。"
)
OBJECTION = "对代填提出异议："


class Place(NamedTuple):
    """Where in a unit's 填报表 a report was taken from; `sha256` is the file's."""

    file_name: str
    sheet: str
    row: int
    sha256: str

    def columns(self):
        """Return what the `EnteredReport` has of it."""
        return {"file_name": self.file_name, "sheet": self.sheet, "row": self.row}


# --- entering ---------------------------------------------------------------------------------------------------------


def enter(
    assignment, *, by, version=0, links=(), files=(), kind=None, dated_on=None, reported_on=None, place=None, **form
):
    """Enter a report for the unit of a duty, submit it, and return the `EnteredReport`; the caller tells the unit.

    `version` is that of the unit's draft from which `place`, a `Place`, was filled in, 0 for none. `links` are pairs of
    title and URL, `files` uploads of one kind, by their names where none is given, and day, `form` the content and the
    attestation. `reported_on` is the day of a report on paper from before the product was used (补录). The same form
    sent twice enters once. Raises `Conflict` where the unit has written something else meanwhile, else as
    `reports.submit`.
    """
    require(by, "tasks.enter_for_unit", sentence=reports.ONLY_THE_OFFICE_ENTERS)
    refuse_day(assignment.plan, reported_on)
    where = {**(place.columns() if place else {}), "reported_on": reported_on}
    detail = {**place.columns(), "sha256": place.sha256} if place else {}
    detail |= {"reported_on": f"{reported_on}"} if reported_on else {}
    with keeping.kept(files, uses.EVIDENCE, by=by) as kept, transaction.atomic():

        def bring(report):
            evidence.add_links(report, links, by=by)
            for name, stored in kept:
                evidence.add_file(report, name, stored, by=by, kind=kind, dated_on=dated_on)

        said = EnteredReport(**where).in_words()
        report = reports.submit_for_unit(
            assignment, by=by, version=version, bring=bring, place=said, detail=detail, reported_on=reported_on, **form
        )
        return report.entered or _keep(report, by, where)


def _keep(report, by, where):
    duty = report.assignment
    within = SupervisionRules.of(duty.plan).confirm_entered_within
    answer_by = add_working_days(timezone.localdate(report.attested_at), within)
    about = {"report": report, "unit": duty.unit, "by": by, "at": report.attested_at, "answer_by": answer_by}
    entered = EnteredReport.objects.create(**about, **where)
    entered.is_new = True
    return entered


def enter_and_tell(assignment, *, by, **form):
    """Enter one report as `enter` does, and tell its unit of it."""
    entered = enter(assignment, by=by, **form)
    tell_units([entered])
    return entered


def tell_units(entered):
    """Notify the liaisons and leaders of each unit of what was entered for it just now, in one line a unit."""
    shares = {}
    for one in entered:
        if one.is_new:  # and not by the same form sent before
            shares.setdefault(one.unit_id, []).append(one)
    people = notifications.people_of(list(shares))
    lines = {unit: _line(share) for unit, share in shares.items()}
    notifications.notify((person, *lines[unit]) for unit in shares for person in people.get(unit, ()))


def _line(share):
    """Return text and path of the notification of a unit."""
    last = min(one.answer_by for one in share)
    ends = f"请核对，{last.month}月{last.day}日前未提出异议的视为认可。"
    if len(share) > 1:
        return f"{BY_OFFICE}了本单位{len(share)}件承办事项的进展报告，{ends}", reverse("tasks:entered")
    [one] = share
    duty = one.report.assignment
    words = f"{BY_OFFICE}了本单位《{duty.plan.title}》第{duty.task.number}项任务的进展报告，{ends}"
    return words, reverse("tasks:entered-report", args=[one.pk])


# --- the unit's answer ------------------------------------------------------------------------------------------------


@transaction.atomic
def confirm(entered, *, by):
    """Agree to a report that was entered for the own unit (认可), and return it; agreed to twice is once."""
    entered = _lock(entered, by)
    if entered.answer == EnteredAnswer.CONFIRMED:
        return entered
    _guard_open(entered)
    _answer(entered, EnteredAnswer.CONFIRMED, by)
    record(Kind.CHANGE, "认可代填的报告", by=by, on=entered.report.assignment, detail={"report": entered.report_id})
    return entered


def confirm_several(entered, *, by):
    """Agree to several; return a `Result` for each."""
    return bulk.each(entered, lambda one: confirm(one, by=by))


@transaction.atomic
def object_to(entered, *, by, reason):
    """Object to a report that was entered for the own unit (提出异议), with a reason, and return it.

    A report that nobody has answered yet becomes the unit's draft again, unless the unit has another one; else the
    objection stands beside it, and the office cannot approve it. The office is notified.
    """
    entered = _lock(entered, by)
    _guard_open(entered)
    if not reason.strip():
        raise Refused("请写明对哪些内容有异议。")
    _answer(entered, EnteredAnswer.OBJECTED, by, reason.strip())
    report = entered.report
    duty = report.assignment
    record(Kind.CHANGE, "对代填的报告提出异议", by=by, on=duty, detail={"report": report.pk})
    if _can_go_back(report):
        reports.undo_submission(report, by=by, reason=f"{OBJECTION}{entered.reason}")
    _tell_office(entered)
    return entered


def _lock(entered, by):
    report = ProgressReport.objects.lock(ProgressReport.objects.get(pk=entered.report_id))
    require(by, "tasks.answer_entered", report, ONLY_ITS_UNIT)
    entered = EnteredReport.objects.select_for_update(of=("self",)).get(pk=entered.pk)
    entered.report = report
    return entered


def _guard_open(entered):
    if entered.report.attested_at != entered.at:
        raise Conflict("这份代填的报告已经撤回，不需要再认可或者提出异议。")
    if entered.answer:
        at = timezone.localtime(entered.answered_at)
        what = entered.get_answer_display()
        raise Conflict(f"{entered.answered_by}已于{at:%Y-%m-%d %H:%M}{what}，本次操作未生效。")
    if not entered.is_open:
        raise Conflict(TOO_LATE.format(day=entered.answer_by))


def _answer(entered, answer, by, reason=""):
    entered.answer, entered.reason = answer, reason
    entered.answered_by, entered.answered_at = by, timezone.now()
    entered.save(update_fields=["answer", "reason", "answered_by", "answered_at"])


def _can_go_back(report):
    duty = report.assignment
    waits = report.state == ReportState.SUBMITTED and duty.status != Status.COMPLETED and not duty.suspended
    return waits and not duty.reports.not_submitted().exists()


def _tell_office(entered):
    duty = entered.report.assignment
    line = f"{entered.unit}对《{duty.plan.title}》第{duty.task.number}项任务的代填报告提出异议：{entered.reason}"
    path = reverse("tasks:entered-report", args=[entered.pk])
    office = User.objects.filter(role=Role.OFFICE, is_active=True)
    notifications.notify((person, line, path) for person in office)
