"""Progress reports of units on their duties (进展报告)."""

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Prefetch, Q, Subquery, Value, When
from django.db.models.functions import TruncDate
from django.utils import timezone

from departments.models import Unit
from tasks.choices import (
    GOOD_ENOUGH_TO_FOLLOW,
    NOT_SUBMITTED,
    ONCE_ISSUED,
    DutyRole,
    Quality,
    ReportState,
    ReviewStage,
    Status,
)
from wenshang_disclosure.core.db import Frozen
from wenshang_disclosure.core.evenings import current_day
from wenshang_disclosure.core.folding import Folded, FoldedQuerySet
from wenshang_disclosure.core.region import office_name

from .assignment import Assignment

SUBMITTED_STATES = tuple(state for state in ReportState if state not in NOT_SUBMITTED)
CONTENT_FIELDS = ("text", "obstacles", "next_steps", "count", "claims_completion", "open_units_note")


class ProgressReportQuerySet(FoldedQuerySet):
    def visible_to(self, user):
        """Filter to the reports that `user` may read (design: Who may do what).

        A unit reads its own reports and those of units merged into it, and submitted ones of the responsible units of
        rows that it coordinates. Users who read everything read what was submitted: an unsubmitted report is visible to
        its own unit only, and after a merger to the successor, which may go on with its words.
        """
        submitted = ~Q(state__in=NOT_SUBMITTED)
        own = Q(assignment__unit__in=Unit.objects.of(user).values("pk"), assignment__plan__state__in=ONCE_ISSUED)
        if user.reads_everything:
            return self.filter(submitted | own if user.unit_id else submitted)
        led = Assignment.objects.led_by(user, OuterRef("assignment__task"))
        of_responsible = Q(Exists(led), assignment__role=DutyRole.RESPONSIBLE)
        return self.filter(own | submitted & of_responsible)

    def with_answer_for(self, user):
        """Annotate `answer_read`: what the reviewer wrote, "" for a lead, to whom it is not addressed."""
        if user.reads_everything:
            return self.annotate(answer_read=F("review_comment"))
        inside = When(assignment__unit__in=Unit.objects.of(user).values("pk"), then=F("review_comment"))
        return self.annotate(answer_read=Case(inside, default=Value(""), output_field=models.TextField()))

    def with_entered(self):
        """Annotate `was_entered`: whether the office submitted it for its unit (代填)."""
        entered = self.model.entries.rel.related_model.objects.filter(report=OuterRef("pk"), at=OuterRef("attested_at"))
        return self.annotate(was_entered=Exists(entered))

    def lock(self, report):
        """Lock a report's duty, then the report, until the transaction ends; return the report as it now stands.

        Its `assignment` is what `Assignment.objects.lock` gave.
        """
        duty = Assignment.objects.lock(report.assignment_id)
        report = self.select_for_update(of=("self",)).get(pk=report.pk)
        report.assignment = duty
        return report

    def submitted(self):
        """Filter to submitted reports: everything but drafts and reports awaiting the unit's leader."""
        return self.exclude(state__in=NOT_SUBMITTED)

    def not_submitted(self):
        """Filter to reports that are not submitted: at most one per duty."""
        return self.filter(state__in=NOT_SUBMITTED)

    def waiting(self):
        """Filter to the review queue: submitted and not yet answered, oldest first, without suspended duties (中止)."""
        suspended = Assignment.objects.filter(suspended=True).order_by().values("pk")  # few, and indexed
        waits = self.filter(state=ReportState.SUBMITTED).exclude(assignment__in=suspended)
        return waits.order_by("submitted_at", "pk")

    def with_own(self, user):
        """Annotate `is_own`: whether `user` wrote in it, and does not review it (design: Rules of progress)."""
        writers = ProgressReport.writers.through.objects.filter(progressreport=OuterRef("pk"), user=user.pk)
        return self.annotate(is_own=Exists(writers))

    def counted(self):
        """Filter to reports on duties that are not suspended (中止)."""
        return self.filter(assignment__suspended=False)

    def submitted_by(self, as_of):
        """Filter to reports that were submitted by the evening of `as_of`, with `submitted_on`, its day.

        A past evening's are read within `evening(as_of)`, where reports are as they stood on it: one that was withdrawn
        later with the words that it had.
        """
        if as_of < current_day():
            raise RuntimeError(f"Reports of {as_of} are read within evening({as_of!r}).")
        return self.submitted().annotate(submitted_on=TruncDate("submitted_at"))

    def latest_first(self):
        """Sort by when they were submitted; needs `submitted_by`. The first of a duty is what its unit said last."""
        return self.order_by("-submitted_at", "-pk")

    def at_lead_stage(self):
        """Filter to reports that await the lead's opinion before the office reviews them."""
        return self.waiting().filter(review_stage=ReviewStage.LEAD)

    def at_office_stage(self):
        """Filter to reports that the office can review now."""
        return self.waiting().filter(review_stage=ReviewStage.OFFICE)

    def counting(self):
        """Filter to reports whose counts are summed: submitted or approved."""
        return self.filter(state__in=[ReportState.SUBMITTED, ReportState.APPROVED])

    def shown_to_everybody(self, plan):
        """Filter to the reports on the plan's public page today.

        They are marked as public by the office and approved, on a duty that counts, and not a claim of completion that
        was revoked.
        """
        duties = Assignment.objects.filter(plan=plan).owed()
        marked = self.filter(is_public=True, state=ReportState.APPROVED, assignment__in=duties)
        return marked.filter(Q(claims_completion=False) | Q(assignment__status=Status.COMPLETED))

    def awaiting_leader(self):
        """Filter to reports that await the unit's leader, the longest waiting first."""
        return self.filter(state=ReportState.AWAITING_LEADER).order_by("attested_at", "pk")

    def newest_a_duty(self, states=SUBMITTED_STATES):
        """Filter to the report of each duty that was submitted last, among those in the given states."""
        newest = ProgressReport.objects.filter(assignment=OuterRef("assignment"), state__in=states)
        return self.filter(pk=Subquery(newest.order_by("-submitted_at", "-pk").values("pk")[:1]))

    def for_lead(self):
        """Filter to the reports for a lead: the newest of each duty, and every one that awaits the lead's opinion."""
        at_lead = Q(state=ReportState.SUBMITTED, review_stage=ReviewStage.LEAD)
        newest = ProgressReport.objects.submitted().newest_a_duty()
        return self.submitted().filter(at_lead | Q(pk__in=newest.values("pk")))

    def passages_for(self, user, duty):
        """Return the latest report of each responsible unit on the row of `duty`, for use in the lead's own report."""
        counting = (ReportState.SUBMITTED, ReportState.APPROVED)
        others = Q(assignment__task=duty.task_id, assignment__role=DutyRole.RESPONSIBLE)
        theirs = self.visible_to(user).filter(others).exclude(assignment=duty).newest_a_duty(counting)
        return theirs.filter(state__in=counting).for_lists().order_by("assignment__unit__order", "assignment_id", "pk")

    def for_lists(self):
        """Select the related objects that lists show."""
        people = ("author", "attested_by", "leader_approved_by")
        shown = self.select_related("assignment__task__section__part", "assignment__unit", *people)
        return shown.prefetch_related("entries")

    def with_leads(self):
        """Prefetch the duties that coordinate each report's row today, as the list `assignment.task.coordinating`."""
        leads = Assignment.objects.owed().filter(coordinates=True).select_related("unit").order_by("unit__order", "pk")
        return self.prefetch_related(Prefetch("assignment__task__assignments", leads, to_attr="coordinating"))


