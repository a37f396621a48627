"""Monthly deletion of audit entries older than AUDIT_KEEP_DAYS."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from wenshang_disclosure.audit import retention


class Command(BaseCommand):
    """Deletes whole days from the oldest entry on; triggers reject anything younger than 180 days."""

    help = (
        "Delete audit entries older than AUDIT_KEEP_DAYS (at least 180); the chain records up to which number. "
        "Exit status: 0 done, 1 the chain of these entries is broken, or the database refused."
    )

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="print how many entries would be deleted")

    def handle(self, *args, dry_run, **options):
        before = retention.kept_from()
        day = f"{timezone.localtime(before):%Y-%m-%d}"
        if dry_run:
            self.stdout.write(f"{retention.expired(before)} entries from before {day} would be deleted.")
            return
        try:
            gone = retention.prune(before)
        except retention.Broken as broken:
            raise CommandError(f"{broken}\nNothing was deleted; run verify_audit first.") from broken
        except DatabaseError as refusal:
            raise CommandError(
                f"The database refused, its clock may differ from this machine's: {refusal}"
            ) from refusal
        self.stdout.write(f"{gone} entries from before {day} deleted (AUDIT_KEEP_DAYS={settings.AUDIT_KEEP_DAYS}).")
