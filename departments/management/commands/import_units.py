"""Command-line import of units and people from an Excel file."""

from pathlib import Path

from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from departments.choices import Role
from departments.imports.layout import password_list
from departments.models import User
from departments.services import unit_imports
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.web.errors import Refused

UNREADABLE, ROWS_WRONG = 2, 3


class Command(BaseCommand):
    """Imports all rows or none; importing the same file again changes nothing."""

    help = "Register units, aliases and people from an .xlsx file. Exit status: 0, 2 cannot be read, 3 rows are wrong."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="write nothing")
        parser.add_argument("--passwords", type=Path, metavar="FILE", help="write one-time passwords to this .xlsx")
        parser.add_argument("--by", metavar="USERNAME", help="an office account; by default the first administrator")

    def handle(self, *args, file, dry_run, passwords, by, **options):
        rows = self._read(file)
        person = self._person(by)
        found = unit_imports.prospect(rows, by=person)
        self._print(found)
        if found.errors:
            raise CommandError(f"{len(found.errors)} rows are wrong; nothing was written.", returncode=ROWS_WRONG)
        if dry_run or not found.changes_something:
            return
        try:
            with transaction.atomic():
                kept = unit_imports.keep(rows, file.name, by=person)
                unit_imports.take(kept, by=person)
                given = unit_imports.give_passwords(kept, by=person) if passwords else []
                detail = {"by": person.username, **found.as_counts()}
                record(Kind.SYSTEM, "命令行导入单位和人员", on=kept, detail=detail)
        except (Refused, PermissionDenied) as refusal:
            raise CommandError(str(refusal)) from refusal
        if passwords:
            passwords.write_bytes(password_list(given).read())
            passwords.chmod(0o600)

    def _read(self, file):
        try:
            with file.open("rb") as opened:
                return unit_imports.rows_of(File(opened, file.name), by=None)[1]
        except Refused as refusal:
            raise CommandError(str(refusal), returncode=UNREADABLE) from refusal
        except OSError as reason:
            raise CommandError(f"{file.name}：{reason}", returncode=UNREADABLE) from reason

    def _print(self, found):
        for sheet, row, sentence in found.errors:
            self.stdout.write(f"! {sheet}表第{row}行：{sentence}")
        self.stdout.write(
            f"units: {len(found.new_units)} new, {len(found.changed_units)} changed, {found.same_units} as they are; "
            f"people: {len(found.new_people)} new, {len(found.changed_people)} changed, {found.same_people} as they are"
        )

    def _person(self, username):
        people = User.objects.filter(role=Role.OFFICE, is_active=True).order_by("-is_superuser", "pk")
        person = people.filter(username=username).first() if username else people.first()
        if person is None:
            raise CommandError("There is no such office account; make one with createsuperuser.")
        return person
