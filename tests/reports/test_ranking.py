"""With the ranking of units switched off nothing ranks them: every page, file and answer is asked, both ways."""

import datetime as dt
import io
import re
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from docx import Document
from openpyxl import load_workbook

from departments.choices import Role, UnitKind
from departments.models import RankingDecision, Unit
from departments.services import ranking, tokens
from reports.services import assessment as assessments
from tasks.models import OutgoingMail
from tasks.services.supervision import view_mails
from tests.factories import (
    AssignmentFactory,
    RoundItemFactory,
    SavedViewFactory,
    UnitFactory,
    UserFactory,
    complete,
    submit,
)
from tests.pages import page_of

pytestmark = pytest.mark.django_db

RANKS = re.compile(r"名次|排名|第\d+名|列第|居前|较快|滞后的单位|逾期较多")
"""Words by which a page or a paper would rank units."""
SAYS_SO = ("单位排名", "不对单位排名")
"""Where the switch itself is named."""


def switch(county, is_on):
    ranking.decide(by=county.people["office"], is_on=is_on, reason="基层减负。", seen=ranking.version())


@pytest.fixture
def ranked_county(county):
    """The last of the register completes most, the first is overdue; a result is published."""
    for number in (1, 2, 3):
        unit = UnitFactory(kind=UnitKind.TOWN, name=f"第{'一二三'[number - 1]}镇人民政府", order=number)
        duties = AssignmentFactory.create_batch(3, unit=unit, task__section=county.task.section)
        for duty in duties[: number - 1]:
            complete(duty)
    about = {"by": county.people["office"], "as_of": timezone.localdate(), "key": uuid.uuid4()}
    county.result = assessments.publish(county.plan, seen="", **about)
    return county


def pages(county):
    yield "dashboard", "office", reverse("reports:dashboard"), {}
    yield "unit", "office", reverse("reports:unit", args=[county.town.pk]), {}
    yield "own unit", "liaison", reverse("reports:unit", args=[county.town.pk]), {}
    yield "units", "office", reverse("reports:units"), {}
    yield "assessment", "office", reverse("reports:assessment"), {}
    yield "own assessment", "liaison", reverse("reports:assessment"), {}
    yield "published", "office", reverse("reports:published-assessment", args=[county.result.pk]), {}
    yield "own published", "liaison", reverse("reports:published-assessment", args=[county.result.pk]), {}
    yield "matrix", "office", reverse("reports:matrix"), {}
    yield "table", "office", reverse("tasks:tasks"), {}
    yield "supervision", "office", reverse("tasks:supervision"), {}
    yield "acknowledgements", "office", reverse("tasks:acknowledgements"), {}
    yield "round", "office", reverse("tasks:round", args=[county.round.pk]), {}
    yield "search", "office", reverse("reports:search"), {"q": "镇"}


def files(county):
    yield "workbook", "office", reverse("reports:export-summary"), {}
    yield "units file", "office", reverse("reports:export-units"), {}
    yield "assessment file", "office", reverse("reports:export-assessment"), {}
    yield "published file", "office", reverse("reports:export-published-assessment", args=[county.result.pk]), {}
    yield "own workbook", "liaison", reverse("reports:export-summary"), {}
    yield "bulletin", "office", reverse("reports:export-bulletin"), {}
    yield "annual report", "office", reverse("reports:export-annual-report"), {}


RANKED_FOR_OFFICE = {"dashboard", "unit", "assessment", "published", "workbook", "assessment file", "published file"}
RANKED = RANKED_FOR_OFFICE | {"own unit", "own assessment", "own published", "bulletin"}


def text_of(county, role, address, query):
    client = Client()
    client.force_login(county.people[role])
    response = client.get(address, query)
    assert response.status_code == 200, address
    if response.streaming:
        return _file_text(b"".join(response.streaming_content))
    main = page_of(response).partition("<main")[2]
    return re.sub(
        r"<[^>]+>", " ", re.sub(r'data-ask="[^"]*"|<details class="menu">.*?</details>', "", main, flags=re.S)
    )


def _file_text(content):
    if b"word/document.xml" in content:
        document = Document(io.BytesIO(content))
        cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])
    book = load_workbook(io.BytesIO(content))
    return "\n".join(
        f"{value}" for sheet in book for row in sheet.iter_rows(values_only=True) for value in row if value
    )


