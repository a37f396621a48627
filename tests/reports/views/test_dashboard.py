"""The dashboard: figures of what the user may see, as of a day."""

import datetime as dt
import json

import pytest
import time_machine
from django.urls import reverse

from departments.choices import Role, UnitKind
from tasks.choices import Light
from tasks.models import Plan
from tasks.services.progress import reports, reviews
from tests.factories import AssignmentFactory, UnitFactory, UserFactory, claim, complete
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

    readers = ("office", "administrator", "reviewer", "auditor")
    assert starts == {
        **dict.fromkeys(county.people, reverse("tasks:worklist")),
        **dict.fromkeys(readers, reverse("reports:dashboard")),
    }


def test_the_figures_are_of_what_the_person_may_see(client, county):
    owed = {}
    for role in ("office", "auditor", "liaison", "lead", "lead_leader", "stranger"):
        client.force_login(county.people[role])
        response = dashboard(client)
        owed[role] = (response.context["totals"]["tasks"], response.context["totals"]["owed"])

    assert owed == {
        "office": (2, 3),
        "auditor": (2, 3),
        "liaison": (1, 1),
        "lead": (1, 1),
        "lead_leader": (1, 1),
        "stranger": (1, 1),
    }


def test_the_short_lists_hold_no_other_units_reports(client, county):
    client.force_login(county.people["stranger"])

    response = dashboard(client)

    assert (list(response.context["waiting"]), list(response.context["lately"])) == ([], [])
    assert response.context["totals"]["waiting"] == 0
    assert county.report.text not in page_of(response)


def test_what_waits_and_what_was_submitted_lately_is_shown(office, county):
    response = dashboard(office)

    assert list(response.context["waiting"]) == list(response.context["lately"]) == [county.report]
    assert reverse("tasks:review", args=[county.report.pk]) in page_of(response)


def test_a_draft_is_in_no_list(client, county):
    client.force_login(county.people["liaison"])

    response = dashboard(client)

    assert "尚未报送" not in page_of(response)
    assert county.draft not in response.context["lately"]


@pytest.mark.parametrize(
    ("as_of", "light", "waiting", "lately"),
    [
        ("2024-06-30", Light.NOT_STARTED, 0, 0),
        ("2024-09-30", Light.REVIEW, 1, 1),
        ("2024-10-07", Light.REVIEW, 1, 0),
        ("2024-10-08", Light.DONE, 0, 0),
    ],
)
def test_a_past_day_shows_that_evening(office, history, as_of, light, waiting, lately):
    response = dashboard(office, f"as_of={as_of}")

    figures = dict.fromkeys(Light.values, 0) | {Light.NOT_STARTED.value: 2}
    figures[light.value] += 1
    assert totals(response, "owed", *Light.values) == {"owed": 3, **figures}
    assert (len(response.context["waiting"]), len(response.context["lately"])) == (waiting, lately)
    assert f"截至{int(as_of[:4])}年{int(as_of[5:7])}月{int(as_of[8:])}日" in page_of(response)


def test_a_report_withdrawn_later_still_waits_on_a_past_evening(office, county):
    author = county.people["stranger"]
    with time_machine.travel(on_day(dt.date(2024, 9, 27)), tick=False):
        report = claim(county.other_duty, by=author)
    with time_machine.travel(on_day(dt.date(2024, 10, 8)), tick=False):
        reports.withdraw(report, by=author)

    response = dashboard(office, "as_of=2024-09-30")

    assert totals(response, "review") == {"review": 1}
    assert response.context["totals"]["waiting"] == 1
    assert reverse("tasks:assignment", args=[county.other_duty.pk]) in page_of(response)


def test_links_to_the_lists_keep_the_day(office, history):
    page = page_of(dashboard(office, "as_of=2024-09-30"))

    kept = f"plan={history.plan.pk}&amp;as_of=2024-09-30"
    assert f"{reverse('tasks:assignments')}?{kept}&amp;light=review" in page
    assert f"{reverse('tasks:overdue')}?{kept}" in page


