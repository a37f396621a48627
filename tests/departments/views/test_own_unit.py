"""The page of a unit's settings, which its leader changes."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from departments.choices import Role
from departments.models import Deputy
from departments.services import office_contact
from tests.factories import DeputyFactory, UnitFactory, UserFactory
from tests.pages import page_of

pytestmark = pytest.mark.django_db

PAGE = "departments:own-unit"


@pytest.fixture
def unit():
    return UnitFactory()


@pytest.fixture
def liaison(unit):
    return UserFactory(unit=unit, name="李联络")


@pytest.fixture
def leader(client, unit):
    person = UserFactory(role=Role.LEADER, unit=unit)
    client.force_login(person)
    return person


def test_the_leader_turns_the_approval_on(client, leader, unit):
    client.post(reverse(PAGE), {"leader_approves": "on"})

    unit.refresh_from_db()
    assert unit.leader_approves is True
    assert "停用报送前审签" in page_of(client.get(reverse(PAGE)))


def test_a_second_click_is_told_on_the_page(client, leader, unit):
    client.post(reverse(PAGE), {"leader_approves": "on"})

    response = client.post(reverse(PAGE), {"leader_approves": "on"})

    assert response.status_code == 409
    assert "本单位已经启用报送前审签。" in page_of(response)


def test_the_leader_lets_somebody_stand_in_and_ends_it(client, leader, unit, liaison):
    today = timezone.localdate()
    days = {"from_on": today.isoformat(), "until_on": (today + dt.timedelta(days=7)).isoformat()}

    client.post(reverse("departments:stand-in"), {"person": liaison.pk, **days})

    deputy = Deputy.objects.get()
    page = page_of(client.get(reverse(PAGE)))
    assert (deputy.person, deputy.until_on, deputy.by) == (liaison, today + dt.timedelta(days=7), leader)
    assert "李联络（受委托）" in page
    client.post(reverse("departments:end-stand-in", args=[deputy.pk]))
    page = page_of(client.get(reverse(PAGE)))
    assert "李联络（受委托）" not in page
    assert "提前结束" in page


def test_a_refusal_keeps_what_was_chosen(client, leader, liaison):
    today = timezone.localdate()
    typed = {"person": liaison.pk, "from_on": "2020-01-01", "until_on": today.isoformat()}

    response = client.post(reverse("departments:stand-in"), typed)

    assert response.status_code == 422
    assert "委托不能从过去的日期开始" in page_of(response)
    assert response.context["form"]["from_on"].value() == "2020-01-01"


def test_another_units_people_cannot_be_chosen(client, leader):
    today = timezone.localdate().isoformat()

    response = client.post(
        reverse("departments:stand-in"), {"person": UserFactory().pk, "from_on": today, "until_on": today}
    )

    assert response.status_code == 422
    assert Deputy.objects.count() == 0


def test_the_liaison_reads_and_finds_nothing_to_press(client, unit, liaison):
    DeputyFactory(unit=unit, person=liaison)
    client.force_login(liaison)

    main = page_of(client.get(reverse(PAGE))).partition("<main")[2].partition("</main>")[0]

    assert "李联络" in main
    assert "<form" not in main


def test_a_unit_without_anybody_who_approves_is_told(client, unit, liaison):
    unit.leader_approves = True
    unit.save()
    client.force_login(liaison)

    assert "报告将直接送出" in page_of(client.get(reverse(PAGE)))


def test_the_administrator_looks_at_deputies(client, unit):
    deputy = DeputyFactory(unit=unit)
    client.force_login(UserFactory(role=Role.OFFICE, is_staff=True, is_superuser=True))
    change = reverse("admin:departments_deputy_change", args=[deputy.pk])

    assert client.get(change).status_code == 200
    assert client.post(change, {"until_on": "2030-01-01"}).status_code == 403


def test_the_page_says_who_is_of_the_unit_and_whom_to_ask(client, unit, liaison):
    office_contact.save(by=UserFactory(role=Role.OFFICE), who="县政府办公室政务公开股", phone="0537-7212345")
    client.force_login(liaison)

    page = page_of(client.get(reverse(PAGE)))

    assert liaison.name in page
    assert "县政府办公室政务公开股，0537-7212345" in page
