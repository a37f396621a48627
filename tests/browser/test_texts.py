"""Texts keep what was typed and pasted, and nobody is alarmed by spaces that the server takes off."""

import pytest
from playwright.sync_api import expect

from departments.choices import Role
from tasks.models import ProgressReport

pytestmark = pytest.mark.usefixtures("table")

WORD = """<html><body><!--StartFragment--><p class=MsoNormal>各村进展：</p>
<table class=MsoNormalTable><tr><td><p>村</p></td><td colspan=2><p>发布<br>情况</p></td></tr>
<tr><td rowspan=2><p>南旺一村</p></td><td><p>政策</p></td><td><p>3</p><p>条</p></td></tr>
<tr><td><p>解读</p></td><td><p>1条</p></td></tr></table><!--EndFragment--></body></html>"""
EXCEL = "<table><col width=72><tr><td></td><td>一月</td></tr><tr><td>篇数</td><td>12</td></tr></table>"

PASTE = """([field, html, plain, withPicture]) => {
  const data = new DataTransfer();
  data.setData("text/html", html);
  data.setData("text/plain", plain);
  if (withPicture) data.items.add(new File(["x"], "image.png", { type: "image/png" }));
  const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
  document.querySelector(field).focus();
  document.querySelector(field).dispatchEvent(event);
  return event.defaultPrevented;
}"""


@pytest.fixture
def form(person, sign_in):
    """The open form of a report, and its duty."""
    duty = person("nanwang", unit="南旺镇人民政府").unit.assignments.get(task__number=57)
    page = sign_in("nanwang", at=f"/assignments/{duty.pk}/report/")
    return page, duty


@pytest.mark.parametrize(
    "typed", ["已发布政策3条。  ", "\n  已发布政策3条。\n\n", "已发布\u202e政策\u00073条。", "已发布政策3条。\u3000"]
)
def test_text_that_the_server_trimmed_raises_no_alarm(form, typed):
    page, duty = form
    page.get_by_label("进展情况").fill(typed)
    page.get_by_role("button", name="保存草稿").click()
    expect(page.locator("#save-state")).to_contain_text("草稿已于")

    page.goto(f"/assignments/{duty.pk}/report/")

    expect(page.locator("#kept")).to_be_hidden()
    expect(page.get_by_label("进展情况")).to_have_value("已发布政策3条。")


def test_text_that_the_server_has_not_is_filled_in_again(form):
    page, duty = form
    page.route("**/autosave/", lambda route: route.abort())
    page.get_by_label("进展情况").fill("已发布政策4条。")

    page.goto(f"/assignments/{duty.pk}/report/")

    expect(page.locator("#kept")).to_be_visible()
    expect(page.get_by_label("进展情况")).to_have_value("已发布政策4条。")


def test_a_table_from_word_keeps_its_columns_and_is_shown_as_a_table(form):
    page, duty = form

    assert page.evaluate(PASTE, ["#id_text", WORD, "村\t发布", True]) is True

    rows = ["各村进展：", "村\t发布 情况\t", "南旺一村\t政策\t3 条", "\t解读\t1条"]
    expect(page.get_by_label("进展情况")).to_have_value("\n".join(rows))
    expect(page.locator("#uploads li")).to_have_count(0)
    page.get_by_label("所填内容和材料已通过本单位保密审查").check()
    page.get_by_label("保密审查人姓名").fill("审查人")
    page.get_by_role("button", name="报送").first.click()
    expect(page.locator(".pasted-table td")).to_have_text(
        ["村", "发布 情况", "", "南旺一村", "政策", "3 条", "", "解读", "1条"]
    )
    assert ProgressReport.objects.get(assignment=duty, state="submitted").text == "\n".join(rows)


def test_a_table_from_excel_goes_where_the_cursor_is_and_can_be_undone(form):
    page, _ = form
    field = page.get_by_label("进展情况")
    field.fill("前后")
    page.evaluate("document.querySelector('#id_text').setSelectionRange(1, 1)")

    page.evaluate(PASTE, ["#id_text", EXCEL, "\t一月\n篇数\t12", False])

    expect(field).to_have_value("前\n—\t一月\n篇数\t12\n后")
    field.press("Control+z")
    expect(field).to_have_value("前后")


def test_text_beside_which_office_puts_a_picture_is_no_screenshot(form):
    page, _ = form

    assert page.evaluate(PASTE, ["#id_text", "<p>一段文字</p>", "一段文字", True]) is False

    expect(page.locator("#uploads li")).to_have_count(0)


def test_recovery_codes_are_copied_and_saved(person, sign_in, tmp_path):
    from .test_second_factor import code_of

    person("reviewer", Role.REVIEWER)
    page = sign_in("reviewer")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/second-factor/")
    secret = page.locator("code").first.inner_text().strip()
    page.get_by_label("动态口令").fill(code_of(secret))
    page.get_by_role("button", name="启用").click()
    codes = page.locator(".recovery-codes code").all_inner_texts()
    assert len(codes) == 8

    page.get_by_role("button", name="复制").click()
    expect(page.get_by_text("已复制")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").split() == codes
    with page.expect_download() as saved:
        page.get_by_role("button", name="下载为文本文件").click()
    assert saved.value.suggested_filename == "恢复码-reviewer.txt"
    saved.value.save_as(tmp_path / "codes.txt")
    text = (tmp_path / "codes.txt").read_text(encoding="utf-8-sig")
    assert [line for line in text.split() if line in codes] == codes
    page.emulate_media(media="print")
    expect(page.get_by_text("reviewer 的恢复码，生成于")).to_be_visible()
    expect(page.get_by_role("button", name="复制")).to_be_hidden()
    page.evaluate("window.print = () => { document.title = '已打印'; }")
    page.emulate_media(media="screen")
    page.get_by_role("button", name="打印").click()
    assert page.title() == "已打印"
