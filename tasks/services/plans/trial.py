"""A trial installation (试用): how it is known, and how its demo data are cleared (design: Runs on).

It is one that runs with DEBUG on and in which nobody but the demo's people has an account. A real installation is
neither: DEBUG is off, and its first act is to make an account. So demo data cannot come to a real one, and what is
real can never be cleared with them.
"""

from django.apps import apps
from django.conf import settings
from django.core.cache import caches
from django.core.files.storage import default_storage
from django.core.management.color import no_style
from django.db import connection, transaction
from django.utils import timezone

from departments.models import Collective, Unit, User
from tasks.models import Plan, ProgressReport, StockPhrase
from wenshang_disclosure.audit import checking, guards
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.models import AuditEntry
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.web.errors import Refused, require
from wenshang_disclosure.files.models import StoredFile

ADMINISTRATOR = "admin"
OF_DJANGO = {"contenttypes.contenttype", "auth.permission"}
NOT_HERE = "只有试用的系统可以清除数据：本系统已登记正式账号，或者不是试用环境。"
ONLY_ADMINISTRATORS = "演示数据由系统管理员清除。"


def is_trial():
    """Return whether this is a trial installation: DEBUG is on, and every account is one of the demo's."""
    return settings.DEBUG and not User.objects.filter(is_demo=False).exists()


def is_empty_trial():
    """Return whether this is a trial installation in which there is nothing yet but its administrator."""
    return is_trial() and not any(contents().values())


def loaded_on():
    """Return the day on which the demo was loaded, `None` where it was not."""
    entry = AuditEntry.objects.filter(act="载入演示数据").order_by("-pk").first()
    return entry and timezone.localdate(entry.at)


def contents():
    """Return what is cleared: numbers of plans, units, people, reports and files."""
    return {
        "plans": Plan.objects.count(),
        "units": Unit.objects.count(),
        "people": User.objects.exclude(username=ADMINISTRATOR).count(),
        "reports": ProgressReport.objects.count(),
        "files": StoredFile.objects.count(),
    }


def clear(*, by=None):
    """Empty a trial installation, so that it stands as after its installation; the demo's administrator stays.

    Plans, units, people, reports, files and the audit trail go. Raises `Refused` on any other installation.
    """
    if by is not None:
        require(by, "departments.name_region", sentence=ONLY_ADMINISTRATORS)
    if not is_trial():
        raise Refused(NOT_HERE)
    paths = list(StoredFile.objects.values_list("path", flat=True))
    with transaction.atomic():
        _empty()
        administrator = by and User.objects.get(username=ADMINISTRATOR)
        record(Kind.SYSTEM, "清除演示数据", by=administrator, detail={"files": len(paths)})
    for path in paths:
        default_storage.delete(path)
    for cache in caches.all():
        cache.clear()


def _empty():
    """Empty all tables but those that migrations fill, which get their rows again."""
    kept = [
        *User.objects.filter(username=ADMINISTRATOR, is_demo=True),
        *StockPhrase.objects.all(),
        *Collective.objects.all(),
    ]
    for one in kept:
        if isinstance(one, User):
            one.unit = None
    for model in guards.guarded():
        guards.drop(connection, model)
    models = apps.get_models(include_auto_created=True)
    tables = {model._meta.db_table for model in models if model._meta.label_lower not in OF_DJANGO}
    tables &= set(connection.introspection.table_names())
    flush = connection.ops.sql_flush(no_style(), sorted(tables), reset_sequences=False, allow_cascade=False)
    connection.ops.execute_sql_flush(flush)
    guards.create(using=connection.alias)
    checking.forget_head()
    for one in kept:
        one.pk = None
        one._state.adding = True
        one.save()
