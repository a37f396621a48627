"""Lists keep their state in the address and give exactly their rows as a file."""

import re

from openpyxl import load_workbook
from playwright.sync_api import expect

from departments.choices import Role
from departments.models import User
from tasks.choices import PartKind
from tasks.models import Assignment, Plan
from tasks.services.plans import issuing, roll_over
from tests.factories import ExtensionFactory, chase, submit
from wenshang_disclosure.core.web.lists import LISTS


def test_a_filter_changes_rows_and_address_without_leaving(person, sign_in, tmp_path):
    person("office", Role.OFFICE)
    page = sign_in("office", at="/assignments/")
    page.evaluate("window.stayed = true")

    page.locator("#filter").get_by_text("全部亮灯").click()
    page.get_by_role("checkbox", name="逾期", exact=True).check()
    expect(page).to_have_url(re.compile("light=overdue"))
    page.get_by_role("checkbox", name="未启动", exact=True).check()
    expect(page).to_have_url(re.compile("light=overdue&light=not_started"))
    expect(page.locator("#chips")).to_contain_text("亮灯：逾期、未启动")
    page.keyboard.press("Escape")
    page.get_by_label("具体要求中的文字").fill("高水平对外开放")
    page.get_by_label("具体要求中的文字").press("Enter")
    expect(page.locator("#list tbody tr")).to_have_count(17)  # two that lead, and every town
    assert page.evaluate("window.stayed") is True

    with page.expect_download() as download:
        page.get_by_text("导出", exact=True).click()
        page.get_by_role("link", name="导出Excel").click()
    download.value.save_as(tmp_path / "list.xlsx")
    sheet = load_workbook(tmp_path / "list.xlsx").active
    named = [row[4].value for row in sheet.iter_rows(min_row=5)]
    assert (len(named), {"县商务局", "县投资促进服务中心", "南旺镇人民政府"} <= {*named}) == (17, True)


def test_columns_are_moved_and_chosen_by_keyboard_and_kept_in_a_view(person, sign_in):
    person("office", Role.OFFICE)
    page = sign_in("office", at="/assignments/")
    heads = page.locator("#list thead th")

    page.locator("#columns > summary").press("Enter")
    page.get_by_role("checkbox", name="最新进展").press("Space")
    page.get_by_role("button", name="承办单位前移").press("Enter")
    page.get_by_role("button", name="应用").press("Enter")
    expect(page).to_have_url(re.compile("columns=number%2Cunit%2Crequirement"))
    expect(heads).to_have_text(
        ["", "序号", "承办单位", "具体要求", "职责", "完成时限", "亮灯", "本期", "上次报送", "最近催办", "最新进展"]
    )

    page.get_by_text("存为视图").click()
    page.get_by_label("名称").fill("看进展")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("link", name="看进展")).to_have_attribute("aria-current", "page")
    page.get_by_role("link", name="全部", exact=False).first.click()
    page.get_by_role("link", name="看进展").click()
    expect(heads.nth(2)).to_have_text("承办单位")


def test_rarer_filters_open_below_the_line_and_say_how_many_are_set(person, sign_in):
    person("office", Role.OFFICE)
    page = sign_in("office", at="/assignments/")
    more = page.locator(".more-filters > summary")

    more.click()
    page.get_by_role("spinbutton", name="序号").fill("1")
    page.get_by_role("spinbutton", name="序号").press("Tab")
    expect(page).to_have_url(re.compile("number=1"))
    expect(more).to_have_text(re.compile(r"更多筛选\s*1"))
    page.keyboard.press("Escape")

    expect(page.get_by_role("spinbutton", name="序号")).to_be_hidden()
    expect(more).to_be_focused()


def test_the_places_at_the_foot_of_a_phone_are_open_to_who_sees_them(person, sign_in):
    person("office", Role.OFFICE)
    page = sign_in("office", 390, at="/dashboard/")
    places = page.get_by_role("navigation", name="常用").get_by_role("link")
    addresses = [place.get_attribute("href") for place in places.all()]

    assert [page.request.get(f"{page.url.split('/dashboard')[0]}{address}").status for address in addresses] == [
        200
    ] * 5


