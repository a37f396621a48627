"""New key for the audit trail."""

from django.core.management.base import BaseCommand, CommandError

from wenshang_disclosure.audit import keys
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record

ROTATED = "更换审计密钥"


class Command(BaseCommand):
    """Adds a key that signs from now on; earlier entries are verified by the earlier keys."""

    help = "Add a key to DATA_DIR/audit/keys, which signs audit entries from now on; keep a copy of the file."

    def handle(self, *args, **options):
        if keys.ring().current is None:
            raise CommandError("There is no key yet; the first audit entry makes it.")
        key_id = keys.add()
        record(Kind.SYSTEM, ROTATED, detail={"key": key_id})
        self.stdout.write(f"The key {key_id} signs from now on. Keep a copy of {keys.path()}.")
