"""The dashboard: figures of what the user may see, as of a day."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from departments.choices import Role, UnitKind
from tasks.choices import Light
from tasks.models import Plan
from tasks.services.progress import reports, reviews
from tests.factories import (
    AssignmentFactory,
    RoundFactory,
    RoundItemFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
    claim,
    complete,
    submit,
)
from tests.pages import page_of
from wenshang_disclosure.core.dates import on_day

pytestmark = pytest.mark.django_db


@pytest.fixture
def history(county):
    """The agriculture bureau claimed completion on 27 September 2024, which was approved on 8 October."""
    with time_machine.travel(on_day(dt.date(2024, 9, 27)), tick=False):
        county.claim = claim(county.other_duty, by=county.people["stranger"], text="九月的进展。")
    with time_machine.travel(on_day(dt.date(2024, 10, 8)), tick=False):
        reviews.approve(county.claim, by=county.people["reviewer"])
    return county


def dashboard(client, query=""):
    return client.get(f"{reverse('reports:dashboard')}?{query}")


def totals(response, *names):
    return {name: response.context["totals"][name] for name in names}


def test_each_role_comes_to_its_own_start(client, county):
    starts = {}
    for role, person in county.people.items():
        client.force_login(person)
        starts[role] = client.get(reverse("home")).url

    worklists = dict.fromkeys(county.people, reverse("tasks:worklist"))
    assert starts == {**worklists, "auditor": reverse("reports:dashboard")}


def test_who_reads_everything_sees_the_county(client, county):
    owed = {}
    for role in ("office", "reviewer", "auditor"):
        client.force_login(county.people[role])
        context = dashboard(client).context
        owed[role] = (context["number_of_tasks"], context["number_of_units"], context["totals"]["owed"])

    assert owed == dict.fromkeys(("office", "reviewer", "auditor"), (2, 3, 3))


def test_people_of_a_unit_are_led_to_the_page_of_their_unit_in_the_same_year_and_on_the_same_day(client, county):
    client.force_login(county.people["liaison"])

    response = dashboard(client, f"plan={county.plan.pk}&as_of=2024-09-30")

    assert response.url == f"{reverse('reports:unit', args=[county.town.pk])}?plan={county.plan.pk}&as_of=2024-09-30"
    assert dashboard(client).url == reverse("reports:unit", args=[county.town.pk])


@pytest.mark.parametrize(
    ("as_of", "light", "reported"),
    [
        ("2024-06-30", Light.NOT_STARTED, 0),
        ("2024-09-30", Light.REVIEW, 1),
        ("2024-10-08", Light.DONE, 1),
        ("2024-11-08", Light.DONE, 0),
    ],
)
def test_a_past_day_shows_that_evening(office, history, as_of, light, reported):
    response = dashboard(office, f"as_of={as_of}")

    figures = dict.fromkeys(Light.values, 0) | {Light.NOT_STARTED.value: 2}
    figures[light.value] += 1
    assert totals(response, "owed", *Light.values) == {"owed": 3, **figures}
    assert len(response.context["period"].reported) == reported
    assert f"截至{int(as_of[:4])}年{int(as_of[5:7])}月{int(as_of[8:])}日" in page_of(response)


def test_a_report_withdrawn_later_still_counts_on_a_past_evening(office, county):
    author = county.people["stranger"]
    with time_machine.travel(on_day(dt.date(2024, 9, 27)), tick=False):
        report = claim(county.other_duty, by=author)
    with time_machine.travel(on_day(dt.date(2024, 10, 8)), tick=False):
        reports.withdraw(report, by=author)

    response = dashboard(office, "as_of=2024-09-30")

    assert totals(response, "review") == {"review": 1}
    assert response.context["period"].reported == {county.other_duty.pk}


def test_links_to_the_lists_keep_the_day(office, history):
    page = page_of(dashboard(office, "as_of=2024-09-30"))

    kept = f"plan={history.plan.pk}&amp;as_of=2024-09-30"
    assert f"{reverse('tasks:assignments')}?{kept}&amp;light=done" in page
    assert f"{reverse('tasks:overdue')}?{kept}" in page


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("garbage", "请按“2024-09-30”的格式填写截至日期。"),
        ("2024-9-1", "请按“2024-09-30”的格式填写截至日期。"),
        ("2999-01-01", "截至日期不能晚于今天。"),
        ("0001-01-01", "截至日期过早，请重新填写。"),
    ],
)
def test_nonsense_for_a_day_is_marked_and_no_figure_is_guessed(office, county, text, sentence):
    response = dashboard(office, f"as_of={text}")

    assert response.status_code == 400
    assert sentence in page_of(response)
    assert "totals" not in response.context


@pytest.mark.parametrize(("as_of", "early"), [("1949-10-01", True), ("2024-06-23", True), ("2024-06-24", False)])
def test_a_day_before_the_plan_was_issued_is_said_to_be_one(office, county, as_of, early):
    response = dashboard(office, f"as_of={as_of}")

    assert response.status_code == 200
    assert ("2024年6月24日印发" in page_of(response), "totals" in response.context) == (early, not early)


@pytest.mark.parametrize("plan", ["abc", "999999", "9" * 30])
def test_a_plan_that_is_none_answers_404(office, county, plan):
    assert dashboard(office, f"plan={plan}").status_code == 404


def test_a_plan_of_another_year_is_chosen_by_its_id(office, county):
    AssignmentFactory(task__section__part__plan__year=2025)

    assert totals(dashboard(office), "owed") == {"owed": 1}
    assert totals(dashboard(office, f"plan={county.plan.pk}"), "owed") == {"owed": 3}


def test_an_issued_plan_without_duties_says_so(client, county):
    Plan.objects.create(year=2026, title="空表", issued_on="2026-01-01", state="issued")
    client.force_login(UserFactory(role=Role.OFFICE))

    response = dashboard(client)

    assert response.status_code == 200
    assert totals(response, "owed", "done", "on_time") == {"owed": 0, "done": 0, "on_time": 0}
    assert "没有应办的事项" in page_of(response)


def test_what_changed_in_thirty_days_is_said_with_its_direction(office, history):
    told = {}
    for as_of in ("2024-07-23", "2024-10-01", "2024-10-08", "2024-12-31"):
        leading = dashboard(office, f"as_of={as_of}").context["leading"]
        told[as_of] = {one.name: (one.change, one.arrow, one.mood) for one in leading}

    assert told["2024-07-23"]["done"] == ("", "", "")
    assert told["2024-10-01"]["done"] == ("与30天前持平", "", "")
    assert told["2024-10-08"]["done"] == ("33.3个百分点", "up", "good")
    assert told["2024-12-31"]["on_time"] == ("与30天前持平", "", "")


def test_more_overdue_is_bad(office, county):
    AssignmentFactory.create_batch(2, task__section=county.task.section, task__due_on="2024-11-30")

    more = dashboard(office, "as_of=2024-12-15").context["leading"][1]

    assert (more.change, more.arrow, more.mood, more.note) == ("2件", "up", "bad", "2个单位，最长15天")


# --- the period -------------------------------------------------------------------------------------------------------


def reported(response):
    one = response.context["leading"][3]
    return one.label, one.value, one.note, one.change


def test_without_a_round_the_last_thirty_days_are_told(office, history):
    assert reported(dashboard(office, "as_of=2024-09-30"))[0] == "近30天已报"


def test_a_running_round_is_told_with_how_long_it_runs(office, county):
    with time_machine.travel(on_day(dt.date(2024, 9, 1)), tick=False):
        one = RoundFactory(plan=county.plan, title="三季度进展", opens_on="2024-09-01", closes_on="2024-09-30")
        for duty in (county.duty, county.other_duty):
            RoundItemFactory(round=one, assignment=duty)
    with time_machine.travel(on_day(dt.date(2024, 9, 20)), tick=False):
        submit(county.other_duty, by=county.people["stranger"])
    with time_machine.travel(on_day(dt.date(2024, 10, 10)), tick=False):
        one.closes_on = dt.date(2024, 10, 20)
        one.save()

    days = {day: reported(dashboard(office, f"as_of={day}")) for day in ("2024-09-10", "2024-09-25", "2024-09-30")}

    assert days == {
        "2024-09-10": ("三季度已报", "0", "已报0件，应报2件；2个单位未报", "还有20天"),
        "2024-09-25": ("三季度已报", "50", "已报1件，应报2件；1个单位未报", "还有5天"),
        "2024-09-30": ("三季度已报", "50", "已报1件，应报2件；1个单位未报", "今天截止"),
    }
    with time_machine.travel(on_day(dt.date(2024, 10, 12)), tick=False):
        assert reported(dashboard(office))[3] == "还有8天"


# --- laggards and the forecast ----------------------------------------------------------------------------------------


def test_the_most_overdue_units_and_rows_come_first_then_the_least_complete(office, county):
    first, second, third = (UnitFactory(kind=UnitKind.TOWN, order=9 - number) for number in range(3))
    late = TaskFactory(section=county.task.section, due_on="2024-11-30")
    for unit in (first, second):
        AssignmentFactory(task=late, unit=unit)
    AssignmentFactory(task__section=county.task.section, task__due_on="2024-11-30", unit=second)
    complete(AssignmentFactory(task__section=county.task.section, unit=third))

    with time_machine.travel(on_day(dt.date(2024, 12, 15)), tick=False):
        context = dashboard(office).context

    assert [line["unit"] for line in context["units"]][:2] == [second, first]
    assert [line["unit"] for line in context["units"]][-1] == third
    assert (context["tasks"][0]["task"], context["tasks"][0]["overdue"]) == (late, 2)
    assert third.pk not in [line["task"].pk for line in context["tasks"]]


def test_a_unit_that_is_gone_is_not_named(office, county):
    county.town.retired_on = dt.date(2024, 12, 1)
    county.town.save()

    assert county.town not in [line["unit"] for line in dashboard(office).context["units"]]


@pytest.fixture
def pace(county):
    """Twenty duties of one unit due at the end of the year, of which three were completed in November 2024."""
    unit = UnitFactory()
    duties = AssignmentFactory.create_batch(20, task__section=county.task.section, task__due_on="2024-12-31", unit=unit)
    for day, duty in zip((5, 20, 25), duties, strict=False):
        with time_machine.travel(on_day(dt.date(2024, 11, day)), tick=False):
            complete(duty)
    return county


def words(client, as_of):
    return dashboard(client, f"as_of={as_of}").context["burn_up_words"]


def test_the_forecast_says_what_will_be_missing_at_the_end_of_the_year(office, pace):
    due = sum(one["due"] for one in dashboard(office, "as_of=2024-12-01").context["months"][-1:])

    assert words(office, "2024-12-01") == f"照近30天的速度，12月底约办结6件，离应办{due}件还差{due - 6}件"


def test_without_thirty_days_or_after_the_year_there_is_no_forecast(office, pace):
    assert [words(office, day)[:2] for day in ("2024-07-20", "2024-12-31", "2025-01-10")] == ["截至"] * 3


def test_a_standstill_is_said_as_it_is(office, pace):
    assert words(office, "2024-10-31").startswith("近30天没有新办结的，离年底前应办的")


def test_demonstration_data_are_named_on_every_page(office, county):
    county.plan.has_demo_activity = True
    county.plan.save()

    pages = [dashboard(office), office.get(reverse("tasks:assignment", args=[county.duty.pk]))]

    assert ["演示数据" in page_of(page) for page in pages] == [True, True]
