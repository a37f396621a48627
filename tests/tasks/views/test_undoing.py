"""Pages on which the office takes back what it did: where they are reached, what they say, and what a refusal keeps."""

import datetime as dt

import pytest
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from lxml import html

from departments.choices import Role
from tasks.choices import ExtensionState, PlanState, ReportState, Status
from tasks.models import Assignment, Plan
from tasks.services.deadlines import extensions
from tasks.services.deadlines import undoing as undoing_extensions
from tasks.services.plans import issuing
from tasks.services.plans import undoing as undoing_issue
from tasks.services.progress import reports, reviews
from tasks.services.progress import undoing as undoing_reviews
from tasks.services.supervision import rounds
from tests.factories import AssignmentFactory, DesignationFactory, PlanFactory, UnitFactory, UserFactory, claim
from tests.pages import page_of

pytestmark = pytest.mark.django_db

REASON = "审核时看错了材料。"


@pytest.fixture
def approved(county):
    return reviews.approve(county.report, by=county.people["reviewer"], comment="材料齐全。")


def open_page(client, name, subject):
    return client.get(reverse(f"tasks:{name}", args=[subject.pk]))


def send(client, name, subject, **typed):
    """Send the page's form with the mark that the page has."""
    response = open_page(client, name, subject)
    seen = response.context["form"].initial.get("seen", "") if response.context else ""
    return client.post(reverse(f"tasks:{name}", args=[subject.pk]), {"seen": seen, "reason": REASON, **typed})


def link(name, subject):
    return f'href="{reverse(f"tasks:{name}", args=[subject.pk])}"'


# --- a report ---------------------------------------------------------------------------------------------------------


def test_a_decision_is_taken_back_from_the_page_of_the_review_and_of_the_duty(office, county, approved):
    for page in (open_page(office, "review", approved), open_page(office, "assignment", county.duty)):
        assert link("undo-review", approved) in page.content.decode()

    response = send(office, "undo-review", approved)

    approved.refresh_from_db()
    assert response.headers["Location"] == reverse("tasks:review", args=[approved.pk])
    assert approved.state == ReportState.SUBMITTED
    assert REASON in page_of(open_page(office, "assignment", county.duty))


def test_the_page_says_what_will_happen(office, approved):
    page = page_of(open_page(office, "undo-review", approved))

    assert "报告回到“已报送”，重新等待审核。" in page
    assert "材料齐全。" in page


def test_without_a_reason_nothing_happens(office, approved):
    response = send(office, "undo-review", approved, reason=" ")

    approved.refresh_from_db()
    assert (response.status_code, approved.state) == (422, ReportState.APPROVED)
    assert "请填写撤回的原因。" in page_of(response)


def test_the_second_of_two_is_told_and_keeps_the_reason(office, county, approved):
    mark = open_page(office, "undo-review", approved).context["form"].initial["seen"]
    undoing_reviews.undo(approved, by=county.people["reviewer"], reason="重新审核。")

    address = reverse("tasks:undo-review", args=[approved.pk])
    response = office.post(address, {"seen": mark, "reason": REASON})

    assert response.status_code == 409
    assert response.context["form"]["reason"].value() == REASON
    assert "该报告已是“已报送”，本次撤回未生效" in page_of(response)


def test_a_refused_form_can_be_sent_again_once_the_page_has_said_what_stands(office, county, approved):
    mark = open_page(office, "undo-review", approved).context["form"].initial["seen"]
    reviews.rate(approved, by=county.people["reviewer"], quality=4)
    address = reverse("tasks:undo-review", args=[approved.pk])

    refused = office.post(address, {"seen": mark, "reason": REASON})
    assert (refused.status_code, "质量评价“优”一并取消。" in page_of(refused)) == (409, True)
    again = office.post(address, {"seen": refused.context["form"]["seen"].value(), "reason": REASON})

    approved.refresh_from_db()
    assert (again.status_code, approved.state) == (302, ReportState.SUBMITTED)


def test_where_it_is_not_possible_the_page_says_why_and_has_no_form(office, county):
    page = open_page(office, "undo-review", county.report)

    assert "没有可以撤回的审核决定" in page_of(page)
    assert "确定撤回" not in page_of(page)


def test_whoever_may_not_has_no_button(client, county, approved):
    for person in ("auditor", "liaison", "lead"):
        client.force_login(county.people[person])
        assert link("undo-review", approved) not in open_page(client, "assignment", county.duty).content.decode()


