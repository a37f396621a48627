"""Loading of the names of the region from a file."""

import json
from pathlib import Path

from django.conf import settings
from django.core.exceptions import FieldError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from departments.services import region


class Command(BaseCommand):
    """Loads the names where nobody has entered any; running it again changes nothing."""

    help = "Load the names of the region and its office from a JSON file; names that were entered are left unchanged."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, nargs="?", default=Path(settings.BASE_DIR) / "fixtures" / "region.json")

    def handle(self, *args, file, **options):
        try:
            names = json.loads(file.read_text(encoding="utf-8"))
            with transaction.atomic():
                loaded = region.load(names)
        except (OSError, ValueError, AttributeError, FieldError) as fault:
            raise CommandError(f"{file}: {fault}") from fault
        self.stdout.write("region: loaded" if loaded else "region: has names already")
