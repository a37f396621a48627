"""An office that has never seen the product brings in its own table, settles it, issues it and amends a row."""

from pathlib import Path

from playwright.sync_api import expect

from departments.choices import Role
from tasks.models import Assignment, Plan
from tests.tasks.imports.makers import UP, docx_file

HEAD = ["序号", "重点任务", "工作内容", "主办单位", "协办单位", "时限要求"]
ROWS = [
    HEAD,
    ["1", "政策公开", "做好政策文件集中公开，每年至少开展2次政策解读活动。", "县司法局", "县住建局", "12月底前"],
    ["2", UP, "规范政府信息公开指南，及时更新机构职能。", UP, "各镇街", "尽快"],
    ["3", "平台建设", "推进政务新媒体矩阵建设。", "县融媒体中心", "县政府有关部门、单位", "长期坚持"],
]
TITLE = "2025年汶上县政务公开重点任务清单"


def upload(page, path, year):
    page.goto("/plans/import/")
    page.get_by_label("任务分解表文件").set_input_files(str(path))
    page.get_by_label("年度").fill(year)
    page.get_by_role("button", name="上传并读取").click()


def test_from_a_word_file_to_duties_in_one_sitting(person, sign_in, tmp_path):
    person("office", Role.OFFICE)
    file = docx_file(tmp_path / "清单.docx", ROWS, before=["汶政办字〔2025〕3号", TITLE])
    page = sign_in("office")
    page.get_by_role("link", name="分解表管理").click()
    page.get_by_role("link", name="导入文件").click()

    upload(page, file, "2025")
    expect(page.get_by_role("heading", name="核对“清单.docx”")).to_be_visible(timeout=20_000)
    state = page.locator("#import-state")
    expect(state).to_contain_text("还有3个问题待答复")
    expect(page.locator("#answers")).to_contain_text("可能是：各乡镇（街道）人民政府（办事处）")
    page.get_by_label("各镇街").select_option(index=1)
    expect(state).to_contain_text("还有2个问题待答复")

    page.close()  # the work survives a closed browser
    page = sign_in("office", at="/plans/import/")
    page.get_by_role("link", name="清单.docx").click()
    state = page.locator("#import-state")
    expect(state).to_contain_text("还有2个问题待答复")
    page.get_by_role("button", name="其余没有相近名称的").click()
    expect(state).to_contain_text("还有1个问题待答复")
    page.get_by_label("尽快：按什么时限").select_option(label="某一天")
    page.get_by_label("尽快：日期").fill("2025-06-30")
    expect(state).to_contain_text("全部问题已答复")
    assert not Plan.objects.filter(year=2025).exists()
    page.get_by_role("button", name="写入拟制稿").click()
    expect(page.get_by_text("已写入拟制稿，共3项任务")).to_be_visible()

    page.get_by_role("link", name="明确有关部门").click()
    page.get_by_label("第3项").check()
    page.get_by_placeholder("输入几个字，查找单位").fill("财政")
    expect(page.get_by_label("县水务局")).to_be_hidden()
    page.get_by_label("县财政局").check()
    page.get_by_role("button", name="明确为所选单位").click()
    expect(page.get_by_text("已明确：县财政局")).to_be_visible()

    page.goto(f"/plans/{Plan.objects.get(year=2025).pk}/issue/")
    page.get_by_label("印发日期").fill("2025-03-01")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="印发", exact=True).click()
    expect(page.get_by_text("已印发，共产生")).to_be_visible()
    third = Assignment.objects.filter(plan__year=2025, task__number=3)
    assert set(third.values_list("unit__name", flat=True)) == {"县融媒体中心", "县财政局"}

    page.get_by_role("link", name="调整").first.click()
    page.get_by_label("完成时限（原文）").fill("9月底前")
    page.get_by_label("调整原因").fill("上级时限提前。")
    page.get_by_role("button", name="确定调整").click()
    page.get_by_role("button", name="按原文填写并保存").click()
    expect(page.get_by_role("heading", name="印发后的调整")).to_be_visible()
    assert {f"{duty.due_on}" for duty in Assignment.objects.filter(plan__year=2025, task__number=1)} == {"2025-09-30"}


def test_a_file_that_cannot_be_read_says_why_and_what_to_do(person, sign_in, tmp_path):
    person("office", Role.OFFICE)
    broken = tmp_path / "坏文件.docx"
    broken.write_bytes(b"PK\x03\x04 rubbish")
    page = sign_in("office", width=390)

    upload(page, broken, "2025")

    expect(page.get_by_role("alert")).to_contain_text("文件已损坏", timeout=20_000)
    page.get_by_role("link", name="另选文件").click()
    expect(page.get_by_role("link", name="坏文件.docx")).to_be_visible()


def test_columns_that_nobody_knows_are_named_by_the_person(person, sign_in, tmp_path):
    person("office", Role.OFFICE)
    rows = [["甲", "乙", "丙"], ["做好政策文件集中公开工作。", "县司法局", "12月底前"]]
    page = sign_in("office")
    upload(page, docx_file(tmp_path / "表.docx", rows), "2025")
    page.get_by_label("甲").select_option(label="具体要求")
    page.get_by_label("乙").select_option(label="牵头部门")
    page.get_by_label("丙").select_option(label="完成时限")

    page.get_by_role("button", name="按此重新读取").click()

    expect(page.locator("#import-state")).to_contain_text("全部问题已答复")


def test_the_county_gets_its_own_notice_out_and_in_again(person, sign_in, tmp_path):
    person("office", Role.OFFICE)
    page = sign_in("office")
    plan = Plan.objects.get(year=2024)
    page.goto(f"/plans/{plan.pk}/")
    with page.expect_download() as download:
        page.get_by_role("link", name="导出Word").click()
    file = tmp_path / Path(download.value.suggested_filename)
    download.value.save_as(file)

    upload(page, file, "2024")

    expect(page.locator("#import-state")).to_contain_text("共54项任务", timeout=20_000)