def ranking_words(county):
    """What of `RANKS` each output says: `{output: words}`."""
    told = {}
    for name, role, address, query in [*pages(county), *files(county)]:
        text = text_of(county, role, address, query)
        for words in SAYS_SO:
            text = text.replace(words, "")
        told[name] = sorted(set(RANKS.findall(text)))
    return {name: words for name, words in told.items() if words}


def test_every_output_that_ranks_units_stops_with_the_switch(ranked_county):
    with_it = ranking_words(ranked_county)
    switch(ranked_county, is_on=False)
    without_it = ranking_words(ranked_county)

    assert set(with_it) == RANKED
    assert without_it == {}


@pytest.mark.parametrize("role", ["reviewer", "auditor"])
def test_who_reads_everything_reads_published_ranks_and_no_others(ranked_county, role):
    ranked_county.people["office"] = ranked_county.people[role]

    assert {name for name in ranking_words(ranked_county) if not name.startswith("own ")} == {
        "unit",
        "assessment",
        "published",
        "published file",
    }
    assert ranking_words(ranked_county)["assessment"] == ["名次", "排名"]  # what the rubric says of published results
    address = reverse("reports:units")
    assert in_order(text_of(ranked_county, role, address, {"sort": "-completion_rate"})) == [
        "第一镇",
        "第二镇",
        "第三镇",
    ]


def in_order(text):
    """The towns in the order of the list of units: the table of a paper begins below its heads."""
    names = ["第一镇", "第二镇", "第三镇"]
    heads = max(text.find("\n未启动\n"), text.find("\n序号\n单位\n"))  # the latter is the annex of the bulletin
    return sorted(names, key=lambda name: text.index(name, max(heads, 0)))


@pytest.mark.parametrize(
    "name",
    ["units", "assessment", "published", "workbook", "units file", "assessment file", "published file", "bulletin"],
)
def test_without_a_ranking_units_stand_as_in_the_register(ranked_county, name):
    about = {one[0]: one[1:] for one in [*pages(ranked_county), *files(ranked_county)]}[name]
    best_first = in_order(text_of(ranked_county, *about))
    switch(ranked_county, is_on=False)

    assert best_first == ["第三镇", "第二镇", "第一镇"]
    assert in_order(text_of(ranked_county, *about)) == ["第一镇", "第二镇", "第三镇"]


@pytest.mark.parametrize(("sort", "label"), [("-completion_rate", "办结率"), ("-done", "办结"), ("overdue", "逾期")])
def test_without_a_ranking_units_are_sorted_by_no_result_and_a_view_that_is_says_so(ranked_county, client, sort, label):
    about = ("office", reverse("reports:units"), {"sort": sort})
    sorted_by_it = in_order(text_of(ranked_county, *about))
    view = SavedViewFactory(owner=ranked_county.people["office"], list_name="reports:units", query=f"sort={sort}")
    switch(ranked_county, is_on=False)
    client.force_login(ranked_county.people["office"])

    assert sorted_by_it == ["第三镇", "第二镇", "第一镇"]
    assert in_order(text_of(ranked_county, *about)) == ["第一镇", "第二镇", "第三镇"]
    assert f"按{label}排序" in page_of(client.get(view.address, follow=True))


def test_a_mail_of_units_ranks_nobody(ranked_county, settings):
    settings.MAIL_IS_ON, office = True, ranked_county.people["office"]
    reader = UserFactory(role=Role.REVIEWER, email="b@gov.example.cn")
    view = SavedViewFactory(owner=office, list_name="reports:units", query="sort=-completion_rate")
    view_mails.set_recipients(view, by=office, people=[reader], addresses=[])
    view_mails.write(timezone.localdate() + dt.timedelta(days=7))
    mail = OutgoingMail.objects.get(view=view)

    assert view_mails.compose(mail) == ""
    assert in_order(mail.text) == ["第一镇", "第二镇", "第三镇"]
    assert "按办结率排序有的已不存在" in mail.text


