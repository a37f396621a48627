"""填报表: a unit's duties as one Excel file, written with everything filled in, and taken in again.

(design: Ways of working)
"""

import hashlib
from datetime import datetime

from django.core import signing
from django.db import transaction
from django.utils import timezone

from tasks.choices import IN_HAND, Light, PlanState, ReportState
from tasks.imports.sheets.columns import NO, SHEET, YES, SheetContent, SheetRow
from tasks.models import Assignment, Plan, ProgressReport, ReportingRound, SheetUpload
from tasks.models.progress.report import CONTENT_FIELDS
from tasks.models.supervision.period import wanted_of
from tasks.services import bulk
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.web.errors import Refused, Unreadable, require
from wenshang_disclosure.core.web.forms import clean_text
from wenshang_disclosure.files import keeping, uses

from . import batch, entering, evidence, reports
from .sheet_lines import MINE, SERVERS, Server, lines_of

SALT = "tasks.sheet"
KEPT_UPLOADS = 10  # of one person
MAX_STATE_CHARS = 60  # of the name of a state of the server
NOT_OURS = "“{name}”不是本系统下载的填报表，或者其中的标识已被改动。请重新下载填报表，把填写的内容复制过去后上传。"
OTHER_UNIT = "“{name}”是{unit}的填报表，不是{own}的，没有读入。"
ROUND_OVER = "“{name}”是“{rounds}”的填报表，该批次已经结束。请重新下载填报表，把填写的内容复制过去后上传。"
NOTHING_ASKED = "“{name}”中的承办事项所属的分解表已撤回印发，没有读入。"
PAST_CALL = (
    "本表补录启用本系统以前的报告：每行填一次报告的内容和“报告日期（补录）”，如 2024-06-30。"
    "以前报过几次的，先补录较早的一次，上传后重新下载，再补录下一次。"
)
HOW = (
    "填写浅黄色单元格，灰色单元格受保护。没有填写的行、从表中删去的行，不改动系统中的草稿。请不要增加行，不要填公式。",
    "佐证链接一行一个网址，网址前可以写标题；删去已有的网址，不会移除已附的链接。佐证文件在系统页面上添加。",
    "填好后保存为 .xlsx（WPS、Excel、LibreOffice 均可），在系统“填报表”页面上传，核对后存为草稿或者报送。",
)


# --- out --------------------------------------------------------------------------------------------------------------


def owed_now(unit):
    """Return the duties on which a unit is to report now, and the ids of the running rounds that want them.

    They are those that are wanted in the present period where a running round wants any of them; else all in hand. A
    report that awaits the unit's leader is not written any more.
    """
    plans = list(Plan.objects.issued())
    wanted = dict(wanted_of(unit, plans).order_by().values_list("pk", "round"))
    rounds = {one for one in wanted.values() if one}
    if rounds:
        return Assignment.objects.filter(pk__in=wanted), rounds
    in_hand = Assignment.objects.filter(unit=unit, plan__in=plans).owed().filter(status__in=IN_HAND)
    at_leader = ProgressReport.objects.filter(state=ReportState.AWAITING_LEADER)
    return in_hand.exclude(pk__in=at_leader.values("assignment")), rounds


def any_used_later():
    """Return whether a plan was issued before the product was used for it (启用日期): past reports can be entered."""
    return Plan.objects.issued().filter(used_from__isnull=False).exists()


def owed_before(unit):
    """Return the unit's duties in hand of plans that were issued before the product was used for them (补录)."""
    plans = Plan.objects.issued().filter(used_from__isnull=False)
    return Assignment.objects.filter(unit=unit, plan__in=plans).owed().filter(status__in=IN_HAND)


