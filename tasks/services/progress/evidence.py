"""Adding evidence to a draft, labelling it anew and removing it (design: Words, Rules of progress)."""

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Max, ProtectedError, Sum

from tasks.choices import Event, EvidenceKind, ReportState
from tasks.models import Evidence, ProgressReport
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.region import office_name
from wenshang_disclosure.core.web.errors import Conflict, Refused, require
from wenshang_disclosure.files import keeping, uses
from wenshang_disclosure.files.choices import WHY_WITHHELD
from wenshang_disclosure.files.inspection import places
from wenshang_disclosure.files.models import StoredFile

from .reports import refuse_released, refuse_suspended, start_answer

KIND_WORDS = (
    (EvidenceKind.OWN_PLAN, ("方案", "计划", "要点")),
    (EvidenceKind.MINUTES, ("纪要", "会议记录")),
    (EvidenceKind.TRAINING, ("培训", "课件")),
    (EvidenceKind.SCREENSHOT, ("截图", "截屏", "screenshot", "snipaste")),
    (EvidenceKind.LEDGER, ("台账", "清单", "目录", "统计", ".xls", ".et")),
    (EvidenceKind.ARTICLE, ("稿", "信息", "简报")),
    (EvidenceKind.PHOTO, ("照片", "图片", ".jpg", ".jpeg", ".heic")),
    (EvidenceKind.SCREENSHOT, (".png",)),
)
"""Words in the names of files that suggest a kind, the first that fits."""
SHELF_ITEMS = 1000  # of a unit's evidence, the latest, that are looked through for its shelf


def attach_file(draft, upload, *, by, kind, title="", dated_on=None):
    """Store an uploaded file under a random name and attach it to a draft; return the `Evidence`.

    Raises `Refused` for a type or size that is not accepted or where the unit exceeds its storage, `Conflict` where
    the report is no draft any more.
    """
    with keeping.kept([upload], uses.EVIDENCE, by=by) as [(file_name, stored)], transaction.atomic():
        draft = _lock_draft(draft, by)
        return add_file(draft, file_name, stored, by=by, kind=kind, title=title, dated_on=dated_on)


def add_file(draft, file_name, stored, *, by, kind, title="", dated_on=None):
    """Attach a file that was just kept, under the caller's locks; return the `Evidence`. Raises as `attach_file`."""
    _refuse_over_quota(draft.assignment.unit, stored.size)
    stored.save()
    about = {"kind": kind or guessed_kind(file_name), "title": title or file_name, "dated_on": dated_on}
    item = _add(draft, **about, stored=stored, file_name=file_name)
    _record_audit("上传佐证材料", draft, by, {"evidence": item.pk, "sha256": stored.sha256})
    return item


def guessed_kind(file_name):
    """Return the `EvidenceKind` that the name of a file suggests, `OTHER` where it suggests none."""
    name = file_name.lower()
    for kind, words in KIND_WORDS:
        if any(word in name for word in words):
            return kind
    return EvidenceKind.OTHER


@transaction.atomic
def attach_link(draft, url, *, by, title, kind=EvidenceKind.LINK, dated_on=None):
    """Attach the URL of a published page to a draft; return the `Evidence`. Raises as `attach_file`."""
    draft = _lock_draft(draft, by)
    item = _add(draft, kind=kind, title=title or url[:200], dated_on=dated_on, url=url)
    _record_audit("添加佐证链接", draft, by, {"evidence": item.pk})
    return item


@transaction.atomic
def attach_links(draft, links, *, by):
    """Attach those of `links`, pairs of title and URL, that the draft does not have; return their number.

    Raises as `attach_file`.
    """
    return add_links(_lock_draft(draft, by), links, by=by) if new_links(draft, links) else 0


def add_links(draft, links, *, by):
    """Attach links as `attach_links` does, under the caller's locks."""
    new = new_links(draft, links)
    for title, url in new:
        item = _add(draft, kind=EvidenceKind.LINK, title=title or url[:200], url=url)
        _record_audit("添加佐证链接", draft, by, {"evidence": item.pk})
    return len(new)


def new_links(draft, links):
    """Return those of `links`, pairs of title and URL, that the draft does not have, each once."""
    known = set(draft.evidence.exclude(url="").values_list("url", flat=True))
    return [(title, url) for url, title in {url: title for title, url in links}.items() if url not in known]


