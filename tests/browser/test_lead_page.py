"""A lead reads what its units submitted, asks for more, takes passages over into its own report, claims completion."""

import re

import pytest
from playwright.sync_api import expect

from departments.choices import Role
from tasks.models import Assignment, LeadOpinion, ProgressReport
from tests.factories import goes_through_lead, submit

from .test_leader import faults_of

LEAD, TOWN, OTHER = "县商务局", "南旺镇人民政府", "军屯乡人民政府"
ROW = 1
SAID = "南旺镇发布招商政策3件。举办政策宣讲2场。"


def duty_of(person):
    return Assignment.objects.get(task__number=ROW, unit=person.unit)


@pytest.fixture
def people(person):
    """The lead's liaison and those of two towns, which have submitted a report each."""
    town, other = person("nanwang", unit=TOWN), person("juntun", unit=OTHER)
    submit(duty_of(town), by=town, text=SAID)
    submit(duty_of(other), by=other, text="军屯乡转发政策5条。")
    return {"lead": person("shangwu", unit=LEAD), "town": town, "other": other}


def open_lead_page(page):
    page.goto("/assignments/")
    page.get_by_role("link", name="牵头任务").first.click()
    page.get_by_role("link", name="围绕“深化大开放、拓展大招商”").click()


def opinion_on(page, unit):
    part = page.locator(".lead-duty").filter(has_text=unit)
    part.get_by_text("提出牵头意见").click()
    return part


def test_from_reading_to_the_own_claim(people, sign_in):
    lead = sign_in("shangwu")
    open_lead_page(lead)
    expect(lead.locator(".lead-duty").filter(has_text=TOWN)).to_contain_text(SAID)
    assert faults_of(lead) == []

    part = opinion_on(lead, TOWN)
    part.get_by_label("需补充").check()
    part.get_by_role("button", name="提交意见").click()
    expect(lead.locator(".errorlist.nonfield")).to_contain_text("请说明需要补充什么")
    part = lead.locator(".lead-duty").filter(has_text=TOWN)
    part.get_by_label("说明").fill("请补充宣讲的时间和地点。")
    part.get_by_role("button", name="提交意见").click()
    expect(lead.get_by_text("已提出“需补充”，填报单位和审核人可以看到。")).to_be_visible()
    expect(lead.locator(".opinion").first).to_contain_text("请补充宣讲的时间和地点。")

    town = sign_in("nanwang", at="/notifications/")
    town.get_by_role("button", name="提出牵头意见").click()
    expect(town.locator(".opinion")).to_contain_text("县商务局牵头意见：需补充")
    expect(town.locator(".timeline-list")).to_contain_text("请补充宣讲的时间和地点。")

    lead.get_by_role("link", name="填报本单位进展").click()
    assert faults_of(lead) == []
    lead.get_by_label("进展情况").fill("本单位统筹推进。")
    take(lead, OTHER)
    expect(lead.get_by_label("进展情况")).to_have_value("本单位统筹推进。\n军屯乡人民政府：军屯乡转发政策5条。")
    select(lead, TOWN, "南旺镇发布招商政策3件。")
    take(lead, TOWN)
    words = "本单位统筹推进。\n军屯乡人民政府：军屯乡转发政策5条。\n南旺镇人民政府：南旺镇发布招商政策3件。"
    expect(lead.get_by_label("进展情况")).to_have_value(words)
    expect(lead.locator("#save-state")).to_contain_text("自动保存")

    lead.get_by_label("发布链接").fill("https://www.example.gov.cn/art/1.html")
    lead.get_by_role("button", name="添加链接").click()
    expect(lead.get_by_text("佐证材料（1项）")).to_be_visible()
    lead.get_by_label("申报办结").check()
    lead.get_by_label("对未办结责任单位的说明").fill("各乡镇年底前陆续办结。")
    lead.get_by_label("所填内容和材料已通过本单位保密审查").check()
    lead.get_by_label("保密审查人姓名").fill("审查人")
    lead.get_by_role("button", name="报送", exact=True).click()
    expect(lead.get_by_text("已报送，等待县政府办公室审核。")).to_be_visible()
    duty = duty_of(people["lead"])
    assert (duty.status, duty.reports.get().text) == ("under_review", words)


def passage(page, unit):
    """A unit's report beside the form, opened."""
    found = page.locator(f"[data-passage={unit}]")
    if not found.evaluate("passage => passage.open"):
        found.locator("summary").click()
    return found


def take(page, unit):
    passage(page, unit).get_by_role("button", name="引用").click()


def select(page, unit, words):
    """Mark words in the unit's report, the way a mouse does."""
    passage(page, unit)
    page.evaluate(
        """([unit, words]) => {
            const text = document.querySelector(`[data-passage=${unit}] .passage-text`).firstChild;
            const range = document.createRange();
            range.setStart(text, text.data.indexOf(words));
            range.setEnd(text, text.data.indexOf(words) + words.length);
            window.getSelection().removeAllRanges();
            window.getSelection().addRange(range);
        }""",
        [unit, words],
    )


def test_where_the_plan_asks_for_it_the_lead_decides_before_the_office(people, person, sign_in):
    person("reviewer", Role.REVIEWER)
    duty = duty_of(people["town"])
    goes_through_lead(duty.plan)
    report = submit(duty, by=people["town"], text="南旺镇的第二份报告。")
    office = sign_in("reviewer", at=f"/reviews/?unit={duty.unit_id}&review_stage=lead")
    row = office.get_by_role("row").nth(1)
    expect(row).to_contain_text("在县商务局")
    row.get_by_role("link").first.click()
    expect(office.get_by_role("button", name="直接受理")).to_be_visible()
    expect(office.get_by_role("button", name="退回补正")).to_have_count(0)

    lead = sign_in("shangwu", width=390, at=f"/lead/{duty.task_id}/")
    assert lead.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    part = opinion_on(lead, TOWN)
    part.get_by_label("认可").check()
    part.get_by_role("button", name="提交意见").click()
    expect(lead.get_by_text("已认可，报告转县政府办公室审核。")).to_be_visible()

    office.reload()
    decision = office.get_by_role("region", name="审核")
    expect(decision).to_contain_text(re.compile(r"牵头意见\s*县商务局\s*认可"))
    office.get_by_text("流转记录").click()
    expect(office.locator(".timeline-list")).to_contain_text("转政府办公室")
    decision.get_by_role("button", name="通过").click()
    expect(office.get_by_text(re.compile("已通过"))).to_be_visible()
    assert ProgressReport.objects.get(pk=report.pk).state == "approved"
    assert LeadOpinion.objects.get().opinion == "endorsed"
