"""Command that restores a backup."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from wenshang_disclosure.ops.backup.errors import Stopped
from wenshang_disclosure.ops.backup.restoring import restore

FAULTY_BACKUP_STATUS = 3


class Command(BaseCommand):
    """Restore of a backup to an empty installation, on SQLite or PostgreSQL."""

    help = (
        "Restore a backup to an empty installation; the server has to be stopped. Exit status: 0 verified, "
        "3 restored, but the backup contains faults, 1 nothing was restored."
    )

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path)
        parser.add_argument("--identity", type=Path, metavar="FILE", help="the private key of BACKUP_RECIPIENT")

    def handle(self, *args, identity, **options):
        try:
            restored = restore(options["folder"].absolute(), identity_file=identity)
        except (Stopped, OSError) as fault:
            raise CommandError(f"Nothing was restored: {fault}") from fault
        self.stdout.write(f"{restored.rows} rows and {restored.files} files restored and verified.")
        for line in (*restored.notes, *restored.faults):
            self.stderr.write(line)
        if restored.faults:
            raise CommandError(
                "The backup was restored, but contains the faults above.", returncode=FAULTY_BACKUP_STATUS
            )
