"""Command that sends automatic reminders: `send_reminders [--date YYYY-MM-DD] [--dry-run]`, once a day by a timer."""

from datetime import date

from django.core.management.base import BaseCommand, CommandError

from tasks.choices import AutomaticKind
from tasks.services.supervision import automatic_reminders, mail, view_mails
from wenshang_disclosure.core.web.errors import Refused


class Command(BaseCommand):
    """A repeated run sends nothing twice; after an outage, reminders that still apply are sent."""

    help = "Remind units of their duties, open recurring rounds, write the day's mails and send them."

    def add_arguments(self, parser):
        parser.add_argument("--date", type=date.fromisoformat, help="a day up to today, YYYY-MM-DD")
        parser.add_argument("--dry-run", action="store_true", help="say what would be sent, and keep nothing")

    def handle(self, *args, **options):
        """Send the reminders of the day, then the e-mails."""
        dry_run = options["dry_run"]
        try:
            outcome = automatic_reminders.remind(options["date"], dry_run=dry_run)
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        kinds = ", ".join(f"{kind.value} {outcome.kinds[kind]}" for kind in AutomaticKind if outcome.kinds[kind])
        self.stdout.write(
            f"{outcome.on}: duties {outcome.duties} ({kinds or 'none'}), people {outcome.people}, "
            f"mails {outcome.mails}, rounds {outcome.rounds}, units without people {outcome.units_without_people}"
            + (" (dry run: nothing kept)" if dry_run else "")
        )
        if not dry_run:
            self.stdout.write(f"mails of views: {view_mails.write(outcome.on)}")
            sent = mail.deliver()
            self.stdout.write(f"mails sent {sent.sent}, failed {sent.failed}")
