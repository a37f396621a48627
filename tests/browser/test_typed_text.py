"""What was typed is there again after a session ran out, an outage or a closed window, and goes once it is sent."""

from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from departments.choices import Role
from tasks.models import ProgressReport

from .conftest import fill_sign_in
from .test_reviewer import report_of

REASON = "请补充发布页面的链接，并注明发布日期。"
RESTORED = "已恢复上次填写但没有提交成功的内容。"


def test_reason_survives_a_session_that_ran_out_and_goes_once_sent(person, sign_in):
    report = report_of(person("nanwang", unit="南旺镇人民政府"), 57)
    person("reviewer", Role.REVIEWER)
    office = sign_in("reviewer")
    office.goto(f"/reviews/{report.pk}/")
    office.get_by_label("退回原因").fill(REASON)
    Session.objects.all().delete()
    office.get_by_role("button", name="退回补正").click()

    fill_sign_in(office, "reviewer")
    assert office.url.endswith(f"/reviews/{report.pk}/")
    expect(office.get_by_text(RESTORED)).to_be_visible()
    expect(office.get_by_label("退回原因")).to_have_value(REASON)

    office.get_by_role("button", name="退回补正").click()
    expect(office.get_by_text("已退回，填报单位将看到退回原因。")).to_be_visible()
    assert ProgressReport.objects.get(pk=report.pk).transitions.latest("pk").reason == REASON
    assert office.evaluate("Object.keys(localStorage).filter(key => key.startsWith('typed-'))") == []


def test_reason_survives_a_closed_window_and_can_be_cleared(person, sign_in):
    report = report_of(person("nanwang", unit="南旺镇人民政府"), 57)
    person("reviewer", Role.REVIEWER)
    office = sign_in("reviewer")
    office.goto(f"/reviews/{report.pk}/")
    office.get_by_label("退回原因").fill(REASON)

    office.goto("/dashboard/")
    office.goto(f"/reviews/{report.pk}/")

    expect(office.get_by_label("退回原因")).to_have_value(REASON)
    office.get_by_role("button", name="清除").click()
    expect(office.get_by_label("退回原因")).to_have_value("")
    office.reload()
    expect(office.get_by_label("退回原因")).to_have_value("")
