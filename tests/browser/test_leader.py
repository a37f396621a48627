"""A unit's leader reads what is about to leave the unit; the liaison mends; the office sees what was approved."""

import pytest
from playwright.sync_api import expect

from departments.choices import Role
from tasks.models import Assignment, ProgressReport
from tasks.services.progress import reports
from tests.factories import EvidenceFactory, submit

from .axe import faults_of
from .conftest import fill_sign_in

TOWN = "南旺镇人民政府"
ROW = 57
WORDS = "已发布实施方案。"


def attest_and_submit(page):
    page.get_by_label("所填内容和材料已通过本单位保密审查").check()
    page.get_by_label("保密审查人姓名").fill("审查人")
    page.get_by_role("button", name="报送", exact=True).click()


def test_from_the_liaison_by_way_of_the_leader_to_the_office(person, sign_in):
    town = person("nanwang", unit=TOWN)
    person("nanwang-leader", Role.LEADER, unit=TOWN)
    person("reviewer", Role.REVIEWER)
    duty = Assignment.objects.get(task__number=ROW, unit=town.unit)
    leader = sign_in("nanwang-leader", width=390, at="/unit/")
    leader.get_by_role("button", name="启用报送前审签").click()
    expect(leader.get_by_text("已启用报送前审签。")).to_be_visible()
    assert faults_of(leader) == []

    liaison = sign_in("nanwang", at=f"/assignments/{duty.pk}/report/")
    liaison.get_by_label("进展情况").fill(WORDS)
    attest_and_submit(liaison)
    expect(liaison.get_by_text("已送分管领导审签，审签同意后送出。")).to_be_visible()
    expect(liaison.get_by_text("还没有流转记录")).to_be_visible()
    assert liaison.evaluate("Object.keys(localStorage).length") == 0
    office = sign_in("reviewer", at="/reviews/")
    expect(office.get_by_text("没有待审核的报告。")).to_be_visible()

    leader.goto("/leader-approvals/")
    assert faults_of(leader) == []
    expect(leader.locator(".to-read")).to_contain_text(WORDS)
    leader.get_by_role("link", name=f"第{ROW}项").click()
    expect(leader.locator(".requirement")).to_contain_text("制定具体实施方案")
    assert faults_of(leader) == []
    leader.get_by_label("修改意见").fill("请写明发布日期。")
    leader.get_by_role("button", name="退回修改").click()
    expect(leader.get_by_text(f"第{ROW}项已退回修改，联络员将看到修改意见。")).to_be_visible()
    expect(leader.get_by_text("没有待审签的报告。")).to_be_visible()

    liaison.goto(f"/assignments/{duty.pk}/")
    liaison.get_by_role("link", name="修改后重新送审").click()
    expect(liaison.locator(".sent-back")).to_contain_text("请写明发布日期。")
    assert faults_of(liaison) == []
    liaison.get_by_label("进展情况").fill("6月28日已发布实施方案。")
    attest_and_submit(liaison)
    expect(liaison.locator(".awaiting-leader")).to_contain_text("待分管领导审签")
    liaison.goto(f"/assignments/{duty.pk}/report/")
    expect(liaison.get_by_role("button", name="撤回")).to_be_visible()
    assert faults_of(liaison) == []

    leader.goto("/leader-approvals/")
    leader.get_by_role("link", name=f"第{ROW}项").click()
    leader.get_by_role("button", name="同意报送").click()
    expect(leader.get_by_text(f"第{ROW}项已同意，报告已送出。")).to_be_visible()

    office.goto("/reviews/")
    office.get_by_role("row").nth(1).get_by_role("link").first.click()
    expect(office.get_by_text("6月28日已发布实施方案。")).to_be_visible()
    expect(office.get_by_text("请写明发布日期。")).to_have_count(0)
    liaison.goto(f"/assignments/{duty.pk}/")
    expect(liaison.locator(".timeline-list")).to_contain_text("报送进展")
    report = ProgressReport.objects.get()
    assert (report.state, report.leader_approved_by.username) == ("submitted", "nanwang-leader")


def test_the_liaison_takes_it_back_before_the_leader_has_read_it(person, sign_in):
    town = person("nanwang", unit=TOWN)
    person("nanwang-leader", Role.LEADER, unit=TOWN)
    town.unit.leader_approves = True
    town.unit.save()
    duty = Assignment.objects.get(task__number=ROW, unit=town.unit)
    liaison = sign_in("nanwang", at=f"/assignments/{duty.pk}/report/")
    liaison.get_by_label("进展情况").fill(WORDS)
    attest_and_submit(liaison)

    liaison.get_by_role("button", name="撤回").click()

    expect(liaison.get_by_text("已撤回为草稿")).to_be_visible()
    expect(liaison.get_by_label("进展情况")).to_have_value(WORDS)


