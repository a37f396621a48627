"""Rows of an uploaded 填报表 against the server: what is new, what changed on either side, what cannot go."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from django.core.exceptions import ValidationError
from django.forms import URLField
from django.utils import timezone

from tasks.choices import DutyRole, LineKind, ReportState, Status
from tasks.imports.sheets.columns import (
    FILLED,
    MAX_CELL_CHARS,
    MAX_COUNT,
    MAX_LINK_CHARS,
    MAX_LINK_TITLE_CHARS,
    NO,
    PAST,
    YES,
)
from tasks.models import Assignment, ProgressReport
from tasks.models.progress.report import CONTENT_FIELDS
from wenshang_disclosure.core.region import office_name
from wenshang_disclosure.core.web.forms import clean_text

from .draft_versions import words_of
from .past_days import read_day, why_not_on

MINE, SERVERS = "mine", "server"
NOTHING = {**dict.fromkeys(CONTENT_FIELDS, ""), "count": None, "claims_completion": False}
PROSE = ("text", "obstacles", "next_steps", "open_units_note")
DAY_WANTED = "应为日期，如2024-06-30，现为“{}”。"
ADDED = "这一行不是填报表中原有的，没有读入。请不要增加行，内容填在该事项原来的行中。"
TWICE = "与第{row}行是同一件承办事项，两行都没有读入。请只保留一行。"
NOT_OWN = "这一行不是该单位现在的承办事项（可能已改派、移交，或者分解表已撤回印发），没有读入。"
UNIT_CHANGED = "该单位在系统中的内容与这份表不一致，不能代填。请该单位自行报送，或者重新下载填报表填写。"


# --- the server's side ------------------------------------------------------------------------------------------------


class Server:
    """What the server has of some duties: drafts, returned reports and those that were submitted; few queries.

    `shows_drafts` says whether words of drafts may be shown; `since` is the moment at which a sheet was written.
    """

    def __init__(self, duties, *, shows_drafts, since=None):
        self.shows_drafts, self.since = shows_drafts, since
        reports = ProgressReport.objects.filter(assignment__in=[duty.pk for duty in duties])
        reports = reports.select_related("written_by", "attested_by").prefetch_related("evidence")
        self.open = {report.assignment_id: report for report in reports.not_submitted()}
        self.last = {report.assignment_id: report for report in reports.submitted().newest_a_duty()}
        awaiting = [duty.pk for duty in duties if duty.awaits_answer]
        returned = reports.filter(assignment__in=awaiting, state=ReportState.RETURNED).order_by("reviewed_at", "pk")
        self.returned = {report.assignment_id: report for report in returned}
        self._coordinated = {duty.task_id for duty in duties if duty.coordinates}

    @cached_property
    def _open_tasks(self):
        responsible = Assignment.objects.owed().filter(task__in=self._coordinated, role=DutyRole.RESPONSIBLE)
        return set(responsible.exclude(status=Status.COMPLETED).order_by().values_list("task", flat=True))

    def has_open_units(self, duty):
        """Return whether the duty coordinates a row on which responsible units are not done."""
        return duty.coordinates and duty.task_id in self._open_tasks

    def draft(self, duty):
        """Return the duty's draft, `None` where there is none."""
        report = self.open.get(duty.pk)
        return report if report and report.is_draft else None

    def at_leader(self, duty):
        """Return whether a report awaits the unit's leader."""
        return duty.pk in self.open and self.draft(duty) is None

    def filled_from(self, duty):
        """Return which draft a sheet is filled from, and in which version; "" where none is shown."""
        draft = self.draft(duty)
        return _name_of(draft) if draft and self.shows_drafts else ""

    def source(self, duty):
        """Return the report that a sheet is filled from: the draft, else the returned one to be answered, or `None`."""
        draft = self.draft(duty) if self.shows_drafts else None
        return draft or self.returned.get(duty.pk)

    def words(self, duty):
        """Return the content that a sheet is filled with, a dict by field."""
        source = self.source(duty)
        return words_of(source) if source else NOTHING

    def evidence(self, duty):
        """Return the evidence of the report that a sheet is filled from."""
        source = self.source(duty)
        return list(source.evidence.all()) if source else []

    def sent(self, duty):
        """Return the report that was submitted, or lies with the leader, since the sheet was written; or `None`."""
        if self.at_leader(duty):
            return self.open[duty.pk]
        last = self.last.get(duty.pk)
        is_since = last and last.submitted_at >= self.since and last.state != ReportState.RETURNED
        return last if is_since else None


