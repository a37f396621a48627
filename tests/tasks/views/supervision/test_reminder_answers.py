"""Pages of what becomes of a reminder: answering it, repeating and withdrawing it, the list by duty, the phrases."""

import datetime as dt
import io
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from tasks.models import Reminder, ReminderAnswer, StockPhrase
from tasks.services.supervision import reminder_answers, reminders
from tests.factories import chase, submit
from tests.pages import page_of
from tests.pages import rows as records

pytestmark = pytest.mark.django_db

LIST, ITEMS = reverse("tasks:reminders"), reverse("tasks:reminder-items")


@pytest.fixture
def reminder(county):
    """The office urged the town and the agriculture bureau."""
    return chase(county.duty, county.other_duty, by=county.people["office"], grade="blue", text="请三日内报送。")


@pytest.fixture
def as_(client, county):
    def sign_in(who):
        client.force_login(county.people[who])
        return client

    return sign_in


def post(client, name, reminder, **typed):
    return client.post(reverse(f"tasks:{name}", args=[reminder.pk]), typed)


def over(reminder):
    """Let the day to answer by be over."""
    Reminder.objects.filter(pk=reminder.pk).update(answer_by=timezone.localdate() - dt.timedelta(days=2))
    return reminder


# --- answering --------------------------------------------------------------------------------------------------------


def test_the_worklist_has_what_is_to_be_answered_by_when_and_the_badge_counts_the_same(as_, county, reminder):
    response = as_("liaison").get(reverse("tasks:worklist"), {"show": "chased"})

    assert [duty for group in response.context["groups"] for duty in group.duties] == [county.duty]
    assert {tab.value: number for tab, number in response.context["tabs"]}["chased"] == 1
    assert response.context["waiting_reminders"]() == 1
    item = reminder.items.get(assignment=county.duty)
    page = page_of(response)
    assert f"请于{reminder.answer_by.month}月{reminder.answer_by.day}日前回复" in page
    assert f"{reverse('tasks:answer-reminder', args=[reminder.pk])}?item={item.pk}" in page


def test_an_answer_in_words_takes_it_off_the_worklist(as_, county, reminder):
    client = as_("liaison")
    form = client.get(reverse("tasks:answer-reminder", args=[reminder.pk])).context["form"]

    response = post(
        client, "answer-reminder", reminder, items=form["items"].value(), text="本周内办结。", key=form["key"].value()
    )

    assert response.url == reverse("tasks:worklist")
    after = client.get(response.url)
    assert after.context["waiting_reminders"]() == 0
    assert "已书面答复县政府办公室的提醒，共1件。" in page_of(after)
    assert "本周内办结。" in page_of(as_("office").get(reverse("tasks:reminder", args=[reminder.pk])))


def test_a_refused_answer_keeps_what_was_typed(as_, county, reminder):
    response = post(as_("liaison"), "answer-reminder", reminder, text="本周内办结。", key=f"{uuid.uuid4()}")

    assert (response.status_code, response.context["form"]["text"].value()) == (422, "本周内办结。")
    assert "请勾选要答复的事项。" in page_of(response)


def test_another_units_item_is_no_choice(as_, county, reminder):
    other = reminder.items.get(assignment=county.other_duty)

    response = post(as_("liaison"), "answer-reminder", reminder, items=[other.pk], text="好。", key=f"{uuid.uuid4()}")

    assert (response.status_code, ReminderAnswer.objects.count()) == (422, 0)


def test_a_unit_reads_nothing_of_what_another_answered(as_, county, reminder):
    reminder_answers.answer(
        reminder, by=county.people["liaison"], items=list(reminder.items.all()), text="本周内办结。", key=uuid.uuid4()
    )
    client = as_("stranger")

    pages = [client.get(address) for address in (reverse("tasks:reminder", args=[reminder.pk]), ITEMS)]

    assert ["本周内办结。" in page_of(page) for page in pages] == [False, False]
    assert [item.assignment for item in pages[1].context["rows"]] == [county.other_duty]


