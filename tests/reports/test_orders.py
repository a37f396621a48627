"""Each row of a list stands on exactly one page, whichever column sorts it, and its file has the same order."""

import datetime as dt
import uuid
from itertools import groupby

import pytest
from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from django_tables2 import A

from departments.services import tokens
from tasks.choices import DutyRole, ExtensionState, ReportState
from tasks.models import (
    Assignment,
    AutomaticReminder,
    Extension,
    Notification,
    OutgoingMail,
    ProgressReport,
    Reminder,
    ReminderItem,
    RoundItem,
)
from tasks.scope import Scope
from tests.factories import ReportFactory, RoundFactory, SectionFactory, SignInFactory, TaskFactory, UnitFactory
from tests.test_access import IN, TABLE, address_of
from tests.world import bring_sheets, build_county, supervise
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.web import pages

pytestmark = pytest.mark.django_db

TABLE_ROWS, ROWS = 25, 20  # a page, of tables and of other lists
DEADLINES = (dt.date(2024, 8, 31), None, dt.date(2024, 8, 31), dt.date(2999, 12, 31))
QUERIES = {"reports:search": "q=做好&in=tasks", "tasks:outbox": "state=waiting", "tasks:import": ""}


def build_ties():
    """Make a county of many rows that are equal by nearly everything that lists show."""
    county = bring_sheets(supervise(build_county()))
    section, now, office = SectionFactory(part=county.task.section.part), timezone.now(), county.people["office"]
    units = [county.town, *(UnitFactory(order=county.town.order) for _ in range(24))]
    rows = [TaskFactory(section=section, number=n, due_on=DEADLINES[n % 4]) for n in range(3, 51)]
    duties = Assignment.objects.bulk_create(
        Assignment(
            plan=county.plan,
            task=row,
            unit=unit,
            role=DutyRole.RESPONSIBLE,
            owed_from=county.plan.issued_on,
            due_on=row.due_on,
            first_due_on=row.due_on,
            suspended=place % 4 == 3,
        )
        for place, row in enumerate(rows)
        for unit in (county.town, *units[1 + place % 20 : 4 + place % 20])
    )
    _reports(duties, county.people["liaison"], now)
    _extensions(duties, office, now)
    RoundItem.objects.bulk_create(RoundItem(round=county.round, assignment=duty) for duty in duties)
    day = dt.date(2024, 12, 16)
    AutomaticReminder.objects.bulk_create(
        AutomaticReminder(assignment=duty, kind="after", anchor=day, stage=0, on=day, at=now) for duty in duties[:60]
    )
    for _ in range(36):
        RoundFactory(plan=county.plan, by=office)
        SignInFactory(user=office)
        record(Kind.CHANGE, "测试操作", by=office, on=county.duty)
    for person in (office, county.people["liaison"]):
        Notification.objects.bulk_create(Notification(user=person, text="请报送。", path="/") for _ in range(25))
        OutgoingMail.objects.bulk_create(OutgoingMail(user=person, address="a@example.gov.cn") for _ in range(25))
    _reminders(county, office, now)
    return county


def _reminders(county, by, now):
    about = {"plan": county.plan, "year": 2024, "grade": "blue", "text": "请抓紧办理。", "by": by}
    sent = Reminder.objects.bulk_create(
        Reminder(number=number, at=now, on=now.date(), key=uuid.uuid4(), **about) for number in range(100, 125)
    )
    ReminderItem.objects.bulk_create(ReminderItem(reminder=reminder, assignment=county.duty) for reminder in sent)


def _reports(duties, author, now):
    about = {
        "submitted_at": now,
        "attested_name": "审查人",
        "attested_at": now,
        "attested_by": author,
        "state": ReportState.SUBMITTED,
    }
    built = [ReportFactory.build(assignment=duty, author=author, saved_at=now, **about) for duty in duties[::2]]
    ProgressReport.objects.bulk_create(built)


def _extensions(duties, office, now):
    about = {
        "reason": "上级文件印发较晚。",
        "requested_by": office,
        "requested_at": now,
        "requested_due_on": dt.date(3000, 12, 31),
    }
    decided = {"state": ExtensionState.REFUSED, "decided_by": office, "decided_at": now}
    dated = [duty for duty in duties if duty.due_on]
    Extension.objects.bulk_create(
        Extension(assignment=duty, old_due_on=duty.due_on, **about, **state)
        for state in ({}, decided)
        for duty in dated[:80]
    )


@pytest.fixture(scope="module")
def shared_ties(share):
    return share(build_ties)


@pytest.fixture
def county(db, shared_ties, evidence_folder):
    return shared_ties.copy_into(evidence_folder)


class ShortPages(Paginator):
    def __init__(self, rows, per_page, **kwargs):
        super().__init__(rows, TABLE_ROWS if per_page == TABLE_ROWS else ROWS, **kwargs)


@pytest.fixture
def short_pages(monkeypatch, settings):
    """Cut every list into short pages, and let list pages answer with their context without rendering it."""
    monkeypatch.setattr(pages, "Paginator", ShortPages)
    settings.PAGE_SIZE, settings.PAGE_SIZES = TABLE_ROWS, (TABLE_ROWS, 500)

    def answer(request, template, context, status):
        response = HttpResponse(status=status)
        response.shown = context
        return response

    monkeypatch.setattr(pages, "render", answer)


def addresses(role):
    """Return the names of the pages that a role may read, without downloads and the API."""
    return [
        name
        for name, (_, reading, _) in TABLE.items()
        if reading[role] == IN and not name.startswith(("api:", "reports:export-", "reports:plan-"))
    ]


