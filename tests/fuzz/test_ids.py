"""No number that somebody writes for an id, a version or a choice makes an error of ours or opens another's record."""

import re
from collections import Counter
from contextlib import contextmanager

import pytest
import time_machine
from django.contrib import admin
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from lxml import html

from api import api
from departments.models import User
from departments.services import tokens
from tasks.models import Assignment
from tests.environment import LONG
from tests.test_access import IN, READING, REFUSED, TABLE, address_of, asking, is_file, pk_of
from tests.world import bring_sheets, supervise

pytestmark = pytest.mark.django_db

OTHERS = ["9" * 15, "-1", "9223372036854775808", "2147483648", "-9223372036854775809", "9" * 5000, "１２", "²", "1.0"]
TRIED = ["9" * 30, *(OTHERS if LONG else ())]
ROLES = ("administrator", "office", "liaison", "leader", "lead") if LONG else ("administrator", "liaison")
DIGITS = re.compile(r"\d+")


@pytest.fixture
def county(county):
    """The county at one moment, so that no session's last use is written on the way."""
    with time_machine.travel(timezone.now(), tick=False):
        yield bring_sheets(supervise(county))


@pytest.fixture(params=ROLES)
def role(request):
    return request.param


@pytest.fixture
def ask(client, county, role):
    client.raise_request_exception = False
    return asking(client, county.people[role])


def addresses_of(county, role):
    """Return the addresses of all pages that the role reads, those of Django admin with one record of each model."""
    found = {name: address_of(county, name) for name in TABLE if TABLE[name][READING][role] == IN}
    if role == "administrator":
        for model in admin.site._registry:
            start = f"admin:{model._meta.app_label}_{model._meta.model_name}"
            one = model.objects.first()
            found[f"{start}_changelist"] = reverse(f"{start}_changelist")
            found[f"{start}_add"] = reverse(f"{start}_add")
            if one:
                found[f"{start}_change"] = reverse(f"{start}_change", args=[one.pk])
    return found


@contextmanager
def names_asked_for():
    """Give the names that pages look up in queries and posts within the block."""
    names, kept = set(), (QueryDict.__getitem__, QueryDict.getlist, QueryDict.__contains__)

    def noting(method):
        def noted(data, name, *rest):
            names.add(name)
            return method(data, name, *rest)

        return noted

    QueryDict.__getitem__, QueryDict.getlist, QueryDict.__contains__ = map(noting, kept)
    try:
        yield names
    finally:
        QueryDict.__getitem__, QueryDict.getlist, QueryDict.__contains__ = kept


def forms_on(address, response):
    """Yield the address and the fields of each form that the page would send, and which of them hold numbers."""
    if not response.headers.get("Content-Type", "").startswith("text/html") or not response.content:
        return
    for form in html.fromstring(response.content.decode()).forms:
        if form.method == "POST":
            fields = dict(form.form_values())
            elements = [element for element in form.iter("input", "select") if element.get("name")]
            numbers = {element.get("name") for element in elements if holds_numbers(element)}
            buttons = [(one.get("name"), one.get("value", "")) for one in form.iter("button") if one.get("name")]
            for name, value in buttons or [("", "")]:
                yield (form.action or address).partition("#")[0], {**fields, **({name: value} if name else {})}, numbers


def holds_numbers(element):
    values = [*element.xpath(".//option/@value"), *element.xpath("@value")]
    return element.get("type") == "number" or any(map(DIGITS.fullmatch, values))


def failures(asked):
    return {about: status for about, status in asked if status >= 500}


def test_no_number_in_an_address_makes_an_error_or_finds_a_record(county, role, ask):
    asked = []
    for name, (arguments, *_) in TABLE.items():
        ids = [pk_of(county, argument) for argument in arguments]
        for place in [place for place, pk in enumerate(ids) if isinstance(pk, int)]:
            for number in TRIED:
                address = address_of_ids(name, ids, place, number)
                asked += [((name, number[:20], how), ask(address, how).status_code) for how in ("get", "post")]

    assert failures(asked) == {}
    assert {about: status for about, status in asked if status == 200} == {}


def address_of_ids(name, ids, place, number):
    marked = reverse(name, args=[1234567 if at == place else pk for at, pk in enumerate(ids)])
    return marked.replace("1234567", number)


