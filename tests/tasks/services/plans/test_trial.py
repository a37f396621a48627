"""A trial installation is cleared in one step, and no other one ever is."""

import pytest
from django.contrib.auth.hashers import check_password
from django.core.management import CommandError, call_command
from django.urls import reverse

from departments.models import Collective, Unit, User
from tasks.models import Assignment, Plan, StockPhrase
from tasks.services.plans import trial
from tests.factories import UserFactory
from tests.world import build_demo_county
from wenshang_disclosure.audit import guards
from wenshang_disclosure.audit.models import AuditEntry
from wenshang_disclosure.core.models import FormerRow, Region
from wenshang_disclosure.core.web.errors import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def shared_demo_county(share):
    return share(build_demo_county)


@pytest.fixture
def demo(settings, db, shared_demo_county, evidence_folder):
    settings.DEBUG = True
    shared_demo_county.copy_into(evidence_folder)


def left():
    return [model.objects.count() for model in (Plan, Assignment, Unit, FormerRow, Region)]


def test_clearing_leaves_an_empty_installation_with_its_administrator(demo):
    phrases, collectives = StockPhrase.objects.count(), set(Collective.objects.values_list("name", flat=True))

    trial.clear(by=User.objects.get(username="admin"))

    admin = User.objects.get()
    assert (admin.username, admin.is_demo, admin.unit) == ("admin", True, None)
    assert check_password("demo-2024-open", admin.password)
    assert left() == [0, 0, 0, 0, 0]
    assert (StockPhrase.objects.count(), set(Collective.objects.values_list("name", flat=True))) == (
        phrases,
        collectives,
    )
    assert [entry.act for entry in AuditEntry.objects.all()] == ["清除演示数据"]
    assert guards.missing(guards.connections["default"]) == []
    assert trial.is_empty_trial()


@pytest.mark.parametrize("real", ["debug is off", "somebody has an account"])
def test_what_is_real_is_never_cleared(demo, settings, real):
    if real == "debug is off":
        settings.DEBUG = False
    else:
        UserFactory()
    before = left()

    with pytest.raises(Refused, match="只有试用的系统可以清除数据"):
        trial.clear()
    with pytest.raises(CommandError):
        call_command("clear_demo", yes=True)

    assert left() == before


def test_the_page_says_first_what_will_be_cleared(demo, client):
    client.force_login(User.objects.get(username="admin"))
    page = client.get(reverse("tasks:clear-demo")).content.decode()

    answer = client.post(reverse("tasks:clear-demo"))

    assert "1份分解表，0份进展报告" in page
    assert "40个单位" in page
    assert answer.url == reverse("home")
    assert Plan.objects.count() == 0
    client.force_login(User.objects.get())
    assert client.get(reverse("home")).url == reverse("tasks:setup")


def test_a_trial_with_real_people_says_why_it_is_not_cleared(demo, client):
    UserFactory()
    client.force_login(User.objects.get(username="admin"))

    answer = client.post(reverse("tasks:clear-demo"))

    assert answer.status_code == 422
    assert "本系统已登记正式账号" in answer.content.decode()
    assert Plan.objects.count() == 1
