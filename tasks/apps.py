"""Configuration of the app of plans, duties, progress and their supervision."""

from django.apps import AppConfig


class TasksConfig(AppConfig):
    """The `tasks` app; it may import `departments`, and `reports` may import it."""

    name = "tasks"
    verbose_name = "任务与进展"

    def ready(self):
        """Declare the permissions and the lists, and connect the signals of units, people, sign-in and stored files."""
        from departments.signals import (
            level_changes,
            looking_for_open_work,
            moves_told,
            posts_left,
            posts_taken,
            rights_changed,
            second_factor_was_reset,
            units_changed,
        )
        from tasks.services.plans import assignments, issuing
        from tasks.services.progress.contents import digests
        from tasks.services.supervision import handover, leaving, notifications
        from wenshang_disclosure.audit import contents
        from wenshang_disclosure.files.signals import files_missing
        from wenshang_disclosure.work.signals import job_ended

        from . import lists, rules  # noqa: F401

        contents.register("report", "进展报告", digests)
        files_missing.connect(notifications.notify_of_missing_files, dispatch_uid="tasks.notify_of_missing_files")
        level_changes.connect(issuing.what_keeps_the_level, dispatch_uid="tasks.level_changes")
        job_ended.connect(notifications.notify_of_job, dispatch_uid="tasks.notify_of_job")
        looking_for_open_work.connect(leaving.open_work, dispatch_uid="tasks.open_work")
        moves_told.connect(notifications.notify_of_moves, dispatch_uid="tasks.notify_of_moves")
        posts_left.connect(leaving.notify_of_leaving, dispatch_uid="tasks.notify_of_leaving")
        posts_taken.connect(handover.notify_of_posts, dispatch_uid="tasks.notify_of_posts")
        rights_changed.connect(notifications.notify_of_rights, dispatch_uid="tasks.notify_of_rights")
        second_factor_was_reset.connect(notifications.notify_of_reset, dispatch_uid="tasks.notify_of_reset")
        units_changed.connect(assignments.follow_units, dispatch_uid="tasks.follow_units")
