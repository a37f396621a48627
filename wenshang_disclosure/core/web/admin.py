"""Base classes of admin pages."""

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.http import HttpResponseRedirect

from .errors import Refused, may
from .numbers import read_number


def _ids(values):
    return [value for value in values if read_number(str(value)) is not None]


class ShownIds:
    """Mixin of fields with search-as-you-type: of what was sent, only ids are looked up to be shown again."""

    def optgroups(self, name, value, attrs=None):
        return super().optgroups(name, _ids(value), attrs)


class OneBySearch(ShownIds, AutocompleteSelect):
    """A field that searches for one record."""


class SeveralBySearch(ShownIds, AutocompleteSelectMultiple):
    """A field that searches for several records."""


class ByRule:
    """Mixin that takes admin permissions from the rule `departments.use_admin`, not from Django's model permissions."""

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        return super().formfield_for_foreignkey(db_field, request, **self._searching(OneBySearch, db_field, kwargs))

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        return super().formfield_for_manytomany(db_field, request, **self._searching(SeveralBySearch, db_field, kwargs))

    def _searching(self, widget, db_field, kwargs):
        searched = db_field.name in self.autocomplete_fields
        return {"widget": widget(db_field, self.admin_site), **kwargs} if searched else kwargs

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

    def response_action(self, request, queryset):
        """Act on the ticked records; what is no id is none."""
        ticked = request.POST.getlist(ACTION_CHECKBOX_NAME)
        request.POST = request.POST.copy()
        request.POST.setlist(ACTION_CHECKBOX_NAME, _ids(ticked))
        return super().response_action(request, queryset)


class FrozenAdmin(BaseAdmin):
    """Base of read-only admin pages for history and submitted reports (design: Rules of progress)."""

    actions = None

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False
