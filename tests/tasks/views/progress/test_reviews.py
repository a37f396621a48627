"""The office answers reports: the queue, one report beside its requirement, and what happens when two answer."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from departments.choices import Role
from departments.models import User
from tasks.choices import ReportState
from tasks.services.progress import reports, reviews
from tests.factories import AssignmentFactory, EvidenceFactory, PlanFactory, TaskFactory, UserFactory, claim, submit
from tests.made_files import png_upload
from tests.pages import page_of
from wenshang_disclosure.core.dates import on_day

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewer(client, county):
    client.force_login(county.people["reviewer"])
    return client


def answer(client, report, step, **typed):
    return client.post(reverse(f"tasks:{step}", args=[report.pk]), typed)


def current(report):
    report.refresh_from_db()
    return report.state, report.review_comment


# --- the queue --------------------------------------------------------------------------------------------------------


def test_the_queue_shows_the_oldest_first(reviewer, county):
    with time_machine.travel(on_day(dt.date(2024, 9, 10)), tick=False):
        older = submit(county.lead_duty)

    response = reviewer.get(reverse("tasks:reviews"))

    assert [row.record for row in response.context["table"].rows] == [older, county.report]
    assert "2024-09-10 12:00" in page_of(response)


def test_the_queue_runs_through_all_years(reviewer, county):
    next_year = TaskFactory(section__part__plan=PlanFactory(year=2025, title="2025年测试分解表"))
    later = submit(AssignmentFactory(task=next_year))

    everything = reviewer.get(reverse("tasks:reviews"))
    one_year = reviewer.get(reverse("tasks:reviews"), {"plan": county.plan.pk})

    assert {row.record for row in everything.context["table"].rows} == {county.report, later}
    assert [row.record for row in one_year.context["table"].rows] == [county.report]


def test_the_queue_has_no_drafts_and_nothing_that_was_answered(reviewer, county):
    reviews.approve(county.report, by=county.people["office"])

    response = reviewer.get(reverse("tasks:reviews"))

    assert list(response.context["table"].rows) == []
    assert "没有待审核的报告。" in page_of(response)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("claims=true", 0),
        ("claims=false", 1),
        ("q=招商", 1),
        ("q=乡村振兴", 0),
        ("unit={town}", 1),
    ],
)
def test_the_queue_is_cut_by_its_filter(reviewer, county, query, found):
    response = reviewer.get(f"{reverse('tasks:reviews')}?{query.format(town=county.town.pk)}")

    assert response.status_code == 200
    assert len(response.context["table"].rows) == found


@pytest.mark.parametrize("query", ["claims=maybe", "unit=999999", "part=x", "unit={other}"])
def test_a_choice_that_is_not_on_offer_is_marked_and_no_row_is_guessed(reviewer, county, query):
    response = reviewer.get(f"{reverse('tasks:reviews')}?{query.format(other=county.lead_unit.pk + 10_000)}")

    assert response.status_code == 400
    assert "没有这个选项，请重新选择。" in page_of(response)
    assert list(response.context["table"].rows) == []


def test_who_does_not_review_is_told_whose_page_it_is(client, county):
    client.force_login(county.people["liaison"])

    response = client.get(reverse("tasks:reviews"))

    assert response.status_code == 403
    assert "审核页面由县政府办公室工作人员、审核人和审计人员使用。" in page_of(response)


# --- one report -------------------------------------------------------------------------------------------------------


def test_a_report_stands_beside_its_requirement_with_its_evidence(reviewer, county):
    response = reviewer.get(reverse("tasks:review", args=[county.report.pk]))

    page = page_of(response)
    assert [text for text in (county.task.requirement, county.report.text, county.item.title) if text not in page] == []
    assert f'data-pdf="{reverse("tasks:evidence", args=[county.item.pk])}"' in page


def test_a_picture_is_shown_in_the_page(client, county):
    liaison = county.people["liaison"]
    client.force_login(liaison)
    client.post(
        reverse("tasks:report", args=[county.duty.pk]),
        {"action": "attach", "version": 1, "text": "附照片。", "files": png_upload("照片.png"), "file_kind": "photo"},
    )
    report = reports.submit(county.duty, by=liaison, version=2, attested=True, attested_name="王审查")
    client.force_login(county.people["reviewer"])

    page = page_of(client.get(reverse("tasks:review", args=[report.pk])))

    picture = report.evidence.get(title="照片.png")
    assert f'<img src="{reverse("tasks:evidence-picture", args=[picture.pk])}" alt="照片.png"' in page


def test_earlier_reports_stand_below_but_no_draft(reviewer, county):
    reports.discard_draft(county.duty, by=county.people["liaison"])
    later = submit(county.duty, by=county.people["liaison"], text="第二次报送。")
    reports.save_draft(county.duty, by=county.people["liaison"], version=0, text="还没写完。")

    page = page_of(reviewer.get(reverse("tasks:review", args=[later.pk])))

    assert "此前的报告（1份）" in page
    assert "还没写完。" not in page


def test_a_draft_is_not_there_for_who_reviews(reviewer, county):
    response = reviewer.get(reverse("tasks:review", args=[county.draft.pk]))

    assert response.status_code == 404


def test_an_auditor_reads_and_has_nothing_to_press(client, county):
    client.force_login(county.people["auditor"])

    page = page_of(client.get(reverse("tasks:review", args=[county.report.pk])))

    assert county.report.text in page
    assert reverse("tasks:approve", args=[county.report.pk]) not in page


# --- answering --------------------------------------------------------------------------------------------------------


def test_approving_goes_on_to_the_next_in_the_queue(reviewer, county):
    following = submit(county.lead_duty)

    response = answer(reviewer, county.report, "approve", comment="材料齐全。")

    assert response.url == reverse("tasks:review", args=[following.pk])
    assert current(county.report) == (ReportState.APPROVED, "材料齐全。")


def test_approving_the_last_goes_back_to_the_queue(reviewer, county):
    response = answer(reviewer, county.report, "approve")

    assert response.url == reverse("tasks:reviews")


def test_approving_a_claim_completes_the_duty_and_says_so(reviewer, county):
    claimed = claim(county.other_duty)

    response = reviewer.post(reverse("tasks:approve", args=[claimed.pk]), {"quality": "3"}, follow=True)

    county.other_duty.refresh_from_db()
    name = f"<b>{county.other_duty.unit.label}第{county.other_duty.task.number}项</b>"
    assert county.other_duty.status == "completed"
    assert f"已通过{name}（申报办结），该事项办结，评为良。" in page_of(response)
    assert f'<a href="{reverse("tasks:undo-review", args=[claimed.pk])}">撤回…</a>' in page_of(response)


def test_returning_keeps_the_reason_for_the_unit_and_names_it(reviewer, county):
    response = answer(reviewer, county.report, "return", comment="缺少发布链接。", quality="3", is_exemplary="on")

    assert response.status_code == 302
    told = page_of(reviewer.get(response.url))
    assert f"已退回<b>{county.duty.unit.label}第{county.task.number}项</b>，填报单位将看到退回原因。" in told
    assert current(county.report) == (ReportState.RETURNED, "缺少发布链接。")


@pytest.mark.parametrize("typed", ["", " \n　"])
def test_a_return_without_a_reason_is_refused_beside_the_field(reviewer, county, typed):
    response = answer(reviewer, county.report, "return", comment=typed)

    assert response.status_code == 422
    assert response.context["return_form"].errors == {"comment": ["请填写退回原因。"]}
    assert "请填写退回原因。" in page_of(response)
    assert current(county.report) == (ReportState.SUBMITTED, "")


@pytest.mark.parametrize("step", ["approve", "return"])
def test_a_word_that_is_too_long_is_marked_and_kept(reviewer, county, step):
    typed = "长" * 2001

    response = answer(reviewer, county.report, step, comment=typed)

    form = response.context[f"{step}_form"]
    assert response.status_code == 422
    assert "2000" in form.errors["comment"][0]
    assert form["comment"].value() == typed
    assert current(county.report) == (ReportState.SUBMITTED, "")


@pytest.mark.parametrize("first", ["approve", "return"])
@pytest.mark.parametrize("second", ["approve", "return"])
def test_the_second_reviewer_is_told_and_keeps_what_was_typed(reviewer, county, first, second):
    office = county.people["office"]
    if first == "approve":
        reviews.approve(county.report, by=office)
    else:
        reviews.return_(county.report, by=office, comment="缺少发布链接。")
    before = current(county.report)

    response = answer(reviewer, county.report, second, comment="请补充佐证材料。")

    done = {"approve": "已通过", "return": "已退回"}[first]
    sentence = f"该报告已是“{done}”（{office.name}），本次{'通过' if second == 'approve' else '退回'}未生效。"
    assert response.status_code == 409
    assert sentence in page_of(response)
    assert response.context[f"{second}_form"]["comment"].value() == "请补充佐证材料。"
    assert "请补充佐证材料。" in page_of(response)
    assert current(county.report) == before
    assert county.duty.transitions.count() == 2


def test_a_report_that_was_withdrawn_meanwhile_is_not_there_any_more(reviewer, county):
    reports.discard_draft(county.duty, by=county.people["liaison"])
    reports.withdraw(county.report, by=county.people["liaison"])

    response = answer(reviewer, county.report, "return", comment="请补充佐证材料。")

    assert response.status_code == 404
    assert current(county.report) == (ReportState.DRAFT, "")


def test_words_that_changed_since_the_page_was_opened_are_not_approved_unread(reviewer, county):
    liaison = county.people["liaison"]
    reports.discard_draft(county.duty, by=liaison)
    page = reviewer.get(reverse("tasks:review", args=[county.report.pk]))
    sent = {
        field.html_name: field.value() or "" for field in page.context["approve_form"]
    }  # what the opened page would post
    draft = reports.withdraw(county.report, by=liaison)
    submit(county.duty, by=liaison, text="换成了别的内容。")

    response = answer(reviewer, draft, "approve", **sent)

    assert response.status_code == 409
    assert current(county.report) == (ReportState.SUBMITTED, "")


def test_who_wrote_it_cannot_answer_it_and_is_told_why(client, county):
    others = User.objects.exclude(pk=county.people["reviewer"].pk)
    others.filter(role__in=(Role.OFFICE, Role.REVIEWER)).update(is_active=False)
    author = county.people["liaison"]
    author.role = Role.OFFICE
    author.save()
    client.force_login(author)

    page = page_of(client.get(reverse("tasks:review", args=[county.report.pk])))
    response = answer(client, county.report, "approve")

    assert "报告由您本人填写或报送，须由其他审核人审核。" in page
    assert f"可以审核的有：{county.people['reviewer'].name}。" in page
    assert reverse("tasks:approve", args=[county.report.pk]) not in page
    assert response.status_code == 403
    assert "报告由您本人填写或报送，须由其他审核人审核。" in page_of(response)
    assert current(county.report) == (ReportState.SUBMITTED, "")


def test_the_next_in_the_queue_is_one_that_the_reviewer_may_answer(client, county):
    office = UserFactory(unit=county.lead_unit)
    own = submit(county.lead_duty, by=office)
    office.role = Role.OFFICE
    office.save()
    EvidenceFactory(report=own)
    client.force_login(office)

    response = answer(client, county.report, "approve")

    assert response.url == reverse("tasks:reviews")


def test_a_claim_whose_counts_no_longer_add_up_is_refused_above_the_form(reviewer, county):
    claimed = claim(county.other_duty)
    county.other_duty.task.target_count = 2
    county.other_duty.task.save()

    response = answer(reviewer, claimed, "approve", comment="同意。")

    assert response.status_code == 422
    assert "该任务要求完成2次，现有报告累计0次，不能办结。请退回补正。" in page_of(response)
    assert response.context["approve_form"]["comment"].value() == "同意。"


# --- going through the queue ------------------------------------------------------------------------------------------


@pytest.fixture
def three(county):
    """Three reports that wait, the oldest first: of the town, of the lead, and a claim of another unit."""
    return [county.report, submit(county.lead_duty), claim(county.other_duty)]


def led(response):
    """Where the page leads: position, length, and the reports before, after and next."""
    context = response.context
    following = context["following"]
    return (context["position"], context["length"], context["before"], context["after"], following and following.pk)


def address(report, query=""):
    return reverse("tasks:review", args=[report.pk]) + query


def test_a_page_says_where_it_stands_in_the_queue(reviewer, three):
    first, second, third = three

    pages = [reviewer.get(address(report)) for report in three]

    assert [led(page) for page in pages] == [
        (1, 3, None, address(second), second.pk),
        (2, 3, address(first), address(third), third.pk),
        (3, 3, address(second), None, first.pk),
    ]
    assert f"办完转到下一份：{second.assignment.unit.label}第{second.assignment.task.number}项" in page_of(pages[0])


def test_the_filter_and_the_order_of_the_list_are_kept_while_answering(reviewer, three):
    first, second, third = three
    query = "?claims=false&sort=-submitted_at"

    listed = page_of(reviewer.get(reverse("tasks:reviews") + query))
    shown = reviewer.get(address(second, query))
    answered = reviewer.post(reverse("tasks:approve", args=[second.pk]) + query, {"version": second.version})
    last = reviewer.post(reverse("tasks:return", args=[first.pk]) + query, {"comment": "请补充。"})

    assert address(second, query.replace("&", "&amp;")) in listed
    assert led(shown) == (1, 2, None, address(first, query), first.pk)
    assert answered.url == address(first, query)
    assert last.url == reverse("tasks:reviews") + query


def test_what_was_skipped_comes_after_the_last(reviewer, three):
    first, second, third = three

    assert answer(reviewer, second, "approve").url == address(third)
    assert answer(reviewer, third, "return", comment="请补充。").url == address(first)


def test_a_filter_that_is_gone_leads_through_all(reviewer, three):
    response = reviewer.get(address(three[0], "?unit=999999&claims=maybe"))

    assert response.status_code == 200
    assert led(response)[:2] == (1, 3)


def test_an_answered_report_leads_on_to_the_queue(reviewer, county, three):
    reviews.approve(three[0], by=county.people["office"])

    response = reviewer.get(address(three[0]))

    assert led(response) == (None, 2, None, address(three[1]), three[1].pk)


def test_own_reports_are_told_in_the_list_and_not_offered(client, county, three):
    author = county.people["liaison"]
    author.role = Role.OFFICE
    author.save()
    client.force_login(author)

    page = page_of(client.get(reverse("tasks:reviews")))

    assert page.count("须由他人审核") == 1
    assert f'value="{three[0].pk}:{three[0].version}"' not in page
    assert f'value="{three[1].pk}:{three[1].version}"' in page


def test_going_through_the_queue_takes_the_same_number_of_queries_however_long_it_is(reviewer, county, three):
    def queries():
        with CaptureQueriesContext(connection) as taken:
            reviewer.get(address(three[0]))
        return len(taken)

    before = queries()
    for _ in range(3):
        claim(AssignmentFactory(task=TaskFactory(section=county.task.section)))

    assert queries() == before
