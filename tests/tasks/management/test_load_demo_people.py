"""The demo people: one of each role, one for each unit, plainly marked."""

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command

from departments.choices import Role
from departments.models import Unit, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(settings):
    settings.DEBUG = True
    call_command("load_units", verbosity=0)
    call_command("load_demo_people")
    return User.objects.all()


def test_every_role_and_every_unit_has_somebody(people):
    liaisons = people.filter(role=Role.LIAISON)

    assert {person.role for person in people} == set(Role)
    assert sorted(liaisons.values_list("unit", flat=True)) == sorted(Unit.objects.values_list("pk", flat=True))


def test_everybody_is_marked_and_shares_the_one_password(people):
    assert not people.filter(is_demo=False).exists()
    assert not people.exclude(name__startswith="演示·").exists()
    assert people.values("password").distinct().count() == 1
    assert authenticate(username="reviewer", password="demo-2024-open").role == Role.REVIEWER


def test_only_the_administrator_enters_the_admin(people):
    assert [person.username for person in people.filter(is_staff=True)] == ["admin"]
    assert [person.username for person in people.filter(is_superuser=True)] == ["admin"]


def test_the_list_of_accounts_names_each_role_and_the_password(people, capsys):
    call_command("load_demo_people", show=True)

    shown = capsys.readouterr().out
    assert "demo-2024-open" in shown
    assert all(role.label in shown for role in Role)
