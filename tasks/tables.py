"""Tables of the lists. Everything shown is fetched or annotated, so that there is no query per row."""

import django_tables2 as tables
from django.template.loader import get_template
from django.utils import timezone
from django.utils.html import format_html
from django_tables2.utils import A

from wenshang_disclosure.core.web.tables import ListTable, PartColumn

from .choices import Grade, Light, PeriodSeen
from .models import Assignment, Extension, ProgressReport, Question, Reminder, ReminderItem, RoundItem
from .models.progress.latest import with_latest_at, with_latest_text
from .models.supervision.period import rhythm_of, with_period_seen
from .models.supervision.reminder import with_last_reminder
from .templatetags.lights import light_in_words, light_of
from .templatetags.worklist import deadline as short_day
from .templatetags.worklist import in_few

NONE = "—"


class ShortUnits:
    """Mixin of tables with a column `unit`: short names on the page, full ones where the pointer rests and in files."""

    def render_unit(self, value):
        return format_html('<span title="{}">{}</span>', value.name, value.label)

    def value_unit(self, value):
        return value.name


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
        return _in_short(record.task.section.part.heading, 14)

    def value_part(self, record):
        return record.task.section.part.heading

    def render_section(self, record):
        return _in_short(record.task.section.heading, 14)

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
        return light_of(record, says_returned="period" not in self.columns.names())

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


def _in_short(heading, limit):
    """Return a heading for a narrow column, with the whole of it where the pointer rests."""
    short = heading if len(heading) <= limit else f"{heading[: limit - 1]}…"
    return format_html('<span title="{}">{}</span>', heading, short)


class OverdueTable(AssignmentTable):
    """Overdue duties, longest first; how many days is said by the light."""

    class Meta(AssignmentTable.Meta):
        empty_text = "没有逾期的承办事项。"


class RoundItemTable(ListTable):
    """Items of a round with their submissions; needs `with_submission` and `for_lists`."""

    unit = tables.Column("承办单位", accessor="assignment__unit", order_by=("assignment__unit__order", "pk"))
    number = tables.Column("序号", accessor="assignment__task__number")
    requirement = PartColumn(
        template_name="tasks/supervision/rounds/_requirement.html",
        verbose_name="具体要求",
        order_by="assignment__task__requirement",
        attrs={"td": {"class": "wide"}},
    )
    submission = PartColumn(
        template_name="tasks/supervision/rounds/_submission.html",
        verbose_name="报送情况",
        order_by=("reported_at", "pk"),
    )

    class Meta:
        model = RoundItem
        fields = ("unit", "number", "requirement", "submission")
        empty_text = "没有符合条件的事项。"


class OwnRoundItemTable(RoundItemTable):
    """Items of the own unit, with a link to the report form."""

    do = PartColumn(template_name="tasks/supervision/rounds/_do.html", verbose_name="", orderable=False)

    class Meta(RoundItemTable.Meta):
        fields = ("number", "requirement", "submission", "do")
        exclude = ("unit",)


class ReviewTable(ListTable):
    """The review queue; needs `for_lists`. `pick` is for users who review."""

    pick = PartColumn(
        template_name="tasks/progress/reviews/_pick.html",
        verbose_name="选择",
        orderable=False,
        attrs={"td": {"class": "pick-cell"}},
    )
    submitted_at = tables.DateTimeColumn("Y-m-d H:i", verbose_name="报送时间")
    year = tables.Column("年度", accessor="assignment__plan__year")
    unit = tables.Column("填报单位", accessor="assignment__unit", order_by="assignment__unit__order")
    number = tables.Column("序号", accessor="assignment__task__number")
    text = PartColumn(
        template_name="tasks/progress/reviews/_summary.html",
        verbose_name="进展情况",
        order_by="text",
        attrs={"td": {"class": "wide"}},
    )
    claims_completion = tables.Column("类型")
    review_stage = PartColumn(
        template_name="tasks/progress/reviews/_review_stage.html",
        verbose_name="所在环节",
        order_by=("review_stage", "review_stage_since", "pk"),
    )
    open = PartColumn(template_name="tasks/progress/reviews/_open.html", verbose_name="办理", orderable=False)

    def render_claims_completion(self, value):
        return "申报办结" if value else "一般进展"

    class Meta:
        model = ProgressReport
        fields = ("pick", "submitted_at", "year", "unit", "number", "text", "claims_completion", "review_stage", "open")
        empty_text = "没有待审核的报告。"


class ExtensionTable(ShortUnits, ListTable):
    """Requests for a later deadline; needs `for_lists`."""

    tick = PartColumn(template_name="tasks/deadlines/extensions/_tick.html", verbose_name="选择", orderable=False)
    requested_at = tables.DateTimeColumn("Y-m-d H:i", verbose_name="申请时间")
    year = tables.Column("年度", accessor="assignment__plan__year")
    unit = tables.Column("申请单位", accessor="assignment__unit", order_by="assignment__unit__order")
    number = tables.Column("序号", accessor="assignment__task__number")
    reason = PartColumn(
        template_name="tasks/deadlines/extensions/_reason.html",
        verbose_name="延期理由",
        order_by="reason",
        attrs={"td": {"class": "wide"}},
    )
    old_due_on = tables.DateColumn("Y-m-d", verbose_name="原时限")
    requested_due_on = tables.DateColumn("Y-m-d", verbose_name="申请延至")
    state = PartColumn(template_name="tasks/deadlines/extensions/_state.html", verbose_name="状态", order_by="state")

    class Meta:
        model = Extension
        fields = ("tick", "requested_at", "year", "unit", "number", "reason", "old_due_on", "requested_due_on", "state")
        empty_text = "没有符合条件的延期申请。"