def test_work_lists_put_slow_units_first_only_where_units_are_ranked(client, ranked_county):
    client.force_login(ranked_county.people["office"])
    towns = Unit.objects.filter(name__startswith="第").order_by("-order")
    for town, reported in zip(towns, (1, 2, 0), strict=True):
        for duty in AssignmentFactory.create_batch(3, unit=town, task__section=ranked_county.task.section):
            RoundItemFactory(round=ranked_county.round, assignment=duty)
            if reported:
                submit(duty)
                reported -= 1

    def orders():
        pages = (
            client.get(reverse("tasks:round", args=[ranked_county.round.pk])).context["by_unit"],
            client.get(reverse("tasks:overdue")).context["by_unit"],
            client.get(reverse("tasks:acknowledgements")).context["rows"],
        )
        names = [[line.get("name") or line["unit__name"] for line in lines] for lines in pages]
        names.append([one.unit.name for one in client.get(reverse("tasks:worklist")).context["progress"].units])
        return [[name[:3] for name in one if name.startswith("第")] for one in names]

    slow_first = orders()
    switch(ranked_county, is_on=False)

    assert slow_first[0] == slow_first[3] == ["第一镇", "第三镇", "第二镇"]
    assert orders() == [["第一镇", "第二镇", "第三镇"]] * 4


def test_the_trial_of_a_rubric_shows_points_and_no_places(client, ranked_county):
    client.force_login(ranked_county.people["office"])
    shown = client.get(reverse("reports:rubric")).context["form"].initial

    def tried():
        page = page_of(
            client.post(reverse("reports:rubric"), {**shown, "completion": "40", "timeliness": "30", "try": "1"})
        )
        return "试算得分" in page, "试算名次" in page

    with_it = tried()
    switch(ranked_county, is_on=False)

    assert (with_it, tried()) == ((True, True), (True, False))


def test_the_api_and_the_open_page_rank_nobody_either_way(client, ranked_county):
    person = ranked_county.people["office"]
    secret = tokens.make(person, by=person, name="县数据平台")
    program = Client(headers={"authorization": f"Bearer {secret}"})
    ranked_county.plan.is_open = True

    for is_on in (True, False):
        if not is_on:
            switch(ranked_county, is_on=False)
        for address in ("units", "tasks", "assignments"):
            answer = program.get(f"/api/v1/{address}?page_size=200")
            assert answer.status_code == 200
            assert not RANKS.search(answer.content.decode())
        shown = page_of(client.get(reverse("reports:public-preview", args=[ranked_county.plan.pk])))
        assert not RANKS.search(shown.replace("单位排名", ""))


def test_before_publication_only_the_office_sees_a_rank(client, county):
    seen = {}
    for role in ("office", "reviewer", "auditor", "liaison", "leader"):
        client.force_login(county.people[role])
        score = client.get(reverse("reports:unit", args=[county.town.pk])).context["score"]
        seen[role] = (score.rank, score.published, [part.rank for part in score.parts])

    assert {role: bool(rank) for role, (rank, _, _) in seen.items()} == {
        "office": True,
        "reviewer": False,
        "auditor": False,
        "liaison": False,
        "leader": False,
    }
    assert all(published is None for _, published, _ in seen.values())
    assert seen["liaison"][2] == [None] * 4


def test_once_published_the_unit_reads_its_published_rank_on_its_page(client, ranked_county):
    client.force_login(ranked_county.people["liaison"])
    address = reverse("reports:unit", args=[ranked_county.town.pk])
    now, before = client.get(address), client.get(address, {"as_of": "2024-06-30"})

    row = ranked_county.result.rows.get(unit=ranked_county.town)
    assert now.context["score"].published == row
    assert f"公布：第{row.rank}名" in page_of(now)
    assert before.context["score"].published is None


def test_the_office_switches_it_on_the_page_and_reads_who_decided(client, county):
    client.force_login(county.people["office"])
    form = client.get(reverse("reports:ranking")).context["form"].initial

    response = client.post(reverse("reports:ranking"), {**form, "reason": "落实减负要求。"}, follow=True)

    assert "已关闭单位排名。" in page_of(response)
    assert "落实减负要求。" in page_of(response)
    assert not RankingDecision.objects.units_are_ranked()


def test_two_at_once_on_the_page_keep_what_was_typed(client, county):
    client.force_login(county.people["office"])
    form = client.get(reverse("reports:ranking")).context["form"].initial
    switch(county, is_on=False)

    response = client.post(reverse("reports:ranking"), {**form, "reason": "我写的原因。"})

    assert response.status_code == 409
    assert "我写的原因。" in page_of(response)
    assert "开启单位排名</button>" in page_of(response)
