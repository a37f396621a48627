"""Read-only admin pages of duties, reports, evidence and history (design: Rules of progress)."""

from django.contrib import admin

from tasks.models import Assignment, Evidence, ProgressReport, Transition
from wenshang_disclosure.core.web.admin import FrozenAdmin
from wenshang_disclosure.files.models import StoredFile


@admin.register(Assignment)
class AssignmentAdmin(FrozenAdmin):
    list_display = ("task", "unit", "role", "coordinates", "due_on", "status", "awaits_answer", "released_on")
    list_filter = ("plan", "role", "status", "awaits_answer")
    list_select_related = ("task", "unit")
    search_fields = ("task__requirement", "unit__name", "unit__short_name")
    date_hierarchy = "due_on"


@admin.register(ProgressReport)
class ProgressReportAdmin(FrozenAdmin):
    """Submitted reports; drafts are visible to their own unit only."""

    list_display = ("assignment", "state", "claims_completion", "author", "submitted_at", "reviewed_by", "reviewed_at")
    list_filter = ("state", "claims_completion", "assignment__plan")
    list_select_related = ("assignment__task", "assignment__unit", "author", "reviewed_by")
    search_fields = ("text", "assignment__unit__name", "assignment__task__requirement")
    date_hierarchy = "submitted_at"

    def get_queryset(self, request):
        """Return the reports that the user may read."""
        return super().get_queryset(request).filter(pk__in=ProgressReport.objects.visible_to(request.user).values("pk"))


@admin.register(Evidence)
class EvidenceAdmin(FrozenAdmin):
    list_display = ("title", "kind", "dated_on", "file_name", "url", "report")
    list_filter = ("kind", "report__assignment__plan")
    list_select_related = ("report__assignment__task", "report__assignment__unit")
    search_fields = ("title", "file_name", "url")

    def get_queryset(self, request):
        """Return the evidence on reports that the user may read."""
        return super().get_queryset(request).filter(pk__in=Evidence.objects.visible_to(request.user).values("pk"))


@admin.register(StoredFile)
class StoredFileAdmin(FrozenAdmin):
    """Files stored for evidence, with their SHA-256 sums."""

    list_display = ("path", "content_type", "size", "marks", "scan", "sha256", "uploaded_by", "uploaded_at")
    list_filter = ("scan", "content_type")
    list_select_related = ("uploaded_by",)
    search_fields = ("path", "sha256")
    date_hierarchy = "uploaded_at"


@admin.register(Transition)
class TransitionAdmin(FrozenAdmin):
    list_display = ("at", "assignment", "event", "from_status", "to_status", "by", "reason")
    list_filter = ("event", "assignment__plan")
    list_select_related = ("assignment__task", "assignment__unit", "by")
    search_fields = ("assignment__unit__name", "by__name", "reason")
    date_hierarchy = "on"
