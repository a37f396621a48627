"""Django's own command, told to the audit trail."""

import getpass

from django.contrib.auth.management.commands import changepassword

from departments.models import User
from departments.services import people
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record


class Command(changepassword.Command):
    """Sets a person's password at the server."""

    def handle(self, *args, **options):
        """Change it, and tell that it was done here. No transaction is held open while it asks for the password."""
        options["username"] = options["username"] or getpass.getuser()
        said = super().handle(*args, **options)
        person = User.objects.get(username=options["username"])
        record(Kind.PERMISSION, "命令行重设密码", on=person)
        people.password_was_given(person)
        return said
