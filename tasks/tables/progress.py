"""Tables of duties, of reports that wait for review, and of questions."""

import django_tables2 as tables
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString

from tasks.choices import Grade, Light, PeriodSeen
from tasks.models import Assignment, ProgressReport, Question
from tasks.models.progress.latest import with_latest_at, with_latest_text
from tasks.models.supervision.period import rhythm_of, with_period_seen
from tasks.models.supervision.reminder import with_last_reminder
from tasks.templatetags.lights import light_in_words, light_of
from tasks.templatetags.worklist import deadline as short_day
from tasks.templatetags.worklist import in_few
from wenshang_disclosure.core.web.links import address_of_page
from wenshang_disclosure.core.web.tables import DayColumn, ListTable, PartColumn

from .base import A_DAY, CLIPPED, NONE, DutyColumns, in_short, shortened


class AssignmentTable(ListTable):
    """Duties with their lights; needs `with_light` and `for_lists`. `pick` is for users with bulk actions."""

    usual = ("number", "requirement", "unit", "role", "due_on", "light", "period", "latest_at", "reminded")
    first = ("pick", "year")
    needed = ("requirement",)
    needs = {
        "leads": lambda duties, scope: duties.prefetch_related("task__designations__unit"),
        "period": lambda duties, scope: with_period_seen(duties, scope.plans, scope.user, scope.rules),
        "latest_at": lambda duties, scope: with_latest_at(duties, scope.as_of),
        "latest_text": lambda duties, scope: with_latest_text(duties, scope.as_of),
        "reminded": lambda duties, scope: with_last_reminder(duties, scope.user, scope.as_of),
        "handler": lambda duties, scope: duties.with_handler_for(scope.user),
    }
    changing = {"period": lambda scope: rhythm_of(scope.rules)}
    widths = {"requirement": 50, "part": 18, "section": 22, "leads": 22, "unit": 22, "latest_text": 50, "light": 18}

    pick = tables.Column("选择", empty_values=(), orderable=False, attrs={"td": {"class": "pick-cell"}})
    year = tables.Column("年度", accessor="plan__year")
    number = tables.Column("序号", accessor="task__number", attrs={"td": {"class": "no"}})
    requirement = tables.Column("具体要求", accessor="task__requirement", attrs={"td": {"class": "clip"}})
    part = tables.Column("部分", accessor="task__section__part", order_by="task__section__part__order")
    section = tables.Column("工作任务", accessor="task__section", order_by="task__section__order")
    leads = tables.Column("牵头部门", accessor="task", orderable=False)
    unit = tables.Column("承办单位", accessor="unit", order_by="unit__order")
    role = tables.Column("职责")
    due_on = tables.Column("完成时限", order_by=("due_on", "pk"), attrs={"td": {"class": "day"}})
    first_due_on = tables.Column("原定时限", attrs={"td": {"class": "day"}})
    days_left = tables.Column("剩余天数", attrs={"td": {"class": "day"}})
    light = tables.Column("亮灯", accessor="light", order_by=("light_rank", "due_on"))
    status = tables.Column("办理状态")
    period = tables.Column("本期", accessor="period_seen", orderable=False)
    latest_at = tables.Column("上次报送", accessor="latest_at", attrs={"td": {"class": "day"}})
    latest_text = tables.Column("最新进展", accessor="latest_text", orderable=False, attrs={"td": {"class": "said"}})
    reminded = tables.Column("最近催办", accessor="reminded_on", attrs={"td": {"class": "day"}})
    acknowledged_at = tables.Column("签收时间", accessor="acknowledged_at", attrs={"td": {"class": "day"}})
    handler = tables.Column("经办人", accessor="handler_seen", orderable=False)

    def render_pick(self, record):
        return format_html(
            '<input type="checkbox" class="form-check-input" name="duty" value="{}" form="bulk"'
            ' aria-label="选择{}第{}项">',
            record.pk,
            record.unit.label,
            record.task.number,
        )

    def render_year(self, record):
        return record.plan.year

    def render_number(self, record):
        return record.task.number

    def render_requirement(self, record):
        text = record.task.requirement
        return format_html(
            '<a class="one-line" href="{}" title="{}">{}</a>', self.link("tasks:assignment", record.pk), text, text
        )

    def value_requirement(self, record):
        return record.task.requirement

    def render_part(self, record):
        return in_short(record.task.section.part.heading, 14)

    def value_part(self, record):
        return record.task.section.part.heading

    def render_section(self, record):
        return in_short(record.task.section.heading, 14)

    def value_section(self, record):
        return record.task.section.heading

    def render_leads(self, record):
        names = [one.unit.label if one.unit else one.text for one in record.task.designated("lead")]
        return format_html('<span title="{}">{}</span>', "、".join(names), in_few(names)) if names else NONE

    def value_leads(self, record):
        return "、".join(one.text for one in record.task.designated("lead"))

    def render_unit(self, record):
        return format_html('<span title="{}">{}</span>', record.unit.name, record.unit.label)

    def value_unit(self, record):
        return record.unit.name

    def render_role(self, record):
        return record.get_role_display()

    def render_due_on(self, record):
        if record.due_on is None:
            return "长期坚持"
        moved = record.first_due_on and record.due_on != record.first_due_on
        tag = format_html(' <span class="tag" title="原定{}">延</span>', record.first_due_on) if moved else ""
        return format_html("{}{}", short_day(record.due_on), tag)

    def value_due_on(self, record):
        return record.due_on or "长期坚持"

    def render_first_due_on(self, record):
        return short_day(record.first_due_on) if record.first_due_on else NONE

    def value_first_due_on(self, record):
        return record.first_due_on

    def render_days_left(self, record):
        if record.days_left is None or record.light == Light.DONE:
            return NONE
        if record.days_left >= 0:
            return f"{record.days_left}天"
        return f"逾期{record.days_overdue}天" if record.light == Light.OVERDUE else NONE

    def render_light(self, record):
        return light_of(record, says_returned=not self._says_the_period)

    @cached_property
    def _says_the_period(self):
        return any(column.name == "period" for column in self.columns)

    def value_light(self, record):
        return light_in_words(record)

    def render_status(self, record):
        return record.get_status_display()

    def render_period(self, record):
        state = record.period_seen
        if not state:
            return NONE
        return format_html('<span class="state state-{}">{}</span>', state, self.value_period(record))

    def value_period(self, record):
        return PeriodSeen(record.period_seen).label if record.period_seen else ""

    def render_latest_at(self, record):
        return short_day(record.latest_at) if record.latest_at else NONE

    def value_latest_at(self, record):
        return timezone.localdate(record.latest_at) if record.latest_at else None

    def render_latest_text(self, record):
        text = record.latest_text
        return format_html('<span class="one-line" title="{}">{}</span>', text, text[:60]) if text else NONE

    def value_latest_text(self, record):
        return record.latest_text

    def render_reminded(self, record):
        if not record.reminded_on:
            return ""
        grade = record.reminded_grade
        day = f"{record.reminded_on:%m-%d}"
        return format_html('<span class="grade grade-{}">{}</span> {}', grade, Grade(grade).label, day)

    def value_reminded(self, record):
        grade = record.reminded_grade
        return f"{Grade(grade).label} {record.reminded_on:%Y-%m-%d}" if record.reminded_on else ""

    def render_acknowledged_at(self, record):
        return short_day(record.acknowledged_at) if record.acknowledged_at else "未签收"

    def value_acknowledged_at(self, record):
        return timezone.localdate(record.acknowledged_at) if record.acknowledged_at else "未签收"

    def render_handler(self, record):
        return record.handler_seen or NONE

    class Meta:
        model = Assignment
        fields = (
            *("pick", "year", "number", "requirement", "part", "section", "leads", "unit", "role", "due_on"),
            *("first_due_on", "days_left", "light", "status", "period", "latest_at", "latest_text", "reminded"),
            *("acknowledged_at", "handler"),
        )
        empty_text = "没有符合条件的承办事项。"


