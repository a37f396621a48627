"""Fold again what search compares, for rows that were written past the models or by another table of characters."""

from django.core.management.base import BaseCommand

from tasks.models import Evidence, ProgressReport, Task


class Command(BaseCommand):
    """`manage.py fold_texts`: says how many rows of each kind were wrong."""

    help = "重新生成检索文本：只改动与原文不一致的记录。"

    def handle(self, **options):
        """Go through the three searched kinds."""
        for model in (Task, ProgressReport, Evidence):
            self.stdout.write(f"{model._meta.verbose_name}：{model.objects.refold()}")
