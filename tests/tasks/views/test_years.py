"""Two years with open work: each list runs through both and says which year a row is of; year and day are kept."""

import datetime as dt
import io
import re
import uuid
from html import unescape
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from tasks.choices import DutyRole
from tasks.models import Assignment, Plan, Reminder, SupervisionRules
from tasks.scope import plans_of_work
from tasks.services.progress import reports, reviews
from tests.factories import (
    AssignmentFactory,
    ExtensionFactory,
    PartFactory,
    PlanFactory,
    ReportFactory,
    RoundItemFactory,
    SectionFactory,
    TaskFactory,
    UnitFactory,
    asks_its_leader,
    chase,
    complete,
    goes_through_lead,
    submit,
)
from tests.pages import page_of, rows
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.core.evenings import evening

pytestmark = pytest.mark.django_db

MAIN_MENU = re.compile(r'<nav [^>]*aria-label="主菜单">.*?</nav>', re.DOTALL)


@pytest.fixture
def years(county):
    """The county in 2024, and its table of 2025: the same lead and the same town, and a unit that is new."""
    plan = PlanFactory(year=2025, title="2025年测试分解表", issued_on=dt.date(2025, 3, 1))
    section = SectionFactory(part=PartFactory(plan=plan, order=1, heading="新的部分"))
    task = TaskFactory(section=section, number=1, due_on=dt.date(2025, 12, 31), requirement="做好新一年的信息发布。")
    lead_duty = AssignmentFactory(task=task, unit=county.lead_unit, role=DutyRole.LEAD, coordinates=True)
    duty = AssignmentFactory(task=task, unit=county.town)
    newcomer = AssignmentFactory(task=task, unit=UnitFactory(name="县新设局"))
    return SimpleNamespace(plan=plan, task=task, lead_duty=lead_duty, duty=duty, newcomer=newcomer)


@pytest.fixture
def as_(client, county):
    def sign_in(who):
        client.force_login(county.people[who])
        return client

    return sign_in


def address(name, *args, **query):
    path = reverse(name, args=args)
    return f"{path}?{urlencode(query)}" if query else path


def menu(response):
    """Return the addresses of the main menu."""
    return [unescape(href) for href in re.findall(r'href="([^"]+)"', MAIN_MENU.search(page_of(response))[0])]


def ways_back(response):
    """Return the addresses in the head of a page, where a page of a queue has the way back."""
    shown = re.search(r'<div class="page-top">.*?</h1>.*?</div>\s*</div>', page_of(response), re.DOTALL)[0]
    return [unescape(href) for href in re.findall(r'href="([^"]+)"', shown)]


def crumbs(response):
    shown = re.search(r'<p class="crumbs">.*?</p>', page_of(response), re.DOTALL)[0]
    return [unescape(href) for href in re.findall(r'href="([^"]+)"', shown)]


# --- which years ------------------------------------------------------------------------------------------------------


def test_the_years_of_work_are_the_latest_and_those_with_open_duties(county, years):
    done = AssignmentFactory(task__section__part__plan=PlanFactory(year=2022, issued_on=dt.date(2022, 3, 1)))
    complete(done)
    office, today = county.people["office"], timezone.localdate()

    assert plans_of_work(office, today) == [years.plan, county.plan]

    for duty in Assignment.objects.all():
        Assignment.objects.filter(pk=duty.pk).update(status="completed", claimed_on=today)
    assert plans_of_work(office, today) == [years.plan]


def test_the_years_of_a_unit_are_those_in_which_it_has_work(county, years):
    stranger, today = county.people["stranger"], timezone.localdate()

    assert plans_of_work(stranger, today) == [years.plan, county.plan]

    complete(county.other_duty)
    assert plans_of_work(stranger, today) == [years.plan]


def test_an_evening_before_the_latest_table_has_the_years_of_then(county, years):
    complete(county.other_duty)

    with evening(dt.date(2024, 12, 1)):
        assert plans_of_work(county.people["stranger"], dt.date(2024, 12, 1)) == [county.plan]


# --- each list runs through both years --------------------------------------------------------------------------------


@pytest.fixture
def busy(county, years):
    """The same waits in both years: reports, requests, reminders, rounds, suspended duties."""
    for plan, duty in ((county.plan, county.duty), (years.plan, years.duty)):
        chase(duty, by=county.people["office"])
        RoundItemFactory(assignment=duty)
        AssignmentFactory(task=TaskFactory(section=duty.task.section), unit=county.town, suspended=True)
        if plan == years.plan:
            submit(duty, by=county.people["liaison"])
            ExtensionFactory(assignment=duty, requested_by=county.people["liaison"])
    return years


