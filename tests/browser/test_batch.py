"""批量填报 in a real browser: nothing that was typed, chosen or ticked falls silently, whatever happens."""

import datetime as dt
import re
import uuid
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from departments.choices import Role
from tasks.models import Assignment, Plan, ProgressReport
from tasks.services.progress import reports
from tasks.services.supervision import rounds
from tests.factories import UserFactory

from .conftest import fill_sign_in
from .hand import Hand
from .test_township_liaison import TOWN

WORDS = "截至本月底，已发布政策3条。"
ROWS = 4


@pytest.fixture
def liaison(person):
    """A liaison of a town, of whose rows a round asks for four."""
    liaison = person("nanwang", unit=TOWN)
    plan, today = Plan.objects.get(), timezone.localdate()
    tasks = list(plan.tasks.filter(assignments__unit=liaison.unit).order_by("number")[:ROWS])
    about = {"title": "三季度进展", "text": "", "opens_on": today, "closes_on": today + dt.timedelta(days=5)}
    rounds.call(plan, by=UserFactory(role=Role.OFFICE), units=[liaison.unit], tasks=tasks, key=uuid.uuid4(), **about)
    Assignment.objects.exclude(task__in=tasks).update(owed_from=today)
    return liaison


@pytest.fixture
def page(liaison, sign_in):
    return sign_in("nanwang", at="/worklist/report/")


def row(page, number=0):
    return page.locator(".b-row").nth(number)


def text(page, number=0):
    return row(page, number).locator("textarea[data-field=text]")


def attest_and_send(page, ready):
    page.get_by_label("以上内容和材料已通过本单位保密审查").check()
    page.get_by_label("审查人", exact=True).fill("王审查")
    page.get_by_role("button", name=f"报送已填的{ready}件").click()


def kept():
    """Return `{number: (text, state)}` of what the server has."""
    found = ProgressReport.objects.select_related("assignment__task").order_by("assignment__task__number")
    return [(report.text, report.state) for report in found]


# --- each way of leaving, with each kind of what is pending -----------------------------------------------------------


def type_words(page, files):
    text(page).fill(WORDS)


def choose_file(page, files):
    text(page).fill(WORDS)
    page.route("**/report/files/", lambda route: (page.wait_for_timeout(800), route.continue_()))
    row(page).locator("[data-choose]").first.set_input_files(files["实施方案.pdf"])


def tick_claim(page, files):
    text(page).fill(WORDS)
    row(page).get_by_label("申报办结").check()


def press_save(page):
    page.get_by_role("button", name="保存草稿").click()
    expect(page.get_by_text("草稿已于").first).to_be_visible()


def press_enter(page):
    page.get_by_label("审查人", exact=True).press("Enter")
    expect(page.get_by_text("草稿已于").first).to_be_visible()


def wait_for_autosave(page):
    expect(page.locator("#save-state")).to_contain_text("已自动保存")
    page.goto("/worklist/")


def go_away_at_once(page):
    page.goto("/worklist/")


PENDING = {
    "words": (type_words, lambda report: report.text == WORDS),
    "file": (choose_file, lambda report: [item.title for item in report.evidence.all()] == ["实施方案.pdf"]),
    "claim": (tick_claim, lambda report: report.claims_completion),
}


@pytest.mark.parametrize("leave", [press_save, press_enter])
@pytest.mark.parametrize("pending", PENDING)
def test_what_is_pending_is_kept_whatever_saves_the_page(page, files, pending, leave):
    bring, is_kept = PENDING[pending]
    bring(page, files)

    leave(page)

    assert is_kept(ProgressReport.objects.get())


@pytest.mark.parametrize("leave", [wait_for_autosave, go_away_at_once])
@pytest.mark.parametrize("pending", ["words", "claim"])
def test_what_was_typed_is_there_again_after_leaving_the_page(page, files, pending, leave):
    PENDING[pending][0](page, files)

    leave(page)
    page.goto("/worklist/report/")

    expect(text(page)).to_have_value(WORDS)
    expect(row(page)).to_contain_text(re.compile("已保存|缺佐证材料"))
    assert PENDING[pending][1](ProgressReport.objects.get())


def test_an_ended_session_keeps_the_words_on_this_machine(page):
    page.context.clear_cookies()
    text(page).fill(WORDS)
    expect(row(page)).to_contain_text("登录已过期，文字已保留在本机")

    page.goto("/worklist/report/")
    fill_sign_in(page, "nanwang")

    expect(text(page)).to_have_value(WORDS)
    expect(row(page)).to_contain_text("已保存")
    assert kept() == [(WORDS, "draft")]