# --- repeating and withdrawing ----------------------------------------------------------------------------------------


def test_one_click_repeats_it_a_grade_higher(as_, county, reminder):
    client = as_("office")
    page = page_of(client.get(reverse("tasks:reminder", args=[reminder.pk])))

    response = post(client, "repeat-reminder", reminder)

    again = Reminder.objects.get(repeats=reminder)
    assert "升为催办（2件）" in page
    assert (response.url, again.grade) == (reverse("tasks:reminder", args=[again.pk]), "yellow")
    assert f"已发出催办{again.mark}，共2件承办事项" in page_of(client.get(response.url))


def test_a_red_one_is_shown_before_it_is_sent(as_, county):
    yellow = chase(county.duty, by=county.people["office"], grade="yellow")
    client = as_("office")

    asked = post(client, "repeat-reminder", yellow)
    number = Reminder.objects.count()
    sent = post(client, "repeat-reminder", yellow, confirm="1")

    assert (asked.status_code, number, sent.status_code) == (200, 1, 302)
    assert "确定督办1件" in page_of(asked)
    assert county.town.name in page_of(asked)
    assert Reminder.objects.first().grade == "red"


def test_a_lead_is_offered_no_red(as_, county):
    yellow = chase(county.duty, by=county.people["lead"], grade="yellow")

    client = as_("lead")
    pages = [page_of(client.get(address)) for address in (reverse("tasks:reminder", args=[yellow.pk]), LIST)]

    assert [("再次催办" in page, "升为督办" in page) for page in pages] == [(True, False)] * 2


def test_withdrawing_says_what_follows_and_is_marked(as_, county, reminder):
    client = as_("office")
    page = client.get(reverse("tasks:withdraw-reminder", args=[reminder.pk]))

    response = post(client, "withdraw-reminder", reminder, reason="发错了。", seen=page.context["outlook"].mark)

    assert "尚未回复的2件不再要求回复。" in page_of(page)
    assert "已撤销，不需要再回复。原因：发错了。" in page_of(client.get(response.url))
    assert as_("liaison").get(reverse("tasks:worklist")).context["waiting_reminders"]() == 0


# --- the list by duty -------------------------------------------------------------------------------------------------


def rows(response):
    return [(item.assignment, item.state) for item in response.context["rows"]]


def test_it_is_cut_by_state_grade_unit_and_sender(as_, county, reminder):
    of_lead = chase(county.duty, by=county.people["lead"], grade="yellow")
    over(reminder)
    client = as_("office")

    assert rows(client.get(ITEMS, {"state": "overdue"})) == [(county.duty, "overdue"), (county.other_duty, "overdue")]
    assert rows(client.get(ITEMS, {"grade": "yellow"})) == [(county.duty, "waiting")]
    assert rows(client.get(ITEMS, {"unit": county.other_duty.unit_id})) == [(county.other_duty, "overdue")]
    assert [item.reminder for item in client.get(ITEMS, {"sender": "lead"}).context["rows"]] == [of_lead]


def test_the_files_have_the_rows_of_their_lists_and_what_was_answered(as_, county, reminder):
    submit(county.other_duty, by=county.people["stranger"])
    reminder_answers.answer(
        reminder, by=county.people["liaison"], items=list(reminder.items.all()), text="本周内办结。", key=uuid.uuid4()
    )
    client = as_("office")

    files = [client.get(reverse(f"reports:export-{name}")) for name in ("reminders", "reminder-items")]

    sent, items = (_lines_of(file) for file in files)
    assert [(row["事项"], row["已回复"], row["未回复"]) for row in sent] == [(2, 2, 0)]
    assert {row["被催单位"]: (row["回复情况"], row["书面答复"]) for row in items} == {
        county.town.name: ("已回复", "本周内办结。"),
        county.other_duty.unit.name: ("已回复", None),
    }


