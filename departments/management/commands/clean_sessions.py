"""Daily deletion of expired sessions and old sign-in records."""

from django.core.management import call_command
from django.core.management.base import BaseCommand

from departments.sign_in import lockout, sessions


class Command(BaseCommand):
    """Clear sessions that ran out, and failures and records of sessions of long ago."""

    help = "Delete sessions that ran out, failed sign-ins older than 30 days and sessions older than 180; once a day."

    def handle(self, *args, **options):
        """Delete, and print how many."""
        call_command("clearsessions")
        self.stdout.write(f"{lockout.prune()} failed sign-ins and {sessions.prune()} sessions were deleted.")
