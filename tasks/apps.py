"""What: the plan, duties, progress, evidence, review."""

from django.apps import AppConfig


class TasksConfig(AppConfig):
    """May import `departments`; `reports` may import it."""

    name = "tasks"
    verbose_name = "任务与进展"

    def ready(self):
        """Declare the permissions and listen to what happens to units."""
        from departments.signals import units_changed

        from . import rules  # noqa: F401
        from .services import assignments

        units_changed.connect(assignments.follow_units, dispatch_uid="tasks.follow_units")
