"""App configuration of background work."""

from django.apps import AppConfig


class WorkConfig(AppConfig):
    """Configuration of an app that knows no kind of work; other apps register theirs in `kinds`."""

    name = "wenshang_disclosure.work"
    label = "work"
    verbose_name = "后台任务"
