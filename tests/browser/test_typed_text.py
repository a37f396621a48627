"""What was typed is there again after a session ran out, an outage or a closed window, and goes once it is sent."""

import sqlite3

from django.contrib.sessions.models import Session
from django.db import OperationalError
from playwright.sync_api import expect

from departments.choices import Role
from tasks.models import ProgressReport
from tasks.services.progress import reports, reviews

from .conftest import fill_sign_in
from .test_reviewer import report_of

REASON = "请补充发布页面的链接，并注明发布日期。"
RESTORED = "已恢复上次填写但没有提交成功的内容。"


def test_reason_survives_a_session_that_ran_out_and_goes_once_sent(person, sign_in):
    report = report_of(person("nanwang", unit="南旺镇人民政府"), 57)
    person("reviewer", Role.REVIEWER)
    office = sign_in("reviewer", at=f"/reviews/{report.pk}/")
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
    office = sign_in("reviewer", at=f"/reviews/{report.pk}/")
    office.get_by_label("退回原因").fill(REASON)

    office.goto("/dashboard/")
    office.goto(f"/reviews/{report.pk}/")

    expect(office.get_by_label("退回原因")).to_have_value(REASON)
    office.get_by_role("button", name="清除").click()
    expect(office.get_by_label("退回原因")).to_have_value("")
    office.reload()
    expect(office.get_by_label("退回原因")).to_have_value("")


def disk_is_full(*args, **kwargs):
    cause = sqlite3.OperationalError("database or disk is full")
    cause.sqlite_errorcode = sqlite3.SQLITE_FULL
    raise OperationalError("database or disk is full") from cause


def test_a_full_disk_is_said_beside_the_text_which_is_saved_once_there_is_room(person, sign_in, monkeypatch):
    liaison = person("nanwang", unit="南旺镇人民政府")
    duty = liaison.unit.assignments.get(task__number=57)
    page = sign_in("nanwang")
    page.clock.install()
    page.goto(f"/assignments/{duty.pk}/report/")
    monkeypatch.setattr(reports, "save_draft", disk_is_full)
    page.get_by_label("进展情况").fill(REASON)
    page.clock.run_for(2000)
    expect(page.get_by_text("未能自动保存：服务器存储空间已满，")).to_be_visible()
    expect(page.get_by_text("文字已保留在本机，稍后会再次保存。")).to_be_visible()

    monkeypatch.undo()
    page.clock.run_for(11_000)

    expect(page.locator("#save-state")).to_contain_text("草稿已于")
    assert ProgressReport.objects.get(assignment=duty).text == REASON


def test_an_earlier_version_that_was_brought_back_is_not_overwritten_by_what_was_just_typed(person, sign_in):
    liaison = person("nanwang", unit="南旺镇人民政府")
    duty = liaison.unit.assignments.get(task__number=57)
    reports.save_draft(duty, by=liaison, version=0, text=REASON * 3)
    reports.save_draft(duty, by=liaison, version=1, text="误粘贴的文字。")
    page = sign_in("nanwang")
    page.clock.install()
    page.goto(f"/assignments/{duty.pk}/report/")
    page.get_by_label("进展情况").fill("刚刚填写、尚未保存的文字。")

    page.get_by_text("早先的草稿（1份）").click()
    page.locator(".earlier-version > summary").click()
    page.get_by_role("button", name="恢复").click()

    expect(page.get_by_text("已恢复早先的草稿")).to_be_visible()
    expect(page.get_by_label("进展情况")).to_have_value(REASON * 3)
    page.clock.run_for(3000)
    page.reload()
    expect(page.get_by_label("进展情况")).to_have_value(REASON * 3)
    draft = ProgressReport.objects.get(assignment=duty)
    assert draft.text == REASON * 3
    assert draft.draft_versions.first().text == "刚刚填写、尚未保存的文字。"


def test_reason_survives_a_database_that_is_away(person, sign_in, monkeypatch):
    report = report_of(person("nanwang", unit="南旺镇人民政府"), 57)
    person("reviewer", Role.REVIEWER)
    office = sign_in("reviewer", at=f"/reviews/{report.pk}/")
    office.get_by_label("退回原因").fill(REASON)
    monkeypatch.setattr(reviews, "_lock_for_review", away)
    office.get_by_role("button", name="退回补正").click()
    expect(office.get_by_text("数据库暂时连接不上，这次操作没有完成。请稍等片刻再试。")).to_be_visible()

    monkeypatch.undo()
    office.get_by_role("link", name="返回首页").click()
    office.goto(f"/reviews/{report.pk}/")

    expect(office.get_by_label("退回原因")).to_have_value(REASON)


def away(*args, **kwargs):
    raise OperationalError("server closed the connection unexpectedly")