def test_words_kept_on_this_machine_do_not_overwrite_newer_ones_unasked(page, liaison):
    page.context.clear_cookies()
    text(page).fill(WORDS)
    expect(row(page)).to_contain_text("登录已过期，文字已保留在本机")
    duty = Assignment.objects.filter(unit=liaison.unit).order_by("task__number").first()
    reports.save_draft(duty, by=UserFactory(unit=liaison.unit), version=0, text="同事写的。", obstacles="人手不足。")

    page.goto("/worklist/report/")
    fill_sign_in(page, "nanwang")
    expect(row(page)).to_contain_text("在别处保存了这一件")
    expect(row(page).locator("blockquote")).to_have_text("同事写的。\n存在问题：人手不足。")
    assert kept() == [("同事写的。", "draft")]
    row(page).get_by_role("button", name="用我这里的").click()
    expect(row(page)).to_contain_text("已保存")

    assert kept() == [(WORDS, "draft")]


# --- sending ----------------------------------------------------------------------------------------------------------


def test_rows_that_cannot_go_stay_with_the_reason_and_the_others_go(page, files):
    text(page, 0).fill(WORDS)
    text(page, 1).fill("全部完成。")
    row(page, 1).get_by_label("申报办结").check()
    expect(row(page, 1)).to_contain_text("缺佐证材料")
    expect(page.locator(".batch-bar")).to_contain_text("已填2件，其中1件还不能报送")
    attest_and_send(page, 1)

    expect(page.get_by_text("已报送1件")).to_be_visible()
    expect(page.locator("#refused")).to_contain_text("申报办结须至少附一项佐证材料。")
    expect(text(page, 0)).to_have_value("全部完成。")
    assert kept() == [(WORDS, "submitted"), ("全部完成。", "draft")]


def test_a_file_that_is_refused_holds_the_page_back_and_names_its_row(page, files):
    text(page).fill(WORDS)
    row(page).locator("[data-choose]").first.set_input_files(files["脚本.html"])
    expect(row(page).locator(".uploads .refused")).to_contain_text("不在可上传范围内")
    page.get_by_label("以上内容和材料已通过本单位保密审查").check()
    page.get_by_role("button", name="报送已填的").click()
    expect(page.locator("#save-state")).to_contain_text("有文件没有传上去，本次没有提交")

    row(page).locator(".uploads").get_by_role("button", name="移除").click()
    attest_and_send(page, 1)

    expect(page.get_by_text("已报送1件")).to_be_visible()
    assert kept() == [(WORDS, "submitted")]


def test_two_people_at_one_row_see_both_texts_and_choose(page, liaison):
    duty = Assignment.objects.filter(unit=liaison.unit).order_by("task__number").first()
    colleague = UserFactory(unit=liaison.unit, name="同事")
    reports.save_draft(duty, by=colleague, version=0, text="同事写的。")

    text(page).fill("我写的。")
    expect(row(page)).to_contain_text("在别处保存了这一件")
    expect(row(page).locator("blockquote")).to_have_text("同事写的。")
    expect(text(page)).to_have_value("我写的。")
    row(page).get_by_role("button", name="两份接在一起").click()
    expect(row(page)).to_contain_text("已保存")

    assert ProgressReport.objects.get().text == "我写的。\n同事写的。"


def test_who_chooses_what_was_saved_elsewhere_gets_all_of_it(page, liaison):
    duty = Assignment.objects.filter(unit=liaison.unit).order_by("task__number").first()
    theirs = {"text": "同事写的。", "obstacles": "人手不足。", "next_steps": "加派人手。", "claims_completion": True}
    reports.save_draft(duty, by=UserFactory(unit=liaison.unit), version=0, **theirs)

    text(page).fill("我写的。")
    row(page).get_by_role("button", name="用别处保存的").click()
    expect(row(page)).to_contain_text(re.compile("已保存|缺佐证材料"))
    expect(page.locator("#save-state")).to_contain_text("已自动保存")

    report = ProgressReport.objects.get()
    assert {name: getattr(report, name) for name in theirs} == theirs


def test_a_double_click_submits_once(page):
    text(page).fill(WORDS)
    page.get_by_label("以上内容和材料已通过本单位保密审查").check()
    page.get_by_label("审查人", exact=True).fill("王审查")
    page.get_by_role("button", name="报送已填的1件").dblclick()

    expect(page.get_by_text("已报送1件")).to_be_visible()
    assert kept() == [(WORDS, "submitted")]


