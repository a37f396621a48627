"""Admin pages of plans, read-only but for the warning days: tables are made and amended on their own pages."""

from django.contrib import admin
from django.urls import reverse

from tasks.models import BasisDocument, Designation, Part, Plan, Section, Task
from wenshang_disclosure.audit.recorded_admin import RecordedAdmin
from wenshang_disclosure.core.web.admin import ByRule, FrozenAdmin


class FrozenInline(ByRule, admin.TabularInline):
    """Inline of rows that are only shown."""

    extra = 0

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False


class BasisInline(FrozenInline):
    model = BasisDocument


class PartInline(FrozenInline):
    model = Part


@admin.register(Plan)
class PlanAdmin(RecordedAdmin):
    """Plans; of an issued one the warning days can be set, which have no page."""

    list_display = ("title", "year", "document_number", "issued_on", "state", "warning_days")
    list_filter = ("state", "year")
    search_fields = ("title", "document_number")
    fields = ("title", "year", "document_number", "issuer", "issued_on", "state", "warning_days", "has_demo_activity")
    readonly_fields = ("title", "year", "document_number", "issuer", "issued_on", "state", "has_demo_activity")
    inlines = (BasisInline, PartInline)

    def get_queryset(self, request):
        """Leave out the drafts of what supplements add."""
        return super().get_queryset(request).of_their_own()

    def has_add_permission(self, request):
        return False

    def view_on_site(self, plan):
        """Return the page on which the plan is made and amended."""
        return reverse("tasks:plan", args=[plan.pk])


@admin.register(Part)
class PartAdmin(FrozenAdmin):
    list_display = ("heading", "kind", "order", "plan")
    list_filter = ("plan", "kind")
    list_select_related = ("plan",)
    search_fields = ("heading",)


@admin.register(Section)
class SectionAdmin(FrozenAdmin):
    list_display = ("heading", "order", "part")
    list_filter = ("part__plan",)
    list_select_related = ("part__plan",)
    search_fields = ("heading",)


class DesignationInline(FrozenInline):
    model = Designation


@admin.register(Task)
class TaskAdmin(FrozenAdmin):
    list_display = ("number", "requirement", "deadline_as_written", "due_on", "target_count", "section")
    list_display_links = ("number", "requirement")
    list_filter = ("plan", "section__part__kind")
    list_select_related = ("section",)
    search_fields = ("requirement", "=number")
    inlines = (DesignationInline,)

    def view_on_site(self, task):
        """Return the page of the row."""
        return reverse("tasks:task", args=[task.pk])


class UnresolvedFilter(admin.SimpleListFilter):
    """Filter for entries that name nobody yet (待明确)."""

    title = "明确情况"
    parameter_name = "unresolved"

    def lookups(self, request, model_admin):
        return [("1", "待明确")]

    def queryset(self, request, queryset):
        return queryset.unresolved() if self.value() else queryset


@admin.register(Designation)
class DesignationAdmin(FrozenAdmin):
    """Entries of the cells, as they were read and resolved."""

    list_display = ("task", "role", "text", "unit", "collective", "from_cell_above")
    list_filter = (UnresolvedFilter, "role", "task__plan", "collective")
    list_select_related = ("task", "unit", "collective")
    search_fields = ("text", "task__requirement")
