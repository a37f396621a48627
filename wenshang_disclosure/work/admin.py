"""Admin page of background work: every job can be looked at, no file of it."""

from django.contrib import admin

from wenshang_disclosure.core.web.admin import FrozenAdmin

from .models import Job


@admin.register(Job)
class JobAdmin(FrozenAdmin):
    """Read-only list of jobs; whoever asked for one finds its file under 我的文件."""

    list_display = ("title", "by", "state", "asked_at", "ended_at", "attempts", "done", "of", "message")
    list_filter = ("state",)
    list_select_related = ("by",)
    search_fields = ("title", "by__name", "by__username")
    date_hierarchy = "asked_at"
    fields = (
        *("title", "by", "state", "asked_at", "due_at", "started_at", "ended_at", "leased_until"),
        *("attempts", "done", "of", "message", "keep_until"),
    )
