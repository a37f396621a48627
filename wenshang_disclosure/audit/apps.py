"""App of the audit trail."""

from django.apps import AppConfig
from django.core.signals import request_finished
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    """Configuration of the audit trail, which depends on shared code only."""

    name = "wenshang_disclosure.audit"
    label = "audit"
    verbose_name = "安全审计"

    def ready(self):
        """Create the database triggers after each migration, since SQLite drops them when it rebuilds a table, and seal
        what a request recorded once it was answered.
        """
        from . import chain, guards

        post_migrate.connect(guards.create, dispatch_uid="audit.create_guards")
        request_finished.connect(chain.seal_after_answer, dispatch_uid="audit.seal")
