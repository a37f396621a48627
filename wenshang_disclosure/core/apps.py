"""App of shared code, and the configuration of Django admin."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.core.checks import Tags, register
from django.core.management import call_command
from django.db.models.signals import post_migrate


class CoreConfig(AppConfig):
    """Configuration of the shared code, which depends on no other app."""

    default = True
    name = "wenshang_disclosure.core"
    label = "core"
    verbose_name = "公共部分"

    def ready(self):
        """Create the cache table after migrations, if the cache is in the database; let past evenings be read."""
        from . import evenings, history, region  # noqa: PLC0415, they need the models
        from .web import static_files  # noqa: PLC0415, it needs the settings

        history.watch_deletions()
        evenings.watch_connections()
        region.watch()
        post_migrate.connect(_make_cache_table, sender=self, dispatch_uid="core.make_cache_table")
        register(static_files.check, Tags.staticfiles, deploy=True)


def _make_cache_table(using, verbosity, **kwargs):
    call_command("createcachetable", database=using, verbosity=verbosity)


class OfficeAdminConfig(admin_apps.AdminConfig):
    """Configuration that makes `OfficeAdminSite` the default admin site."""

    default = False
    default_site = "wenshang_disclosure.core.web.admin_site.OfficeAdminSite"