@pytest.fixture
def all_waiting(person):
    """A town's reports on all its duties before its leader, each with a link."""
    town = person("nanwang", unit=TOWN)
    person("nanwang-leader", Role.LEADER, unit=TOWN)
    town.unit.leader_approves = True
    town.unit.save()
    duties = Assignment.objects.filter(unit=town.unit).order_by("task__number")
    return [submit(duty, by=town, text=f"第{duty.task.number}项进展。", evidence=1) for duty in duties]


def counted(page):
    """Count the clicks on a page from now on; return a function that says how many there were."""
    clicks = []
    page.expose_function("clicked", lambda: clicks.append(1))
    page.add_init_script("document.addEventListener('click', () => window.clicked(), true)")
    return lambda: len(clicks)


def test_a_leader_approves_all_that_waits_in_at_most_six_clicks(all_waiting, sign_in):
    leader = sign_in()
    clicks = counted(leader)
    leader.goto("/sign-in/")
    fill_sign_in(leader, "nanwang-leader")
    expect(leader.locator(".to-read")).to_have_count(len(all_waiting))
    assert faults_of(leader) == []

    leader.get_by_role("button", name=f"全部同意（本页{len(all_waiting)}份）").click()
    assert faults_of(leader) == []
    leader.get_by_role("button", name=f"确定同意报送{len(all_waiting)}份").click()

    expect(leader.get_by_text(f"已同意报送{len(all_waiting)}份")).to_be_visible()
    expect(leader.get_by_text("没有待审签的报告。")).to_be_visible()
    assert ProgressReport.objects.filter(state="submitted").count() == len(all_waiting) >= 50
    assert 0 < clicks() <= 6


def test_a_leader_ticks_some_returns_one_in_place_and_reads_on_by_keys(all_waiting, sign_in):
    leader = sign_in("nanwang-leader", width=390)
    first, second, third, fourth = [one.assignment.task.number for one in all_waiting[:4]]
    rows = leader.locator(".to-read")
    rows.nth(0).locator(".at-hand summary").click()
    expect(rows.nth(0).get_by_role("link", name="发布页面")).to_be_visible()
    leader.get_by_label(f"选择第{first}项", exact=True).check()
    expect(leader.get_by_role("button", name="同意报送所选 1份")).to_be_visible()
    leader.get_by_role("button", name="同意报送所选 1份").click()
    expect(leader.get_by_text(f"已同意报送1份：第{first}项。")).to_be_visible()

    rows.nth(0).get_by_text("退回修改…").click()
    rows.nth(0).get_by_label("修改意见").fill("请写明日期。")
    rows.nth(0).get_by_role("button", name=f"退回第{second}项").click()
    expect(leader.get_by_text(f"第{second}项已退回修改")).to_be_visible()
    assert faults_of(leader) == []

    rows.nth(0).get_by_role("link", name=f"第{third}项").click()
    expect(leader.locator(".reading-place")).to_contain_text(f"1/{len(all_waiting) - 2}")
    leader.keyboard.press("j")
    expect(leader.get_by_role("heading", name=f"审签 · 第{fourth}项")).to_be_visible()
    leader.keyboard.press("k")
    expect(leader.get_by_role("heading", name=f"审签 · 第{third}项")).to_be_visible()
    leader.keyboard.press("a")
    expect(leader.get_by_text(f"第{third}项已同意，报告已送出。")).to_be_visible()
    expect(leader.get_by_role("heading", name=f"审签 · 第{fourth}项")).to_be_visible()
    leader.keyboard.press("r")
    leader.keyboard.type("ja")
    expect(leader.get_by_label("修改意见")).to_have_value("ja")


def test_a_label_that_is_being_changed_outlasts_an_upload(person, sign_in, files):
    town = person("nanwang", unit=TOWN)
    duty = Assignment.objects.get(task__number=ROW, unit=town.unit)
    EvidenceFactory(report=reports.save_draft(duty, by=town, version=0, text=WORDS))
    liaison = sign_in("nanwang", at=f"/assignments/{duty.pk}/report/")
    liaison.locator(".relabel summary").click()
    title = liaison.locator(".relabel").first.get_by_label("名称")
    title.fill("实施方案发布页面")

    liaison.get_by_label("选择文件").set_input_files(files["现场照片.png"])

    expect(liaison.get_by_text("佐证材料（2项）")).to_be_visible()
    expect(title).to_have_value("实施方案发布页面")
    title.press("Enter")
    expect(liaison.get_by_text("已修改“实施方案发布页面”的名称、类别或日期。")).to_be_visible()
    expect(liaison.get_by_role("link", name="实施方案发布页面")).to_be_visible()
