"""Whom users ask at the office, kept by the office itself (求助电话)."""

from django.db import transaction

from departments.models import OfficeContact
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.region import office_name
from wenshang_disclosure.core.web.errors import require


@transaction.atomic
def save(*, by, who, phone, note=""):
    """Save whom users ask; return the `OfficeContact`."""
    require(by, "departments.manage_people", sentence=f"求助电话由{office_name()}工作人员填写。")
    contact, wanted = OfficeContact.current(), {"who": who, "phone": phone, "note": note}
    changed = [name for name, value in wanted.items() if getattr(contact, name) != value]
    if changed:
        for name in changed:
            setattr(contact, name, wanted[name])
        contact.save()
        record(Kind.CHANGE, "修改求助电话", by=by, on=contact, detail={"fields": changed})
    return contact
