"""The office moves deadlines, suspends, takes up again and reassigns; suspended duties leave every page of figures."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from tasks.models import Assignment
from tasks.services.deadlines import suspension
from tasks.services.progress import reports
from tests.factories import UnitFactory, claim
from tests.pages import page_of, rows
from wenshang_disclosure.core.dates import on_day

pytestmark = pytest.mark.django_db

OCTOBER = dt.date(2024, 10, 10)


@pytest.fixture(scope="module")
def county_made_at():
    return on_day(OCTOBER)


@pytest.fixture(autouse=True)
def october():
    with time_machine.travel(on_day(OCTOBER), tick=False):
        yield


@pytest.fixture
def suspended(county):
    """The agriculture bureau's duty with a claim under review, suspended by the office."""
    claim(county.other_duty, by=county.people["stranger"])
    suspension.suspend(county.other_duty, by=county.people["office"], reason="等待上级文件。")
    return county.other_duty


def take(client, name, duty, **typed):
    return client.post(reverse(f"tasks:{name}", args=[duty.pk]), typed)


def page_for(client, duty):
    return page_of(client.get(reverse("tasks:assignment", args=[duty.pk])))


def test_the_office_moves_a_deadline_from_the_dutys_page(office, county):
    assert "调整时限" in page_for(office, county.other_duty)

    response = take(
        office, "extend", county.other_duty, **{"extend-due_on": "2025-02-28", "extend-reason": "统一顺延。"}
    )

    county.other_duty.refresh_from_db()
    assert response.url == reverse("tasks:assignment", args=[county.other_duty.pk])
    assert county.other_duty.due_on == dt.date(2025, 2, 28)


def test_an_extended_deadline_is_corrected_on_the_same_page(office, county):
    duty = county.other_duty
    take(office, "extend", duty, **{"extend-due_on": "2036-02-28", "extend-reason": "统一顺延。"})
    assert "更正时限" in page_for(office, duty)

    response = take(office, "extend", duty, **{"extend-due_on": "2026-02-28", "extend-reason": "年份误填。"})

    duty.refresh_from_db()
    assert (response.status_code, duty.due_on) == (302, dt.date(2026, 2, 28))
    page = page_for(office, duty)
    assert "延至2036-02-28" in page
    assert "时限由2036-02-28更正为2026-02-28。原因：年份误填。" in page


@pytest.mark.parametrize(
    ("name", "typed", "status", "sentence"),
    [
        ("extend", {"extend-due_on": "2024-12-31", "extend-reason": "写好的话"}, 422, "须晚于现行时限"),
        ("extend", {"extend-due_on": "", "extend-reason": "写好的话"}, 422, "请填写新的时限"),
        ("resume", {"resume-reason": "写好的话"}, 409, "没有中止"),
        ("reassign", {"reassign-unit": "0", "reassign-reason": "写好的话"}, 422, "没有这个单位"),
    ],
)
def test_a_step_that_is_refused_keeps_what_was_typed(office, county, name, typed, status, sentence):
    response = take(office, name, county.other_duty, **typed)

    assert response.status_code == status
    assert sentence in page_of(response)
    assert "写好的话" in page_of(response)


def test_the_second_who_suspends_is_told(office, suspended):
    response = take(office, "suspend", suspended, **{"suspend-reason": "写好的话"})

    assert response.status_code == 409
    assert "该事项已经中止。" in page_of(response)
    assert "写好的话" in page_of(response)


def test_a_suspended_duty_says_so_with_its_reason_and_offers_to_take_it_up(office, county, client):
    response = take(office, "suspend", county.other_duty, **{"suspend-reason": "等待上级文件。"})
    shown = page_for(office, county.other_duty)
    client.force_login(county.people["stranger"])
    own = page_for(client, county.other_duty)

    assert response.status_code == 302
    assert all(words in shown for words in ("已中止", "等待上级文件。", "2024-10-10起中止", "恢复办理"))
    assert ("已中止" in own, "等待上级文件。" in own) == (True, True)
    assert all(words not in own for words in ("填报进展", "申请延期", "恢复办理的原因"))


def test_taking_up_again_with_a_new_deadline(office, suspended):
    response = take(office, "resume", suspended, **{"resume-reason": "文件已到。", "resume-due_on": "2025-03-31"})

    suspended.refresh_from_db()
    assert response.status_code == 302
    assert (suspended.suspended, suspended.due_on) == (False, dt.date(2025, 3, 31))


def test_reassigning_goes_on_to_the_other_units_duty(office, county):
    culture = UnitFactory(name="县文化和旅游局")
    assert reverse("tasks:reassign", args=[county.other_duty.pk]) in page_for(office, county.other_duty)

    response = take(
        office, "reassign", county.other_duty, **{"reassign-unit": culture.pk, "reassign-reason": "职能划转。"}
    )

    new = Assignment.objects.get(unit=culture)
    assert response.url == reverse("tasks:assignment", args=[new.pk])
    office.get(response.url)  # which says once that it is done
    assert "改派其他单位" not in page_for(office, county.other_duty)


