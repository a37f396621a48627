"""App configuration of uploaded files."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """Configuration of an app that depends on `core` and `audit` only."""

    name = "wenshang_disclosure.files"
    label = "files"
    verbose_name = "文件"
