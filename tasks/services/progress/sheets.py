"""填报表: a unit's duties as one Excel file, out with everything filled in, and back in (design: Ways of working)."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.forms import URLField
from django.utils import timezone

from tasks.choices import IN_HAND, OFFICE, LineKind, PlanState, ReportState, Status
from tasks.imports.sheets.columns import (
    FILLED,
    MAX_CELL_CHARS,
    MAX_COUNT,
    MAX_LINK_CHARS,
    MAX_LINK_TITLE_CHARS,
    NO,
    SHEET,
    YES,
    SheetContent,
    SheetRow,
)
from tasks.models import Assignment, Evidence, ProgressReport, ReportingRound, RoundItem, SheetUpload
from tasks.models.progress.report import CONTENT_FIELDS
from tasks.services import bulk
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.web.errors import Refused, Unreadable, require
from wenshang_disclosure.core.web.forms import clean_text
from wenshang_disclosure.files import keeping, uses

from . import entering, evidence, reports
from .draft_versions import words_of

SALT = "tasks.sheet"
KEPT_UPLOADS = 10  # of one person
MINE, SERVERS = "mine", "server"
TAKEN_KINDS = (LineKind.NEW, LineKind.CHANGED)
NOTHING = dict.fromkeys(CONTENT_FIELDS, "") | {"count": None, "claims_completion": False}
LABELS = {**FILLED, "text": "本期进展"}
HOW = (
    "填写浅黄色单元格，灰色单元格受保护。一行都没有填写的、从表中删去的，不改动系统中的草稿。请不要增加行，不要填公式。",
    "佐证链接一行一个网址，网址前可以写标题；删去已有的网址，不会移除已附的链接。佐证文件在系统页面上添加。",
    "填好后保存为 .xlsx（WPS、Excel、LibreOffice 均可），在系统“填报表”页面上传，核对后存为草稿或者报送。",
)


# --- out --------------------------------------------------------------------------------------------------------------


def wanted_items(unit):
    """Return the items that running rounds still want of the unit `unit` (an id)."""
    items = RoundItem.objects.filter(assignment__unit=unit, round__plan__state=PlanState.ISSUED)
    return items.counting().with_submission().wanted()


def owed_now(unit):
    """Return the duties on which the unit `unit` (an id) is to report now.

    They are those that running rounds still want, and those whose return is unanswered; where no round runs, all that
    are in hand. Reports that await the unit's leader are not written any more.
    """
    owed = Assignment.objects.filter(unit=unit, plan__state=PlanState.ISSUED).owed().filter(status__in=IN_HAND)
    wanted = list(wanted_items(unit).order_by().values_list("assignment", flat=True))
    if wanted:
        owed = owed.filter(Q(pk__in=wanted) | Q(awaits_answer=True))
    at_leader = ProgressReport.objects.filter(state=ReportState.AWAITING_LEADER)
    return owed.exclude(pk__in=at_leader.values("assignment"))


def content_of(unit, *, by):
    """Return the `SheetContent` of the unit's duties as `by` may read it: the office is shown no drafts.

    Raises `Refused` where the unit owes nothing now.
    """
    require(by, "tasks.use_sheet")
    rounds = list(ReportingRound.objects.filter(pk__in=wanted_items(unit.pk).order_by().values("round")))
    duties = _for_sheet(owed_now(unit.pk))
    if not duties:
        raise Refused(f"{unit.name}目前没有需要填报的承办事项。")
    server = Server(duties, shows_drafts=by.unit_id == unit.pk)
    rows = [_sheet_row(duty, server) for duty in duties]
    versions = {str(duty.pk): server.version(duty) for duty in duties}
    now = timezone.localtime()
    said = {"unit": unit.pk, "rounds": [one.pk for one in rounds], "at": now.isoformat(), "versions": versions}
    notes = [*_calls(rounds, len(duties)), *HOW, f"单位：{unit.name}　制表时间：{now:%Y-%m-%d %H:%M}"]
    mark = signing.dumps(said, salt=SALT, compress=True)
    return SheetContent(f"{unit.name}政务公开任务填报表", notes, mark, rows)


def _for_sheet(duties):
    shown = duties.with_light().for_lists().select_related("plan")
    shown = shown.prefetch_related("task__designations__unit", "task__designations__collective")
    return list(shown.order_by("plan__year", "plan", "task__number", "pk"))


def _calls(rounds, number):
    if not rounds:
        return [f"本单位在办的承办事项共{number}件。"]
    return [
        f"报送批次：{one.title}　截止日期：{one.closes_on.year}年{one.closes_on.month}月{one.closes_on.day}日"
        f"{f'　报送要求：{one.text}' if one.text else ''}"
        for one in rounds
    ]


def _sheet_row(duty, server):
    task, source, last = duty.task, server.source(duty), server.last.get(duty.pk)
    returned = server.returned.get(duty.pk)
    said = words_of(source) if source else NOTHING
    items = server.evidence(source)
    values = {
        "number": task.number,
        "year": duty.plan.year,
        "requirement": task.requirement,
        "leads": "、".join(lead.text for lead in task.designated("lead")),
        "due": f"{duty.due_on:%Y-%m-%d}" if duty.due_on else "长期坚持",
        "light": duty.get_light_display() if hasattr(duty, "get_light_display") else _light(duty),
        "last": f"{timezone.localdate(last.submitted_at)}：{last.text}" if last else "",
        "returned": returned.review_comment if returned else "",
        "attached": f"{len(items)}项" if items else "",
        **{name: said[name] for name in CONTENT_FIELDS if name != "claims_completion"},
        "claims_completion": YES if said["claims_completion"] else NO,
        "links": "\n".join(f"{item.title} {item.url}" if item.title != item.url[:200] else item.url for item in items if item.url),
    }
    return SheetRow(str(duty.pk), values, _closed_columns(duty))
