"""Stock phrases (常用语), the texts that are offered for reminders."""

from django.db import transaction

from tasks.models import StockPhrase
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import differences, record
from wenshang_disclosure.core.region import worded
from wenshang_disclosure.core.web.errors import require

from . import wording

ONLY_THE_OFFICE = worded("常用语由{office_short}工作人员管理。")
FIELDS = ("grade", "text", "order")


@transaction.atomic
def save(phrase, *, by, **given):
    """Save a phrase, new or not, and return it. Raises `Refused` for a placeholder that does not exist."""
    require(by, "tasks.manage_phrases", sentence=ONLY_THE_OFFICE)
    wording.check(given["text"])
    is_new, before = phrase.pk is None, {name: getattr(phrase, name) for name in FIELDS}
    for name, value in given.items():
        setattr(phrase, name, value)
    phrase.save()
    changed = {} if is_new else differences(before, given)
    record(Kind.CHANGE, "新增常用语" if is_new else "修改常用语", by=by, on=phrase, detail=changed)
    return phrase


@transaction.atomic
def delete(phrase, *, by):
    """Delete a phrase; reminders keep what was sent."""
    require(by, "tasks.manage_phrases", sentence=ONLY_THE_OFFICE)
    record(Kind.CHANGE, "删除常用语", by=by, on=phrase)
    StockPhrase.objects.filter(pk=phrase.pk).delete()
