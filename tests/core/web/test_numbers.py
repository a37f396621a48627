"""Parsing of numbers."""

import pytest

from wenshang_disclosure.core.web.numbers import read_number


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("7", 7), ("0012", 12), ("9" * 15, 10**15 - 1)])
def test_digits_are_a_number(text, number):
    assert read_number(text) == number


@pytest.mark.parametrize("text", [None, "", "-1", "+1", "1.0", " 1", "１２", "²", "1e3", "x", "9" * 16])
def test_anything_else_is_none(text):
    assert read_number(text) is None
    assert read_number(text, 0) == 0
