"""Stock phrases are the office's to keep; what was sent and decided is to be read."""

from django.contrib import admin

from tasks.models import (
    AutomaticReminder,
    AutomaticReminderRun,
    Extension,
    LeadOpinion,
    Reminder,
    ReportingRound,
    StockPhrase,
)
from wenshang_disclosure.audit.recorded_admin import RecordedAdmin
from wenshang_disclosure.core.web.admin import FrozenAdmin


@admin.register(StockPhrase)
class StockPhraseAdmin(RecordedAdmin):
    """Texts that are offered when somebody is chased."""

    list_display = ("text", "grade", "order")
    list_filter = ("grade",)

    def has_delete_permission(self, request, obj=None):
        """A phrase that is not used can go; what was sent keeps its own text."""
        return self._may(request)


@admin.register(Reminder)
class ReminderAdmin(FrozenAdmin):
    """What was urged by hand."""

    list_display = ("__str__", "plan", "by", "from_unit", "at", "text")
    list_filter = ("grade", "plan")
    list_select_related = ("plan", "by", "from_unit")
    search_fields = ("text",)
    date_hierarchy = "on"


@admin.register(AutomaticReminder)
class AutoReminderAdmin(FrozenAdmin):
    """What the daily work reminded of."""

    list_display = ("on", "assignment", "kind", "anchor", "stage")
    list_filter = ("kind", "assignment__plan")
    list_select_related = ("assignment__task", "assignment__unit")
    search_fields = ("assignment__unit__name", "assignment__task__requirement")
    date_hierarchy = "on"


@admin.register(AutomaticReminderRun)
class DailyRunAdmin(FrozenAdmin):
    """On which days the daily work was done."""

    list_display = ("on", "began_at", "finished_at", "reminders", "people", "rounds")


@admin.register(Extension)
class ExtensionAdmin(FrozenAdmin):
    """Requests for a later deadline."""

    list_display = ("assignment", "state", "old_due_on", "requested_due_on", "granted_due_on", "asked_by", "decided_by")
    list_filter = ("state", "assignment__plan")
    list_select_related = ("assignment__task", "assignment__unit", "asked_by", "decided_by")
    search_fields = ("assignment__unit__name", "reason")


@admin.register(LeadOpinion)
class LeadOpinionAdmin(FrozenAdmin):
    """What leads say of reports that have left their unit."""

    list_display = ("report", "unit", "opinion", "text", "by", "at")
    list_filter = ("opinion",)
    list_select_related = ("report__assignment__task", "report__assignment__unit", "unit", "by")


@admin.register(ReportingRound)
class ReportingRoundAdmin(FrozenAdmin):
    """Calls for reports."""

    list_display = ("title", "plan", "opens_on", "closes_on", "occurs_on", "by", "closed_at")
    list_filter = ("plan", ("occurs_on", admin.EmptyFieldListFilter))
    list_select_related = ("plan", "by")
    search_fields = ("title",)
