"""Base classes of admin pages."""

from django.contrib import admin, messages
from django.http import HttpResponseRedirect

from .errors import Refused, may


class ByRule:
    """Mixin that takes admin permissions from the rule `departments.use_admin`, not from Django's model permissions."""

    def _may(self, request):
        return may(request.user, "departments.use_admin")

    def has_module_permission(self, request):
        return self._may(request)

    def has_view_permission(self, request, obj=None):
        return self._may(request)

    def has_add_permission(self, request, obj=None):
        return self._may(request)

    def has_change_permission(self, request, obj=None):
        return self._may(request)

    def has_delete_permission(self, request, obj=None):
        """Return `False`; pages that allow deletion override this."""
        return False


class BaseAdmin(ByRule, admin.ModelAdmin):
    """Base of admin pages that save through services; a refusal becomes a message and nothing is saved."""

    list_per_page = 50
    show_full_result_count = False

    def changeform_view(self, request, *args, **kwargs):
        """Show a service's refusal as a message on the same form."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except Refused as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())


class FrozenAdmin(BaseAdmin):
    """Base of read-only admin pages for history and submitted reports (design: Rules of progress)."""

    actions = None

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False
