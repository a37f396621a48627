"""The office sees which e-mails fail, and sends them again."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from departments.models import User
from tasks.models import OutgoingMail
from tests.factories import UserFactory
from tests.pages import page_of

pytestmark = pytest.mark.django_db

OUTBOX = "/outbox/"


def a_mail(address="a@example.gov.cn", **fields):
    user = fields.pop("user", None) or UserFactory(email=address, name=f"收件人{address[0]}")
    usual = {"subject": f"给{address[0]}的提醒", "text": "正文不显示", "html": "正文不显示"}
    return OutgoingMail.objects.create(user=user, address=address, **{**usual, **fields})


@pytest.fixture
def mails(county, settings):
    settings.MAIL_IS_ON = True
    county.failed_mail.delete()
    now = timezone.now()
    return {
        "given_up": a_mail("g@example.gov.cn", gave_up_at=now, attempts=1, last_error="收件人地址被拒收（550）。"),
        "failing": a_mail("f@example.gov.cn", attempts=2, next_try_at=now + dt.timedelta(hours=1)),
        "waiting": a_mail("w@example.gov.cn"),
        "sent": a_mail("s@example.gov.cn", sent_at=now, attempts=1),
        "long ago": a_mail("l@example.gov.cn", sent_at=now - dt.timedelta(days=31), attempts=1),
    }


def shown(response):
    return [mail.address for mail in response.context["page"]]


@pytest.mark.parametrize("state", ["given_up", "failing", "waiting", "sent"])
def test_each_state_has_its_list(office, mails, state):
    response = office.get(OUTBOX, {"state": state})

    assert shown(response) == [mails[state].address]
    assert f"{mails[state].subject}" in page_of(response)
    assert "正文不显示" not in page_of(response)


def test_the_page_opens_with_what_needs_a_hand(office, mails):
    first = office.get(OUTBOX)
    OutgoingMail.objects.given_up().delete()
    second = office.get(OUTBOX)
    OutgoingMail.objects.unsent().delete()

    assert (first.context["state"], second.context["state"]) == ("given_up", "failing")
    assert office.get(OUTBOX).context["state"] == "sent"
    assert "收件人地址被拒收（550）。" in page_of(first)


def test_people_are_found_by_name_and_unit(office, mails):
    unit = mails["failing"].user.unit

    by_unit = office.get(OUTBOX, {"state": "failing", "q": unit.name})
    by_nobody = office.get(OUTBOX, {"state": "failing", "q": "没有这个人"})

    assert (shown(by_unit), shown(by_nobody)) == ([mails["failing"].address], [])


def test_a_state_that_is_none_answers_400_without_rows(office, mails):
    response = office.get(OUTBOX, {"state": "lost"})

    assert (response.status_code, shown(response)) == (400, [])
    assert "没有这个选项" in page_of(response)


def test_the_office_is_told_on_every_page_of_what_did_not_arrive(client, county, mails):
    client.force_login(county.people["office"])
    office_page = page_of(client.get("/dashboard/"))
    client.force_login(county.people["liaison"])

    assert 'aria-label="未送达的邮件1封">1</a>' in office_page
    assert "未送达的邮件" not in page_of(client.get("/dashboard/"))


def test_mails_that_nobody_fetches_are_noticed(office, mails):
    before = page_of(office.get(OUTBOX))
    OutgoingMail.objects.filter(pk=mails["waiting"].pk).update(next_try_at=timezone.now() - dt.timedelta(hours=1))

    assert "已超过半小时" not in before
    assert "有1封邮件到时未发已超过半小时" in page_of(office.get(OUTBOX))


def test_one_is_sent_again(office, mails):
    response = office.post(reverse("tasks:retry-mail", args=[mails["given_up"].pk]), follow=True)

    again = OutgoingMail.objects.get(pk=mails["given_up"].pk)
    assert (again.state, again.attempts) == ("waiting", 0)
    assert "发给收件人g的邮件已重新列入待发送。" in page_of(response)


def test_all_are_sent_again_and_the_rest_is_counted(office, mails):
    off = a_mail("o@example.gov.cn", gave_up_at=timezone.now())
    User.objects.filter(pk=off.user_id).update(is_active=False)

    response = office.post(reverse("tasks:retry-mails"), follow=True)

    assert "已将1封邮件重新列入待发送。另有1封因收件人账号停用" in page_of(response)
    assert list(OutgoingMail.objects.given_up()) == [off]


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [({"email": ""}, 422, "没有填写电子邮箱"), ({}, 409, "已经发出")],
)
def test_why_it_is_not_sent_again_is_said(office, mails, change, status, words):
    one = mails["given_up"] if change else mails["sent"]
    User.objects.filter(pk=one.user_id).update(**{"is_active": True, **change})

    response = office.post(reverse("tasks:retry-mail", args=[one.pk]))

    assert response.status_code == status
    assert words in page_of(response)


@pytest.mark.parametrize("who", ["liaison", "leader", "lead", "reviewer", "stranger"])
def test_addresses_are_shown_to_nobody_else(client, county, mails, who):
    client.force_login(county.people[who])

    assert client.get(OUTBOX).status_code == 403


def test_an_auditor_reads_them_and_sends_none_again(client, county, mails):
    client.force_login(county.people["auditor"])
    address = reverse("tasks:retry-mail", args=[mails["given_up"].pk])

    page = page_of(client.get(OUTBOX))

    assert mails["given_up"].subject in page
    assert (address in page, reverse("tasks:retry-mails") in page) == (False, False)
    assert client.post(address).status_code == 403


def test_the_queries_do_not_grow_with_the_mails(office, mails, django_assert_num_queries):
    with CaptureQueriesContext(connection) as few:
        office.get(OUTBOX)
    for number in range(20):
        a_mail(f"{number}@example.gov.cn", gave_up_at=timezone.now())

    with django_assert_num_queries(len(few)):
        office.get(OUTBOX)
