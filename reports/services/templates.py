"""The office puts a Word template of its own in the place of the product's, and takes it back (design: Who may do
what: office).
"""

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
    """Keep an uploaded template and use it from now on. Raises `Refused`, naming what is wrong with it."""
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
        return kept.stored.open()
    except FileNotFoundError as fault:
        raise Refused(GONE.format(kind=kind.label)) from fault
