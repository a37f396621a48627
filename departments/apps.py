"""App of units, collectives, people and roles."""

from django.apps import AppConfig


class DepartmentsConfig(AppConfig):
    """Configuration of the app, which depends on no other app but the audit trail."""

    name = "departments"
    verbose_name = "单位和人员"

    def ready(self):
        """Register the permissions and the receivers of sign-in and sign-out."""
        from django.contrib.auth.signals import user_logged_in, user_logged_out

        from . import rules  # noqa: F401
        from .sign_in import proof, sessions

        user_logged_in.connect(sessions.begin_on_login, dispatch_uid="departments.session_begins")
        user_logged_in.connect(proof.note_on_login, dispatch_uid="departments.proof_noted")
        user_logged_out.connect(sessions.end_on_logout, dispatch_uid="departments.session_ends")