def attach_files(draft, uploads, *, by, kind, dated_on=None):
    """Attach several uploaded files as `attach_file` does; return their number.

    A refused file does not prevent the others. Raises the refusal with the highest status, with all messages.
    """
    refusals = []
    for upload in uploads:
        try:
            attach_file(draft, upload, by=by, kind=kind, dated_on=dated_on)
        except Refused as refusal:
            refusals.append(refusal)
    if refusals:
        highest = max(refusals, key=lambda refusal: refusal.status)
        highest.args = tuple(str(refusal) for refusal in refusals)
        raise highest
    return len(uploads)


@transaction.atomic
def attach_again(assignment, items, *, by):
    """Attach files and pages that the unit has already given (已传材料) to the duty's draft, all or none; return it.

    The draft is begun where there is none. What it has it gets no second time. Who brought a file answers for it here,
    too: they do not review it. Raises `Refused` for a file that is withheld, else as `start_answer` and `attach_file`.
    """
    draft = start_answer(assignment, by=by)
    known = set(map(_content, draft.evidence.select_related("stored")))
    new = {_content(item): item for item in items if _content(item) not in known}.values()
    if not new:
        return draft
    draft = _lock_draft(draft, by)
    for item in new:
        if item.stored_id and item.stored.is_withheld:
            raise Refused(f"“{item.title}”：{WHY_WITHHELD[item.stored.scan]}")
        about = {name: getattr(item, name) for name in ("kind", "title", "dated_on", "url", "stored", "file_name")}
        again = _add(draft, **about)
        if item.stored_id:
            draft.writers.add(item.stored.uploaded_by_id)
        _record_audit("引用已传材料", draft, by, {"evidence": again.pk, "from": item.pk})
    return draft


def _content(item):
    """Return what is the same of the same file or page."""
    return item.stored.sha256 if item.stored_id else item.url


def shelf(unit):
    """Return what the unit has given as evidence (已传材料), each file and page once, the latest first.

    Each item is the `Evidence` that brought it last; `used` are the numbers of the rows on which it stands.
    """
    given = Evidence.objects.filter(report__assignment__unit=unit).select_related("stored", "report__assignment__task")
    found = {}
    for item in given.order_by("-pk")[:SHELF_ITEMS]:
        first = found.setdefault(_content(item), item)
        first.used = sorted({*getattr(first, "used", ()), item.report.assignment.task.number})
    return [item for item in found.values() if not (item.stored_id and item.stored.is_withheld)]


@transaction.atomic
def remove(item, *, by):
    """Remove an item from its draft and return the draft. The stored file is kept: an earlier report may use it."""
    draft = _lock_draft(item.report, by)
    draft.evidence.filter(pk=item.pk).delete()
    _record_audit("移除佐证材料", draft, by, {"evidence": item.pk})
    return draft


@transaction.atomic
def relabel(item, *, by, title, kind, dated_on, shown=None):
    """Give an item of a draft another title, kind or day; return it. Nothing is recorded where nothing changes.

    `shown` is the label that the form was filled from (`label_of`). Raises `Conflict` where somebody has labelled the
    item otherwise or removed it since, `Refused` where the title is empty.
    """
    draft = _lock_draft(item.report, by)
    found = draft.evidence.filter(pk=item.pk).first()
    if found is None:
        raise Conflict(f"“{item.title}”已被移除，名称、类别和日期没有修改。")
    if not title:
        raise Refused("请填写材料名称。")
    before = label_of(found)
    found.title, found.kind, found.dated_on = title, kind, dated_on
    if label_of(found) == before:
        return found
    if shown is not None and shown != before:
        raise Conflict(f"“{item.title}”的名称、类别或日期已在别处修改，请核对后再保存一次。")
    found.save(update_fields=["title", "kind", "dated_on"])
    _record_audit("修改佐证材料的名称、类别或日期", draft, by, {"evidence": found.pk})
    return found


def label_of(item):
    """Return in one text what a form may change of an item: kind, day and title."""
    return f"{item.kind}|{item.dated_on or ''}|{item.title.strip()}"


