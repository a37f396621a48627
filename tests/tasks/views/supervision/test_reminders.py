"""催办: the sender sees seen or not and what followed, the receiver sees it on top and confirms."""

import pytest
from django.urls import reverse

from departments.choices import Role
from tasks.models import Assignment, Plan
from tasks.services.supervision import reminders
from tests.factories import PlanFactory, UserFactory, chase, submit
from tests.pages import main_of, page_of

pytestmark = pytest.mark.django_db

LIST = reverse("tasks:reminders")


@pytest.fixture
def reminder(county):
    """The office urged the town and the agriculture bureau."""
    return chase(county.duty, county.other_duty, by=county.people["office"], grade="yellow", text="请三日内报送。")


@pytest.fixture
def as_(client, county):
    def sign_in(who):
        client.force_login(county.people[who])
        return client

    return sign_in


def page(reminder):
    return reverse("tasks:reminder", args=[reminder.pk])


def see(client, reminder):
    return client.post(reverse("tasks:see-reminder", args=[reminder.pk]), follow=True)


# --- the list ---------------------------------------------------------------------------------------------------------


def shown(response):
    return [row.record for row in response.context["table"].paginated_rows]


def test_the_list_says_how_many_were_reached_saw_it_and_answered(as_, county, reminder):
    reminders.see(reminder, by=county.people["liaison"])
    submit(county.other_duty, by=county.people["stranger"])

    response = as_("office").get(LIST)

    (sent,) = shown(response)
    assert (sent.pk, sent.duties, sent.units, sent.seen, sent.answered, sent.open) == (reminder.pk, 2, 2, 2, 1, 1)
    assert f"〔{reminder.year}〕1号" in page_of(response)


def test_the_latest_comes_first_and_the_unseen_can_be_picked_out(as_, county, reminder):
    seen = chase(county.duty, by=county.people["office"])
    reminders.see(seen, by=county.people["liaison"])

    client = as_("office")

    assert shown(client.get(LIST)) == [seen, reminder]
    assert shown(client.get(f"{LIST}?unseen=yes")) == [reminder]


def test_each_unit_sees_its_own_part_of_the_sums(as_, county, reminder):
    reminders.see(reminder, by=county.people["liaison"])
    submit(county.duty, by=county.people["liaison"])

    of_town = shown(as_("liaison").get(LIST))[0]
    of_bureau = shown(as_("stranger").get(LIST))[0]

    assert (of_town.duties, of_town.seen, of_town.open) == (1, 1, 0)
    assert (of_bureau.duties, of_bureau.seen, of_bureau.open) == (1, 0, 1)
    assert shown(as_("lead").get(LIST)) == []


def test_it_is_a_list_of_one_plan(as_, county, reminder):
    other = PlanFactory(year=2023)

    assert shown(as_("office").get(LIST, {"plan": other.pk})) == []


@pytest.mark.parametrize("query", ["", "?unseen=yes"])
def test_an_empty_list_says_so(as_, query):
    assert "没有符合条件的催办。" in page_of(as_("office").get(f"{LIST}{query}"))


def test_the_list_has_pages_and_keeps_its_filter(as_, county):
    for _ in range(21):
        chase(county.duty, by=county.people["office"])

    first, second = (as_("office").get(LIST, {"grade": "blue", "per_page": 20, "page": number}) for number in (1, 2))

    assert [len(shown(first)), len(shown(second))] == [20, 1]
    assert "grade=blue" in page_of(first)


def test_without_an_issued_plan_the_page_says_so(client):
    client.force_login(UserFactory(role=Role.OFFICE))
    assert not Plan.objects.exists()

    assert client.get(LIST).status_code == 200


# --- one reminder -----------------------------------------------------------------------------------------------------


def test_the_sender_sees_who_has_seen_it_and_what_followed(as_, county, reminder):
    reminders.see(reminder, by=county.people["liaison"])
    report = submit(county.other_duty, by=county.people["stranger"])

    response = as_("office").get(page(reminder))

    told = {duty.pk: (item.seen_by, item.reported_at) for item, duty, _ in response.context["rows"]}
    assert told == {
        county.duty.pk: (county.people["liaison"], None),
        county.other_duty.pk: (county.people["stranger"], report.submitted_at),
    }
    assert ["未回复" in page_of(response), "报送进展" in page_of(response)] == [True, True]
    assert "已阅知（" not in page_of(response)  # the button is the receiver's