def content_of(unit, *, by, past=False):
    """Return the `SheetContent` of the unit's duties as `by` may read it: the office is shown no drafts.

    With `past` it is for reports from before the product was used (补录), which the office enters. Raises `Refused`
    where the unit is to report on nothing.
    """
    require(by, "tasks.enter_for_unit" if past else "tasks.use_sheet", sentence=reports.ONLY_THE_OFFICE_ENTERS)
    owed, rounds = (owed_before(unit), set()) if past else owed_now(unit)
    duties = _for_sheet(owed)
    if not duties:
        raise Refused(f"{unit.name}目前没有需要{'补录' if past else '填报'}的承办事项。")
    server = Server(duties, shows_drafts=by.acting_unit_id == unit.pk)
    now = timezone.localtime()
    said = {
        "unit": unit.pk,
        "rounds": sorted(rounds),
        "at": now.isoformat(),
        "drafts": {str(duty.pk): server.filled_from(duty) for duty in duties},
        "attached": {str(duty.pk): [item.pk for item in server.evidence(duty)] for duty in duties},
    }
    calls = [PAST_CALL] if past else _calls(rounds, len(duties))
    notes = [*calls, *HOW, f"单位：{unit.name}　制表时间：{now:%Y-%m-%d %H:%M}"]
    rows = [_sheet_row(duty, server) for duty in duties]
    title = f"{unit.name}政务公开任务填报表{'（补录以前的报告）' if past else ''}"
    return SheetContent(title, notes, signing.dumps(said, salt=SALT, compress=True), rows, is_past=past)


def _for_sheet(duties):
    shown = duties.with_light().for_lists().select_related("plan")
    shown = shown.prefetch_related("task__designations__unit", "task__designations__collective")
    return list(shown.order_by("plan__year", "plan", "task__number", "pk"))


def _calls(rounds, number):
    """Return the lines on what is called for."""
    called = ReportingRound.objects.filter(pk__in=rounds).order_by("closes_on", "pk")
    lines = [
        f"报送批次：{one.title}　截止日期：{one.closes_on.year}年{one.closes_on.month}月{one.closes_on.day}日"
        f"{f'　报送要求：{one.text}' if one.text else ''}"
        for one in called
    ]
    return [*lines, f"本次应填报的承办事项共{number}件。" if lines else f"本单位在办的承办事项共{number}件。"]


def _sheet_row(duty, server):
    task, last, returned = duty.task, server.last.get(duty.pk), server.returned.get(duty.pk)
    words, items = server.words(duty), server.evidence(duty)
    values = {
        "number": task.number,
        "year": duty.plan.year,
        "requirement": task.requirement,
        "leads": "、".join(lead.text for lead in task.designated("lead")),
        "due": f"{duty.due_on:%Y-%m-%d}" if duty.due_on else "长期坚持",
        "light": Light(duty.light).label,
        "last": f"{timezone.localdate(last.submitted_at)}：{last.text}" if last else "",
        "returned": returned.review_comment if returned else "",
        "attached": f"{len(items)}项" if items else "",
        **{name: words[name] for name in CONTENT_FIELDS},
        "claims_completion": YES if words["claims_completion"] else NO,
        "links": "\n".join(_link(item) for item in items if item.url),
    }
    closed = {
        "count": not task.target_count,
        "open_units_note": not server.has_open_units(duty),
    }
    return SheetRow(str(duty.pk), values, frozenset(name for name, is_closed in closed.items() if is_closed))


def _link(item):
    return item.url if item.title == item.url[:200] else f"{item.title} {item.url}"


# --- in ---------------------------------------------------------------------------------------------------------------


def receive(upload, *, read, by, unit=None):
    """Read an uploaded 填报表 with `read(file)`, and return it as a `SheetUpload` to be checked; nothing else changes.

    Without `unit` it is that of the person; with it the office takes the sheet in for the unit. The file itself is not
    kept. Raises `Refused` for a file that `uses.SHEETS` does not take, and for one that is not ours, of another unit,
    or of a round that is over.
    """
    require(by, "tasks.enter_for_unit" if unit else "tasks.use_sheet", sentence=reports.ONLY_THE_OFFICE_ENTERS)
    [inspected] = keeping.inspect([upload], uses.SHEETS, by=by)
    try:
        content = read(inspected.upload)
    except Unreadable as reason:
        raise Refused(f"“{inspected.name}”：{reason}") from reason
    said = _identify(content.pop("mark"), inspected.name, unit or by.unit)
    return _keep(inspected, content | said, unit or by.unit, bool(unit), by)


