"""Reports that the office entered for a unit (代填), and what the unit said of them (design: Rules of progress)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from departments.models import Unit
from tasks.choices import EnteredAnswer
from wenshang_disclosure.core.evenings import current_day
from wenshang_disclosure.core.region import worded

from .report import SUBMITTED_STATES, ProgressReport

BY_OFFICE = worded("{office_short}代填")


class EnteredReportManager(models.Manager):
    """Manager whose records come with the people that every mark names."""

    def get_queryset(self):
        return super().get_queryset().select_related("by", "answered_by")


class EnteredReportQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Filter to those that `user` may read: all, or those of the own unit and of units merged into it."""
        return self if user.reads_everything else self.filter(unit__in=Unit.objects.of(user).values("pk"))

    def standing(self):
        """Filter to those whose report is still what the office submitted."""
        return self.filter(report__state__in=SUBMITTED_STATES, report__attested_at=F("at"))

    def unanswered(self):
        """Filter to those of which the unit can still say whether it agrees."""
        return self.standing().filter(answer="", answer_by__gte=current_day())

    def for_lists(self):
        """Select the related objects that lists show."""
        about = ("unit", "report__assignment__task__section__part", "report__assignment__unit")
        return self.select_related("by", "answered_by", "report__assignment__plan", *about)


class EnteredReport(models.Model):
    """A report that the office entered and submitted for a unit, from its 填报表 or typed, and the unit's answer.

    It holds as long as its report is what was submitted then (`at` is its `attested_at`): withdrawn and submitted again
    by the unit, it is the unit's own. `row` counts as the file does, from 1. The unit answers by the evening of
    `answer_by`; not answered, it counts as agreed to. `reported_on` is the day on which the unit had reported on paper,
    before the product was used for the plan (补录).
    """

    report = models.ForeignKey(ProgressReport, models.PROTECT, related_name="entries", verbose_name="进展报告")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="被代填单位")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="代填人")
    at = models.DateTimeField("代填时间")
    file_name = models.CharField("文件名", max_length=200, blank=True)
    sheet = models.CharField("工作表", max_length=31, blank=True)
    row = models.PositiveIntegerField("行", null=True, blank=True)
    reported_on = models.DateField("补录的报告日期", null=True, blank=True)
    answer_by = models.DateField("认可期限")
    answer = models.CharField("单位意见", max_length=10, choices=EnteredAnswer, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="答复人",
    )
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    reason = models.TextField("异议理由", blank=True)

    objects = EnteredReportManager.from_queryset(EnteredReportQuerySet)()
    is_new = False
    """Whether it was entered just now; its unit has yet to be told."""

    class Meta:
        verbose_name = verbose_name_plural = "代填报告"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="entered_answered_by_somebody",
                condition=Q(answer="") | Q(answered_by__isnull=False, answered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="entered_objected_with_a_reason", condition=~Q(answer=EnteredAnswer.OBJECTED) | ~Q(reason="")
            ),
        ]
        indexes = [models.Index(fields=["unit", "answer_by"], name="entered_by_unit")]

    def __str__(self):
        return f"{self.unit} {timezone.localdate(self.at)}代填"

    @property
    def is_open(self):
        """Return whether the unit can still answer."""
        return not self.answer and current_day() <= self.answer_by

    @property
    def is_tacit(self):
        """Return whether the days passed without an answer: it counts as agreed to (视为认可)."""
        return not self.answer and current_day() > self.answer_by

    @property
    def is_objected(self):
        """Return whether the unit objected."""
        return self.answer == EnteredAnswer.OBJECTED

    @property
    def place(self):
        """Return file, sheet and row in words, "" where it was typed on the page."""
        return f"“{self.file_name}”“{self.sheet}”第{self.row}行" if self.file_name else ""

    def answer_in_words(self):
        """Return what the unit said, or by when it can, in one line."""
        if self.answer:
            at = timezone.localtime(self.answered_at)
            return f"{self.get_answer_display()}（{self.answered_by}，{at:%Y-%m-%d %H:%M}）"
        day = f"{self.answer_by:%Y-%m-%d}"
        return f"{day}前没有提出异议，视为认可" if self.is_tacit else f"待{self.unit}认可，{day}前未提出异议的视为认可"

    def in_words(self):
        """Return that the office entered it and from where, in one line."""
        how = f"{BY_OFFICE}，补录{self.reported_on:%Y-%m-%d}的报告" if self.reported_on else BY_OFFICE
        return f"{how}（{self.place or '在页面填写'}）"
