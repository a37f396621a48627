"""Printing of a name of the region, for the static pages that deploy/ fills in."""

from django.core.management.base import BaseCommand
from django.utils.html import escape

from wenshang_disclosure.core.region import WORDS, current


class Command(BaseCommand):
    """Prints one name, as it stands in HTML."""

    help = "Print a name of the region or of its office, escaped for HTML."

    def add_arguments(self, parser):
        parser.add_argument("word", choices=WORDS, nargs="?", default="system_name")

    def handle(self, *args, word, **options):
        self.stdout.write(escape(getattr(current(), word)))
