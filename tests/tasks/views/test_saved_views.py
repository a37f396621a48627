"""Saved views on the pages: tabs, saving, what is gone, the start page, columns and chips."""

import io

import pytest
from django.http import QueryDict
from django.urls import reverse
from openpyxl import load_workbook

from tasks.choices import Sharing
from tasks.models import SavedView, StartPage
from tasks.services.deadlines import suspension
from tasks.services.progress import reports
from tests.factories import (
    AssignmentFactory,
    QuestionFactory,
    RoundItemFactory,
    SavedViewFactory,
    TaskFactory,
    chase,
)
from tests.pages import page_of, rows
from wenshang_disclosure.core.web.lists import LISTS
from wenshang_disclosure.core.web.tables import Columns

pytestmark = pytest.mark.django_db

LIST = reverse("tasks:assignments")


@pytest.fixture
def office(client, county):
    client.force_login(county.people["office"])
    return client


def heads(response):
    return [column.header for column in response.context["table"].columns]


def save(client, **typed):
    return client.post(reverse("tasks:save-view"), {"name": "牵头的", "sharing": "own", **typed})


# --- saving -----------------------------------------------------------------------------------------------------------


def test_what_the_list_shows_is_saved_and_opened_in_the_same_year(office, county):
    response = save(office, **{"from": f"{LIST}?role=lead&plan={county.plan.pk}&page=2"})

    view = SavedView.objects.get()
    assert view.query == "role=lead"
    assert response["Location"] == f"{LIST}?role=lead&view={view.pk}&plan={county.plan.pk}"
    page = office.get(response["Location"])
    assert rows(page) == [county.lead_duty, county.other_duty]
    assert page.context["opened_view"] == view
    assert page.context["view_is_changed"] is False


def test_a_view_without_a_name_is_asked_for_it_and_keeps_what_was_chosen(office):
    response = save(office, name=" ", **{"from": f"{LIST}?role=lead"})

    assert response.status_code == 422
    assert "请填写视图名称。" in page_of(response)
    assert f'value="{LIST}?role=lead"' in page_of(response)


@pytest.mark.parametrize("address", ["", "/plans/", "//[", "/nowhere/"])
def test_an_address_that_is_no_list_is_refused(office, address):
    assert save(office, **{"from": address}).status_code == 422


def test_changes_of_an_opened_view_are_told_and_kept_on_demand(office, county):
    view = SavedViewFactory(owner=county.people["office"], query="role=lead")
    changed = f"{LIST}?role=responsible&view={view.pk}"

    page = office.get(changed)
    assert page.context["view_is_changed"] is True
    office.post(reverse("tasks:update-view", args=[view.pk]), {"from": changed})

    view.refresh_from_db()
    assert view.query == "role=responsible"


def test_tabs_are_the_views_of_everybody_then_shared_then_own_ones(office, county):
    own = SavedViewFactory(owner=county.people["office"])
    shared = SavedViewFactory(owner=county.people["administrator"], sharing=Sharing.COUNTY)
    SavedViewFactory(owner=county.people["administrator"])

    context = office.get(LIST).context

    assert context["view_tabs"] == [shared, own]
    assert [(tab["label"], tab["number"]) for tab in context["standard_views"]] == [
        ("全部", 3),
        ("要盯的", 3),
        ("逾期", 3),
        ("退回待补正", 0),
        ("未签收", 2),
    ]
    assert [tab["is_here"] for tab in context["standard_views"]] == [True, False, False, False, False]


# --- what is gone -----------------------------------------------------------------------------------------------------


def test_a_view_whose_value_or_column_is_gone_says_so_and_opens_with_the_rest(office, county):
    query = f"unit={county.town.pk}&unit=999999&light=purple&colour=red&columns=unit,size,light"
    view = SavedViewFactory(owner=county.people["office"], name="旧视图", query=query)

    response = office.get(view.address, follow=True)

    assert response.status_code == 200
    assert response.redirect_chain == [
        (f"{LIST}?unit={county.town.pk}&view={view.pk}&columns=requirement%2Cunit%2Clight", 302)
    ]
    said = "视图“旧视图”中的承办单位、亮灯、colour、列size有的已不存在或者不在您的查看范围内"
    assert said in page_of(response)
    assert rows(response) == [county.duty]


def test_a_column_alone_that_is_gone_is_told(office, county):
    view = SavedViewFactory(owner=county.people["office"], query="columns=size,unit")

    response = office.get(view.address, follow=True)

    assert "列size" in page_of(response)
    assert heads(response) == ["选择", "具体要求", "承办单位"]


def test_an_order_that_is_gone_is_told(office, county):
    view = SavedViewFactory(owner=county.people["office"], query="role=lead&sort=-size")

    response = office.get(view.address, follow=True)

    assert response.redirect_chain == [(f"{LIST}?role=lead&view={view.pk}", 302)]
    assert "按-size排序" in page_of(response)


