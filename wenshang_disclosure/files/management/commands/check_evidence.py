"""Check that every kept file is there and unchanged, and that nothing else lies beside."""

from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError

from wenshang_disclosure.core.web.outages import StorageAway
from wenshang_disclosure.files import checking


class Command(BaseCommand):
    """Reads while people work; what is being uploaded is left alone."""

    help = (
        "Read every kept file (evidence, imported tables, Word templates), compare size and SHA-256 with its record, "
        "and name what is missing, changed or extra. Exit status: 0 all is well, 1 something is wrong."
    )

    def add_arguments(self, parser):
        """Take how much to read, and what to do with what has no record."""
        parser.add_argument("--quick", action="store_true", help="compare sizes only, read no content")
        parser.add_argument("--sweep", action="store_true", help="delete files that no record names")
        parser.add_argument(
            "--grace-hours", type=float, default=24, help="how old such a file has to be; 24 where left out"
        )

    def handle(self, *args, quick, sweep, grace_hours, **options):
        """Check, and print the figures."""
        grace = timedelta(hours=grace_hours)
        try:
            found = checking.check(is_quick=quick, grace=grace, sweep=sweep, tell=self.stdout.write)
        except StorageAway as away:
            raise CommandError(str(away)) from away
        self.stdout.write(
            f"files: {found.files} ({found.bytes / 1024 / 1024:.1f} MB), missing: {len(found.missing)}, "
            f"changed: {len(found.changed)}, extra: {len(found.extra)}, swept: {len(found.swept)}"
        )
        if not found.is_sound:
            raise CommandError("Not every file is as its record says; bring back from the backup what is missing.")
