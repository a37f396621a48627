"""A reviewer reads, returns and approves; the unit mends; a claim turns the duty 办结."""

from playwright.sync_api import expect

from departments.choices import Role
from tasks.choices import EvidenceKind, Status
from tasks.models import Assignment
from tasks.services.progress import evidence, reports
from tests.factories import submit
from tests.made_files import pdf_upload, png_upload

TOWN = "南旺镇人民政府"
LEAD = "县商务局"


def report_of(liaison, number, **written):
    """A report with a PDF and a picture, submitted by the service."""
    duty = Assignment.objects.get(task__number=number, unit=liaison.unit)
    written = {"text": "已发布实施方案。", **written}
    draft = reports.save_draft(duty, by=liaison, version=0, **written)
    evidence.attach_file(draft, pdf_upload("实施方案.pdf"), by=liaison, kind=EvidenceKind.OWN_PLAN)
    evidence.attach_file(draft, png_upload("照片.png"), by=liaison, kind=EvidenceKind.PHOTO)
    return reports.submit(duty, by=liaison, version=draft.version, attested=True, attested_name="审查人", **written)


def test_from_the_queue_by_way_of_a_return_to_completion(person, sign_in):
    liaison = person("nanwang", unit=TOWN)
    report = report_of(liaison, 57, claims_completion=True)
    person("reviewer", Role.REVIEWER)
    office = sign_in("reviewer")
    office.get_by_role("link", name="审核").first.click()
    office.get_by_role("row").nth(1).get_by_role("link").first.click()

    expect(office.locator("[data-pdf][data-drawn] canvas")).to_be_visible(timeout=15_000)
    picture = office.locator("img.preview")
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("complete", value=True)
    assert picture.evaluate("picture => picture.naturalWidth") > 0
    expect(office.locator(".requirement")).to_contain_text("制定具体实施方案")
    office.get_by_label("退回原因").fill("请补充发布页面的链接。")
    office.get_by_role("button", name="退回补正").click()
    expect(office.get_by_text("已退回，填报单位将看到退回原因。")).to_be_visible()

    town = sign_in("nanwang")
    first = town.locator(".worklist tr:not(.group)").nth(1)
    expect(first).to_contain_text("退回：请补充发布页面的链接。")
    first.get_by_role("link", name="补正").click()
    expect(town.locator(".returned")).to_contain_text("请补充发布页面的链接。")
    expect(town.get_by_label("进展情况")).to_have_value("已发布实施方案。")
    expect(town.get_by_text("佐证材料（2项）")).to_be_visible()
    town.get_by_label("发布链接").fill("https://www.example.gov.cn/art/2.html")
    town.get_by_role("button", name="添加链接").click()
    expect(town.get_by_text("佐证材料（3项）")).to_be_visible()
    town.get_by_label("所填内容和材料已通过本单位保密审查").check()
    town.get_by_label("保密审查人姓名").fill("审查人")
    town.get_by_role("button", name="报送", exact=True).click()
    expect(town.get_by_text("已报送，等待县政府办公室审核。")).to_be_visible()

    office.goto("/reviews/")
    office.get_by_role("row").nth(1).get_by_role("link").first.click()
    expect(office.get_by_text("此前的报告（1份）")).to_be_visible()
    office.get_by_role("button", name="通过，事项办结").click()
    expect(office.get_by_text("已通过，该事项办结。")).to_be_visible()
    town.reload()
    expect(town.locator(".light-done").first).to_be_visible()
    told = town.locator(".timeline-list strong").all_inner_texts()
    assert told == ["审核通过", "申报办结", "退回", "申报办结", "报送进展"]
    assert Assignment.objects.get(pk=report.assignment_id).status == Status.COMPLETED


def test_an_own_report_cannot_be_reviewed(person, sign_in):
    writer = person("writer", unit="县政府办公室")
    report = report_of(writer, 30)
    writer.role = Role.OFFICE
    writer.save()
    page = sign_in("writer", at=f"/reviews/{report.pk}/")

    expect(page.get_by_text("须由其他审核人审核")).to_be_visible()
    expect(page.get_by_role("button", name="退回补正")).to_have_count(0)


def test_the_lead_sees_its_rows_units_and_nothing_else(person, sign_in):
    town = person("nanwang", unit=TOWN)
    submit(Assignment.objects.get(task__number=1, unit=town.unit), by=town, text="已转发招商政策。")
    reports.save_draft(
        Assignment.objects.get(task__number=12, unit=town.unit), by=town, version=0, text="尚未报送的草稿。"
    )
    elsewhere = submit(Assignment.objects.get(task__number=7, unit=town.unit), by=town, text="乡村振兴信息。")
    person("shangwu", unit=LEAD)
    page = sign_in("shangwu", at="/tasks/")

    page.get_by_role("link", name="围绕“深化大开放、拓展大招商”").click()
    expect(page.get_by_role("row").filter(has_text=TOWN)).to_contain_text("逾期")
    expect(page.get_by_text("已转发招商政策。")).to_be_visible()
    page.get_by_role("row").filter(has_text=TOWN).get_by_role("link").click()
    expect(page.get_by_text("已转发招商政策。")).to_be_visible()
    page.goto(f"/assignments/{Assignment.objects.get(task__number=12, unit=town.unit).pk}/")
    expect(page.get_by_text("还没有报送进展。")).to_be_visible()
    expect(page.get_by_text("尚未报送的草稿。")).to_have_count(0)
    assert page.goto(f"/assignments/{elsewhere.assignment_id}/").status == 404
    expect(page.get_by_text("不在您可查看的范围内")).to_be_visible()
