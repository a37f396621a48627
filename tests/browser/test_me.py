"""A person says how they wants to be told, and takes their deadlines into their calendar."""

import icalendar
import pytest
from playwright.sync_api import expect

from departments.models import User


@pytest.fixture
def page(person, sign_in):
    person("nanwang", unit="南旺镇人民政府")
    page = sign_in("nanwang")
    page.on("dialog", lambda dialog: dialog.accept())
    return page


def open_settings(page):
    page.locator("details.who summary").click()
    page.get_by_role("link", name="个人设置").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("个人设置")


def make_address(page, name="生成日历地址"):
    page.get_by_role("button", name=name).click()
    expect(page.get_by_label("日历地址")).to_be_visible()
    return page.get_by_label("日历地址").input_value()


def test_they_chooses_how_they_are_told(page):
    open_settings(page)
    page.get_by_label("随时发送").check()
    page.get_by_label("电子邮箱").fill("nanwang@example.gov.cn")
    page.get_by_role("button", name="保存").click()

    expect(page.get_by_text("个人设置已保存。")).to_be_visible()
    expect(page.get_by_label("随时发送")).to_be_checked()
    user = User.objects.get(username="nanwang")
    assert (user.mail_choice, user.email) == ("at_once", "nanwang@example.gov.cn")


def test_their_calendar_address_works_until_they_ends_it(page, sign_in):
    open_settings(page)
    address = make_address(page)
    expect(page.get_by_role("button", name="复制")).to_be_visible()
    outside = sign_in()  # nobody is signed in there

    read = outside.request.get(address)
    page.get_by_role("button", name="停用").click()
    expect(page.get_by_text("日历地址已停用")).to_be_visible()

    assert read.ok
    assert icalendar.Calendar.from_ical(read.body())["x-wr-calname"].endswith("（南旺镇）")
    assert outside.request.get(address).status == 404
    assert page.request.get(address).status == 404


def test_a_new_address_ends_the_old_one(page):
    open_settings(page)
    first = make_address(page)

    second = make_address(page, "重新生成")

    assert first != second
    assert [page.request.get(address).status for address in (first, second)] == [404, 200]
    page.goto("/me/")
    assert second.rpartition("/")[2] not in page.content()
