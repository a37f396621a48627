"""Command that brings a trial installation to life in one process: what `make run` starts with."""

import io
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tasks.models import Plan
from tasks.services.plans import trial

TABLE = Path(settings.BASE_DIR) / "fixtures" / "plan-2024.json"


class Command(BaseCommand):
    """Loads the demo once; a second run says how old it is. An installation with people of its own is left alone."""

    help = "Migrate, and load units, demo people, the closed year and the current one. Refused where DEBUG is off."

    def add_arguments(self, parser):
        parser.add_argument("--as-is", action="store_true", help="do not migrate first")
        parser.add_argument("--renew", action="store_true", help="clear the demo and load it anew, up to yesterday")

    def handle(self, *args, renew, as_is, **options):
        if not settings.DEBUG:
            raise CommandError("Demo data cannot exist where DEBUG is off.")
        if not as_is:
            call_command("migrate", verbosity=0)
        if renew:
            trial.clear()
        if not trial.is_trial():
            self.stdout.write("There are accounts that are not the demo's: nothing was loaded.")
            return
        if not self._is_loaded():
            self._load()
        self._say_how_old()
        call_command("load_demo_people", show=True, stdout=self.stdout._out)

    def _is_loaded(self):
        return Plan.objects.filter(has_demo_activity=True).count() > 1

    def _load(self):
        say = {"stdout": self.stdout._out}
        call_command("load_region", **say)
        call_command("load_units", **say)
        call_command("load_demo_people", **say)
        call_command("load_plan", str(TABLE), issued_by="admin", **say)
        call_command("load_demo_activity", closed=True, **say)
        call_command("load_demo_present", **say)
        call_command("send_reminders", stdout=io.StringIO())  # what it says is for the log of a server

    def _say_how_old(self):
        loaded = trial.loaded_on()
        if loaded and loaded < timezone.localdate():
            self.stdout.write(f"The demo is of {loaded}; `make demo` loads it anew, up to yesterday.")
