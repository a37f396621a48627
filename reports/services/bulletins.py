"""Service that issues a bulletin: it gets the next number, and its file is kept as it is."""

from django.core.files.base import File
from django.db import transaction

from reports.choices import TemplateKind
from reports.exports.word import bulletin as bulletins
from reports.models import Bulletin
from tasks.models import Plan
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.evenings import evening
from wenshang_disclosure.core.office.content_types import DOCX
from wenshang_disclosure.core.region import worded
from wenshang_disclosure.core.web.errors import Conflict, require
from wenshang_disclosure.files import storage
from wenshang_disclosure.files.models import StoredFile

from . import templates

OFFICE_ONLY = worded("通报由{office_short}印发。")
NOT_LATER = "第{number}期通报的截至日期是{as_of:%Y-%m-%d}，新一期的须晚于这一天。"


@transaction.atomic
def issue(scope, *, by):
    """Issue the bulletin of a scope's plan as of its day, and return it.

    Raises `Conflict` where one of that day or of a later one was issued, so that a form sent twice issues one.
    """
    require(by, "reports.issue_bulletins", sentence=OFFICE_ONLY)
    plan = Plan.objects.select_for_update().get(pk=scope.plan.pk)
    last = Bulletin.objects.filter(plan=plan).order_by("-number").first()
    if last and last.as_of >= scope.as_of:
        raise Conflict(NOT_LATER.format(number=last.number, as_of=last.as_of))
    number = last.number + 1 if last else 1
    stored = _kept(scope, number, by)
    name = f"{plan.year}年政务公开重点工作进展情况通报（第{number}期）_{scope.as_of}.docx"
    about = {"plan": plan, "number": number, "as_of": scope.as_of}
    issued = Bulletin.objects.create(**about, stored=stored, file_name=name, by=by)
    detail = {"number": number, "as_of": f"{scope.as_of}", "sha256": stored.sha256}
    record(Kind.CHANGE, "印发通报", by=by, on=issued, detail=detail)
    return issued


def _kept(scope, number, by):
    """Write the file as on the scope's evening and store it; return its `StoredFile`."""
    with templates.open_in_use(TemplateKind.BULLETIN) as template, evening(scope.as_of):
        content = bulletins.bulletin(scope, template, number)
    with content:
        file = File(content)
        path, digest = storage.keep(file)
        return StoredFile.objects.create(path=path, sha256=digest, size=file.size, content_type=DOCX, uploaded_by=by)
