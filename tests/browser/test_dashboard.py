"""The charts of the dashboard, with mouse and keyboard."""

import re

import pytest
from playwright.sync_api import expect

from departments.choices import Role

from .test_reviewer import report_of

BAR = """([name, series, row]) => {
  const chart = document.querySelector(`[data-chart="${name}"]`).echart;
  const before = chart.getOption().series.slice(0, series).reduce((sum, one) => sum + one.data[row].value, 0);
  const value = chart.getOption().series[series].data[row].value;
  return chart.convertToPixel({ seriesIndex: series }, [before + value / 2, row]);
}"""
NOT_STARTED = 2  # the series of 未启动


@pytest.fixture
def dashboard(person, sign_in):
    person("office", Role.OFFICE)
    report_of(person("nanwang", unit="南旺镇人民政府"), 57, claims_completion=True)
    page = sign_in("office", at="/dashboard/?as_of=2024-07-10")
    expect(page.locator("[data-chart][data-drawn]")).to_have_count(6)
    return page


def twin_cell(page, light):
    """The number and the address of the first part's light in the table below the chart."""
    cell = page.locator(f'table a[href*="part="][href$="light={light}"]').first
    return cell.text_content(), cell.get_attribute("href")


def test_a_bar_leads_to_the_list_of_its_cell(dashboard):
    number, href = twin_cell(dashboard, "not_started")
    chart = dashboard.locator('[data-chart="parts"]')
    chart.scroll_into_view_if_needed()
    x, y = dashboard.evaluate(BAR, ["parts", NOT_STARTED, 0])

    chart.click(position={"x": x, "y": y})

    dashboard.wait_for_url(lambda address: address.endswith(href))
    expect(dashboard.locator(".pages")).to_contain_text(re.compile(rf"\b{number}\b|共\s*{number}"))


def test_the_keys_walk_the_bars_and_enter_opens_the_list(dashboard):
    number, href = twin_cell(dashboard, "not_started")
    chart = dashboard.locator('[data-chart="parts"]')
    chart.focus()

    chart.press("ArrowRight")
    expect(dashboard.locator('[data-said="parts"]')).to_contain_text(f"未启动{number}件")
    chart.press("Enter")

    dashboard.wait_for_url(lambda address: address.endswith(href))


@pytest.mark.parametrize("name", ["parts", "months"])
def test_a_chart_is_saved_as_a_picture_with_its_day(dashboard, tmp_path, name):
    with dashboard.expect_download() as download:
        dashboard.locator(f'[data-save="{name}"]').press("Enter")

    assert download.value.suggested_filename.endswith("（截至2024-07-10）.png")
    download.value.save_as(tmp_path / "chart.png")
    assert (tmp_path / "chart.png").read_bytes().startswith(b"\x89PNG")


def test_the_charts_follow_the_width_of_the_window(dashboard):
    dashboard.set_viewport_size({"width": 390, "height": 800})

    for chart in dashboard.locator("[data-chart]").all():
        expect(chart.locator("canvas")).to_have_js_property("clientWidth", chart.evaluate("box => box.clientWidth"))
    assert dashboard.evaluate("document.documentElement.scrollWidth") <= 390
