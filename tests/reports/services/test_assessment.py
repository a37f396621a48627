"""The office sets the rubric and publishes; what was published stands."""

import datetime as dt
import uuid
from dataclasses import asdict
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from departments.choices import Role, UnitKind
from departments.services import units
from reports.assessment import RubricValues, current
from reports.models import Assessment, AssessmentRow, Rubric
from reports.services import assessment
from tasks.choices import PlanState
from tasks.models import Assignment
from tasks.services.deadlines import suspension
from tasks.services.progress import reviews
from tests.factories import (
    AssignmentFactory,
    PartFactory,
    PlanFactory,
    SectionFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
    complete,
    submit,
)
from wenshang_disclosure.core.web.errors import Conflict, Refused

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate


@pytest.fixture
def plan():
    return PlanFactory()


@pytest.fixture
def office():
    return UserFactory(role=Role.OFFICE)


@pytest.fixture
def duties(plan):
    """A department and a town owe two rows each; the town has done one."""
    section = SectionFactory(part=PartFactory(plan=plan))
    tasks = TaskFactory.create_batch(2, section=section)
    both = UnitFactory(name="县商务局", order=1), UnitFactory(name="南旺镇", kind=UnitKind.TOWN, order=2)
    made = [AssignmentFactory(task=task, unit=unit) for unit in both for task in tasks]
    complete(made[2])
    return made


def save(plan, by, seen="", **values):
    numbers = {**asdict(RubricValues()), **{name: Decimal(value) for name, value in values.items()}}
    return assessment.save_rubric(plan, by=by, seen=seen, **numbers)


def publish(plan, by, key=None, as_of=None, seen=None):
    about = {"key": key or uuid.uuid4(), "as_of": as_of or TODAY()}
    seen = assessment.version_of(plan) if seen is None else seen
    return assessment.publish(plan, by=by, seen=seen, **about)


def published_rows(one):
    return list(one.rows.values("unit_name", "group", "rank", "total", "parts"))


# --- the rubric -------------------------------------------------------------------------------------------------------


def test_without_a_rubric_the_default_stands(plan):
    assert current(plan) == RubricValues()
    assert assessment.version_of(plan) == ""


def test_a_saved_rubric_stands_for_its_plan_alone(plan, office):
    save(plan, office, completion="40", quality="30")

    rubric = Rubric.objects.get()
    assert (rubric.plan, rubric.changed_by) == (plan, office)
    assert current(plan) == RubricValues(completion=Decimal(40), quality=Decimal(30))
    assert current(PlanFactory(year=2025)) == RubricValues()


def test_a_rubric_that_does_not_add_up_is_refused(plan, office):
    with pytest.raises(Refused, match="四项分值合计应为100分，现为90分"):
        save(plan, office, completion="40")

    assert not Rubric.objects.exists()


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.AUDITOR, Role.LIAISON, Role.LEADER])
def test_nobody_but_the_office_sets_it_or_publishes(plan, duties, role):
    user = UserFactory(role=role)

    for act in (save, publish):
        with pytest.raises(PermissionDenied, match="县政府办公室工作人员"):
            act(plan, user)


def test_who_changed_an_older_rubric_is_told(plan, office):
    save(plan, UserFactory(role=Role.OFFICE, name="王科长"), completion="40", quality="30")

    with pytest.raises(Conflict, match="王科长已于.*修改考核标准，本次操作未生效"):
        save(plan, office, seen="", completion="60", quality="10")

    assert current(plan).completion == 40


def test_a_draft_plan_is_not_assessed(office):
    with pytest.raises(Refused, match="分解表印发后才能考核"):
        save(PlanFactory(state=PlanState.DRAFT), office)


# --- publishing -------------------------------------------------------------------------------------------------------


def test_what_is_published_is_every_unit_with_points_rank_and_reasons(plan, office, duties):
    one = publish(plan, office)

    department, town = published_rows(one)
    assert (department["unit_name"], department["group"], department["rank"]) == ("县商务局", "departments", 1)
    assert (town["unit_name"], town["group"], town["rank"]) == ("南旺镇", "townships", 1)
    assert (one.as_of, one.published_by, one.criteria) == (TODAY(), office, RubricValues().as_data())
    assert town["parts"][0] == {
        "criterion": "completion",
        "points": "25.00",
        "out_of": "50",
        "reason": "应办2件，办结1件，办结率50.0%，得25分",
    }
    assert [part["criterion"] for part in town["parts"]] == ["completion", "timeliness", "quality", "conduct", "extra"]
    assert town["total"] == sum(Decimal(part["points"]) for part in town["parts"])


