"""No query string and no form makes an error of ours, whoever sends it."""

from urllib.parse import urlencode

import django_filters
import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st

from tests.test_access import FORBIDDEN_METHOD, IN, READING, REFUSED, SENDING, TABLE, address_of, asking, county  # noqa: F401

from .inputs import tried, words

pytestmark = pytest.mark.django_db


def all_of(base):
    for one in base.__subclasses__():
        yield one
        yield from all_of(one)


OF_LISTS = {name for filters in all_of(django_filters.FilterSet) for name in filters.base_filters}
NAMES = sorted({"as_of", "plan", "page", "per_page", "sort", "next", "in", "state", *OF_LISTS})
FIELDS = sorted(
    {name for form in all_of(forms.BaseForm) for name in getattr(form, "base_fields", {})} - {"file", "files"}
)

queries = st.lists(st.tuples(st.sampled_from(NAMES), words), min_size=1, max_size=6)
posts = st.dictionaries(st.sampled_from([*FIELDS, "action", "report", "plan"]), words, min_size=1, max_size=12)


@pytest.mark.parametrize("role", ["office", "liaison"])
def test_no_query_string_makes_an_error_of_ours(client, county, role):  # noqa: F811
    ask = asking(client, county.people[role])
    addresses = {name: address_of(county, name) for name in TABLE if TABLE[name][READING][role] == IN}

    @tried(10)
    @given(st.sampled_from(sorted(addresses)), queries, st.booleans())
    def asked(name, query, part):
        response = ask(f"{addresses[name]}?{urlencode(query)}", "get", **({"HX-Request": "true"} if part else {}))
        assert response.status_code < 500

    asked()


@pytest.mark.parametrize("role", ["office", "liaison"])
def test_no_form_makes_an_error_of_ours(client, county, role):  # noqa: F811
    ask = asking(client, county.people[role])
    done = {*REFUSED, FORBIDDEN_METHOD}
    addresses = {name: address_of(county, name) for name in TABLE if TABLE[name][SENDING][role] not in done}

    @tried(10)
    @given(st.sampled_from(sorted(addresses)), posts)
    def sent(name, fields):
        assert ask(addresses[name], "post", fields).status_code < 500

    sent()
