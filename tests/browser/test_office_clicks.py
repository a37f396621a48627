"""What the office's day costs, in clicks and page loads (`make bench-clicks`)."""

import datetime as dt
import re
import time
from itertools import pairwise
from statistics import median

import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import expect

from departments.choices import Role
from tasks.choices import ExtensionState
from tasks.models import Assignment, Extension, ProgressReport, Reminder
from tasks.services.progress import reviews
from tests.factories import ExtensionFactory, QuestionFactory, UserFactory, chase, submit

from .hand import Hand
from .test_township_liaison import TOWN

REPORTS = 20


@pytest.fixture
def office(person, sign_in):
    """The page of somebody of the office who has just come home."""
    person("office", Role.OFFICE)

    def enter(width=1440):
        page = sign_in("office", width=width)
        page.wait_for_url(re.compile("/worklist/$"))
        return page

    return enter


@pytest.fixture
def liaison(person):
    return person("nanwang", unit=TOWN)


def duties_of(liaison, number):
    return Assignment.objects.filter(unit=liaison.unit).order_by("task__number")[:number]


def name_of(duty):
    return f"{duty.unit.label}第{duty.task.number}项"


def test_twenty_reviews_one_after_another(office, liaison):
    reports = [submit(duty, by=liaison) for duty in duties_of(liaison, REPORTS)]
    page = office()
    hand = Hand(page)
    hand.click(page.get_by_role("link", name=f"开始审核（{REPORTS}份）"))
    took = []
    for before, after in pairwise(reports):
        expect(page.locator("h1")).to_have_text(f"审核　{name_of(before.assignment)}")
        expect(page.locator("[data-decision][data-fetched]")).to_be_visible()  # the script is there
        began = time.perf_counter()
        hand.press("a")
        page.wait_for_function(
            "name => document.querySelector('h1').textContent.includes(name)", arg=name_of(after.assignment)
        )
        took.append(1000 * (time.perf_counter() - began))
    loads = hand.loads
    hand.press("a")
    expect(page.get_by_text("没有待审核的报告。")).to_be_visible()

    hand.told(f"审核{REPORTS}份，每份{median(took):.0f}毫秒")
    assert ProgressReport.objects.filter(state="approved").count() == REPORTS
    assert (hand.clicks <= REPORTS + 1, loads) == (True, 1)  # the first report is the only page that was loaded


def test_a_return_by_keys_asks_for_its_reason_and_goes_on(office, liaison):
    first, second = (submit(duty, by=liaison) for duty in duties_of(liaison, 2))
    page = office()
    page.goto(f"/reviews/{first.pk}/")

    page.keyboard.press("r")
    expect(page.get_by_label("审核意见")).to_be_focused()
    expect(page.get_by_text("请填写退回原因。")).to_be_visible()
    page.keyboard.type("a请补充链接")
    page.keyboard.press("Escape")
    page.keyboard.press("r")

    expect(page.get_by_text(f"已退回{name_of(first.assignment)}，填报单位将看到退回原因。")).to_be_visible()
    expect(page.locator("h1")).to_have_text(f"审核　{name_of(second.assignment)}")
    expect(page.get_by_label("审核意见")).to_have_value("")
    assert page.url.endswith(f"/reviews/{second.pk}/")
    first.refresh_from_db()
    assert (first.state, first.review_comment) == ("returned", "a请补充链接")


def test_the_keys_go_through_the_queue_and_rate(office, liaison):
    reports = [submit(duty, by=liaison) for duty in duties_of(liaison, 3)]
    page = office()
    page.goto(f"/reviews/{reports[0].pk}/?review_stage=office")

    for key, report in (("j", reports[1]), ("j", reports[2]), ("k", reports[1])):
        page.keyboard.press(key)
        expect(page.locator("h1")).to_have_text(f"审核　{name_of(report.assignment)}")
    page.keyboard.press("2")
    expect(page.get_by_label("良", exact=True)).to_be_checked()
    page.keyboard.press("a")

    expect(page.get_by_text(f"已通过{name_of(reports[1].assignment)}的进展报告，评为良。")).to_be_visible()
    assert page.url.endswith(f"/reviews/{reports[2].pk}/?review_stage=office")
    page.get_by_role("link", name="撤回…").click()
    expect(page.get_by_role("heading", name="撤回审核决定")).to_be_visible()


def test_what_somebody_else_decided_first_is_told_and_the_text_kept(office, liaison):
    (report,) = (submit(duty, by=liaison) for duty in duties_of(liaison, 1))
    page = office()
    page.goto(f"/reviews/{report.pk}/")
    page.get_by_label("审核意见").fill("请补充台账。")
    reviews.approve(report, by=UserFactory(role=Role.REVIEWER))
    page.get_by_role("button", name="退回补正").click()

    expect(page.get_by_text("本次退回未生效")).to_be_visible()
    expect(page.get_by_label("审核意见")).to_have_value("请补充台账。")


def test_home_is_one_click_from_each_act(office, liaison):
    reported, asked, chased, extended = duties_of(liaison, 4)
    submit(reported, by=liaison)
    QuestionFactory(task=asked.task, by=liaison)
    request = ExtensionFactory(assignment=extended, state=ExtensionState.REQUESTED, requested_by=liaison)
    with time_machine.travel(timezone.now() - dt.timedelta(days=6), tick=False):
        chase(chased, grade="yellow")
    ways = [
        (lambda page: page.locator("section[aria-labelledby=reviews] tbody a"), "通过"),
        (lambda page: page.get_by_role("link", name="答复 南旺镇"), "答复"),
        (lambda page: page.get_by_role("link", name="不同意…"), "不同意"),
        (lambda page: page.get_by_role("button", name="升为督办…"), "确定催办1件"),
        (lambda page: page.get_by_role("button", name="催办未报的…"), "确定催办"),
        (lambda page: page.get_by_role("link", name="明确…").first, "明确"),
    ]
    page = office()

    for way, act in ways:
        page.goto("/worklist/")
        way(page).click()
        expect(page.get_by_role("button", name=re.compile(act)).first).to_be_visible()
    page.goto("/worklist/")
    page.get_by_role("button", name="同意", exact=False).first.click()

    expect(page.get_by_text(f"已同意{name_of(extended)}延至")).to_be_visible()
    assert page.url.endswith("/worklist/")
    assert Extension.objects.get(pk=request.pk).state == ExtensionState.GRANTED
    assert Reminder.objects.count() == 1


def test_a_phone_shows_the_decisions_below_and_nothing_sideways(office, liaison):
    (report,) = (submit(duty, by=liaison, evidence=1) for duty in duties_of(liaison, 1))
    page = office(width=390)

    for address in ("/worklist/", f"/reviews/{report.pk}/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") == 390
    expect(page.get_by_role("button", name="退回补正")).to_be_in_viewport()
