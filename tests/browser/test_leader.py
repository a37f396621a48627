"""A unit's leader reads what is about to leave the unit; the liaison mends; the office sees what was approved."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from departments.choices import Role
from tasks.models import Assignment, ProgressReport

TOWN = "南旺镇人民政府"
ROW = 57
WORDS = "已发布实施方案。"


def faults_of(page):
    """What axe-core finds serious, and whether the page is wider than its window."""
    found = [v["id"] for v in Axe().run(page).response["violations"] if v["impact"] in ("serious", "critical")]
    wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    return [*found, "too wide"] if wide else found


def attest_and_submit(page):
    page.get_by_label("所填内容和材料已通过本单位保密审查").check()
    page.get_by_label("保密审查人姓名").fill("审查人")
    page.get_by_role("button", name="报送", exact=True).click()


def test_from_the_liaison_by_way_of_the_leader_to_the_office(person, sign_in):
    town = person("nanwang", unit=TOWN)
    person("nanwang-leader", Role.LEADER, unit=TOWN)
    person("reviewer", Role.REVIEWER)
    duty = Assignment.objects.get(task__number=ROW, unit=town.unit)
    leader = sign_in("nanwang-leader", width=390)
    leader.goto("/unit/")
    leader.get_by_role("button", name="启用报送前审签").click()
    expect(leader.get_by_text("已启用报送前审签。")).to_be_visible()
    assert faults_of(leader) == []

    liaison = sign_in("nanwang")
    liaison.goto(f"/assignments/{duty.pk}/report/")
    liaison.get_by_label("进展情况").fill(WORDS)
    attest_and_submit(liaison)
    expect(liaison.get_by_text("已送分管领导审签，审签同意后送出。")).to_be_visible()
    expect(liaison.get_by_text("还没有流转记录")).to_be_visible()
    assert liaison.evaluate("Object.keys(localStorage).length") == 0
    office = sign_in("reviewer")
    office.goto("/reviews/")
    expect(office.get_by_text("没有待审核的报告。")).to_be_visible()

    leader.goto("/leader-approvals/")
    assert faults_of(leader) == []
    leader.get_by_role("link", name=WORDS).click()
    expect(leader.locator(".requirement")).to_contain_text("制定具体实施方案")
    assert faults_of(leader) == []
    leader.get_by_label("修改意见").fill("请写明发布日期。")
    leader.get_by_role("button", name="退回修改").click()
    expect(leader.get_by_text("已退回修改，联络员将看到修改意见。")).to_be_visible()
    expect(leader.get_by_text("没有待审签的报告。")).to_be_visible()

    liaison.goto(f"/assignments/{duty.pk}/")
    liaison.get_by_role("link", name="继续填写草稿").click()
    expect(liaison.locator(".sent-back")).to_contain_text("请写明发布日期。")
    assert faults_of(liaison) == []
    liaison.get_by_label("进展情况").fill("6月28日已发布实施方案。")
    attest_and_submit(liaison)
    expect(liaison.locator(".awaiting-leader")).to_contain_text("待分管领导审签")
    liaison.goto(f"/assignments/{duty.pk}/report/")
    expect(liaison.get_by_role("button", name="撤回")).to_be_visible()
    assert faults_of(liaison) == []

    leader.goto("/leader-approvals/")
    leader.get_by_role("link", name="审签", exact=True).click()
    leader.get_by_role("button", name="同意报送").click()
    expect(leader.get_by_text("已同意，报告已送出。")).to_be_visible()

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
    liaison = sign_in("nanwang")
    liaison.goto(f"/assignments/{duty.pk}/report/")
    liaison.get_by_label("进展情况").fill(WORDS)
    attest_and_submit(liaison)

    liaison.get_by_role("button", name="撤回").click()

    expect(liaison.get_by_text("已撤回为草稿")).to_be_visible()
    expect(liaison.get_by_label("进展情况")).to_have_value(WORDS)