@pytest.mark.long
def test_no_number_in_a_query_makes_an_error(county, role, ask):
    asked = []
    for name, address in addresses_of(county, role).items():
        if is_file(name) and not LONG:
            continue  # made with the filters of its page
        with names_asked_for() as names:
            ask(address, "get")
        for field in names:
            asked += [((name, field, n[:20]), ask(f"{address}?{field}={n}", "get").status_code) for n in TRIED]

    assert failures(asked) == {}


@pytest.mark.long
def test_no_number_in_a_form_makes_an_error(county, role, ask):
    asked, known = [], set()
    for name, address in addresses_of(county, role).items():
        if is_file(name):
            continue
        for action, fields, numbers in forms_on(address, ask(address, "get")):
            with names_asked_for() as names:
                ask(action, "post", fields)
            asked_for = names if LONG else names - set(fields)  # what is prose on the form takes any text
            for field in (asked_for | numbers) - {"csrfmiddlewaretoken"}:
                kind = (DIGITS.sub("", action), DIGITS.sub("", field), LONG and fields.get("action"))
                if kind not in known:
                    known.add(kind)
                    asked += [
                        ((name, action, field, n[:20]), ask(action, "post", {**fields, field: n}).status_code)
                        for n in TRIED
                    ]

    assert failures(asked) == {}


def test_no_number_sent_to_a_step_without_its_form_makes_an_error(county, role, ask):
    asked, times = [], Counter()
    for name, (_, _, sending) in TABLE.items():
        if not LONG and role != "administrator" and sending["administrator"] not in REFUSED:
            continue  # the administrator's number got as far
        address = address_of(county, name)
        with names_asked_for() as names:
            if ask(address, "post").status_code == 405:
                continue
        times.update(names)
        for field in names:
            if LONG or times[field] <= OFTEN:
                asked += [((name, field, n[:20]), ask(address, "post", {field: n}).status_code) for n in TRIED]

    assert failures(asked) == {}


OFTEN = 8
"""What more steps than these look up is read in one place for all, and the short form tries it no more."""
ADMIN_QUERIES = ("id__exact", "id__in", "pk__in", "unit__id__exact", "p", "o", "_popup", "list_per_page", "e", "all")


def test_no_number_in_admin_makes_an_error(county, client):
    client.raise_request_exception = False
    ask, asked = asking(client, county.people["administrator"]), []
    for model, lookups in lookups_of_admin():
        start = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        changelist = reverse(f"{start}_changelist")
        for number in TRIED:
            for page in ("change", "delete", "history"):
                address = reverse(f"{start}_{page}", args=[number])
                asked += [((address[:60], how), ask(address, how).status_code) for how in ("get", "post")]
            ticked = {"action": "delete_selected", "_selected_action": number}
            for others in ({"index": number}, {"index": "0", "select_across": number}, {"index": "0"}):
                asked.append(((changelist, *others, number[:20]), ask(changelist, "post", ticked | others).status_code))
            asked += [
                ((changelist, lookup, number[:20]), ask(f"{changelist}?{lookup}={number}", "get").status_code)
                for lookup in lookups
            ]

    assert failures(asked) == {}


def lookups_of_admin():
    """Yield each model with what its list is asked by: in the short form one field of each kind, on one of the lists,
    since Django reads them for every list in the same way.
    """
    kinds = set()
    for model in admin.site._registry:
        fields = [field for field in model._meta.fields if LONG or type(field) not in kinds]
        kinds |= set(map(type, fields))
        yield (
            model,
            {
                *(f"{field.name}__exact" for field in fields),
                *(f"{field.name}__id__exact" for field in fields if field.is_relation),
                *(ADMIN_QUERIES if LONG or model in (User, Assignment) else ()),
            },
        )


def test_no_number_sent_to_the_api_makes_an_error(county, client):
    client.raise_request_exception = False
    secret = tokens.make(county.people["liaison"], by=county.people["liaison"], name="县数据平台")
    asked = []
    for path, methods in api.get_openapi_schema()["paths"].items():
        names = [parameter["name"] for parameter in methods["get"]["parameters"] if parameter["in"] == "query"]
        for number in TRIED:
            addresses = (
                [path.replace("{pk}", number)] if "{pk}" in path else [f"{path}?{name}={number}" for name in names]
            )
            for address in addresses:
                answer = client.get(address, headers={"authorization": f"Bearer {secret}"})
                asked.append((address[:80], answer.status_code))

    assert failures(asked) == {}
