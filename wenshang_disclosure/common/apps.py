"""What two apps need and no app owns."""

from django.apps import AppConfig


class CommonConfig(AppConfig):
    """Knows no other app."""

    name = "wenshang_disclosure.common"
    label = "common"
    verbose_name = "公共部分"
