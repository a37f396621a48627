"""Pages of reports that the office enters for units, and of the units' answers."""

import pytest
from django.urls import reverse

from departments.choices import Role
from tasks.choices import EnteredAnswer
from tasks.models import EnteredReport
from tasks.services.progress import entering, reports
from tests.factories import AssignmentFactory, TaskFactory, UserFactory
from tests.made_files import pdf_upload
from tests.pages import page_of

pytestmark = pytest.mark.django_db

FORM = {"text": "电话报来的进展。", "attested": "on", "attested_name": "镇保密员", "kind": "other"}


@pytest.fixture
def duty():
    return AssignmentFactory()


@pytest.fixture
def office(client):
    person = UserFactory(role=Role.OFFICE)
    client.force_login(person)
    return person


@pytest.fixture
def liaison(duty):
    return UserFactory(unit=duty.unit)


def enter(duty, by=None):
    by = by or UserFactory(role=Role.OFFICE)
    form = {"text": "电话报来的进展。", "attested": True, "attested_name": "镇保密员"}
    return entering.enter_and_tell(duty, by=by, **form)


def page(name, pk):
    return reverse(f"tasks:{name}", args=[pk])


def test_the_office_types_a_report_with_files_and_links(client, office, duty, liaison, evidence_folder):
    form = {**FORM, "links": "发布页 www.example.gov.cn/1", "files": [pdf_upload("纪要.pdf")]}
    assert page("enter-report", duty.pk) in page_of(client.get(page("assignment", duty.pk)))

    response = client.post(page("enter-report", duty.pk), form, follow=True)

    shown = page_of(response)
    assert "已代填报送，并已通知" in shown
    assert "县政府办公室代填（在页面填写）" in shown
    assert "纪要.pdf" in shown
    assert "https://www.example.gov.cn/1" in shown


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [({"text": ""}, "请填写进展情况"), ({"attested": ""}, "保密审查"), ({"links": "不是网址"}, "不是完整的网址")],
)
def test_what_is_refused_stays_typed(client, office, duty, changed, sentence):
    response = client.post(page("enter-report", duty.pk), {**FORM, "obstacles": "人手不足。", **changed})

    assert response.status_code == 422
    assert sentence in page_of(response)
    assert "人手不足。" in page_of(response)
    assert not duty.reports.exists()


def test_where_the_unit_is_writing_the_office_is_told_and_loses_nothing(client, office, duty, liaison):
    reports.save_draft(duty, by=liaison, version=0, text="内部草稿。")

    response = client.post(page("enter-report", duty.pk), FORM)

    assert response.status_code == 409
    assert "该单位正在填写这件事项" in page_of(response)
    assert "电话报来的进展。" in page_of(response)
    assert "内部草稿" not in page_of(response)


def test_the_unit_finds_what_was_entered_on_its_list_and_agrees_to_all(client, duty, liaison):
    other = AssignmentFactory(task=TaskFactory(section=duty.task.section), unit=duty.unit)
    first, second = enter(duty), enter(other)
    client.force_login(liaison)
    assert "2件代填待认可" in page_of(client.get(reverse("tasks:worklist")))
    listed = page_of(client.get(reverse("tasks:entered")))
    assert "待认可的2件" in listed

    client.post(reverse("tasks:confirm-several-entered"), {"entered": [first.pk]})
    client.post(reverse("tasks:confirm-several-entered"), {"all": "1"})

    assert set(EnteredReport.objects.values_list("answer", flat=True)) == {EnteredAnswer.CONFIRMED}
    assert second.report.transitions.count() == 1
    assert "待认可的" not in page_of(client.get(reverse("tasks:entered")))


def test_nothing_ticked_is_said(client, duty, liaison):
    enter(duty)
    client.force_login(liaison)

    response = client.post(reverse("tasks:confirm-several-entered"), follow=True)

    assert "请先勾选" in page_of(response)
    assert EnteredReport.objects.get().answer == ""


def test_an_objection_leads_to_the_draft(client, duty, liaison):
    entered = enter(duty)
    client.force_login(liaison)
    assert "提出异议" in page_of(client.get(page("entered-report", entered.pk)))
    without = client.post(page("object-to-entered", entered.pk), {"reason": ""})

    response = client.post(page("object-to-entered", entered.pk), {"reason": "应为5条。"})

    assert without.context["form"].errors["reason"] == ["请写明对哪些内容有异议。"]
    assert response.url == page("report", duty.pk)
    assert duty.reports.get().state == "draft"


def test_the_review_shows_the_mark_and_an_earlier_objection(client, duty, liaison):
    entered = enter(duty)
    client.force_login(UserFactory(role=Role.REVIEWER))
    assert "县政府办公室代填（在页面填写）" in page_of(client.get(page("review", entered.report_id)))
    entering.object_to(entered, by=liaison, reason="应为5条。")
    version = duty.reports.get().version
    report = reports.submit(duty, by=liaison, version=version, text="改正的。", attested=True, attested_name="甲")

    shown = page_of(client.get(page("review", report.pk)))

    assert "曾由县政府办公室代填" in shown
    assert "应为5条。" in shown


def test_who_entered_is_told_not_to_review(client, office, duty):
    entered = enter(duty, by=office)

    shown = page_of(client.get(page("review", entered.report_id)))

    assert "须由其他审核人审核" in shown
    assert client.post(page("approve", entered.report_id), {"version": entered.report.version}).status_code == 403


def test_the_lead_reads_the_mark_without_the_reason(client, duty, liaison):
    lead = AssignmentFactory(task=duty.task, role="lead", coordinates=True)
    entered = enter(duty)
    reports.save_draft(duty, by=liaison, version=0, text="下一期的。")
    entering.object_to(entered, by=liaison, reason="内部的理由。")
    client.force_login(UserFactory(unit=lead.unit))

    shown = page_of(client.get(page("assignment", duty.pk)))

    assert "县政府办公室代填" in shown
    assert "提出异议" in shown
    assert "内部的理由" not in shown


def test_a_past_evening_offers_no_answer(client, duty, liaison):
    enter(duty)
    client.force_login(liaison)
    today = page_of(client.get(page("assignment", duty.pk)))

    past = page_of(client.get(page("assignment", duty.pk), {"as_of": "2024-07-01"}))

    assert "认可或者提出异议" in today
    assert "认可或者提出异议" not in past


def test_exports_say_how_a_report_was_entered(client, office, duty):
    import io

    from openpyxl import load_workbook

    enter(duty)
    for name in ("reports:export-submitted-reports", "reports:export-reviews"):
        response = client.get(reverse(name), {"plan": duty.plan_id})
        sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
        cells = [cell.value for row in sheet.iter_rows() for cell in row]
        assert "县政府办公室代填（在页面填写）" in cells
