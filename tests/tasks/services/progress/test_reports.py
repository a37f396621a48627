"""A unit writes, submits, takes back and answers a report (design: Rules of progress)."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from departments.choices import Role
from tasks.choices import DutyRole, ReportState, Status
from tasks.models import Evidence, ProgressReport, Transition
from tasks.services.progress import evidence, reports, reviews
from tests.factories import (
    AssignmentFactory,
    EvidenceFactory,
    ReportFactory,
    TaskFactory,
    UserFactory,
    claim,
    complete,
    submit,
)
from wenshang_disclosure.core.web.errors import Conflict, Refused

pytestmark = pytest.mark.django_db

ATTESTED = {"attested": True, "attested_name": "保密员甲"}


@pytest.fixture
def duty():
    return AssignmentFactory()


@pytest.fixture
def liaison(duty):
    return UserFactory(unit=duty.unit)


@pytest.fixture
def reviewer():
    return UserFactory(role=Role.REVIEWER)


def strangers(unit):
    """One person of every kind who must not write for `unit`."""
    return {
        "liaison of another unit": UserFactory(),
        "leader of the unit": UserFactory(role=Role.LEADER, unit=unit),
        "office": UserFactory(role=Role.OFFICE, unit=unit),
        "superuser": UserFactory(role=Role.OFFICE, is_superuser=True, is_staff=True),
        "reviewer": UserFactory(role=Role.REVIEWER, unit=unit),
        "auditor": UserFactory(role=Role.AUDITOR, unit=unit),
        "liaison whose account is off": UserFactory(unit=unit, is_active=False),
    }


STRANGERS = [
    "liaison of another unit",
    "leader of the unit",
    "office",
    "superuser",
    "reviewer",
    "auditor",
    "liaison whose account is off",
]


# --- drafts -----------------------------------------------------------------------------------------------------------


def test_the_first_save_begins_a_draft(duty, liaison):
    draft = reports.save_draft(duty, by=liaison, version=0, text="已印发方案。", obstacles="人手不足。")

    draft.refresh_from_db()
    assert (draft.state, draft.version, draft.author) == (ReportState.DRAFT, 1, liaison)
    assert (draft.text, draft.obstacles, draft.next_steps) == ("已印发方案。", "人手不足。", "")
    assert list(draft.writers.all()) == [liaison]


def test_a_save_changes_what_was_typed_and_leaves_the_rest(duty, liaison):
    first = reports.save_draft(duty, by=liaison, version=0, text="一稿。", next_steps="下月公开。")

    second = reports.save_draft(duty, by=liaison, version=1, text="二稿。")

    assert (second.pk, second.version) == (first.pk, 2)
    assert (second.text, second.next_steps) == ("二稿。", "下月公开。")


def test_a_colleague_who_saves_becomes_a_writer_and_the_author_stays(duty, liaison):
    colleague = UserFactory(unit=duty.unit)
    reports.save_draft(duty, by=liaison, version=0, text="一稿。")

    draft = reports.save_draft(duty, by=colleague, version=1, text="二稿。")

    assert draft.author == liaison
    assert set(draft.writers.all()) == {liaison, colleague}


@pytest.mark.parametrize("version", [0, 1, 3])
def test_a_form_filled_from_another_version_conflicts_and_changes_nothing(duty, liaison, version):
    reports.save_draft(duty, by=liaison, version=0, text="一稿。")
    reports.save_draft(duty, by=liaison, version=1, text="二稿。")

    with pytest.raises(Conflict, match="已在别处修改"):
        reports.save_draft(duty, by=liaison, version=version, text="三稿。")

    assert list(duty.reports.values_list("text", "version")) == [("二稿。", 2)]


def test_a_form_whose_draft_is_gone_conflicts(duty, liaison):
    reports.save_draft(duty, by=liaison, version=0, text="一稿。")
    reports.discard_draft(duty, by=liaison)

    with pytest.raises(Conflict, match="已被报送或删除"):
        reports.save_draft(duty, by=liaison, version=1, text="二稿。")

    assert duty.reports.count() == 0


@pytest.mark.parametrize("who", STRANGERS)
def test_only_the_units_own_liaison_writes(duty, liaison, who):
    by = strangers(duty.unit)[who]
    reports.save_draft(duty, by=liaison, version=0, text="一稿。")

    for attempt in (
        lambda: reports.save_draft(duty, by=by, version=1, text="改写"),
        lambda: reports.submit(duty, by=by, version=1, text="改写", **ATTESTED),
        lambda: reports.discard_draft(duty, by=by),
        lambda: reports.start_answer(duty, by=by),
    ):
        with pytest.raises(PermissionDenied):
            attempt()

    assert list(duty.reports.values_list("text", "state")) == [("一稿。", "draft")]


def test_a_completed_duty_takes_no_new_report(duty, liaison):
    complete(duty)

    with pytest.raises(Refused, match="已办结"):
        reports.save_draft(duty, by=liaison, version=0, text="补充。")

    assert duty.reports.count() == 1


def test_a_released_duty_takes_no_new_report_from_that_day_on(duty, liaison):
    duty.released_on = timezone.localdate()
    duty.save()

    with pytest.raises(Refused, match="已解除"):
        reports.save_draft(duty, by=liaison, version=0, text="补充。")

    assert duty.reports.count() == 0


def test_a_duty_to_be_released_tomorrow_still_takes_a_report(duty, liaison):
    duty.released_on = timezone.localdate() + datetime.timedelta(days=1)
    duty.save()

    draft = reports.save_draft(duty, by=liaison, version=0, text="补充。")

    assert draft.is_draft


def test_a_draft_is_discarded_with_its_evidence_list(duty, liaison):
    EvidenceFactory(report=reports.save_draft(duty, by=liaison, version=0, text="一稿。"))

    reports.discard_draft(duty, by=liaison)

    assert (ProgressReport.objects.count(), Evidence.objects.count()) == (0, 0)


def test_discarding_a_draft_that_is_gone_conflicts(duty, liaison):
    submit(duty, by=liaison)

    with pytest.raises(Conflict, match="草稿已不存在"):
        reports.discard_draft(duty, by=liaison)

    assert duty.reports.count() == 1


def test_a_draft_that_was_once_submitted_cannot_be_discarded(duty, liaison):
    reports.withdraw(submit(duty, by=liaison), by=liaison)

    with pytest.raises(Refused, match="已有流转记录"):
        reports.discard_draft(duty, by=liaison)

    assert duty.reports.get().is_draft


# --- submitting -------------------------------------------------------------------------------------------------------


def test_a_plain_report_starts_the_duty_and_keeps_who_attested(duty, liaison):
    before = timezone.now()

    report = reports.submit(duty, by=liaison, version=0, text="已公开3条。", **ATTESTED)

    report.refresh_from_db()
    duty.refresh_from_db()
    assert (duty.status, duty.claimed_on) == (Status.IN_PROGRESS, None)
    assert (report.state, report.attested_by, report.attested_name) == (ReportState.SUBMITTED, liaison, "保密员甲")
    assert before <= report.submitted_at == report.attested_at <= timezone.now()
    assert list(duty.transitions.values_list("event", "by", "report")) == [("submitted", liaison.pk, report.pk)]


def test_a_further_plain_report_is_recorded_and_moves_nothing(duty, liaison):
    submit(duty, by=liaison)

    submit(duty, by=liaison, text="又公开2条。")

    told = list(duty.transitions.order_by("pk").values_list("event", "from_status", "to_status"))
    assert told == [("submitted", "not_started", "in_progress"), ("submitted", "in_progress", "in_progress")]


def test_a_first_report_that_claims_completion_records_both_steps(duty):
    report = claim(duty)

    duty.refresh_from_db()
    told = list(duty.transitions.order_by("pk").values_list("event", "from_status", "to_status", "report"))
    assert told == [
        ("submitted", "not_started", "in_progress", report.pk),
        ("claimed", "in_progress", "under_review", report.pk),
    ]
    assert (duty.status, duty.claimed_on) == (Status.UNDER_REVIEW, timezone.localdate())


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"text": ""}, "请填写进展情况"),
        ({"attested": False}, "保密审查"),
        ({"attested_name": ""}, "保密审查"),
        ({"claims_completion": True}, "至少附一项佐证材料"),
    ],
)
def test_a_report_that_lacks_something_is_refused_and_nothing_is_submitted(duty, liaison, changed, sentence):
    fields = {"text": "已公开3条。", **ATTESTED, **changed}

    with pytest.raises(Refused, match=sentence):
        reports.submit(duty, by=liaison, version=0, **fields)

    duty.refresh_from_db()
    assert (duty.status, duty.reports.submitted().count(), Transition.objects.count()) == ("not_started", 0, 0)


def test_a_refused_submission_leaves_the_saved_draft_and_its_version(duty, liaison):
    reports.save_draft(duty, by=liaison, version=0, text="一稿。")

    with pytest.raises(Refused):
        reports.submit(duty, by=liaison, version=1, text="", **ATTESTED)

    assert list(duty.reports.values_list("text", "version", "state")) == [("一稿。", 1, "draft")]


def test_a_stale_form_is_not_submitted(duty, liaison):
    reports.save_draft(duty, by=liaison, version=0, text="一稿。")
    reports.save_draft(duty, by=liaison, version=1, text="二稿。")

    with pytest.raises(Conflict):
        reports.submit(duty, by=liaison, version=1, text="旧稿。", **ATTESTED)

    assert list(duty.reports.values_list("text", "state")) == [("二稿。", "draft")]


def test_the_same_post_sent_twice_submits_once(duty, liaison):
    post = {"by": liaison, "version": 0, "text": "已公开3条。", **ATTESTED}

    first, second = reports.submit(duty, **post), reports.submit(duty, **post)

    assert first == second
    assert (duty.reports.count(), duty.transitions.count()) == (1, 1)


def test_the_same_post_from_a_saved_draft_sent_twice_submits_once(duty, liaison):
    reports.save_draft(duty, by=liaison, version=0, text="一稿。")
    post = {"by": liaison, "version": 1, "text": "已公开3条。", **ATTESTED}

    first, second = reports.submit(duty, **post), reports.submit(duty, **post)

    assert first == second
    assert (duty.reports.count(), duty.transitions.count()) == (1, 1)


def test_a_second_report_written_on_an_empty_form_is_not_taken_for_the_first(duty, liaison):
    first = reports.submit(duty, by=liaison, version=0, text="6月公开3条。", **ATTESTED)

    second = reports.submit(duty, by=liaison, version=0, text="7月公开2条。", **ATTESTED)

    assert second != first
    assert set(duty.reports.values_list("text", flat=True)) == {"6月公开3条。", "7月公开2条。"}


def test_a_submitted_report_is_frozen_and_the_next_text_goes_into_a_new_one(duty, liaison):
    report = submit(duty, by=liaison, text="6月公开3条。")

    draft = reports.save_draft(duty, by=liaison, version=0, text="7月公开2条。")

    report.refresh_from_db()
    assert (report.text, report.state) == ("6月公开3条。", ReportState.SUBMITTED)
    assert (draft.pk != report.pk, draft.text) == (True, "7月公开2条。")


@pytest.mark.parametrize("claims", [True, False])
def test_while_a_claim_is_under_review_nothing_more_is_submitted(duty, liaison, claims):
    claim(duty, by=liaison)

    with pytest.raises(Refused, match="正在审核"):
        submit(duty, by=liaison, evidence=1, claims_completion=claims)

    assert duty.reports.waiting().count() == 1


def test_a_draft_left_open_on_a_duty_that_was_released_is_not_submitted(duty, liaison):
    reports.save_draft(duty, by=liaison, version=0, text="一稿。")
    duty.released_on = timezone.localdate()
    duty.save()

    with pytest.raises(Refused):
        reports.submit(duty, by=liaison, version=1, **ATTESTED)

    assert duty.reports.get().is_draft


# --- counts -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def counted_duty():
    return AssignmentFactory(task=TaskFactory(target_count=2))


@pytest.mark.parametrize("count", [None, 0, 1])
def test_a_claim_whose_counts_fall_short_is_refused(counted_duty, count):
    with pytest.raises(Refused, match="要求完成2次"):
        claim(counted_duty, count=count)

    assert counted_duty.reports.submitted().count() == 0


@pytest.mark.parametrize("earlier", [ReportState.SUBMITTED, ReportState.APPROVED])
def test_counts_of_earlier_reports_add_up(counted_duty, reviewer, earlier):
    first = submit(counted_duty, count=1)
    if earlier == ReportState.APPROVED:
        reviews.approve(first, by=reviewer)

    report = claim(counted_duty, count=1)

    assert report.state == ReportState.SUBMITTED
    assert reports.counted(counted_duty) == 2


def test_a_returned_report_does_not_count(counted_duty, reviewer):
    reviews.return_(submit(counted_duty, count=1), by=reviewer, comment="次数不实。")

    with pytest.raises(Refused, match="累计填报1次"):
        claim(counted_duty, count=1)

    assert reports.counted(counted_duty) == 0


def test_a_plain_report_needs_no_count(counted_duty):
    report = submit(counted_duty, count=None)

    assert report.state == ReportState.SUBMITTED


# --- a lead's claim ---------------------------------------------------------------------------------------------------


@pytest.fixture
def led():
    """A lead's duty on a row with one responsible unit."""
    lead = AssignmentFactory(role=DutyRole.LEAD, coordinates=True)
    AssignmentFactory(task=lead.task)
    return lead


