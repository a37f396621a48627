"""What two apps need and no app owns, and Django admin as the house has it."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class CommonConfig(AppConfig):
    """Knows no other app."""

    default = True
    name = "wenshang_disclosure.common"
    label = "common"
    verbose_name = "公共部分"


class HouseAdminConfig(admin_apps.AdminConfig):
    """Makes the house's site the one that `admin.site` is."""

    default = False
    default_site = "wenshang_disclosure.common.admin_site.HouseAdminSite"
