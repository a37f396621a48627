"""Who reads what of 答疑: what is pinned is for all holders, the rest for who asked, the lead and the office."""

import datetime as dt

import pytest
import time_machine

from departments.choices import Role
from tasks.choices import DutyRole, Event, Opinion
from tasks.models import Answer, Assignment, Guidance, Question, thread
from tasks.services.progress import discussion, lead_opinions, reports, reviews
from tests.factories import (
    AnswerFactory,
    AssignmentFactory,
    GuidanceFactory,
    QuestionFactory,
    UserFactory,
    submit,
)
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.core.evenings import evening

pytestmark = pytest.mark.django_db

READERS = (
    "asker",
    "asker's leader",
    "lead",
    "lead's leader",
    "neighbour",
    "stranger",
    "office",
    "reviewer",
    "auditor",
)


@pytest.fixture
def lead_duty():
    return AssignmentFactory(role=DutyRole.LEAD, coordinates=True)


@pytest.fixture
def task(lead_duty):
    return lead_duty.task


@pytest.fixture
def duty(task):
    return AssignmentFactory(task=task)


@pytest.fixture
def people(lead_duty, duty):
    return {
        "asker": UserFactory(unit=duty.unit),
        "asker's leader": UserFactory(unit=duty.unit, role=Role.LEADER),
        "lead": UserFactory(unit=lead_duty.unit),
        "lead's leader": UserFactory(unit=lead_duty.unit, role=Role.LEADER),
        "neighbour": UserFactory(unit=AssignmentFactory(task=duty.task).unit),
        "stranger": UserFactory(),
        "office": UserFactory(role=Role.OFFICE),
        "reviewer": UserFactory(role=Role.REVIEWER),
        "auditor": UserFactory(role=Role.AUDITOR),
    }


ALL = {"office", "reviewer", "auditor"}
ASKING = {"asker", "asker's leader"}


def readers(people, records):
    return {who for who in READERS if records.visible_to(people[who]).exists()}


def test_a_question_and_its_answer_are_read_by_who_asked_the_lead_and_the_office(task, people):
    question = QuestionFactory(task=task, by=people["asker"])
    AnswerFactory(question=question)

    assert readers(people, Question.objects) == ALL | ASKING | {"lead"}
    assert readers(people, Answer.objects) == ALL | ASKING | {"lead"}


def test_what_is_pinned_is_read_by_all_holders(task, people):
    GuidanceFactory(answer__question__task=task, answer__question__by=people["asker"])

    assert readers(people, Guidance.objects) == ALL | ASKING | {"lead", "lead's leader", "neighbour"}


def test_a_question_about_a_return_of_the_office_is_not_for_the_lead(task, duty, people):
    reviews.return_(submit(duty, by=people["asker"]), by=people["office"], comment="缺少链接。")
    step = duty.transitions.get(event=Event.RETURNED)
    AnswerFactory(question=QuestionFactory(task=task, by=people["asker"], step=step))

    assert readers(people, Question.objects) == ALL | ASKING
    assert readers(people, Answer.objects) == ALL | ASKING


def test_what_one_holder_answers_the_office_is_not_for_the_others(task, people):
    to_all = QuestionFactory(task=task, by=people["office"])
    AnswerFactory(question=to_all, by=people["asker"])

    assert readers(people, Question.objects) == set(READERS) - {"stranger"}
    assert readers(people, Answer.objects) == ALL | ASKING | {"lead"}


def test_what_the_office_adds_to_its_question_is_for_all_who_were_asked(task, people):
    AnswerFactory(question=QuestionFactory(task=task, by=people["office"]), by=people["office"], is_askers=True)

    assert readers(people, Answer.objects) == set(READERS) - {"stranger"}


def test_a_question_to_one_unit_is_read_by_it(task, duty, people):
    QuestionFactory(task=task, by=people["office"], asked_unit=duty.unit)

    assert readers(people, Question.objects) == ALL | ASKING | {"lead"}


def test_who_holds_the_row_no_longer_reads_their_own_questions_and_no_guidance(task, duty, people):
    QuestionFactory(task=task, by=people["asker"])
    GuidanceFactory(answer__question__task=task, answer__question__by=people["neighbour"])
    Assignment.objects.filter(pk=duty.pk).update(released_on=dt.date(2024, 7, 1))

    assert readers(people, Question.objects) >= ASKING
    assert not readers(people, Guidance.objects) & ASKING


# --- the thread -------------------------------------------------------------------------------------------------------