def test_a_completed_duty_offers_both_ways_back(office, county):
    report = claim(county.other_duty)
    reviews.approve(report, by=county.people["reviewer"])

    page = open_page(office, "assignment", county.other_duty).content.decode()
    assert link("undo-review", report) in page
    assert "撤销办结" in page

    send(office, "undo-review", report)
    assert Assignment.objects.get(pk=county.other_duty.pk).status == Status.UNDER_REVIEW


# --- an extension -----------------------------------------------------------------------------------------------------


@pytest.fixture
def later_duty(county):
    """A duty that is not due yet."""
    due_on = timezone.localdate() + dt.timedelta(days=30)
    return AssignmentFactory(task__section=county.task.section, task__due_on=due_on, unit=UnitFactory(), due_on=due_on)


def ask(duty):
    requested = duty.due_on + dt.timedelta(days=30)
    return extensions.ask(duty, by=UserFactory(unit=duty.unit), requested_due_on=requested, reason="理由。")


def test_a_decision_on_a_request_is_taken_back_from_its_page(office, county, later_duty):
    request = extensions.grant(ask(later_duty), by=county.people["reviewer"])
    assert link("undo-decision", request) in open_page(office, "extension", request).content.decode()

    response = send(office, "undo-decision", request)

    request.refresh_from_db()
    assert response.headers["Location"] == reverse("tasks:extension", args=[request.pk])
    assert request.state == ExtensionState.REQUESTED
    page = page_of(open_page(office, "extension", request))
    assert "已撤回的决定" in page
    assert REASON in page


def test_from_the_duty_one_comes_to_the_request_that_was_granted(office, county, later_duty):
    request = extensions.grant(ask(later_duty), by=county.people["reviewer"])
    assert link("undo-extension", later_duty) in open_page(office, "assignment", later_duty).content.decode()

    response = open_page(office, "undo-extension", later_duty)

    assert response.headers["Location"] == reverse("tasks:undo-decision", args=[request.pk])


def test_the_offices_own_extension_is_taken_back_from_the_duty(office, county, later_duty):
    before = later_duty.due_on
    extensions.extend(later_duty, by=county.people["office"], due_on=before + dt.timedelta(days=9), reason="系统升级。")

    response = send(office, "undo-extension", later_duty)

    later_duty.refresh_from_db()
    assert response.headers["Location"] == reverse("tasks:assignment", args=[later_duty.pk])
    assert later_duty.due_on == before
    assert link("undo-extension", later_duty) not in open_page(office, "assignment", later_duty).content.decode()


def test_the_second_to_take_back_a_decision_keeps_the_reason(office, county, later_duty):
    request = extensions.refuse(ask(later_duty), by=county.people["reviewer"], comment="理由不足。")
    mark = open_page(office, "undo-decision", request).context["form"].initial["seen"]
    undoing_extensions.undo_decision(request, by=county.people["reviewer"], reason="重新决定。")

    response = office.post(reverse("tasks:undo-decision", args=[request.pk]), {"seen": mark, "reason": REASON})

    assert response.status_code == 409
    assert response.context["form"]["reason"].value() == REASON


# --- the issue of a plan ----------------------------------------------------------------------------------------------


@pytest.fixture
def issued(county):
    plan = PlanFactory(state=PlanState.DRAFT, title="2025年测试分解表", year=2025)
    DesignationFactory(task__section__part__plan=plan, unit=county.town)
    return issuing.issue(plan, by=county.people["office"])


def test_an_issue_is_taken_back_from_the_plan_and_leads_to_the_draft(office, issued):
    assert link("undo-issue", issued) in open_page(office, "plan", issued).content.decode()

    response = send(office, "undo-issue", issued, reason="表中单位有误。")

    draft = Plan.objects.get(replaces=issued)
    assert response.headers["Location"] == reverse("tasks:plan", args=[draft.pk])
    old, new = page_of(open_page(office, "plan", issued)), page_of(open_page(office, "plan", draft))
    assert "表中单位有误。" in old
    assert "代替本表的分解表（拟制中）" in old
    assert "本表代替已撤回印发的" in new
    assert "已撤回印发" in page_of(office.get(reverse("tasks:plans")))


