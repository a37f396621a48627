"""The matrix by keyboard: one stop of the tab key, arrows inside, Enter opens a duty; and the search box."""

import pytest
from playwright.sync_api import expect

from departments.choices import Role

from .axe import faults_of


def where(page):
    """Row and column of what has the focus, and the word it says."""
    return page.evaluate(
        """() => {
          const cell = document.activeElement.closest("td, th");
          const number = cell.parentElement.cells[0].textContent.trim().split("　")[0];
          return [number, cell.cellIndex, cell.textContent.trim()];
        }"""
    )


def test_moving_and_opening_by_keyboard(person, sign_in):
    person("office", Role.OFFICE)
    page = sign_in("office", at="/matrix/?kind=rural")
    grid = page.get_by_role("grid")
    grid.locator("tbody td.o, tbody td.n").first.focus()

    assert where(page)[:2] == ["1", 4]
    assert page.locator("[data-matrix] [tabindex='0']").count() == 1
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    assert where(page)[:2] == ["2", 5]
    page.keyboard.press("PageDown")
    assert where(page)[:2] == ["12", 5]
    page.keyboard.press("End")
    assert where(page)[:2] == ["12", 18]
    page.keyboard.press("Home")
    assert where(page)[:2] == ["12", 0]
    page.keyboard.press("Control+ArrowRight")
    assert where(page)[:2] == ["12", 4]
    assert page.locator("[data-matrix] [tabindex='0']").count() == 1

    page.keyboard.press("Enter")
    panel = page.get_by_role("dialog", name="承办事项")
    expect(panel.get_by_role("heading", name="第12项")).to_be_visible()
    expect(panel.get_by_role("link", name="打开承办事项")).to_be_visible()
    expect(panel.get_by_role("button", name="催办")).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    assert where(page)[:2] == ["12", 4]


def test_a_click_opens_and_a_filter_keeps_the_grid_working(person, sign_in):
    person("office", Role.OFFICE)
    page = sign_in("office", at="/matrix/")
    page.get_by_label("单位类别").select_option(label="乡镇（街道）")
    expect(page.locator(".matrix .heads th")).to_have_count(19)

    page.locator(".matrix tbody td.o").nth(20).click()
    panel = page.get_by_role("dialog", name="承办事项")
    panel.get_by_role("button", name="催办").click()
    expect(page.get_by_role("heading", name="催办1件承办事项")).to_be_visible()


def test_a_whole_column_is_chased(person, sign_in):
    person("office", Role.OFFICE)
    page = sign_in("office", at="/matrix/")

    button = page.locator(".matrix tfoot button").last
    late = button.inner_text()
    button.click()

    expect(page.get_by_role("heading", name=f"催办{late}件承办事项")).to_be_visible()


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("address", ["/matrix/", "/search/?q=信息", "/search/?q=%00"])
def test_axe_finds_nothing_and_nothing_is_too_wide(person, sign_in, width, address):
    person("office", Role.OFFICE)
    page = sign_in("office", width, at=address)

    assert faults_of(page) == []


def test_the_box_in_the_header_finds_a_unit_by_its_initials(person, sign_in):
    person("office", Role.OFFICE)
    page = sign_in("office", 390)
    page.get_by_role("link", name="检索", exact=True).click()

    page.locator("main input[name=q]").fill("zjj")
    page.keyboard.press("Enter")

    expect(page.get_by_role("link", name="县住房和城乡建设局")).to_be_visible()
