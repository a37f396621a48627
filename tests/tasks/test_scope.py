"""What an address asks for is read once: plan, day and filters; nonsense is named and never guessed at."""

import datetime as dt

import pytest
import time_machine
from django.http import Http404, QueryDict
from django.utils import timezone

from reports.filters import UnitFilter
from tasks.choices import PlanState
from tasks.filters import AssignmentFilter
from tasks.models import Plan
from tasks.scope import Malformed, NoPlan, Scope, chosen_plan
from tasks.tables import AssignmentTable
from tests.factories import PlanFactory
from wenshang_disclosure.core.dates import on_day

pytestmark = pytest.mark.django_db


def scope(county, query="", person="office"):
    return Scope.read(county.people[person], QueryDict(query), plan=county.plan)


def test_without_a_plan_the_latest_issued_one_is_meant(county):
    assert chosen_plan(QueryDict("")) == Plan.objects.chosen()


@pytest.mark.parametrize("asked", ["0", "-1", "x", "1" * 16, "１", "1.0", "999999999999999"])
def test_a_plan_that_is_no_issued_one_is_not_found(county, asked):
    with pytest.raises(Http404):
        chosen_plan(QueryDict(f"plan={asked}"))


def test_a_draft_is_not_a_plan_to_show():
    draft = PlanFactory(state=PlanState.DRAFT, issued_on=None)

    with pytest.raises(NoPlan):
        chosen_plan(QueryDict(""))
    with pytest.raises(Http404):
        chosen_plan(QueryDict(f"plan={draft.pk}"))


def test_a_day_that_cannot_be_read_leaves_today_and_says_why(county):
    looked_at = scope(county, "as_of=2024-13-01")

    assert (looked_at.as_of, looked_at.status) == (timezone.localdate(), 400)
    assert "2024-09-30" in looked_at.as_of_error
    with pytest.raises(Malformed, match="2024-09-30"):
        looked_at.readable()


def test_before_the_plan_was_issued_there_is_nothing_to_tell(county):
    county.plan.refresh_from_db()
    day = county.plan.issued_on - dt.timedelta(days=1)

    looked_at = scope(county, f"as_of={day}")

    assert looked_at.is_too_early
    with pytest.raises(Malformed, match="截至日期不能早于印发日期"):
        looked_at.issued()


def test_duties_are_those_of_the_person_on_that_evening(county):
    with time_machine.travel(on_day(dt.date(2024, 12, 1)), tick=False):
        seen = {name: set(scope(county, "", name).duties()) for name in ("office", "liaison")}

    assert seen["liaison"] < seen["office"]
    assert {duty.unit for duty in seen["liaison"]} == {county.people["liaison"].unit}


def test_what_was_chosen_is_said_in_words(county):
    looked_at = scope(county, f"unit={county.duty.unit_id}&light=overdue")

    looked_at.cut(AssignmentFilter, looked_at.duties())

    assert looked_at.note == f"承办单位：{county.duty.unit}；亮灯：逾期"


def test_a_filter_that_is_nonsense_is_named(county):
    looked_at = scope(county, "light=green")

    with pytest.raises(Malformed) as refused:
        looked_at.cut(AssignmentFilter, looked_at.duties())

    assert list(refused.value.errors) == ["light"]
    assert (refused.value.status, str(refused.value)) == (400, "没有这个选项，请重新选择。")


def test_rows_come_in_the_order_that_the_address_names(county):
    looked_at = scope(county, "sort=-number")

    rows = looked_at.sorted(AssignmentTable, looked_at.duties().for_lists())

    numbers = [duty.task.number for duty in rows]
    assert numbers == sorted(numbers, reverse=True)


def test_units_are_offered_only_as_far_as_the_person_may_see_them(county):
    own = scope(county, "", "liaison")

    offered = own.filterset(AssignmentFilter, own.duties()).form.fields["unit"].choices

    assert [value.instance for value, _ in offered] == [county.people["liaison"].unit]
    assert own.cut(UnitFilter, county.people["liaison"].unit.__class__.objects.all()).exists()