def test_a_lead_has_to_say_a_word_on_open_responsible_units(led):
    with pytest.raises(Refused, match="对未办结责任单位的说明"):
        claim(led)

    assert led.reports.submitted().count() == 0


def test_a_lead_who_says_a_word_is_not_blocked(led):
    report = claim(led, open_units_note="该单位因机构改革，预计12月办结。")

    led.refresh_from_db()
    assert led.status == Status.UNDER_REVIEW
    assert report.open_units_note == "该单位因机构改革，预计12月办结。"


def test_a_lead_whose_units_are_all_done_needs_no_word(led):
    complete(led.task.assignments.get(role=DutyRole.RESPONSIBLE))

    claim(led)

    led.refresh_from_db()
    assert led.status == Status.UNDER_REVIEW


def test_open_units_are_the_owing_responsible_ones_of_the_same_row(led):
    open_duty = led.task.assignments.get(role=DutyRole.RESPONSIBLE)
    complete(AssignmentFactory(task=led.task))
    claim(waiting := AssignmentFactory(task=led.task))
    AssignmentFactory(task=led.task, released_on=timezone.localdate())
    AssignmentFactory(task=led.task, role=DutyRole.LEAD)
    AssignmentFactory()

    shown = reports.open_responsible(led)

    assert set(shown) == {open_duty, waiting}


