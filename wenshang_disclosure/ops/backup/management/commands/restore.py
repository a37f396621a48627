"""Restore a backup at the command line."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from wenshang_disclosure.ops.backup.errors import Stopped
from wenshang_disclosure.ops.backup.restoring import restore

BROUGHT_ALONG = 3


class Command(BaseCommand):
    """Onto an empty installation only, of either database."""

    help = (
        "Restore a backup onto an empty installation; the server has to be stopped. Exit status: 0 all is there and "
        "equal, 3 all is there but the backup brought something broken along, 1 nothing was restored."
    )

    def add_arguments(self, parser):
        """Take which one, and its key."""
        parser.add_argument("folder", type=Path)
        parser.add_argument("--identity", type=Path, metavar="FILE", help="the key of BACKUP_RECIPIENT")

    def handle(self, *args, identity, **options):
        """Check, write, compare, print."""
        try:
            restored = restore(options["folder"].absolute(), identity_file=identity)
        except (Stopped, OSError) as fault:
            raise CommandError(f"Nothing was restored: {fault}") from fault
        self.stdout.write(f"{restored.rows} rows and {restored.files} files, all equal to the backup.")
        for fault in restored.faults:
            self.stderr.write(fault)
        if restored.faults:
            raise CommandError("The backup brought something broken along.", returncode=BROUGHT_ALONG)
