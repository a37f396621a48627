"""Daily clearing of what background work made."""

from django.core.management.base import BaseCommand

from wenshang_disclosure.work.clearing import clear


class Command(BaseCommand):
    """Safe to run at any time, also while work is carried out."""

    help = "Delete the files that background work made and that are past their time, and forget old jobs; once a day."

    def handle(self, *args, **options):
        """Clear, and print how much."""
        files, jobs = clear()
        self.stdout.write(f"{files} files were deleted and {jobs} jobs forgotten.")
