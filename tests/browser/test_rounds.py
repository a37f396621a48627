"""The office calls for reports from the towns; a town sees it and submits; the office sees who has and who has not."""

import pytest
from playwright.sync_api import expect

from departments.choices import Role
from tasks.models import ReportingRound

from .test_township_liaison import attest, submit

TOWN = "南旺镇人民政府"
TITLE = "前三季度进展"


@pytest.fixture
def office(person, sign_in):
    person("office", Role.OFFICE)
    return sign_in("office")


def call(page):
    """Fill in the call to all townships, on one row, and come to the step between."""
    page.goto("/rounds/")
    page.get_by_role("link", name="发起报送").click()
    page.get_by_label("名称", exact=True).fill(TITLE)
    page.get_by_label("报送要求").fill("请写明公开数量。")
    page.get_by_role("button", name="全选乡镇").click()
    page.get_by_placeholder("输入几个字，查找单位").fill("街道")
    expect(page.get_by_label("次邱镇人民政府")).to_be_visible()  # what is ticked stays in sight
    expect(page.get_by_label("县财政局")).to_be_hidden()
    page.get_by_role("button", name="全选街道").click()
    page.get_by_text("点开勾选").click()
    page.locator("summary", has_text="五、").click()
    page.get_by_label("第49项").check()
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_text("将向15个单位的15件事项发起报送")).to_be_visible()


def test_from_the_call_to_the_end_of_a_round(office, person, sign_in):
    person("nanwang", unit=TOWN)
    call(office)
    office.get_by_role("button", name="返回修改").click()
    expect(office.get_by_label("报送要求")).to_have_value("请写明公开数量。")
    expect(office.get_by_label(TOWN)).to_be_checked()
    office.get_by_role("button", name="下一步").click()
    office.get_by_role("button", name="确定发起").dblclick()
    expect(office.get_by_text("已发起报送，并已通知各单位。")).to_be_visible()
    assert ReportingRound.objects.count() == 1

    town = sign_in("nanwang", width=390)
    expect(town.locator(".round", has_text=TITLE)).to_contain_text("未报1件")
    town.locator(".round").get_by_role("link", name="全文").click()
    expect(town.get_by_text("请写明公开数量。")).to_be_visible()
    town.locator("#list").get_by_role("link", name="填报").click()
    town.get_by_label("进展情况").fill("三季度发布信息12条。")
    attest(town)
    submit(town)
    expect(town.get_by_text("已报送，等待县政府办公室审核。")).to_be_visible()
    town.goto("/rounds/")
    expect(town.get_by_role("row").nth(1)).to_contain_text("1／1")

    office.reload()
    expect(office.locator(".light-line")).to_contain_text("应报送 15件，已报送 1件")
    office.get_by_label("报送情况").get_by_role("link", name="未报送").click()
    expect(office.locator("#list tbody tr")).to_have_count(14)
    office.get_by_label("报送情况").get_by_role("link", name="已报送 1").click()
    expect(office.locator("#list tbody tr")).to_have_count(1)
    expect(office.locator("#list tbody tr")).to_contain_text(TOWN.removesuffix("人民政府"))
    office.once("dialog", lambda dialog: dialog.accept())
    office.get_by_role("button", name="结束批次").click()
    expect(office.get_by_text("已结束本批次")).to_be_visible()
    expect(office.get_by_role("button", name="结束批次")).to_have_count(0)


def test_prolonging_keeps_what_was_typed_where_it_is_refused(office):
    call(office)
    office.get_by_role("button", name="确定发起").click()
    office.get_by_role("link", name="延长、修改").click()
    office.get_by_label("截止日期").fill("2020-01-01")
    office.get_by_label("报送要求").fill("可补报。")
    office.get_by_role("button", name="确定修改").click()
    expect(office.locator(".errorlist.nonfield")).to_contain_text("截止日期不能早于开始日期")

    later = ReportingRound.objects.get().closes_on.replace(year=2099)
    office.get_by_label("截止日期").fill(f"{later}")
    office.get_by_role("button", name="确定修改").click()

    expect(office.get_by_text("已修改，并已通知尚未报送的单位。")).to_be_visible()
    expect(office.get_by_text("可补报。")).to_be_visible()
