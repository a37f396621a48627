"""Command that checks stored files against their records."""

from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError

from wenshang_disclosure.core.web.outages import StorageAway
from wenshang_disclosure.files import checking


class Command(BaseCommand):
    """Integrity check of stored files, safe to run while the server is in use."""

    help = (
        "Read every stored file (evidence, imported tables, Word templates), compare size and SHA-256 with its record, "
        "and list missing, changed and extra files. Exit status: 0 no fault, 1 faults were found."
    )

    def add_arguments(self, parser):
        parser.add_argument("--quick", action="store_true", help="compare sizes only, read no content")
        parser.add_argument("--sweep", action="store_true", help="delete files that no record names")
        parser.add_argument("--grace-hours", type=float, default=24, help="minimum age of such a file; default 24")

    def handle(self, *args, quick, sweep, grace_hours, **options):
        grace = timedelta(hours=grace_hours)
        try:
            found = checking.check(is_quick=quick, grace=grace, sweep=sweep, write_line=self.stdout.write)
        except StorageAway as away:
            raise CommandError(str(away)) from away
        self.stdout.write(
            f"files: {found.files} ({found.bytes / 1024 / 1024:.1f} MB), missing: {len(found.missing)}, "
            f"changed: {len(found.changed)}, extra: {len(found.extra)}, swept: {len(found.swept)}"
        )
        if not found.is_sound:
            raise CommandError(
                "Some files do not match their records; restore missing and changed files from the backup."
            )
