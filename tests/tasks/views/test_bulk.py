"""Several duties, one step: what is chosen, what will happen, what was left out, and that nothing else is reached."""

import io
import uuid

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from departments.choices import Role
from tasks.models import Assignment, Notification, Reminder, ReminderItem, StockPhrase
from tasks.services.progress import reports
from tasks.views import selection
from tests.factories import (
    AssignmentFactory,
    PlanFactory,
    SectionFactory,
    TaskFactory,
    UserFactory,
    chase,
    claim,
    complete,
)
from tests.pages import page_of

pytestmark = pytest.mark.django_db

BULK = reverse("tasks:bulk")


@pytest.fixture
def as_(client, county):
    def sign_in(who):
        client.force_login(county.people[who])
        return client

    return sign_in


@pytest.fixture
def coming(county):
    """A duty of the town's that is not late yet."""
    return AssignmentFactory(task=TaskFactory(section=county.task.section, due_on="2030-12-31"), unit=county.town)


def step(client, county, *duties, action="remind", **fields):
    """Choose a step for ticked duties, or, with `scope`, for a filter's."""
    ticked = [getattr(duty, "pk", duty) for duty in duties]
    return client.post(BULK, {"plan": county.plan.pk, "action": action, "duty": ticked, **fields})


def confirm(client, county, *duties, **typed):
    """Send the form of the confirming page."""
    ids = ",".join(str(getattr(duty, "pk", duty)) for duty in duties)
    sent = {"grade": "yellow", "text": "请三日内报送。", "key": uuid.uuid4(), **typed}
    return client.post(BULK, {"plan": county.plan.pk, "action": "remind", "duties": ids, "confirm": "1", **sent})


def chosen(response):
    return [result.row for result in response.context["rows"]]


def obstacles(response):
    return {result.row: result.error for result in response.context["rows"]}


# --- what is chosen ---------------------------------------------------------------------------------------------------


def test_ticked_duties_come_in_the_tables_order(as_, county):
    response = step(as_("office"), county, county.other_duty, county.duty)

    assert chosen(response) == [county.duty, county.other_duty]
    assert "所选2件，其中2件将催办，涉及2个单位" in page_of(response)
    assert not Reminder.objects.exists()


@pytest.mark.parametrize(("number", "is_told"), [("3", False), ("5", True), ("x", False), ("", False)])
def test_all_that_a_filter_finds_is_told_where_it_is_not_the_number_that_was_shown(as_, county, number, is_told):
    response = step(as_("office"), county, scope="all", query="", number=number)

    assert len(chosen(response)) == 3
    assert ("选择时为5件，清单此后有变化，请核对" in page_of(response)) is is_told


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"duty", "lead_duty", "other_duty", "coming"}),
        ("q=招商", {"duty", "lead_duty"}),
        ("role=lead", {"lead_duty", "other_duty"}),
        ("light=overdue&page=3&sort=unit&per_page=20", {"duty", "lead_duty", "other_duty"}),
        ("acknowledgement=done", {"duty"}),
        ("as_of=2024-12-31", {"duty", "lead_duty", "other_duty", "coming"}),
    ],
)
def test_all_that_a_list_shows(as_, county, coming, query, found):
    response = step(as_("office"), county, scope="all", query=query)

    duties = {name: getattr(county, name, coming) for name in ("duty", "lead_duty", "other_duty", "coming")}
    assert set(chosen(response)) == {duties[name] for name in found}


def test_all_that_the_overdue_list_shows(as_, county, coming):
    response = step(as_("office"), county, scope="all", query=f"unit={county.town.pk}", light="overdue")

    assert chosen(response) == [county.duty]


def test_all_that_a_units_ledger_shows(as_, county, coming):
    response = step(as_("office"), county, scope="all", query="light=overdue", unit=county.town.pk)

    assert chosen(response) == [county.duty]