# --- evidence ---------------------------------------------------------------------------------------------------------


def test_what_was_given_before_serves_several_rows(page, files):
    text(page).fill(WORDS)
    row(page).locator("[data-choose]").first.set_input_files(files["实施方案.pdf"])
    expect(row(page).locator(".files")).to_contain_text("实施方案.pdf")
    page.get_by_role("button", name="已传材料", exact=True).click()
    shelf = page.locator("#shelf")
    shelf.get_by_label("实施方案.pdf").check()
    for box in shelf.locator(".shelf-numbers input").all():
        box.check()
    shelf.get_by_role("button", name="添加所选材料").click()

    for number in range(ROWS):
        expect(row(page, number).locator("[data-open-row]")).to_have_text("1项")
    assert {report.evidence.count() for report in ProgressReport.objects.all()} == {1}


def test_files_are_dropped_and_screenshots_pasted_on_a_row(page, files):
    text(page).fill(WORDS)
    Hand(page).drop(row(page), Path(files["实施方案.pdf"]))
    text(page).evaluate(
        """(field) => {
          const drawn = atob(document.createElement("canvas").toDataURL().split(",")[1]);
          const png = Uint8Array.from(drawn, (letter) => letter.charCodeAt(0));
          const data = new DataTransfer();
          data.items.add(new File([png], "image.png", { type: "image/png" }));
          field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }"""
    )

    expect(row(page).locator(".files li")).to_have_count(2)
    kinds = sorted((item.title[:2], item.kind) for item in ProgressReport.objects.get().evidence.all())
    assert kinds == [("实施", "own_plan"), ("截图", "screenshot")]


def test_a_page_is_added_and_taken_out_again(page):
    text(page).fill(WORDS)
    row(page).get_by_role("button", name="添加发布链接").click()
    row(page).get_by_label("发布链接").fill("https://www.example.gov.cn/art/1.html")
    row(page).get_by_label("发布链接").press("Enter")
    expect(row(page).locator(".files li")).to_have_count(1)
    row(page).locator(".files .x").click()
    expect(row(page).locator(".files li")).to_have_count(0)

    assert not ProgressReport.objects.get().evidence.exists()


def type_address(page, address):
    text(page).fill(WORDS)
    row(page).get_by_role("button", name="添加发布链接").click()
    row(page).get_by_label("发布链接").fill(address)


def test_an_address_that_was_typed_and_not_entered_goes_along(page):
    page.route("**/report/links/", lambda route: (page.wait_for_timeout(800), route.continue_()))
    page.get_by_label("以上内容和材料已通过本单位保密审查").check()
    page.get_by_label("审查人", exact=True).fill("王审查")
    type_address(page, "https://www.example.gov.cn/art/1.html")
    page.get_by_role("button", name="报送已填的1件").click()

    expect(page.get_by_text("已报送1件")).to_be_visible()
    assert [item.url for item in ProgressReport.objects.get().evidence.all()] == [
        "https://www.example.gov.cn/art/1.html"
    ]


def test_an_address_that_is_none_holds_the_page_back(page):
    page.get_by_label("以上内容和材料已通过本单位保密审查").check()
    page.get_by_label("审查人", exact=True).fill("王审查")
    type_address(page, "没有网址")
    page.get_by_role("button", name="报送已填的1件").click()

    expect(page.locator("#save-state")).to_contain_text("有链接没有添加上，本次没有提交")
    expect(row(page).get_by_label("发布链接")).to_have_value("没有网址")
    assert kept() == [(WORDS, "draft")]


# --- on a phone -------------------------------------------------------------------------------------------------------


def test_on_a_phone_one_duty_follows_the_other(liaison, sign_in):
    page = sign_in("nanwang", width=390)
    page.get_by_role("link", name="批量填报").click()
    text(page, 0).click()
    expect(row(page, 0).get_by_text("拍照")).to_be_visible()
    text(page, 0).fill(WORDS)
    row(page, 0).get_by_role("button", name="下一件").click()
    expect(text(page, 1)).to_be_focused()
    text(page, 1).fill(WORDS)
    attest_and_send(page, 2)

    expect(page.get_by_text("已报送2件")).to_be_visible()
    assert kept() == [(WORDS, "submitted")] * 2
