"""The lead's page: its rows, the responsible units by light, their reports, its opinions, passages taken over."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from departments.choices import Role
from tasks.choices import DutyRole, Opinion, ReportState
from tasks.models import LeadOpinion
from tasks.services.progress import lead_opinions, reports, reviews
from tests.factories import (
    AssignmentFactory,
    PlanFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
    claim,
    complete,
    goes_through_lead,
    submit,
)
from tests.pages import page_of
from wenshang_disclosure.core.dates import on_day

pytestmark = pytest.mark.django_db

TODAY = dt.date(2024, 9, 10)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(on_day(TODAY), tick=False):
        yield


@pytest.fixture
def own():
    return AssignmentFactory(role=DutyRole.LEAD, coordinates=True, task__requirement="围绕招商引资做好信息发布。")


@pytest.fixture
def lead(client, own):
    person = UserFactory(unit=own.unit)
    client.force_login(person)
    return person


def responsible(own, name, **fields):
    return AssignmentFactory(task=own.task, unit=UnitFactory(name=name), **fields)


def review_stage(client, own):
    return client.get(reverse("tasks:lead-task", args=[own.task.pk]))


def give(client, report, **typed):
    return client.post(reverse("tasks:give-opinion", args=[report.pk]), {"version": report.version, **typed})


# --- the rows ---------------------------------------------------------------------------------------------------------


def test_the_page_lists_the_rows_that_the_unit_coordinates_with_what_is_new(client, lead, own):
    submit(responsible(own, "县农业农村局"))
    lead_opinions.give(submit(responsible(own, "县水务局")), by=lead, opinion=Opinion.ENDORSED)
    complete(responsible(own, "县财政局"))
    elsewhere = AssignmentFactory(unit=own.unit, task=TaskFactory(section=own.task.section), role=DutyRole.LEAD)
    AssignmentFactory(task=elsewhere.task)

    (row,) = client.get(reverse("tasks:lead-opinions")).context["rows"]

    assert (row["duty"], row["new"], row["at_stage"]) == (own, 1, 0)
    assert (row["counts"]["owed"], row["counts"]["done"], row["counts"]["on_track"]) == (3, 1, 2)


def test_what_waits_at_the_leads_own_stage_is_counted(client, lead, own):
    goes_through_lead(own.plan)
    duty = responsible(own, "县农业农村局")
    submit(duty)
    submit(duty)

    (row,) = client.get(reverse("tasks:lead-opinions")).context["rows"]

    response = client.get(reverse("tasks:lead-opinions"))
    assert (row["at_stage"], response.context["waiting_opinions"]()) == (2, 2)
    assert "2份待认可" in page_of(response)


def test_what_the_own_unit_submitted_elsewhere_does_not_wait_for_it(client, lead, own):
    goes_through_lead(own.plan)
    other_lead = AssignmentFactory(role=DutyRole.LEAD, coordinates=True, task__section=own.task.section)
    report = submit(AssignmentFactory(task=other_lead.task, unit=own.unit))

    response = client.get(reverse("tasks:lead-opinions"))

    assert (report.waits_for_lead, response.context["waiting_opinions"]()) == (True, 0)


def test_a_row_of_another_year_is_found_by_its_plan(client, lead, own):
    next_year = PlanFactory(year=2025)
    row = AssignmentFactory(
        task=TaskFactory(section__part__plan=next_year),
        unit=own.unit,
        role=DutyRole.LEAD,
        coordinates=True,
        owed_from=TODAY,
    )

    listed = {
        plan: [one["duty"] for one in client.get(reverse("tasks:lead-opinions"), query).context["rows"]]
        for plan, query in (("all", {}), ("next", {"plan": next_year.pk}), ("this", {"plan": own.plan.pk}))
    }

    assert listed == {"all": [row, own], "next": [row], "this": [own]}


@pytest.mark.parametrize(("coordinates", "shown"), [(True, True), (False, False)])
def test_the_menu_shows_the_way_where_the_unit_coordinates(client, lead, own, coordinates, shown):
    own.coordinates = coordinates
    own.save()

    page = page_of(client.get(reverse("tasks:tasks")))

    assert (f'href="{reverse("tasks:lead-opinions")}"' in page) is shown


@pytest.mark.parametrize("name", ["tasks:task", "tasks:assignment"])
def test_the_row_and_the_own_duty_lead_to_the_page(client, lead, own, name):
    pk = own.task.pk if name == "tasks:task" else own.pk
    address = reverse("tasks:lead-task", args=[own.task.pk])

    as_lead = page_of(client.get(reverse(name, args=[pk])))
    client.force_login(UserFactory(role=Role.OFFICE))
    as_office = page_of(client.get(reverse(name, args=[pk])))

    assert (address in as_lead, address in as_office) == (True, False)


# --- one row ----------------------------------------------------------------------------------------------------------


def test_units_stand_by_light_the_most_urgent_first(client, lead, own):
    late = responsible(own, "县水务局", due_on=dt.date(2024, 9, 1))
    later = responsible(own, "县审计局", due_on=dt.date(2024, 8, 1))
    soon = responsible(own, "县财政局", due_on=dt.date(2024, 9, 20))
    submit(going := responsible(own, "县农业农村局"))
    done = complete(responsible(own, "县交通运输局"))

    groups = review_stage(client, own).context["groups"]

    assert [(light.value, duties) for light, duties in groups] == [
        ("overdue", [later, late]),
        ("due_soon", [soon]),
        ("on_track", [going]),
        ("done", [done]),
    ]


def test_each_units_latest_report_is_read_in_full_with_its_evidence(client, lead, own):
    duty = responsible(own, "县农业农村局")
    submit(duty, text="第一份。")
    submit(duty, text="第二份，" + "很长的文字" * 60 + "到此为止。", evidence=1)
    reports.save_draft(duty, by=UserFactory(unit=duty.unit), version=0, text="尚未报送。")

    page = page_of(review_stage(client, own))

    assert [words in page for words in ("到此为止。", "发布页面", "第一份。", "尚未报送。")] == [
        True,
        True,
        False,
        False,
    ]


def test_an_opinion_is_given_from_the_page(client, lead, own):
    report = submit(responsible(own, "县农业农村局"))

    response = give(client, report, opinion="wants_more", text="请补充发布链接。")

    given = LeadOpinion.objects.get()
    assert (given.report, given.opinion, given.text, given.by) == (report, "wants_more", "请补充发布链接。", lead)
    assert response.url == f"{reverse('tasks:lead-task', args=[own.task.pk])}#duty-{report.assignment_id}"
    page = page_of(client.get(response.url))
    assert "请补充发布链接。" in page
    assert "未提意见" not in page


@pytest.mark.parametrize(
    ("opinion", "sentence", "state"),
    [
        ("endorsed", "已认可，报告转县政府办公室审核。", ReportState.SUBMITTED),
        ("wants_more", "已退回填报单位补充。", ReportState.RETURNED),
    ],
)
def test_where_reports_pass_the_lead_its_word_decides(client, lead, own, opinion, sentence, state):
    goes_through_lead(own.plan)
    report = submit(responsible(own, "县农业农村局"))
    assert "待本部门认可" in page_of(review_stage(client, own))

    response = client.post(
        reverse("tasks:give-opinion", args=[report.pk]),
        {"version": report.version, "opinion": opinion, "text": "见说明。"},
        follow=True,
    )

    report.refresh_from_db()
    assert (sentence in page_of(response), report.state, report.waits_for_lead) == (True, state, False)


def test_a_refused_opinion_keeps_what_was_typed_at_its_report(client, lead, own):
    report, other = submit(responsible(own, "县农业农村局")), submit(responsible(own, "县水务局"))

    response = give(client, report, opinion="wants_more", text="")

    forms = {
        one.pk: one.form.is_bound for _, duties in response.context["groups"] for duty in duties for one in duty.shown
    }
    assert (response.status_code, forms) == (422, {report.pk: True, other.pk: False})
    assert "请说明需要补充什么" in page_of(response)


def test_on_a_report_that_was_mended_the_lead_reads_the_new_one_with_its_words_kept(client, lead, own):
    duty = responsible(own, "县农业农村局")
    liaison = UserFactory(unit=duty.unit)
    report = submit(duty, by=liaison)
    reports.withdraw(report, by=liaison)
    submit(duty, by=liaison, text="改过的文字。")

    response = give(client, report, opinion="wants_more", text="请补充发布链接。")

    report.refresh_from_db()
    page = page_of(response)
    assert (response.status_code, "改过的文字。" in page, "请补充发布链接。" in page) == (409, True, True)
    assert give(client, report, opinion="wants_more", text="请补充发布链接。").status_code == 302


def test_on_a_report_that_was_taken_back_the_words_are_not_lost(client, lead, own):
    duty = responsible(own, "县农业农村局")
    liaison = UserFactory(unit=duty.unit)
    report = submit(duty, by=liaison)
    reports.withdraw(report, by=liaison)
    reports.save_draft(duty, by=liaison, version=report.version + 1, text="尚未报送。")

    response = give(client, report, opinion="wants_more", text="请补充发布链接。")

    page = page_of(response)
    assert (response.status_code, "已撤回" in page, "请补充发布链接。" in page) == (409, True, True)
    assert "尚未报送。" not in page


def test_a_draft_that_was_never_submitted_is_not_there(client, lead, own):
    duty = responsible(own, "县农业农村局")
    draft = reports.save_draft(duty, by=UserFactory(unit=duty.unit), version=0, text="尚未报送。")

    assert give(client, draft, opinion="endorsed").status_code == 404


def test_the_unit_and_the_reviewer_read_the_opinion_beside_the_report(client, lead, own):
    report = submit(responsible(own, "县农业农村局"))
    lead_opinions.give(report, by=lead, opinion=Opinion.WANTS_MORE, text="请补充发布链接。")
    liaison, reviewer = UserFactory(unit=report.assignment.unit), UserFactory(role=Role.REVIEWER)

    client.force_login(liaison)
    units = page_of(client.get(reverse("tasks:assignment", args=[report.assignment_id])))
    client.force_login(reviewer)
    offices = page_of(client.get(reverse("tasks:review", args=[report.pk])))

    # below the report, in the thread of the duty and in the timeline
    assert (f"{own.unit}牵头意见：需补充" in units, units.count("请补充发布链接。")) == (True, 3)
    # above the decision and in the timeline
    assert (f"<b>{own.unit.label} 需补充</b>" in offices, offices.count("请补充发布链接。")) == (True, 2)


# --- passages ---------------------------------------------------------------------------------------------------------


def passages(response):
    return [report.text for report in response.context["passages"]]


def test_beside_its_own_form_the_lead_finds_what_its_units_submitted(client, lead, own):
    first = responsible(own, "县农业农村局")
    reviews.approve(submit(first, text="农业的第一份。"), by=UserFactory(role=Role.OFFICE))
    submit(first, text="农业的第二份。")
    second = responsible(own, "县水务局")
    submit(second, text="水务的第一份。")
    reviews.return_(submit(second, text="水务退回的。"), by=UserFactory(role=Role.OFFICE), comment="不实。")
    third = responsible(own, "县财政局")
    reports.save_draft(third, by=UserFactory(unit=third.unit), version=0, text="财政的草稿。")

    response = client.get(reverse("tasks:report", args=[own.pk]))

    assert passages(response) == ["农业的第二份。", "水务的第一份。"]
    assert 'data-passage="县农业农村局"' in page_of(response)


def test_who_does_not_coordinate_finds_none(client, lead, own):
    submit(responsible(own, "县农业农村局"))
    own.coordinates = False
    own.save()

    assert passages(client.get(reverse("tasks:report", args=[own.pk]))) == []


# --- the office's queue -----------------------------------------------------------------------------------------------


@pytest.fixture
def queued(client, own):
    """A claim that lies with the lead for three days, and a report at the office; a reviewer is signed in."""
    own.unit.short_name = "县商务局"
    own.unit.save()
    with time_machine.travel(on_day(dt.date(2024, 9, 6)), tick=False):
        at_office = submit(responsible(own, "县水务局"))
    goes_through_lead(own.plan)
    with time_machine.travel(on_day(dt.date(2024, 9, 7)), tick=False):
        at_lead = claim(responsible(own, "县农业农村局"))
    client.force_login(UserFactory(role=Role.REVIEWER))
    return at_lead, at_office


def test_the_queue_shows_at_which_stage_a_report_is_and_since_when(client, queued):
    response = client.get(reverse("tasks:reviews"))

    page = page_of(response)
    assert "在县商务局<small>自2024-09-07（3天）</small>" in page
    assert "在县政府办公室<small>自2024-09-06（4天）</small>" in page
    assert response.context["waiting_reports"]() == 1


@pytest.mark.parametrize(("review_stage", "place"), [("lead", 0), ("office", 1)])
def test_the_queue_is_cut_by_stage(client, queued, review_stage, place):
    response = client.get(reverse("tasks:reviews"), {"review_stage": review_stage})

    assert [row.record for row in response.context["table"].rows] == [queued[place]]


def test_the_reviewer_reads_where_it_lies_and_takes_it_over(client, queued):
    report, _ = queued
    address = reverse("tasks:review", args=[report.pk])
    before = page_of(client.get(address))

    response = client.post(reverse("tasks:take-over", args=[report.pk]), follow=True)

    after = page_of(response)
    assert ("直接受理" in before, "通过，事项办结" in before) == (True, False)
    assert ("已受理，可以审核。" in after, "通过，事项办结" in after) == (True, True)


def test_an_answer_to_what_lies_with_the_lead_is_refused_with_the_words_kept(client, queued):
    report, _ = queued

    response = client.post(reverse("tasks:return", args=[report.pk]), {"comment": "请补充。"})

    assert response.status_code == 422
    assert "报告尚在牵头部门" in page_of(response)
    assert response.context["return_form"]["comment"].value() == "请补充。"


def test_after_an_answer_the_reviewer_comes_to_what_they_can_answer(client, queued, own):
    _, at_office = queued

    response = client.post(reverse("tasks:approve", args=[at_office.pk]))

    assert response.url == reverse("tasks:reviews")


def test_a_report_whose_lead_is_gone_says_so(client, queued, own):
    report, _ = queued
    own.coordinates = False
    own.save()

    page = page_of(client.get(reverse("tasks:review", args=[report.pk])))

    assert "本任务目前没有牵头部门，请直接受理。" in page


# --- several at once --------------------------------------------------------------------------------------------------

LIST, ENDORSE = reverse("tasks:lead-opinions"), reverse("tasks:endorse-several")


def ticked(*reports, **more):
    return {"report": [f"{report.pk}:{report.version}" for report in reports], "confirm": "1", **more}


def opinions():
    return set(LeadOpinion.objects.values_list("report", "opinion"))


@pytest.fixture
def waiting(lead, own):
    return [submit(responsible(own, name)) for name in ("县农业农村局", "县水务局", "县财政局")]


def test_the_list_has_the_reports_that_await_an_opinion_and_the_badge_counts_them(client, lead, own, waiting):
    lead_opinions.give(waiting[0], by=lead, opinion=Opinion.ENDORSED)

    response = client.get(LIST)

    assert response.context["waiting"] == waiting[1:]
    assert response.context["waiting_opinions"]() == response.context["number_waiting"] == 2
    assert "已发布政策3条。" in page_of(response)


def test_the_ticked_ones_are_endorsed_by_one_click_and_named(client, lead, own, waiting):
    response = client.post(ENDORSE, ticked(*waiting[:2], **{"from": LIST}), follow=True)

    assert opinions() == {(report.pk, Opinion.ENDORSED) for report in waiting[:2]}
    assert response.redirect_chain == [(LIST, 302)]
    number = own.task.number
    assert f"已认可2份：县农业农村局第{number}项、县水务局第{number}项。" in page_of(response)


def test_what_passes_the_lead_first_goes_on_to_the_office(client, lead, own):
    goes_through_lead(own.plan)
    report = submit(responsible(own, "县农业农村局"))

    client.post(ENDORSE, ticked(report))

    report.refresh_from_db()
    assert not report.waits_for_lead


def test_what_the_lead_wrote_or_was_answered_or_withdrawn_is_named_and_the_rest_endorsed(client, lead, own, waiting):
    waiting[0].writers.add(lead)
    reviews.return_(waiting[1], by=UserFactory(role=Role.OFFICE), comment="请补充。")
    withdrawn = submit(responsible(own, "县审计局"))
    read = ticked(*waiting, withdrawn)
    reports.withdraw(withdrawn, by=withdrawn.author)

    response = client.post(ENDORSE, read)

    told = {result.row: result.error for result in response.context["results"]}
    assert told[waiting[0]] == lead_opinions.OWN_REPORT
    assert told[waiting[1]].startswith("该报告已是“已退回”")
    assert told[waiting[2]] == ""
    assert "另有1份在此期间已由填报单位撤回，未认可。" in page_of(response)
    assert opinions() == {(waiting[2].pk, Opinion.ENDORSED)}


def test_a_double_click_endorses_once(client, lead, own, waiting):
    for _ in range(2):
        client.post(ENDORSE, ticked(*waiting))

    assert LeadOpinion.objects.count() == 3


def test_reports_of_rows_that_another_unit_leads_are_not_endorsed(client, lead, own, waiting):
    client.force_login(UserFactory())

    assert client.post(ENDORSE, ticked(*waiting)).status_code == 422
    assert opinions() == set()


def test_nothing_ticked_to_endorse_is_said(client, lead, own):
    response = client.post(ENDORSE, {"confirm": "1"})

    assert response.status_code == 422
    assert "请先勾选待提意见的报告。" in page_of(response)


def test_overdue_duties_of_the_rows_are_listed_the_longest_first_and_chased_from_there(client, lead, own):
    late = responsible(own, "县水务局", due_on=dt.date(2024, 9, 1))
    later = responsible(own, "县审计局", due_on=dt.date(2024, 8, 1))
    responsible(own, "县财政局", due_on=dt.date(2024, 9, 20))

    response = client.get(LIST)
    chasing = client.post(reverse("tasks:bulk"), {"action": "remind", "duty": [later.pk], "from": LIST})

    assert (response.context["late"], response.context["number_late"]) == ([later, late], 2)
    assert "牵头任务逾期（2件）" in page_of(response)
    assert chasing.context["taken"] == [later]
    assert "督办" not in {word for _, word in chasing.context["form"].fields["grade"].choices}