def test_ticks_do_not_count_where_all_is_asked_for(as_, county):
    response = step(as_("office"), county, county.other_duty, scope="all", query="q=招商")

    assert county.other_duty not in chosen(response)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "请先勾选承办事项。"),
        ({"duty": "nonsense"}, "请先勾选承办事项。"),
        ({"duty": "9" * 30}, "请先勾选承办事项。"),
        ({"scope": "all", "query": "q=没有这样的文字"}, "筛选结果中没有承办事项。"),
        ({"scope": "all", "query": "light=purple"}, "筛选条件有误，请重新筛选。"),
        ({"scope": "all", "query": "as_of=tomorrow"}, "请按“2024-09-30”的格式填写截至日期。"),
        ({"action": "destroy"}, "请选择要办理的步骤。"),
        ({"action": ""}, "请选择要办理的步骤。"),
    ],
)
def test_what_cannot_be_done_is_said(as_, county, fields, words):
    response = as_("office").post(BULK, {"plan": county.plan.pk, "action": "remind", **fields})

    assert response.status_code == 422
    assert words in page_of(response)


def test_too_many_are_refused(as_, county, monkeypatch):
    monkeypatch.setattr(selection, "MAX_BULK_ROWS", 2)

    ticked = step(as_("office"), county, county.duty, county.lead_duty, county.other_duty)
    filtered = step(as_("office"), county, scope="all")

    assert [ticked.status_code, filtered.status_code] == [422, 422]
    assert "一次最多办理2件，请缩小筛选范围。" in page_of(ticked)


@pytest.mark.parametrize("plan", ["0", "999999", "nonsense", "9" * 30, "draft"])
def test_a_plan_that_is_not_there_or_not_issued(as_, county, plan):
    plan = PlanFactory(state="draft", year=2025).pk if plan == "draft" else plan

    assert as_("office").post(BULK, {"plan": plan, "action": "remind", "duty": county.duty.pk}).status_code == 404


def test_duties_of_another_plan_are_not_taken(as_, county):
    other = AssignmentFactory(task=TaskFactory(section=SectionFactory(part__plan=PlanFactory(year=2023))))

    assert chosen(step(as_("office"), county, county.duty, other)) == [county.duty]


# --- before: what will happen -----------------------------------------------------------------------------------------


def test_who_is_left_out_and_why_is_shown_before(as_, county, coming):
    reports.discard_draft(county.duty, by=county.people["liaison"])
    claim(county.duty, by=county.people["liaison"])
    done = complete(AssignmentFactory(task=coming.task))
    Assignment.objects.filter(pk=coming.pk).update(suspended=True)
    released = AssignmentFactory(task=coming.task, released_on="2024-12-01")

    response = step(as_("office"), county, county.duty, done, county.other_duty, coming, released)

    told = obstacles(response)
    assert told == {
        county.duty: "已申报办结，正在审核",
        done: "已办结",
        county.other_duty: "",
        coming: "已中止",
        released: "已解除",
    }
    assert "不办理：已办结" in page_of(response)
    assert response.context["taken"] == [county.other_duty]
    assert "确定催办1件" in page_of(response)


def test_where_nobody_can_be_chased_there_is_no_form(as_, county):
    complete(county.other_duty)

    response = step(as_("office"), county, county.other_duty)

    assert response.status_code == 200
    assert "所选事项都不能催办，原因见清单。" in page_of(response)
    assert 'name="confirm"' not in page_of(response)


def test_the_next_grade_and_the_stock_phrases_are_offered(as_, county):
    chase(county.other_duty, grade="blue")

    response = step(as_("office"), county, county.duty, county.other_duty)

    assert response.context["form"]["grade"].value() == "yellow"
    assert "上次提醒后尚未回复" in page_of(response)
    assert all(phrase.text in page_of(response) for phrase in StockPhrase.objects.all())


def test_a_lead_is_offered_neither_the_red_grade_nor_its_phrases(as_, county):
    page = page_of(step(as_("lead"), county, county.duty))

    offered = {phrase.grade for phrase in StockPhrase.objects.all() if phrase.text in page}
    assert offered == {"blue", "yellow"}
    assert 'value="red"' not in page


# --- after: what did --------------------------------------------------------------------------------------------------


def test_confirming_sends_and_shows_what_was_sent(as_, county):
    response = confirm(as_("office"), county, county.duty, county.other_duty)

    sent = Reminder.objects.get()
    assert (response.status_code, response.url) == (302, reverse("tasks:reminder", args=[sent.pk]))
    assert (sent.grade, sent.text, sent.items.count()) == ("yellow", "请三日内报送。", 2)
    assert "已发出催办，共2件承办事项，请各单位于" in page_of(as_("office").get(response.url))


