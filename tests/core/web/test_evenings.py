"""Views that take a day show the tables as on its evening, to the last chunk of what they send (design: Lights)."""

import datetime as dt

import pytest
import time_machine
from django.http import HttpResponse, StreamingHttpResponse

from departments.models import Unit
from tests.factories import UnitFactory
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.core.evenings import current_day, evening
from wenshang_disclosure.core.web.evenings import on_evening

pytestmark = pytest.mark.django_db

MONDAY, TUESDAY, THURSDAY = (dt.date(2024, 9, day) for day in (9, 10, 12))


@pytest.fixture(autouse=True)
def unit():
    """A unit that was called 县商务局 until Tuesday; today is Thursday."""
    with time_machine.travel(on_day(MONDAY), tick=False):
        unit = UnitFactory(name="县商务局")
    with time_machine.travel(on_day(TUESDAY), tick=False):
        Unit.objects.filter(pk=unit.pk).update(name="县投资局")
    with time_machine.travel(on_day(THURSDAY), tick=False):
        yield unit


def name():
    return Unit.objects.get().name


@on_evening
def page(request):
    return HttpResponse(name())


@on_evening
def streamed(request):
    return StreamingHttpResponse(name() for _ in range(2))


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("as_of=2024-09-09", "县商务局"),
        ("as_of=2024-09-10", "县投资局"),
        ("as_of=2024-09-12", "县投资局"),
        ("", "县投资局"),
    ],
)
def test_a_page_shows_the_evening_that_it_names(rf, query, told):
    assert page(rf.get(f"/?{query}")).content.decode() == told


@pytest.mark.parametrize("day", ["gestern", "2024-02-30", "2999-01-01"])
def test_an_invalid_day_is_left_to_the_view(rf, day):
    assert page(rf.get("/", {"as_of": day})).content.decode() == "县投资局"


def test_each_chunk_of_a_streamed_answer_is_of_that_evening_and_what_comes_between_of_today(rf):
    response = streamed(rf.get("/?as_of=2024-09-09"))

    told = []
    for chunk in response.streaming_content:
        told += [chunk.decode(), name()]

    assert told == ["县商务局", "县投资局"] * 2


def test_an_answer_that_is_streamed_in_part_leaves_today_as_it_is(rf):
    next(iter(streamed(rf.get("/?as_of=2024-09-09")).streaming_content))

    assert (current_day(), name()) == (THURSDAY, "县投资局")


def test_a_view_that_fails_leaves_today_as_it_is(rf):
    @on_evening
    def fails(request):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails(rf.get("/?as_of=2024-09-09"))

    assert (current_day(), name()) == (THURSDAY, "县投资局")


def test_an_evening_within_another_ends_with_its_block():
    with evening(TUESDAY):
        with evening(MONDAY):
            assert name() == "县商务局"
        assert (current_day(), name()) == (TUESDAY, "县投资局")
