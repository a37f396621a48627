"""The unit's leader reads, approves or sends back; the liaison sees where their report is."""

import pytest
from django.urls import reverse

from departments.choices import Role
from tasks.choices import ReportState
from tasks.models import Assignment
from tasks.services.progress import leader_approval, reports
from tests.factories import (
    AssignmentFactory,
    DeputyFactory,
    TaskFactory,
    UserFactory,
    asks_its_leader,
    claim,
    submit,
)
from tests.pages import page_of, rows

pytestmark = pytest.mark.django_db

ATTESTED = {"attested": "on", "attested_name": "王审查"}


@pytest.fixture
def duty():
    return AssignmentFactory(task=TaskFactory(requirement="围绕招商引资做好信息发布。"))


@pytest.fixture
def leader(duty):
    return asks_its_leader(duty.unit)


@pytest.fixture
def liaison(duty):
    return UserFactory(unit=duty.unit)


@pytest.fixture
def report(duty, leader, liaison):
    return submit(duty, by=liaison, text="已发布政策3条。", evidence=1)


def another(duty, liaison):
    return submit(AssignmentFactory(task=TaskFactory(section=duty.task.section), unit=duty.unit), by=liaison)


def send(client, report, step, **typed):
    return client.post(reverse(f"tasks:{step}", args=[report.pk]), typed)


# --- the leader -------------------------------------------------------------------------------------------------------


def test_the_leader_finds_what_waits_the_longest_first(client, leader, liaison, duty, report):
    later = another(duty, liaison)
    submit(AssignmentFactory(), by=None)
    client.force_login(leader)

    response = client.get(reverse("tasks:leader-approvals"))

    assert list(response.context["reports"]) == [report, later]
    assert "审签" in page_of(response)
    assert response.context["waiting_leader_approvals"]() == 2


def test_the_report_stands_beside_what_was_asked(client, leader, report):
    client.force_login(leader)

    page = page_of(client.get(reverse("tasks:leader-approval", args=[report.pk])))

    assert [words in page for words in ("已发布政策3条。", "发布页面", "围绕招商引资做好信息发布。", "同意报送")] == [
        True
    ] * 4


def test_approving_submits_and_goes_on_to_the_next(client, leader, liaison, duty, report):
    later = another(duty, liaison)
    client.force_login(leader)

    response = send(client, report, "approve-as-leader", **{"approve-version": report.version})

    report.refresh_from_db()
    assert (report.state, response.url) == (ReportState.SUBMITTED, reverse("tasks:leader-approval", args=[later.pk]))
    assert send(client, later, "approve-as-leader").url == reverse("tasks:leader-approvals")


def test_sending_back_shows_the_liaison_what_to_mend(client, leader, liaison, duty, report):
    client.force_login(leader)
    response = send(client, report, "send-back", **{"back-comment": "请补充发布数量。"})
    client.force_login(liaison)

    page = page_of(client.get(reverse("tasks:report", args=[duty.pk])))

    assert response.url == reverse("tasks:leader-approvals")
    assert "<b>分管领导退回修改</b>" in page
    assert "请补充发布数量。" in page


def test_a_refused_answer_keeps_what_was_typed(client, leader, liaison, report):
    read = report.version
    reports.withdraw(report, by=liaison)
    client.force_login(leader)

    response = send(client, report, "send-back", **{"back-comment": "请补充发布数量。", "back-version": read})

    assert response.status_code == 409
    assert response.context["back_form"]["comment"].value() == "请补充发布数量。"
    assert "已是“草稿”" in page_of(response)


def test_without_a_word_nothing_is_sent_back(client, leader, report):
    client.force_login(leader)

    response = send(client, report, "send-back")

    report.refresh_from_db()
    assert (response.status_code, report.state) == (422, ReportState.AWAITING_LEADER)
    assert "请填写修改意见。" in page_of(response)


def test_a_guard_that_fails_at_last_is_shown_above_the_answer(client, leader, duty, report):
    duty.released_on = duty.owed_from
    duty.save()
    client.force_login(leader)

    response = send(client, report, "approve-as-leader")

    assert response.status_code == 422
    assert "该事项已解除" in page_of(response)


def test_a_deputy_finds_it_in_their_menu_and_their_own_is_passed_over(client, duty, leader, liaison, report):
    deputy = DeputyFactory(unit=duty.unit).person
    own = another(duty, deputy)
    client.force_login(deputy)

    page = page_of(client.get(reverse("tasks:leader-approval", args=[own.pk])))
    response = send(client, report, "approve-as-leader")

    assert "填报人不能审签自己的报告" in page
    assert "同意报送" not in page
    assert response.url == reverse("tasks:leader-approvals")
    assert send(client, own, "approve-as-leader").status_code == 403


