"""Who: units, collectives, people and roles."""

from django.apps import AppConfig


class DepartmentsConfig(AppConfig):
    """Knows no other app."""

    name = "departments"
    verbose_name = "单位与人员"

    def ready(self):
        """Declare the permissions, and keep who comes and goes."""
        from django.contrib.auth.signals import user_logged_in, user_logged_out

        from . import rules  # noqa: F401
        from .sign_in import sessions

        user_logged_in.connect(sessions.begin, dispatch_uid="departments.stay_begins")
        user_logged_out.connect(sessions.leave, dispatch_uid="departments.stay_ends")
