"""Reports on several duties of a unit at once (批量填报, design: Ways of working)."""

from dataclasses import dataclass, field

from django.db.models import Prefetch, Sum

from tasks.choices import DutyRole, ReportState, Status
from tasks.models import Assignment, Evidence, Guidance, ProgressReport
from tasks.models.progress.report import CONTENT_FIELDS
from tasks.services import bulk
from wenshang_disclosure.core.web.errors import Refused

from . import reports


@dataclass
class Row:
    """A duty to report on: its draft or the report that awaits the leader, the returned report, and the last one.

    `counted` is what was counted so far on a task with a target, `open_units` are the responsible units of a row that
    the duty coordinates which have not completed it, `guidance` is what holds for all holders of the row (口径).
    """

    duty: Assignment
    draft: ProgressReport | None = None
    returned: ProgressReport | None = None
    last: ProgressReport | None = None
    counted: int = 0
    open_units: list = field(default_factory=list)
    guidance: list = field(default_factory=list)

    @property
    def source(self):
        """Return the report whose words and evidence the form starts with, `None` for an empty one."""
        return self.draft or self.returned

    @property
    def version(self):
        """Return the version of the draft, 0 where there is none."""
        return self.draft.version if self.draft else 0

    @property
    def is_with_leader(self):
        """Return whether the report awaits the unit's leader, so that it takes no changes."""
        return self.draft is not None and self.draft.state == ReportState.AWAITING_LEADER

    def words(self):
        """Return the content that the form starts with."""
        return {name: getattr(self.source, name) for name in CONTENT_FIELDS} if self.source else {}


def rows(duties):
    """Return the `Row` of each duty, in their order, with a fixed number of queries."""
    evidence = Prefetch("evidence", Evidence.objects.select_related("stored"))
    found = ProgressReport.objects.filter(assignment__in=duties).prefetch_related(evidence)
    drafts = {report.assignment_id: report for report in found.not_submitted()}
    last = {report.assignment_id: report for report in found.submitted().newest_a_duty()}
    answered = ProgressReport.objects.filter(assignment__in=duties).counting()
    counted = dict(answered.order_by().values_list("assignment").annotate(Sum("count")))
    open_units, guidance = _open_units(duties), _guidance(duties)
    return [
        Row(
            duty,
            draft=drafts.get(duty.pk),
            returned=last.get(duty.pk) if duty.awaits_answer else None,
            last=last.get(duty.pk),
            counted=counted.get(duty.pk) or 0,
            open_units=open_units.get(duty.task_id, []) if duty.coordinates else [],
            guidance=guidance.get(duty.task_id, []),
        )
        for duty in duties
    ]


def _open_units(duties):
    """Return `{task: [duty]}` of the responsible units that have not completed the rows which `duties` coordinate."""
    led = [duty.task_id for duty in duties if duty.coordinates]
    found = Assignment.objects.owed().filter(task__in=led, role=DutyRole.RESPONSIBLE).exclude(status=Status.COMPLETED)
    by_task = {}
    for duty in found.select_related("unit").order_by("unit__order", "pk"):
        by_task.setdefault(duty.task_id, []).append(duty)
    return by_task


def _guidance(duties):
    """Return `{task: [Guidance]}` of what stands for the rows of `duties`, whose unit holds them."""
    by_task = {}
    for one in Guidance.objects.standing().filter(task__in=[duty.task_id for duty in duties]).for_lists():
        by_task.setdefault(one.task_id, []).append(one)
    return by_task


def submit_several(drafts, *, by, attested_name, attested):
    """Submit the drafts of several duties with one attestation of the confidentiality review; return a `Result` each.

    `drafts` is a list of `(duty, version)`, with the version of each draft that was seen. Each is submitted as
    `reports.submit` does, in a transaction of its own: one that is refused does not hold back the others. Raises
    `Refused` where the review is not attested or there is none to submit.
    """
    if not drafts:
        raise Refused("还没有填写任何一件，没有可以报送的内容。")
    if not (attested and attested_name):
        raise Refused("请确认材料已通过本单位保密审查，并填写审查人姓名。")
    versions = {duty.pk: version for duty, version in drafts}
    attestation = {"by": by, "attested": attested, "attested_name": attested_name}

    def submit(duty):
        return reports.submit(duty, version=versions[duty.pk], **attestation)

    return bulk.each([duty for duty, _ in drafts], submit)
