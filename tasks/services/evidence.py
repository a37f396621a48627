"""Evidence is attached to a draft and taken off it (design §2, §4)."""

from pathlib import PurePath

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Max

from wenshang_disclosure.common.errors import Conflict, Refused, require
from wenshang_disclosure.common.forms import clean_text

from ..choices import EvidenceKind
from ..models import Evidence, ProgressReport, StoredFile
from . import stored_files
from .file_types import content_type_of


def attach_file(draft, upload, *, by, kind, title="", dated_on=None):
    """Keep an uploaded file under a random name and attach it to a draft.

    Raises `Refused` for a type or size that is not taken, `Conflict` where the report has left its unit.
    """
    file_name = shown_name(upload.name)
    if upload.size > settings.EVIDENCE_MAX_BYTES:
        raise Refused(f"“{file_name}”超过{settings.EVIDENCE_MAX_BYTES // 1024 // 1024} MB，不能上传。")
    if not upload.size:
        raise Refused(f"“{file_name}”是空文件，不能上传。")
    content_type = content_type_of(upload)
    path, digest = stored_files.write(upload)
    try:
        with transaction.atomic():
            draft = _open_draft(draft, by)
            stored = StoredFile.objects.create(
                path=path, size=upload.size, sha256=digest, content_type=content_type, uploaded_by=by
            )
            return _add(
                draft, kind=kind, title=title or file_name, dated_on=dated_on, stored=stored, file_name=file_name
            )
    except BaseException:
        default_storage.delete(path)
        raise


@transaction.atomic
def attach_link(draft, url, *, by, title, kind=EvidenceKind.LINK, dated_on=None):
    """Attach the address of something published to a draft. Raises as `attach_file`."""
    draft = _open_draft(draft, by)
    return _add(draft, kind=kind, title=title or url[:200], dated_on=dated_on, url=url)


@transaction.atomic
def remove(item, *, by):
    """Take an item off its draft. The stored file stays, since an earlier report may show it."""
    draft = _open_draft(item.report, by)
    draft.evidence.filter(pk=item.pk).delete()
    return draft


def shown_name(name):
    """Give a file's name for display: without folders and control characters, at most 200 characters."""
    name = clean_text(PurePath(name.replace("\\", "/")).name.replace("\r", " ").replace("\n", " ")) or "未命名"
    return name if len(name) <= 200 else name[:150] + "…" + name[-40:]


def _open_draft(draft, by):
    reports = ProgressReport.objects.select_for_update(of=("self",)).select_related("assignment")
    draft = reports.filter(pk=draft.pk).first()
    if draft is None:
        raise Conflict("草稿已被删除，佐证材料没有保存。")
    require(by, "tasks.submit_report", draft)
    if not draft.is_draft:
        raise Conflict(f"该报告已是“{draft.get_state_display()}”，不能再改动佐证材料。")
    return draft


def _add(draft, **fields):
    if draft.evidence.count() >= settings.EVIDENCE_MAX_ITEMS:
        raise Refused(f"一份报告最多附{settings.EVIDENCE_MAX_ITEMS}项佐证材料，可打包后上传。")
    last = draft.evidence.aggregate(last=Max("order"))["last"] or 0
    return Evidence.objects.create(report=draft, order=last + 1, **fields)