def _lines_of(file):
    """Return the rows of a downloaded list as dicts by column."""
    rows = list(load_workbook(io.BytesIO(file.getvalue())).active.iter_rows(values_only=True))
    head = next(place for place, row in enumerate(rows) if row[0] == "年度")
    return [dict(zip(rows[head], row, strict=True)) for row in rows[head + 1 :]]


def test_a_filter_that_is_nonsense_is_said(as_, reminder):
    assert as_("office").get(ITEMS, {"state": "nonsense"}).status_code == 400


def test_ticked_items_can_be_reminded_of_again_and_not_on_a_past_day(as_, county, reminder):
    client = as_("office")
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    Reminder.objects.filter(pk=reminder.pk).update(at=timezone.now() - dt.timedelta(days=3))
    chase(county.duty, by=county.people["lead"])

    today, then = client.get(ITEMS), client.get(ITEMS, {"as_of": f"{yesterday}"})

    assert ['name="duty"' in page_of(page) for page in (today, then)] == [True, False]
    assert [item.reminder for item in records(then)] == [reminder, reminder]


# --- the form of a reminder -------------------------------------------------------------------------------------------


def step(client, county, *duties, **typed):
    ids = ",".join(str(duty.pk) for duty in duties)
    return client.post(reverse("tasks:bulk"), {"plan": county.plan.pk, "action": "remind", "duties": ids, **typed})


def test_what_each_unit_will_read_is_shown_before_it_is_sent(as_, county):
    response = step(as_("office"), county, county.duty, county.other_duty)

    assert [unit for unit, _ in response.context["words"]] == [county.duty.unit, county.other_duty.unit]
    assert response.context["form"]["answer_by"].value() > timezone.localdate()
    assert f"{county.town.name}：你单位承办的第{county.task.number}项任务" in page_of(response)


def test_a_preview_sends_nothing_and_keeps_what_was_typed(as_, county):
    typed = {"grade": "blue", "text": "{单位}请报送。", "key": f"{uuid.uuid4()}", "preview": "1"}

    response = step(as_("office"), county, county.duty, **typed)

    assert response.context["words"] == [(county.town, f"{county.town.name}请报送。")]
    assert response.context["form"]["text"].value() == "{单位}请报送。"
    assert not Reminder.objects.exists()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [({"text": "{联系人}请报送。"}, "没有{联系人}这样的占位词"), ({"answer_by": "2020-01-01"}, "答复期限最早为明天")],
)
@pytest.mark.parametrize("button", ["preview", "confirm"])
def test_a_text_or_a_day_that_will_not_do_is_said_beside_its_field(as_, county, typed, sentence, button):
    typed = {"grade": "blue", "text": "请报送。", "key": f"{uuid.uuid4()}", **typed, button: "1"}

    response = step(as_("office"), county, county.duty, **typed)

    assert (response.status_code, response.context["words"]) == (422, [])
    assert sentence in page_of(response)
    assert not Reminder.objects.exists()


def test_from_a_round_the_text_names_the_round(as_, county):
    response = step(as_("office"), county, county.other_duty, round=county.round.pk)

    assert response.context["form"]["text"].value().startswith(f"{{单位}}：报送批次“{county.round.title}”")


# --- phrases ----------------------------------------------------------------------------------------------------------


def test_the_office_keeps_the_phrases(as_, county):
    client = as_("office")
    typed = {"grade": "red", "text": "{单位}：请主要负责同志过问。", "order": 1}

    client.post(reverse("tasks:new-phrase"), typed)

    phrase = StockPhrase.objects.get(text=typed["text"])
    assert phrase.text in page_of(client.get(reverse("tasks:phrases")))
    assert reminders.default_text("red") == phrase.text
    refused = client.post(reverse("tasks:edit-phrase", args=[phrase.pk]), {**typed, "text": "{谁}请办理。"})
    assert (refused.status_code, refused.context["form"]["text"].value()) == (422, "{谁}请办理。")
    client.post(reverse("tasks:delete-phrase", args=[phrase.pk]))
    assert not StockPhrase.objects.filter(pk=phrase.pk).exists()
