"""Command of the day: `send_reminders [--date YYYY-MM-DD] [--dry-run]`, once a day by a timer.

It carries out the moves of people whose day has come, then sends automatic reminders to who is in post by then.
"""

from datetime import date

from django.core.management.base import BaseCommand, CommandError

from departments.choices import MoveState
from departments.services import postings
from tasks.choices import AutomaticKind
from tasks.services.supervision import automatic_reminders, mail, view_mails
from wenshang_disclosure.core.web.errors import Refused


class Command(BaseCommand):
    """A repeated run moves nobody and sends nothing twice; after an outage, reminders that still apply are sent."""

    help = "Move people whose day has come, remind units of duties, open recurring rounds, and send the day's mails."

    def add_arguments(self, parser):
        parser.add_argument("--date", type=date.fromisoformat, help="a day up to today, YYYY-MM-DD")
        parser.add_argument("--dry-run", action="store_true", help="say what would be sent, and keep nothing")

    def handle(self, *args, **options):
        """Move people, send the reminders of the day, then the e-mails."""
        dry_run = options["dry_run"]
        if not dry_run:
            self._move_people()
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

    def _move_people(self):
        moves = postings.carry_out_scheduled()
        if any(moves.values()):
            self.stdout.write(f"moves carried out {moves[MoveState.DONE]}, failed {moves[MoveState.FAILED]}")
