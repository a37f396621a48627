"""Command that takes a backup."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from wenshang_disclosure.ops.backup import encryption, folder
from wenshang_disclosure.ops.backup.errors import Stopped
from wenshang_disclosure.ops.backup.taking import back_up

FAULTY_FILES_STATUS = 3


class Command(BaseCommand):
    """Backup of database, evidence and settings without secrets, from one moment, to a new folder."""

    help = (
        "Back up the installation to a new folder while it is in use. "
        "Exit status: 0 complete, 3 complete except for files missing or changed on the server, 1 nothing was written."
    )

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path)
        parser.add_argument("--dated", action="store_true", help="create a subfolder named by date and time")
        parser.add_argument("--keep", type=int, metavar="N", help="keep only the N newest backups; needs --dated")
        how = parser.add_mutually_exclusive_group()
        how.add_argument(
            "--encrypt",
            action="store_true",
            help="encrypt with BACKUP_PASSPHRASE or for BACKUP_RECIPIENT (default if one is set), fail if none is",
        )
        how.add_argument("--plain", action="store_true", help="do not encrypt, although a key is set")

    def handle(self, *args, dated, keep, encrypt, plain, **options):
        """Take the backup, print its size, and remove older ones if it is complete."""
        if keep is not None and (keep < 1 or not dated):
            raise CommandError("--keep requires --dated and a number of at least 1.")
        target = options["folder"].absolute()
        if dated:
            target /= timezone.localtime().strftime(folder.DATED)
        try:
            taken = back_up(target, encrypt=encrypt or (encryption.has_key() and not plain))
        except (Stopped, OSError, DatabaseError) as fault:
            raise CommandError(f"No backup was written: {fault}") from fault
        self.stdout.write(f"{target}: {taken.rows} rows, {taken.files} files.")
        self._report(taken.faults)
        if keep is not None:
            for gone in folder.remove_older(target.parent, keep):
                self.stdout.write(f"Removed {gone}.")

    def _report(self, faults):
        for path, why in faults.items():
            self.stderr.write(f"{path}: {why}")
        if faults:
            raise CommandError(
                f"{len(faults)} files are missing or changed on the server; they are listed in the manifest. "
                f"Older backups were kept.",
                returncode=FAULTY_FILES_STATUS,
            )
