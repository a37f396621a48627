"""Admin of units: changes go through the services, so that duties follow."""

from django.contrib import admin, messages
from django.utils import timezone

from departments.models import Alias, Deputy, Unit
from departments.services import units
from wenshang_disclosure.audit.recorded_admin import RecordedAdmin
from wenshang_disclosure.core.web.admin import ByRule, FrozenAdmin

PLAIN = ("short_name", "division_code", "order", "established_on", "leader_approves")
"""Fields without consequence for duties."""


class AliasInline(ByRule, admin.TabularInline):
    """Inline of a unit's aliases."""

    model = Alias
    extra = 0

    def has_delete_permission(self, request, obj=None):
        return self._may(request)


@admin.register(Unit)
class UnitAdmin(RecordedAdmin):
    """Admin of the register of units. A unit is retired on a day, never deleted."""

    list_display = ("name", "short_name", "kind", "division_code", "order", "established_on", "retired_on", "successor")
    list_filter = ("kind", "leader_approves", ("retired_on", admin.EmptyFieldListFilter))
    list_select_related = ("successor",)
    search_fields = ("name", "short_name", "aliases__name", "division_code")
    autocomplete_fields = ("successor",)
    inlines = (AliasInline,)
    recorded_by_services = {"name", "kind", "retired_on", "successor"}

    def save_model(self, request, obj, form, change):
        """Carry out each change by its service."""
        today = timezone.localdate()
        if not change:
            units.establish(obj, by=request.user)
            return
        before = Unit.objects.get(pk=obj.pk)
        units.rename(before, obj.name, by=request.user, on=today)
        self._save_plain_fields(obj, [field for field in PLAIN if field in form.changed_data])
        if obj.kind != before.kind:
            units.change_kind(before, obj.kind, by=request.user, on=today)
        if {"retired_on", "successor"} & set(form.changed_data):
            for sentence in self._retire(obj, request.user):
                messages.info(request, sentence)

    def _save_plain_fields(self, unit, fields):
        current = Unit.objects.get(pk=unit.pk)
        for field in fields:
            setattr(current, field, getattr(unit, field))
        current.save(update_fields=fields)

    def record_change(self, request, form, formsets, change):
        """Record changes only; the service that founds a unit records it."""
        if change or any(formset.new_objects for formset in formsets):
            super().record_change(request, form, formsets, change=True)

    def _retire(self, unit, by):
        if unit.retired_on:
            return units.retire(unit, by=by, on=unit.retired_on, successor=unit.successor)
        return units.restore(unit, by=by)


@admin.register(Alias)
class AliasAdmin(RecordedAdmin):
    """Admin of all aliases, for looking one up."""

    list_display = ("name", "unit", "used_until")
    list_select_related = ("unit",)
    search_fields = ("name", "unit__name")
    autocomplete_fields = ("unit",)

    def has_delete_permission(self, request, obj=None):
        return self._may(request)


@admin.register(Deputy)
class DeputyAdmin(FrozenAdmin):
    """Read-only list of deputies, who are appointed by the unit's leader."""

    list_display = ("unit", "person", "from_on", "until_on", "ended_at", "by", "at")
    list_select_related = ("unit", "person", "by")
    search_fields = ("unit__name", "unit__short_name", "person__name")
    date_hierarchy = "from_on"
