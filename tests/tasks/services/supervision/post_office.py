"""A real mail server for tests, which takes mails, or refuses, puts off, delays and drops them."""

import asyncio
import email
import email.policy
import socket
from contextlib import contextmanager

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

BACKEND = "django.core.mail.backends.smtp.EmailBackend"


class Server(SMTP):
    """Breaks off in the middle of a mail where its handler says so."""

    async def smtp_DATA(self, arg):  # noqa: N802 - the library's name
        if self.event_handler.next_breaks():
            await self.push("354 go on")
            self.transport.abort()
            return
        await super().smtp_DATA(arg)


class PostOffice:
    """What arrived, and how the next mails are treated."""

    def __init__(self):
        self.arrived = []
        self.answers = {}  # recipient: answer to RCPT
        self.sender_answer = ""
        self.data_answer = ""
        self.delay = 0  # seconds before a mail is confirmed
        self.breaks = 0  # so many mails are broken off
        self.connections = 0

    def next_breaks(self):
        if not self.breaks:
            return False
        self.breaks -= 1
        return True

    async def handle_EHLO(self, server, session, envelope, hostname, responses):  # noqa: N802
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        if self.sender_answer:
            return self.sender_answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.data_answer:
            return self.data_answer
        self.arrived.append((envelope.rcpt_tos, envelope.content))
        await asyncio.sleep(self.delay)
        return "250 OK"

    @property
    def recipients(self):
        return [recipient for recipients, _ in self.arrived for recipient in recipients]

    @property
    def mails(self):
        return [email.message_from_bytes(content, policy=email.policy.default) for _, content in self.arrived]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def open_post_office(settings):
    """Run a server, and let the product send through it."""
    office = PostOffice()

    class OnePlace(Controller):
        def factory(self):
            return Server(self.handler, hostname="test", enable_SMTPUTF8=True)

    place = OnePlace(office, hostname="127.0.0.1", port=free_port())
    place.start()
    settings.MAIL_IS_ON = True
    settings.EMAIL_BACKEND = BACKEND
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", place.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_TIMEOUT = 5
    try:
        yield office
    finally:
        place.stop()