@pytest.mark.parametrize(
    ("role", "approves"), [(Role.LEADER, True), (Role.LIAISON, False), (Role.OFFICE, False), (Role.AUDITOR, False)]
)
def test_the_menu_shows_the_way_to_who_approves(client, duty, leader, role, approves):
    client.force_login(UserFactory(role=role, unit=duty.unit if role in (Role.LEADER, Role.LIAISON) else None))

    page = page_of(client.get(reverse("tasks:tasks")))

    assert (f'href="{reverse("tasks:leader-approvals")}"' in page) is approves


def test_a_report_of_another_unit_is_not_there(client, report):
    client.force_login(UserFactory(role=Role.LEADER))

    assert client.get(reverse("tasks:leader-approval", args=[report.pk])).status_code == 404


# --- several at once --------------------------------------------------------------------------------------------------

APPROVE, RETURN = reverse("tasks:approve-several-as-leader"), reverse("tasks:send-back-several")
LIST = reverse("tasks:leader-approvals")


@pytest.fixture
def three(duty, leader, liaison, report):
    return [report, another(duty, liaison), another(duty, liaison)]


def ticked(*reports, **more):
    return {"report": [f"{report.pk}:{report.version}" for report in reports], "confirm": "1", **more}


def states(*reports):
    for report in reports:
        report.refresh_from_db()
    return [report.state for report in reports]


def numbers(*reports):
    return "、".join(f"第{report.assignment.task.number}项" for report in reports)


def test_a_leader_starts_where_reports_are_approved_and_others_do_not(client, duty, leader, liaison):
    elsewhere = UserFactory(role=Role.LEADER)
    starts = {}
    for user in (leader, liaison, elsewhere):
        client.force_login(user)
        starts[user] = client.get(reverse("home")).url

    assert starts[leader] == LIST
    assert LIST not in (starts[liaison], starts[elsewhere])


def test_the_list_has_all_that_is_read_of_a_report(client, leader, liaison, duty):
    written = {"text": "已发布政策3条。", "obstacles": "更新不及时。", "next_steps": "下月核查。"}
    submit(duty, by=liaison, evidence=1, claims_completion=True, **written)
    client.force_login(leader)

    page = page_of(client.get(LIST))

    shown = (*written.values(), "围绕招商引资做好信息发布。", "申报办结", "发布页面", "全部同意（本页1份）")
    assert [words for words in shown if words not in page] == []


def test_the_ticked_ones_are_approved_by_one_click_and_named(client, leader, three):
    client.force_login(leader)

    response = client.post(APPROVE, ticked(*three[:2], **{"from": LIST}), follow=True)

    assert states(*three) == [ReportState.SUBMITTED, ReportState.SUBMITTED, ReportState.AWAITING_LEADER]
    assert response.redirect_chain == [(LIST, 302)]
    assert f"已同意报送2份：{numbers(*three[:2])}。" in page_of(response)


def test_all_means_all_that_the_page_showed(client, leader, liaison, duty, three):
    client.force_login(leader)
    shown = client.get(LIST).context["to_approve"]
    later = another(duty, liaison)
    posted = {"scope": "all", "shown": ",".join(f"{report.pk}:{report.version}" for report in shown)}

    preview = client.post(APPROVE, posted)
    client.post(APPROVE, {**ticked(*preview.context["taken"])})

    assert "将同意报送3份" in page_of(preview)
    assert states(*three, later) == [ReportState.SUBMITTED] * 3 + [ReportState.AWAITING_LEADER]


def test_what_cannot_go_is_named_and_the_rest_goes(client, leader, liaison, duty, three):
    changed, suspended, good = three
    read = ticked(*three)
    reports.withdraw(changed, by=liaison)
    submit(changed.assignment, by=liaison, text="改过的内容。")
    Assignment.objects.filter(pk=suspended.assignment_id).update(suspended=True)
    client.force_login(leader)

    response = client.post(APPROVE, read)

    told = {result.row: result.error for result in response.context["results"]}
    assert told[changed].startswith("联络员已撤回修改并重新送审")
    assert told[suspended] == "该事项已中止，恢复办理后再审签。"
    assert told[good] == ""
    assert "已同意报送1份，未送出2份" in page_of(response)
    assert states(*three) == [ReportState.AWAITING_LEADER, ReportState.AWAITING_LEADER, ReportState.SUBMITTED]