# --- what a suspended duty takes no part in ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["tasks:assignments", "tasks:overdue", "tasks:reviews", "tasks:extensions"])
def test_lists_leave_it_out(client, county, suspended, name):
    with time_machine.travel(on_day(dt.date(2025, 1, 10)), tick=False):
        client.force_login(county.people["office"])
        shown = rows(client.get(reverse(name)))

    assert [row for row in shown if getattr(row, "assignment", row) == suspended] == []


def test_the_page_of_its_unit_leaves_it_out(office, county, suspended):
    page = office.get(reverse("reports:unit", args=[county.other_unit.pk]))

    assert suspended not in [line["duty"] for line in page.context["open"]]


@pytest.mark.parametrize("as_of", ["", "2024-10-10", "2024-10-12"])
def test_the_dashboard_leaves_it_out_from_its_day_on(office, county, suspended, as_of):
    with time_machine.travel(on_day(dt.date(2024, 10, 12)), tick=False):
        office.force_login(county.people["office"])
        shown = office.get(reverse("reports:dashboard"), {"as_of": as_of}).context

    assert shown["totals"]["owed"] == 2
    assert suspended.pk not in shown["period"].asked | shown["period"].reported


def test_the_dashboard_of_the_day_before_counts_it(office, county, suspended):
    with time_machine.travel(on_day(dt.date(2024, 10, 12)), tick=False):
        office.force_login(county.people["office"])
        shown = office.get(reverse("reports:dashboard"), {"as_of": "2024-10-09"}).context

    assert shown["totals"]["owed"] == 3


def test_what_waits_and_what_is_returned_is_not_counted_in_the_menu(client, county, suspended):
    Assignment.objects.filter(pk=suspended.pk).update(awaits_answer=True)
    client.force_login(county.people["reviewer"])
    reviewer = client.get(reverse("tasks:tasks")).context
    client.force_login(county.people["stranger"])
    unit = client.get(reverse("tasks:tasks")).context

    assert (reviewer["waiting_reports"](), unit["answers_owed"]()) == (1, 0)


def test_its_form_is_not_opened_and_what_was_typed_before_is_not_lost(client, county):
    client.force_login(county.people["stranger"])
    draft = reports.save_draft(county.other_duty, by=county.people["stranger"], version=0, text="一稿。")
    suspension.suspend(county.other_duty, by=county.people["office"], reason="等待上级文件。")
    address = reverse("tasks:report", args=[county.other_duty.pk])

    opened = client.get(address)
    saved = client.post(address, {"action": "submit", "version": draft.version, "text": "写好的话"})
    autosaved = client.post(
        reverse("tasks:autosave", args=[county.other_duty.pk]), {"version": draft.version, "text": "写好的话"}
    )

    assert (opened.status_code, saved.status_code, autosaved.status_code) == (422, 422, 422)
    assert "该事项已中止，恢复办理后再填报。" in page_of(opened)
    assert "写好的话" in page_of(saved)
    draft.refresh_from_db()
    assert draft.text == "一稿。"


def test_its_report_is_read_but_not_answered(office, suspended):
    report = suspended.reports.get()

    page = page_of(office.get(reverse("tasks:review", args=[report.pk])))
    answered = office.post(reverse("tasks:approve", args=[report.pk]))

    assert "已中止" in page
    assert "通过，事项办结" not in page
    assert answered.status_code == 422
    assert "恢复办理后才能审核通过" in page_of(answered)


# --- the list of what is suspended ------------------------------------------------------------------------------------


def test_the_list_says_since_when_and_why_and_who_may_take_it_up(client, county, suspended):
    shown = {}
    for who in ("office", "auditor", "stranger", "liaison"):
        client.force_login(county.people[who])
        response = client.get(reverse("tasks:suspended"))
        page = page_of(response)
        shown[who] = (rows(response), "等待上级文件。" in page, reverse("tasks:resume", args=[suspended.pk]) in page)

    assert shown == {
        "office": ([suspended], True, True),
        "auditor": ([suspended], True, False),
        "stranger": ([suspended], True, False),
        "liaison": ([], False, False),
    }


def test_the_list_is_of_one_plan_and_filters(office, county, suspended):
    other = suspension.suspend(county.duty, by=county.people["office"], reason="等待。")

    both = rows(office.get(reverse("tasks:suspended")))
    one = rows(office.get(reverse("tasks:suspended"), {"unit": county.town.pk}))

    assert (set(both), one) == ({suspended, other}, [other])