def test_who_leads_only_through_a_collective_answers_for_its_own_share(led):
    led.coordinates = False
    led.save()

    claim(led)

    led.refresh_from_db()
    assert led.status == Status.UNDER_REVIEW
    assert list(reports.open_responsible(led)) == []


def test_a_leads_plain_report_needs_no_word(led):
    report = submit(led)

    assert report.state == ReportState.SUBMITTED


# --- taking back ------------------------------------------------------------------------------------------------------


def test_a_withdrawn_report_is_a_draft_again_without_its_attestation(duty, liaison):
    report = submit(duty, by=liaison, text="已公开3条。")

    reports.withdraw(report, by=liaison)

    after = duty.reports.get()
    assert (after.state, after.text, after.version) == (ReportState.DRAFT, "已公开3条。", report.version + 1)
    assert (after.submitted_at, after.attested_at, after.attested_by, after.attested_name) == (None, None, None, "")
    assert list(duty.transitions.values_list("event", flat=True)) == ["withdrawn", "submitted"]


def test_withdrawing_a_claim_puts_the_duty_back_in_progress(duty, liaison):
    report = claim(duty, by=liaison)

    reports.withdraw(report, by=liaison)

    duty.refresh_from_db()
    assert (duty.status, duty.claimed_on, duty.awaits_answer) == (Status.IN_PROGRESS, None, False)