IS_SUBMITTED = "{}.state IN (" + ", ".join(f"'{state}'" for state in SUBMITTED_STATES) + ")"
"""SQL for the triggers of the database; the placeholder is for the row."""


class ProgressReport(Folded, Frozen):
    """A report of a unit on one duty: draft, submitted, then approved or returned.

    A returned report stays unchanged; its answer is a new draft that starts as a copy (`answers`).
    """

    SEARCHED = ("text", "obstacles", "next_steps")
    FROZEN_ROWS = IS_SUBMITTED.format("OLD")
    FROZEN = (
        (
            FROZEN_ROWS,
            ("author_id", "text", "obstacles", "next_steps", "count", "claims_completion", "open_units_note"),
        ),
        (
            f"{FROZEN_ROWS} AND {IS_SUBMITTED.format('NEW')}",  # a withdrawal empties these
            ("submitted_at", "attested_by_id", "attested_name", "attested_at", "leader_approved_by_id"),
        ),
        (f"OLD.state IN ('approved', 'returned') AND NOT {IS_SUBMITTED.format('NEW')}", None),
    )

    assignment = models.ForeignKey(
        Assignment, models.PROTECT, db_index=False, related_name="reports", verbose_name="承办事项"
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="填报人")
    writers = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", verbose_name="参与填写人")
    answers = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="answer", verbose_name="所补正的报告"
    )
    state = models.CharField("状态", max_length=16, choices=ReportState, default=ReportState.DRAFT)
    version = models.PositiveIntegerField("修改次数", default=1)
    text = models.TextField("进展情况", blank=True)
    obstacles = models.TextField("存在问题", blank=True)
    next_steps = models.TextField("下步措施", blank=True)
    count = models.PositiveSmallIntegerField("本次完成数量", null=True, blank=True)
    claims_completion = models.BooleanField("申报办结", default=False)
    open_units_note = models.TextField("对未办结责任单位的说明", blank=True)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    saved_at = models.DateTimeField("保存时间")
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="最后修改人"
    )
    written_at = models.DateTimeField("最后修改时间", null=True, blank=True)
    submitted_at = models.DateTimeField("报送时间", null=True, blank=True)
    attested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        db_index=False,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="报送人",
    )
    attested_name = models.CharField("保密审查人", max_length=40, blank=True)
    attested_at = models.DateTimeField("保密审查时间", null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审核人"
    )
    reviewed_at = models.DateTimeField("审核时间", null=True, blank=True)
    review_comment = models.TextField("审核意见", blank=True)
    quality = models.PositiveSmallIntegerField("质量评价", choices=Quality, null=True, blank=True)
    is_exemplary = models.BooleanField("典型经验", default=False)
    is_public = models.BooleanField("对外公开", default=False)
    leader_approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审签人"
    )
    leader_approved_at = models.DateTimeField("审签时间", null=True, blank=True)
    leader_comment = models.TextField("审签意见", blank=True)
    review_stage = models.CharField("所在环节", max_length=10, choices=ReviewStage, default=ReviewStage.OFFICE)
    review_stage_since = models.DateTimeField("到达时间", null=True, blank=True)

    objects = ProgressReportQuerySet.as_manager()
    was_sent_before = False  # set where the same form was sent twice

    class Meta:
        verbose_name = verbose_name_plural = "进展报告"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["assignment"], condition=Q(state__in=NOT_SUBMITTED), name="one_open_draft_per_duty"
            ),
            models.UniqueConstraint(
                fields=["assignment"],
                condition=Q(state=ReportState.SUBMITTED, claims_completion=True),
                name="one_claim_under_review_per_duty",
            ),
            models.CheckConstraint(
                name="left_draft_with_time_and_attester",
                condition=Q(state=ReportState.DRAFT)
                | (Q(submitted_at__isnull=False) | Q(state=ReportState.AWAITING_LEADER))
                & Q(attested_at__isnull=False, attested_by__isnull=False)
                & ~Q(attested_name=""),
            ),
            models.CheckConstraint(
                name="reviewed_with_time_and_reviewer",
                condition=Q(state__in=[*NOT_SUBMITTED, ReportState.SUBMITTED])
                | Q(reviewed_at__isnull=False, reviewed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="only_approved_reports_are_public",
                condition=Q(is_public=False) | Q(state=ReportState.APPROVED),
            ),
            models.CheckConstraint(
                name="only_approved_reports_are_rated",
                condition=Q(quality__isnull=True) | Q(state=ReportState.APPROVED),
            ),
            models.CheckConstraint(
                name="exemplary_where_good",
                condition=Q(is_exemplary=False) | Q(quality__isnull=False, quality__in=GOOD_ENOUGH_TO_FOLLOW),
            ),
            models.CheckConstraint(
                name="returned_with_a_reason", condition=~Q(state=ReportState.RETURNED) | ~Q(review_comment="")
            ),
        ]
        indexes = [
            models.Index(fields=["state", "submitted_at"], name="report_queue"),
            models.Index(fields=["review_stage", "assignment"], condition=Q(state="submitted"), name="report_waiting"),
            models.Index(fields=["assignment", "-submitted_at"], name="report_by_duty"),
            models.Index(fields=["attested_by", "-attested_at", "-id"], name="report_by_attester"),
        ]

    def __str__(self):
        return f"{self.assignment} {self.get_state_display()}"

    def writer_ids(self):
        """Return the ids of the people who started, edited or submitted it."""
        started = {self.author_id, self.attested_by_id} - {None}
        return started | {writer.pk for writer in self.writers.all()}

    @property
    def entered(self):
        """Return the `EnteredReport` where the office submitted it for its unit (代填), else `None`."""
        return next((one for one in self.entries.all() if one.at == self.attested_at), None)

    @property
    def how_entered(self):
        """Return in words who entered it: its unit, or the office and from where."""
        return self.entered.in_words() if self.entered else "单位填报"

    @property
    def objections(self):
        """Return the objections of the unit to what the office had entered in it, the latest first."""
        return [one for one in self.entries.all() if one.is_objected]

    @property
    def is_draft(self):
        """Return whether its unit may still change it."""
        return self.state == ReportState.DRAFT

    @property
    def is_submitted(self):
        """Return whether it was submitted, so that others may read it."""
        return self.state in SUBMITTED_STATES

    @property
    def since(self):
        """Return the time at which the current stage began: with the leader, the lead or the office."""
        return (
            self.attested_at
            if self.state == ReportState.AWAITING_LEADER
            else self.review_stage_since or self.submitted_at
        )

    @property
    def how_long(self):
        """Return the whole days in the current stage, in words."""
        days = (current_day() - timezone.localdate(self.since)).days
        return f"{days}天" if days else "今天"

    def get_review_stage_display(self):
        """Return who has to answer the report, the office by its name."""
        is_office = self.review_stage == ReviewStage.OFFICE
        return office_name() if is_office else ReviewStage(self.review_stage).label

    @property
    def waits_for_lead(self):
        """Return whether it awaits the lead's opinion (先经牵头部门)."""
        return self.state == ReportState.SUBMITTED and self.review_stage == ReviewStage.LEAD
