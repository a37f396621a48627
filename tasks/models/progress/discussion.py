"""Questions on rows and their answers (答疑), and what the office pinned of them for all holders (口径)."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q, Subquery

from departments.models import Unit
from tasks.choices import ONCE_ISSUED, PlanState
from tasks.models.plans.plan import Task
from wenshang_disclosure.core.db import AppendOnly, AppendOnlyQuerySet
from wenshang_disclosure.core.region import office_name

from .assignment import Assignment
from .lead_opinion import LeadOpinion
from .transition import Transition

MAX_TEXT_CHARS = 2000

TO_ALL_HOLDERS = Q(unit__isnull=True, asked_unit__isnull=True)
"""Questions of the office to every unit that holds the row."""


def _own(user):
    return Unit.objects.of(user).values("pk")


def _held(user, task):
    return Exists(Assignment.objects.held_by(user, task))


def _led(user, task):
    return Exists(Assignment.objects.led_by(user, task))


def _say_who(unit, person):
    return f"{unit.label if unit else office_name()} {person}"


class QuestionQuerySet(AppendOnlyQuerySet):
    def visible_to(self, user):
        """Filter to the questions that `user` may read: all, or those that the own unit asked or was asked, those of
        rows that it leads, and those of the office to all holders of a row that it holds (design: Who may do what).

        What a unit asks about a return by the office is not for the lead, who does not read its reason either.
        """
        asked = self.filter(task__plan__state__in=ONCE_ISSUED)
        if user.reads_everything:
            return asked
        own = Q(unit__in=_own(user)) | Q(asked_unit__in=_own(user))
        led = Q(_led(user, OuterRef("task")), step__isnull=True)
        return asked.filter(own | led | Q(TO_ALL_HOLDERS, _held(user, OuterRef("task"))))

    def of_unit(self, units):
        """Filter to the questions that one of `units` (ids) asked or was asked, also with all others."""
        return self.filter(Q(unit__in=units) | Q(asked_unit__in=units) | TO_ALL_HOLDERS)

    def waiting(self):
        """Filter to the questions of issued plans in which the last word is the asker's."""
        last = Answer.objects.filter(question=OuterRef("pk")).order_by("-pk").values("is_askers")[:1]
        asked = self.filter(task__plan__state=PlanState.ISSUED).annotate(last_is_askers=Subquery(last))
        return asked.filter(Q(last_is_askers__isnull=True) | Q(last_is_askers=True))

    def waiting_for(self, user):
        """Filter to the questions that the office, or the own unit, has yet to answer."""
        if user.reads_everything:
            return self.waiting().filter(unit__isnull=False, asked_unit__isnull=True)
        answered = Answer.objects.filter(question=OuterRef("pk"), unit__in=_own(user))
        to_all = Q(TO_ALL_HOLDERS, _held(user, OuterRef("task"))) & ~Exists(answered)
        of_issued = self.filter(task__plan__state=PlanState.ISSUED)
        asked = Q(pk__in=self.waiting().filter(asked_unit__in=_own(user)).values("pk"))
        return of_issued.filter(asked | to_all)

    def for_lists(self):
        """Select the related objects that lists show; annotate whether the last answer is the asker's own
        (`last_word_is_askers`, `None` where there is none).
        """
        last = Answer.objects.filter(question=OuterRef("pk")).order_by("-pk").values("is_askers")[:1]
        listed = self.select_related("task__plan", "task__section__part", "unit", "asked_unit", "by")
        return listed.annotate(last_word_is_askers=Subquery(last)).order_by("-at", "-pk")

    def with_answers(self, user):
        """Prefetch `shown`: the answers that `user` may read, the earliest first, each with its pins."""
        answers = Answer.objects.visible_to(user).select_related("by", "unit").order_by("pk")
        answers = answers.prefetch_related(Prefetch("pins", Guidance.objects.standing(), to_attr="standing_pins"))
        return self.select_related("by", "unit", "asked_unit").prefetch_related(
            Prefetch("answers", answers, to_attr="shown")
        )


