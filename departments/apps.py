"""Who: units, collectives, people and roles."""

from django.apps import AppConfig


class DepartmentsConfig(AppConfig):
    """Knows no other app."""

    name = "departments"
    verbose_name = "单位与人员"

    def ready(self):
        """Declare the permissions."""
        from . import rules  # noqa: F401
