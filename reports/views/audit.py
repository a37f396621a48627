"""Pages of the audit trail (安全审计), for the office and auditors."""

from functools import partial

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from reports import audit_display
from reports.exports.lists import audit as files
from reports.filters import AuditFilter
from reports.tables import AuditTable
from reports.views.files.papers import Paper, download_of_today, rows_of
from tasks.scope import Scope
from wenshang_disclosure.audit import chain
from wenshang_disclosure.core.region import worded
from wenshang_disclosure.core.web.errors import Refused, require
from wenshang_disclosure.core.web.pages import ListPage

NOT_A_READER = worded("安全审计由{office_short}工作人员和审计人员查看。")


def _scope(request):
    """Return the scope of the audit trail, which belongs to no plan. Raises `PermissionDenied`."""
    require(request.user, "reports.see_audit", sentence=NOT_A_READER)
    return Scope.of(request, plan=None)


class AuditTrail(ListPage):
    """List of entries, latest first."""

    filter_class = AuditFilter
    table_class = AuditTable
    template_name = "reports/audit/list.html"

    def get_scope(self):
        return _scope(self.request)

    def get_queryset(self):
        return audit_display.entries()

    def get_table_kwargs(self):
        return {"user": self.request.user}

    def get_context_data(self):
        """Add the last check and the retention; the list has no past day."""
        context = {"last_check": audit_display.last_check(), "keep_days": settings.AUDIT_KEEP_DAYS}
        return {**super().get_context_data(), **context, "as_of": None}


@login_required
@require_safe
def entry(request, pk):
    """Show one entry with all its details."""
    require(request.user, "reports.see_audit", sentence=NOT_A_READER)
    one = get_object_or_404(audit_display.entries(), pk=pk)
    name, unit = audit_display.Actors([one]).of(one)
    context = {
        "entry": one,
        "name": name,
        "unit": unit,
        "kind_of_subject": audit_display.kind_of(one),
        "page": audit_display.page_of(one, request.user),
        "details": audit_display.details(one),
        "agrees": chain.is_as_written(one),
    }
    return render(request, "reports/audit/entry.html", context)


@download_of_today
def export(asked):
    """Download the filtered list as an Excel file; recorded in the audit trail like every download."""
    scope = _scope(asked).readable()
    rows = scope.cut(AuditFilter, audit_display.entries())
    rows = scope.sorted(AuditTable, rows, user=asked.user)
    count = partial(_counted, rows)
    return Paper(f"安全审计_{timezone.localdate()}.xlsx", partial(files.audit, rows, scope.note), count)


def _counted(rows):
    [number] = rows_of(rows)()
    if number > settings.AUDIT_EXPORT_ROWS:
        limit = settings.AUDIT_EXPORT_ROWS
        raise Refused(f"符合条件的审计记录有{number}条，一次最多导出{limit}条。请按日期分次导出。")
    return [number]
