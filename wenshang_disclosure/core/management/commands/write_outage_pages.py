"""Writing of the static pages that nginx shows while the application is away."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.html import escape

from wenshang_disclosure.core.region import current

PAGES = Path(settings.BASE_DIR) / "deploy" / "nginx" / "pages"
NAME = "@SYSTEM_NAME@"


class Command(BaseCommand):
    """Writes each page with the name of the system in it."""

    help = "Write the pages of deploy/nginx/pages to a folder, with the name of the system in them."

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path)

    def handle(self, *args, folder, **options):
        folder.mkdir(parents=True, exist_ok=True)
        for page in sorted(PAGES.glob("*.html")):
            text = page.read_text(encoding="utf-8").replace(NAME, escape(current().system_name))
            (folder / page.name).write_text(text, encoding="utf-8")