def _name_of(draft):
    return f"{draft.pk}:{draft.version}"


# --- the rows ---------------------------------------------------------------------------------------------------------


@dataclass
class Line:
    """A row of an upload: what it says (`words`, `links`) and how it stands (`kind`), with a `note` on what follows.

    `errors` are pairs of an address and a sentence. `before` is what the server has instead, and `by` who wrote it.
    `reported_on` is the day of a report from before (补录). `state` names the server's state, for which a choice holds;
    `chosen` is `MINE`, `SERVERS` or "". `version` is that of the draft that the row overwrites, 0 for none.
    """

    row: int
    duty: Assignment | None = None
    kind: str = LineKind.BLANK
    words: dict = field(default_factory=lambda: dict(NOTHING))
    reported_on: date | None = None
    links: list = field(default_factory=list)
    new_links: int = 0
    errors: list = field(default_factory=list)
    before: dict | None = None
    by: str = ""
    state: str = ""
    chosen: str = ""
    version: int = 0
    note: str = ""

    @property
    def label(self):
        """Return the kind in words."""
        return LineKind(self.kind).label

    @property
    def is_saved(self):
        """Return whether its text goes into a draft."""
        return self.kind in (LineKind.NEW, LineKind.CHANGED) or self.kind == LineKind.CONFLICT and self.chosen == MINE

    @property
    def is_submitted(self):
        """Return whether it goes when the sheet is submitted."""
        return self.is_saved or self.kind == LineKind.SAME

    @property
    def waits(self):
        """Return whether somebody has to choose first."""
        return self.kind == LineKind.CONFLICT and not self.chosen

    @property
    def said(self):
        """Return `(label, text)` of what the row says."""
        day = [(PAST["reported_on"], f"{self.reported_on:%Y-%m-%d}")] if self.reported_on else []
        return day + [(FILLED[name], _shown(self.words[name])) for name in CONTENT_FIELDS if self.words[name]]

    @property
    def changes(self):
        """Return `(label, before, after)` of the fields that differ from what the server has."""
        before = self.before or NOTHING
        pairs = [(FILLED[name], before[name], self.words[name]) for name in CONTENT_FIELDS]
        return [(label, _shown(old), _shown(new)) for label, old, new in pairs if old != new]


def _shown(value):
    return "" if value is None else YES if value is True else NO if value is False else str(value)


def lines_of(upload, duties, server):
    """Return the `Line`s of an upload in the order of the file."""
    known = {str(duty.pk): duty for duty in duties}
    rows = [_Cells(row, upload.content["letters"]) for row in upload.content["rows"]]
    filled = defaultdict(list)
    for cells in rows:
        if not cells.is_blank:
            filled[cells.key].append(cells.number)
    lines = []
    for cells in rows:
        line = Line(cells.number, known.get(cells.key))
        if not cells.is_blank:
            line.errors = _misplaced(cells, line, upload, filled[cells.key]) or cells.read_into(line, upload.for_unit)
            line.kind = LineKind.WRONG if line.errors else LineKind.NEW
        if line.kind == LineKind.NEW:
            _judge(line, server, upload.content["drafts"][cells.key], hides=upload.for_unit)
            if upload.for_unit and line.kind == LineKind.NEW:
                _refuse_other_evidence(line, server, upload.content.get("attached", {}).get(cells.key, []))
            _take_choice(line, upload.choices.get(cells.key))
        lines.append(line)
    return [line for line in lines if line.duty or line.errors]


