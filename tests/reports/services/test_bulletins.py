"""Issued bulletins: numbered, kept as they were, compared with the last one, and their numbers lead to lists."""

import datetime as dt
import io
import re

import pytest
import time_machine
from django.urls import reverse
from docx import Document

from reports.models import Bulletin
from reports.services import bulletins
from tasks.scope import Scope
from tests.factories import complete
from wenshang_disclosure.audit.models import AuditEntry
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.core.web.errors import Conflict

pytestmark = pytest.mark.django_db

FIRST, SECOND = dt.date(2025, 1, 10), dt.date(2025, 2, 10)


def issue(county, day):
    with time_machine.travel(on_day(day), tick=False):
        office = county.people["office"]
        return bulletins.issue(Scope(office, county.plan, day), by=office)


def lines(bulletin):
    with bulletin.stored.open() as file:
        return [one.text for one in Document(io.BytesIO(file.read())).paragraphs]


def test_bulletins_are_numbered_kept_and_compared_with_the_last(county, evidence_folder):
    first = issue(county, FIRST)
    with time_machine.travel(on_day(SECOND), tick=False):
        complete(county.other_duty)
    second = issue(county, SECOND)

    assert [(one.number, one.as_of) for one in (first, second)] == [
        (2, FIRST),
        (3, SECOND),
    ]  # the county has one of 2024-11-30
    assert "（第2期）" in lines(first)
    assert "（第3期）" in lines(second)
    [change] = [line for line in lines(second) if line.startswith("与第")]
    assert change == (
        "与第2期通报（截至2025年1月10日）相比，应办件数没有变化，办结增加1件，办结率提高33.3个百分点，逾期减少1件。"
    )
    assert [entry.detail["number"] for entry in AuditEntry.objects.filter(act="印发通报").order_by("pk")] == [2, 3]


def test_a_form_sent_twice_issues_one(county, evidence_folder):
    issue(county, SECOND)

    for day in (SECOND, FIRST):
        with pytest.raises(Conflict, match="第2期通报的截至日期是2025-02-10，新一期的须晚于这一天。"):
            issue(county, day)
    assert Bulletin.objects.count() == 2


def test_the_numbers_of_its_page_are_those_of_the_lists_behind_them(client, county, evidence_folder):
    one = issue(county, FIRST)
    client.force_login(county.people["auditor"])

    with time_machine.travel(on_day(SECOND), tick=False):
        complete(county.other_duty)  # afterwards, of which the page says nothing
        page = client.get(reverse("reports:bulletin", args=[one.pk])).content.decode()
        links = {(href.replace("&amp;", "&"), int(n)) for href, n in re.findall(r'<a href="([^"]+)">(\d+)</a>', page)}
        shown = {href: client.get(href).context["table"].paginator.count for href, _ in links}

    assert len(links) > 4
    assert {(href, shown[href]) for href, _ in links} == links


def test_the_office_issues_on_the_page_and_downloads_what_it_issued(client, county, evidence_folder):
    client.force_login(county.people["office"])
    with time_machine.travel(on_day(FIRST), tick=False):
        about = {"as_of": f"{FIRST}", "plan": county.plan.pk}
        answer = client.post(reverse("reports:issue-bulletin"), about)
        again = client.post(reverse("reports:issue-bulletin"), about)

    one = Bulletin.objects.get(number=2)
    assert answer["Location"] == reverse("reports:bulletin", args=[one.pk])
    assert (again.status_code, "新一期的须晚于这一天" in again.content.decode()) == (409, True)
    file = client.get(reverse("reports:bulletin-file", args=[one.pk]))
    with one.stored.open() as kept:
        assert b"".join(file.streaming_content) == kept.read()
