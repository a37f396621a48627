"""The office approves by mistake and takes it back: the page says what will happen, and the unit reads why."""

from playwright.sync_api import expect

from departments.choices import Role
from tasks.services.progress import reviews

from .test_reviewer import TOWN, report_of


def test_an_approval_is_taken_back(person, sign_in):
    liaison = person("nanwang", unit=TOWN)
    report = report_of(liaison, 57, claims_completion=True)
    reviews.approve(report, by=person("reviewer", Role.REVIEWER))
    person("office", Role.OFFICE)
    office = sign_in("office", at=f"/assignments/{report.assignment_id}/")

    office.get_by_role("link", name="撤回审核通过").click()
    expect(office.get_by_text("该事项由“办结”回到“待审核”")).to_be_visible()
    office.get_by_role("button", name="确定撤回").click()
    expect(office.get_by_text("请填写撤回的原因。")).to_be_visible()
    office.get_by_label("撤回的原因").fill("审核时看错了材料。")
    office.get_by_role("button", name="确定撤回").click()

    expect(office.get_by_text("已撤回，报告重新等待审核，并已通知填报单位。")).to_be_visible()
    expect(office.get_by_role("button", name="退回补正")).to_be_visible()
    town = sign_in("nanwang", at=f"/assignments/{report.assignment_id}/")
    expect(town.locator(".step-unapproved")).to_contain_text("审核时看错了材料。")
