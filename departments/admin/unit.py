"""Admin of units, read-only: they are changed on the pages of units and people."""

from django.contrib import admin
from django.urls import reverse

from departments.models import Alias, Deputy, Unit
from wenshang_disclosure.core.web.admin import ByRule, FrozenAdmin


class AliasInline(ByRule, admin.TabularInline):
    """Inline of the aliases of a collective, which has no page."""

    model = Alias
    extra = 0

    def has_delete_permission(self, request, obj=None):
        return self._may(request)


@admin.register(Unit)
class UnitAdmin(FrozenAdmin):
    """Register of units, for looking one up and for choosing one."""

    list_display = ("name", "short_name", "kind", "division_code", "order", "established_on", "retired_on", "successor")
    list_filter = ("kind", "leader_approves", ("retired_on", admin.EmptyFieldListFilter))
    list_select_related = ("successor",)
    search_fields = ("name", "short_name", "aliases__name", "division_code")

    def view_on_site(self, unit):
        """Return the page on which the unit is changed."""
        return reverse("departments:edit-unit", args=[unit.pk])


@admin.register(Alias)
class AliasAdmin(FrozenAdmin):
    """All aliases, for looking one up."""

    list_display = ("name", "unit", "used_until")
    list_select_related = ("unit",)
    search_fields = ("name", "unit__name")


@admin.register(Deputy)
class DeputyAdmin(FrozenAdmin):
    """Read-only list of deputies, who are appointed by the unit's leader."""

    list_display = ("unit", "person", "from_on", "until_on", "ended_at", "by", "at")
    list_select_related = ("unit", "person", "by")
    search_fields = ("unit__name", "unit__short_name", "person__name")
    date_hierarchy = "from_on"
