"""Demo data come only where they belong: on a trial run, beside whatever is real."""

import pytest
from django.core.management import CommandError, call_command

from departments.choices import Role
from departments.models import Unit, User
from tasks.management.demo.activity import Year, duties_of, people_by_unit
from tasks.models import Assignment, Plan, ProgressReport
from tests.factories import PlanFactory, UserFactory
from tests.world import build_demo_county

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def shared_demo_county(share):
    return share(build_demo_county)


@pytest.fixture
def demo_county(settings, db, shared_demo_county, evidence_folder):
    settings.DEBUG = True
    shared_demo_county.copy_into(evidence_folder)


@pytest.mark.parametrize("command", ["load_demo_people", "load_demo_activity"])
def test_demo_data_is_refused_where_debug_is_off(command):
    with pytest.raises(CommandError, match="DEBUG"):
        call_command(command)

    assert not User.objects.exists()


def test_the_same_seed_plays_the_same_year(demo_county):
    plan, people = Plan.objects.get(), people_by_unit(is_demo=True)
    reviewers = [User.objects.get(username="reviewer")]

    years = [Year(7, people, reviewers), Year(7, people, reviewers)]
    for year in years:
        for duty in duties_of(plan):
            year.play(duty)

    first, second = ([(step.assignment_id, step.event, step.at) for step in year.transitions] for year in years)
    assert first == second
    assert not ProgressReport.objects.exists()


def test_a_later_plan_and_a_person_of_the_offices_own_stay_untouched(demo_county):
    own = PlanFactory(year=2025, document_number="汶政办字〔2025〕1号")
    UserFactory(id=0, unit=Unit.objects.get(name="南旺镇人民政府"))

    call_command("load_demo_activity")

    own.refresh_from_db()
    assert (own.has_demo_activity, Plan.objects.get(year=2024).has_demo_activity) == (False, True)
    assert not ProgressReport.objects.filter(author__is_demo=False).exists()


def test_a_plan_with_a_real_report_stays_untouched(demo_county):
    duty = Assignment.objects.order_by("pk").first()
    author = User.objects.get(unit=duty.unit, role=Role.LIAISON)
    ProgressReport.objects.create(assignment=duty, author=author, saved_at="2024-07-01T00:00Z")

    call_command("load_demo_activity")

    assert ProgressReport.objects.count() == 1
    assert not Plan.objects.get().has_demo_activity


def test_missing_demo_people_are_named_and_nothing_is_written(demo_county):
    User.objects.filter(username="nanwang").update(is_demo=False)

    with pytest.raises(CommandError, match="load_demo_people"):
        call_command("load_demo_activity")

    assert not ProgressReport.objects.exists()


def test_without_an_issued_plan_there_is_a_message(settings):
    settings.DEBUG = True

    with pytest.raises(CommandError, match="2024"):
        call_command("load_demo_activity")