def test_every_column_sorts_and_the_page_stays_in_the_address(person, sign_in):
    person("office", Role.OFFICE)
    page = sign_in("office", at="/assignments/?per_page=20")
    headings = page.locator("thead th a")

    for number in range(headings.count()):
        headings.nth(number).click()
        expect(page.locator("th[aria-sort]")).to_have_count(1)
    page.get_by_role("link", name="下一页").click()

    expect(page).to_have_url(re.compile(r"(?=.*sort=)(?=.*page=2)(?=.*per_page=20)"))


def test_each_list_shows_its_first_row_at_once_and_fits_a_phone(person, sign_in):
    office = person("office", Role.OFFICE)
    duty = Assignment.objects.order_by("pk").first()
    submit(duty)
    chase(Assignment.objects.order_by("pk").last(), by=office)
    ExtensionFactory(assignment=duty)
    page = sign_in("office", at="/worklist/")
    first, wider = {}, {}
    for name, one in LISTS.items():
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(one.address())
        first[name] = page.locator("#list tbody tr:not(.part)").first.bounding_box()["y"]
        page.set_viewport_size({"width": 390, "height": 844})
        wider[name] = page.evaluate("document.documentElement.scrollWidth - innerWidth")

    assert {name: y for name, y in first.items() if y >= 260} == {}
    assert {name: pixels for name, pixels in wider.items() if pixels > 0} == {}


def test_the_back_button_gives_the_list_as_it_was(person, sign_in):
    person("office", Role.OFFICE)
    page = sign_in("office", at="/assignments/?q=高水平对外开放")
    page.get_by_role("row").nth(1).get_by_role("link").first.click()
    page.go_back()

    expect(page.locator("#list tbody tr")).to_have_count(17)


def next_year():
    """Issue the table of 2025, copied from that of 2024."""
    office = User.objects.get(username="office")
    draft = roll_over.roll_over(
        Plan.objects.get(), by=office, year=2025, title="2025年任务分解表", kinds=PartKind.values
    )
    draft.tasks.filter(due_on=None, recurrence="").update(due_on="2025-12-31")
    return issuing.issue(draft, by=office, issued_on="2025-03-20", document_number="〔2025〕6号")


def choose_year(page, year):
    page.locator(".top-year > summary").click()
    page.locator(".top-year").get_by_role("link", name=year).click()


def test_a_year_and_a_day_chosen_in_a_list_go_along_through_menu_rows_and_crumbs(person, sign_in):
    person("office", Role.OFFICE)
    this, following = Plan.objects.get(), next_year()
    page = sign_in("office", at="/assignments/?sort=year")
    expect(page.locator('#list td[data-label="年度"]').first).to_have_text("2024")

    choose_year(page, "2024年度")
    expect(page).to_have_url(re.compile(f"plan={this.pk}"))
    expect(page.locator('#list td[data-label="年度"]')).to_have_count(0)
    page.get_by_label("截至日期").fill("2024-12-20")
    expect(page).to_have_url(re.compile("as_of=2024-12-20"))

    kept = re.compile(rf"\?plan={this.pk}&as_of=2024-12-20$")
    for name, heading in (
        ("任务分解表", this.title),
        ("工作总览", "工作总览"),
        ("逾期", "逾期事项"),
        ("单位", "各单位办理情况"),
    ):
        page.get_by_role("navigation", name="主菜单").get_by_role("link", name=name, exact=True).click()
        expect(page).to_have_url(kept)
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    page.get_by_role("navigation", name="主菜单").get_by_role("link", name="承办事项", exact=True).click()
    page.locator("#list td.clip a").first.click()
    page.locator(".crumbs a").first.click()
    expect(page).to_have_url(kept)

    choose_year(page, "2025年度")
    expect(page).to_have_url(re.compile(f"plan={following.pk}"))
    page.get_by_role("navigation", name="主菜单").get_by_role("link", name="任务分解表", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(following.title)
