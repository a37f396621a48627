"""From the overdue list to what followed: the office and a lead chase, the units see it on top and report."""

from playwright.sync_api import expect

from departments.choices import Role
from tasks.choices import Grade
from tasks.models import Assignment, Reminder, StockPhrase

TOWN, OTHER_TOWN, LEAD = "南旺镇人民政府", "中都街道办事处", "县商务局"
PHRASE = "该事项经多次提醒、催办仍未落实，请主要负责同志过问。"


def overdue_of(page, unit, number):
    """Filter the overdue list to a unit, and tick its first rows."""
    page.goto("/overdue/")
    page.get_by_label("承办单位").select_option(label=unit)
    expect(page.locator("#list tbody tr").last).to_contain_text(unit)
    boxes = page.locator("#list input[name=duty]")
    for place in range(number):
        boxes.nth(place).check()
    return [int(boxes.nth(place).get_attribute("value")) for place in range(number)]


def test_the_office_chases_from_the_overdue_list_and_sees_what_followed(person, sign_in):
    StockPhrase.objects.create(grade=Grade.RED, text=PHRASE)
    person("office", Role.OFFICE)
    person("nanwang", unit=TOWN)
    office = sign_in("office")

    overdue_of(office, TOWN, 2)
    expect(office.locator("[data-picked]")).to_have_text("已勾选2项")
    office.get_by_role("button", name="催办").click()
    expect(office.get_by_role("heading", name="催办2件承办事项")).to_be_visible()
    expect(office.get_by_role("radio", name="提醒")).to_be_checked()
    office.get_by_role("radio", name="督办").check()
    office.get_by_label("催办内容").fill("请于周五前报送。")
    office.get_by_text("常用语", exact=True).click()
    office.get_by_role("button", name=PHRASE).click()
    expect(office.get_by_label("催办内容")).to_have_value(f"请于周五前报送。\n{PHRASE}")
    office.get_by_role("button", name="确定催办2件").click()
    expect(office.get_by_text("已发出督办，共2件承办事项。")).to_be_visible()
    expect(office.get_by_text("未阅知", exact=True)).to_have_count(2)
    expect(office.get_by_text("尚未报送", exact=True)).to_have_count(2)

    town = sign_in("nanwang")
    on_top = town.locator(".notice-line")
    expect(on_top).to_contain_text("2件未阅知")
    expect(on_top).to_contain_text("请于周五前报送。")
    on_top.get_by_role("link", name="查看").click()
    town.get_by_role("button", name="已阅知（本单位2件）").click()
    expect(town.get_by_text("已阅知，涉及本单位2件承办事项。")).to_be_visible()
    town.goto("/worklist/")
    expect(town.get_by_text("未阅知")).to_have_count(0)
    report_on(town, Reminder.objects.get().items.order_by("pk").first().assignment)

    office.reload()
    expect(office.get_by_text("未阅知", exact=True)).to_have_count(0)
    expect(office.get_by_text("报送了进展")).to_have_count(1)
    expect(office.get_by_text("尚未报送", exact=True)).to_have_count(1)
    with office.expect_download() as download:
        office.get_by_role("link", name="督办通知单").click()
    assert download.value.suggested_filename.startswith("督办通知单〔")


def report_on(page, duty):
    page.goto(f"/assignments/{duty.pk}/report/")
    page.get_by_label("进展情况").fill("已发布政策3条。")
    page.get_by_label("所填内容和材料已通过本单位保密审查").check()
    page.get_by_label("保密审查人姓名").fill("审查人")
    page.get_by_role("button", name="报送", exact=True).click()
    expect(page.get_by_text("已报送，等待县政府办公室审核。")).to_be_visible()


def test_a_lead_chases_a_responsible_unit_of_its_row_and_the_next_grade_is_offered(person, sign_in):
    person("shangwu", unit=LEAD)
    person("zhongdu", unit=OTHER_TOWN)
    lead = sign_in("shangwu")
    row = Assignment.objects.get(task__number=1, unit__name=LEAD)

    for grade in ("提醒", "催办"):
        lead.goto(f"/tasks/{row.task_id}/")
        lead.get_by_role("row").filter(has_text=OTHER_TOWN).get_by_role("checkbox").check()
        lead.get_by_role("row").filter(has_text=LEAD).get_by_role("checkbox").check()
        lead.get_by_role("button", name="催办").click()
        expect(lead.get_by_text("不办理：不在您可催办的范围内")).to_be_visible()  # its own
        expect(lead.get_by_role("radio", name=grade)).to_be_checked()
        lead.get_by_label("催办内容").fill("请报送招商信息。")
        lead.get_by_role("button", name="确定催办1件").click()
        expect(lead.get_by_text(f"已发出{grade}，共1件承办事项。")).to_be_visible()

    town = sign_in(
        "zhongdu", width=390, at=f"/assignments/{Assignment.objects.get(task=row.task_id, unit__name=OTHER_TOWN).pk}/"
    )
    on_top = town.locator(".alert.chase")
    expect(on_top).to_have_count(2)
    expect(on_top.first).to_contain_text(LEAD)
    on_top.first.get_by_role("button", name="已阅知").click()
    expect(town.get_by_text("已阅知，涉及本单位1件承办事项。")).to_be_visible()


def test_nothing_ticked_is_said_without_leaving_the_page(person, sign_in):
    person("office", Role.OFFICE)
    page = sign_in("office", at="/overdue/")

    page.get_by_role("button", name="催办").click()

    expect(page.locator("[data-picked]")).to_have_text("请先勾选。")
    assert page.url.endswith("/overdue/")


def test_one_box_ticks_the_page_and_all_of_the_filter_needs_no_ticks(person, sign_in):
    person("office", Role.OFFICE)
    page = sign_in("office", at="/overdue/?per_page=20")
    page.get_by_label("全选本页").check()
    expect(page.locator("[data-picked]")).to_have_text("已勾选20项")
    page.get_by_label("全选本页").uncheck()

    page.get_by_label("办理范围").select_option("all")
    page.get_by_role("button", name="催办").click()

    late = Assignment.objects.with_light().owed().filter(light="overdue").count()
    expect(page.get_by_role("heading", name=f"催办{late}件承办事项")).to_be_visible()


def test_a_unit_confirms_all_its_duties_and_names_who_is_in_charge(person, sign_in):
    liaison = person("nanwang", unit=TOWN)
    page = sign_in("nanwang")
    page.get_by_role("link", name="去签收").click()
    page.get_by_label("经办人").fill("王五")
    page.get_by_label("分管领导").fill("赵六")

    page.get_by_role("button", name="全部签收").click()

    expect(page.get_by_text("没有待签收的承办事项。")).to_be_visible()
    named = Assignment.objects.filter(unit=liaison.unit, handler="王五", leader="赵六", acknowledged_by=liaison)
    assert named.count() == Assignment.objects.filter(unit=liaison.unit).count()
