"""Who reads which reminder, and of a reminder to several units which part."""

import uuid
from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone

from departments.choices import Role, UnitKind
from tasks.choices import DutyRole
from tasks.models import Reminder, ReminderItem, StockPhrase
from tests.factories import AssignmentFactory, TaskFactory, UserFactory, chase

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    """A bureau leads a row for which two towns answer; the office chased both, the bureau the first alone."""
    task = TaskFactory()
    lead = AssignmentFactory(task=task, role=DutyRole.LEAD, coordinates=True)
    towns = [AssignmentFactory(task=task, unit__kind=UnitKind.TOWNSHIP) for _ in range(2)]
    people = {
        "office": UserFactory(role=Role.OFFICE),
        "auditor": UserFactory(role=Role.AUDITOR),
        "lead": UserFactory(unit=lead.unit),
        "lead's leader": UserFactory(unit=lead.unit, role=Role.LEADER),
        "first": UserFactory(unit=towns[0].unit),
        "first's leader": UserFactory(unit=towns[0].unit, role=Role.LEADER),
        "second": UserFactory(unit=towns[1].unit),
        "stranger": UserFactory(),
    }
    of_office = chase(*towns, by=people["office"])
    of_lead = chase(towns[0], by=people["lead"])
    return people, of_office, of_lead, towns


def test_each_reads_what_was_sent_to_or_by_the_own_unit(county):
    people, of_office, of_lead, _ = county

    reads = {who: set(Reminder.objects.visible_to(person)) for who, person in people.items()}

    assert reads == {
        "office": {of_office, of_lead},
        "auditor": {of_office, of_lead},
        "lead": {of_lead},
        "lead's leader": {of_lead},
        "first": {of_office, of_lead},
        "first's leader": {of_office, of_lead},
        "second": {of_office},
        "stranger": set(),
    }


def test_of_a_reminder_to_several_units_each_reads_its_own_part(county):
    people, of_office, _, towns = county

    parts = {
        who: [item.assignment for item in of_office.items.visible_to(person)]
        for who, person in people.items()
        if who != "auditor"
    }

    assert parts == {
        "office": towns,
        "lead": [],
        "lead's leader": [],
        "first": towns[:1],
        "first's leader": towns[:1],
        "second": towns[1:],
        "stranger": [],
    }


def test_a_reminder_sent_to_several_duties_of_a_unit_is_read_once(county):
    people, of_office, *_ = county
    other = AssignmentFactory(unit=people["first"].unit, task__section__part__plan=of_office.plan)
    ReminderItem.objects.create(reminder=of_office, assignment=other)

    assert Reminder.objects.visible_to(people["first"]).filter(pk=of_office.pk).count() == 1


def test_what_nobody_of_the_unit_has_seen_stands_on_top(county):
    people, of_office, of_lead, towns = county
    ReminderItem.objects.filter(reminder=of_lead).update(seen_at=timezone.now(), seen_by=people["first"])

    on_top = {who: [item.reminder for item in ReminderItem.objects.unseen_by(person)] for who, person in people.items()}

    assert on_top == {
        **dict.fromkeys(people, []),
        "first": [of_office],
        "first's leader": [of_office],
        "second": [of_office],
    }


def test_a_duty_stands_once_in_a_reminder(county, refused_by):
    _, of_office, _, towns = county

    with refused_by("chased_once_a_reminder"):
        ReminderItem.objects.create(reminder=of_office, assignment=towns[0])


def test_a_number_is_given_once_a_year(county, refused_by):
    _, of_office, *_ = county

    with refused_by("reminder_number_once_a_year"):
        Reminder.objects.create(
            plan=of_office.plan,
            year=of_office.year,
            number=of_office.number,
            grade="blue",
            text="请抓紧。",
            by=of_office.by,
            at=timezone.now(),
            on=timezone.localdate(),
            key=uuid.uuid4(),
        )


def test_there_are_stock_phrases_of_each_grade_to_begin_with():
    StockPhrase.objects.all().delete()
    for migration in ("0001_initial", "0013_reminder_answers"):
        import_module(f"tasks.migrations.{migration}").add_phrases(apps, None)

    phrases = list(StockPhrase.objects.values_list("grade", "text"))

    assert [grade for grade, _ in phrases] == ["blue", "yellow", "red", "blue", "blue", "yellow", "yellow", "red"]
    assert [text.startswith("{单位}：") for _, text in phrases] == [True] * 3 + [False] * 5
