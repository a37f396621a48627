"""Command that sends the waiting e-mails; run by a timer every few minutes."""

from django.conf import settings
from django.core.management.base import BaseCommand

from tasks.services.supervision import mail


class Command(BaseCommand):
    """Concurrent runs send each mail once; failed mails are retried by a later run."""

    help = "Send the e-mails that wait. Run it every five minutes; what fails is tried again by a later run."

    def handle(self, *args, **options):
        """Send the mails and print the figures; an unreachable mail server is not a failure of the command."""
        if not settings.MAIL_IS_ON:
            self.stdout.write("E-mail is off: EMAIL_URL is not set.")
            return
        done = mail.deliver()
        self.stdout.write(
            f"sent: {done.sent}, to be tried again: {done.failed}, given up: {done.gave_up}, waiting: {done.waiting}"
        )
        if done.stopped:
            self.stdout.write(f"stopped: {done.stopped}")
