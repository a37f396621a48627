"""Tables of the duties of a round, and of reminders sent by hand (催办)."""

import django_tables2 as tables
from django.template.loader import get_template

from tasks.models import Reminder, ReminderItem, RoundItem
from wenshang_disclosure.core.web.tables import ListTable, PartColumn


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
