"""From an empty installation to the issued plan of another district, by an administrator alone, in clicks and typed
fields (`make bench-clicks` prints it): its own units and people, and a table with units that nobody has registered.
"""

import re
import time

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from departments.models import Unit, User
from tasks.models import Plan
from tests.departments.registers import register_file
from tests.environment import LONG
from tests.tasks.imports.makers import docx_file

from .conftest import PASSWORD, fill_sign_in
from .hand import Hand

UNITS, TOWNS, ROWS = (40, 13, 60) if LONG else (4, 2, 6)
KNOWN_TO_THE_TABLE_ALONE = ("区大数据中心", "区融媒体中心")


def names():
    """The units of the register file: departments and subdistricts; with those of the table there are 55."""
    return [f"区第{number}局" for number in range(1, UNITS + 1)], [f"第{n}街道办事处" for n in range(1, TOWNS + 1)]


@pytest.fixture
def register(tmp_path):
    """A file of 53 units, and of a liaison and a leader for each of 55."""
    departments, towns = names()
    units = [[name, "", "政府部门", "", n, ""] for n, name in enumerate(departments, start=1)]
    units += [[name, "", "街道", "", 100 + n, ""] for n, name in enumerate(towns, start=1)]
    people = []
    for number, name in enumerate((*departments, *towns), start=1):
        people.append([f"联络{number}", name, "联络员", "", f"138{number:08}", ""])
        people.append([f"领导{number}", name, "分管领导", "", f"139{number:08}", ""])
    return _written(tmp_path / "名册.xlsx", register_file(units, people).read())


def later_people():
    """The file of the people of the units that came with the table."""
    rows = [
        [f"{role}{number}", name, role, "", f"{start}{number:08}", ""]
        for number, name in enumerate(KNOWN_TO_THE_TABLE_ALONE, start=90)
        for role, start in (("联络员", 136), ("分管领导", 137))
    ]
    return register_file((), rows).read()


def _written(path, content):
    path.write_bytes(content)
    return path


@pytest.fixture
def table_file(tmp_path):
    """A table in a layout of its own: other headings in another order, two unknown units, one of them in short."""
    departments, towns = names()
    rows = [["编号", "重点工作", "完成期限", "工作举措", "主办单位", "配合单位"]]
    for number in range(1, ROWS + 1):
        lead = KNOWN_TO_THE_TABLE_ALONE[number % 2] if number < 4 else departments[number % UNITS]
        helping = "区政府有关部门、单位" if number == 5 else "各街道办事处" if number % 3 else towns[number % TOWNS]
        rows.append([f"{number}", "政策公开", "11月底前", f"公开第{number}类信息，及时更新。", lead, helping])
    title = "任城区2027年政务公开重点任务分工方案"
    docx_file(tmp_path / "分工方案.docx", rows, before=[title])
    return tmp_path / "分工方案.docx"


@pytest.fixture
def page(_nothing_kept, _sealed_at_once, transactional_db, evidence_folder, sign_in):
    """A browser at an installation in which there is nothing but its administrator."""
    call_command("load_units", only_collectives=True, verbosity=0)
    User.objects.create_superuser("admin", password=PASSWORD, name="张敏")
    page = sign_in()
    page.on("dialog", lambda dialog: dialog.accept())
    return page


class Steps:
    """The way through 开通准备, counted by a hand."""

    def __init__(self, page):
        self.page, self.hand = page, Hand(page)

    def button(self, name):
        self.hand.click(self.page.get_by_role("button", name=name).first)

    def link(self, name):
        self.hand.click(self.page.get_by_role("link", name=name, exact=True).first)

    def back(self):
        """Go on with the next step."""
        self.link("开通准备")
        expect(self.page.get_by_role("heading", name="开通准备")).to_be_visible()

    def take_register(self, path):
        self.hand.choose(self.page.get_by_label("单位和人员文件"), path)
        self.button("上传并核对")
        self.button("写入名录")
        self.button("发放一次性密码")
        self.hand.clicks += 1  # the question before it
        expect(self.page.get_by_text("只显示这一次")).to_be_visible()
        self.back()


@pytest.mark.long
def test_an_empty_installation_becomes_another_district_with_its_plan(page, register, table_file, tmp_path):
    began, steps = time.monotonic(), Steps(page)
    page.goto("/sign-in/")
    fill_sign_in(page, "admin")
    steps.hand.clicks, steps.hand.typed = 1, 2

    steps.link("填写名称")
    steps.hand.type(page.get_by_label("地区名称"), "任城区")
    page.get_by_label("级别").select_option("district")
    steps.hand.clicks += 2
    steps.button("保存名称")
    steps.back()
    steps.link("从表格导入")
    steps.take_register(register)
    _import(steps, table_file)
    steps.back()
    steps.link("从表格导入")
    steps.take_register(_written(tmp_path / "补充.xlsx", later_people()))
    _resolve(steps)
    _issue(steps)

    plan, minutes = Plan.objects.get(), (time.monotonic() - began) / 60
    steps.hand.told(f"空系统到印发：{Unit.objects.count()}个单位、{User.objects.count() - 1}人，{minutes:.1f}分钟")
    assert (plan.state, plan.tasks.count()) == ("issued", ROWS)
    assert plan.assignments.filter(unit__name="第1街道办事处").count() > ROWS / 2
    assert (Unit.objects.count(), User.objects.count() - 1) == (UNITS + TOWNS + 2, 2 * (UNITS + TOWNS + 2))
    assert not Unit.objects.without_liaison().exists()
    assert (steps.hand.clicks < 60, steps.hand.typed <= 6) == (True, True)


def _import(steps, table_file):
    page = steps.page
    steps.link("选择分解表")
    steps.hand.choose(page.get_by_label("任务分解表文件"), table_file)
    steps.button("上传并读取")
    page.wait_for_url(re.compile(r"/plans/import/\d+/$"))
    steps.link("把表中写到的单位一次登记")
    steps.hand.click(page.get_by_role("button", name=re.compile("登记所列的")))
    steps.button("写入拟制稿")
    expect(page.get_by_text("已写入拟制稿")).to_be_visible()


def _resolve(steps):
    page = steps.page
    steps.link("逐项勾选")
    steps.hand.click(page.locator("input[name=designations]").first)
    for place in range(3):
        steps.hand.click(page.locator("input[name=units]").nth(place))
    steps.button("明确为所选单位")
    steps.back()


def _issue(steps):
    steps.link("印发前核对")
    steps.hand.type(steps.page.get_by_label("发文字号"), "任政办字〔2027〕1号")
    steps.hand.click(steps.page.locator("main").get_by_role("button", name="印发"))
    steps.hand.clicks += 1  # the question before it
    expect(steps.page.get_by_text("并已通知各承办单位")).to_be_visible()
