"""How it stands: figures, dashboard, exports."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """May import `tasks` and `departments`; changes nothing that they own."""

    name = "reports"
    verbose_name = "统计与导出"

    def ready(self):
        """Declare the permissions."""
        from . import rules  # noqa: F401