class SuspendedTable(AssignmentTable):
    """Suspended duties; needs `suspended_now` and `for_lists`."""

    usual = ("number", "requirement", "unit", "role", "due_on", "suspended_on", "suspended_why", "resume")

    suspended_on = tables.DateColumn("Y-m-d", verbose_name="中止日期", attrs={"td": {"class": "day"}})
    suspended_why = tables.Column("中止原因", attrs={"td": {"class": "wide"}})
    resume = tables.LinkColumn(
        "tasks:resume",
        args=[A("pk")],
        text="恢复办理",
        verbose_name="办理",
        orderable=False,
        attrs={"a": {"class": "btn btn-sm"}},
    )

    class Meta(AssignmentTable.Meta):
        fields = ("year", "number", "requirement", "unit", "role", "due_on", "suspended_on", "suspended_why", "resume")
        exclude = ("pick", "light", "period", "days_left", "status", "latest_at", "latest_text", "reminded", "handler")
        empty_text = "没有中止的承办事项。"


class QuestionTable(ListTable):
    """Questions on rows (答疑), the latest first; needs `for_lists`."""

    year = tables.Column("年度", accessor="task__plan__year")
    number = tables.Column("序号", accessor="task__number")
    text = PartColumn(
        template_name="tasks/progress/discussion/_summary.html",
        verbose_name="问题",
        orderable=False,
        attrs={"td": {"class": "wide"}},
    )
    unit = tables.Column("提问单位", accessor="asker", order_by=("unit__order", "pk"))
    asked = tables.Column("答复单位", accessor="asked", order_by=("asked_unit__order", "pk"))
    at = tables.DateTimeColumn("Y-m-d H:i", verbose_name="提问时间")
    state = PartColumn(template_name="tasks/progress/discussion/_state.html", verbose_name="答复情况", orderable=False)

    class Meta:
        model = Question
        fields = ("year", "number", "text", "unit", "asked", "at", "state")
        empty_text = "没有符合条件的提问。"


def _cell(name, label, **kwargs):
    """Return a column of the lists of reminders that a template of that name renders."""
    return PartColumn(template_name=f"tasks/supervision/reminders/cells/{name}.html", verbose_name=label, **kwargs)


class RepeatColumn(PartColumn):
    """The button that repeats a reminder; `words` of the table are what it says, by the grade of the reminder."""

    def render(self, record, table, **kwargs):
        word = getattr(table, "words", {}).get(record.grade)
        return get_template(self.template_name).render({"record": record, "word": word})


class ReminderTable(ListTable):
    """Reminders sent by hand (催办); needs `listed`. `repeat` is for users who may remind."""

    grade = _cell("grade", "编号", order_by=("at", "pk"))
    year = tables.Column("年度", accessor="plan__year")
    text = _cell("text", "催办内容", orderable=False, attrs={"td": {"class": "clip"}})
    sender = _cell("sender", "催办方", order_by=("from_unit__order", "pk"))
    answer_by = _cell("answer_by", "答复期限", order_by=("answer_by", "pk"), attrs={"td": {"class": "day"}})
    duties = _cell("duties", "事项", order_by=("duties", "pk"))
    seen = _cell("seen", "已阅知", order_by=("seen", "pk"))
    answered = _cell("answered", "已回复", order_by=("answered", "pk"))
    open = _cell("open", "未回复", order_by=("overdue", "open", "pk"))
    repeat = RepeatColumn(
        template_name="tasks/supervision/reminders/cells/repeat.html", verbose_name="", orderable=False
    )

    class Meta:
        model = Reminder
        fields = ("grade", "year", "text", "sender", "answer_by", "duties", "seen", "answered", "open", "repeat")
        empty_text = "没有符合条件的催办。"


class ReminderItemTable(ListTable):
    """Reminders by duty; needs `listed`. `pick` is for users who may remind."""

    pick = _cell("pick", "选择", orderable=False, attrs={"td": {"class": "pick-cell"}})
    grade = _cell("item_grade", "催办", order_by=("reminder__at", "pk"))
    year = tables.Column("年度", accessor="reminder__plan__year")
    unit = tables.Column("被催单位", accessor="assignment__unit", order_by=("assignment__unit__order", "pk"))
    number = tables.Column("序号", accessor="assignment__task__number")
    requirement = _cell(
        "requirement", "具体要求", order_by="assignment__task__requirement", attrs={"td": {"class": "clip"}}
    )
    sender = _cell("item_sender", "催办方", order_by=("reminder__from_unit__order", "pk"))
    answer_by = _cell(
        "item_answer_by", "答复期限", order_by=("reminder__answer_by", "pk"), attrs={"td": {"class": "day"}}
    )
    seen_at = _cell("item_seen", "阅知", order_by=("seen_at", "pk"))
    state = _cell("item_state", "回复情况", order_by=("state_rank", "reminder__answer_by", "pk"))

    class Meta:
        model = ReminderItem
        fields = (
            "pick",
            "grade",
            "year",
            "unit",
            "number",
            "requirement",
            "sender",
            "answer_by",
            "seen_at",
            "state",
        )
        empty_text = "没有符合条件的催办事项。"
