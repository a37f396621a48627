"""Admin pages of plans: editable as drafts; once issued, only the warning days and unresolved units can be set."""

from django.contrib import admin, messages
from django.utils import timezone

from tasks.choices import PlanState
from tasks.models import BasisDocument, Designation, Part, Plan, Section, Task
from tasks.services.plans import assignments, issuing
from wenshang_disclosure.audit.recorded_admin import RecordedAdmin
from wenshang_disclosure.core.web.admin import ByRule
from wenshang_disclosure.core.web.errors import Refused


class DraftOnly:
    """Mixin that allows adding, changing and deleting only while the plan is a draft."""

    def plan_of(self, obj):
        """Return the plan that `obj` belongs to."""
        return obj.plan

    def is_open(self, obj):
        """Return whether `obj` may still be changed."""
        return obj is None or self.plan_of(obj).state == PlanState.DRAFT

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and self.is_open(obj)

    def has_delete_permission(self, request, obj=None):
        """Allow deletion from the page of a draft's object only: a bulk action (`obj` is `None`) would not check its
        plan.
        """
        return self._may(request) and obj is not None and self.is_open(obj)


class DraftInline(DraftOnly, ByRule, admin.TabularInline):
    """Inline rows that belong to a plan; `obj` is the object of the page."""

    extra = 0

    def has_add_permission(self, request, obj=None):
        return self._may(request) and self.is_open(obj)


class DraftChoices:
    """Mixin that offers draft plans only, so that nothing can be moved into an issued one."""

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """Limit the choices of plans, parts, sections and tasks to those of drafts."""
        to_plan = {Plan: "state", Part: "plan__state", Section: "part__plan__state", Task: "plan__state"}
        if db_field.remote_field.model in to_plan:
            lookup = {to_plan[db_field.remote_field.model]: PlanState.DRAFT}
            kwargs["queryset"] = db_field.remote_field.model.objects.filter(**lookup)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class BasisInline(DraftInline):
    model = BasisDocument

    def plan_of(self, obj):
        return obj


class PartInline(DraftInline):
    model = Part

    def plan_of(self, obj):
        return obj


@admin.register(Plan)
class PlanAdmin(RecordedAdmin):
    list_display = ("title", "year", "document_number", "issued_on", "state", "warning_days")
    list_filter = ("state", "year")
    search_fields = ("title", "document_number")
    inlines = (BasisInline, PartInline)
    actions = ("issue",)

    def get_queryset(self, request):
        """Leave out the drafts of what supplements add."""
        return super().get_queryset(request).of_their_own()

    def get_readonly_fields(self, request, obj=None):
        """Return every field but `warning_days` for an issued plan."""
        if obj is None or obj.state == PlanState.DRAFT:
            return ("state",)
        return ("year", "title", "document_number", "issuer", "issued_on", "state", "has_demo_activity")

    def has_delete_permission(self, request, obj=None):
        """Allow deletion of a draft from its own page only."""
        return self._may(request) and obj is not None and obj.state == PlanState.DRAFT

    @admin.action(description="印发所选分解表")
    def issue(self, request, queryset):
        """Issue each selected plan by the service, and report the outcome of each."""
        for plan in queryset:
            try:
                issuing.issue(plan, by=request.user)
            except Refused as refusal:
                self.message_user(request, f"{plan}：{refusal}", messages.ERROR)
            else:
                self.message_user(
                    request, f"{plan}：已印发，共{plan.assignments.count()}件承办事项。", messages.SUCCESS
                )


@admin.register(Part)
class PartAdmin(DraftOnly, DraftChoices, RecordedAdmin):
    list_display = ("heading", "kind", "order", "plan")
    list_filter = ("plan", "kind")
    list_select_related = ("plan",)
    search_fields = ("heading",)


@admin.register(Section)
class SectionAdmin(DraftOnly, DraftChoices, RecordedAdmin):
    list_display = ("heading", "order", "part")
    list_filter = ("part__plan",)
    list_select_related = ("part__plan",)
    search_fields = ("heading",)

    def plan_of(self, obj):
        return obj.part.plan


class DesignationInline(DraftInline):
    model = Designation
    autocomplete_fields = ("unit", "collective", "picked_units")


@admin.register(Task)
class TaskAdmin(DraftOnly, DraftChoices, RecordedAdmin):
    list_display = ("number", "requirement", "deadline_as_written", "due_on", "target_count", "section")
    list_display_links = ("number", "requirement")
    list_filter = ("plan", "section__part__kind")
    list_select_related = ("section",)
    search_fields = ("requirement", "=number")
    inlines = (DesignationInline,)


class UnresolvedFilter(admin.SimpleListFilter):
    """Filter for entries that name nobody yet (待明确)."""

    title = "明确情况"
    parameter_name = "unresolved"

    def lookups(self, request, model_admin):
        return [("1", "待明确")]

    def queryset(self, request, queryset):
        return queryset.unresolved() if self.value() else queryset


@admin.register(Designation)
class DesignationAdmin(DraftOnly, DraftChoices, RecordedAdmin):
    """Entries of the cells; on an issued plan only the units that a collective has yet to name can be picked."""

    list_display = ("task", "role", "text", "unit", "collective", "from_cell_above")
    list_filter = (UnresolvedFilter, "role", "task__plan", "collective")
    list_select_related = ("task", "unit", "collective")
    search_fields = ("text", "task__requirement")
    autocomplete_fields = ("unit", "collective", "picked_units")

    def plan_of(self, obj):
        return obj.task.plan

    def has_change_permission(self, request, obj=None):
        """Allow changes in a draft, and picking units for an unresolved entry of an issued plan."""
        return self._may(request) and (self.is_open(obj) or self._names_nobody(obj))

    def get_readonly_fields(self, request, obj=None):
        """Return every field but `picked_units` once the plan is issued."""
        if self.is_open(obj):
            return ()
        return ("task", "role", "order", "text", "unit", "collective", "from_cell_above")

    def save_related(self, request, form, formsets, change):
        """Save picked units by the service, so that duties follow."""
        if self.is_open(form.instance) and not self._names_nobody(form.instance):
            super().save_related(request, form, formsets, change)
            return
        picked = form.cleaned_data["picked_units"]
        assignments.pick_units(form.instance, picked, by=request.user, on=timezone.localdate())

    def _names_nobody(self, designation):
        return designation.collective is not None and designation.collective.names_nobody
