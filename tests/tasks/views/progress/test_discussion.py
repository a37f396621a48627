"""Pages of 答疑: a row's thread, one question, the list, and what stands on the pages of duty and row."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from departments.choices import Role
from tasks.choices import Event
from tasks.models import Answer, Guidance, Question
from tasks.services.progress import reviews
from tasks.views.progress.discussion import beside
from tests.factories import (
    AnswerFactory,
    AssignmentFactory,
    GuidanceFactory,
    PlanFactory,
    QuestionFactory,
    TaskFactory,
    UserFactory,
    submit,
)
from tests.pages import page_of, rows

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert(1)</script>\n见https://www.example.gov.cn/art/1.html。"


@pytest.fixture
def duty():
    return AssignmentFactory()


@pytest.fixture
def task(duty):
    return duty.task


@pytest.fixture
def liaison(duty):
    return UserFactory(unit=duty.unit)


@pytest.fixture
def office():
    return UserFactory(role=Role.OFFICE)


def ask(client, task, text="怎么算一次？", **typed):
    address = reverse("tasks:ask-question", args=[task.pk])
    return client.post(address, {"ask-text": text, "ask-key": uuid.uuid4(), **typed})


def thread_of(client, task, query=""):
    return client.get(reverse("tasks:discussion", args=[task.pk]) + query)


def test_a_unit_asks_and_the_office_answers_from_the_list_in_one_click(client, task, liaison, office):
    client.force_login(liaison)
    assert ask(client, task).url == f"/tasks/{task.pk}/discussion/#question-{Question.objects.get().pk}"
    question = Question.objects.get()

    client.force_login(office)
    listing = client.get(reverse("tasks:questions"), {"state": "mine"})
    assert rows(listing) == [question]
    assert 'href="/questions/?state=mine" aria-label="待答复的提问1条">1</a>' in page_of(listing)
    address = reverse("tasks:question", args=[question.pk])
    assert f'href="{address}"' in page_of(listing)
    assert reverse("tasks:answer-question", args=[question.pk]) in page_of(client.get(address))

    sent = client.post(
        reverse("tasks:answer-question", args=[question.pk]),
        {"answer-text": "附链接即可。", "answer-key": uuid.uuid4()},
    )

    assert sent.url == address
    assert Answer.objects.get().text == "附链接即可。"
    assert rows(client.get(reverse("tasks:questions"), {"state": "mine"})) == []
    assert "待答复的提问" not in page_of(client.get(reverse("tasks:me")))


def test_a_refused_question_keeps_what_was_typed(client, task, liaison):
    client.force_login(liaison)

    response = ask(client, task, "长" * 2001)

    assert response.status_code == 422
    assert "长" * 2001 in page_of(response)
    assert Question.objects.count() == 0


@pytest.mark.parametrize("typed", [{"ask-text": "  \r\n "}, {"ask-key": "x"}, {"ask-asked_unit": "x"}])
def test_what_is_no_question_is_refused(client, task, liaison, typed):
    client.force_login(liaison)

    assert ask(client, task, **typed).status_code == 422


def test_a_refused_answer_keeps_what_was_typed(client, task, office):
    question = QuestionFactory(task=task)
    client.force_login(office)

    response = client.post(
        reverse("tasks:answer-question", args=[question.pk]), {"answer-text": "长" * 2001, "answer-key": uuid.uuid4()}
    )

    assert response.status_code == 422
    assert "长" * 2001 in page_of(response)


def test_hostile_text_is_shown_as_text_and_addresses_are_links(client, task, liaison):
    QuestionFactory(task=task, by=liaison, text=HOSTILE)
    client.force_login(liaison)

    page = page_of(thread_of(client, task))

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert 'href="https://www.example.gov.cn/art/1.html" target="_blank" rel="noopener noreferrer nofollow"' in page


def test_pinning_shows_an_answer_to_all_holders_on_their_duty_and_on_the_row(client, task, liaison, office):
    neighbour = AssignmentFactory(task=task)
    given = AnswerFactory(question=QuestionFactory(task=task, by=liaison), by=office, text="附链接即可。")
    client.force_login(UserFactory(unit=neighbour.unit))
    about = [("tasks:assignment", neighbour.pk), ("tasks:task", task.pk), ("tasks:report", neighbour.pk)]
    pages = [reverse(name, args=[pk]) for name, pk in about]
    assert not any("附链接即可。" in page_of(client.get(page)) for page in pages)

    client.force_login(office)
    client.post(reverse("tasks:pin-answer", args=[given.pk]))

    client.force_login(UserFactory(unit=neighbour.unit))
    assert all("附链接即可。" in page_of(client.get(page)) for page in pages)
    assert str(liaison) not in page_of(client.get(pages[0]))


def test_pinning_twice_says_so(client, task, office):
    given = AnswerFactory(question__task=task)
    client.force_login(office)
    for _ in range(2):
        response = client.post(reverse("tasks:pin-answer", args=[given.pk]), follow=True)

    assert "该答复已列为口径。" in page_of(response)
    assert Guidance.objects.count() == 1


def test_taking_back_without_a_reason_is_refused_beside_the_field(client, task, office):
    pinned = GuidanceFactory(answer__question__task=task)
    client.force_login(office)

    response = client.post(reverse("tasks:take-back-guidance", args=[pinned.pk]), {"back-reason": " "})

    assert response.status_code == 422
    assert "请填写取消口径的原因。" in page_of(response)


def test_carried_guidance_names_the_year_it_is_from(client, office):
    old = GuidanceFactory(answer__question__task__number=7)
    row = TaskFactory(section__part__plan=PlanFactory(year=2025))
    GuidanceFactory(task=row, answer=old.answer)
    client.force_login(office)

    assert "沿用2024年第7项的口径" in page_of(client.get(reverse("tasks:task", args=[row.pk])))


def test_a_unit_asks_about_its_return_from_the_page_of_its_duty(client, task, duty, liaison, office):
    reviews.return_(submit(duty, by=liaison), by=office, comment="缺少链接。")
    step = duty.transitions.get(event=Event.RETURNED)
    client.force_login(liaison)
    link = f"/tasks/{task.pk}/discussion/?about=step-{step.pk}"
    assert link in page_of(client.get(reverse("tasks:assignment", args=[duty.pk])))

    page = page_of(client.get(link))
    assert f'<input type="hidden" name="ask-about" value="step-{step.pk}"' in page
    ask(client, task, "内网链接可以吗？", **{"ask-about": f"step-{step.pk}"})

    assert Question.objects.get().step == step
    assert "内网链接可以吗？" in page_of(client.get(reverse("tasks:assignment", args=[duty.pk])))


def test_the_office_reads_the_thread_of_one_unit_with_its_returns(client, task, duty, liaison, office):
    reviews.return_(submit(duty, by=liaison), by=office, comment="缺少链接。")
    client.force_login(office)

    assert "缺少链接。" not in page_of(thread_of(client, task))
    assert "缺少链接。" in page_of(thread_of(client, task, f"?unit={duty.unit_id}"))
    assert thread_of(client, task, "?unit=999999").status_code == 404
    assert thread_of(client, task, "?unit=x").status_code == 404


def test_a_past_evening_shows_what_stood_and_offers_no_steps(client, task, duty, office):
    with_pin = GuidanceFactory(answer__question__task=task)
    client.force_login(office)
    yesterday = timezone.localdate() - timezone.timedelta(days=1)

    page = thread_of(client, task, f"?as_of={yesterday}")
    today = thread_of(client, task)

    assert with_pin.answer.text not in page_of(page)
    assert with_pin.answer.text in page_of(today)
    assert "data-once" not in page_of(page)
    assert "data-once" in page_of(today)


@pytest.mark.parametrize("query", ["plan", "part", "unit"])
def test_the_list_is_filtered_by_year_part_and_unit(client, office, query):
    questions = [QuestionFactory(by=UserFactory(unit=AssignmentFactory(task=task).unit), task=task) for task in _rows()]
    client.force_login(office)
    first = questions[0]
    value = {"plan": first.task.plan_id, "part": first.task.section.part_id, "unit": first.unit_id}[query]

    listing = client.get(reverse("tasks:questions"), {query: value})

    assert rows(listing) == [first]


def _rows():
    return TaskFactory(), TaskFactory(section__part__plan=PlanFactory(year=2025))


def test_the_count_of_the_overview_equals_its_list(client, task, liaison, office):
    QuestionFactory.create_batch(3, task=task, by=liaison)
    AnswerFactory(question=QuestionFactory(task=task, by=liaison))
    client.force_login(office)

    overview = client.get(reverse("tasks:supervision"))

    assert overview.context["questions_waiting"] == 3
    assert len(rows(client.get(reverse("tasks:questions"), {"state": "mine"}))) == 3
    assert len(rows(client.get(reverse("tasks:questions"), {"state": "answered"}))) == 1
    assert len(rows(client.get(reverse("tasks:questions"), {"state": "waiting"}))) == 3


def test_a_stranger_finds_no_thread_and_nothing_beside(client, task):
    stranger = UserFactory()
    client.force_login(stranger)

    assert thread_of(client, task).status_code == 404
    assert beside(task, stranger) == {"discussion": None}
    assert "口径和答疑" not in page_of(client.get(reverse("tasks:task", args=[task.pk])))


def test_many_topics_come_in_pages(client, task, liaison):
    QuestionFactory.create_batch(51, task=task, by=liaison)
    client.force_login(liaison)

    assert "第1页，共2页" in page_of(thread_of(client, task))
    assert thread_of(client, task, "?page=2").status_code == 200
    assert thread_of(client, task, "?page=9").status_code == 404
