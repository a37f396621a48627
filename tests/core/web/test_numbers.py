"""Parsing of numbers."""

import pytest
from django.db import DataError, transaction

from wenshang_disclosure.core.models import Allowance
from wenshang_disclosure.core.web.numbers import is_out_of_range, read_number


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("7", 7), ("0012", 12), ("9" * 15, 10**15 - 1)])
def test_digits_are_a_number(text, number):
    assert read_number(text) == number


@pytest.mark.parametrize("text", [None, "", "-1", "+1", "1.0", " 1", "１２", "²", "1e3", "x", "9" * 16])
def test_anything_else_is_none(text):
    assert read_number(text) is None
    assert read_number(text, 0) == 0


@pytest.mark.django_db
def test_what_the_database_says_of_a_number_that_fits_no_record_is_known():
    with pytest.raises((OverflowError, DataError)) as caught, transaction.atomic():
        Allowance.objects.create(limit="x", who=10**30, window=0, used=0)

    assert is_out_of_range(caught.value)
    assert not is_out_of_range(OverflowError("date value out of range"))
    assert not is_out_of_range(DataError("value too long"))
