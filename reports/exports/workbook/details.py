"""Lists of the workbook (duties, reports, evidence), as rows with the keys by which links find them."""

from itertools import groupby
from operator import itemgetter

from reports import figures
from reports.exports.lists.lists import BATCH_ROWS, DUTY_COLUMNS, with_rows
from tasks.choices import DutyRole, EvidenceKind, ReportState
from tasks.models.progress.entered_report import BY_OFFICE
from wenshang_disclosure.core.office.xlsx import DAY, MOMENT

ALL, WAITING = "all", "waiting"


def duties(rows, scope):
    """Yield duties by light, the most urgent first, then in the order of the table."""
    ordered = rows.for_lists().order_by("light_rank", "task__number", "unit__order", "pk")
    return _keyed(with_rows(ordered, scope))


def overdue(rows, scope):
    """Yield late duties, the longest overdue first."""
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
    ("填报方式", 17),
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
    "was_entered",
    "text",
    "obstacles",
    "next_steps",
    "count",
    "author__name",
    "attested_name",
    "state",
    "reviewed_at",
    "answer_read",
    "evidence_count",
)
STATES = {ReportState.SUBMITTED: "待审核", ReportState.APPROVED: "已通过", ReportState.RETURNED: "已退回"}
KINDS = {False: "一般进展", True: "申报办结"}
WAYS = {False: "单位填报", True: BY_OFFICE}
ROLES, EVIDENCE_KINDS = dict(DutyRole.choices), dict(EvidenceKind.choices)


def reports(submitted, user):
    """Yield reports by unit, then in the order of the table, then by time, with the answers that `user` may read."""
    rows = figures.with_items_of_reports(submitted.with_answer_for(user).with_entered()).order_by(
        "assignment__unit__order", "assignment__unit", "assignment__task__number", "submitted_at", "pk"
    )
    for unit, _, name, number, part, section, requirement, role, at, claims, entered, *rest in _rows(
        rows, REPORT_FIELDS
    ):
        *said, state, reviewed_at, comment, count = rest
        keys = [ALL, ("unit", unit)] + [WAITING] * (state == ReportState.SUBMITTED)
        yield (
            keys,
            [name, number, part, section, requirement, ROLES[role], at, KINDS[claims], f"{WAYS[entered]}"]
            + [*said, STATES[state], reviewed_at, comment, count],
        )


def _rows(queryset, fields):
    return queryset.values_list(*fields).iterator(chunk_size=BATCH_ROWS)


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
    "assignment",
    "assignment__unit",
    "evidence__stored",
    "assignment__unit__name",
    "assignment__task__number",
    "assignment__task__requirement",
    "submitted_at",
    "state",
    "evidence__kind",
    "evidence__title",
    "evidence__dated_on",
    "evidence__file_name",
    "evidence__url",
    "evidence__stored__size",
    "evidence__stored__sha256",
)
STORED, TITLE, URL = map(EVIDENCE_FIELDS.index, ("evidence__stored", "evidence__title", "evidence__url"))
EVIDENCE_ORDER = ("submitted_at", "pk", "evidence__order")


def evidence(submitted):
    """Yield evidence by unit, then in the order of the table, then by time, each item once per duty.

    Links have neither size nor SHA-256.
    """
    rows = figures.evidence(submitted).order_by(
        "assignment__unit__order", "assignment__unit", "assignment__task__number", "assignment", *EVIDENCE_ORDER
    )
    for _, of_duty in groupby(_rows(rows, EVIDENCE_FIELDS), key=itemgetter(0)):
        for item in figures.distinct_items(of_duty, itemgetter(STORED, URL, TITLE)):
            _, unit, _, name, number, requirement, at, state, kind, *rest = item
            yield (ALL, ("unit", unit)), [name, number, requirement, at, STATES[state], EVIDENCE_KINDS[kind], *rest]


COLUMNS = {
    "overdue": DUTY_COLUMNS,
    "duties": DUTY_COLUMNS,
    "reports": REPORT_COLUMNS,
    "evidence": EVIDENCE_COLUMNS,
}
