"""Units: every change of a unit goes through the services, so that duties follow."""

from django.contrib import admin
from django.utils import timezone

from departments.models import Alias, Deputy, Unit
from departments.services import units
from wenshang_disclosure.audit.recorded_admin import RecordedAdmin
from wenshang_disclosure.core.web.admin import ByRule, FrozenAdmin

PLAIN = ("short_name", "division_code", "order", "established_on", "leader_approves")
"""What is only written down: nothing follows from it for the duties."""


class AliasInline(ByRule, admin.TabularInline):
    """The unit's other names."""

    model = Alias
    extra = 0

    def has_delete_permission(self, request, obj=None):
        """A wrong alias can go."""
        return self._may(request)


@admin.register(Unit)
class UnitAdmin(RecordedAdmin):
    """The register of units. A unit is retired on a day, never deleted."""

    list_display = ("name", "short_name", "kind", "division_code", "order", "established_on", "retired_on", "successor")
    list_filter = ("kind", "leader_approves", ("retired_on", admin.EmptyFieldListFilter))
    list_select_related = ("successor",)
    search_fields = ("name", "short_name", "aliases__name", "division_code")
    autocomplete_fields = ("successor",)
    inlines = (AliasInline,)
    told_by_services = {"name", "kind", "retired_on", "successor"}

    def save_model(self, request, obj, form, change):
        """Carry out what changed, each by its service."""
        today = timezone.localdate()
        if not change:
            units.establish(obj, by=request.user)
            return
        before = Unit.objects.get(pk=obj.pk)
        units.rename(before, obj.name, by=request.user, on=today)
        self._write_down(obj, [field for field in PLAIN if field in form.changed_data])
        if obj.kind != before.kind:
            units.change_kind(before, obj.kind, by=request.user, on=today)
        if {"retired_on", "successor"} & set(form.changed_data):
            self._retire(obj, request.user)

    def _write_down(self, unit, fields):
        current = Unit.objects.get(pk=unit.pk)
        for field in fields:
            setattr(current, field, getattr(unit, field))
        current.save(update_fields=fields)

    def tell(self, request, form, formsets, change):
        """A new unit is told of by the service that makes it."""
        if change or any(formset.new_objects for formset in formsets):
            super().tell(request, form, formsets, change=True)

    def _retire(self, unit, by):
        if unit.retired_on:
            units.retire(unit, by=by, on=unit.retired_on, successor=unit.successor)
        else:
            units.restore(unit, by=by)


@admin.register(Alias)
class AliasAdmin(RecordedAdmin):
    """All aliases, to look one up."""

    list_display = ("name", "unit", "used_until")
    list_select_related = ("unit",)
    search_fields = ("name", "unit__name")
    autocomplete_fields = ("unit",)

    def has_delete_permission(self, request, obj=None):
        """A wrong alias can go."""
        return self._may(request)


@admin.register(Deputy)
class DeputyAdmin(FrozenAdmin):
    """Who stands in for a leader: each unit's leader decides, the administrator looks."""

    list_display = ("unit", "person", "from_on", "until_on", "ended_at", "by", "at")
    list_select_related = ("unit", "person", "by")
    search_fields = ("unit__name", "unit__short_name", "person__name")
    date_hierarchy = "from_on"
