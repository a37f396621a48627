"""What is different in Chromium 87 (`make test-old-browser`); ways through the pages are those of the other tests."""

import pytest
from playwright.sync_api import expect

from departments.choices import Role

from . import old_chromium
from .test_reviewer import TOWN, report_of

pytestmark = pytest.mark.skipif(not old_chromium.PROGRAM, reason="make test-old-browser")


@pytest.fixture
def report(person):
    """A report with a PDF and a picture, waiting for the office."""
    person("office", Role.OFFICE)
    return report_of(person("nanwang", unit=TOWN), 57)


def colour(page, selector, name="backgroundColor"):
    return page.locator(selector).first.evaluate("(element, name) => getComputedStyle(element)[name]", name)


def test_it_is_that_old(browser):
    assert browser.version.startswith("87.")


def test_a_pdf_is_offered_for_download_where_it_cannot_be_shown(report, sign_in):
    page = sign_in("office", at=f"/reviews/{report.pk}/")

    expect(page.get_by_text("浏览器版本较旧，不能在页面中显示，请下载后查看。")).to_be_visible()
    expect(page.locator("a[download]").first).to_be_visible()


def test_colours_are_those_of_new_browsers(report, sign_in):
    page = sign_in("office", at="/worklist/")

    assert [colour(page, ".card"), colour(page, ".btn-primary"), colour(page, "main a:not(.btn)", "color")] == [
        "rgb(255, 255, 255)",
        "rgb(29, 79, 140)",
        "rgb(27, 79, 145)",
    ]


def test_the_line_chart_has_a_table_beside_it(report, sign_in):
    page = sign_in("office", at="/dashboard/")

    expect(page.locator("svg.plot").first).to_be_visible()
    page.get_by_text("数据表").click()
    expect(page.get_by_label("办结进度数据表").get_by_role("table")).to_be_visible()