def _identify(mark, name, unit):
    """Return what the file says it is, for the unit that it should be of. Raises `Refused`."""
    try:
        said = signing.loads(mark, salt=SALT)
    except signing.BadSignature:
        raise Refused(NOT_OURS.format(name=name)) from None
    if said["unit"] != unit.pk:
        other = type(unit).objects.filter(pk=said["unit"]).first()
        raise Refused(OTHER_UNIT.format(name=name, unit=other or "另一单位", own=unit.name))
    rounds = ReportingRound.objects.filter(pk__in=said["rounds"])
    if said["rounds"] and not rounds.running().exists():
        raise Refused(ROUND_OVER.format(name=name, rounds="、".join(one.title for one in rounds)))
    duties = Assignment.objects.filter(pk__in=said["drafts"])
    if not duties.filter(plan__state=PlanState.ISSUED).exists():
        raise Refused(NOTHING_ASKED.format(name=name))
    return {"at": said["at"], "drafts": said["drafts"], "attached": said.get("attached", {})}


@transaction.atomic
def _keep(inspected, content, unit, for_unit, by):
    inspected.upload.seek(0)
    digest = hashlib.sha256(inspected.upload.read()).hexdigest()
    about = {"unit": unit, "for_unit": for_unit, "file_name": inspected.name, "sha256": digest}
    kept = SheetUpload.objects.create(content=content, by=by, **about)
    older = SheetUpload.objects.filter(by=by).order_by("-pk").values_list("pk", flat=True)[KEPT_UPLOADS:]
    SheetUpload.objects.filter(pk__in=list(older)).delete()
    act = "收到单位填报表" if for_unit else "上传填报表"
    record(Kind.CHANGE, act, by=by, on=kept, detail={"unit": unit.name, "file": inspected.name, "sha256": digest})
    return kept


# --- the check --------------------------------------------------------------------------------------------------------


def check(upload, *, by):
    """Return the `Line`s of an upload as they stand against the server now; a fixed number of queries."""
    keys = {row["key"] for row in upload.content["rows"]} & upload.content["drafts"].keys()
    own = Assignment.objects.filter(pk__in=keys, unit=upload.unit_id, plan__state=PlanState.ISSUED)
    duties = list(own.for_lists().select_related("plan"))
    server = Server(duties, shows_drafts=not upload.for_unit, since=datetime.fromisoformat(upload.content["at"]))
    return lines_of(upload, duties, server)


@transaction.atomic
def choose(upload, *, by, choices, attested_name=""):
    """Keep whose text holds in rows that changed on the server, and the typed name; return the upload.

    `choices` are by the id of a duty: what was chosen, and the state of the server that was shown.
    """
    upload = _lock(upload, by)
    known = upload.content["drafts"]
    of_rows = {key: choice for key, choice in choices.items() if key in known and choice[0] in (MINE, SERVERS)}
    upload.choices |= {key: (whose, clean_text(state)[:MAX_STATE_CHARS]) for key, (whose, state) in of_rows.items()}
    upload.attested_name = clean_text(attested_name)[:40]
    upload.save(update_fields=["choices", "attested_name"])
    return upload


@transaction.atomic
def discard(upload, *, by):
    """Delete an upload; what was taken from it stays."""
    upload = _lock(upload, by)
    record(Kind.CHANGE, "删除填报表", by=by, on=upload)
    upload.delete()


def _lock(upload, by):
    return SheetUpload.objects.visible_to(by).select_for_update(of=("self",)).get(pk=upload.pk)


def _lock_to_take(upload, by):
    """Return the upload, locked, and lock its duties: what is checked stands so until it is taken.

    The same file uploaded twice and submitted at once makes nothing twice.
    """
    upload = _lock(upload, by)
    duties = Assignment.objects.filter(pk__in=upload.content["drafts"].keys(), unit=upload.unit_id)
    list(duties.order_by("pk").select_for_update(of=("self",)).values_list("pk"))
    return upload