def years_of_table(response):
    return {getattr(row, "assignment", row).plan.year for row in rows(response)}


LISTS = [
    ("tasks:assignments", "office", years_of_table),
    ("tasks:assignments", "liaison", years_of_table),
    ("tasks:overdue", "office", years_of_table),
    ("tasks:overdue", "liaison", years_of_table),
    ("tasks:suspended", "office", years_of_table),
    ("tasks:reviews", "reviewer", years_of_table),
    ("tasks:extensions", "office", years_of_table),
    ("tasks:lead-opinions", "lead", lambda r: {row["duty"].plan.year for row in r.context["rows"]}),
    ("tasks:acknowledgements", "lead", lambda r: {duty.plan.year for duty in r.context["duties"]}),
    ("tasks:reminders", "office", years_of_table),
    ("tasks:reminders", "liaison", years_of_table),
    ("tasks:reminder-items", "office", years_of_table),
    ("tasks:rounds", "liaison", lambda r: {row.plan.year for row in rows(r)}),
]


@pytest.mark.parametrize(("name", "who", "years_of"), LISTS)
def test_each_list_runs_through_both_years_and_says_of_which_a_row_is(as_, county, busy, name, who, years_of):
    client = as_(who)

    everything = client.get(address(name))
    this, following = (client.get(address(name, plan=plan.pk)) for plan in (county.plan, busy.plan))

    assert [years_of(response) for response in (everything, this, following)] == [{2024, 2025}, {2024}, {2025}]
    says = [
        "年度</th>" in page_of(response) or 'data-label="年度"' in page_of(response) or "2024年 " in page_of(response)
        for response in (everything, this, following)
    ]
    assert says[0]
    if response_has_table := everything.context.get("table"):
        shown = [column.name for column in response_has_table.columns]
        assert "year" in shown
        assert "year" not in [column.name for column in this.context["table"].columns]


def test_the_leaders_list_runs_through_both_years(as_, county, years):
    asks_its_leader(county.town)
    for duty in (county.duty, years.duty):
        fields = {"attested_by": county.people["liaison"], "attested_name": "甲", "attested_at": timezone.now()}
        reports.discard_draft(duty, by=county.people["liaison"]) if duty == county.duty else None
        ReportFactory(assignment=duty, author=county.people["liaison"], state="awaiting_leader", **fields)

    response = as_("leader").get(reverse("tasks:leader-approvals"))

    assert {report.assignment.plan.year for report in response.context["reports"]} == {2024, 2025}
    assert [f"{year}年第" in page_of(response) for year in (2024, 2025)] == [True, True]


def test_the_county_counts_acknowledgements_of_both_years_by_the_rules_of_each(as_, county, years):
    SupervisionRules.objects.create(plan=years.plan, acknowledge_within=60)
    today = timezone.localdate()
    Assignment.objects.filter(plan=years.plan).update(owed_from=today - dt.timedelta(days=30))

    everything = as_("office").get(reverse("tasks:acknowledgements")).context
    later = as_("office").get(address("tasks:acknowledgements", plan=years.plan.pk)).context
    late = as_("office").get(address("tasks:assignments", acknowledgement="late"))

    assert (everything["waiting"], everything["late"]) == (5, 2)
    assert (later["waiting"], later["late"]) == (3, 0)
    assert set(rows(late)) == {county.lead_duty, county.other_duty}


def test_all_of_both_years_are_acknowledged_at_once(as_, county, years):
    client = as_("lead")

    client.post(reverse("tasks:acknowledge"), {"scope": "all"})

    assert not Assignment.objects.filter(unit=county.lead_unit).unacknowledged().exists()


def test_the_overview_counts_both_years_or_the_chosen_one(as_, county, busy):
    client = as_("office")
    names = ("unacknowledged", "unseen", "rounds_running", "round_wanted", "extensions_open", "suspended")

    def counts(**query):
        context = client.get(address("tasks:supervision", **query)).context
        return {name: context[name] for name in names}

    everything, this, following = counts(), counts(plan=county.plan.pk), counts(plan=busy.plan.pk)

    assert everything == {name: this[name] + following[name] for name in names}
    assert everything == {
        "unacknowledged": 4,
        "unseen": 1,
        "rounds_running": 3,
        "round_wanted": 0,
        "extensions_open": 2,
        "suspended": 2,
    }


def test_with_one_year_no_list_has_a_column_for_it(as_, county):
    shown = as_("office").get(reverse("tasks:assignments")).context["table"].columns

    assert "year" not in [column.name for column in shown]