def test_a_claim_that_became_incomplete_is_named(client, leader, liaison, duty):
    claimed, plain = claim(duty, by=liaison), another(duty, liaison)
    claimed.evidence.all().delete()
    client.force_login(leader)

    response = client.post(APPROVE, ticked(claimed, plain))

    told = {result.row: result.error for result in response.context["results"]}
    assert told == {claimed: "申报办结须至少附一项佐证材料。", plain: ""}


def test_a_double_click_does_nothing_twice(client, leader, three):
    client.force_login(leader)

    responses = [client.post(APPROVE, ticked(*three)) for _ in range(2)]

    assert [response.status_code for response in responses] == [302, 302]
    assert [report.assignment.transitions.count() for report in three] == [1, 1, 1]


def test_the_second_of_two_deputies_is_told(client, duty, leader, three):
    client.force_login(DeputyFactory(unit=duty.unit).person)
    client.post(APPROVE, ticked(*three[:2]))
    client.force_login(leader)

    response = client.post(APPROVE, ticked(*three))

    told = {result.row: result.error for result in response.context["results"]}
    assert ["审签），本次审签未生效" in told[report] for report in three] == [True, True, False]


def test_an_own_report_is_left_to_another_hand(client, duty, leader, liaison, report):
    deputy = DeputyFactory(unit=duty.unit).person
    own = another(duty, deputy)
    client.force_login(deputy)

    page = client.get(LIST)
    response = client.post(APPROVE, ticked(report, own))

    assert page.context["to_approve"] == [report]
    assert {result.row: bool(result.error) for result in response.context["results"]} == {report: False, own: True}
    assert states(report, own) == [ReportState.SUBMITTED, ReportState.AWAITING_LEADER]


def test_several_are_returned_with_one_comment(client, leader, three):
    client.force_login(leader)

    response = client.post(RETURN, ticked(*three[1:], **{"back-comment": "请写明日期。"}), follow=True)

    assert states(*three) == [ReportState.AWAITING_LEADER, ReportState.DRAFT, ReportState.DRAFT]
    assert {report.leader_comment for report in three[1:]} == {"请写明日期。"}
    assert f"已退回修改2份：{numbers(*three[1:])}。" in page_of(response)


def test_without_a_comment_none_is_returned_and_it_is_asked_for(client, leader, three):
    client.force_login(leader)

    response = client.post(RETURN, ticked(*three))

    assert response.status_code == 422
    assert "请填写修改意见。" in page_of(response)
    assert states(*three) == [ReportState.AWAITING_LEADER] * 3


def test_one_is_returned_in_the_list_and_reading_goes_on_there(client, leader, three):
    client.force_login(leader)

    response = send(client, three[0], "send-back", **{"back-comment": "请写明日期。", "in_list": "1"})

    assert response.url == f"{LIST}#report-{three[1].pk}"


def test_a_refused_return_stays_open_in_the_list_as_typed(client, leader, three):
    client.force_login(leader)
    typed = {"back-comment": "字" * 2001, "back-version": three[0].version, "in_list": "1"}

    response = send(client, three[0], "send-back", **typed)

    assert (response.status_code, states(*three)) == (422, [ReportState.AWAITING_LEADER] * 3)
    assert response.context["reports"][0].back_form["comment"].value() == "字" * 2001


def test_a_return_in_the_list_of_what_was_taken_back_keeps_the_words(client, leader, liaison, three):
    read = three[0].version
    reports.withdraw(three[0], by=liaison)
    client.force_login(leader)

    response = send(
        client, three[0], "send-back", **{"back-comment": "请写明日期。", "back-version": read, "in_list": "1"}
    )

    assert response.status_code == 409
    assert '您填写的修改意见：</p><div class="prose"><p>请写明日期。' in page_of(response)


@pytest.mark.parametrize("posted", [{}, {"report": "x"}, {"scope": "all"}, {"scope": "all", "shown": "1:"}])
def test_nothing_ticked_is_said(client, leader, posted):
    client.force_login(leader)

    responses = [client.post(address, posted) for address in (APPROVE, RETURN)]

    assert [response.status_code for response in responses] == [422, 422]
    assert "请先勾选待审签的报告。" in page_of(responses[0])


def test_a_report_of_another_unit_is_not_approved(client, three):
    client.force_login(UserFactory(role=Role.LEADER))

    assert client.post(APPROVE, ticked(*three)).status_code == 422
    assert states(*three) == [ReportState.AWAITING_LEADER] * 3


# --- one after another ------------------------------------------------------------------------------------------------