def test_withdrawing_a_plain_report_leaves_the_claim_under_review(duty, liaison):
    plain = submit(duty, by=liaison)
    claim(duty, by=liaison)

    reports.withdraw(plain, by=liaison)

    duty.refresh_from_db()
    assert (duty.status, duty.claimed_on) == (Status.UNDER_REVIEW, timezone.localdate())


def test_a_withdrawn_report_can_be_mended_and_submitted_again(duty, liaison):
    report = reports.withdraw(submit(duty, by=liaison), by=liaison)

    reports.submit(duty, by=liaison, version=report.version, text="更正：已公开4条。", **ATTESTED)

    after = duty.reports.get()
    assert (after.pk, after.state, after.text) == (report.pk, ReportState.SUBMITTED, "更正：已公开4条。")


def test_a_colleague_who_had_no_part_in_it_cannot_withdraw(duty, liaison):
    report = submit(duty, by=liaison)

    with pytest.raises(PermissionDenied, match="只有填报人"):
        reports.withdraw(report, by=UserFactory(unit=duty.unit))

    report.refresh_from_db()
    assert report.state == ReportState.SUBMITTED


def test_an_author_who_has_left_the_unit_cannot_withdraw(duty, liaison):
    report = submit(duty, by=liaison)
    liaison.unit = AssignmentFactory().unit
    liaison.save()

    with pytest.raises(PermissionDenied):
        reports.withdraw(report, by=liaison)

    report.refresh_from_db()
    assert report.state == ReportState.SUBMITTED


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (lambda report, by: reviews.approve(report, by=by), "已通过"),
        (lambda report, by: reviews.return_(report, by=by, comment="缺材料。"), "已退回"),
    ],
)
def test_a_reviewed_report_cannot_be_withdrawn(duty, liaison, reviewer, answer, word):
    report = submit(duty, by=liaison)
    state = answer(report, reviewer).state

    with pytest.raises(Conflict, match=word):
        reports.withdraw(report, by=liaison)

    report.refresh_from_db()
    assert report.state == state


