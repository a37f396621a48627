"""Take away audit entries that are older than AUDIT_KEEP_DAYS: from a timer, once a month."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from wenshang_disclosure.audit import retention


class Command(BaseCommand):
    """Only whole days go, only from the oldest entry on; the database itself refuses anything younger than 180 days."""

    help = (
        "Take away audit entries older than AUDIT_KEEP_DAYS (at least 180). The chain tells up to where. "
        "Exit status: 0 done, 1 what is left of them is not as it was written, or the database refused."
    )

    def add_arguments(self, parser):
        """Take whether to look only."""
        parser.add_argument("--dry-run", action="store_true", help="say how many would go, take none")

    def handle(self, *args, dry_run, **options):
        """Take away, and print how many."""
        before = retention.kept_from()
        day = f"{timezone.localtime(before):%Y-%m-%d}"
        if dry_run:
            self.stdout.write(f"{retention.expired(before)} entries from before {day} would be taken away.")
            return
        try:
            gone = retention.prune(before)
        except retention.Broken as broken:
            raise CommandError(f"{broken}\n到期记录未移除，请先用 verify_audit 查明。") from broken
        except DatabaseError as refusal:
            raise CommandError(
                f"The database refused, its clock may differ from this machine's: {refusal}"
            ) from refusal
        self.stdout.write(f"{gone} entries from before {day} taken away (AUDIT_KEEP_DAYS={settings.AUDIT_KEEP_DAYS}).")
