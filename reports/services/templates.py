"""The office puts a Word template of its own in the place of the product's, and takes it back (design: Who may do
what: office).
"""

from pathlib import PurePath

from django.core.files.storage import default_storage
from django.db import transaction

from reports.exports.word import custom_templates, default_templates
from reports.models import DocumentTemplate
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.web.errors import Conflict, Refused, require
from wenshang_disclosure.core.web.forms import clean_text
from wenshang_disclosure.files import storage
from wenshang_disclosure.files.scanning import refuse_unscanned

LONGEST_NAME = 200
GONE = "“{kind}”的模板文件已不在服务器上，请办公室到“文件模板”页重新上传，或恢复使用系统自带模板。"


def replace(kind, *, by, upload):
    """Keep an uploaded template and use it from now on. Raises `Refused`, naming what is wrong with it."""
    require(by, "reports.replace_templates")
    custom_templates.check(upload, kind)
    refuse_unscanned(upload, by=by, name=_shown(upload.name))
    path, digest = storage.keep(upload)
    with storage.recorded(DocumentTemplate, [path]):
        return _use(kind, path, digest, by, upload.name)


@transaction.atomic
def _use(kind, path, digest, by, name):
    DocumentTemplate.objects.filter(kind=kind, is_used=True).update(is_used=False)
    kept = DocumentTemplate.objects.create(kind=kind, path=path, sha256=digest, by=by, file_name=_shown(name))
    record(Kind.CHANGE, "更换文件模板", by=by, on=kept, detail={"kind": kind, "sha256": digest})
    return kept


@transaction.atomic
def put_back(kind, *, by):
    """Use the product's own template again. Raises `Conflict` where it is in use already."""
    require(by, "reports.replace_templates")
    if not DocumentTemplate.objects.filter(kind=kind, is_used=True).update(is_used=False):
        raise Conflict("现在使用的就是系统自带模板。")
    record(Kind.CHANGE, "恢复系统自带模板", by=by, detail={"kind": kind})


def open_in_use(kind):
    """Open the template of a kind that is in use. Raises `Refused` where its file is gone."""
    kept = DocumentTemplate.objects.in_use(kind)
    if kept is None:
        return default_templates.MADE[kind]()
    try:
        return default_storage.open(kept.path)
    except FileNotFoundError as fault:
        raise Refused(GONE.format(kind=kind.label)) from fault


def _shown(name):
    """Return the name to show: without folders and control characters; the file itself never has it."""
    name = clean_text(PurePath(name.replace("\\", "/")).name) or "未命名.docx"
    return name[-LONGEST_NAME:]
