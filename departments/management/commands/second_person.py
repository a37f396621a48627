"""Confirmation on the server, where there is no second administrator to confirm in the pages."""

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from departments.models import Entrustment, RoleGrant, User
from departments.services import entrusting, rights
from wenshang_disclosure.core.web.errors import Refused


class Command(BaseCommand):
    """Lists what waits for a second person, and confirms what is named; who may use the server counts as one."""

    help = "List changes of rights and accounts that wait for a second person, or confirm those that are named."

    def add_arguments(self, parser):
        parser.add_argument("--grant", nargs="+", type=int, default=[], metavar="NUMBER", help="confirm these changes")
        parser.add_argument(
            "--owner", nargs="+", default=[], metavar="USERNAME", help="confirm that their owners hold these accounts"
        )

    def handle(self, *args, grant, owner, **options):
        if not grant and not owner:
            self._list()
            return
        try:
            with transaction.atomic():
                for pk in grant:
                    rights.confirm(self._one(RoleGrant, pk=pk))
                for username in owner:
                    entrusting.confirm_owner(self._one(User, username=username))
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal

    def _one(self, model, **wanted):
        found = model.objects.filter(**wanted).first()
        if found is None:
            raise CommandError(f"There is no {next(iter(wanted.values()))}.")
        return found

    def _list(self):
        for one in RoleGrant.objects.pending().select_related("person", "proposed_by", "unit").order_by("pk"):
            proposed = f"{one.proposed_by.username} {one.proposed_at:%Y-%m-%d}"
            self.stdout.write(f"--grant {one.pk}  {one.person.username} {one.person} → {one.in_words()}  ({proposed})")
        for one in Entrustment.objects.open().select_related("person", "by").order_by("pk"):
            handled = f"{one.by.username} {one.get_how_display()} {one.at:%Y-%m-%d}"
            self.stdout.write(f"--owner {one.person.username}  {one.person}  ({handled})")
