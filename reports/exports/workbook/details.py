"""The long lists of the workbook: duties, reports, evidence. Each row comes with the keys that it is found by."""

from django.db.models import Case, CharField, Count, OuterRef, Subquery, TextField, Value, When
from django.db.models.functions import Coalesce

from reports.exports.lists.lists import AT_ONCE, DUTY_COLUMNS, with_rows
from tasks.choices import DutyRole, EvidenceKind, ReportState
from tasks.models import Evidence
from wenshang_disclosure.core.dates import day_end
from wenshang_disclosure.core.office.xlsx import DAY, MOMENT

ALL, WAITING = "all", "waiting"


def duties(rows, scope):
    """Return duties by light, the most urgent first, then as in the table."""
    ordered = rows.for_lists().order_by("light_rank", "task__number", "unit__order", "pk")
    return _keyed(with_rows(ordered, scope))


def overdue(rows, scope):
    """Return late duties, the longest first."""
    ordered = rows.for_lists().order_by("days_left", "task__number", "unit__order", "pk")
    return _keyed(with_rows(ordered, scope))


def _keyed(rows):
    for duty, values in rows:
        section, light = duty.task.section, duty.light
        keys = (("part", section.part_id), ("section", section.pk), ("unit", duty.unit_id))
        yield (ALL, (light, ALL), *((light, *key) for key in keys)), values


REPORT_COLUMNS = [
    ("报送单位", 22),
    ("序号", 6),
    ("部分", 18),
    ("工作任务", 22),
    ("具体要求", 40),
    ("职责", 7),
    ("报送时间", 17, MOMENT),
    ("类型", 10),
    ("进展情况", 60),
    ("存在问题", 26),
    ("下步措施", 26),
    ("完成数量", 9),
    ("填报人", 12),
    ("保密审查人", 12),
    ("审核状态", 10),
    ("审核时间", 17, MOMENT),
    ("审核意见", 26),
    ("佐证数", 8),
]

REPORT_FIELDS = (
    "assignment__unit",
    "pk",
    "assignment__unit__name",
    "assignment__task__number",
    "assignment__task__section__part__heading",
    "assignment__task__section__heading",
    "assignment__task__requirement",
    "assignment__role",
    "submitted_at",
    "claims_completion",
    "text",
    "obstacles",
    "next_steps",
    "count",
    "author__name",
    "attested_name",
    "state_then",
    "reviewed_then",
    "comment_then",
    "evidence_count",
)
STATES = {ReportState.SUBMITTED: "待审核", ReportState.APPROVED: "已通过", ReportState.RETURNED: "已退回"}
KINDS = {False: "一般进展", True: "申报办结"}
ROLES, EVIDENCE_KINDS = dict(DutyRole.choices), dict(EvidenceKind.choices)


def _answered(as_of, field, otherwise=None):
    """Return a field of the office's answer where that had come by the evening of `as_of`."""
    return Case(When(**_by(as_of), then=field), default=otherwise)


def _by(as_of, prefix=""):
    return {f"{prefix}reviewed_at__lt": day_end(as_of)}


def reports(submitted, scope):
    """Return reports by unit, then as in the table, then by time."""
    items = Evidence.objects.filter(report=OuterRef("pk")).order_by().values("report").annotate(n=Count("pk"))
    waiting = Value(ReportState.SUBMITTED.value, CharField())
    rows = submitted.annotate(
        state_then=_answered(scope.as_of, "state", waiting),
        reviewed_then=_answered(scope.as_of, "reviewed_at"),
        comment_then=_answered(scope.as_of, "review_comment", Value("", TextField())),
        evidence_count=Coalesce(Subquery(items.values("n")), Value(0)),
    ).order_by("assignment__unit__order", "assignment__unit", "assignment__task__number", "submitted_at", "pk")
    for unit, _, name, number, part, section, requirement, role, at, claims, *rest in _rows(rows, REPORT_FIELDS):
        *said, state, reviewed_at, comment, count = rest
        keys = [ALL, ("unit", unit)] + [WAITING] * (state == ReportState.SUBMITTED)
        yield (
            keys,
            [name, number, part, section, requirement, ROLES[role], at, KINDS[claims]]
            + [*said, STATES[state], reviewed_at, comment, count],
        )


def _rows(queryset, fields):
    return queryset.values_list(*fields).iterator(chunk_size=AT_ONCE)


EVIDENCE_COLUMNS = [
    ("报送单位", 22),
    ("序号", 6),
    ("具体要求", 40),
    ("报送时间", 17, MOMENT),
    ("审核状态", 10),
    ("类别", 12),
    ("名称", 36),
    ("材料日期", 12, DAY),
    ("文件名", 36),
    ("发布链接", 46),
    ("大小（字节）", 12, "#,##0"),
    ("SHA-256", 70),
]
EVIDENCE_FIELDS = (
    "report__assignment__unit",
    "report__assignment__unit__name",
    "report__assignment__task__number",
    "report__assignment__task__requirement",
    "report__submitted_at",
    "state_then",
    "kind",
    "title",
    "dated_on",
    "file_name",
    "url",
    "stored__size",
    "stored__sha256",
)


def evidence(items, scope):
    """Return evidence by unit, then as in the table, then by time; links have neither size nor sum."""
    waiting = Value(ReportState.SUBMITTED.value, CharField())
    then = Case(When(**_by(scope.as_of, "report__"), then="report__state"), default=waiting)
    of = "report__assignment__"
    order = (f"{of}unit__order", f"{of}unit", f"{of}task__number", "report__submitted_at", "report", "order")
    rows = items.annotate(state_then=then).order_by(*order)
    for unit, name, number, requirement, at, state, kind, *rest in _rows(rows, EVIDENCE_FIELDS):
        keys = (ALL, ("unit", unit))
        yield keys, [name, number, requirement, at, STATES[state], EVIDENCE_KINDS[kind], *rest]


COLUMNS = {
    "overdue": DUTY_COLUMNS,
    "duties": DUTY_COLUMNS,
    "reports": REPORT_COLUMNS,
    "evidence": EVIDENCE_COLUMNS,
}
