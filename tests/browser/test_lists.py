"""Lists keep their state in the address and give exactly their rows as a file."""

import re

from openpyxl import load_workbook
from playwright.sync_api import expect

from departments.choices import Role


def test_a_filter_changes_rows_and_address_without_leaving(person, sign_in, tmp_path):
    person("office", Role.OFFICE)
    page = sign_in("office")
    page.goto("/assignments/")
    page.evaluate("window.stayed = true")

    page.get_by_label("职责").select_option(label="牵头")
    expect(page).to_have_url(re.compile("role=lead"))
    page.get_by_label("具体要求中的文字").fill("高水平对外开放")
    page.get_by_label("具体要求中的文字").press("Enter")
    expect(page.locator("#list tbody tr")).to_have_count(2)
    assert page.evaluate("window.stayed") is True

    with page.expect_download() as download:
        page.get_by_role("link", name="导出Excel").click()
    download.value.save_as(tmp_path / "list.xlsx")
    sheet = load_workbook(tmp_path / "list.xlsx").active
    assert [row[4].value for row in sheet.iter_rows(min_row=5)] == ["县商务局", "县投资促进服务中心"]


def test_every_column_sorts_and_the_page_stays_in_the_address(person, sign_in):
    person("office", Role.OFFICE)
    page = sign_in("office")
    page.goto("/assignments/?per_page=20")
    headings = page.locator("thead th a")

    for number in range(headings.count()):
        headings.nth(number).click()
        expect(page.locator("th[aria-sort]")).to_have_count(1)
    page.get_by_role("link", name="下一页").click()

    expect(page).to_have_url(re.compile(r"(?=.*sort=)(?=.*page=2)(?=.*per_page=20)"))


def test_the_back_button_gives_the_list_as_it_was(person, sign_in):
    person("office", Role.OFFICE)
    page = sign_in("office")
    page.goto("/assignments/?q=高水平对外开放")
    page.get_by_role("row").nth(1).get_by_role("link").first.click()
    page.go_back()

    expect(page.locator("#list tbody tr")).to_have_count(17)
