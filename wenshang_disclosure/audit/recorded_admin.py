"""Admin pages that change something: what they change is told to the audit trail in the same transaction."""

from django.db import transaction

from wenshang_disclosure.core.web.admin import HouseAdmin

from .choices import Kind
from .trail import entry, record, record_all


class RecordedAdmin(HouseAdmin):
    """Tells of what the page itself writes; what it does through a service is told of by the service."""

    told_by_services = frozenset()
    """Fields whose change is carried out by a service."""

    def save_model(self, request, obj, form, change):
        """Write nothing where nothing was changed."""
        if form.has_changed() or not change:
            super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        """Tell once all of the page is saved."""
        super().save_related(request, form, formsets, change)
        self.tell(request, form, formsets, change)

    def tell(self, request, form, formsets, change):
        """Tell of an addition, or of a change where there is one that no service told of."""
        fields = [name for name in form.changed_data if name not in self.told_by_services]
        detail = {"fields": fields, **_rows(formsets)}
        if not change or any(detail.values()):
            act = f"{'修改' if change else '新增'}{self.opts.verbose_name}"
            record(Kind.CHANGE, act, by=request.user, on=form.instance, detail=detail)

    def log_deletions(self, request, queryset):
        """Tell of what is about to be deleted, one by one."""
        act = f"删除{self.opts.verbose_name}"
        record_all([entry(Kind.CHANGE, act, by=request.user, on=one) for one in queryset])
        return super().log_deletions(request, queryset)

    def response_action(self, request, queryset):
        """Carry out an action on several records all or nothing."""
        with transaction.atomic():
            return super().response_action(request, queryset)


def _rows(formsets):
    """Return how many rows of the page's tables were added, changed and deleted, by model."""
    changed = {}
    for formset in formsets:
        counts = [len(formset.new_objects), len(formset.changed_objects), len(formset.deleted_objects)]
        if any(counts):
            changed[formset.model._meta.model_name] = dict(zip(("added", "changed", "deleted"), counts, strict=True))
    return changed
