"""What every admin page of the house has in common."""

from django.contrib import admin, messages
from django.http import HttpResponseRedirect

from .errors import Refused, may


class ByRule:
    """Rights in admin come from the named rule, not from Django's model permissions."""

    def _may(self, request):
        return may(request.user, "departments.use_admin")

    def has_module_permission(self, request):
        """Show the module to the administrator."""
        return self._may(request)

    def has_view_permission(self, request, obj=None):
        """Let the administrator look."""
        return self._may(request)

    def has_add_permission(self, request, obj=None):
        """Let the administrator add."""
        return self._may(request)

    def has_change_permission(self, request, obj=None):
        """Let the administrator change."""
        return self._may(request)

    def has_delete_permission(self, request, obj=None):
        """Nothing is deleted unless a page says so."""
        return False


class HouseAdmin(ByRule, admin.ModelAdmin):
    """Saves through services: their refusal is shown as a message, and nothing is saved."""

    list_per_page = 50
    show_full_result_count = False

    def changeform_view(self, request, *args, **kwargs):
        """Turn a refusal by a service into a message on the same form."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except Refused as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())


class FrozenAdmin(HouseAdmin):
    """History and what units handed in: to be read, never changed here (design: Rules of progress)."""

    actions = None

    def has_add_permission(self, request, obj=None):
        """Nobody adds."""
        return False

    def has_change_permission(self, request, obj=None):
        """Nobody changes."""
        return False
