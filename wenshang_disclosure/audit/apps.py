"""Who did what, when and from where, so that nobody can change it afterwards."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    """Knows no other app but what all have in common."""

    name = "wenshang_disclosure.audit"
    label = "audit"
    verbose_name = "安全审计"

    def ready(self):
        """Put the database's own guards up after every migration: SQLite loses them whenever it remakes a table."""
        from . import guards

        post_migrate.connect(guards.put_up, dispatch_uid="audit.put_up_guards")
