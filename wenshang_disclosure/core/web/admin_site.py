"""Django admin for the office's system administrator (design: Ways of working)."""

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse

from wenshang_disclosure.core.region import worded

from .errors import may


class OfficeAdminSite(AdminSite):
    """Admin site for users with the permission `departments.use_admin`; `is_staff` alone is not enough.

    For others who are signed in it does not exist.
    """

    site_header = worded("{system_name} · 系统管理")
    site_title = "系统管理"
    index_title = "系统管理"

    def has_permission(self, request):
        """Return whether the user may use the admin. Raises `Http404` for signed-in users who may not."""
        allowed = may(request.user, "departments.use_admin")
        if request.user.is_authenticated and not allowed:
            raise Http404
        return allowed

    def login(self, request, extra_context=None):
        """Redirect to the sign-in page, or to the first page of the admin."""
        if self.has_permission(request):
            return redirect("admin:index")
        return redirect_to_login(request.GET.get("next", reverse("admin:index")))
