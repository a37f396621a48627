"""The supervision overview counts what waits, the office sets the rules, and a page lists a day's reminders."""

import datetime as dt
import html

import pytest
from django.urls import reverse
from django.utils import timezone

from departments.choices import Role
from tasks.choices import AutomaticKind
from tasks.models import Assignment, AutomaticReminder, Plan, ReminderItem, SupervisionRules
from tasks.services.supervision import reminders
from tests.factories import AssignmentFactory, PlanFactory, UserFactory, chase
from tests.pages import page_of

pytestmark = pytest.mark.django_db

OVERVIEW = reverse("tasks:supervision")
RULES = {
    "is_on": "on",
    "days_before": "20、5",
    "after_every": "14",
    "unanswered_after": "5",
    "silent_after": "0",
    "leader_after": "10",
    "acknowledge_within": "2",
    "confirm_entered_within": "3",
    "blue_answer_within": "5",
    "yellow_answer_within": "3",
    "red_answer_within": "1",
    "until": "2025-01-31",
}


@pytest.fixture
def as_(client, county):
    def sign_in(who):
        client.force_login(county.people[who])
        return client

    return sign_in


# --- the overview -----------------------------------------------------------------------------------------------------


def figures(response):
    names = ("unacknowledged", "acknowledged_late", "unseen", "chased_lately")
    return {name: response.context[name] for name in names}


def test_the_office_sees_the_whole_countys_figures(as_, county):
    Assignment.objects.filter(pk=county.other_duty.pk).update(owed_from=timezone.localdate())
    chase(county.duty, county.other_duty, by=county.people["office"])
    reminders.see(chase(county.duty, by=county.people["lead"]), by=county.people["liaison"])

    response = as_("office").get(OVERVIEW)

    assert figures(response) == {"unacknowledged": 2, "acknowledged_late": 1, "unseen": 2, "chased_lately": 3}
    assert "件，超期1件" in page_of(response)


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("liaison", {"unacknowledged": 0, "acknowledged_late": 0, "unseen": 1, "chased_lately": 1}),
        ("stranger", {"unacknowledged": 1, "acknowledged_late": 1, "unseen": 1, "chased_lately": 1}),
        ("lead", {"unacknowledged": 1, "acknowledged_late": 1, "unseen": 0, "chased_lately": 0}),
    ],
)
def test_a_unit_sees_its_own(as_, county, who, expected):
    chase(county.duty, county.other_duty, by=county.people["office"])

    assert figures(as_(who).get(OVERVIEW)) == expected


def test_what_was_long_ago_is_not_lately(as_, county):
    reminder = chase(county.duty, by=county.people["office"])
    type(reminder).objects.update(at=timezone.now() - dt.timedelta(days=31))

    assert as_("office").get(OVERVIEW).context["chased_lately"] == 0


def test_the_office_sees_units_that_owe_and_have_nobody_to_report(as_, county):
    UserFactory(unit=AssignmentFactory(task=county.task).unit, is_active=False)
    nobody = Assignment.objects.latest("pk").unit

    response = as_("office").get(OVERVIEW)

    assert list(response.context["without_liaison"]) == [nobody]
    assert "without_liaison" not in as_("lead").get(OVERVIEW).context


def test_each_figure_leads_to_its_list(as_, county):
    page = html.unescape(page_of(as_("office").get(OVERVIEW)))

    lists = (("acknowledgements", ""), ("reminder-items", "?state=overdue&latest=yes"), ("reminders", ""))
    for name, query in lists:
        assert f'href="{reverse(f"tasks:{name}")}{query}"' in page


def test_without_an_issued_plan_the_page_says_so(client):
    client.force_login(UserFactory(role=Role.OFFICE))
    assert not Plan.objects.exists()

    assert client.get(OVERVIEW).status_code == 200


# --- the rules --------------------------------------------------------------------------------------------------------


def rules_page(county):
    return reverse("tasks:reminder-rules", args=[county.plan.pk])


def test_the_office_sees_the_rules_that_stand(as_, county):
    response = as_("office").get(rules_page(county))

    assert response.context["form"]["days_before"].value() == "30、15、7、3、1"
    assert "自动提醒至2025年3月31日" in page_of(response)
    assert not SupervisionRules.objects.exists()


def test_what_the_office_sets_is_kept_and_shown(as_, county):
    response = as_("office").post(rules_page(county), RULES, follow=True)

    rules = SupervisionRules.objects.get()
    assert (rules.days_before, rules.after_every, rules.silent_after) == ([20, 5], 14, 0)
    assert (rules.until, rules.is_on, rules.through_lead) == (dt.date(2025, 1, 31), True, False)
    assert rules.answer_by("red", dt.date(2024, 12, 2)) == dt.date(2024, 12, 3)
    assert "督办规则已保存" in page_of(response)
    assert response.context["form"]["days_before"].value() == "20、5"


