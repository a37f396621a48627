"""Requests for a later deadline on the pages: asked, decided one by one and several at once."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from tasks.choices import ExtensionState
from tasks.models import Extension
from tasks.services.deadlines import extensions, suspension
from tests.factories import AssignmentFactory, ExtensionFactory, PlanFactory, TaskFactory, complete
from tests.made_files import pdf_upload, program_upload
from tests.pages import page_of, rows
from wenshang_disclosure.core.dates import on_day

pytestmark = pytest.mark.django_db

SEPTEMBER = dt.date(2024, 9, 20)
LATER = "2025-01-31"


@pytest.fixture(scope="module")
def county_made_at():
    return on_day(SEPTEMBER)


@pytest.fixture(autouse=True)
def september():
    with time_machine.travel(on_day(SEPTEMBER), tick=False):
        yield


@pytest.fixture
def liaison(client, county):
    extensions.withdraw(county.extension, by=county.people["liaison"])
    client.force_login(county.people["liaison"])
    return client


@pytest.fixture
def lead(client, county):
    client.force_login(county.people["lead"])
    return client


def ask(client, duty, **typed):
    return client.post(
        reverse("tasks:ask-extension", args=[duty.pk]),
        {"requested_due_on": LATER, "reason": "上级文件印发较晚。", **typed},
    )


def decide(client, extension, decision, **typed):
    return client.post(reverse("tasks:decide-extension", args=[extension.pk]), {"decision": decision, **typed})


def several(client, *requests, **typed):
    return client.post(
        reverse("tasks:decide-extensions"), {"extensions": [request.pk for request in requests], **typed}
    )


# --- asking -----------------------------------------------------------------------------------------------------------


def test_a_liaison_asks_with_files(liaison, county):
    response = ask(liaison, county.duty, files=[pdf_upload("一.pdf"), pdf_upload("二.pdf")])

    request = Extension.objects.open().get()
    assert response.url == reverse("tasks:assignment", args=[county.duty.pk])
    assert (request.requested_due_on, request.requested_by) == (dt.date(2025, 1, 31), county.people["liaison"])
    assert [file.file_name for file in request.files.all()] == ["一.pdf", "二.pdf"]


def test_what_was_typed_stays_where_a_file_is_not_taken(liaison, county):
    response = ask(liaison, county.duty, files=[program_upload("方案.pdf")])

    page = page_of(response)
    assert response.status_code == 422
    assert "内容与扩展名 .pdf 不符" in page
    assert ("上级文件印发较晚。" in page, 'value="2025-01-31"' in page, "须重新选择" in page) == (True, True, True)
    assert not Extension.objects.open().exists()


@pytest.mark.parametrize("day", ["", "2025-02-29", "2024-12-31", "2024-09-01"])
def test_a_day_that_cannot_be_asked_for_is_said(liaison, county, day):
    response = ask(liaison, county.duty, requested_due_on=day)

    assert response.status_code == 422
    assert "上级文件印发较晚。" in page_of(response)


def test_why_so_late_is_asked_for_after_the_deadline_only(liaison, county):
    address = reverse("tasks:ask-extension", args=[county.duty.pk])
    with time_machine.travel(on_day(dt.date(2024, 12, 31), 23, 59), tick=False):
        liaison.force_login(county.people["liaison"])
        in_time = "逾期后才申请的原因" in page_of(liaison.get(address))
    with time_machine.travel(on_day(dt.date(2025, 1, 1), 0), tick=False):
        late = "逾期后才申请的原因" in page_of(liaison.get(address))
        refused = ask(liaison, county.duty)

    assert (in_time, late, refused.status_code) == (False, True, 422)
    assert "请写明为什么没有在时限之前申请" in page_of(refused)


def test_a_second_request_conflicts_and_keeps_what_was_typed(client, county):
    client.force_login(county.people["liaison"])

    response = ask(client, county.duty)

    assert response.status_code == 409
    assert "已有一项延期申请待决定" in page_of(response)
    assert "上级文件印发较晚。" in page_of(response)


def test_where_nothing_can_be_asked_for_the_page_says_why(client, county):
    client.force_login(county.people["liaison"])
    address = reverse("tasks:ask-extension", args=[county.duty.pk])
    waits = page_of(client.get(address))
    suspension.suspend(county.duty, by=county.people["office"], reason="等待上级文件。")

    is_suspended = page_of(client.get(address))

    assert ("等待县政府办公室决定" in waits, "恢复办理后才能延期" in is_suspended) == (True, True)
    assert "提交申请" not in waits + is_suspended


def test_the_liaison_takes_a_request_back(client, county):
    client.force_login(county.people["liaison"])
    address = reverse("tasks:extension", args=[county.extension.pk])
    assert "撤回申请" in page_of(client.get(address))

    response = client.post(reverse("tasks:withdraw-extension", args=[county.extension.pk]), follow=True)

    county.extension.refresh_from_db()
    assert county.extension.state == ExtensionState.WITHDRAWN
    assert "申请延期" in page_of(response)
    assert "撤回申请" not in page_of(client.get(address))


# --- the queue --------------------------------------------------------------------------------------------------------


def test_the_queue_shows_the_oldest_first_then_the_latest_decisions_of_all_years(office, county):
    next_year = TaskFactory(section__part__plan=PlanFactory(year=2025), due_on=dt.date(2025, 12, 31))
    with time_machine.travel(on_day(dt.date(2024, 9, 1)), tick=False):
        oldest = ExtensionFactory(assignment=AssignmentFactory(task=next_year))
        decided = [ExtensionFactory(assignment=AssignmentFactory(task=next_year)) for _ in range(2)]
        extensions.grant(decided[0], by=county.people["reviewer"])
    extensions.refuse(decided[1], by=county.people["reviewer"], comment="理由不充分。")

    response = office.get(reverse("tasks:extensions"))

    assert rows(response) == [oldest, county.extension, decided[1], decided[0]]
    assert rows(office.get(reverse("tasks:extensions"), {"state": "granted"})) == [decided[0]]
    assert rows(office.get(reverse("tasks:extensions"), {"plan": county.plan.pk})) == [county.extension]


def test_a_unit_sees_its_own_and_a_lead_none_of_others(client, county):
    other = ExtensionFactory(assignment=county.other_duty)
    seen = {}
    for who in ("office", "auditor", "liaison", "lead", "stranger"):
        client.force_login(county.people[who])
        seen[who] = set(rows(client.get(reverse("tasks:extensions"))))

    assert seen == {
        "office": {county.extension, other},
        "auditor": {county.extension, other},
        "liaison": {county.extension},
        "lead": set(),
        "stranger": {other},
    }


@pytest.mark.parametrize(("who", "ticks"), [("office", True), ("reviewer", True), ("auditor", False), ("lead", False)])
def test_only_who_decides_can_tick_and_is_told_how_many_wait(client, county, who, ticks):
    client.force_login(county.people[who])

    response = client.get(reverse("tasks:extensions"))

    page = page_of(response)
    assert (f'value="{county.extension.pk}" aria-label' in page, "全选本页" in page) == (ticks, ticks)
    assert response.context.get("waiting_requests", int)() == int(ticks)


def test_what_is_suspended_waits_for_nobody(office, county):
    suspension.suspend(county.duty, by=county.people["office"], reason="等待上级文件。")

    assert rows(office.get(reverse("tasks:extensions"))) == []


# --- deciding ---------------------------------------------------------------------------------------------------------


def test_one_request_stands_beside_its_duty_with_files_and_the_light_in_between(office, county):
    with time_machine.travel(on_day(dt.date(2025, 1, 10)), tick=False):
        office.force_login(county.people["office"])
        page = page_of(office.get(reverse("tasks:extension", args=[county.extension.pk])))

    assert county.extension.reason in page
    assert county.task.requirement in page
    assert reverse("tasks:extension-file", args=[county.extension_file.pk]) in page
    assert "2025-01-01至2025-01-09亮“逾期”。" in page


def test_granting_goes_on_to_the_next(office, county):
    later = ExtensionFactory(assignment=county.other_duty, requested_at=on_day(dt.date(2024, 9, 21)))

    response = decide(office, county.extension, "grant", **{"grant-due_on": "2025-01-20", "grant-comment": "同意。"})

    county.duty.refresh_from_db()
    assert response.url == reverse("tasks:extension", args=[later.pk])
    assert county.duty.due_on == dt.date(2025, 1, 20)
    assert decide(office, later, "refuse", **{"refuse-comment": "否。"}).url == reverse("tasks:extensions")


def test_a_day_that_is_not_later_comes_back_with_what_was_typed(office, county):
    response = decide(office, county.extension, "grant", **{"grant-due_on": "2024-12-31", "grant-comment": "写好的话"})

    assert response.status_code == 422
    assert "须晚于现行时限2024-12-31" in page_of(response)
    assert "写好的话" in page_of(response)


def test_the_second_who_decides_is_told_and_keeps_the_words(office, county):
    extensions.grant(county.extension, by=county.people["reviewer"])

    response = decide(office, county.extension, "refuse", **{"refuse-comment": "写好的话"})

    assert response.status_code == 409
    assert f"已由{county.people['reviewer']}于" in page_of(response)
    assert "写好的话" in page_of(response)


def test_a_refusal_needs_words(office, county):
    response = decide(office, county.extension, "refuse", **{"refuse-comment": "  "})

    county.extension.refresh_from_db()
    assert response.status_code == 422
    assert county.extension.is_open


def test_who_asked_is_offered_no_decision(client, county):
    asker = county.people["liaison"]
    asker.role, asker.unit = "reviewer", None
    asker.save()
    client.force_login(asker)

    page = page_of(client.get(reverse("tasks:extension", args=[county.extension.pk])))
    response = decide(client, county.extension, "grant", **{"grant-due_on": LATER})

    assert "须由其他人员决定" in page
    assert "同意延期" not in page
    assert response.status_code == 403


def test_the_file_comes_as_an_attachment(office, county):
    response = office.get(reverse("tasks:extension-file", args=[county.extension_file.pk]))

    assert response["Content-Disposition"].startswith("attachment")
    assert (response["Content-Type"], response["X-Content-Type-Options"]) == ("application/pdf", "nosniff")
    assert b"".join(response.streaming_content).startswith(b"%PDF")


# --- several at once --------------------------------------------------------------------------------------------------


@pytest.fixture
def three(county):
    """Two that can be decided and one whose duty is done by now."""
    other = ExtensionFactory(assignment=county.other_duty)
    done = ExtensionFactory(assignment=AssignmentFactory(task=county.task))
    complete(done.assignment)
    return county.extension, other, done


def outcome(response):
    shown = response.context["results" if "results" in response.context else "rows"]
    return [(result.row.pk, result.error) for result in shown]


def test_before_deciding_the_page_shows_what_would_happen_and_changes_nothing(office, three):
    response = several(office, *three, decision="grant")

    states = set(Extension.objects.values_list("state", flat=True))
    assert response.status_code == 200
    assert states == {ExtensionState.REQUESTED}
    assert outcome(response) == [(three[0].pk, ""), (three[1].pk, ""), (three[2].pk, "该事项已办结，不再延期。")]
    assert [result.outcome.due_on for result in response.context["rows"][:2]] == [dt.date(2025, 1, 31)] * 2
    assert "同意这2项" in page_of(response)


def test_another_day_is_rehearsed_before_it_is_carried_out(office, three):
    response = several(office, three[0], decision="grant", preview="1", due_on="2025-03-01", comment="一并顺延。")

    assert response.context["rows"][0].outcome.due_on == dt.date(2025, 3, 1)
    assert "一并顺延。" in page_of(response)
    assert Extension.objects.get(pk=three[0].pk).is_open


def test_each_row_is_decided_by_itself_and_says_what_became_of_it(office, county, three):
    response = several(office, *three, decision="grant", confirm="1", due_on="", comment="同意。")

    assert outcome(response) == [(three[0].pk, ""), (three[1].pk, ""), (three[2].pk, "该事项已办结，不再延期。")]
    assert list(Extension.objects.order_by("pk").values_list("state", flat=True)) == ["granted", "granted", "requested"]
    assert county.duty.transitions.first().reason.endswith("决定意见：同意。")
    assert "已办理2项" in page_of(response)


def test_sent_a_second_time_nothing_is_decided_twice(office, county, three):
    sent = {"decision": "grant", "confirm": "1", "due_on": "", "comment": ""}
    several(office, *three[:2], **sent)

    again = several(office, *three[:2], **sent)

    assert all("本次决定未生效" in obstacle for _, obstacle in outcome(again))
    assert county.duty.transitions.filter(event="extended").count() == 1


def test_several_are_refused_for_one_reason(office, three):
    asked = several(office, *three, decision="refuse", confirm="1", comment=" ")
    done = several(office, *three, decision="refuse", confirm="1", comment="理由不充分。")

    assert (asked.status_code, done.status_code) == (422, 200)
    assert {request.comment for request in Extension.objects.all()} == {"理由不充分。"}


def test_nothing_ticked_or_nonsense_is_said(office, county):
    for ids in ([], ["x"], ["9" * 30]):
        response = office.post(reverse("tasks:decide-extensions"), {"extensions": ids, "decision": "grant"})

        assert response.status_code == 422
        assert "没有勾选" in page_of(response)


def test_one_that_oneself_asked_for_is_left_to_others(client, county):
    asker = county.people["liaison"]
    asker.role, asker.unit = "office", None
    asker.save()
    other = ExtensionFactory(assignment=county.other_duty)
    client.force_login(asker)

    response = several(client, county.extension, other, decision="grant", confirm="1", due_on="", comment="")

    assert outcome(response) == [(county.extension.pk, extensions.FOUR_EYES), (other.pk, "")]


# --- on the duty's page -----------------------------------------------------------------------------------------------


def test_the_duty_shows_its_requests_and_offers_a_new_one_once_decided(client, county):
    client.force_login(county.people["liaison"])
    address = reverse("tasks:assignment", args=[county.duty.pk])
    waiting = page_of(client.get(address))
    extensions.refuse(county.extension, by=county.people["office"], comment="理由不充分。")

    refused = page_of(client.get(address))

    asks = reverse("tasks:ask-extension", args=[county.duty.pk])
    assert ("待决定" in waiting, asks in waiting) == (True, False)
    assert ("原因：理由不充分。" in refused, asks in refused) == (True, True)


def test_after_it_the_first_deadline_stays_visible(office, county):
    extensions.grant(county.extension, by=county.people["reviewer"])

    page = page_of(office.get(reverse("tasks:assignment", args=[county.duty.pk])))

    assert "原定时限" in page
    assert "时限由2024-12-31延至2025-01-31" in page


def test_a_completed_duty_offers_no_step(office, county):
    complete(county.other_duty)

    page = page_of(office.get(reverse("tasks:assignment", args=[county.other_duty.pk])))

    assert all(words not in page for words in ("调整时限", "中止", "改派"))