def test_rows_are_sorted_by_their_year(as_, county, years):
    listed = rows(as_("office").get(address("tasks:assignments", sort="year")))

    assert [duty.plan.year for duty in listed] == [2024] * 3 + [2025] * 3


@pytest.mark.parametrize("name", ["reports:export-assignments", "reports:export-overdue"])
def test_the_file_has_the_rows_of_both_years_and_their_year(as_, county, years, name):
    response = as_("office").get(reverse(name))

    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    lines = [[cell.value for cell in row] for row in sheet.iter_rows()]
    head = next(number for number, line in enumerate(lines) if "具体要求" in line)
    place = lines[head].index("年度")
    assert sorted(line[place] for line in lines[head + 1 :] if line[place]) == [2024] * 3 + [2025] * 3


# --- filters ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["tasks:assignments", "tasks:overdue", "tasks:reviews", "tasks:extensions"])
def test_units_of_every_year_are_on_offer_whichever_is_chosen(as_, county, years, name):
    client = as_("office")
    for unit in (years.newcomer.unit, county.other_unit):
        for chosen in ({}, {"plan": county.plan.pk}, {"plan": years.plan.pk}):
            assert client.get(address(name, unit=unit.pk, **chosen)).status_code == 200


@pytest.mark.parametrize("name", ["tasks:assignments", "tasks:overdue", "tasks:reviews"])
def test_parts_of_every_year_are_on_offer_and_say_their_year(as_, county, busy, name):
    client = as_("office")
    part = busy.task.section.part

    response = client.get(address(name, part=part.pk))

    assert response.status_code == 200
    assert years_of_table(response) == {2025}
    assert "2025年　新的部分" in page_of(response)
    assert client.get(address(name, part=part.pk, plan=county.plan.pk)).status_code == 200


def test_returned_duties_are_found_in_every_year(as_, county, years):
    for duty, report in ((county.duty, county.report), (years.duty, submit(years.duty, by=county.people["liaison"]))):
        reviews.return_(report, by=county.people["office"], version=report.version, comment="请补充。")
        duty.refresh_from_db()
        assert duty.awaits_answer

    found = rows(as_("office").get(address("tasks:assignments", returned="yes")))

    assert set(found) == {county.duty, years.duty}


# --- badges -----------------------------------------------------------------------------------------------------------


def badges(response):
    """Return `{address: number}` of the badges of the main menu."""
    found = re.findall(r'<a class="pill" href="([^"]+)"[^>]*>(\d+)</a>', MAIN_MENU.search(page_of(response))[0])
    return {unescape(href): int(number) for href, number in found}


def behind(client, href):
    """Return how many rows, or reports that wait, the list at the address has."""
    context = client.get(href).context
    if context.get("table"):
        return context["table"].paginator.count
    if "groups" in context:
        return sum(len(group.duties) for group in context["groups"])
    if "editors" in context:
        return len(context["editors"])
    if "rows" in context:
        return sum(row["at_stage"] for row in context["rows"])
    return context["page"].paginator.count if "page" in context else len(context["reports"])


@pytest.mark.parametrize("chosen", ["", "this", "next"])
@pytest.mark.parametrize("who", ["reviewer", "liaison", "lead"])
def test_a_badge_is_the_number_of_the_list_that_it_leads_to_over_all_years(as_, county, busy, who, chosen):
    for plan in Plan.objects.all():
        goes_through_lead(plan)
    office, liaison = county.people["office"], county.people["liaison"]
    for duty in (county.duty, busy.duty):
        reviews.return_(
            duty.reports.filter(state="submitted").first(),
            by=office,
            version=duty.reports.filter(state="submitted").first().version,
            comment="请补充。",
        )
        task = TaskFactory(section=duty.task.section)
        AssignmentFactory(task=task, unit=county.lead_unit, role=DutyRole.LEAD, coordinates=True)
        submit(AssignmentFactory(task=task, unit=county.town), by=liaison)  # waits for the lead
        submit(AssignmentFactory(task=TaskFactory(section=duty.task.section), unit=county.town), by=liaison)
    chase(busy.duty, by=office)  # the one before was seen with the report
    gone = AssignmentFactory(task=task, unit=UnitFactory())
    submit(gone)
    Assignment.objects.filter(pk=gone.pk).update(released_on=timezone.localdate())
    plan = {"": {}, "this": {"plan": county.plan.pk}, "next": {"plan": busy.plan.pk}}[chosen]
    client = as_(who)

    shown = badges(client.get(address("tasks:tasks", **plan)))

    assert shown == {href: behind(client, href) for href in shown}
    due = shown.pop(reverse("tasks:batch-report"), None)
    assert bool(due) == (who != "reviewer")
    assert set(shown.values()) == {2}
    assert len(shown) == {"reviewer": 2, "liaison": 2, "lead": 1}[who]