def test_a_report_is_not_withdrawn_onto_another_open_draft(duty, liaison):
    report = submit(duty, by=liaison)
    reports.save_draft(duty, by=liaison, version=0, text="下一份。")

    with pytest.raises(Refused, match="另有一份草稿"):
        reports.withdraw(report, by=liaison)

    report.refresh_from_db()
    assert report.state == ReportState.SUBMITTED


def test_a_plain_report_on_a_completed_duty_is_not_withdrawn_into_a_draft_that_leads_nowhere(duty, liaison, reviewer):
    plain = submit(duty, by=liaison)
    reviews.approve(claim(duty, by=liaison), by=reviewer)

    with pytest.raises(Refused):
        reports.withdraw(plain, by=liaison)

    plain.refresh_from_db()
    assert plain.state == ReportState.SUBMITTED


# --- answering a return -----------------------------------------------------------------------------------------------


@pytest.fixture
def returned(duty, liaison, reviewer):
    report = claim(duty, by=liaison, text="已全部公开。", next_steps="持续更新。")
    return reviews.return_(report, by=reviewer, comment="缺少发布链接。")


def test_the_answer_begins_as_a_copy_with_its_evidence(duty, liaison, returned):
    answer = reports.start_answer(duty, by=liaison)

    assert (answer.answers, answer.state, answer.version) == (returned, ReportState.DRAFT, 1)
    assert (answer.text, answer.next_steps, answer.claims_completion) == ("已全部公开。", "持续更新。", True)
    copied = list(answer.evidence.values_list("order", "title", "url"))
    assert copied == list(returned.evidence.values_list("order", "title", "url"))
    assert list(answer.writers.all()) == [liaison]


def test_the_first_save_after_a_return_begins_the_answer(duty, liaison, returned):
    answer = reports.save_draft(duty, by=liaison, version=0, text="已补链接。")

    assert (answer.answers, answer.text, answer.next_steps) == (returned, "已补链接。", "持续更新。")
    assert answer.evidence.count() == 1


def test_opening_the_answer_twice_gives_the_same_draft(duty, liaison, returned):
    first = reports.start_answer(duty, by=liaison)

    second = reports.start_answer(duty, by=liaison)

    assert (first, first.version) == (second, second.version)
    assert duty.reports.count() == 2


def test_the_returned_report_stays_as_it_was(duty, liaison, returned):
    answer = reports.save_draft(duty, by=liaison, version=0, text="已补链接。", next_steps="")
    evidence.remove(answer.evidence.get(), by=liaison)
    evidence.attach_link(answer, "https://www.example.gov.cn/art/2", by=liaison, title="补充链接")

    reports.submit(duty, by=liaison, version=1, **ATTESTED)

    frozen = ProgressReport.objects.get(pk=returned.pk)
    assert (frozen.state, frozen.text, frozen.next_steps) == (ReportState.RETURNED, "已全部公开。", "持续更新。")
    assert (frozen.attested_by, frozen.review_comment) == (liaison, "缺少发布链接。")
    assert list(frozen.evidence.values_list("title", flat=True)) == ["发布页面"]
    assert list(answer.evidence.values_list("title", flat=True)) == ["补充链接"]


