"""One step for many rows: each by itself, in the order given, a plain result for each."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from tasks.models import Assignment
from tasks.services import bulk
from tests.factories import AssignmentFactory
from wenshang_disclosure.core.web.errors import Conflict, Refused

pytestmark = pytest.mark.django_db


def refusing(refusals):
    """An act that is refused for some rows."""

    def act(row):
        if row in refusals:
            raise refusals[row]

    return act


def test_a_refusal_stops_no_other_row_and_says_why():
    refusals = {2: Refused("缺少理由。"), 3: Conflict("同事已办。"), 5: PermissionDenied("无权办理。")}

    results = bulk.each([1, 2, 3, 4, 5], refusing(refusals))

    assert [(result.row, result.error) for result in results] == [
        (1, ""),
        (2, "缺少理由。"),
        (3, "同事已办。"),
        (4, ""),
        (5, "无权办理。"),
    ]


def test_each_row_is_a_transaction_of_its_own():
    duties = AssignmentFactory.create_batch(3)

    @transaction.atomic
    def name_a_handler(duty):
        Assignment.objects.filter(pk=duty.pk).update(handler="王五")
        if duty == duties[1]:
            raise Refused("不行。")

    bulk.each(duties, name_a_handler)

    assert [Assignment.objects.get(pk=duty.pk).handler for duty in duties] == ["王五", "", "王五"]


def test_our_own_faults_are_not_taken_for_refusals():
    with pytest.raises(ZeroDivisionError):
        bulk.each([0], lambda row: 1 / row)


def test_no_rows_no_results():
    assert bulk.each([], refusing({})) == []
