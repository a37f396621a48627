"""Tables of rounds and their duties (报送批次), and of reminders sent by hand (催办)."""

import django_tables2 as tables
from django.template.loader import get_template
from django.utils.html import format_html, format_html_join

from tasks.choices import Grade, ReminderState, RoundPhase, Submission
from tasks.models import Reminder, ReminderItem, ReportingRound, RoundItem
from wenshang_disclosure.core.rates import in_per_cent
from wenshang_disclosure.core.web.tables import DayColumn, ListTable, PartColumn

from .base import A_DAY, CLIPPED, NONE, SAID, DutyColumns, said

PHASE_STATES = {RoundPhase.RUNNING: "state-submitted", RoundPhase.OVER_TIME: "state-returned"}


class RoundTable(ListTable):
    """Rounds with how much was reported of what the user of the scope sees; units also read what is still wanted."""

    usual = ("title", "days", "phase", "submitted", "late", "missing")
    first = ("year",)
    needed = ("title",)
    widths = {"title": 36, "days": 24, "submitted": 18, "text": 50, "opens_on": 12, "closes_on": 12}

    year = tables.Column("年度", accessor="plan__year")
    title = tables.Column("名称", order_by=("title", "pk"), attrs={"td": {"class": "wide"}})
    days = tables.Column("起止日期", accessor="opens_on", order_by=("opens_on", "pk"), attrs=A_DAY)
    closes_on = DayColumn(verbose_name="截止日期", attrs=A_DAY)
    phase = tables.Column("状态", orderable=False)
    submitted = tables.Column("已报送／应报送", empty_values=(), orderable=False)
    late = tables.Column("逾期报送", empty_values=(), orderable=False)
    missing = tables.Column("未报送", empty_values=(), orderable=False)
    by = tables.Column("发起", order_by=("by__name", "pk"))
    text = tables.Column("报送要求", orderable=False, attrs=SAID)

    figures = wanted = {}  # by round, of those that `prepare` was given

    def prepare(self, records):
        """Count what was reported of all the rounds at once."""
        items = RoundItem.objects.shown_to(self.scope.user).filter(round__in=records).counting().with_submission()
        self.figures, self.wanted = items.submission_counts("round"), {}
        if not self.scope.user.reads_everything:
            for item in items.wanted().for_lists().order_by("assignment__task__number", "pk"):
                self.wanted.setdefault(item.round_id, []).append(item.assignment)

    def _of(self, record, name):
        return self.figures.get((record.pk,), {}).get(name, 0)

    def render_year(self, record):
        return record.plan.year

    def render_title(self, record):
        link = format_html('<a href="{}">{}</a>', self.link("tasks:round", record.pk), record.title)
        again = format_html("<small>定期产生</small>") if record.is_recurring else ""
        return format_html("{}{}{}", link, again, self._still_wanted(record))

    def _still_wanted(self, record):
        duties = self.wanted.get(record.pk)
        if not duties:
            return ""
        links = ((self.link("tasks:assignment", duty.pk), duty.task.number) for duty in duties)
        joined = format_html_join("、", '<a href="{}">第{}项</a>', links)
        return format_html("<small>还需报送：{}</small>", joined)

    def value_title(self, record):
        return record.title

    def render_days(self, record):
        return format_html("{} 至 {}", f"{record.opens_on:%Y-%m-%d}", f"{record.closes_on:%Y-%m-%d}")

    def render_phase(self, record):
        return format_html('<span class="state {}">{}</span>', PHASE_STATES.get(record.phase_today, ""), record.phase)

    def render_submitted(self, record):
        requested, submitted = self._of(record, "requested"), self._of(record, "submitted")
        if not requested:
            return NONE
        return format_html("{}／{}<small>{}</small>", submitted, requested, in_per_cent(submitted, requested))

    def value_submitted(self, record):
        requested, submitted = self._of(record, "requested"), self._of(record, "submitted")
        return f"{submitted}／{requested}（{in_per_cent(submitted, requested)}）" if requested else ""

    def _linked(self, record, submission):
        number = self._of(record, submission)
        address = self.link("tasks:round", record.pk, submission=submission)
        return format_html('<a href="{}">{}件</a>', address, number) if number else NONE

    def render_late(self, record):
        return self._linked(record, Submission.LATE.value)

    def value_late(self, record):
        return self._of(record, Submission.LATE)

    def render_missing(self, record):
        return self._linked(record, Submission.MISSING.value)

    def value_missing(self, record):
        return self._of(record, Submission.MISSING)

    def render_by(self, record):
        return str(record.by) if record.by else "自动"

    def render_text(self, record):
        return said(record.text)

    def value_text(self, record):
        return record.text

    class Meta:
        model = ReportingRound
        fields = ()
        empty_text = "没有符合条件的报送批次。"


