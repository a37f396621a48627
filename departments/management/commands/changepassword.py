"""Django's command, with a record in the audit trail."""

import getpass

from django.contrib.auth.management.commands import changepassword

from departments.models import User
from departments.services import people
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record


class Command(changepassword.Command):
    """Sets a person's password on the server."""

    def handle(self, *args, **options):
        """Change the password and record it; no transaction is open while waiting for input."""
        options["username"] = options["username"] or getpass.getuser()
        said = super().handle(*args, **options)
        person = User.objects.get(username=options["username"])
        record(Kind.PERMISSION, "命令行重设密码", on=person)
        people.after_password_reset(person)
        return said