def test_later_changes_of_records_rubric_and_names_leave_it_as_it_was(plan, office, duties):
    one = publish(plan, office)
    before = published_rows(one)

    complete(duties[3])
    complete(duties[0])
    reviews.approve(submit(duties[1]), by=office, quality=1)
    units.rename(duties[0].unit, "县商务和投资促进局", by=office)
    save(plan, office, completion="40", quality="30")

    one = Assessment.objects.get(pk=one.pk)
    assert (published_rows(one), one.criteria) == (before, RubricValues().as_data())


def test_of_several_the_last_counts(plan, office, duties):
    first = publish(plan, office)
    complete(duties[3])
    second = publish(plan, office)

    assert Assessment.objects.latest_of(plan) == second
    assert published_rows(first) != published_rows(second)


def test_a_form_sent_twice_publishes_once(plan, office, duties):
    key = uuid.uuid4()

    assert publish(plan, office, key=key) == publish(plan, office, key=key)
    assert AssessmentRow.objects.count() == 2


def test_a_past_day_is_published_as_it_was(plan, office, duties):
    one = publish(plan, office, as_of=dt.date(2024, 9, 30))

    assert one.as_of == dt.date(2024, 9, 30)
    assert {row["parts"][0]["reason"] for row in published_rows(one)} == {"应办2件，办结0件，办结率0.0%，得0分"}


@pytest.mark.parametrize(
    ("as_of", "sentence"),
    [
        (lambda: TODAY() + dt.timedelta(days=1), "截至日期不能晚于今天"),
        (lambda: dt.date(2024, 6, 23), "截至日期不能早于分解表印发日期（2024-06-24）"),
    ],
)
def test_a_day_of_which_nothing_is_known_is_refused(plan, office, duties, as_of, sentence):
    with pytest.raises(Refused, match=sentence):
        publish(plan, office, as_of=as_of())


def test_a_plan_that_nobody_owes_is_not_published(plan, office):
    with pytest.raises(Refused, match="没有可公布的结果"):
        publish(plan, office)

    assert not Assessment.objects.exists()


def test_a_rubric_changed_since_the_page_was_shown_is_not_published_unseen(plan, office, duties):
    seen = assessment.version_of(plan)
    save(plan, office, completion="40", quality="30")

    with pytest.raises(Conflict, match="修改考核标准"):
        publish(plan, office, seen=seen)


def test_a_key_of_another_plans_form_is_refused(plan, office, duties):
    key = publish(plan, office).key
    other = PlanFactory(year=2025)
    AssignmentFactory(task=TaskFactory(section=SectionFactory(part=PartFactory(plan=other))))

    with pytest.raises(Conflict, match="已经公布"):
        publish(other, office, key=key)


@pytest.mark.parametrize("model", [Assessment, AssessmentRow])
def test_what_was_published_cannot_be_changed_or_removed(plan, office, duties, model):
    publish(plan, office)
    one = model.objects.first()

    for change in (one.save, one.delete, model.objects.all().delete, lambda: model.objects.update(pk=9)):
        with pytest.raises(TypeError, match="append-only"):
            change()
    with pytest.raises(TypeError, match="append-only"):
        model.objects.bulk_update([one], ["plan" if model is Assessment else "rank"])
    with pytest.raises(TypeError, match="append-only"):
        model.objects.bulk_create([one], update_conflicts=True, unique_fields=["pk"], update_fields=["pk"])


def test_suspended_and_released_duties_leave(plan, office, duties):
    suspension.suspend(duties[0], by=office, reason="等待上级文件。")
    Assignment.objects.filter(pk=duties[1].pk).update(released_on=dt.date(2024, 7, 1))
    suspension.suspend(duties[3], by=office, reason="等待上级文件。")

    (town,) = published_rows(publish(plan, office))

    assert town["parts"][0]["reason"] == "应办1件，办结1件，办结率100.0%，得50分"