class OverdueTable(AssignmentTable):
    """Overdue duties, longest first; how many days is said by the light."""

    class Meta(AssignmentTable.Meta):
        empty_text = "没有逾期的承办事项。"


class ReviewTable(DutyColumns):
    """The review queue; needs `for_lists` and `with_leads`. `pick` is for users who review."""

    usual = ("submitted_at", "unit", "number", "text", "claims_completion", "review_stage", "open")
    first = ("pick", "year")
    needed = ("text",)
    steps = ("pick", "open")
    widths = {**DutyColumns.widths, "submitted_at": 17, "text": 60, "review_stage": 22, "how_entered": 24}

    pick = tables.Column("选择", empty_values=(), orderable=False, attrs={"td": {"class": "pick-cell"}})
    submitted_at = DayColumn("%Y-%m-%d %H:%M", verbose_name="报送时间", attrs=A_DAY)
    year = tables.Column("年度", accessor="assignment__plan__year")
    unit = tables.Column("填报单位", accessor="assignment__unit", order_by="assignment__unit__order")
    number = tables.Column("序号", accessor="assignment__task__number", attrs={"td": {"class": "no"}})
    text = tables.Column("进展情况", order_by="text", attrs=CLIPPED)
    claims_completion = tables.Column("类型")
    review_stage = tables.Column("所在环节", order_by=("review_stage", "review_stage_since", "pk"))
    author = tables.Column("填报人", order_by=("author__name", "pk"))
    attested_name = tables.Column("保密审查人")
    how_entered = tables.Column("填报方式", orderable=False)
    open = tables.Column("办理", empty_values=(), orderable=False)

    def render_pick(self, record):
        if record.is_own:
            return ""
        duty = record.assignment
        return format_html(
            '<input type="checkbox" class="form-check-input" name="report" value="{}:{}" form="bulk"'
            ' aria-label="选择{}第{}项的报告">',
            *(record.pk, record.version, duty.unit.label, duty.task.number),
        )

    def _review_page(self, record):
        query = (getattr(self, "context", None) or {}).get("query") or ""
        return f"{address_of_page('tasks:review', record.pk)}{query}"

    def render_text(self, record):
        requirement = record.assignment.task.requirement
        return format_html(
            '<a class="one-line" href="{}" title="{}">{}</a><small class="one-line" title="{}">{}</small>',
            self._review_page(record),
            shortened(record.text, 400),
            shortened(record.text, 120),
            requirement,
            requirement,
        )

    def render_review_stage(self, record):
        since = f"{timezone.localtime(record.since):%Y-%m-%d}"
        return format_html("{}<small>自{}（{}）</small>", _stage_in_short(record), since, record.how_long)

    def render_open(self, record):
        if record.is_own:
            return SafeString('<span class="quiet">须由他人审核</span>')
        return format_html('<a class="btn btn-sm" href="{}">审核</a>', self._review_page(record))

    def render_claims_completion(self, record):
        return "申报办结" if record.claims_completion else "一般进展"

    def value_text(self, record):
        return record.text

    def value_review_stage(self, record):
        return stage_in_words(record)

    class Meta:
        model = ProgressReport
        fields = ()
        empty_text = "没有待审核的报告。"


