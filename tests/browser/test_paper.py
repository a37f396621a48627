"""The leader's page and the page of a unit: one screen of 1440 × 900, one sheet of A4."""

import io

import pikepdf
import pytest
from django.urls import reverse
from playwright.sync_api import expect

from departments.choices import Role
from departments.models import Unit

from .test_reviewer import report_of

SCREEN = {"width": 1440, "height": 900}
A4_POINTS = [595, 842]


@pytest.fixture
def page(person, sign_in):
    person("office", Role.OFFICE)
    for number in (1, 2, 3, 57):
        report_of(person(f"nanwang{number}", unit="南旺镇人民政府"), number, claims_completion=number == 57)
    page = sign_in("office")
    page.set_viewport_size(SCREEN)
    return page


def unit_address():
    return reverse("reports:unit", args=[Unit.objects.get(name="南旺镇人民政府").pk])


def sheets(page):
    """The size of each sheet that the page prints on, in whole points."""
    with pikepdf.open(io.BytesIO(page.pdf(prefer_css_page_size=True))) as paper:
        return [[round(float(length)) for length in sheet.mediabox[2:]] for sheet in paper.pages]


def test_the_dashboard_fills_one_screen_and_one_sheet_that_lies(page):
    page.goto("/dashboard/")
    expect(page.locator(".figures-strip a")).to_have_count(4)

    assert page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]") == [1440, 900]
    assert sheets(page) == [A4_POINTS[::-1]]


def test_the_page_of_a_unit_prints_on_one_sheet_that_stands(page):
    page.goto(unit_address())
    expect(page.locator(".score-grid")).to_be_visible()

    assert page.evaluate("document.documentElement.scrollWidth") == 1440
    assert sheets(page) == [A4_POINTS]


def test_what_a_liaison_needs_prints_on_two_sheets(page):
    page.goto("/help/liaison/")

    assert sheets(page) == [A4_POINTS, A4_POINTS]


@pytest.mark.parametrize("width", [390, 1024, 1280, 1920])
def test_neither_page_is_wider_than_the_window(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    wide = {}
    for address in ("/dashboard/", unit_address()):
        page.goto(address)
        wide[address] = page.evaluate("document.documentElement.scrollWidth")

    assert set(wide.values()) == {width}


def test_the_figures_of_the_chart_stand_in_a_table_and_lead_to_their_lists(page):
    page.goto("/dashboard/")
    page.get_by_text("数据表").click()
    link = page.locator(".data-table a").last
    number = link.text_content()

    link.click()

    expect(page.locator(".pages")).to_contain_text(number)
