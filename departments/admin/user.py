"""Admin of accounts and memberships, read-only: they are changed on the pages of units and people."""

from django.contrib import admin
from django.urls import reverse

from departments.models import Membership, ScheduledMove, User
from wenshang_disclosure.core.web.admin import FrozenAdmin


@admin.register(User)
class PersonAdmin(FrozenAdmin):
    """Accounts, without their passwords."""

    list_display = ("username", "name", "role", "unit", "phone", "is_active", "last_login", "is_demo")
    list_filter = ("role", "is_active", "is_demo", "unit__kind")
    list_select_related = ("unit",)
    search_fields = ("username", "name", "unit__name", "unit__short_name", "phone")
    ordering = ("unit__order", "username")
    fields = (
        ("username", "name"),
        ("role", "unit"),
        ("phone", "email", "mail_choice"),
        ("is_active", "is_staff", "is_demo"),
        ("last_login", "date_joined"),
    )

    def view_on_site(self, person):
        """Return the page on which the account is changed."""
        return reverse("departments:person", args=[person.pk])


@admin.register(Membership)
class MembershipAdmin(FrozenAdmin):
    """Further memberships, and posts that people have left."""

    list_display = ("person", "unit", "role", "from_on", "until_on", "confirmed_at", "ended_at")
    list_select_related = ("person", "unit")
    search_fields = ("person__name", "person__username", "unit__name", "unit__short_name")
    fields = (
        ("person", "unit", "role"),
        ("from_on", "until_on"),
        ("given_by", "given_at"),
        ("confirmed_by", "confirmed_at"),
        ("ended_by", "ended_at"),
    )


@admin.register(ScheduledMove)
class ScheduledMoveAdmin(FrozenAdmin):
    """Moves on a day to come, and what became of them."""

    list_display = ("person", "unit", "role", "on", "state", "outcome")
    list_select_related = ("person", "unit")
    search_fields = ("person__name", "person__username", "unit__name", "unit__short_name")
    fields = (
        ("person", "unit", "role"),
        ("on", "state"),
        ("scheduled_by", "scheduled_at"),
        ("ended_by", "ended_at"),
        "outcome",
    )
