"""Two of the office act on one assessment at the same moment."""

import uuid
from dataclasses import asdict
from decimal import Decimal

import pytest
from django.utils import timezone

from departments.choices import Role
from reports.assessment import RubricValues, current
from reports.models import Assessment, AssessmentRow, Rubric
from reports.services import assessment
from tasks.models import QualityRating
from tasks.services.progress import reviews
from tests.factories import AssignmentFactory, UserFactory, submit
from tests.tasks.services.progress.test_concurrency import at_once
from wenshang_disclosure.core.web.errors import Conflict

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def duty():
    return AssignmentFactory()


@pytest.fixture
def people():
    return UserFactory.create_batch(4, role=Role.OFFICE)


def test_one_form_sent_several_times_at_once_publishes_once(duty, people):
    about = {"as_of": timezone.localdate(), "key": uuid.uuid4(), "seen": ""}

    outcomes = at_once(*[lambda: assessment.publish(duty.plan, by=people[0], **about)] * 4)

    assert {outcome.pk for outcome in outcomes} == {Assessment.objects.get().pk}
    assert AssessmentRow.objects.count() == 1


def test_of_two_rubrics_saved_at_once_one_stands_and_the_other_is_told(duty, people):
    def save(by, weight):
        numbers = asdict(RubricValues(completion=Decimal(weight), quality=Decimal(70 - weight)))
        return lambda: assessment.save_rubric(duty.plan, by=by, seen="", **numbers)

    outcomes = at_once(*[save(by, weight) for by, weight in zip(people, (10, 20, 30, 40), strict=True)])

    (saved,) = [outcome for outcome in outcomes if isinstance(outcome, Rubric)]
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 3
    assert current(duty.plan) == RubricValues.from_data(saved.criteria)


def test_ratings_at_once_are_all_kept_and_the_last_one_stands(duty, people):
    report = submit(duty)
    reviews.approve(report, by=people[0])

    at_once(*[lambda by=by, n=n: reviews.rate(report, by=by, quality=n) for n, by in enumerate(people, start=1)])

    report.refresh_from_db()
    ratings = list(QualityRating.objects.order_by("pk").values_list("quality", flat=True))
    assert sorted(ratings) == [1, 2, 3, 4]
    assert report.quality == ratings[-1]
