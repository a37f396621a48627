"""Guesses at ids, tokens and secrets are in the trail, and cannot fill it."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from wenshang_disclosure.audit.choices import Kind, Result
from wenshang_disclosure.audit.models import AuditEntry

pytestmark = pytest.mark.django_db


def denied():
    entries = AuditEntry.objects.filter(kind=Kind.DENIED).order_by("pk")
    return [(entry.act, entry.account, entry.address, entry.detail) for entry in entries]


def test_refused_access_to_the_records_of_others_is_kept(client, county):
    person = county.people["stranger"]
    client.force_login(person)

    client.get(reverse("tasks:assignment", args=[county.duty.pk]), REMOTE_ADDR="10.20.30.40")
    client.get("/nowhere/")

    detail = {"page": "tasks:assignment", "pk": county.duty.pk, "method": "GET", "times": 1}
    assert denied() == [("访问不存在或无权查看的内容", person.username, "10.20.30.40", detail)]
    assert AuditEntry.objects.get(kind=Kind.DENIED).result == Result.FAILED


def test_many_guesses_of_an_hour_are_few_entries_with_their_count(client, county):
    client.force_login(county.people["stranger"])
    address = reverse("tasks:assignment", args=[county.duty.pk])

    with time_machine.travel(dt.datetime(2024, 9, 10, 2, 5, tzinfo=dt.UTC), tick=False) as clock:
        client.force_login(county.people["stranger"])
        for _ in range(12):
            client.get(address)
        clock.shift(dt.timedelta(minutes=20))
        client.get(address)
        clock.move_to(dt.datetime(2024, 9, 10, 3, 0, tzinfo=dt.UTC))
        client.force_login(county.people["stranger"])
        client.get(address)

    assert [detail["times"] for *_, detail in denied()] == [1, 10, 1]


@pytest.mark.parametrize(
    ("path", "headers", "act"),
    [
        ("/api/v1/plans", {"authorization": "Bearer wrong-one"}, "使用无效的接口令牌"),
        ("/api/v1/openapi.json", {"authorization": "Bearer wrong-one"}, "使用无效的接口令牌"),
        ("/calendar/wrong-one.ics", {}, "使用无效的日历地址"),
    ],
)
def test_wrong_tokens_and_secrets_are_kept_by_address_without_the_secret(client, county, path, headers, act):
    for _ in range(3):
        client.get(path, headers=headers, REMOTE_ADDR="10.20.30.40")
    client.get(path, headers=headers, REMOTE_ADDR="10.20.30.41")

    assert denied() == [(act, "", "10.20.30.40", {"times": 1}), (act, "", "10.20.30.41", {"times": 1})]


def test_a_request_without_a_token_is_no_guess(client, county):
    client.get("/api/v1/plans")

    assert denied() == []


def test_the_name_of_a_file_of_a_draft_is_not_written_down(client, county):
    item = county.draft_item
    item.stored, item.url, item.file_name = county.item.stored, "", "内部情况.pdf"
    item.save()
    client.force_login(county.people["liaison"])

    client.get(reverse("tasks:evidence", args=[item.pk]))

    entry = AuditEntry.objects.get(kind=Kind.EXPORT)
    assert (entry.act, entry.detail) == ("下载未报送的材料", {"page": "tasks:evidence", "pk": item.pk})
    assert not any("内部情况" in f"{one.act}{one.subject}{one.detail}" for one in AuditEntry.objects.all())
