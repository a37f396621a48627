"""What two apps need and no app owns, and Django admin as the house has it."""

from django.apps import AppConfig, apps
from django.contrib.admin import apps as admin_apps
from django.core.management import call_command
from django.db.models.signals import post_migrate


class CoreConfig(AppConfig):
    """Knows no other app."""

    default = True
    name = "wenshang_disclosure.core"
    label = "core"
    verbose_name = "公共部分"

    def ready(self):
        """Make the table of the cache with the others, where the cache is in the database."""
        with_models = apps.get_app_config("contenttypes")  # Django tells of no app that has none, such as this one
        post_migrate.connect(_make_cache_table, sender=with_models, dispatch_uid="core.make_cache_table")


def _make_cache_table(using, verbosity, **kwargs):
    call_command("createcachetable", database=using, verbosity=verbosity)


class HouseAdminConfig(admin_apps.AdminConfig):
    """Makes the house's site the one that `admin.site` is."""

    default = False
    default_site = "wenshang_disclosure.core.web.admin_site.HouseAdminSite"