def test_a_withdrawn_plan_offers_nothing_but_reading(office, issued):
    send(office, "undo-issue", issued)

    page = open_page(office, "plan", issued).content.decode()

    for name in ("undo-issue", "issue", "resolve", "open-page", "plan-about", "delete-plan"):
        assert reverse(f"tasks:{name}", args=[issued.pk]) not in page
    row = issued.tasks.get()
    for name in ("amend", "edit-row"):
        address = reverse(f"tasks:{name}", args=[row.pk])
        assert address not in page
        assert address not in open_page(office, "task", row).content.decode()
    assert open_page(office, "issue", issued).status_code == 302
    assert open_page(office, "amend", issued.tasks.get()).status_code == 404


def test_a_withdrawn_plan_is_found_again_and_stays_chosen(office, issued):
    """It stands last among all tables, with the reason, and leads to what it was on its last evening."""
    send(office, "undo-issue", issued, reason="表中单位有误。")
    Plan.objects.filter(pk=issued.pk).update(issued_on=F("issued_on") - dt.timedelta(days=9))

    listed = office.get(reverse("tasks:plans"))
    plan = page_of(open_page(office, "plan", issued))
    [duties] = html.fromstring(plan).xpath("//a[contains(., '撤回前的承办事项')]/@href")
    list_of_duties = office.get(duties)

    assert list(listed.context["listed"])[-1] == issued
    assert "撤回印发：表中单位有误。" in page_of(listed)
    assert list_of_duties.status_code == 200
    chosen = html.fromstring(page_of(list_of_duties)).xpath("string(//details[contains(@class, 'top-year')]/summary)")
    assert chosen.strip() == f"{issued.year}年度（已撤回印发）"
    assert f"plan={issued.pk}" in "".join(html.fromstring(page_of(list_of_duties)).xpath("//nav//a/@href"))


def test_a_unit_still_reads_its_duty_and_its_draft(client, county, issued):
    duty = issued.assignments.get()
    reports.save_draft(duty, by=county.people["liaison"], version=0, text="正在收集材料。")
    undoing_issue.undo_issue(issued, by=county.people["office"], reason="表中单位有误。")
    client.force_login(county.people["liaison"])

    page = page_of(open_page(client, "assignment", duty))

    assert "撤回印发，该事项不再办理。" in page
    assert "正在收集材料。" in page_of(open_page(client, "report", duty))
    assert client.get(reverse("tasks:assignments"), {"plan": issued.pk}).status_code == 200
    offered = html.fromstring(page_of(client.get(reverse("tasks:assignments")))).xpath(
        "//select[@name='plan']/option/@value"
    )
    assert str(issued.pk) not in offered


def test_what_units_reported_is_named_instead_of_a_form(office, county):
    page = page_of(open_page(office, "undo-issue", county.plan))

    assert "报送进展或送分管领导审签，印发不能再撤回" in page
    assert "确定撤回" not in page


# --- the closing of a round -------------------------------------------------------------------------------------------


def test_a_closing_is_taken_back_from_the_round(office, county):
    one = rounds.close(county.round, by=county.people["office"])
    assert link("reopen-round", one) in open_page(office, "round", one).content.decode()

    response = send(office, "reopen-round", one, closes_on=one.closes_on)

    one.refresh_from_db()
    assert response.headers["Location"] == reverse("tasks:round", args=[one.pk])
    assert one.closed_at is None
    page = page_of(open_page(office, "round", one))
    assert "撤回结束" in page
    assert REASON in page


def test_a_closing_day_that_is_past_is_asked_for_anew(office, county):
    one = rounds.close(county.round, by=county.people["office"])
    past = timezone.localdate() - dt.timedelta(days=1)
    type(one).objects.filter(pk=one.pk).update(opens_on=past, closes_on=past)

    page = open_page(office, "reopen-round", one)
    assert page.context["form"]["closes_on"].value() is None
    response = send(office, "reopen-round", one, closes_on=f"{past}")

    assert response.status_code == 422
    assert response.context["form"]["reason"].value() == REASON


def test_an_open_round_has_nothing_to_take_back(office, county):
    assert "该批次没有结束，不需要撤回。" in page_of(open_page(office, "reopen-round", county.round))


def test_a_reviewer_may_take_back_a_review_but_neither_an_issue_nor_a_closing(client, county, approved):
    client.force_login(county.people["reviewer"])

    assert county.people["reviewer"].role == Role.REVIEWER
    assert open_page(client, "undo-review", approved).status_code == 200
    assert open_page(client, "undo-issue", county.plan).status_code == 403
    assert open_page(client, "reopen-round", county.round).status_code == 403
