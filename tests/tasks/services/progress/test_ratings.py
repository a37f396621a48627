"""Reviewers rate what they approve (质量评价), and rate anew; each rating is kept."""

import pytest
from django.core.exceptions import PermissionDenied

from departments.choices import Role
from tasks.choices import Quality, ReportState
from tasks.models import QualityRating
from tasks.services.progress import reviews
from tests.factories import AssignmentFactory, UserFactory, claim, submit
from wenshang_disclosure.core.web.errors import Conflict, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewer():
    return UserFactory(role=Role.REVIEWER)


@pytest.fixture
def report():
    return submit(AssignmentFactory())


def kept(report):
    """The report's rating, and every one that was kept, the last first."""
    report.refresh_from_db()
    return (report.quality, report.is_exemplary), list(report.ratings.values_list("quality", "is_exemplary", "by"))


@pytest.mark.parametrize("quality", Quality.values)
def test_approving_keeps_the_rating(report, reviewer, quality):
    reviews.approve(report, by=reviewer, quality=quality)

    assert kept(report) == ((quality, False), [(quality, False, reviewer.pk)])
    assert report.state == ReportState.APPROVED


def test_approving_without_a_rating_leaves_the_report_unrated(report, reviewer):
    reviews.approve(report, by=reviewer)

    assert kept(report) == ((None, False), [])


@pytest.mark.parametrize("quality", [None, Quality.FAIR, Quality.POOR])
@pytest.mark.parametrize("step", [reviews.approve, reviews.rate])
def test_only_a_good_report_is_exemplary(report, reviewer, quality, step):
    if step is reviews.rate:
        reviews.approve(report, by=reviewer)

    with pytest.raises(Refused, match="评为“优”或“良”的报告才能列为典型经验"):
        step(report, by=reviewer, quality=quality, is_exemplary=True)

    assert kept(report) == ((None, False), [])


def test_a_rating_that_there_is_not_is_refused(report, reviewer):
    with pytest.raises(Refused, match="没有这一档质量评价"):
        reviews.approve(report, by=reviewer, quality=5)


@pytest.mark.parametrize("quality", [Quality.EXCELLENT, Quality.GOOD])
def test_an_exemplary_claim(reviewer, quality):
    report = claim(AssignmentFactory())

    reviews.approve(report, by=reviewer, quality=quality, is_exemplary=True)

    assert kept(report) == ((quality, True), [(quality, True, reviewer.pk)])


def test_rating_anew_keeps_what_was_said_before(report, reviewer):
    office = UserFactory(role=Role.OFFICE)
    reviews.approve(report, by=reviewer, quality=Quality.EXCELLENT, is_exemplary=True)

    reviews.rate(report, by=office, quality=Quality.FAIR)

    assert kept(report) == ((2, False), [(2, False, office.pk), (4, True, reviewer.pk)])


def test_a_rating_can_be_taken_back(report, reviewer):
    reviews.approve(report, by=reviewer, quality=Quality.POOR)

    reviews.rate(report, by=reviewer, quality=None)

    assert kept(report) == ((None, False), [(None, False, reviewer.pk), (1, False, reviewer.pk)])


def test_the_same_rating_twice_is_kept_once(report, reviewer):
    reviews.approve(report, by=reviewer, quality=Quality.GOOD)

    reviews.rate(report, by=reviewer, quality=Quality.GOOD)

    assert kept(report) == ((3, False), [(3, False, reviewer.pk)])


@pytest.mark.parametrize("state", ["submitted", "returned"])
def test_what_is_not_approved_is_not_rated(report, reviewer, state):
    if state == "returned":
        reviews.return_(report, by=reviewer, comment="请补充。")

    with pytest.raises(Conflict, match="审核通过后才能评价质量"):
        reviews.rate(report, by=reviewer, quality=Quality.GOOD)


def test_who_wrote_it_does_not_rate_it(report, reviewer):
    reviews.approve(report, by=reviewer)
    report.writers.add(reviewer)

    with pytest.raises(PermissionDenied, match="由您本人填写或报送"):
        reviews.rate(report, by=reviewer, quality=Quality.EXCELLENT)


@pytest.mark.parametrize("role", [Role.LIAISON, Role.LEADER, Role.AUDITOR])
def test_nobody_else_rates(report, reviewer, role):
    reviews.approve(report, by=reviewer)

    with pytest.raises(PermissionDenied):
        reviews.rate(report, by=UserFactory(role=role, unit=report.assignment.unit), quality=Quality.POOR)


def test_a_rating_cannot_be_changed_or_removed(report, reviewer):
    reviews.approve(report, by=reviewer, quality=Quality.GOOD)
    rating = QualityRating.objects.get()

    for change in (rating.save, rating.delete, QualityRating.objects.all().delete):
        with pytest.raises(TypeError, match="append-only"):
            change()
    with pytest.raises(TypeError, match="append-only"):
        QualityRating.objects.update(quality=4)


def test_the_database_takes_no_rating_of_what_is_not_approved(report, refused_by):
    with refused_by("only_approved_reports_are_rated"):
        type(report).objects.filter(pk=report.pk).update(quality=4)


def test_the_database_takes_no_poor_exemplary_case(report, reviewer, refused_by):
    reviews.approve(report, by=reviewer)

    for quality in (None, 1, 2):
        with refused_by("exemplary_where_good"):
            type(report).objects.filter(pk=report.pk).update(quality=quality, is_exemplary=True)