def key_of(row):
    return row["unit"] if isinstance(row, dict) else getattr(row, "pk", id(row))


def shown(response):
    """Return `(rows, paginator)` of the list that a response shows, `None` if it shows none that has pages."""
    if table := getattr(response, "shown", {}).get("table"):
        return [row.record for row in table.paginated_rows], table.paginator
    for layer in response.context or ():
        for value in layer.flatten().values() if hasattr(layer, "flatten") else ():
            if isinstance(value, Page):
                return list(value), value.paginator
        for value in layer.get("groups", ()) if "groups" in layer else ():
            if isinstance(value, tuple) and isinstance(value[-1], Page):
                return list(value[-1]), value[-1].paginator
    return None


def walk(client, address, sort=""):
    """Return the rows on all pages of a list, in their order."""
    rows, paginator = shown(client.get(f"{address}&sort={sort}"))
    for number in range(2, paginator.num_pages + 1):
        rows += shown(client.get(f"{address}&sort={sort}&page={number}"))[0]
    assert len({key_of(row) for row in rows}) == len(rows) == paginator.count
    return rows


def assert_empty_last(rows, keys):
    """Assert that among rows equal by the keys before it, the empty values of a key stand last."""
    values = [[A(key.bare).resolve(row, quiet=True) for key in keys] for row in rows]
    for place in range(len(keys)):
        for _, alike in groupby(values, key=lambda row, place=place: row[:place]):
            empty = [row[place] is None for row in alike]
            assert empty == sorted(empty)


@pytest.mark.parametrize("role", ["office", pytest.param("liaison", marks=pytest.mark.long)])
def test_each_row_stands_on_one_page_whichever_column_sorts_and_empty_values_last(client, county, short_pages, role):
    client.force_login(county.people[role])
    walked = set()
    for name in addresses(role):
        address = f"{address_of(county, name)}?{QUERIES.get(name, '')}"
        response = client.get(address)
        table = getattr(response, "shown", {}).get("table")
        if table:
            for column in (column for column in table.columns if column.orderable):
                for sort in (column.name, f"-{column.name}"):
                    assert_empty_last(walk(client, address, sort), column.order_by)
        if shown(response):
            walk(client, address)
            walked |= {name} if shown(response)[1].num_pages > 1 else set()

    assert walked >= LONG[role]


LONG = {
    "office": {
        "departments:sessions",
        "reports:audit",
        "reports:search",
        "reports:submitted-reports",
        "tasks:assignments",
        "tasks:automatic-reminders",
        "tasks:extensions",
        "tasks:notifications",
        "tasks:outbox",
        "tasks:overdue",
        "tasks:reminders",
        "tasks:reviews",
        "tasks:round",
        "tasks:rounds",
        "tasks:suspended",
    },
    "liaison": {"tasks:assignments", "tasks:notifications", "tasks:round"},
}
"""Lists that fill several pages in the county of ties; lists that are new are walked as well."""


def files():
    """Return `(list, its file)` for the lists that can be downloaded as they are sorted."""
    lists = {name.partition(":")[2]: name for name in TABLE if ":export-" not in name}
    exports = {name.partition(":export-")[2]: name for name in TABLE if ":export-" in name}
    return [(lists[tail], exports[tail]) for tail in exports if tail in lists and tail not in UNSORTED]


UNSORTED = ("tasks", "assessment", "published-assessment", "unit", "compare")


@pytest.mark.parametrize(("listing", "file"), files())
def test_a_file_has_the_order_of_the_pages(client, county, short_pages, monkeypatch, listing, file):
    monkeypatch.setattr(pages, "Paginator", Paginator)
    client.force_login(county.people["office"])
    written, sort_rows = [], Scope.sorted

    def spy(scope, table_class, rows, **kwargs):
        result = sort_rows(scope, table_class, rows, **kwargs)
        written[:] = [key_of(row) for row in result]
        return result

    monkeypatch.setattr(Scope, "sorted", spy)
    address = f"{address_of(county, listing)}?per_page=500"
    columns = client.get(address).shown["table"].columns
    for sort in ("", *(f"-{column.name}" for column in columns if column.orderable)):
        listed = [key_of(row) for row in shown(client.get(f"{address}&sort={sort}"))[0]]
        assert client.get(f"{address_of(county, file)}?sort={sort}").status_code == 200
        assert written == listed


@pytest.mark.parametrize("name", [name for name in TABLE if name.startswith("api:") and not TABLE[name][0]])
def test_the_api_gives_each_row_on_one_page(county, name):
    office = county.people["office"]
    program = Client(headers={"authorization": f"Bearer {tokens.make(office, by=office, name='平台')}"})
    if name in ("api:api-root", "api:openapi-json"):
        return
    answer = program.get(f"{address_of(county, name)}?page_size=20").json()
    found = [row["id"] for row in answer["results"]]
    for page in range(2, answer["pages"] + 1):
        found += [
            row["id"] for row in program.get(f"{address_of(county, name)}?page_size=20&page={page}").json()["results"]
        ]

    assert len(set(found)) == len(found) == answer["total"]


@pytest.mark.parametrize("debug", [False, True])
def test_a_page_number_too_high_is_said(client, county, settings, debug):
    settings.DEBUG = debug
    client.force_login(county.people["office"])
    for name in sorted(LONG["office"]):
        response = client.get(f"{address_of(county, name)}?{QUERIES.get(name, '')}&page=9999")

        assert "没有第 9999 页，这里显示第 1 页。" in response.content.decode(), (name, debug)
