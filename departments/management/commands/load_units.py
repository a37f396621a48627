"""Loading of the county's units and collectives."""

import json
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

from departments.services import register
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record


class Command(BaseCommand):
    """Loads the register; running it again adds nothing."""

    help = "Load units and collectives from fixtures/; existing ones are left unchanged."

    def add_arguments(self, parser):
        parser.add_argument("--only-collectives", action="store_true", help="the collectives, which every region has")

    def handle(self, *args, only_collectives, **options):
        """Load both files and print what was added."""
        folder = Path(settings.BASE_DIR) / "fixtures"
        units = [] if only_collectives else json.loads((folder / "units.json").read_text())["units"]
        collectives = json.loads((folder / "collectives.json").read_text())["collectives"]
        with transaction.atomic():
            added = register.load(units, collectives)
            record(Kind.SYSTEM, "载入单位名录", detail={"units": added[0], "collectives": added[1]})
        self.stdout.write("units added: {}, collectives added: {}".format(*added))
