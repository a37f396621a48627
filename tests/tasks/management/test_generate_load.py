"""A database filled for measuring."""

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db.models import F

from departments.models import Unit, User
from tasks.choices import Status
from tasks.models import Assignment, Plan, ProgressReport, Transition

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def shared_year(share):
    share(lambda: call_command("generate_load", "--yes-fill-this-database", size="S"))


def test_load_is_refused_unless_it_is_meant():
    with pytest.raises(CommandError, match="--yes-fill-this-database"):
        call_command("generate_load", size="S")


def test_size_s_is_one_county_year(shared_year):
    duties, reports = Assignment.objects.count(), ProgressReport.objects.count()

    assert (Unit.objects.count(), Plan.objects.count()) == (55, 1)
    assert 1900 <= duties <= 2200
    assert 3800 <= reports <= 4300


def test_the_last_step_of_each_duty_tells_how_it_stands(shared_year):
    last = {}
    for step in Transition.objects.order_by("pk"):
        last[step.assignment_id] = (step.to_status, step.claimed_on, step.awaits_answer)

    for duty in Assignment.objects.all():
        current = (duty.status, duty.claimed_on, duty.awaits_answer)
        assert current == last.get(duty.pk, (Status.NOT_STARTED, None, False))


def test_nobody_is_a_demo_person_and_the_accounts_for_measuring_can_sign_in(shared_year):
    office = authenticate(username="load-office", password="load-2024-open")
    liaison = authenticate(username="load-liaison", password="load-2024-open")

    assert not User.objects.filter(is_demo=True).exists()
    assert (office.role, liaison.role) == ("office", "liaison")
    assert Assignment.objects.filter(unit=liaison.unit).count() > 50
    assert not ProgressReport.objects.filter(reviewed_by=F("author")).exists()


def test_units_made_up_for_measuring_say_so(shared_year):
    made_up = Unit.objects.filter(name__startswith="负载测试单位")

    assert made_up.count() == 15
    assert Plan.objects.get().document_number.startswith("负载〔2024〕")
