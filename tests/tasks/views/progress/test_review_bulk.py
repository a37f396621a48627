"""Several reports are approved at once: each by the rules for one, with a plain result for each."""

import pytest
from django.urls import reverse

from departments.choices import Role
from tasks.choices import ReportState, Status
from tasks.services.progress import reports as progress
from tasks.services.progress import reviews
from tests.factories import AssignmentFactory, TaskFactory, claim, submit
from tests.pages import page_of

pytestmark = pytest.mark.django_db

APPROVE = reverse("tasks:approve-several")


@pytest.fixture
def reviewer(client, county):
    client.force_login(county.people["reviewer"])
    return client


@pytest.fixture
def waiting(county):
    """Three reports that wait: the county's own, a plain one and a claim."""
    return [county.report, submit(county.lead_duty), claim(county.other_duty, by=county.people["stranger"])]


def shown(*reports):
    return {"report": [f"{report.pk}:{report.version}" for report in reports]}


def confirm(client, *reports, **typed):
    return client.post(APPROVE, {**shown(*reports), "confirm": "1", **typed})


def states(*reports):
    for report in reports:
        report.refresh_from_db()
    return [report.state for report in reports]


def results(response):
    return {result.row: result.error for result in response.context["results"]}


def test_what_will_happen_is_shown_first(reviewer, waiting):
    response = reviewer.post(APPROVE, shown(*waiting))

    assert response.context["taken"] == waiting
    assert "通过3份报告" in page_of(response)
    assert "其中1份申报办结，通过后事项办结。" in page_of(response)
    assert states(*waiting) == [ReportState.SUBMITTED] * 3


def test_confirming_approves_each_with_the_comment(reviewer, county, waiting):
    response = confirm(reviewer, *waiting, comment="材料齐全。")

    assert states(*waiting) == [ReportState.APPROVED] * 3
    assert {report.review_comment for report in waiting} == {"材料齐全。"}
    county.other_duty.refresh_from_db()
    assert county.other_duty.status == Status.COMPLETED
    assert "已通过3份" in page_of(response)


def test_own_reports_are_left_out_and_told(reviewer, county, waiting):
    stranger = county.people["stranger"]
    stranger.role, stranger.unit = Role.REVIEWER, None
    stranger.save()
    reviewer.force_login(stranger)

    response = reviewer.post(APPROVE, shown(*waiting))

    assert [result.row for result in response.context["rows"] if result.error] == [waiting[2]]
    assert "另有1份由您本人填写或报送，或者由您经手过填报账号，须由其他审核人审核。" in page_of(response)
    assert f'value="{waiting[2].pk}:' not in page_of(response)


def test_an_own_report_sent_along_is_refused_in_its_row(reviewer, county, waiting):
    stranger = county.people["stranger"]
    stranger.role, stranger.unit = Role.OFFICE, None
    stranger.save()
    reviewer.force_login(stranger)

    response = confirm(reviewer, *waiting)

    assert results(response) == {**dict.fromkeys(waiting[:2], ""), waiting[2]: reviews.FOUR_EYES}
    assert states(*waiting) == [ReportState.APPROVED, ReportState.APPROVED, ReportState.SUBMITTED]


def test_a_report_that_was_changed_since_it_was_shown_is_refused_in_its_row(reviewer, county, waiting):
    read = shown(*waiting)
    changed = waiting[2]
    progress.withdraw(changed, by=changed.author)
    submit(county.other_duty, by=changed.author, text="改过的内容。", claims_completion=True)

    response = reviewer.post(APPROVE, {**read, "confirm": "1"})

    told = results(response)
    assert told.pop(changed).startswith("填报单位已撤回修改并重新报送")
    assert told == dict.fromkeys(waiting[:2], "")
    assert states(changed) == [ReportState.SUBMITTED]
    assert "已通过2份，未通过1份" in page_of(response)


def test_what_a_colleague_answered_meanwhile_is_told_in_its_row(reviewer, county, waiting):
    read = shown(*waiting)
    reviews.return_(waiting[1], by=county.people["office"], comment="请补充。")

    response = reviewer.post(APPROVE, {**read, "confirm": "1"})

    assert "已是“已退回”" in results(response)[waiting[1]]
    assert states(*waiting) == [ReportState.APPROVED, ReportState.RETURNED, ReportState.APPROVED]


def test_what_was_taken_back_meanwhile_is_counted(reviewer, county, waiting):
    read = shown(*waiting)
    progress.withdraw(waiting[2], by=waiting[2].author)

    response = reviewer.post(APPROVE, {**read, "confirm": "1"})

    assert set(results(response)) == set(waiting[:2])
    assert "另有1份在此期间已由填报单位撤回，未通过。" in page_of(response)
    assert states(waiting[2]) == [ReportState.DRAFT]


def test_a_claim_whose_count_no_longer_adds_up_is_refused_in_its_row(reviewer, county):
    duty = AssignmentFactory(task=TaskFactory(section=county.task.section, target_count=2))
    earlier, claimed = submit(duty, count=1), claim(duty, count=1)
    reviews.return_(earlier, by=county.people["office"], comment="不实。")

    response = confirm(reviewer, county.report, claimed)

    assert results(response)[claimed].startswith("该任务要求完成2次，现有报告累计1次")
    assert states(county.report, claimed) == [ReportState.APPROVED, ReportState.SUBMITTED]


def test_a_comment_that_is_refused_stays_as_typed_and_approves_nothing(reviewer, waiting):
    response = confirm(reviewer, *waiting, comment="字" * 2001)

    assert response.status_code == 422
    assert response.context["form"]["comment"].value() == "字" * 2001
    assert states(*waiting) == [ReportState.SUBMITTED] * 3


@pytest.mark.parametrize("value", ["", "nonsense", "17", "1:", ":1", "9" * 30 + ":1", "1:" + "9" * 5000, "draft"])
def test_nothing_to_approve_is_said(reviewer, county, value):
    value = f"{county.draft.pk}:{county.draft.version}" if value == "draft" else value

    responses = [reviewer.post(APPROVE, {"report": value, **more}) for more in ({}, {"confirm": "1"})]

    assert [response.status_code for response in responses] == [422, 422]
    assert "请先勾选等待审核的报告。" in page_of(responses[0])


@pytest.mark.parametrize("who", ["auditor", "liaison", "leader", "lead"])
def test_nobody_else_approves(client, county, waiting, who):
    client.force_login(county.people[who])

    assert confirm(client, *waiting).status_code == 403
    assert states(*waiting) == [ReportState.SUBMITTED] * 3


@pytest.mark.parametrize(("who", "is_offered"), [("office", True), ("reviewer", True), ("auditor", False)])
def test_the_queue_has_boxes_for_who_reviews(client, county, who, is_offered):
    client.force_login(county.people[who])

    page = page_of(client.get(reverse("tasks:reviews")))

    assert (f'name="report" value="{county.report.pk}:{county.report.version}"' in page) is is_offered
    assert ("通过勾选的" in page) is is_offered


def test_each_report_is_shown_with_its_text_and_evidence_and_can_be_left_out(reviewer, county, waiting):
    page = page_of(reviewer.post(APPROVE, shown(*waiting)))

    texts = [report.text for report in waiting] + [county.item.title]
    assert [text for text in texts if text not in page] == []
    assert page.count(" checked aria-label=") == 3
    assert page.count('form="bulk" checked') == 3

    confirm(reviewer, *waiting[:2])

    assert states(*waiting) == [ReportState.APPROVED, ReportState.APPROVED, ReportState.SUBMITTED]