def test_the_charts_and_their_tables_tell_the_same(office, history):
    response = dashboard(office)

    charts = response.context["charts"]
    drawn = page_of(response).partition('<script id="chart-data" type="application/json">')[2].partition("</script>")[0]
    assert json.loads(drawn)["parts"] == charts["parts"]
    series = {one["light"]: one["data"] for one in charts["parts"]["series"]}
    assert series == {name: [row[name] for row in response.context["parts"]] for name in Light.values}


def test_departments_and_townships_stand_apart(office, county):
    response = dashboard(office)

    assert [row["unit__name"] for row in response.context["townships"]] == ["南旺镇人民政府"]
    assert {row["unit__name"] for row in response.context["departments"]} == {"县商务局", "县农业农村局"}


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


@pytest.mark.parametrize("role", [Role.LIAISON, Role.OFFICE])
def test_an_issued_plan_without_duties_has_zeros_and_dashes_and_no_charts(client, county, role):
    Plan.objects.create(year=2026, title="空表", issued_on="2026-01-01", state="issued")
    client.force_login(UserFactory(role=role))

    response = dashboard(client)

    assert response.status_code == 200
    assert totals(response, "owed", "done", "on_time") == {"owed": 0, "done": 0, "on_time": 0}
    assert "<strong>—</strong>" in page_of(response)
    assert "暂无图表" in page_of(response)
    assert "chart-data" not in page_of(response)


def test_what_changed_in_thirty_days_is_said_with_its_sign(office, history):
    told = {}
    for as_of in ("2024-07-23", "2024-10-01", "2024-10-08"):
        tiles = dashboard(office, f"as_of={as_of}").context["tiles"]
        told[as_of] = {tile.name: (tile.change, tile.arrow) for tile in tiles}

    assert set(told["2024-07-23"].values()) == {("", "")}
    assert told["2024-10-01"]["waiting"] == ("较30天前+1份", "up")
    assert told["2024-10-01"]["owed"] == ("与30天前持平", "")
    assert told["2024-10-01"]["longest"] == ("", "")
    assert told["2024-10-08"]["completion_rate"] == ("较30天前+33.3个百分点", "up")


def test_a_unit_sees_its_place_and_what_is_next_but_no_other_unit(client, county):
    complete(AssignmentFactory(task=county.task, unit=UnitFactory(kind=UnitKind.TOWN, name="郭楼镇人民政府")))
    AssignmentFactory(task=county.task, unit=UnitFactory(kind=UnitKind.SUBDISTRICT, name="中都街道办事处"))
    for role in ("liaison", "leader"):
        client.force_login(county.people[role])

        response = dashboard(client)

        assert response.context["rank"] == {"place": 2, "size": 3, "is_rural": True}
        assert list(response.context["next"]) == [county.duty]
        page = page_of(response)
        assert "第2名" in page
        assert [name for name in ("郭楼镇", "中都街道", "县农业农村局") if name in page] == []


def test_what_is_done_or_waits_for_the_office_is_not_next(client, county):
    claim(county.other_duty, by=county.people["stranger"])
    client.force_login(county.people["stranger"])

    response = dashboard(client)

    assert list(response.context["next"]) == []
    assert "没有待办的事项" in page_of(response)


def test_a_lead_sees_the_rows_it_leads_with_the_lights_of_the_others(client, county):
    client.force_login(county.people["lead"])

    (row,) = dashboard(client).context["led"]

    assert (row["task"], row["owed"]) == (county.task.pk, 1)
    for role in ("lead_leader", "liaison"):
        client.force_login(county.people[role])
        assert dashboard(client).context["led"] == []


def test_demonstration_data_are_named_on_every_page(office, county):
    county.plan.has_demo_activity = True
    county.plan.save()

    pages = [dashboard(office), office.get(reverse("tasks:assignment", args=[county.duty.pk]))]

    assert ["演示数据" in page_of(page) for page in pages] == [True, True]
