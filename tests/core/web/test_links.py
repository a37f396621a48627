"""Addresses that are found once are those that `reverse` gives."""

import pytest
from django.test import override_settings
from django.urls import reverse, set_script_prefix

from wenshang_disclosure.core.web.links import address_of_page


@pytest.mark.parametrize(
    ("name", "ids"), [("tasks:assignments", ()), ("tasks:assignment", (7,)), ("tasks:assignment", (98765432109,))]
)
def test_an_address_is_that_of_the_page(name, ids):
    assert address_of_page(name, *ids) == address_of_page(name, *ids) == reverse(name, args=ids)


def test_what_is_no_id_is_refused():
    with pytest.raises(ValueError, match="format code"):
        address_of_page("tasks:assignment", "1/../2")


def test_an_address_below_a_prefix_has_it():
    try:
        with override_settings(FORCE_SCRIPT_NAME="/wenshang"):
            set_script_prefix("/wenshang/")
            assert address_of_page("tasks:assignments") == "/wenshang/assignments/"
    finally:
        set_script_prefix("/")
    assert address_of_page("tasks:assignments") == "/assignments/"
