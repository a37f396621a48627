"""How it stands: figures, dashboard, exports."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """May import `tasks` and `departments`; changes nothing that they own."""

    name = "reports"
    verbose_name = "统计与导出"

    def ready(self):
        """Declare the permissions and the lists, and connect the signals of steps that are taken back."""
        from tasks.signals import looking_for_dependents, plan_was_copied
        from wenshang_disclosure.audit import contents
        from wenshang_disclosure.work import kinds

        from . import lists, rules  # noqa: F401
        from .services import assessment

        contents.register("assessment", "考核结果", assessment.digests)
        kinds.register("file", "reports.views.files.making.make", page="reports:file")
        looking_for_dependents.connect(assessment.published_on, dispatch_uid="reports.published_on")
        plan_was_copied.connect(assessment.copy_rubric, dispatch_uid="reports.copy_rubric")
