"""The office switches the ranking of units on or off for the whole county."""

import pytest
from django.core.exceptions import PermissionDenied

from departments.choices import Role
from departments.models import RankingDecision
from departments.services import ranking
from tests.factories import UserFactory
from wenshang_disclosure.audit.models import AuditEntry
from wenshang_disclosure.core.web.errors import Conflict, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return UserFactory(role=Role.OFFICE)


def decide(by, is_on, **about):
    return ranking.decide(
        **{"by": by, "is_on": is_on, "reason": "落实为基层减负要求。", "seen": ranking.version(), **about}
    )


def test_units_are_ranked_until_the_office_decides_otherwise(office):
    found = [RankingDecision.objects.units_are_ranked()]
    for is_on in (False, True):
        decide(office, is_on)
        found.append(RankingDecision.objects.units_are_ranked())

    assert found == [True, False, True]


def test_each_decision_stays_recorded_and_is_told_to_the_audit_trail(office):
    decide(office, False)
    decide(office, True, reason="年底考核需要。")

    told = [(f"{one}", one.reason, one.by) for one in RankingDecision.objects.latest_first()]
    acts = list(AuditEntry.objects.order_by("pk").values_list("act", "account"))
    assert told == [("开启单位排名", "年底考核需要。", office), ("关闭单位排名", "落实为基层减负要求。", office)]
    assert acts == [("关闭单位排名", office.username), ("开启单位排名", office.username)]


@pytest.mark.parametrize("role", [role for role in Role if role != Role.OFFICE])
def test_nobody_else_decides(role):
    with pytest.raises(PermissionDenied):
        decide(UserFactory(role=role), False)

    assert RankingDecision.objects.units_are_ranked()


@pytest.mark.parametrize(
    ("is_on", "about", "sentence"),
    [(False, {"reason": "  "}, "请写明依据或者原因。"), (True, {}, "单位排名已经开启。")],
)
def test_what_changes_nothing_or_gives_no_reason_is_refused(office, is_on, about, sentence):
    with pytest.raises(Refused, match=sentence):
        decide(office, is_on, **about)


def test_the_second_of_two_is_told(office):
    seen = ranking.version()
    decide(office, False, seen=seen)

    with pytest.raises(Conflict, match="本次操作未生效"):
        decide(UserFactory(role=Role.OFFICE), False, seen=seen)
