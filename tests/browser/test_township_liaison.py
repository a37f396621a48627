"""A township's liaison does what they owes (the main way through the product), and loses nothing on the way."""

import re

import pytest
from playwright.sync_api import expect

from tasks.models import ProgressReport, Transition

from .conftest import fill_sign_in

TOWN = "南旺镇人民政府"
WORDS = "已在县政府门户网站政务公开专栏发布实施方案，并组织各村学习。"


@pytest.fixture
def page(person, sign_in):
    person("nanwang", unit=TOWN)
    return sign_in("nanwang")


def open_form(page, number=57):
    page.goto("/assignments/")
    row = page.get_by_role("row").filter(has=page.get_by_role("cell", name=str(number), exact=True))
    row.get_by_role("link").first.click()
    page.get_by_role("link", name="填报进展").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"填报进展 · 第{number}项")


def attest(page):
    page.get_by_label("所填内容和材料已通过本单位保密审查").check()
    page.get_by_label("保密审查人姓名").fill("审查人")


def submit(page):
    page.get_by_role("button", name="报送", exact=True).click()


def test_they_reports_with_two_files_and_a_link(page, files):
    expect(page).to_have_url(re.compile("/worklist/$"))
    first = page.locator(".worklist tbody tr:not(.group)").first
    expect(first).to_contain_text("逾期")
    first.get_by_role("link", name="填报").click()
    expect(page.get_by_role("heading", name="具体要求")).to_be_visible()
    expect(page.get_by_text("牵头部门")).to_be_visible()

    page.get_by_label("进展情况").fill(WORDS)
    expect(page.locator("#save-state")).to_contain_text("自动保存")
    page.get_by_label("材料类别").select_option(label="本单位方案")
    page.get_by_label("选择文件").set_input_files([files["实施方案.pdf"], files["现场照片.png"]])
    expect(page.get_by_text("佐证材料（2项）")).to_be_visible()
    page.get_by_label("发布链接").fill("https://www.example.gov.cn/art/1.html")
    page.get_by_label("页面标题").fill("南旺镇政务公开实施方案")
    page.get_by_role("button", name="添加链接").click()
    expect(page.get_by_text("佐证材料（3项）")).to_be_visible()
    expect(page.get_by_label("进展情况")).to_have_value(WORDS)
    attest(page)
    submit(page)

    expect(page.get_by_text("已报送，等待县政府办公室审核。")).to_be_visible()
    expect(page.locator(".timeline-list")).to_contain_text("报送进展")
    report = ProgressReport.objects.get()
    assert (report.text, report.state, report.evidence.count(), report.attested_name) == (
        WORDS,
        "submitted",
        3,
        "审查人",
    )
    assert page.evaluate("Object.keys(localStorage).length") == 0


def test_a_draft_is_there_again_after_reloading(page):
    open_form(page)
    page.get_by_label("进展情况").fill(WORDS)
    expect(page.locator("#save-state")).to_contain_text("自动保存")

    page.reload()

    expect(page.get_by_label("进展情况")).to_have_value(WORDS)


def test_what_is_typed_before_the_page_is_ready_is_saved_as_well(page):
    open_form(page)
    page.route("**/draft.js", lambda route: (page.wait_for_timeout(1500), route.continue_()))
    page.goto(page.url, wait_until="commit")
    page.get_by_label("进展情况").fill(WORDS)

    expect(page.locator("#save-state")).to_contain_text("自动保存")


@pytest.mark.parametrize(("name", "sentence"), [("程序.pdf", "内容与扩展名"), ("脚本.html", "不在可上传范围内")])
def test_a_refused_upload_keeps_every_word(page, files, name, sentence):
    open_form(page)
    page.get_by_label("进展情况").fill(WORDS)
    page.get_by_label("存在问题").fill("人手不足。")
    page.get_by_label("选择文件").set_input_files(files[name])

    expect(page.locator("#uploads .refused")).to_contain_text(sentence)
    expect(page.get_by_label("进展情况")).to_have_value(WORDS)
    expect(page.get_by_label("存在问题")).to_have_value("人手不足。")


def test_a_lost_session_keeps_every_word(page):
    open_form(page)
    page.get_by_label("进展情况").fill("第一句。")
    expect(page.locator("#save-state")).to_contain_text("自动保存")
    page.context.clear_cookies()
    page.get_by_label("进展情况").fill(WORDS)
    expect(page.locator("#save-state")).to_contain_text("登录已过期")
    page.goto(page.url)
    fill_sign_in(page, "nanwang")

    expect(page.get_by_label("进展情况")).to_have_value(WORDS)
    expect(page.get_by_text("本机留有上次没有保存的文字")).to_be_visible()


@pytest.mark.parametrize(
    ("text", "claims", "sentence"),
    [("", False, "请填写进展情况后再报送"), (WORDS, True, "申报办结须至少附一项佐证材料")],
)
def test_what_cannot_be_submitted_is_refused_with_the_words_kept(page, text, claims, sentence):
    open_form(page)
    page.get_by_label("进展情况").fill(text)
    page.get_by_label("下步措施").fill("继续推进。")
    page.get_by_label("申报办结").set_checked(claims)
    attest(page)
    submit(page)

    expect(page.locator(".has-error .errorlist")).to_contain_text(sentence)
    expect(page.locator("#errors")).to_contain_text("有1处需要修改")
    expect(page.get_by_label("下步措施")).to_have_value("继续推进。")
    expect(page.get_by_label("申报办结")).to_be_checked(checked=claims)


def test_a_double_click_submits_once(page):
    open_form(page)
    page.get_by_label("进展情况").fill(WORDS)
    attest(page)
    page.get_by_role("button", name="报送", exact=True).dblclick()

    expect(page.get_by_text("已报送，等待县政府办公室审核。")).to_be_visible()
    assert (ProgressReport.objects.count(), Transition.objects.count()) == (1, 1)


def test_the_second_of_two_tabs_is_told_and_keeps_its_words(page, sign_in):
    open_form(page)
    second = sign_in.watch(page.context.new_page())
    second.goto(page.url)
    page.get_by_label("进展情况").fill("第一个窗口的文字。")
    page.get_by_role("button", name="保存草稿").click()
    expect(page.get_by_text("草稿已于").first).to_be_visible()

    second.get_by_label("进展情况").fill("第二个窗口的文字。")
    second.get_by_role("button", name="保存草稿").click()

    expect(second.locator(".errorlist.nonfield")).to_contain_text("已在别处修改")
    expect(second.get_by_label("进展情况")).to_have_value("第二个窗口的文字。")
    expect(second.locator(".elsewhere")).to_contain_text("第一个窗口的文字。")