@pytest.mark.parametrize(
    ("typed", "days"),
    [("", []), ("7", [7]), ("1, 30，7、3", [30, 7, 3, 1]), (" 5 、", [5])],
)
def test_days_are_read_as_people_write_them(as_, county, typed, days):
    as_("office").post(rules_page(county), {**RULES, "days_before": typed})

    assert SupervisionRules.objects.get().days_before == days


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("days_before", "半个月", "请填写天数，用顿号分开，如“30、15、7”。"),
        ("days_before", "-3", "请填写天数，用顿号分开，如“30、15、7”。"),
        ("days_before", "7、7", "请填写1至366之间、互不相同的天数。"),
        ("days_before", "400", "请填写1至366之间、互不相同的天数。"),
        ("days_before", "0", "请填写1至366之间、互不相同的天数。"),
        ("after_every", "367", "请填写0至366之间的整数。"),
        ("after_every", "99999", "请填写0至366之间的整数。"),
        ("after_every", "-1", "请填写0至366之间的整数。"),
        ("after_every", "", "请填写0至366之间的整数。"),
        ("after_every", "两周", "请填写0至366之间的整数。"),
        ("acknowledge_within", "0", "请填写1至60之间的整数。"),
        ("until", "明年", "请按“2024-12-31”的格式填写日期。"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_the_rest_stays(as_, county, field, typed, words):
    response = as_("office").post(rules_page(county), {**RULES, field: typed})

    form = response.context["form"]
    assert response.status_code == 422
    assert list(form.errors) == [field]
    assert words in form.errors[field][0]
    assert form[field].value() == typed
    assert form["leader_after"].value() == "10"
    assert not SupervisionRules.objects.exists()


def test_unticking_switches_automatic_reminders_off(as_, county):
    as_("office").post(rules_page(county), {name: value for name, value in RULES.items() if name != "is_on"})

    assert SupervisionRules.objects.get().is_on is False


def test_a_draft_has_no_rules_page(as_, county):
    draft = PlanFactory(state="draft", year=2025)

    assert as_("office").get(reverse("tasks:reminder-rules", args=[draft.pk])).status_code == 404


def test_the_acknowledgements_page_follows_the_rules(as_, county):
    as_("office").post(rules_page(county), {**RULES, "acknowledge_within": "10"})

    assert "其中超过10个工作日的" in page_of(as_("office").get(reverse("tasks:acknowledgements")))
    assert "请在10个工作日内签收" in page_of(as_("stranger").get(reverse("tasks:acknowledgements")))


# --- one day ----------------------------------------------------------------------------------------------------------

DAY = dt.date(2024, 12, 16)


@pytest.fixture
def reminded(county):
    """On one day the town and the agriculture bureau were reminded."""
    for duty in (county.duty, county.other_duty):
        AutomaticReminder.objects.create(
            assignment=duty, kind=AutomaticKind.BEFORE, anchor=duty.due_on, stage=15, on=DAY, at=timezone.now()
        )
    return county


def lines(client, day=DAY):
    response = client.get(reverse("tasks:automatic-reminders", args=[day]))
    assert response.status_code == 200
    return [line.assignment for line in response.context["page"]]


def test_a_unit_sees_its_own_lines_of_a_day(as_, reminded):
    seen = {who: set(lines(as_(who))) for who in ("office", "auditor", "liaison", "leader", "lead", "stranger")}

    assert seen == {
        "office": {reminded.duty, reminded.other_duty},
        "auditor": {reminded.duty, reminded.other_duty},
        "liaison": {reminded.duty},
        "leader": {reminded.duty},
        "lead": set(),  # told of its own duties; its rows' units it sees on the lists
        "stranger": {reminded.other_duty},
    }


def test_a_line_says_why(as_, reminded):
    page = page_of(as_("liaison").get(reverse("tasks:automatic-reminders", args=[DAY])))

    assert "2024年12月16日的自动提醒" in page
    assert "距完成时限2024-12-31还有15天" in page


def test_another_day_is_empty_and_says_so(as_, reminded):
    assert lines(as_("office"), dt.date(2024, 12, 17)) == []
    assert "这一天没有自动提醒。" in page_of(
        as_("office").get(reverse("tasks:automatic-reminders", args=["2024-12-17"]))
    )


@pytest.mark.parametrize("day", ["yesterday", "2024-02-30", "2024-13-01", "١٢"])
def test_what_is_no_day_is_not_there(as_, day):
    assert as_("office").get(reverse("tasks:automatic-reminders", args=[day])).status_code == 404


def test_a_days_lines_have_pages(as_, reminded):
    AutomaticReminder.objects.bulk_create(
        AutomaticReminder(
            assignment=reminded.duty, kind=AutomaticKind.SILENT, anchor=DAY, stage=n, on=DAY, at=timezone.now()
        )
        for n in range(120)
    )

    assert len(lines(as_("office"))) == 100
    assert not ReminderItem.objects.exists()
