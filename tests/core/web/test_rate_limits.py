"""Rate limits apply per person across all workers."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse

from departments.services import tokens
from tests.factories import UserFactory
from wenshang_disclosure.core.models import Allowance
from wenshang_disclosure.core.web import rate_limits
from wenshang_disclosure.core.web.rate_limits import EXPORTS, READS, TooMany, take

pytestmark = pytest.mark.django_db
MOMENT = "2024-09-30T10:20:15+08:00"


@pytest.fixture(autouse=True)
def _small(settings):
    settings.API_REQUESTS_PER_MINUTE = settings.SEARCHES_PER_MINUTE = 2
    settings.EXPORTS_PER_HOUR = 2


def test_a_limit_is_so_many_a_window_and_begins_again_with_the_next():
    user = UserFactory()
    with time_machine.travel(MOMENT, tick=False) as clock:
        take(EXPORTS, user)
        take(EXPORTS, user)
        with pytest.raises(TooMany, match="导出过于频繁（每小时最多2次），请40分钟后再试。") as refusal:
            take(EXPORTS, user)
        assert refusal.value.retry_after == 39 * 60 + 45
        clock.shift(refusal.value.retry_after)
        take(EXPORTS, user)


def test_limits_and_people_are_counted_apart():
    one, other = UserFactory(), UserFactory()
    for _ in range(2):
        take(EXPORTS, one)

    take(EXPORTS, other)
    take(READS, one)

    with pytest.raises(TooMany):
        take(EXPORTS, one)


def test_several_at_once_are_taken_whole_or_not_at_all():
    user = UserFactory()
    take(EXPORTS, user)

    with pytest.raises(TooMany):
        take(EXPORTS, user, 2)

    take(EXPORTS, user)


@pytest.mark.parametrize(
    ("address", "name"), [("/search/?q=公开", "搜索"), ("/exports/assignments.xlsx", "导出")], ids=["search", "export"]
)
@pytest.mark.parametrize("headers", [{}, {"hx-request": "true"}], ids=["page", "htmx"])
def test_a_page_that_is_asked_for_too_often_says_when_to_come_back(office, address, name, headers):
    with time_machine.travel(MOMENT, tick=False):
        answers = [office.get(address, headers=headers) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2]["Retry-After"] == ("45" if name == "搜索" else str(39 * 60 + 45))
    assert f"{name}过于频繁" in answers[2].content.decode()
    assert ("<html" in answers[2].content.decode()) == (not headers)


def test_who_is_not_signed_in_is_sent_to_sign_in_and_not_counted(client, county):
    for _ in range(3):
        assert client.get("/exports/assignments.xlsx").status_code == 302

    assert not Allowance.objects.filter(limit=EXPORTS.name).exists()


def test_a_program_is_told_in_json_when_to_come_back(county):
    user = county.people["office"]
    programs = [
        Client(headers={"authorization": f"Bearer {tokens.make(user, by=user, name=name)}"}) for name in ("一", "二")
    ]

    with time_machine.travel(MOMENT, tick=False):
        first, second = (program.get("/api/v1/units") for program in programs)
        third = programs[0].get("/api/v1/units")

    assert [first.status_code, second.status_code, third.status_code] == [200, 200, 429]
    assert third.json() == {"detail": "接口读取过于频繁（每分钟最多2次），请45秒后再试。"}
    assert third["Retry-After"] == "45"


def test_an_unknown_token_is_nobodys_to_count(client):
    assert client.get("/api/v1/units", headers={"authorization": "Bearer x"}).status_code == 401
    assert not Allowance.objects.filter(limit="api").exists()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_workers_that_count_at_the_same_moment_lose_nothing(settings):
    user = UserFactory()
    settings.EXPORTS_PER_HOUR = 20

    def take_five(_):
        taken = 0
        for _ in range(5):
            try:
                take(EXPORTS, user)
                taken += 1
            except TooMany:
                pass
        connection.close()
        return taken

    with ThreadPoolExecutor(8) as pool:
        taken = sum(pool.map(take_five, range(8)))

    assert taken == Allowance.objects.get().used == 20


@pytest.mark.parametrize("start", rate_limits.OF_PAGES)
def test_the_limited_addresses_are_addresses_of_ours(start):
    assert any(reverse(name).startswith(start) for name in ("reports:search", "reports:export-assignments"))
