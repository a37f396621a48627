"""Who becomes liaison or leader of a unit is told once what stands there, by whatever door they come."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from departments.choices import MailChoice, Role
from departments.imports.reading import read
from departments.models import User
from departments.services import people, rights, unit_imports
from tasks.models import Notification, OutgoingMail
from tasks.services.progress import reviews
from tasks.services.supervision import handover, mail
from tests.departments.registers import register_file
from tests.factories import (
    AssignmentFactory,
    PlanFactory,
    ReportFactory,
    UnitFactory,
    UserFactory,
    asks_its_leader,
    chase,
    complete,
    submit,
)
from tests.pages import values_of

pytestmark = pytest.mark.django_db

LATER, EARLIER = dt.date(2099, 12, 31), dt.date(2024, 7, 1)


@pytest.fixture
def unit():
    return UnitFactory(name="南旺镇人民政府")


def duty_of(unit, due_on=LATER, **fields):
    return AssignmentFactory(unit=unit, due_on=due_on, **fields)


def what_stands_in(unit):
    """One returned report, two reminders to answer, a draft, a report before the leader, and an overdue duty."""
    former = UserFactory(unit=unit)
    reviews.return_(submit(duty_of(unit), by=former), by=UserFactory(role=Role.OFFICE), comment="缺少发布链接。")
    twice = duty_of(unit)
    for chased in (twice, twice, duty_of(unit)):
        chase(chased)
    ReportFactory(assignment=duty_of(unit), author=former)
    asks_its_leader(unit)
    submit(duty_of(unit), by=former)
    duty_of(unit, EARLIER)
    nothing_that_stands(unit, former)
    Notification.objects.all().delete()


def nothing_that_stands(unit, former):
    """Answered, completed, suspended, released and not yet issued matters, and those of others."""
    chased = duty_of(unit)
    chase(chased)
    unit.leader_approves = False
    unit.save()
    submit(chased, by=former)
    complete(duty_of(unit, EARLIER))
    duty_of(unit, EARLIER, suspended=True)
    duty_of(unit, EARLIER, released_on=EARLIER)
    duty_of(unit, EARLIER, task__section__part__plan=PlanFactory(state="draft"))
    duty_of(UnitFactory(), EARLIER)


STANDS = "退回待补正1件、催办待回复2件、草稿未报送1份、待审签1份、逾期1件"


def told(person):
    return list(Notification.objects.filter(user=person).values_list("text", "path", "unit"))


def test_a_new_liaison_is_told_what_stands(unit):
    what_stands_in(unit)
    person = UserFactory(unit=unit)

    people.take_posts([person])

    text = f"您已任南旺镇人民政府联络员。本单位现有{STANDS}，请接续办理。"
    assert told(person) == [(text, reverse("tasks:handover"), unit.pk)]


def test_the_page_lists_what_was_counted(unit):
    what_stands_in(unit)

    listed = handover.of_unit(unit)

    assert "、".join(f"{group.label}{len(rows)}{group.counter}" for group, rows in listed) == STANDS


def test_where_nothing_stands_nothing_is_told(unit):
    nothing_that_stands(unit, UserFactory(unit=unit))
    Notification.objects.all().delete()
    person = UserFactory(unit=unit)

    people.take_posts([person])

    assert told(person) == []
    assert handover.of_unit(unit) == []


@pytest.mark.parametrize("fields", [{"role": Role.OFFICE}, {"role": Role.AUDITOR}, {"is_active": False}])
def test_who_acts_for_no_unit_is_told_nothing(unit, fields):
    duty_of(unit, EARLIER)
    person = UserFactory(unit=unit, **fields)

    people.take_posts([person])

    assert told(person) == []


def test_the_queries_do_not_grow_with_the_people(unit):
    def telling(count):
        units = UnitFactory.create_batch(count)
        for each in units:
            duty_of(each, EARLIER)
        posted = [UserFactory(unit=each) for each in units]
        with CaptureQueriesContext(connection) as captured:
            people.take_posts(posted)
        return len(captured)

    assert telling(2) == telling(12)


def test_the_days_digest_carries_it(settings, unit):
    settings.MAIL_IS_ON, settings.SITE_URL = True, "https://duban.example.gov.cn"
    duty_of(unit, EARLIER)
    person = UserFactory(unit=unit, email="a@example.gov.cn", mail_choice=MailChoice.DAILY)

    people.take_posts([person])
    mail.write_digests(timezone.localdate(), {})

    text = OutgoingMail.objects.get(user=person).text
    assert "您已任南旺镇人民政府联络员。本单位现有逾期1件，请接续办理。" in text
    assert "https://duban.example.gov.cn/handover/" in text


# --- the doors --------------------------------------------------------------------------------------------------------


@pytest.fixture
def administrator(client):
    client.person = UserFactory(role=Role.OFFICE, is_staff=True, is_superuser=True)
    client.force_login(client.person)
    return client


@pytest.mark.parametrize(
    ("before", "wanted", "is_told"),
    [
        ({}, {"unit": True}, True),
        ({"unit": True}, {"role": Role.LEADER}, True),
        ({"role": Role.OFFICE}, {"role": Role.LIAISON, "unit": True}, True),
        ({"unit": True, "is_active": False}, {"is_active": True}, True),
        ({"unit": True}, {"is_active": False}, False),
        ({"unit": True}, {"role": Role.AUDITOR}, False),
    ],
)
def test_a_change_of_rights_tells_who_takes_a_post(administrator, unit, before, wanted, is_told):
    duty_of(unit, EARLIER)
    person = UserFactory(**{**before, **({"unit": unit} if "unit" in before else {})})

    rights.change(person, by=administrator.person, **{**wanted, **({"unit": unit} if "unit" in wanted else {})})

    assert len(told(person)) == is_told


def test_changed_contacts_tell_nothing_of_a_post(administrator, unit):
    duty_of(unit, EARLIER)
    person = UserFactory(unit=unit)
    page = reverse("departments:person", args=[person.pk])

    answer = administrator.post(page, {**values_of(administrator.get(page).context["form"]), "phone": "13800000009"})

    assert answer.status_code == 302
    assert told(person) == []


def test_a_person_made_by_the_administrator_is_told(administrator, unit):
    duty_of(unit, EARLIER)
    about = {"username": "new", "name": "乙", "role": "liaison", "unit": unit.pk}

    administrator.post(reverse("departments:add-person"), about)

    assert len(told(User.objects.get(username="new"))) == 1


def test_people_who_come_with_a_file_are_told_the_new_and_those_with_another_role():
    clerk, unit = UserFactory(role=Role.OFFICE, is_staff=True), UnitFactory(name="县司法局")
    duty_of(unit, EARLIER)
    unit_imports.take(_kept(clerk), by=clerk)
    person = User.objects.get(name="甲联络")
    assert len(told(person)) == 1

    unit_imports.take(_kept(clerk), by=clerk)
    assert len(told(person)) == 1

    User.objects.filter(pk=person.pk).update(role=Role.LEADER)
    unit_imports.take(_kept(clerk), by=clerk)
    assert len(told(person)) == 2


def _kept(clerk):
    return unit_imports.keep(read(register_file()).as_data(), "名册.xlsx", by=clerk)