class RoundItemTable(DutyColumns):
    """Items of a round with their submissions; needs `with_submission` and `for_lists`."""

    usual = ("unit", "number", "requirement", "submission")
    needed = ("requirement",)
    needs = {"words": lambda items, scope: items.with_words()}
    widths = {**DutyColumns.widths, "reported_at": 17, "words": 60}

    unit = tables.Column("承办单位", accessor="assignment__unit", order_by=("assignment__unit__order", "pk"))
    number = tables.Column("序号", accessor="assignment__task__number", attrs={"td": {"class": "no"}})
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
    reported_at = DayColumn("%Y-%m-%d %H:%M", verbose_name="报送时间", attrs=A_DAY)
    status = tables.Column("办理状态", accessor="assignment__status")
    words = tables.Column("进展情况", orderable=False, attrs=SAID)

    def render_requirement(self, column, record, table):
        return column.render(record=record, table=table)

    def value_submission(self, record):
        return Submission(record.submission).label

    def render_status(self, record):
        return record.assignment.get_status_display()

    def render_words(self, record):
        return said(record.words)

    def value_words(self, record):
        return record.words

    class Meta:
        model = RoundItem
        fields = ()
        empty_text = "没有符合条件的事项。"


class OwnRoundItemTable(RoundItemTable):
    """Items of the own unit, with a link to the report form."""

    usual = ("number", "requirement", "submission", "do")
    steps = ("do",)

    do = PartColumn(template_name="tasks/supervision/rounds/_do.html", verbose_name="办理", orderable=False)

    class Meta(RoundItemTable.Meta):
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

    usual = ("grade", "text", "sender", "answer_by", "duties", "seen", "answered", "open", "repeat")
    first = ("year",)
    needed = ("grade",)
    steps = ("repeat",)
    widths = {"grade": 22, "text": 60, "sender": 22, "at": 17, "withdrawn_why": 30}

    grade = _cell("grade", "编号", order_by=("at", "pk"))
    year = tables.Column("年度", accessor="plan__year")
    text = _cell("text", "催办内容", orderable=False, attrs=CLIPPED)
    at = DayColumn("%Y-%m-%d %H:%M", verbose_name="催办时间", order_by=("at", "pk"), attrs=A_DAY)
    sender = _cell("sender", "催办方", order_by=("from_unit__order", "pk"))
    by = tables.Column("催办人", order_by=("by__name", "pk"))
    answer_by = _cell("answer_by", "答复期限", order_by=("answer_by", "pk"), attrs=A_DAY)
    duties = _cell("duties", "事项", order_by=("duties", "pk"))
    units = tables.Column("单位", order_by=("units", "pk"))
    seen = _cell("seen", "已阅知", order_by=("seen", "pk"))
    answered = _cell("answered", "已回复", order_by=("answered", "pk"))
    open = _cell("open", "未回复", order_by=("overdue", "open", "pk"))
    withdrawn_why = tables.Column("撤销原因", orderable=False, attrs=SAID)
    repeat = RepeatColumn(
        template_name="tasks/supervision/reminders/cells/repeat.html", verbose_name="办理", orderable=False
    )

    def value_grade(self, record):
        return f"{record.get_grade_display()}{record.mark}"

    def render_withdrawn_why(self, record):
        return said(record.withdrawn_why)

    def value_withdrawn_why(self, record):
        return record.withdrawn_why

    def value_text(self, record):
        return record.first_words or record.text

    def value_open(self, record):
        return f"{record.open}（逾期{record.overdue}）" if record.overdue else record.open

    class Meta:
        model = Reminder
        fields = ()
        empty_text = "没有符合条件的催办。"


class ReminderItemTable(DutyColumns):
    """Reminders by duty; needs `listed`. `pick` is for users who may remind."""

    usual = ("grade", "unit", "number", "requirement", "sender", "answer_by", "seen_at", "state")
    first = ("pick", "year")
    needed = ("requirement",)
    widths = {**DutyColumns.widths, "grade": 14, "sender": 22, "words": 50, "state": 12}

    pick = _cell("pick", "选择", orderable=False, attrs={"td": {"class": "pick-cell"}})
    grade = _cell("item_grade", "催办", order_by=("reminder__at", "pk"))
    year = tables.Column("年度", accessor="reminder__plan__year")
    unit = tables.Column("被催单位", accessor="assignment__unit", order_by=("assignment__unit__order", "pk"))
    number = tables.Column("序号", accessor="assignment__task__number", attrs={"td": {"class": "no"}})
    requirement = _cell("requirement", "具体要求", order_by="assignment__task__requirement", attrs=CLIPPED)
    words = tables.Column("单位看到的内容", orderable=False, attrs=SAID)
    sender = _cell("item_sender", "催办方", order_by=("reminder__from_unit__order", "pk"))
    answer_by = _cell("item_answer_by", "答复期限", order_by=("reminder__answer_by", "pk"), attrs=A_DAY)
    seen_at = _cell("item_seen", "阅知", order_by=("seen_at", "pk"), attrs=A_DAY)
    state = _cell("item_state", "回复情况", order_by=("state_rank", "reminder__answer_by", "pk"))
    role = due_on = None  # who reminded may read the duty no longer

    def render_requirement(self, column, record, table):
        return column.render(record=record, table=table)

    def value_grade(self, record):
        return f"{Grade(record.reminder.grade).label} {record.reminder.on:%Y-%m-%d}"

    def render_words(self, record):
        return said(record.words)

    def value_words(self, record):
        return record.words

    def value_sender(self, record):
        return record.reminder.sender

    def value_answer_by(self, record):
        return record.reminder.answer_by

    def value_seen_at(self, record):
        return record.seen_at

    def value_state(self, record):
        return ReminderState(record.state).label

    class Meta:
        model = ReminderItem
        fields = ()
        empty_text = "没有符合条件的催办事项。"
