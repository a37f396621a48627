"""Command that scans files with the virus scanner."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from tasks.services.progress import rescanning


class Command(BaseCommand):
    """Runs every few minutes; exits with 1 where the scanner gave no verdict on some files."""

    help = (
        "Scan the files that wait for the virus scanner, or all files with --all (once after it was set up, and after "
        "large updates of its signatures). Exit status: 1 where files are left without a verdict."
    )

    def add_arguments(self, parser):
        parser.add_argument("--all", action="store_true", help="all files, not only those that wait")

    def handle(self, *args, **options):
        """Scan the files, and print how many were clean, infected, missing and left over."""
        if not settings.CLAMAV_SOCKET:
            raise CommandError("CLAMAV_SOCKET is not set: there is no scanner to ask.")
        tally = rescanning.scan(everything=options["all"])
        self.stdout.write(
            f"{tally.clean} clean, {tally.infected} infected, {tally.gone} missing on disk, {tally.left} left over."
        )
        if tally.left:
            raise CommandError("The scanner gave no verdict on all files; they are scanned in the next run.")