def test_a_view_shared_with_everybody_opens_for_who_sees_less_of_it(client, county):
    view = SavedViewFactory(
        owner=county.people["office"], sharing=Sharing.COUNTY, query=f"unit={county.other_unit.pk}&role=responsible"
    )
    client.force_login(county.people["liaison"])

    response = client.get(view.address, follow=True)

    assert "承办单位" in page_of(response)
    assert rows(response) == [county.duty]
    assert county.other_unit.name not in page_of(response)


def test_the_same_address_without_a_view_is_as_strict_as_ever(office):
    assert office.get(LIST, {"light": "purple"}).status_code == 400
    assert office.get(LIST, {"light": "purple", "view": "999999"}).status_code == 400


# --- each list --------------------------------------------------------------------------------------------------------


@pytest.fixture
def busy(county):
    """Something in each list: what waits, was sent and was suspended."""
    chase(county.duty, by=county.people["office"])
    suspended = AssignmentFactory(task=county.other_duty.task, unit=county.town)
    suspension.suspend(suspended, by=county.people["office"], reason="等待上级部署。")
    QuestionFactory(task=county.task, by=county.people["liaison"])
    return county


@pytest.mark.parametrize("name", LISTS)
def test_each_list_has_views_columns_a_file_and_a_mail_of_the_same_rows(office, busy, name):
    one, person = LISTS[name], busy.people["office"]
    every = [column for column in Columns(one.table_class).choices if column not in one.table_class.steps]
    view = SavedViewFactory(owner=person, list_name=name, query=f"columns=gone,{','.join(every)}&unit=999999&q=没有")

    opened = office.get(view.address, follow=True)
    query = f"columns={','.join(every)}"
    page, file = office.get(f"{one.address(query)}&per_page=200"), office.get(f"{reverse(one.export)}?{query}")
    found = one.found(person, QueryDict(query))
    table, records = one.reader(found.scope, found.columns), list(found.rows)
    table.prepare(records)

    assert opened.status_code == 200
    assert "列gone" in page_of(opened)
    assert page.context["opened_view"] is None
    assert page.context["view_tabs"] == [view]
    shown = [column for column in found.columns.shown if column not in one.table_class.steps]
    assert shown == [column for column in every if column in shown]
    lines = list(_sheet_of(file).iter_rows(values_only=True))
    start = next(at for at, line in enumerate(lines) if line[0] == str(found.columns.label(shown[0])))
    assert len(lines) - start - 1 == len(records) > 0
    assert [[f"{table.plain(record, column)}" for column in shown] for record in records]
    if name != "tasks:tasks":
        assert len(page.context["table"].rows) == len(records)


def _sheet_of(response):
    return load_workbook(io.BytesIO(b"".join(response.streaming_content))).active


def test_the_table_on_paper_has_the_chosen_columns_in_their_order(office, county):
    response = office.get(reverse("tasks:tasks"), {"columns": "requirement,lights,section,number"})

    assert [label for _, label, _ in response.context["heads"]] == ["具体要求", "亮灯", "工作任务", "序号"]
    assert 'rowspan="2"' in page_of(response)
    assert "牵头部门</th>" not in page_of(response)


def test_a_view_of_the_queue_opens_for_who_reads_the_queue(client, county):
    view = SavedViewFactory(
        owner=county.people["office"], list_name="tasks:reviews", sharing=Sharing.COUNTY, query="claims=true"
    )
    opened = {}
    for who in ("reviewer", "auditor", "liaison"):
        client.force_login(county.people[who])
        opened[who] = (client.get(view.address).status_code, view.opens_for(county.people[who]))

    assert opened == {"reviewer": (200, True), "auditor": (200, True), "liaison": (403, False)}


# --- columns, chips, several values -----------------------------------------------------------------------------------


def test_columns_are_shown_as_chosen(office):
    response = office.get(LIST, {"columns": "light,unit,latest_text,requirement"})

    assert heads(response) == ["选择", "亮灯", "承办单位", "最新进展", "具体要求"]
    assert "已发布政策3条。" in page_of(response)
    assert "又发布政策2条" not in page_of(response)


@pytest.mark.parametrize("sort", ["leads_last", "-reminded", "latest_at", "acknowledged_at", "days_left"])
def test_the_order_holds_where_its_column_is_not_shown_and_a_chip_says_so(office, sort):
    hidden = {"columns": "unit,requirement", "sort": sort}
    expected = rows(office.get(LIST, {"columns": f"unit,requirement,{sort.removeprefix('-')}", "sort": sort}))

    response = office.get(LIST, hidden)

    assert rows(response) == expected
    assert page_of(response).count("aria-sort") == 0
    known = sort != "leads_last"
    assert [chip.name for chip in response.context["chips"]] == (["sort"] if known else [])


