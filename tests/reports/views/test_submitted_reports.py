"""The list of submitted reports, as of a day, and the same as a file."""

import datetime as dt
import io

import pytest
import time_machine
from django.urls import reverse
from openpyxl import load_workbook

from tasks.services.progress import reports, reviews
from tests.factories import claim
from tests.pages import page_of, rows
from wenshang_disclosure.core.dates import on_day

pytestmark = pytest.mark.django_db


@pytest.fixture
def taken_back(county):
    """A report that the agriculture bureau submitted on 27 September 2024 and withdrew on 8 October."""
    author = county.people["stranger"]
    with time_machine.travel(on_day(dt.date(2024, 9, 27)), tick=False):
        report = claim(county.other_duty, by=author, text="九月的秘密。")
    with time_machine.travel(on_day(dt.date(2024, 10, 8)), tick=False):
        reports.withdraw(report, by=author)
    return report


def listed(client, query=""):
    return client.get(f"{reverse('reports:submitted-reports')}?{query}")


def exported(client, query=""):
    response = client.get(f"{reverse('reports:export-submitted-reports')}?{query}")
    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_each_person_sees_what_was_submitted_on_then_their_duties(client, county):
    seen = {}
    for role in ("office", "auditor", "liaison", "leader", "lead", "lead_leader", "stranger"):
        client.force_login(county.people[role])
        seen[role] = [report.pk for report in rows(listed(client))]

    own = [county.report.pk]
    assert seen == {
        **dict.fromkeys(("office", "auditor", "liaison", "leader", "lead"), own),
        "lead_leader": [],
        "stranger": [],
    }


def test_what_was_taken_back_later_stood_there_with_its_words(office, taken_back):
    days = ["2024-09-26", "2024-09-27", "2024-10-07", "2024-10-08", ""]

    stood = [taken_back in rows(listed(office, f"as_of={day}")) for day in days]

    assert stood == [False, True, True, False, False]
    page = page_of(listed(office, "as_of=2024-10-07"))
    assert "九月的秘密" in page
    assert "九月的秘密" in str(exported(office, "as_of=2024-10-07"))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("as_of=2024-09-30&state=submitted", True),
        ("as_of=2024-09-30&state=approved", False),
        ("as_of=2024-10-08&state=approved", True),
        ("as_of=2024-10-08&state=submitted", False),
        ("state=approved", True),
        ("as_of=2024-10-08&submitted_from=2024-09-10&submitted_to=2024-09-10", True),
        ("as_of=2024-10-08&submitted_from=2024-09-11", False),
        ("as_of=2024-10-08&submitted_to=2024-09-09", False),
        ("submitted_from=2024-09-10&submitted_to=2024-09-10", True),
        ("as_of=2024-10-08&claims=true", True),
        ("as_of=2024-10-08&claims=false", False),
        ("as_of=2024-10-08&q=乡村振兴", True),
        ("as_of=2024-10-08&q=招商引资", False),
    ],
)
def test_filters(office, history, query, found):
    report = history.other_duty.reports.get()

    assert (report in rows(listed(office, query))) == found


@pytest.mark.parametrize("query", ["submitted_from=garbage", "state=garbage", "unit=999999", "as_of=2999-01-01"])
def test_nonsense_answers_400_and_guesses_no_rows(office, county, query):
    response = listed(office, query)

    assert (response.status_code, rows(response)) == (400, [])


def test_the_file_has_the_rows_of_the_page(office, history):
    reviews.return_(history.report, by=history.people["reviewer"], comment="请补充。")

    lines = exported(office, "sort=submitted_at")

    head = next(number for number, line in enumerate(lines) if line[0] == "报送时间")
    told = [(line[1], line[2], line[5], line[7], line[8]) for line in lines[head + 1 :]]
    assert told == [
        ("县农业农村局", 2, "申报办结", "已通过", "九月的进展。"),
        ("南旺镇人民政府", 1, "一般进展", "已退回", "已发布政策3条。"),
    ]