def test_the_page_says_where_its_report_stands_and_leads_on(client, leader, three):
    client.force_login(leader)

    response = client.get(reverse("tasks:leader-approval", args=[three[1].pk]))

    assert response.context["place"] == {"number": 2, "total": 3, "previous": three[0].pk, "next": three[2].pk}
    assert "2/3" in page_of(response)


def test_after_an_answer_the_next_one_opens_and_the_message_names_the_duty(client, leader, three):
    client.force_login(leader)

    answers = [send(client, report, "approve-as-leader") for report in (three[1], three[2], three[0])]

    following = [reverse("tasks:leader-approval", args=[report.pk]) for report in (three[2], three[0])]
    assert [answer.url for answer in answers] == [*following, LIST]
    assert f"{numbers(three[0])}已同意，报告已送出。" in page_of(client.get(LIST))


# --- the liaison ------------------------------------------------------------------------------------------------------


@pytest.fixture
def signed_in(client, leader, liaison):
    client.force_login(liaison)
    return client


def test_they_are_told_that_it_went_to_the_leader(signed_in, duty):
    typed = {"action": "submit", "version": 0, "text": "已发布政策5条。", **ATTESTED}

    response = signed_in.post(reverse("tasks:report", args=[duty.pk]), typed, follow=True)

    page = page_of(response)
    assert "已送分管领导审签，审签同意后送出。" in page
    assert "待分管领导审签" in page
    assert "还没有流转记录" in page


def test_instead_of_the_form_they_sees_where_it_is(signed_in, duty, report):
    page = page_of(signed_in.get(reverse("tasks:report", args=[duty.pk])))

    assert "待分管领导审签" in page
    assert "撤回" in page
    assert "已发布政策3条。" in page
    assert "report-form" not in page


def test_they_takes_it_back_and_writes_on(signed_in, duty, report):
    response = signed_in.post(reverse("tasks:withdraw", args=[report.pk]), follow=True)

    assert "已撤回为草稿" in page_of(response)
    assert response.context["form"]["text"].value() == "已发布政策3条。"


@pytest.mark.parametrize("action", ["save", "submit", "attach", "link", "discard"])
def test_a_form_left_open_in_another_tab_is_told_and_keeps_its_words(signed_in, duty, report, action):
    typed = {"action": action, "version": report.version, "text": "另一个窗口的文字。", **ATTESTED}

    response = signed_in.post(reverse("tasks:report", args=[duty.pk]), typed)

    report.refresh_from_db()
    assert (response.status_code, report.text) == (409, "已发布政策3条。")
    assert response.context["form"]["text"].value() == "另一个窗口的文字。"
    page = page_of(response)
    assert "已送分管领导审签，不能再修改" in page
    assert "另一个窗口的文字。" in page


def test_saving_by_itself_is_told_as_well(signed_in, duty, report):
    response = signed_in.post(
        reverse("tasks:autosave", args=[duty.pk]), {"version": report.version, "text": "另一个窗口的文字。"}
    )

    assert response.status_code == 409
    assert "已送分管领导审签" in response.json()["error"]


def test_once_approved_the_card_says_by_whom(signed_in, duty, leader, report):
    leader_approval.approve(report, by=leader)

    page = page_of(signed_in.get(reverse("tasks:assignment", args=[duty.pk])))

    assert f"审签人 {leader}" in page


def test_the_duty_shows_its_unit_what_waits_for_the_leader(signed_in, duty, report):
    page = page_of(signed_in.get(reverse("tasks:assignment", args=[duty.pk])))

    assert [words in page for words in ("已发布政策3条。", "发布页面", "还没有报送进展")] == [True, True, False]


def test_the_leaders_return_looks_and_counts_like_the_offices(signed_in, duty, leader, report):
    leader_approval.send_back(report, by=leader, comment="请补充发布数量。")

    duty_page = page_of(signed_in.get(reverse("tasks:assignment", args=[duty.pk])))
    listed = signed_in.get(reverse("tasks:assignments"), {"returned": "yes"})

    assert "分管领导退回修改：</strong>请补充发布数量。" in duty_page
    assert [words in duty_page for words in ("退回待补正", "修改后重新送审")] == [True, True]
    assert (rows(listed), listed.context["answers_owed"]()) == ([duty], 1)
    assert "退回待补正" in page_of(listed)
    submit(duty, by=report.author)
    sent_again = signed_in.get(reverse("tasks:assignments"), {"returned": "yes"})
    assert (rows(sent_again), sent_again.context["answers_owed"]()) == ([], 0)
