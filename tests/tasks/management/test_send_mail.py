"""`send_mail` from a timer."""

import io

import pytest
from django.core.management import call_command

from tests.tasks.services.supervision.post_office import free_port, open_post_office
from tests.tasks.services.supervision.test_mail import waiting

pytestmark = pytest.mark.django_db


def run():
    out = io.StringIO()
    call_command("send_mail", stdout=out)
    return out.getvalue()


def test_it_sends_and_prints_the_figures(settings):
    with open_post_office(settings) as office:
        waiting("a@example.gov.cn")
        waiting("b@example.gov.cn")
        office.answers["b@example.gov.cn"] = "550 no such user"

        said = run()

    assert office.recipients == ["a@example.gov.cn"]
    assert said == "sent: 1, to be tried again: 0, given up: 1, waiting: 0\n"


def test_a_server_that_is_away_is_no_failure_of_the_command(settings):
    waiting()
    with open_post_office(settings):
        settings.EMAIL_PORT = free_port()

        said = run()

    assert said.splitlines() == [
        "sent: 0, to be tried again: 0, given up: 0, waiting: 1",
        "stopped: 无法连接邮件服务器。",
    ]


def test_it_says_that_mail_is_off():
    assert run() == "E-mail is off: EMAIL_URL is not set.\n"