class Question(AppendOnly):
    """A question on one row, of a unit or of the office, to the office or to a unit; never changed.

    `unit` is the unit that the asker acted for, `asked_unit` the one that was asked; empty they are the office, and
    where the office asks nobody by name, every holder of the row. `step` or `opinion` is the return or the remark of a
    lead that it is about, `as_lead` whether the unit coordinated the row then.
    """

    task = models.ForeignKey(Task, models.PROTECT, related_name="questions", verbose_name="任务")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="提问单位")
    as_lead = models.BooleanField("以牵头部门提问", default=False)
    asked_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="被问单位"
    )
    step = models.ForeignKey(
        Transition, models.PROTECT, null=True, blank=True, related_name="questions", verbose_name="所问的退回"
    )
    opinion = models.ForeignKey(
        LeadOpinion, models.PROTECT, null=True, blank=True, related_name="questions", verbose_name="所问的牵头意见"
    )
    text = models.TextField("问题")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="提问人")
    at = models.DateTimeField("时间")
    key = models.UUIDField("表单标识", unique=True, editable=False)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "提问"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["task", "-id"], name="question_by_row")]
        constraints = [
            models.CheckConstraint(
                name="question_about_one_thing", condition=Q(step__isnull=True) | Q(opinion__isnull=True)
            )
        ]

    def __str__(self):
        return f"{self.asker}的提问"

    @property
    def asker(self):
        """Return the name of who asked, without the person."""
        return self.unit.label if self.unit else office_name()

    @property
    def said_by(self):
        """Return who asked, with the person."""
        return _say_who(self.unit, self.by)

    @property
    def waits(self):
        """Return whether the last word is the asker's; needs `for_lists` or `with_answers`."""
        if hasattr(self, "shown"):
            return not self.shown or self.shown[-1].is_askers
        return self.last_word_is_askers is not False

    @property
    def asked(self):
        """Return the name of who was asked."""
        if self.asked_unit:
            return self.asked_unit.label
        return office_name() if self.unit_id else "各承办单位"


class AnswerQuerySet(AppendOnlyQuerySet):
    def visible_to(self, user):
        """Filter to the answers that `user` may read: those to questions that they may read, without what other
        holders answer the office where it asks all of them.
        """
        if user.reads_everything:
            return self.filter(question__in=Question.objects.visible_to(user).values("pk"))
        own = Q(unit__in=_own(user)) | Q(question__unit__in=_own(user)) | Q(question__asked_unit__in=_own(user))
        to_everybody = Q(unit__isnull=True) | Q(as_lead=True)
        readable = own | to_everybody | Q(_led(user, OuterRef("question__task")))
        return self.filter(readable, question__in=Question.objects.visible_to(user).values("pk"))


class Answer(AppendOnly):
    """An answer, or what the asker adds (`is_askers`); never changed. `unit` is empty for the office."""

    question = models.ForeignKey(Question, models.PROTECT, related_name="answers", verbose_name="提问")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="答复单位")
    as_lead = models.BooleanField("以牵头部门答复", default=False)
    is_askers = models.BooleanField("提问方补充", default=False)
    text = models.TextField("答复")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="答复人")
    at = models.DateTimeField("时间")
    key = models.UUIDField("表单标识", unique=True, editable=False)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "答复"
        ordering = ["pk"]
        indexes = [models.Index(fields=["question", "id"], name="answer_by_question")]

    def __str__(self):
        return f"{self.unit.label if self.unit else office_name()}的答复"

    @property
    def said_by(self):
        """Return who answered, with the person."""
        return _say_who(self.unit, self.by)

    @property
    def pin(self):
        """Return the `Guidance` by which it stands as 口径 on the row it was given on; needs `with_answers`."""
        return next((pin for pin in self.standing_pins if pin.task_id == self.question.task_id), None)


class GuidanceQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Filter to what was pinned on rows that the own unit holds, or to all."""
        return self if user.reads_everything else self.filter(_held(user, OuterRef("task")))

    def standing(self):
        """Filter to what was not taken back."""
        return self.filter(taken_back_at__isnull=True)

    def for_lists(self):
        """Select the question, the answer and the row that it was given on; the earliest first."""
        return self.select_related("answer__question__task__plan", "answer__unit").order_by("pk")


class Guidance(models.Model):
    """An answer that holds for all holders of a row (口径), on its own row or carried to a later year's.

    What was taken back stays, with who did so and why.
    """

    task = models.ForeignKey(Task, models.CASCADE, related_name="guidance", verbose_name="任务")
    answer = models.ForeignKey(Answer, models.PROTECT, related_name="pins", verbose_name="答复")
    pinned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="列入人")
    pinned_at = models.DateTimeField("列入时间")
    taken_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="取消人"
    )
    taken_back_at = models.DateTimeField("取消时间", null=True, blank=True)
    taken_back_why = models.TextField("取消原因", blank=True)

    objects = GuidanceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "口径"
        ordering = ["pk"]
        indexes = [models.Index(fields=["task", "id"], name="guidance_by_row")]
        constraints = [
            models.UniqueConstraint(
                fields=["task", "answer"], condition=Q(taken_back_at__isnull=True), name="pinned_once_a_row"
            ),
            models.CheckConstraint(
                name="guidance_taken_back_by_somebody",
                condition=Q(taken_back_at__isnull=True) | Q(taken_back_by__isnull=False) & ~Q(taken_back_why=""),
            ),
        ]

    def __str__(self):
        return f"第{self.task.number}项任务的口径"

    @property
    def origin(self):
        """Return the row of an earlier year on which it was given, `None` for its own."""
        row = self.answer.question.task
        return row if row.pk != self.task_id else None