def _stage_in_short(report):
    """Return the leads that a report `with_leads` waits for, the first of many, or the office."""
    if not report.waits_for_lead:
        return f"在{report.get_review_stage_display()}"
    leads = [lead.unit.label for lead in report.assignment.task.coordinating]
    many = f"{leads[0]}等{len(leads)}个牵头部门" if len(leads) > 2 else ""  # noqa: PLR2004
    return f"在{many or '、'.join(leads) or '牵头部门'}"


def stage_in_words(report):
    """Return the leads that a report `with_leads` waits for, or the office, as Chinese text."""
    leads = [lead.unit.name for lead in report.assignment.task.coordinating] if report.waits_for_lead else []
    return "、".join(leads) or report.get_review_stage_display()


class QuestionTable(ListTable):
    """Questions on rows (答疑), the latest first; needs `for_lists`."""

    usual = ("number", "text", "unit", "asked", "at", "state")
    first = ("year",)
    needed = ("text",)
    widths = {"text": 60, "unit": 22, "asked": 22, "at": 17, "requirement": 50, "part": 18}

    year = tables.Column("年度", accessor="task__plan__year")
    number = tables.Column("序号", accessor="task__number", attrs={"td": {"class": "no"}})
    text = PartColumn(
        template_name="tasks/progress/discussion/_summary.html",
        verbose_name="问题",
        orderable=False,
        attrs={"td": {"class": "wide"}},
    )
    requirement = tables.Column("具体要求", accessor="task__requirement", attrs=CLIPPED)
    part = tables.Column("部分", accessor="task__section__part", order_by="task__section__part__order")
    unit = tables.Column("提问单位", accessor="asker", order_by=("unit__order", "pk"))
    by = tables.Column("提问人", order_by=("by__name", "pk"))
    asked = tables.Column("答复单位", accessor="asked", order_by=("asked_unit__order", "pk"))
    at = DayColumn("%Y-%m-%d %H:%M", verbose_name="提问时间", attrs=A_DAY)
    state = PartColumn(template_name="tasks/progress/discussion/_state.html", verbose_name="答复情况", orderable=False)

    def render_requirement(self, record):
        text = record.task.requirement
        return format_html('<span class="one-line" title="{}">{}</span>', text, text)

    def render_part(self, record):
        return in_short(record.task.section.part.heading, 14)

    def value_part(self, record):
        return record.task.section.part.heading

    def value_text(self, record):
        return record.text

    def value_state(self, record):
        return "待答复" if record.waits else "已答复"

    class Meta:
        model = Question
        fields = ()
        empty_text = "没有符合条件的提问。"