def test_a_return_waits_for_its_answer_until_the_answer_is_submitted(duty, liaison, returned):
    waits = []
    for act in (
        lambda: reports.start_answer(duty, by=liaison),
        lambda: reports.submit(duty, by=liaison, version=1, **ATTESTED),
        lambda: reports.withdraw(duty.reports.get(state=ReportState.SUBMITTED), by=liaison),
    ):
        act()
        duty.refresh_from_db()
        waits.append(duty.awaits_answer)

    assert waits == [True, False, True]


def test_an_answer_that_is_returned_is_answered_by_the_next_one(duty, liaison, reviewer, returned):
    reports.start_answer(duty, by=liaison)
    answer = reports.submit(duty, by=liaison, version=1, **ATTESTED)
    reviews.return_(answer, by=reviewer, comment="链接打不开。")

    second = reports.start_answer(duty, by=liaison)

    assert second.answers == answer
    assert reports.unanswered(duty) == answer


def test_a_report_that_follows_an_approved_answer_answers_nothing(duty, liaison, reviewer, returned):
    reports.save_draft(duty, by=liaison, version=0, claims_completion=False)
    reviews.approve(reports.submit(duty, by=liaison, version=1, **ATTESTED), by=reviewer)

    draft = reports.save_draft(duty, by=liaison, version=0, text="新的进展。")

    assert (draft.answers, draft.evidence.count()) == (None, 0)


def test_starting_an_answer_on_a_duty_of_another_unit_is_refused(duty, returned):
    with pytest.raises(PermissionDenied):
        reports.start_answer(duty, by=UserFactory())

    assert duty.reports.count() == 1


# --- what the database refuses ----------------------------------------------------------------------------------------


@pytest.fixture
def submitted():
    """What a report needs once it has left its unit."""
    now = timezone.now()
    return {"submitted_at": now, "attested_at": now, "attested_by": UserFactory(), "attested_name": "保密员甲"}


def test_a_duty_has_one_open_draft(duty, refused_by):
    ReportFactory(assignment=duty)

    with refused_by("one_open_draft_per_duty"):
        ReportFactory(assignment=duty)


def test_a_duty_has_one_claim_under_review(duty, submitted, refused_by):
    ReportFactory(assignment=duty, state=ReportState.SUBMITTED, claims_completion=True, **submitted)

    with refused_by("one_claim_under_review_per_duty"):
        ReportFactory(assignment=duty, state=ReportState.SUBMITTED, claims_completion=True, **submitted)


@pytest.mark.parametrize(
    "lacks", [{"submitted_at": None}, {"attested_at": None}, {"attested_by": None}, {"attested_name": ""}]
)
def test_a_report_leaves_its_unit_with_time_and_attester(duty, submitted, refused_by, lacks):
    report = ReportFactory(assignment=duty)

    with refused_by("left_draft_with_time_and_attester"):
        ProgressReport.objects.filter(pk=report.pk).update(state=ReportState.SUBMITTED, **{**submitted, **lacks})


@pytest.mark.parametrize("state", [ReportState.APPROVED, ReportState.RETURNED])
@pytest.mark.parametrize("lacks", [{"reviewed_at": None}, {"reviewed_by": None}])
def test_a_reviewed_report_has_time_and_reviewer(duty, submitted, refused_by, state, lacks):
    reviewed = {"reviewed_at": timezone.now(), "reviewed_by": UserFactory(), "review_comment": "意见", **lacks}

    with refused_by("reviewed_with_time_and_reviewer"):
        ReportFactory(assignment=duty, state=state, **submitted, **reviewed)


def test_a_returned_report_has_a_reason(duty, submitted, refused_by):
    reviewed = {"reviewed_at": timezone.now(), "reviewed_by": UserFactory(), "review_comment": ""}

    with refused_by("returned_with_a_reason"):
        ReportFactory(assignment=duty, state=ReportState.RETURNED, **submitted, **reviewed)