def test_a_unit_sees_its_own_rows_of_it(as_, county, reminder):
    response = as_("stranger").get(page(reminder))

    assert [duty for _, duty, _ in response.context["rows"]] == [county.other_duty]
    assert county.town.name not in main_of(response)  # the head names it: they may work for it as well
    assert "请三日内报送。" in page_of(response)


def test_a_reminder_to_others_is_not_there(as_, reminder):
    assert as_("lead").get(page(reminder)).status_code == 404


def test_links_lead_only_to_what_one_may_open(as_, county):
    of_lead = chase(county.duty, by=county.people["lead"])
    link = reverse("tasks:assignment", args=[county.duty.pk])

    linked = {who: link in page_of(as_(who).get(page(of_lead))) for who in ("lead", "lead_leader", "liaison")}

    assert linked == {"lead": True, "lead_leader": False, "liaison": True}


def test_a_hostile_text_is_shown_as_text(as_, county):
    hostile = chase(county.duty, by=county.people["office"], text="<script>alert(1)</script>\n第二行")

    shown = page_of(as_("liaison").get(page(hostile)))

    assert "&lt;script&gt;alert(1)&lt;/script&gt;<br>第二行" in shown


# --- on top, and seen -------------------------------------------------------------------------------------------------


def on_top(client, county):
    worklist = client.get(reverse("tasks:worklist"))
    duty = page_of(client.get(reverse("tasks:assignment", args=[county.duty.pk]))).partition("流转记录")[0]
    return {
        "worklist": "未阅知" in page_of(worklist),
        "duty": ("请三日内报送。" in duty, "已阅知" in duty),
        "menu": worklist.context["waiting_reminders"](),
        "overview": client.get(reverse("tasks:supervision")).context["to_answer"],
    }


@pytest.mark.parametrize("who", ["liaison", "leader"])
def test_the_receiver_sees_it_on_top_and_has_to_answer_it_still_when_it_was_seen(as_, county, reminder, who):
    client = as_(who)
    assert on_top(client, county) == {"worklist": True, "duty": (True, True), "menu": 1, "overview": 1}

    response = see(client, reminder)

    assert "已阅知，涉及本单位1件承办事项。" in page_of(response)
    assert on_top(client, county) == {"worklist": False, "duty": (True, False), "menu": 1, "overview": 1}


def test_a_second_click_changes_nothing(as_, county, reminder):
    see(as_("liaison"), reminder)

    response = see(as_("leader"), reminder)

    assert "此前已阅知。" in page_of(response)
    assert reminder.items.get(assignment=county.duty).seen_by == county.people["liaison"]


def test_a_report_takes_it_off_the_top(as_, county, reminder):
    submit(county.duty, by=county.people["liaison"])

    assert on_top(as_("liaison"), county)["menu"] == 0


@pytest.mark.parametrize(("who", "status"), [("office", 403), ("auditor", 403), ("lead", 404)])
def test_nobody_confirms_for_the_unit(as_, county, reminder, who, status):
    assert see(as_(who), reminder).status_code == status
    assert not reminder.items.filter(seen_at__isnull=False).exists()


def test_a_lead_that_sent_it_does_not_confirm_it(as_, county):
    of_lead = chase(county.duty, by=county.people["lead"])

    assert see(as_("lead"), of_lead).status_code == 403


def test_reading_marks_nothing_as_seen(as_, county, reminder):
    client = as_("liaison")
    for address in (LIST, page(reminder), reverse("tasks:assignment", args=[county.duty.pk])):
        client.get(address)

    assert not reminder.items.filter(seen_at__isnull=False).exists()


# --- the buttons ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "is_offered"),
    [("office", True), ("reviewer", True), ("lead", True), ("auditor", False), ("liaison", False), ("leader", False)],
)
def test_chasing_is_offered_on_the_dutys_page_to_who_may(as_, county, who, is_offered):
    response = as_(who).get(reverse("tasks:assignment", args=[county.duty.pk]))

    assert response.context["may_chase"] is is_offered
    assert (f"催办{county.town.label}" in page_of(response)) is is_offered


def test_what_is_suspended_is_not_offered_for_chasing(as_, county):
    Assignment.objects.filter(pk=county.duty.pk).update(suspended=True)

    response = as_("office").get(reverse("tasks:assignment", args=[county.duty.pk]))

    assert response.context["may_chase"] is False
