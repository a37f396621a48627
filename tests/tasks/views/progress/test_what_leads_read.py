"""A lead reads the submitted reports of the responsible units of its rows, and nothing else."""

import pytest
from django.urls import reverse

from departments.services import tokens
from tasks.choices import DutyRole
from tasks.models import Assignment, Extension, ProgressReport
from tasks.services.deadlines import extensions, suspension
from tasks.services.progress import reports, reviews
from tasks.services.supervision import acknowledgements
from tests.factories import AssignmentFactory, ExtensionFactory, UserFactory, chase, submit

pytestmark = pytest.mark.django_db

SECRETS = ("退回机密", "延期机密", "拒绝机密", "催办机密", "经办机密", "中止机密", "通过机密")


@pytest.fixture
def office(county):
    return county.people["office"]


@pytest.fixture
def told(county, office):
    """Let everything be said about the town's duty that is not the lead's to read."""
    duty, liaison = county.duty, county.people["liaison"]
    acknowledgements.acknowledge([duty], by=liaison, handler="经办机密", leader="经办机密")
    reviews.return_(county.report, by=office, comment="退回机密")
    Extension.objects.update(reason="延期机密")
    extensions.refuse(county.extension, by=office, comment="拒绝机密")
    ExtensionFactory(assignment=duty, requested_by=liaison, reason="延期机密")
    chase(duty, by=office, text="催办机密")
    reports.discard_draft(duty, by=liaison)
    approved = submit(duty, by=liaison, text="十月的进展。")
    reviews.approve(approved, by=office, comment="通过机密")
    suspension.suspend(duty, by=office, reason="中止机密")
    return county


@pytest.fixture
def pages(county):
    duty, task = county.duty, county.task
    return [
        reverse("tasks:assignment", args=[duty.pk]),
        reverse("tasks:task", args=[task.pk]),
        reverse("tasks:lead-task", args=[task.pk]),
        reverse("tasks:lead-opinions"),
        reverse("tasks:extensions"),
        reverse("tasks:suspended"),
        reverse("tasks:supervision"),
        reverse("tasks:reminders"),
        reverse("tasks:notifications"),
        reverse("reports:submitted-reports"),
        f"{reverse('reports:search')}?q=机密",
    ]


def words_on(client, pages):
    found = {}
    for page in pages:
        text = client.get(page).content.decode()
        found[page] = {word for word in SECRETS if word in text.partition("<main")[2].replace('value="机密"', "")}
    return {page: words for page, words in found.items() if words}


def test_the_lead_reads_none_of_it_on_any_page(client, told, pages):
    client.force_login(told.people["lead"])

    assert words_on(client, pages) == {}
    assert "十月的进展。" in client.get(pages[0]).content.decode()


def test_the_unit_itself_reads_all_of_it(client, told, pages):
    client.force_login(told.people["liaison"])

    found = set().union(*words_on(client, pages).values())

    assert found == set(SECRETS)


def test_the_lead_sees_that_the_report_was_returned_and_by_which_side_but_not_by_whom(client, told, office):
    client.force_login(told.people["lead"])

    page = client.get(reverse("tasks:assignment", args=[told.duty.pk])).content.decode()

    assert "退回" in page
    assert office.name not in page.partition("流转记录")[2].partition("</section>")[0]


def test_the_leads_workbook_has_no_answers(told):
    led = ProgressReport.objects.visible_to(told.people["lead"]).submitted().filter(assignment=told.duty)
    own = ProgressReport.objects.visible_to(told.people["liaison"]).submitted().filter(assignment=told.duty)

    assert set(led.with_answer_for(told.people["lead"]).values_list("answer_read", flat=True)) == {""}
    assert "退回机密" in own.with_answer_for(told.people["liaison"]).values_list("answer_read", flat=True)


@pytest.fixture
def co_lead(county):
    """A liaison of a second unit that leads the row by its own name."""
    duty = AssignmentFactory(task=county.task, role=DutyRole.LEAD, coordinates=True)
    return UserFactory(unit=duty.unit)


def test_leads_of_one_row_do_not_read_each_others_duties_reports_or_requests(client, county, co_lead):
    report = submit(county.lead_duty, by=county.people["lead"], text="牵头单位自己的进展。")
    extension = ExtensionFactory(assignment=county.lead_duty)
    client.force_login(co_lead)

    answers = [
        client.get(reverse(name, args=[pk])).status_code
        for name, pk in (
            ("tasks:assignment", county.lead_duty.pk),
            ("tasks:extension", extension.pk),
            ("tasks:assignment", county.duty.pk),
        )
    ]
    pages = [reverse("tasks:task", args=[county.task.pk]), reverse("tasks:lead-task", args=[county.task.pk])]
    shown = "".join(client.get(page).content.decode() for page in pages)

    assert answers == [404, 404, 200]
    assert report.text not in shown
    assert county.report.text in shown
    assert not Assignment.objects.visible_to(co_lead).filter(pk=county.lead_duty.pk).exists()


def test_the_api_shows_a_lead_no_other_leads_duty(client, county, co_lead):
    submit(county.lead_duty, by=county.people["lead"])

    token = {"Authorization": f"Bearer {tokens.make(co_lead, by=co_lead, name='汇总')}"}

    answers = [
        client.get(reverse("api:assignment", args=[duty.pk]), headers=token).status_code
        for duty in (county.lead_duty, county.duty)
    ]

    assert answers == [404, 200]


def test_a_responsible_unit_reads_nothing_of_the_lead(client, county):
    client.force_login(county.people["liaison"])

    assert client.get(reverse("tasks:assignment", args=[county.lead_duty.pk])).status_code == 404