def said(topics):
    """Return what a thread says, the earliest first."""
    return [
        (
            topic.title,
            topic.text,
            [[question.text, *(one.text for one in question.shown)] for question in topic.questions],
        )
        for topic in reversed(topics)
    ]


def at(day, hour=10):
    return time_machine.travel(on_day(day, hour), tick=False)


def test_returns_and_remarks_stand_in_the_thread_with_what_was_asked_about_them(task, duty, people):
    asker, office, lead = people["asker"], people["office"], people["lead"]
    with at(dt.date(2024, 8, 1)):
        report = submit(duty, by=asker)
    with at(dt.date(2024, 8, 2)):
        lead_opinions.give(report, by=lead, opinion=Opinion.WANTS_MORE, text="请补充数字。")
    with at(dt.date(2024, 8, 3)):
        reviews.return_(report, by=office, comment="缺少链接。")
    step = duty.transitions.get(event=Event.RETURNED)
    with at(dt.date(2024, 8, 4)):
        question = QuestionFactory(task=task, by=asker, step=step, text="内网链接可以吗？")
        AnswerFactory(question=question, by=office, text="不可以。")
        QuestionFactory(task=task, by=asker, text="台账交到哪里？")
    with at(dt.date(2024, 8, 5)):
        draft = reports.save_draft(duty, by=asker, version=0, text="已补充链接。")
        reports.submit(
            duty, by=asker, version=draft.version, attested=True, attested_name="审查人", text="已补充链接。"
        )

        own = thread(task, asker)

        assert said(own) == [
            ("牵头意见：需补充", "请补充数字。", []),
            ("退回", "缺少链接。", [["内网链接可以吗？", "不可以。"]]),
            ("", "", [["台账交到哪里？"]]),
        ]
        assert [topic.answered_at is not None for topic in reversed(own)] == [True, True, False]
        assert said(thread(task, office, duty.unit)) == said(own)
        assert said(thread(task, office)) == [
            ("", "", [["内网链接可以吗？", "不可以。"]]),
            ("", "", [["台账交到哪里？"]]),
        ]
        assert said(thread(task, lead, duty.unit)) == [
            ("牵头意见：需补充", "请补充数字。", []),
            ("", "", [["台账交到哪里？"]]),
        ]
        assert said(thread(task, people["neighbour"])) == []
        assert said(thread(task, people["neighbour"], duty.unit)) == []


def test_a_return_that_was_taken_back_says_so(task, duty, people):
    from tasks.services.progress import undoing

    report = reviews.return_(submit(duty, by=people["asker"]), by=people["office"], comment="看错了。")
    undoing.undo(report, by=people["office"], reason="材料齐全。", seen=undoing.outlook(report).mark)

    assert [(topic.text, topic.is_undone) for topic in thread(task, people["asker"])] == [("看错了。", True)]


def test_the_queries_do_not_grow_with_the_thread(task, duty, people, django_assert_max_num_queries):
    for _ in range(4):
        reviews.return_(submit(duty, by=people["asker"]), by=people["office"], comment="缺少链接。")
        AnswerFactory(question=QuestionFactory(task=task, by=people["asker"]))

    with django_assert_max_num_queries(7):
        assert len(thread(task, people["asker"])) == 8


# --- past evenings ----------------------------------------------------------------------------------------------------


def test_an_evening_shows_what_had_been_said_and_pinned_by_then(task, duty, people):
    asker, office = people["asker"], people["office"]
    days = [dt.date(2024, 8, day) for day in range(1, 6)]
    with at(days[0]):
        question = QuestionFactory(task=task, by=asker, text="怎么算？")
    with at(days[1]):
        given = AnswerFactory(question=question, by=office, text="附链接即可。")
    with at(days[2]):
        pinned = discussion.pin(given, by=office)
    with at(days[3]):
        discussion.take_back(pinned, by=office, reason="另有要求。")

    with at(days[4]):
        then = {}
        for day in [days[0] - dt.timedelta(days=1), *days[:4]]:
            with evening(day):
                standing = list(Guidance.objects.visible_to(asker).standing().filter(task=task))
                then[day.day] = (said(thread(task, asker)), len(standing))

    assert then == {
        31: ([], 0),
        1: ([("", "", [["怎么算？"]])], 0),
        2: ([("", "", [["怎么算？", "附链接即可。"]])], 0),
        3: ([("", "", [["怎么算？", "附链接即可。"]])], 1),
        4: ([("", "", [["怎么算？", "附链接即可。"]])], 0),
    }
