"""Base of admin pages that record their changes in the audit trail, in the same transaction."""

from django.db import transaction

from wenshang_disclosure.core.web.admin import BaseAdmin

from .choices import Kind
from .trail import entry, record, record_all


class RecordedAdmin(BaseAdmin):
    """Records what the page itself writes; services record their own changes."""

    recorded_by_services = frozenset()
    """Fields changed through services, which record them."""

    def save_model(self, request, obj, form, change):
        """Save only if something changed."""
        if form.has_changed() or not change:
            super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        """Record the changes once everything on the page is saved."""
        super().save_related(request, form, formsets, change)
        self.record_change(request, form, formsets, change)

    def record_change(self, request, form, formsets, change):
        """Record an addition, or changes that no service recorded."""
        fields = [name for name in form.changed_data if name not in self.recorded_by_services]
        detail = {"fields": fields, **_rows(formsets)}
        if not change or any(detail.values()):
            act = f"{'修改' if change else '新增'}{self.opts.verbose_name}"
            record(Kind.CHANGE, act, by=request.user, on=form.instance, detail=detail)

    def log_deletions(self, request, queryset):
        """Record deletions one by one."""
        act = f"删除{self.opts.verbose_name}"
        record_all([entry(Kind.CHANGE, act, by=request.user, on=one) for one in queryset])
        return super().log_deletions(request, queryset)

    def response_action(self, request, queryset):
        """Run an action on several records in one transaction."""
        with transaction.atomic():
            return super().response_action(request, queryset)


def _rows(formsets):
    """Return the numbers of added, changed and deleted inline rows by model."""
    changed = {}
    for formset in formsets:
        counts = [len(formset.new_objects), len(formset.changed_objects), len(formset.deleted_objects)]
        if any(counts):
            changed[formset.model._meta.model_name] = dict(zip(("added", "changed", "deleted"), counts, strict=True))
    return changed