def test_the_form_of_the_columns_leads_to_the_address_that_keeps_them(office):
    chosen = office.get(LIST, {"role": "lead", "col": ["unit", "light"], "up": "light", "page": "2"})

    assert chosen["Location"] == f"{LIST}?role=lead&columns=light%2Cunit&menu=columns"


@pytest.mark.parametrize(
    ("who", "state"), [("office", "未报"), ("auditor", "未报"), ("liaison", "草稿"), ("leader", "草稿")]
)
def test_drafts_are_known_to_the_unit_alone(client, county, who, state):
    asked = AssignmentFactory(task=TaskFactory(section=county.task.section), unit=county.town)
    RoundItemFactory(assignment=asked)
    reports.save_draft(asked, by=county.people["liaison"], version=0, text="还没有写完。")
    client.force_login(county.people[who])

    page = client.get(LIST, {"columns": "unit,period", "number": asked.task.number})

    assert rows(page) == [asked]
    assert f">{state}</span>" in page_of(page)
    other = {"未报": "草稿", "草稿": "未报"}[state]
    assert f">{other}</span>" not in page_of(page)


def test_on_a_past_day_the_present_period_is_neither_shown_nor_filtered(office):
    day = {"as_of": "2024-09-30"}

    assert "本期" not in heads(office.get(LIST, {**day, "columns": "unit,period"}))
    refused = office.get(LIST, {**day, "period": "returned"})
    assert refused.status_code == 400
    assert "本期情况只有今天的" in page_of(refused)


def test_several_values_of_a_filter_find_any_of_them(office, county):
    units = [county.town.pk, county.other_unit.pk]

    response = office.get(LIST, {"unit": units, "role": ["lead", "responsible", ""]})

    assert rows(response) == [county.duty, county.other_duty]
    assert [(chip.name, chip.words) for chip in response.context["chips"]] == [
        ("unit", "南旺镇人民政府、县农业农村局"),
        ("role", "牵头、责任"),
    ]
    assert f'href="{LIST}?role=lead&amp;role=responsible&amp;role="' in page_of(response)


def test_a_file_has_the_chosen_columns_with_whole_texts(office, county):
    query = {"columns": "unit,light,latest_text,requirement", "unit": county.town.pk}

    response = office.get(reverse("reports:export-assignments"), query)

    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    table = [row for row in sheet.iter_rows(values_only=True) if row[0] in ("承办单位", county.town.name)]
    assert table == [
        ("承办单位", "亮灯", "最新进展", "具体要求"),
        (county.town.name, "逾期", "已发布政策3条。", county.task.requirement),
    ]


# --- start page, managing ---------------------------------------------------------------------------------------------


def test_a_person_starts_at_the_view_that_they_chose_and_goes_back(office, county):
    view = SavedViewFactory(owner=county.people["office"])

    office.post(reverse("tasks:start-at-view", args=[view.pk]))
    assert office.get(reverse("home"))["Location"] == view.address

    office.post(reverse("tasks:start-at-view", args=[view.pk]), {"back": "1"})
    assert not StartPage.objects.exists()
    assert office.get(reverse("home"))["Location"] == reverse("tasks:worklist")


def test_views_are_listed_with_what_they_do(office, county):
    own = SavedViewFactory(owner=county.people["office"], mail_stopped="设置人已不能查看这个清单。")
    SavedViewFactory(owner=county.people["administrator"], sharing=Sharing.COUNTY, list_name="tasks:gone")

    response = office.get(reverse("tasks:saved-views"))

    assert (response.context["own"], response.context["shared"]) == ([own], [])
    assert "已停发：设置人已不能查看这个清单。" in page_of(response)


def test_recipients_are_set_and_a_wrong_line_is_kept_with_what_is_wrong(office, county, settings):
    settings.VIEW_MAIL_ADDRESSES = ["*@gov.example.cn"]
    view = SavedViewFactory(owner=county.people["office"])
    address = reverse("tasks:mail-view", args=[view.pk])

    wrong = office.post(address, {"addresses": "张县长 zhang@gov.example.cn\n李县长"})
    assert wrong.status_code == 422
    assert "“李县长”没有正确的邮箱" in page_of(wrong)
    assert "张县长 zhang@gov.example.cn" in page_of(wrong)

    office.post(address, {"addresses": "张县长　zhang@gov.example.cn\n李县长 li@gov.example.cn"})
    assert [str(one) for one in view.recipients.all()] == [
        "张县长 zhang@gov.example.cn",
        "李县长 li@gov.example.cn",
    ]
    office.post(address, {"stop": "1"})
    assert not view.recipients.exists()
