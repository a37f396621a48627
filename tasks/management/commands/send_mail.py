"""Send the e-mails that wait: from a timer, every few minutes."""

from django.conf import settings
from django.core.management.base import BaseCommand

from tasks.services.supervision import mail


class Command(BaseCommand):
    """Two at once send nothing twice; what fails is tried again by a later run."""

    help = "Send the e-mails that wait. Run it every five minutes; what fails is tried again by a later run."

    def handle(self, *args, **options):
        """Send, and print the figures; a mail server that is away is no failure of this command."""
        if not settings.MAIL_IS_ON:
            self.stdout.write("E-mail is off: EMAIL_URL is not set.")
            return
        done = mail.deliver()
        self.stdout.write(
            f"sent: {done.sent}, to be tried again: {done.failed}, given up: {done.gave_up}, waiting: {done.waiting}"
        )
        if done.stopped:
            self.stdout.write(f"stopped: {done.stopped}")