def test_a_second_click_sends_nothing_more(as_, county):
    key = uuid.uuid4()

    first = confirm(as_("office"), county, county.duty, key=key)
    told = Notification.objects.filter(path=first.url).count()
    second = confirm(as_("office"), county, county.duty, key=key)

    assert first.url == second.url
    told = Notification.objects.filter(path=first.url).values_list("user", flat=True)
    of_town = ("liaison", "leader", "stranger")  # the agriculture bureau's liaison works for the town as well
    assert Reminder.objects.count() == 1
    assert sorted(told) == sorted(county.people[who].pk for who in of_town)


@pytest.mark.parametrize(
    ("typed", "field"), [({"text": "  "}, "text"), ({"text": "字" * 2001}, "text"), ({"grade": "purple"}, "grade")]
)
def test_what_was_typed_stays_where_it_is_refused(as_, county, typed, field):
    typed = {"grade": "red", "text": "请主要负责同志过问。", **typed}

    response = confirm(as_("office"), county, county.duty, county.other_duty, **typed)

    form = response.context["form"]
    assert response.status_code == 422
    assert list(form.errors) == [field]
    assert {name: form[name].value() for name in typed} == typed
    assert chosen(response) == [county.duty, county.other_duty]
    assert not Reminder.objects.exists()


def test_what_changed_since_it_was_shown_is_left_out_and_told(as_, county):
    complete(county.other_duty)

    response = confirm(as_("office"), county, county.duty, county.other_duty)

    assert list(ReminderItem.objects.values_list("assignment", flat=True)) == [county.duty.pk]
    assert "另有1件在此期间已有变化，未催办。" in page_of(as_("office").get(response.url))


def test_where_all_have_reported_meanwhile_it_is_told_and_the_text_is_kept(as_, county):
    complete(county.other_duty)

    response = confirm(as_("office"), county, county.other_duty, text="请于周五前报送。")

    assert response.status_code == 409
    assert "所选事项都已办结、申报办结、中止或解除，没有需要催办的。" in page_of(response)
    assert "请于周五前报送。" in page_of(response)


# --- nobody reaches further than they may ---------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["auditor", "liaison", "leader", "lead_leader"])
def test_who_chases_nobody_is_refused(as_, county, who):
    responses = [step(as_(who), county, county.duty), confirm(as_(who), county, county.duty)]

    assert [response.status_code for response in responses] == [403, 403]
    assert not Reminder.objects.exists()


def test_a_lead_chases_its_rows_units_and_sees_that_it_cannot_chase_itself(as_, county):
    response = step(as_("lead"), county, county.duty, county.lead_duty)

    assert obstacles(response) == {county.duty: "", county.lead_duty: "不在您可催办的范围内"}


def test_another_units_duties_answer_as_if_they_were_not_there(as_, county):
    hidden, missing = (step(as_("lead"), county, pk) for pk in (county.other_duty, 999_999))

    assert (hidden.status_code, page_of(hidden).count("请先勾选承办事项。")) == (422, 1)
    assert (missing.status_code, page_of(missing).count("请先勾选承办事项。")) == (422, 1)
    assert county.other_duty not in chosen(step(as_("lead"), county, county.duty, county.other_duty))


def test_forged_ids_on_the_confirming_page_reach_nobody_else(as_, county):
    response = confirm(as_("lead"), county, county.duty, county.lead_duty, county.other_duty)

    assert response.status_code == 302
    assert [item.assignment for item in ReminderItem.objects.all()] == [county.duty]
    assert Reminder.objects.get().from_unit == county.lead_unit


def test_forged_ids_alone_send_nothing(as_, county):
    assert confirm(as_("lead"), county, county.other_duty).status_code == 422
    assert confirm(as_("lead"), county, county.lead_duty).status_code == 409
    assert not Reminder.objects.exists()


def test_all_of_a_leads_list_is_what_it_may_see_and_chase(as_, county):
    response = step(as_("lead"), county, scope="all", query="")

    assert obstacles(response) == {county.duty: "", county.lead_duty: "不在您可催办的范围内"}


def test_a_forged_unit_shows_nothing_of_another_unit(as_, county):
    assert step(as_("lead"), county, scope="all", unit=county.other_unit.pk).status_code == 422


# --- export -----------------------------------------------------------------------------------------------------------