# --- year and day stay ------------------------------------------------------------------------------------------------

KEEPING = [
    "tasks:worklist",
    "reports:dashboard",
    "tasks:reviews",
    "tasks:extensions",
    "tasks:questions",
    "tasks:supervision",
    "tasks:rounds",
    "tasks:reminders",
    "tasks:overdue",
    "tasks:acknowledgements",
    "tasks:tasks",
    "tasks:assignments",
    "reports:units",
    "reports:assessment",
]
DAY = "2024-12-20"


@pytest.mark.parametrize("name", [*KEEPING, "reports:matrix", "reports:submitted-reports"])
def test_the_menu_keeps_the_year_and_the_day(as_, county, years, name):
    response = as_("office").get(address(name, plan=county.plan.pk, as_of=DAY))

    assert response.status_code == 200
    kept = {href for href in menu(response) if href.endswith(f"?plan={county.plan.pk}&as_of={DAY}")}
    assert kept == {address(one, plan=county.plan.pk, as_of=DAY) for one in KEEPING}


def test_the_menu_keeps_nothing_that_was_not_chosen_or_is_invalid(as_, county, years):
    client = as_("office")

    plain = menu(client.get(reverse("tasks:assignments")))
    invalid = menu(client.get(address("tasks:assignments", as_of="2999-01-01")))
    unknown = menu(client.get(address("tasks:assignments", plan=999_999)))

    assert plain == invalid == unknown
    assert {reverse(name) for name in KEEPING} < set(plain)


def test_pages_of_one_record_keep_year_and_day_on_the_way_back(as_, county, years):
    client, chosen = as_("office"), {"plan": county.plan.pk, "as_of": DAY}
    for name, pk, back in (
        ("tasks:assignment", county.duty.pk, "tasks:assignments"),
        ("tasks:task", county.task.pk, "tasks:tasks"),
        ("reports:unit", county.town.pk, "reports:units"),
        ("tasks:extension", county.extension.pk, "tasks:extensions"),
        ("tasks:review", county.report.pk, "tasks:reviews"),
        ("tasks:round", county.round.pk, "tasks:rounds"),
    ):
        response = client.get(address(name, pk, **chosen))

        assert address(back, **chosen) in ways_back(response), name
        assert address("tasks:overdue", **chosen) in menu(response), name


def test_a_row_leads_on_with_year_and_day(as_, county, years):
    page = unescape(page_of(as_("office").get(address("tasks:assignments", plan=county.plan.pk, as_of=DAY))))

    assert f'href="{address("tasks:assignment", county.duty.pk, plan=county.plan.pk, as_of=DAY)}"' in page


def test_the_way_back_from_a_duty_does_not_choose_a_year(as_, county, years):
    assert reverse("tasks:assignments") in crumbs(as_("office").get(address("tasks:assignment", county.duty.pk)))


def test_a_list_of_today_keeps_the_day_through_its_filter_and_says_that_it_is_of_today(as_, county, years):
    page = page_of(as_("office").get(address("tasks:reviews", as_of=DAY)))

    assert f'<input type="hidden" name="as_of" value="{DAY}">' in page
    assert f"本页为今天的情况，不随截至日期（{DAY}）变化。" in page


@pytest.mark.parametrize("name", ["reports:search", "tasks:plans", "tasks:notifications", "tasks:extensions"])
def test_every_page_that_takes_no_day_says_so_once(as_, county, years, name):
    page = page_of(as_("office").get(address(name, as_of=DAY)))

    assert page.count(f"本页为今天的情况，不随截至日期（{DAY}）变化。") == 1


def test_the_assessment_of_a_past_day_can_be_published_and_says_so(as_, county, years):
    page = page_of(as_("office").get(address("reports:assessment", as_of=DAY)))

    assert "当日的情况，可以按这一天公布。" in page


# --- steps for many ---------------------------------------------------------------------------------------------------

BULK = reverse("tasks:bulk")


def test_a_step_takes_everything_that_the_list_of_both_years_shows(as_, county, years):
    origin = address("tasks:assignments", role="lead", sort="number", page=1)

    response = as_("office").post(
        BULK, {"plan": "", "action": "extend", "scope": "all", "query": "role=lead", "from": origin}
    )

    assert [result.row for result in response.context["rows"]] == [
        years.lead_duty,
        county.lead_duty,
        county.other_duty,
    ]
    assert '<td data-label="年度">2025</td>' in page_of(response)


