"""The whole installation in one folder, and from it."""

from django.apps import AppConfig


class BackupConfig(AppConfig):
    """Has no records of its own; goes through the registry of apps and the storage."""

    name = "wenshang_disclosure.ops.backup"
    label = "backup"
    verbose_name = "备份与恢复"
