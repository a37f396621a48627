"""Services that replace a default Word template with a custom one and restore it (design: Who may do what)."""

from functools import partial

from django.db import transaction

from reports.exports.word import custom_templates, default_templates
from reports.models import DocumentTemplate
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.web.errors import Conflict, Refused, require
from wenshang_disclosure.files import keeping, uses

GONE = "“{kind}”的模板文件已不在服务器上，请办公室到“文件模板”页重新上传，或恢复使用系统自带模板。"


def replace(kind, *, by, upload):
    """Save an uploaded template and use it from now on; return it. Raises `Refused` with its faults."""
    require(by, "reports.replace_templates")
    check = partial(custom_templates.check, kind=kind)
    with keeping.kept([upload], uses.TEMPLATES, by=by, check=check) as [(name, stored)], transaction.atomic():
        stored.save()
        DocumentTemplate.objects.filter(kind=kind, is_used=True).update(is_used=False)
        new = DocumentTemplate.objects.create(kind=kind, stored=stored, by=by, file_name=name)
        record(Kind.CHANGE, "更换文件模板", by=by, on=new, detail={"kind": kind, "sha256": stored.sha256})
        return new


@transaction.atomic
def put_back(kind, *, by):
    """Use the default template again. Raises `Conflict` if it is in use already."""
    require(by, "reports.replace_templates")
    if not DocumentTemplate.objects.filter(kind=kind, is_used=True).update(is_used=False):
        raise Conflict("现在使用的就是系统自带模板。")
    record(Kind.CHANGE, "恢复系统自带模板", by=by, detail={"kind": kind})


def open_in_use(kind):
    """Return the template in use for a kind, as an open file. Raises `Refused` if its file is missing."""
    kept = DocumentTemplate.objects.in_use(kind)
    if kept is None:
        return default_templates.MADE[kind]()
    try:
        return kept.stored.open()
    except FileNotFoundError as fault:
        raise Refused(GONE.format(kind=kind.label)) from fault