def test_a_reminder_of_two_years_becomes_one_a_year(as_, county, years):
    client = as_("office")
    sent = {"plan": "", "action": "remind", "duties": f"{county.duty.pk},{years.duty.pk}", "confirm": "1"}
    typed = {"grade": "yellow", "text": "请三日内报送。", "key": uuid.uuid4()}

    response, again = client.post(BULK, {**sent, **typed}), client.post(BULK, {**sent, **typed})

    assert [one.url for one in (response, again)] == [reverse("tasks:reminders")] * 2
    found = {one.plan.year: [item.assignment for item in one.items.all()] for one in Reminder.objects.all()}
    assert found == {2024: [county.duty], 2025: [years.duty]}


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("tasks:assignments", {"role": "lead"}),
        ("tasks:overdue", {"q": "招商"}),
    ],
)
def test_a_step_leads_back_to_its_list_with_the_filter(as_, county, years, name, query):
    client, back = as_("office"), address(name, plan=county.plan.pk, **query)
    posted = {"plan": county.plan.pk, "action": "suspend", "duty": county.duty.pk}
    listed = client.get(back)
    assert f'name="from" value="{back}"' in unescape(page_of(listed))

    preview = client.post(BULK, {**posted, "from": f"{back}&page=2"})
    done = client.post(
        BULK, {**posted, "from": preview.context["step"].origin.address, "confirm": "1", "reason": "机构改革。"}
    )

    for response in (preview, done):
        assert crumbs(response) == [back]
        kept = {"plan": county.plan.pk} | ({"as_of": DAY} if "as_of" in query else {})
        assert address("reports:dashboard", **kept) in menu(response)


@pytest.mark.parametrize(
    "origin", ["", "https://example.com/assignments/", "//example.com", "http://[", "/admin/", "javascript:x"]
)
def test_a_step_leads_nowhere_else(as_, county, origin):
    response = as_("office").post(
        BULK, {"plan": county.plan.pk, "action": "suspend", "duty": county.duty.pk, "from": origin}
    )

    expected = reverse("tasks:assignments") + ("" if origin.endswith("/assignments/") else f"?plan={county.plan.pk}")
    assert crumbs(response) == [expected]


@pytest.mark.parametrize(
    ("name", "step", "posted"),
    [
        (
            "tasks:reviews",
            "tasks:approve-several",
            lambda county: {"report": f"{county.report.pk}:{county.report.version}"},
        ),
        ("tasks:extensions", "tasks:decide-extensions", lambda county: {"extensions": county.extension.pk}),
    ],
)
def test_answers_for_many_lead_back_with_the_filter_too(as_, county, years, name, step, posted):
    client, back = as_("reviewer"), address(name, plan=county.plan.pk, unit=county.town.pk)
    assert f'name="from" value="{back}"' in unescape(page_of(client.get(back)))

    response = client.post(reverse(step), {**posted(county), "from": back, "decision": "grant"})

    assert crumbs(response) == [back]


# --- rows that a unit leads -------------------------------------------------------------------------------------------


def test_rows_are_those_that_the_unit_leads_on_that_evening(as_, county):
    client = as_("office")
    with time_machine.travel(on_day(dt.date(2025, 1, 10)), tick=False):
        Assignment.objects.filter(pk=county.lead_duty.pk).update(released_on=dt.date(2025, 1, 10))

    def led(**query):
        response = client.get(address("tasks:tasks", lead=county.lead_unit.pk, **query))
        return [row["task"] for _, lines in response.context["parts"] for row in lines]

    assert (led(), led(as_of="2025-01-09"), led(as_of="2025-01-10")) == ([], [county.task], [])


def test_a_row_whose_lead_is_suspended_is_not_led_by_it(as_, county):
    Assignment.objects.filter(pk=county.lead_duty.pk).update(suspended=True)

    response = as_("office").get(address("tasks:tasks", lead=county.lead_unit.pk))

    assert response.context["row_count"] == 0


# --- pages ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["tasks:reminders", "tasks:rounds", "tasks:notifications", "departments:sessions"])
def test_a_page_number_too_high_answers_404_with_the_first_page(as_, county, years, name):
    response = as_("office").get(address(name, page=9))

    assert response.status_code == 404
    assert "没有第 9 页，这里显示第 1 页。" in page_of(response)