@transaction.atomic
def take_out(item, *, by):
    """Remove an item from its draft; of a returned report, from the answer that begins with this. Return the draft.

    Raises `Conflict` where the duty's draft does not answer that report, else as `remove`.
    """
    if item.report.state != ReportState.RETURNED:
        return remove(item, by=by)
    draft = start_answer(item.report.assignment, by=by)
    if draft.answers_id != item.report_id:
        raise Conflict(f"“{item.title}”不在这件事项现在的草稿中，没有移除。请刷新页面后再试。")
    found = in_draft(draft, item.pk)
    return remove(found, by=by) if found else draft


def in_draft(draft, pk):
    """Return the draft's item with this id, or its copy of that item of the report that it answers; `None` otherwise.

    A page that was opened before the answer was begun has the ids of the returned report's evidence.
    """
    item = draft.evidence.filter(pk=pk).first()
    if item or not draft.answers_id:
        return item
    returned = Evidence.objects.filter(report=draft.answers_id, pk=pk).first()
    if returned is None:
        return None
    return draft.evidence.filter(order=returned.order, stored=returned.stored_id, url=returned.url).first()


def take_out_place(item, *, by):
    """Put in the place of a photo of a draft the same one without where it was taken; return the item.

    The file that said it is deleted, unless another report has it or this one has been submitted before. Raises as
    `attach_file`, and `Refused` where it says nothing or cannot be freed of it.
    """
    with item.stored.open() as file:
        content = file.read()
    freed = places.taken_out(content) if places.is_told_by(content) else content
    if freed == content or places.is_told_by(freed):
        raise Refused(f"“{item.title}”中没有可以去掉的拍摄地点。")
    upload = ContentFile(freed, name=item.file_name)
    with keeping.kept([upload], uses.EVIDENCE, by=by) as [(_, stored)], transaction.atomic():
        draft = _lock_draft(item.report, by)
        before, item.stored = item.stored, stored
        stored.save()
        item.save(update_fields=["stored"])
        _record_audit("去掉照片的拍摄地点", draft, by, {"evidence": item.pk, "sha256": stored.sha256})
        if not draft.transitions.filter(event=Event.WITHDRAWN).exists():
            _delete_if_unused(before)
    return item


def _delete_if_unused(stored):
    path = stored.path
    try:
        stored.delete()
    except ProtectedError:
        return
    transaction.on_commit(lambda: default_storage.delete(path))


def _refuse_over_quota(unit, size):
    """Raise `Refused` where the unit's stored evidence would exceed `EVIDENCE_UNIT_MAX_BYTES`.

    A file used by several reports counts once.
    """
    of_unit = Evidence.objects.filter(report__assignment__unit=unit, stored__isnull=False).values("stored")
    used = StoredFile.objects.filter(pk__in=of_unit).aggregate(used=Sum("size"))["used"] or 0
    if used + size > settings.EVIDENCE_UNIT_MAX_BYTES:
        quota_gb = settings.EVIDENCE_UNIT_MAX_BYTES // 1024**3
        raise Refused(f"{unit.name}的佐证材料已近{quota_gb} GB的上限，这个文件没有保存。请联系{office_name()}。")


def _record_audit(act, draft, by, detail):
    record(Kind.CHANGE, act, by=by, on=draft.assignment, detail={"report": draft.pk, **detail})


def _lock_draft(draft, by):
    """Return the draft, locked, with `by` as a writer. Raises `Conflict` where it was deleted or submitted since."""
    try:
        draft = ProgressReport.objects.lock(draft)
    except ProgressReport.DoesNotExist:
        raise Conflict("草稿已被删除，佐证材料没有保存。") from None
    require(by, "tasks.submit_report", draft)
    if not draft.is_draft:
        raise Conflict(f"该报告已是“{draft.get_state_display()}”，不能再改动佐证材料。")
    refuse_suspended(draft.assignment)
    refuse_released(draft.assignment)
    draft.writers.add(by)  # who brings evidence answers for it as who writes: they do not review it
    return draft


def _add(draft, **fields):
    if draft.evidence.count() >= settings.EVIDENCE_MAX_ITEMS:
        raise Refused(f"一份报告最多附{settings.EVIDENCE_MAX_ITEMS}项佐证材料，可打包后上传。")
    last = draft.evidence.aggregate(last=Max("order"))["last"] or 0
    return Evidence.objects.create(report=draft, order=last + 1, **fields)
