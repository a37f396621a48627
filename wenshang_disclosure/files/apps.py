"""Uploaded files: kept, inspected, scanned and checked."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """Knows no other app but `core` and `audit`."""

    name = "wenshang_disclosure.files"
    label = "files"
    verbose_name = "文件"