def _misplaced(cells, line, upload, rows):
    """Return the errors of a row that has no place in the unit's sheet; `rows` are all with its key."""
    if cells.key not in upload.content["drafts"]:
        return [(cells.address("text"), ADDED)]
    if line.duty is None:
        return [(cells.address("number"), NOT_OWN)]
    others = [row for row in rows if row != cells.number]
    return [(cells.address("number"), TWICE.format(row=others[0]))] if others else []


class _Cells:
    """The cells of one row of the file."""

    def __init__(self, row, letters):
        self.key, self.number, self.texts = row["key"], row["row"], row["texts"]
        self.letters, self.errors = letters, [tuple(error) for error in row["errors"]]

    @property
    def is_blank(self):
        """Return whether nothing is filled in."""
        filled = [self.texts[name] for name in FILLED if name != "claims_completion"]
        return not any(filled) and self.texts["claims_completion"] in ("", NO) and not self.errors

    def address(self, column):
        """Return the address of a cell of this row."""
        return f"{self.letters[column]}{self.number}"

    def read_into(self, line, for_unit):
        """Set the line's words, links and day, and return the errors."""
        for name in PROSE:
            line.words[name] = self._prose(name)
        line.words["count"] = self._count()
        line.words["claims_completion"] = self._claim()
        line.links = self._links()
        line.reported_on = self._reported_on(line.duty.plan, for_unit)
        if line.words["count"] is not None and not line.duty.task.target_count:
            self._refuse("count", "：该任务没有数量要求，请清空。")
        if line.words["open_units_note"] and not line.duty.coordinates:
            self._refuse("open_units_note", "：该事项不统筹其他责任单位，请清空。")
        return self.errors

    def _refuse(self, column, sentence):
        self.errors.append((self.address(column), f"“{(FILLED | PAST)[column]}”{sentence}"))

    def _reported_on(self, plan, for_unit):
        """Return the day of a report from before (补录), `None` where the row has none."""
        text = self.texts.get("reported_on", "")
        if not text:
            if "reported_on" in self.texts:
                self._refuse("reported_on", "没有填写。")
            return None
        day = read_day(text)
        wrong = DAY_WANTED.format(text[:20]) if day is None else why_not_on(plan, day)
        if not for_unit:
            wrong = f"由{office_name()}补录，请清空。"
        if wrong:
            self._refuse("reported_on", f"：{wrong}")
        return day

    def _prose(self, name):
        if len(self.texts[name]) > MAX_CELL_CHARS:
            self._refuse(name, f"超过{MAX_CELL_CHARS}个字，请删减，或者作为附件在页面上传。")
        return clean_text(self.texts[name])

    def _count(self):
        text = self.texts["count"]
        if not text:
            return None
        if not (text.isascii() and text.isdecimal() and len(text) < 6 and int(text) <= MAX_COUNT):
            self._refuse("count", f"应填0至{MAX_COUNT}之间的整数，现为“{text[:20]}”。")
            return None
        return int(text)

    def _claim(self):
        text = self.texts["claims_completion"]
        if text not in ("", YES, NO):
            self._refuse("claims_completion", f"只能填“是”或者“否”，现为“{text[:20]}”。")
        return text == YES

    def _links(self):
        links, wrong = links_in(self.texts["links"])
        for text in wrong:
            self._refuse("links", f"：“{text[:60]}”不是完整的网址。一行写一个，如 https://www.wenshang.gov.cn/…")
        return links


def links_in(text):
    """Return what a cell or field says of published pages, one a line: pairs of title and URL, and what is no URL."""
    found, wrong = [], []
    for line in filter(None, map(str.strip, text.split("\n"))):
        title, _, url = line.rpartition(" ")
        try:
            url = URLField(assume_scheme="https", max_length=MAX_LINK_CHARS).clean(url)
        except ValidationError:
            wrong.append(line)
        else:
            found.append((clean_text(title)[:MAX_LINK_TITLE_CHARS], url))
    return found, wrong


# --- how a row stands -------------------------------------------------------------------------------------------------


