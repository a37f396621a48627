"""Demo people and a demo year: only on a trial run, marked, and by the rules."""

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count, F

from departments.models import User
from tasks.choices import Light, Status
from tasks.models import Assignment, Evidence, Plan, ProgressReport, Transition

pytestmark = pytest.mark.django_db
MARK = "【演示】"


@pytest.fixture
def demo(settings, evidence_folder):
    settings.DEBUG = True
    call_command("load_units", verbosity=0)
    call_command("load_demo_people")
    call_command("load_plan", "fixtures/plan-2024.json", issued_by="admin")
    call_command("load_demo_activity")


@pytest.mark.parametrize("command", ["load_demo_people", "load_demo_activity"])
def test_demo_data_is_refused_where_debug_is_off(command):
    with pytest.raises(CommandError, match="DEBUG"):
        call_command(command)

    assert not User.objects.exists()


def test_load_is_refused_unless_it_is_meant():
    with pytest.raises(CommandError, match="--yes-fill-this-database"):
        call_command("generate_load", size="S")


def test_the_demo_year(demo):
    before = (User.objects.count(), ProgressReport.objects.count(), Transition.objects.count())
    steps = {}
    for step in Transition.objects.order_by("pk"):
        last = steps.get(step.assignment_id)
        assert last is None or (last.to_status, last.at <= step.at) == (step.from_status, True)
        steps[step.assignment_id] = step

    call_command("load_demo_people")
    call_command("load_demo_activity")

    assert (User.objects.count(), ProgressReport.objects.count(), Transition.objects.count()) == before
    for duty in Assignment.objects.all():
        last = steps.get(duty.pk)
        left = (last.to_status, last.claimed_on, last.awaits_answer) if last else (Status.NOT_STARTED, None, False)
        assert (duty.status, duty.claimed_on, duty.awaits_answer) == left
    lights = Assignment.objects.with_light().order_by().values_list("light").annotate(n=Count("pk"))
    assert {light for light, _ in lights} >= {Light.DONE, Light.OVERDUE, Light.REVIEW}
    assert not ProgressReport.objects.exclude(text__startswith=MARK).exists()
    assert not Evidence.objects.exclude(title__startswith=MARK).exists()
    assert not User.objects.filter(is_demo=False).exists()
    assert not User.objects.exclude(name__startswith="演示").exists()
    assert not ProgressReport.objects.filter(reviewed_by=F("author")).exists()
    assert Plan.objects.get().has_demo_activity


def test_every_page_says_that_the_data_are_a_demonstration(demo, client):
    client.force_login(User.objects.get(username="office"))

    assert "演示数据" in client.get("/dashboard/").content.decode()
