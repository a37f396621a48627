"""Nothing that was typed or chosen falls silently, whatever sends or leaves the form of a report."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tasks.models import ProgressReport

from .test_township_liaison import TOWN, WORDS, attest, open_form, submit

ADDRESS = "https://www.example.gov.cn/art/1.html"


@pytest.fixture
def page(person, sign_in):
    person("nanwang", unit=TOWN)
    page = sign_in("nanwang")
    open_form(page)
    page.get_by_label("进展情况").fill(WORDS)
    return page


def slowly(page):
    """Let each file take a second on its way."""
    page.route("**/report/files/", lambda route: (page.wait_for_timeout(1000), route.continue_()))


def choose(page, files):
    slowly(page)
    page.get_by_label("选择文件").set_input_files([files["实施方案.pdf"], files["现场照片.png"]])


def type_address(page, files):
    page.get_by_label("发布链接").fill(ADDRESS)


def press_save(page):
    page.get_by_role("button", name="保存草稿").click()


def press_enter(page):
    page.get_by_label("页面标题").press("Enter")


def press_submit(page):
    attest(page)
    submit(page)


WAYS = {"报送": press_submit, "保存草稿": press_save, "Enter": press_enter}
PENDING = {"files": (choose, {"实施方案.pdf", "现场照片.png"}), "address": (type_address, {ADDRESS})}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("pending", PENDING)
def test_what_is_pending_goes_along(page, files, way, pending):
    bring, expected = PENDING[pending]
    bring(page, files)
    WAYS[way](page)

    expect(page.locator(".alert-success, .messages").first).to_be_visible()
    report = ProgressReport.objects.get()
    assert report.text == WORDS
    assert {item.title for item in report.evidence.all()} == expected
    assert report.state == ("submitted" if way == "报送" else "draft")


def test_a_refused_submission_keeps_files_address_and_ticks(page, files):
    page.get_by_label("选择文件").set_input_files(files["实施方案.pdf"])
    page.get_by_label("发布链接").fill(ADDRESS)
    page.get_by_label("所填内容和材料已通过本单位保密审查").check()
    submit(page)

    expect(page.locator(".has-error .errorlist")).to_contain_text("填写审查人姓名")
    expect(page.get_by_label("所填内容和材料已通过本单位保密审查")).to_be_checked()
    assert {item.title for item in ProgressReport.objects.get().evidence.all()} == {"实施方案.pdf", ADDRESS}


def test_a_file_that_did_not_arrive_holds_the_form_back_until_it_is_tried_again(page, files):
    page.route("**/report/files/", lambda route: route.abort())
    page.get_by_label("选择文件").set_input_files(files["实施方案.pdf"])
    expect(page.locator("#uploads .refused")).to_contain_text("网络中断")
    attest(page)
    submit(page)
    expect(page.locator("#not-uploaded")).to_contain_text("有1个文件没有传上去，本次没有提交")
    page.unroute("**/report/files/")
    page.get_by_role("button", name="重试").click()
    expect(page.get_by_text("佐证材料（1项）")).to_be_visible()
    submit(page)

    expect(page.get_by_text("已报送，等待县政府办公室审核。")).to_be_visible()
    assert ProgressReport.objects.get().evidence.count() == 1


def test_files_are_dropped_and_screenshots_pasted(page):
    page.evaluate(
        """() => {
          const drawn = atob(document.createElement("canvas").toDataURL().split(",")[1]);
          const png = Uint8Array.from(drawn, (letter) => letter.charCodeAt(0));
          const brought = (name) => {
            const data = new DataTransfer();
            data.items.add(new File([png], name, { type: "image/png" }));
            return data;
          };
          document.getElementById("evidence").dispatchEvent(
            new DragEvent("drop", { dataTransfer: brought("公开栏.png"), bubbles: true, cancelable: true }));
          document.body.dispatchEvent(
            new ClipboardEvent("paste", { clipboardData: brought("image.png"), bubbles: true, cancelable: true }));
        }"""
    )

    expect(page.get_by_text("佐证材料（2项）")).to_be_visible()
    titles = sorted(item.title for item in ProgressReport.objects.get().evidence.all())
    assert (titles[0], titles[1][:2]) == ("公开栏.png", "截图")


def test_thirty_files_at_once_arrive(page, files, tmp_path):
    many = [tmp_path / f"材料{number:02}.png" for number in range(30)]
    for path in many:
        path.write_bytes(Path(files["现场照片.png"]).read_bytes())
    page.get_by_label("选择文件").set_input_files(many)

    expect(page.get_by_text("佐证材料（30项）")).to_be_visible()
    assert len({item.title for item in ProgressReport.objects.get().evidence.all()}) == 30
