"""The list of duties and one duty with its history."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from tasks.choices import Light, Status
from tasks.models import Assignment
from tasks.services.progress import reports, reviews
from tasks.tables import AssignmentTable
from tests.factories import (
    AssignmentFactory,
    PartFactory,
    SectionFactory,
    TaskFactory,
    UnitFactory,
    chase,
    complete,
    submit,
)
from tests.pages import page_of, rows
from wenshang_disclosure.core.dates import on_day

pytestmark = pytest.mark.django_db


def listed(client, query=""):
    return client.get(f"{reverse('tasks:assignments')}?{query}")


# --- the list ---------------------------------------------------------------------------------------------------------


def test_every_role_sees_its_duties_and_no_others(client, county):
    seen = {}
    for role in ("office", "auditor", "liaison", "leader", "lead", "lead_leader", "stranger"):
        client.force_login(county.people[role])
        seen[role] = set(rows(listed(client)))

    everything = {county.duty, county.lead_duty, county.other_duty}
    assert seen == {
        "office": everything,
        "auditor": everything,
        "liaison": {county.duty},
        "leader": {county.duty},
        "lead": {county.duty, county.lead_duty},
        "lead_leader": {county.lead_duty},
        "stranger": {county.other_duty},
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=招商", ["lead_duty", "duty"]),
        ("q= 乡村 ", ["other_duty"]),
        ("q=100%25", []),
        ("q=_", []),
        ("unit={town}", ["duty"]),
        ("role=lead", ["lead_duty", "other_duty"]),
        ("role=responsible", ["duty"]),
        ("part={part}", ["lead_duty", "duty", "other_duty"]),
        ("section={section}", ["lead_duty", "duty", "other_duty"]),
        ("light=overdue", ["lead_duty", "duty", "other_duty"]),
        ("light=done", []),
        ("due_from=2024-12-31", ["lead_duty", "duty", "other_duty"]),
        ("due_from=2025-01-01", []),
        ("due_to=2024-12-31", ["lead_duty", "duty", "other_duty"]),
        ("due_to=2024-12-30", []),
        ("due_from=2024-12-01&due_to=2024-12-31&role=lead&q=招商", ["lead_duty"]),
        ("nobody_knows=1", ["lead_duty", "duty", "other_duty"]),
    ],
)
def test_the_list_is_cut_by_its_filter(office, county, query, found):
    section = county.task.section

    response = listed(office, query.format(town=county.town.pk, part=section.part_id, section=section.pk))

    assert response.status_code == 200
    assert {duty.pk for duty in rows(response)} == {getattr(county, name).pk for name in found}


def test_a_filter_offers_only_what_may_be_seen(client, county):
    client.force_login(county.people["lead"])

    offered = listed(client).context["filter"].form.fields["unit"].choices
    response = listed(client, f"unit={county.other_unit.pk}")

    assert {value.instance for value, _ in offered} == {county.town, county.lead_unit}
    assert response.status_code == 400


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("due_from=garbage", "due_from"),
        ("due_from=2024-02-30", "due_from"),
        ("due_to=31.12.2024", "due_to"),
        ("due_to=%00", "due_to"),
        ("light=nonsense", "light"),
        ("role=boss", "role"),
        ("unit=999999", "unit"),
        ("unit=99999999999999999999999999", "unit"),
        ("unit=%00", "unit"),
        ("part=abc", "part"),
        ("section=-1", "section"),
        ("q=%00", "q"),
        ("q=" + "长" * 101, "q"),
        ("q=" + "x" * 3000, "q"),
    ],
)
def test_nonsense_in_a_filter_is_marked_beside_its_field_and_no_row_is_guessed(office, county, query, field):
    response = listed(office, query)

    errors = response.context["filter"].form.errors
    assert response.status_code == 400
    assert list(errors) == [field]
    assert all(str(sentence) in page_of(response) for sentence in errors[field])
    assert any("一" <= character <= "鿿" for character in errors[field][0])
    assert rows(response) == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("garbage", "请按“2024-09-30”的格式填写截至日期。"),
        ("2024-9-30", "请按“2024-09-30”的格式填写截至日期。"),
        ("2024-02-30", "请按“2024-09-30”的格式填写截至日期。"),
        ("%00", "请按“2024-09-30”的格式填写截至日期。"),
        ("2999-01-01", "截至日期不能晚于今天。"),
    ],
)
def test_a_day_that_is_none_or_in_the_future_is_marked_and_no_row_is_guessed(office, county, text, sentence):
    response = listed(office, f"as_of={text}")

    assert response.status_code == 400
    assert sentence in page_of(response)
    assert 'aria-describedby="as-of-error"' in page_of(response)
    assert rows(response) == []


def test_htmx_is_told_what_is_wrong_with_the_day_that_was_picked(office, county):
    response = office.get(f"{reverse('tasks:assignments')}?as_of=2999-01-01", headers={"HX-Request": "true"})

    assert response.status_code == 400
    assert "截至日期不能晚于今天。" in page_of(response)


@pytest.mark.parametrize("plan", ["abc", "999999", "-1", "1.5", "9" * 30, "%00"])
def test_a_plan_that_is_none_answers_404(office, county, plan):
    assert listed(office, f"plan={plan}").status_code == 404


def test_a_plan_number_of_any_length_answers_404(office, county):
    assert listed(office, f"plan={'9' * 5000}").status_code == 404


@pytest.mark.parametrize("page", ["99999", "0", "-1", "abc", "1.5", "²", "9" * 40])
def test_a_page_that_is_not_there_is_told_in_a_sentence(office, county, page):
    response = listed(office, f"page={page}")

    assert response.status_code == 404
    assert f"没有第 {page} 页，这里显示第 1 页。" in page_of(response)
    assert len(rows(response)) == 3


@pytest.mark.parametrize("asked", ["1000", "0", "-50", "abc", "51", "50 "])
def test_a_page_size_that_is_not_on_offer_falls_back(office, county, asked):
    AssignmentFactory.create_batch(48, task=county.task)

    response = listed(office, f"per_page={asked}")

    assert (response.status_code, len(response.context["table"].page.object_list)) == (200, 50)


def test_filter_sort_and_size_stay_in_the_address_of_the_next_page(office, county):
    AssignmentFactory.create_batch(30, task=county.task)

    page = page_of(listed(office, "role=responsible&sort=-number&per_page=20"))

    following = [link for link in page.split('href="') if "page=2" in link.partition('"')[0]][0].partition('"')[0]
    assert [part in following for part in ("role=responsible", "sort=-number", "per_page=20")] == [True] * 3


KEYS = {
    "number": lambda duty: duty.task.number,
    "requirement": lambda duty: duty.task.requirement,
    "part": lambda duty: duty.task.section.part.order,
    "section": lambda duty: duty.task.section.order,
    "unit": lambda duty: duty.unit.order,
    "role": lambda duty: duty.role,
    "due_on": lambda duty: duty.due_on,
    "first_due_on": lambda duty: duty.first_due_on,
    "days_left": lambda duty: duty.days_left,
    "light": lambda duty: list(Light).index(duty.light),
    "status": lambda duty: duty.status,
    "latest_at": lambda duty: duty.latest_at,
    "reminded": lambda duty: duty.reminded_on,
    "acknowledged_at": lambda duty: duty.acknowledged_at,
}


def test_each_column_has_a_key_to_sort_by():
    orderable = {name for name, column in AssignmentTable.base_columns.items() if column.orderable is not False}

    assert {*KEYS, "year"} == orderable


@pytest.mark.parametrize("column", KEYS)
def test_each_column_sorts_both_ways(office, county, column):
    for number, due in enumerate(["2024-09-01", "2999-01-01", "2025-03-01"], start=3):
        section = SectionFactory(part=PartFactory(plan=county.plan))
        task = TaskFactory(section=section, number=number, due_on=due, requirement="abc"[-number % 3])
        with time_machine.travel(on_day(dt.date(2024, 7, number)), tick=False):
            duty = AssignmentFactory(task=task, unit=UnitFactory(order=10 - number), acknowledged_at=timezone.now())
            chase(duty, by=county.people["office"])
            complete(duty)

    up, down = (rows(listed(office, f"sort={sign}{column}&columns={column}")) for sign in ("", "-"))

    keys = [KEYS[column](duty) for duty in up]
    filled = [key for key in keys if key is not None]
    assert len(set(filled)) > 1
    if column != "requirement":  # the database's own order of Chinese text
        assert keys == sorted(filled) + [None] * (len(keys) - len(filled))
    assert [KEYS[column](duty) for duty in down] == filled[::-1] + [None] * (len(keys) - len(filled))


def test_a_column_that_is_not_shown_does_not_sort(office, county):
    sorted_by = [rows(listed(office, f"{sort}&columns=unit")) for sort in ("sort=-section", "sort=")]

    assert sorted_by[0] == sorted_by[1]


@pytest.mark.parametrize("sort", ["password", "-unit__people__password", "%00", "number&sort=nothing"])
def test_a_sort_that_is_not_on_offer_is_left_aside(office, county, sort):
    response = listed(office, f"sort={sort}")

    assert response.status_code == 200
    assert len(rows(response)) == 3


@pytest.mark.parametrize(
    ("as_of", "light"),
    [
        ("2024-06-30", Light.NOT_STARTED),
        ("2024-09-09", Light.NOT_STARTED),
        ("2024-09-30", Light.REVIEW),
        ("2024-10-07", Light.REVIEW),
        ("2024-10-08", Light.DONE),
        ("", Light.DONE),
    ],
)
def test_a_past_day_shows_that_evening(office, history, as_of, light):
    lights = {duty: duty.light for duty in rows(listed(office, f"as_of={as_of}"))}

    assert lights[history.other_duty] == light


def test_before_the_plan_was_issued_nothing_was_owed(office, history):
    assert rows(listed(office, "as_of=2024-06-23")) == []


def test_the_light_filter_takes_the_day_of_the_page(office, history):
    then = listed(office, "as_of=2024-09-30&light=review")
    now = listed(office, "light=review")

    assert (rows(then), rows(now)) == ([history.other_duty], [])


@pytest.mark.parametrize("as_of", ["1949-10-01", "2000-01-01"])
def test_a_day_long_ago_shows_nothing(office, county, as_of):
    response = listed(office, f"as_of={as_of}")

    assert (response.status_code, rows(response)) == (200, [])


def test_a_plan_of_another_year_is_chosen_by_its_id(office, county):
    later = AssignmentFactory(task__section__part__plan__year=2025)

    all_years = listed(office)
    one_year = [listed(office, f"plan={plan.pk}") for plan in (later.plan, county.plan)]

    assert len(rows(all_years)) == 4
    assert [rows(one_year[0]), len(rows(one_year[1]))] == [[later], 3]


def test_htmx_gets_the_list_alone_and_a_boosted_link_the_page(office, county):
    fragment = office.get(reverse("tasks:assignments"), headers={"HX-Request": "true"})
    boosted = office.get(reverse("tasks:assignments"), headers={"HX-Request": "true", "HX-Boosted": "true"})

    assert page_of(fragment).lstrip().startswith('<div class="table-responsive">')
    assert '<form id="bulk"' in page_of(fragment)
    assert "<html" not in page_of(fragment)
    assert "<html" in page_of(boosted)


def test_htmx_is_told_of_a_missing_page_in_the_fragment(office, county):
    response = office.get(f"{reverse('tasks:assignments')}?page=99999", headers={"HX-Request": "true"})

    assert response.status_code == 404
    assert "没有第 99999 页" in page_of(response)
    assert "<html" not in page_of(response)


def test_what_is_not_there_answers_htmx_with_a_fragment(office, county):
    response = office.get(reverse("tasks:assignment", args=[999_999]), headers={"HX-Request": "true"})

    assert response.status_code == 404
    assert page_of(response).startswith('<div class="alert alert-danger" role="alert">')


# --- one duty ---------------------------------------------------------------------------------------------------------


def duty_page(client, duty):
    return client.get(reverse("tasks:assignment", args=[duty.pk]))


def test_a_duty_shows_requirement_deadline_leads_reports_and_history(client, county):
    client.force_login(county.people["liaison"])

    page = page_of(duty_page(client, county.duty))

    wanted = [county.task.requirement, "12月底前", "2024-12-31", "县商务局", county.report.text, county.item.title]
    assert [text for text in (*wanted, "报送进展", "未启动 → 推进中") if text not in page] == []


def test_a_units_draft_is_not_among_its_reports(client, county):
    client.force_login(county.people["liaison"])

    response = duty_page(client, county.duty)

    assert response.context["reports"] == [county.report]
    assert "继续填写草稿" in page_of(response)


def test_the_reason_of_a_return_stands_on_top_until_it_is_answered(client, county):
    liaison = county.people["liaison"]
    reports.discard_draft(county.duty, by=liaison)
    reviews.return_(county.report, by=county.people["reviewer"], comment="缺少发布链接。")
    client.force_login(liaison)

    asked = duty_page(client, county.duty)
    submit(county.duty, by=liaison)
    answered = duty_page(client, county.duty)

    assert (asked.context["returned"], answered.context["returned"]) == (county.report, None)
    assert "补正后重新报送" in page_of(asked)


def test_a_lead_reads_the_units_report_and_cannot_write_for_it(client, county):
    client.force_login(county.people["lead"])

    page = page_of(duty_page(client, county.duty))

    assert county.report.text in page
    assert reverse("tasks:report", args=[county.duty.pk]) not in page
    assert reverse("tasks:withdraw", args=[county.report.pk]) not in page


def test_only_its_writer_has_the_button_to_withdraw(client, county):
    shown = {}
    for role in ("liaison", "leader", "office", "auditor"):
        client.force_login(county.people[role])
        shown[role] = reverse("tasks:withdraw", args=[county.report.pk]) in page_of(duty_page(client, county.duty))

    assert shown == {"liaison": True, "leader": False, "office": False, "auditor": False}


def test_a_completion_is_revoked_with_a_reason(office, county):
    complete(county.other_duty)

    response = office.post(reverse("tasks:revoke", args=[county.other_duty.pk]), {"reason": "材料不实。"})

    assert response.url == reverse("tasks:assignment", args=[county.other_duty.pk])
    duty = Assignment.objects.get(pk=county.other_duty.pk)
    assert (duty.status, duty.transitions.order_by("pk").last().reason) == (Status.IN_PROGRESS, "材料不实。")


@pytest.mark.parametrize(
    ("typed", "sentence"), [("", "请填写撤销办结的原因。"), (" \n", "请填写撤销办结的原因。"), ("长" * 2001, "2000")]
)
def test_a_revocation_without_a_reason_is_refused_beside_the_field(office, county, typed, sentence):
    complete(county.other_duty)

    response = office.post(reverse("tasks:revoke", args=[county.other_duty.pk]), {"reason": typed})

    assert response.status_code == 422
    assert sentence in response.context["revoke_form"].errors["reason"][0]
    assert response.context["revoke_form"].errors["reason"][0] in page_of(response)
    assert response.context["revoke_form"]["reason"].value() == typed
    assert Assignment.objects.get(pk=county.other_duty.pk).status == Status.COMPLETED


def test_the_second_to_revoke_is_told_what_stands_and_keeps_the_reason(office, county):
    complete(county.other_duty)
    reviews.revoke(county.other_duty, by=county.people["reviewer"], reason="材料不实。")

    response = office.post(reverse("tasks:revoke", args=[county.other_duty.pk]), {"reason": "链接已失效。"})

    assert response.status_code == 409
    assert response.context["revoke_form"].non_field_errors() == ["该事项当前为“推进中”，不能撤销办结。"]
    assert response.context["revoke_form"]["reason"].value() == "链接已失效。"


def test_the_second_to_revoke_reads_the_refusal_and_the_own_words_on_the_page(office, county):
    complete(county.other_duty)
    reviews.revoke(county.other_duty, by=county.people["reviewer"], reason="材料不实。")

    page = page_of(office.post(reverse("tasks:revoke", args=[county.other_duty.pk]), {"reason": "链接已失效。"}))

    assert [text for text in ("该事项当前为“推进中”，不能撤销办结。", "链接已失效。") if text not in page] == []
