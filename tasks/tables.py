"""Tables of the lists. Everything shown is fetched or annotated, so that there is no query per row."""

import django_tables2 as tables
from django.template.loader import get_template
from django_tables2.utils import A

from wenshang_disclosure.core.web.pages import ListTable, PartColumn

from .models import Assignment, Extension, ProgressReport, Question, Reminder, ReminderItem, RoundItem


class AssignmentTable(ListTable):
    """Duties with their lights; needs `with_light` and `for_lists`. `pick` is for users with bulk actions."""

    pick = PartColumn(
        template_name="tasks/progress/assignments/_pick.html",
        verbose_name="选择",
        orderable=False,
        attrs={"td": {"class": "pick-cell"}},
    )
    year = tables.Column("年度", accessor="plan__year")
    number = tables.Column("序号", accessor="task__number")
    requirement = PartColumn(
        template_name="tasks/progress/assignments/_requirement.html",
        verbose_name="具体要求",
        order_by="task__requirement",
        attrs={"td": {"class": "wide"}},
    )
    section = tables.Column("工作任务", accessor="task__section", order_by="task__section__order")
    unit = tables.Column("承办单位", accessor="unit", order_by="unit__order")
    role = tables.Column("职责")
    due_on = PartColumn(
        template_name="tasks/progress/assignments/_deadline.html", verbose_name="完成时限", order_by=("due_on", "pk")
    )
    light = PartColumn(
        template_name="tasks/progress/assignments/_light_cell.html",
        verbose_name="亮灯",
        order_by=("light_rank", "due_on"),
    )

    class Meta:
        model = Assignment
        fields = ("pick", "year", "number", "requirement", "section", "unit", "role", "due_on", "light")
        empty_text = "没有符合条件的承办事项。"


class OverdueTable(AssignmentTable):
    """Overdue duties, longest first."""

    days_left = tables.Column("逾期", accessor="days_overdue", order_by="-days_left")

    def render_days_left(self, value):
        return f"{value}天"

    class Meta(AssignmentTable.Meta):
        fields = ("pick", "year", "number", "requirement", "unit", "role", "due_on", "days_left", "light")
        exclude = ("section",)
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
    open = tables.LinkColumn(
        "tasks:review",
        args=[A("pk")],
        text="审核",
        verbose_name="",
        orderable=False,
        attrs={"a": {"class": "btn btn-sm"}},
    )

    def render_claims_completion(self, value):
        return "申报办结" if value else "一般进展"

    class Meta:
        model = ProgressReport
        fields = ("pick", "submitted_at", "year", "unit", "number", "text", "claims_completion", "review_stage", "open")
        empty_text = "没有待审核的报告。"


class ExtensionTable(ListTable):
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

    suspended_on = tables.DateColumn("Y-m-d", verbose_name="中止日期", attrs={"td": {"class": "day"}})
    suspended_why = tables.Column("中止原因", attrs={"td": {"class": "wide"}})
    due_on = tables.DateColumn(
        "Y-m-d", verbose_name="完成时限", accessor="due_on", default="长期坚持", attrs={"td": {"class": "day"}}
    )
    resume = tables.LinkColumn(
        "tasks:resume",
        args=[A("pk")],
        text="恢复办理",
        verbose_name="",
        orderable=False,
        attrs={"a": {"class": "btn btn-sm"}},
    )

    class Meta(AssignmentTable.Meta):
        fields = ("year", "number", "requirement", "unit", "role", "due_on", "suspended_on", "suspended_why", "resume")
        exclude = ("pick", "section", "light")
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
    text = _cell("text", "催办内容", orderable=False, attrs={"td": {"class": "wide clipped"}})
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
        "requirement", "具体要求", order_by="assignment__task__requirement", attrs={"td": {"class": "wide clipped"}}
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
