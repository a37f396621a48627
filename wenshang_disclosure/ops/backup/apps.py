"""App configuration of backup and restore."""

from django.apps import AppConfig


class BackupConfig(AppConfig):
    """Configuration of an app without models, which works on the app registry and the storage."""

    name = "wenshang_disclosure.ops.backup"
    label = "backup"
    verbose_name = "备份与恢复"
