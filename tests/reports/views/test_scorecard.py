"""The page of one unit: whom to telephone, how it stands, what is open, its score, chases and returns."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from departments.choices import UnitKind
from tasks.services.progress import reviews, undoing
from tests.factories import AssignmentFactory, MembershipFactory, UnitFactory, UserFactory, chase, complete, submit
from tests.pages import page_of
from wenshang_disclosure.core.dates import on_day

pytestmark = pytest.mark.django_db


def scorecard(client, unit, query=""):
    return client.get(f"{reverse('reports:unit', args=[unit.pk])}?{query}")


def open_duties(response):
    return [line["duty"] for line in response.context["open"]]


def test_it_has_the_units_open_duties_and_figures(office, county):
    complete(AssignmentFactory(unit=county.town, task__section=county.task.section))

    response = scorecard(office, county.town)

    assert open_duties(response) == [county.duty]
    assert [response.context["totals"][name] for name in ("owed", "done", "overdue")] == [2, 1, 1]
    assert (response.context["completion_rate"], response.context["open_number"]) == (50.0, 1)


def test_a_past_day_shows_that_evening(office, history):
    then, now = scorecard(office, history.other_unit, "as_of=2024-09-30"), scorecard(office, history.other_unit)

    assert [page.context["totals"]["review"] for page in (then, now)] == [1, 0]
    assert [len(open_duties(page)) for page in (then, now)] == [1, 0]


def test_liaison_and_leader_are_named_with_their_telephone_today_and_not_on_a_past_day(office, county):
    liaison = county.people["liaison"]
    liaison.phone = "0537-7212345"
    liaison.save()

    now, then = page_of(scorecard(office, county.town)), page_of(scorecard(office, county.town, "as_of=2024-09-30"))

    assert (liaison.name in now, "0537-7212345" in now) == (True, True)
    assert "0537-7212345" not in then


def test_who_works_for_the_unit_beside_their_own_stands_among_its_people(office, county):
    person = UserFactory(name="兼任的联络员")
    MembershipFactory(person=person, unit=county.other_unit, given_by=county.people["office"])

    people = scorecard(office, county.other_unit).context["people"]

    assert (person, "liaison") in [(one, one.role) for one in people]


def test_its_own_people_see_it_and_no_other_unit_does(client, county):
    found = {}
    for role in ("liaison", "leader", "lead", "stranger", "auditor"):
        client.force_login(county.people[role])
        found[role] = scorecard(client, county.town).status_code

    assert found == {"liaison": 200, "leader": 200, "lead": 404, "stranger": 404, "auditor": 200}


def test_who_signed_in_when_is_for_the_county_alone(client, county):
    pages = {}
    for role in ("office", "liaison"):
        client.force_login(county.people[role])
        pages[role] = "登录</dd>" in page_of(scorecard(client, county.town)) or "没有登录过" in page_of(
            scorecard(client, county.town)
        )

    assert pages == {"office": True, "liaison": False}


@pytest.mark.parametrize("number", [1, 2])
def test_the_mean_is_of_its_kind_and_never_tells_how_one_other_unit_stands(client, county, number):
    for order in range(number):
        complete(AssignmentFactory(unit=UnitFactory(kind=UnitKind.TOWN, order=order), task=county.task))
    client.force_login(county.people["liaison"])

    context = scorecard(client, county.town).context

    assert context["mean"] == (66.7 if number == 2 else None)
    assert [kind for kind, _ in context["trend"].lines] == (["ln-mean", "ln-own"] if number == 2 else ["ln-own"])


def test_the_trend_ends_with_todays_rate(office, county):
    complete(AssignmentFactory(unit=county.town, task__section=county.task.section))

    response = scorecard(office, county.town)

    assert "本单位50.0%" in page_of(response)


def test_chases_and_returns_stand_with_what_came_of_them(office, county):
    duty = AssignmentFactory(unit=county.other_unit, task__section=county.task.section, task__number=41)
    author, reviewer = county.people["stranger"], county.people["reviewer"]
    with time_machine.travel(on_day(dt.date(2024, 9, 1)), tick=False):
        chase(duty, grade="yellow", text="请抓紧报送。")
    with time_machine.travel(on_day(dt.date(2024, 9, 5)), tick=False):
        report = submit(duty, by=author)
    with time_machine.travel(on_day(dt.date(2024, 9, 8)), tick=False):
        reviews.return_(report, by=reviewer, comment="没有公开页面链接。")
    with time_machine.travel(on_day(dt.date(2024, 9, 12)), tick=False):
        submit(duty, by=author)

    def told(day):
        response = scorecard(office, county.other_unit, f"as_of={day}")
        return [(one.label, one.text, one.answer) for one in response.context["events"]]

    chased = "第41项，请抓紧报送。"
    assert told("2024-09-03") == [("催办", chased, "未阅知")]
    assert told("2024-09-09") == [("退回", "第41项，没有公开页面链接。", "未补正"), ("催办", chased, "09-05报送")]
    assert told("2024-09-12")[0] == ("退回", "第41项，没有公开页面链接。", "09-12补正")


def test_a_chase_says_what_the_unit_read(office, county):
    chase(county.other_duty, county.duty, text="请{单位}抓紧报送。")

    (told,) = scorecard(office, county.other_unit).context["events"]

    assert told.text == f"第{county.other_duty.task.number}项，请{county.other_unit.name}抓紧报送。"


def test_a_return_that_was_taken_back_is_none(office, county):
    duty = AssignmentFactory(unit=county.other_unit, task__section=county.task.section)
    report = submit(duty, by=county.people["stranger"])
    reviews.return_(report, by=county.people["reviewer"], comment="请补充。")
    told = [one.label for one in scorecard(office, county.other_unit).context["events"]]
    undoing.undo(report, by=county.people["reviewer"], reason="误退。", seen=undoing.outlook(report).mark)

    assert told == ["退回"]
    assert scorecard(office, county.other_unit).context["events"] == []


def test_the_office_chases_what_is_overdue_from_the_page_and_units_do_not(client, county):
    offered = {}
    for role in ("office", "reviewer", "auditor", "liaison"):
        client.force_login(county.people[role])
        offered[role] = scorecard(client, county.town).context["chaseable"]

    assert offered == {"office": [county.duty.pk], "reviewer": [county.duty.pk], "auditor": [], "liaison": []}


def test_chasing_leads_to_the_preview_of_these_duties(office, county):
    ids = ",".join(map(str, scorecard(office, county.town).context["chaseable"]))

    response = office.post(
        reverse("tasks:bulk"), {"action": "remind", "duties": ids, "plan": county.plan.pk, "from": "/units/"}
    )

    assert response.status_code == 200
    assert county.task.requirement in page_of(response)


def test_a_unit_that_is_gone_says_since_when_and_into_which(office, county):
    county.town.retired_on, county.town.successor = dt.date(2025, 1, 1), county.other_unit
    county.town.save()

    page = page_of(scorecard(office, county.town))

    assert "2025-01-01撤销，并入<a" in page
    assert ">县农业农村局</a>" in page


def test_a_unit_without_duties_says_so(office, county):
    unit = UnitFactory(kind=UnitKind.TOWN)

    response = scorecard(office, unit)

    assert response.status_code == 200
    assert "没有承办的事项" in page_of(response)
    assert "没有被催办，也没有被退回的报告。" in page_of(response)


@pytest.mark.parametrize("query", ["as_of=garbage", "as_of=2999-01-01"])
def test_nonsense_for_a_day_is_marked_and_nothing_is_guessed(office, county, query):
    response = scorecard(office, county.town, query)

    assert (response.status_code, "totals" in response.context) == (400, False)
    assert 'class="errorlist"' in page_of(response)


def test_a_day_before_the_plan_was_issued_is_said_to_be_one(office, county):
    assert "2024年6月24日印发" in page_of(scorecard(office, county.town, "as_of=2024-06-23"))


@pytest.mark.parametrize("plan", ["abc", "999999"])
def test_a_plan_that_is_none_answers_404(office, county, plan):
    assert scorecard(office, county.town, f"plan={plan}").status_code == 404
