"""The office sets by which rules an issued plan is supervised; 0 switches a rule off."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from departments.choices import Role
from tasks.models import SupervisionRules
from tasks.models.supervision.rules import check_days
from tasks.services.supervision import reminder_rules
from tests.factories import PlanFactory, UserFactory
from wenshang_disclosure.core.web.errors import Refused

pytestmark = pytest.mark.django_db

RULES = {
    "is_on": True,
    "days_before": [20, 5],
    "after_every": 14,
    "unanswered_after": 5,
    "silent_after": 0,
    "leader_after": 10,
    "acknowledge_within": 2,
    "until": dt.date(2025, 1, 31),
    "through_lead": True,
}


def test_a_plan_without_rules_of_its_own_has_the_usual_ones():
    rules = SupervisionRules.of(PlanFactory())

    assert (rules.is_on, rules.days_before) == (True, [30, 15, 7, 3, 1])
    assert (rules.after_every, rules.unanswered_after) == (7, 3)
    assert (rules.silent_after, rules.leader_after, rules.acknowledge_within, rules.through_lead) == (60, 7, 3, False)
    assert rules.last_day == dt.date(2025, 3, 31)
    assert not SupervisionRules.objects.exists()


def test_what_the_office_sets_is_kept_and_can_be_set_again():
    plan, clerk = PlanFactory(), UserFactory(role=Role.OFFICE)

    reminder_rules.set_rules(plan, by=clerk, **RULES)
    reminder_rules.set_rules(plan, by=clerk, **{**RULES, "after_every": 7})

    rules = SupervisionRules.objects.get()
    assert {name: getattr(rules, name) for name in RULES} == {**RULES, "after_every": 7}
    assert SupervisionRules.of(plan).last_day == dt.date(2025, 1, 31)


def test_each_plan_has_its_own():
    plan, other, clerk = PlanFactory(), PlanFactory(year=2023), UserFactory(role=Role.OFFICE)

    reminder_rules.set_rules(plan, by=clerk, **RULES)

    assert (SupervisionRules.of(plan).after_every, SupervisionRules.of(other).after_every) == (14, 7)


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.AUDITOR, Role.LIAISON, Role.LEADER])
def test_only_the_office_sets_them(role):
    with pytest.raises(PermissionDenied):
        reminder_rules.set_rules(PlanFactory(), by=UserFactory(role=role), **RULES)

    assert not SupervisionRules.objects.exists()


def test_a_draft_has_none():
    with pytest.raises(Refused) as refusal:
        reminder_rules.set_rules(PlanFactory(state="draft"), by=UserFactory(role=Role.OFFICE), **RULES)

    assert str(refusal.value) == "分解表印发后才能设置督办规则。"


@pytest.mark.parametrize("days", [[], [1], [366, 1], [30, 15, 7, 3, 1]])
def test_days_before_are_different_days_of_a_year(days):
    assert check_days(days) is None


@pytest.mark.parametrize("days", [[0], [367], [-1], [7, 7], ["7"], [1.5], "7", None, {"7": 1}])
def test_anything_else_is_refused(days):
    with pytest.raises(ValidationError):
        check_days(days)
