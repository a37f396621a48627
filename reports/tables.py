"""Tables of units, submitted reports and the audit trail."""

import django_tables2 as tables
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_tables2.utils import A

from tasks.choices import Light, ReportState
from tasks.models import ProgressReport
from tasks.tables import CLIPPED, SAID, DutyColumns, said, shortened
from wenshang_disclosure.audit.models import AuditEntry
from wenshang_disclosure.core.region import office_name
from wenshang_disclosure.core.web.tables import DayColumn, ListTable, PartColumn

from . import audit_display

NUMBER = {name: {"class": "right"} for name in ("th", "td")}


class UnitTable(ListTable):
    """Units with their figures; rows are the dicts of `figures.by_unit`. They are sorted by no result."""

    usual = (
        *("name", "kind", "owed", "done", "completion_rate"),
        *("review", "on_track", "not_started", "due_soon", "overdue"),
    )
    needed = ("name",)
    unsorted = ("done", "completion_rate", *(light.value for light in Light if light != Light.DONE))
    widths = {"name": 32, "kind": 14}

    name = tables.Column("单位", accessor="unit__name", order_by="unit__order")
    kind = tables.Column("类别", accessor="kind")
    owed = tables.Column("应办", attrs=NUMBER)
    done = tables.Column("办结", attrs=NUMBER)
    completion_rate = tables.Column("办结率", attrs=NUMBER)
    review = tables.Column(Light.REVIEW.label, attrs=NUMBER)
    on_track = tables.Column(Light.ON_TRACK.label, attrs=NUMBER)
    not_started = tables.Column(Light.NOT_STARTED.label, attrs=NUMBER)
    due_soon = tables.Column(Light.DUE_SOON.label, attrs=NUMBER)
    overdue = tables.Column(Light.OVERDUE.label, attrs=NUMBER)

    def render_name(self, record):
        link = self.link("reports:unit", record["unit"])
        gone = SafeString("<small>已撤销</small>") if record["is_gone"] else ""
        return format_html('<a href="{}" title="{}">{}</a>{}', link, record["unit__name"], record["label"], gone)

    def value_name(self, record):
        return record["unit__name"]

    def render_completion_rate(self, value):
        return f"{value:.1f}%"

    class Meta:
        empty_text = "没有符合条件的单位。"
        order_by = None


class RankedUnitTable(UnitTable):
    """Units for who sees ranks: they may be sorted by their results as well."""

    unsorted = ()


class SubmittedReportsTable(DutyColumns):
    """Submitted reports; needs `submitted_by` and `for_lists`."""

    usual = ("submitted_at", "unit", "number", "text", "claims_completion", "state")
    needed = ("text",)
    widths = {**DutyColumns.widths, "submitted_at": 17, "text": 60, "how_entered": 24, "obstacles": 30}

    submitted_at = DayColumn(
        "%Y-%m-%d %H:%M", verbose_name="报送时间", order_by=("submitted_at", "pk"), attrs={"td": {"class": "day"}}
    )
    unit = tables.Column("填报单位", accessor="assignment__unit", order_by="assignment__unit__order")
    number = tables.Column("序号", accessor="assignment__task__number", attrs={"td": {"class": "no"}})
    text = tables.Column("进展情况", empty_values=(), orderable=False, attrs=CLIPPED)
    claims_completion = tables.Column("类型")
    state = tables.Column("审核情况", attrs={"td": {"class": "day"}})
    how_entered = tables.Column("填报方式", orderable=False)
    obstacles = tables.Column("存在问题", orderable=False, attrs=SAID)
    next_steps = tables.Column("下步措施", orderable=False, attrs=SAID)

    def render_text(self, record):
        requirement = record.assignment.task.requirement
        return format_html(
            '<a class="one-line" href="{}#report-{}" title="{}">{}</a><small class="one-line" title="{}">{}{}</small>',
            self.link("tasks:assignment", record.assignment_id),
            record.pk,
            shortened(record.text, 400),
            shortened(record.text, 120) or "（未填写）",
            requirement,
            f"{office_name()}代填　" if getattr(record, "entered", None) else "",
            requirement,
        )

    def value_text(self, record):
        return record.text

    def render_obstacles(self, record):
        return said(record.obstacles)

    def value_obstacles(self, record):
        return record.obstacles

    def render_next_steps(self, record):
        return said(record.next_steps)

    def value_next_steps(self, record):
        return record.next_steps

    def render_claims_completion(self, record):
        return "申报办结" if record.claims_completion else "一般进展"

    def render_state(self, record):
        return state_in_words(record.state)

    class Meta:
        model = ProgressReport
        fields = ()
        empty_text = "没有符合条件的报告。"


def state_in_words(state):
    """Return the label of a report's state as of a day."""
    return "待审核" if state == ReportState.SUBMITTED else ReportState(state).label


class AuditTable(ListTable):
    """Audit entries as displayed to `user`; names are loaded for the current page only."""

    at = DayColumn(
        "%Y-%m-%d %H:%M:%S",
        verbose_name="时间",
        linkify=("reports:audit-entry", [A("pk")]),
        order_by=("at", "pk"),
        attrs={"td": {"class": "day"}},
    )
    account = tables.Column("人员", orderable=False, empty_values=())
    kind = tables.Column(orderable=False, attrs={"td": {"class": "day"}})
    act = tables.Column(orderable=False, attrs={"td": {"class": "wide"}})
    address = tables.Column(orderable=False)
    result = PartColumn(template_name="reports/audit/_result.html", verbose_name="结果", orderable=False)

    def __init__(self, *args, user, **kwargs):
        """`user` decides which links are shown."""
        super().__init__(*args, **kwargs)
        self.user = user

    @cached_property
    def actors(self):
        """The people who acted on this page."""
        return audit_display.Actors(row.record for row in self.paginated_rows)

    def render_account(self, record):
        """Return name, account and unit, the account alone if the person is unknown."""
        if not record.account:
            return "—"
        name, unit = self.actors.of(record)
        if not name:
            return record.account
        return format_html("{}<small>{}</small>", name, " · ".join(filter(None, (record.account, unit))))

    def render_act(self, record):
        """Return the act and its object."""
        if not record.subject:
            return record.act
        page = audit_display.page_of(record, self.user)
        subject = format_html('<a href="{}">{}</a>', page, record.subject) if page else record.subject
        return format_html("{}<small>{}</small>", record.act, subject)

    class Meta:
        model = AuditEntry
        fields = ("at", "account", "kind", "act", "address", "result")
        empty_text = "没有符合条件的审计记录。"
