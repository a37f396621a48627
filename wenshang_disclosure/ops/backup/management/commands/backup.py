"""Take a backup at the command line."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from wenshang_disclosure.ops.backup import folder
from wenshang_disclosure.ops.backup.errors import Stopped
from wenshang_disclosure.ops.backup.taking import back_up

FILES_LACK = 3


class Command(BaseCommand):
    """Database, evidence and settings without secrets, as they are at one moment, in one new folder."""

    help = (
        "Back the installation up into a new folder, while it is in use. "
        "Exit status: 0 whole, 3 whole but for files that are missing or changed on the server, 1 nothing was written."
    )

    def add_arguments(self, parser):
        """Take where to, and how."""
        parser.add_argument("folder", type=Path)
        parser.add_argument("--dated", action="store_true", help="make a folder named by day and time in there")
        parser.add_argument("--keep", type=int, metavar="N", help="then leave the N newest; only with --dated")
        parser.add_argument("--encrypt", action="store_true", help="with BACKUP_PASSPHRASE or for BACKUP_RECIPIENT")

    def handle(self, *args, dated, keep, encrypt, **options):
        """Write, print what is in it, and remove the oldest where everything is well."""
        if keep is not None and (keep < 1 or not dated):
            raise CommandError("--keep needs --dated and a number from 1.")
        target = options["folder"].absolute()
        if dated:
            target /= timezone.localtime().strftime(folder.DATED)
        try:
            taken = back_up(target, encrypt=encrypt)
        except (Stopped, OSError, DatabaseError) as fault:
            raise CommandError(f"No backup was written: {fault}") from fault
        self.stdout.write(f"{target}: {taken.rows} rows, {taken.files} files.")
        self._lament(taken.faults)
        if keep is not None:
            for gone in folder.remove_older(target.parent, keep):
                self.stdout.write(f"Removed {gone}.")

    def _lament(self, faults):
        for path, why in faults.items():
            self.stderr.write(f"{path}: {why}")
        if faults:
            raise CommandError(
                f"{len(faults)} files are not as they were uploaded; they are named in the manifest. "
                f"Older backups were kept.",
                returncode=FILES_LACK,
            )
