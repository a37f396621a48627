"""Command that empties a trial installation."""

from django.core.management.base import BaseCommand, CommandError

from tasks.services.plans import trial
from wenshang_disclosure.core.web.errors import Refused


class Command(BaseCommand):
    """Clears everything but the demo's administrator; refused on any other installation."""

    help = "Empty a trial installation. Refused where DEBUG is off, or anybody but the demo's people has an account."

    def add_arguments(self, parser):
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args, yes, **options):
        cleared = trial.contents()
        if not yes and input(f"Clear {cleared}? [y/N] ").strip().lower() != "y":
            return
        try:
            trial.clear()
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"cleared: {cleared}")
