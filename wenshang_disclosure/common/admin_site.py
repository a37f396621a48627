"""Django admin for the office's system administrator (design §7)."""

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig

from .errors import may


class HouseAdminSite(AdminSite):
    """Opens to those whom the rule `departments.use_admin` names, whatever else their account says."""

    site_header = "汶上县政务公开任务督办 · 系统管理"
    site_title = "系统管理"
    index_title = "单位、人员和分解表"

    def has_permission(self, request):
        """Ask the rule."""
        return may(request.user, "departments.use_admin")


class HouseAdminConfig(AdminConfig):
    """Makes it the site that `admin.site` is."""

    default_site = "wenshang_disclosure.common.admin_site.HouseAdminSite"