def _judge(line, server, filled_from, *, hides):
    """Set how a row without errors stands against the server; with `hides` nothing of the unit's drafts is told.

    `filled_from` is what `Server.filled_from` was when the sheet was written.
    """
    duty = line.duty
    sent, draft = server.sent(duty), server.draft(duty)
    if line.words == NOTHING and not line.links:
        line.kind = LineKind.BLANK
    elif hides and server.at_leader(duty):
        line.kind, line.note = LineKind.CLOSED, UNIT_CHANGED
    elif sent is not None and _is_same(line, sent):
        line.kind, line.note = LineKind.SENT, f"与已{'报送' if sent.is_submitted else '送审'}的内容相同。"
    elif why := _why_closed(duty, server):
        line.kind, line.note = LineKind.CLOSED, why
    elif draft is not None:
        _judge_by_draft(line, draft, filled_from, hides)
    elif sent is not None:
        _differs_from_sent(line, sent)
    elif filled_from and not hides:
        line.kind, line.note = LineKind.CONFLICT, "下载填报表以后，服务器上的草稿被删除。"
        line.before, line.state = dict(NOTHING), f"none:{filled_from}"
    else:
        _judge_without_draft(line, server.returned.get(duty.pk))


def _is_same(line, report):
    return line.words == words_of(report) and _new_links(line, report) == 0


def _new_links(line, report):
    """Return the number of links that the report does not have."""
    return len({url for _, url in line.links} - {item.url for item in report.evidence.all()})


def _why_closed(duty, server):
    if duty.status == Status.COMPLETED:
        return "该事项已办结，不再填报。"
    if duty.is_released:
        return "该事项已解除，不再填报。"
    if duty.suspended:
        return "该事项已中止，恢复办理后再填报。"
    if duty.status == Status.UNDER_REVIEW:
        return "该事项已申报办结，正在审核，审核结果出来之前不能再报送。"
    if server.at_leader(duty):
        return "该事项的报告已送分管领导审签；要修改，请先撤回。"
    return ""


def _judge_by_draft(line, draft, filled_from, hides):
    line.version, is_same, is_known = draft.version, line.words == words_of(draft), _name_of(draft) == filled_from
    if hides:
        is_takeable = is_same or is_known
        line.kind, line.note = (LineKind.NEW, "") if is_takeable else (LineKind.CLOSED, UNIT_CHANGED)
        return
    line.before, line.by, line.new_links = words_of(draft), _who(draft), _new_links(line, draft)
    if is_same:
        line.kind = LineKind.CHANGED if line.new_links else LineKind.SAME
    elif is_known:
        line.kind = LineKind.CHANGED
    else:
        line.kind, line.note = LineKind.CONFLICT, "下载填报表以后，服务器上的草稿有了改动。"
        line.state = f"draft:{_name_of(draft)}"


def _refuse_other_evidence(line, server, attached):
    """Close a row whose draft has other evidence than when its unit downloaded the sheet: that was not handed over."""
    draft = server.draft(line.duty)
    if draft is not None and [item.pk for item in draft.evidence.all()] != attached:
        line.kind, line.note = LineKind.CLOSED, UNIT_CHANGED


def _differs_from_sent(line, sent):
    at = timezone.localtime(sent.submitted_at)
    line.kind, line.note = LineKind.CONFLICT, f"下载填报表以后，该事项已于{at:%Y-%m-%d %H:%M}报送。"
    line.before, line.by, line.state = words_of(sent), _who(sent), f"sent:{sent.pk}"
    line.new_links = _new_links(line, sent)


def _judge_without_draft(line, returned):
    if returned is None:
        line.new_links = len({url for _, url in line.links})
        return
    line.before, line.new_links = words_of(returned), _new_links(line, returned)
    is_same = line.words == line.before and not line.new_links
    line.kind = LineKind.BLANK if is_same else LineKind.CHANGED
    line.note = "与退回的报告相同，没有补正。" if is_same else "补正退回的报告。"


def _who(report):
    return str(report.written_by or report.attested_by or "")


def _take_choice(line, choice):
    """Set what was chosen, where the server is still in the state for which it was."""
    if line.kind == LineKind.CONFLICT and choice and choice[1] == line.state and choice[0] in (MINE, SERVERS):
        line.chosen = choice[0]
