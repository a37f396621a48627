"""The queue and the answer: one wins, the other is told and keeps the typed words."""

import pytest
from django.urls import reverse

from departments.choices import Role
from tasks.choices import ReportState, Status
from tasks.models import Assignment
from tasks.services import reviews
from tests.factories import UserFactory, claim, hand_in
from tests.world import build_county

pytestmark = pytest.mark.django_db


@pytest.fixture
def county(evidence_folder):
    return build_county()


@pytest.fixture
def reviewer(client, county):
    client.force_login(county.people["reviewer"])
    return client


def test_the_queue_is_oldest_first(reviewer, county):
    later = hand_in(county.other_duty)

    response = reviewer.get(reverse("tasks:reviews"))

    assert [row.record for row in response.context["table"].rows] == [county.report, later]


def test_a_report_is_returned_with_a_reason_and_the_next_is_shown(reviewer, county):
    following = hand_in(county.other_duty)

    response = reviewer.post(reverse("tasks:return", args=[county.report.pk]), {"return-comment": "请补充链接。"})

    assert response.url == reverse("tasks:review", args=[following.pk])
    county.report.refresh_from_db()
    assert (county.report.state, county.report.review_comment) == (ReportState.RETURNED, "请补充链接。")


def test_a_return_without_a_reason_is_refused_beside_the_field(reviewer, county):
    response = reviewer.post(reverse("tasks:return", args=[county.report.pk]), {"return-comment": " "})

    assert response.status_code == 422
    assert response.context["return_form"].errors["comment"] == ["请填写退回原因。"]


def test_an_approved_claim_turns_the_duty_done(reviewer, county):
    report = claim(county.other_duty)

    reviewer.post(reverse("tasks:approve", args=[report.pk]))

    assert Assignment.objects.get(pk=county.other_duty.pk).status == Status.COMPLETED


def test_second_reviewer_is_told_and_keeps_the_typed_reason(reviewer, county):
    reviews.return_(county.report, by=UserFactory(role=Role.OFFICE), comment="缺少发布链接。")

    response = reviewer.post(reverse("tasks:return", args=[county.report.pk]), {"return-comment": "请补充佐证材料。"})

    assert response.status_code == 409
    assert response.context["return_form"]["comment"].value() == "请补充佐证材料。"
    assert "本次退回未生效" in response.content.decode()
    assert "请补充佐证材料。" in response.content.decode()


def test_a_completion_is_taken_back_with_a_reason(reviewer, county):
    reviews.approve(claim(county.other_duty), by=county.people["office"])

    response = reviewer.post(reverse("tasks:revoke", args=[county.other_duty.pk]), {"reason": "材料不实。"})

    assert response.status_code == 302
    assert Assignment.objects.get(pk=county.other_duty.pk).status == Status.IN_PROGRESS


def test_the_auditor_reads_and_has_no_buttons(client, county):
    client.force_login(county.people["auditor"])

    page = client.get(reverse("tasks:review", args=[county.report.pk])).content.decode()

    assert "已发布政策3条。" in page
    assert "退回补正" not in page