# --- taking it --------------------------------------------------------------------------------------------------------


@transaction.atomic
def save(upload, *, by):
    """Save the rows that differ as drafts (存为草稿), each for itself, and return the upload with its results.

    Rows with errors and those of which nobody chose stay out. Raises `Refused` where there is nothing to save.
    """
    upload = _lock_to_take(upload, by)
    going = [line for line in check(upload, by=by) if line.is_saved]
    if not going:
        raise Refused("表中没有需要保存的改动。")
    results = _save_each(going, by)
    return _finish(upload, [_result(one, "已存为草稿") for one in results], by, "填报表存为草稿")


@transaction.atomic
def submit(upload, *, by, attested, attested_name):
    """Save and submit the filled-in rows (报送) with one attestation, and return the upload with its results.

    A row that is saved but cannot be submitted stays a draft and is named, and so is one that cannot be saved. For an
    upload of the office each report is entered for the unit (代填). Raises `Refused` where the review is not attested,
    or nothing is filled in.
    """
    upload = _lock_to_take(upload, by)
    going = [line for line in check(upload, by=by) if line.is_submitted]
    if not going:
        raise Refused("表中没有可以报送的内容。有错误的请改正后重新上传，服务器上已有改动的请先选择。")
    if not (attested and attested_name.strip()):
        raise Refused("请确认材料已通过本单位保密审查，并填写审查人姓名。")
    attestation = {"by": by, "attested": attested, "attested_name": attested_name.strip()}
    results = _enter_each(upload, going, attestation) if upload.for_unit else _submit_each(going, attestation)
    act = "代填填报表" if upload.for_unit else "报送填报表"
    return _finish(upload, results, by, act)


def _save_each(lines, by):
    def act(line):
        draft = reports.save_draft(line.duty, by=by, version=line.version, **line.words)
        evidence.attach_links(draft, line.links, by=by)
        return draft

    return bulk.each(lines, act)


def _submit_each(lines, attestation):
    """Save what differs, submit all, and return the results by row."""
    saved = _save_each([line for line in lines if line.is_saved], attestation["by"])
    refused = [_result(one, "") for one in saved if one.error]
    drafts = {one.row.duty.pk: one.outcome for one in saved if not one.error}
    ready = [line for line in lines if not line.is_saved or line.duty.pk in drafts]
    if not ready:
        return refused
    versions = [(line.duty, drafts[line.duty.pk].version if line.is_saved else line.version) for line in ready]
    sent = {one.row.pk: one for one in batch.submit_several(versions, **attestation)}
    return refused + [_submitted(line, sent[line.duty.pk]) for line in ready]


def _submitted(line, result):
    if result.error:
        return _result(bulk.Result(line, f"{result.error}已存为草稿。"), "")
    at_leader = result.outcome.state == ReportState.AWAITING_LEADER
    return _result(bulk.Result(line), "已送分管领导审签" if at_leader else "已报送")


def _enter_each(upload, lines, attestation):
    def act(line):
        place = entering.Place(upload.file_name, SHEET, line.row, upload.sha256)
        form = {**line.words, "reported_on": line.reported_on, **attestation}
        return entering.enter(line.duty, version=line.version, links=line.links, place=place, **form)

    results = bulk.each(lines, act)
    entering.tell_units([one.outcome for one in results if not one.error])
    return [_result(one, "已代填报送") for one in results]


def _result(result, done):
    line = result.row
    return {
        "row": line.row,
        "duty": line.duty.pk,
        "number": line.duty.task.number,
        "done": "" if result.error else done,
        "error": result.error,
    }


def _finish(upload, results, by, act):
    upload.results = sorted(results, key=lambda one: (not one["error"], one["row"]))
    upload.taken_at = timezone.now()
    upload.save(update_fields=["results", "taken_at"])
    done = sum(not one["error"] for one in results)
    detail = {"file": upload.file_name, "sha256": upload.sha256, "duties": done, "refused": len(results) - done}
    record(Kind.CHANGE, act, by=by, on=upload, detail={**detail, "unit": upload.unit.name})
    return upload
