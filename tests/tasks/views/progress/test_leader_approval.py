"""The unit's leader reads, approves or sends back; the liaison sees where their report is."""

import pytest
from django.urls import reverse

from departments.choices import Role
from tasks.choices import ReportState
from tasks.services.progress import leader_approval, reports
from tests.factories import AssignmentFactory, DeputyFactory, TaskFactory, UserFactory, asks_its_leader, submit
from tests.pages import page_of

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
    assert response.context["waiting_leader_approvals"] == 2


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
    assert "分管领导退回修改：</strong>请补充发布数量。" in page


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
