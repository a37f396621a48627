"""Admin pages of supervision: what was sent or decided, read-only."""

from django.contrib import admin

from tasks.models import (
    Answer,
    AutomaticReminder,
    AutomaticReminderRun,
    Extension,
    Guidance,
    LeadOpinion,
    Question,
    Reminder,
    ReportingRound,
)
from wenshang_disclosure.core.web.admin import FrozenAdmin


@admin.register(Reminder)
class ReminderAdmin(FrozenAdmin):
    """Reminders sent by hand."""

    list_display = ("__str__", "plan", "by", "from_unit", "at", "text")
    list_filter = ("grade", "plan")
    list_select_related = ("plan", "by", "from_unit")
    search_fields = ("text",)
    date_hierarchy = "on"


@admin.register(AutomaticReminder)
class AutomaticReminderAdmin(FrozenAdmin):
    """Automatic reminders."""

    list_display = ("on", "assignment", "kind", "anchor", "stage")
    list_filter = ("kind", "assignment__plan")
    list_select_related = ("assignment__task", "assignment__unit")
    search_fields = ("assignment__unit__name", "assignment__task__requirement")
    date_hierarchy = "on"


@admin.register(AutomaticReminderRun)
class AutomaticReminderRunAdmin(FrozenAdmin):
    """Days on which automatic reminders were sent."""

    list_display = ("on", "began_at", "finished_at", "reminders", "people", "rounds")


@admin.register(Extension)
class ExtensionAdmin(FrozenAdmin):
    list_display = (
        "assignment",
        "state",
        "old_due_on",
        "requested_due_on",
        "granted_due_on",
        "requested_by",
        "decided_by",
    )
    list_filter = ("state", "assignment__plan")
    list_select_related = ("assignment__task", "assignment__unit", "requested_by", "decided_by")
    search_fields = ("assignment__unit__name", "reason")


@admin.register(LeadOpinion)
class LeadOpinionAdmin(FrozenAdmin):
    """Opinions of leads on submitted reports."""

    list_display = ("report", "unit", "opinion", "text", "by", "at")
    list_filter = ("opinion",)
    list_select_related = ("report__assignment__task", "report__assignment__unit", "unit", "by")


@admin.register(Question)
class QuestionAdmin(FrozenAdmin):
    """Questions on rows (答疑)."""

    list_display = ("task", "unit", "asked_unit", "text", "by", "at")
    list_filter = ("task__plan",)
    list_select_related = ("task", "unit", "asked_unit", "by")
    search_fields = ("text",)


@admin.register(Answer)
class AnswerAdmin(FrozenAdmin):
    """Answers to questions on rows."""

    list_display = ("question", "unit", "text", "by", "at")
    list_select_related = ("question__unit", "unit", "by")
    search_fields = ("text",)


@admin.register(Guidance)
class GuidanceAdmin(FrozenAdmin):
    """Answers that hold for all holders of a row (口径)."""

    list_display = ("task", "answer", "pinned_by", "pinned_at", "taken_back_by", "taken_back_at")
    list_filter = ("task__plan",)
    list_select_related = ("task", "answer__unit", "pinned_by", "taken_back_by")


@admin.register(ReportingRound)
class ReportingRoundAdmin(FrozenAdmin):
    list_display = ("title", "plan", "opens_on", "closes_on", "occurs_on", "by", "closed_at")
    list_filter = ("plan", ("occurs_on", admin.EmptyFieldListFilter))
    list_select_related = ("plan", "by")
    search_fields = ("title",)
