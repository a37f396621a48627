"""Django admin for the office's system administrator (design: Ways of working)."""

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from .errors import may


class OfficeAdminSite(AdminSite):
    """Admin site for users with the permission `departments.use_admin`; `is_staff` alone is not enough."""

    site_header = "汶上县政务公开任务督办 · 系统管理"
    site_title = "系统管理"
    index_title = "单位、人员和分解表"

    def has_permission(self, request):
        return may(request.user, "departments.use_admin")

    def login(self, request, extra_context=None):
        """Redirect to the sign-in page. Raises `PermissionDenied` for signed-in users without access."""
        if request.user.is_authenticated:
            raise PermissionDenied("系统管理由县政府办公室的系统管理员使用。")
        return redirect_to_login(request.GET.get("next", reverse("admin:index")))
