"""Rules by which a plan is supervised, and the days on which automatic reminders were sent."""

from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from tasks.choices import Grade
from tasks.models.plans.plan import Plan
from wenshang_disclosure.core.prepared import rows_for
from wenshang_disclosure.core.working_days import add_working_days

DAYS_BEFORE = (30, 15, 7, 3, 1)
LAST_MONTH, LAST_DAY = 3, 31  # of the next year: the annual report covers what is still open then


def days_before():
    """Return the default days before a deadline on which a unit is reminded."""
    return list(DAYS_BEFORE)


def check_days(value):
    """Raise `ValidationError` unless `value` is a list of distinct days from 1 to 366."""
    is_list = isinstance(value, list) and all(isinstance(day, int) and 1 <= day <= 366 for day in value)
    if not is_list or len(set(value)) != len(value):
        raise ValidationError("请填写1至366之间、互不相同的天数。")


def _answer_within(grade, days):
    """Return the field of the working days within which a reminder of a grade is answered."""
    return models.PositiveSmallIntegerField(
        f"{grade.label}几个工作日内回复", default=days, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )


class SupervisionRules(models.Model):
    """Rules of reminders and of the review of reports in one plan (督办规则); 0 disables a rule."""

    plan = models.OneToOneField(Plan, models.CASCADE, related_name="supervision", verbose_name="年度任务分解表")
    is_on = models.BooleanField("自动提醒", default=True)
    days_before = models.JSONField("时限前提醒（天）", default=days_before, blank=True, validators=[check_days])
    after_every = models.PositiveSmallIntegerField(
        "逾期后每隔几天提醒",
        default=7,
        validators=[MaxValueValidator(366)],
        help_text="时限次日提醒一次，以后每隔这些天。",
    )
    unanswered_after = models.PositiveSmallIntegerField(
        "退回后几个工作日未补正的提醒", default=3, validators=[MaxValueValidator(60)]
    )
    silent_after = models.PositiveSmallIntegerField(
        "多少天没有报送的提醒", default=60, validators=[MaxValueValidator(366)]
    )
    leader_after = models.PositiveSmallIntegerField(
        "逾期几天报分管领导", default=7, validators=[MaxValueValidator(366)]
    )
    acknowledge_within = models.PositiveSmallIntegerField(
        "几个工作日内签收", default=3, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    confirm_entered_within = models.PositiveSmallIntegerField(
        "代填的报告几个工作日内认可",
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
        help_text="政府办公室代填的报告，承办单位在此期限内未提出异议的，视为认可。",
    )
    blue_answer_within = _answer_within(Grade.BLUE, 5)
    yellow_answer_within = _answer_within(Grade.YELLOW, 3)
    red_answer_within = _answer_within(Grade.RED, 2)
    until = models.DateField("自动提醒至", null=True, blank=True, help_text="留空的，至次年3月31日。")
    through_lead = models.BooleanField(
        "先经牵头部门", default=False, help_text="责任单位的报告先由牵头部门提出意见，认可后转政府办公室审核。"
    )

    class Meta:
        verbose_name = verbose_name_plural = "督办规则"

    def __str__(self):
        return f"{self.plan}督办规则"

    @classmethod
    def of(cls, plan):
        """Return the plan's rules; unsaved defaults where the office has set none."""
        return cls.objects.filter(plan=plan).first() or cls(plan=plan)

    @classmethod
    def of_each(cls, plans):
        """Return the rules of each of `plans`, by the plan's id, in their order."""
        ids = [plan.pk for plan in plans]
        rows = rows_for(None, "rules", lambda _, ids: cls.objects.filter(plan__in=ids), ids=ids) if ids else []
        stored = {rules.plan_id: rules for rules in rows}
        found = {plan.pk: stored.get(plan.pk) or cls() for plan in plans}
        for plan in plans:
            found[plan.pk].plan = plan
        return found

    @classmethod
    def working_days_to_acknowledge(cls, plans):
        """Return within how many working days duties are acknowledged, by the id of their plan."""
        return {plan: rules.acknowledge_within for plan, rules in cls.of_each(plans).items()}

    def answer_by(self, grade, on):
        """Return the day by which a reminder of `grade` that is sent `on` a day is to be answered."""
        return add_working_days(on, getattr(self, f"{Grade(grade).value}_answer_within"))

    @property
    def last_day(self):
        """Return the last day on which automatic reminders are sent for the plan."""
        return self.until or date(self.plan.year + 1, LAST_MONTH, LAST_DAY)


class AutomaticReminderRun(models.Model):
    """The automatic reminders of one day were sent (每日提醒)."""

    on = models.DateField("日期", unique=True)
    began_at = models.DateTimeField("开始时间", auto_now_add=True)
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)
    reminders = models.PositiveIntegerField("提醒事项数", default=0)
    people = models.PositiveIntegerField("提醒人数", default=0)
    rounds = models.PositiveIntegerField("新开批次", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "每日提醒"
        ordering = ["-on"]

    def __str__(self):
        return f"{self.on:%Y-%m-%d}"