def exported(client, response):
    """The numbers and units of the file that the answer leads to."""
    assert response.status_code == 302
    content = io.BytesIO(b"".join(client.get(response.url).streaming_content))
    rows = list(load_workbook(content, read_only=True).active.iter_rows(values_only=True))
    head = next(row for row in rows if "序号" in row)
    number, unit = head.index("序号"), head.index("承办单位")
    return [(row[number], row[unit]) for row in rows[rows.index(head) + 1 :]]


def test_the_ticked_rows_are_exported(as_, county):
    client = as_("office")

    rows = exported(client, step(client, county, county.lead_duty, county.other_duty, action="export"))

    assert sorted(rows) == [(1, "县商务局"), (2, "县农业农村局")]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"query": "q=招商"}, [(1, "南旺镇人民政府"), (1, "县商务局")]),
        ({"query": "role=lead", "light": "overdue"}, [(1, "县商务局"), (2, "县农业农村局")]),
        ({"query": "", "unit": "town"}, [(1, "南旺镇人民政府"), (7, "南旺镇人民政府")]),
    ],
)
def test_all_of_the_filter_is_exported(as_, county, coming, fields, expected):
    type(coming.task).objects.filter(pk=coming.task_id).update(number=7)
    fields = {**fields, "unit": county.town.pk} if "unit" in fields else fields
    client = as_("office")

    rows = exported(client, step(client, county, action="export", scope="all", **fields))

    assert sorted(rows) == sorted(expected)


def test_a_unit_exports_its_own_and_nothing_by_a_forged_id(as_, county):
    client = as_("liaison")

    rows = exported(client, step(client, county, county.duty, county.other_duty, action="export"))

    assert rows == [(1, "南旺镇人民政府")]
    assert step(client, county, county.other_duty, action="export").status_code == 422


def test_nothing_ticked_exports_nothing(as_, county):
    assert step(as_("office"), county, action="export").status_code == 422


def test_a_forged_export_address_shows_nothing(as_, county):
    response = as_("liaison").get(reverse("reports:export-assignments"), {"duty": county.other_duty.pk})

    assert response.status_code == 400


# --- where it is offered ----------------------------------------------------------------------------------------------


def test_boxes_and_steps_are_offered_where_there_is_something_to_do_with_them(client, county):
    lists = [reverse("tasks:assignments"), reverse("tasks:overdue"), reverse("tasks:task", args=[county.task.pk])]
    offered = {}
    for who in ("office", "reviewer", "lead", "auditor", "liaison", "leader"):
        client.force_login(county.people[who])
        pages = [page_of(client.get(address)) for address in lists]
        offered[who] = [('name="duty"' in page, 'value="remind"' in page) for page in pages]

    both, none = [(True, True)] * 3, [(False, False)] * 3
    assert offered == {"office": both, "reviewer": both, "lead": both, "auditor": none, "liaison": none, "leader": none}


def test_the_page_of_a_unit_offers_the_office_to_chase_what_is_overdue(as_, county):
    page = page_of(as_("office").get(reverse("reports:unit", args=[county.town.pk])))

    assert f'name="duties" value="{county.duty.pk}"' in page
    assert 'value="remind"' in page


def test_a_reviewer_chases_as_the_office_does(as_, county):
    confirm(as_("reviewer"), county, county.duty)

    assert Reminder.objects.get().sender == "县政府办公室"
    assert UserFactory(role=Role.REVIEWER).unit is None


def test_a_step_that_is_refused_for_every_row_comes_back_with_what_was_typed(office, county):
    fields = {"plan": county.plan.pk, "action": "extend", "duty": county.duty.pk, "confirm": "1"}

    response = office.post(
        reverse("tasks:bulk"), {**fields, "extend-due_on": "2024-01-01", "extend-reason": "上级文件印发较晚。"}
    )

    assert response.status_code == 422
    assert response.context["form"]["reason"].value() == "上级文件印发较晚。"
    assert response.context["form"].non_field_errors()


def test_the_file_of_ticked_duties_is_of_the_evening_of_the_list(office, county):
    fields = {
        "plan": county.plan.pk,
        "action": "export",
        "duty": county.duty.pk,
        "query": "as_of=2024-09-30&sort=-unit",
    }

    response = office.post(reverse("tasks:bulk"), fields)

    assert "as_of=2024-09-30" in response.url
    assert "sort=-unit" in response.url
