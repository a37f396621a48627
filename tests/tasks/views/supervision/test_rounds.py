"""The pages of reporting rounds: calling, showing who has submitted, changing, closing."""

import datetime as dt
import io
import uuid

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from tasks.models import Notification, ReportingRound
from tasks.services.supervision import rounds
from tests.audit.trails import unguarded
from tests.factories import AssignmentFactory, PlanFactory, RoundFactory, RoundItemFactory, claim, submit

pytestmark = pytest.mark.django_db


def typed(**changed):
    today = timezone.localdate()
    return {
        "title": "三季度进展",
        "text": "请写明数字。\n并附链接。",
        "opens_on": f"{today}",
        "closes_on": f"{today + dt.timedelta(days=10)}",
        "key": f"{uuid.uuid4()}",
        **changed,
    }


@pytest.fixture
def unit_person(client, county):
    client.force_login(county.people["liaison"])
    return client


# --- calling ----------------------------------------------------------------------------------------------------------


def test_the_form_offers_units_that_owe_something_and_rows_by_part(office, county):
    AssignmentFactory(unit__name="与本表无关的局")

    page = office.get(reverse("tasks:new-round"), {"plan": county.plan.pk})

    form = page.context["form"]
    assert [(kind, [unit.name for unit in units]) for kind, units in form.units_by_kind] == [
        ("政府部门", ["县商务局", "县农业农村局"]),
        ("乡镇", ["南旺镇人民政府"]),
    ]
    assert [(part, len(rows), ticked) for part, rows, ticked in form.tasks_by_part] == [
        (county.task.section.part, 2, 0)
    ]
    assert page.context["form"]["title"].value().endswith("季度进展")


def test_the_step_between_tells_whom_it_asks_keeps_what_was_typed_and_sends_nothing(office, county):
    sent = typed(units=[county.town.pk, county.lead_unit.pk], tasks=[county.task.pk])

    page = office.post(reverse("tasks:new-round"), {**sent, "action": "preview"})

    words = page.content.decode()
    assert (page.status_code, ReportingRound.objects.exclude(pk=county.round.pk).count()) == (200, 0)
    assert "将向2个单位的2件事项发起报送" in words
    assert page.context["shares"] == [("县商务局", 1), ("南旺镇人民政府", 1)]
    for name, value in sent.items():
        for one in value if isinstance(value, list) else [value]:
            assert f'name="{name}" value="{one}"' in words


def test_going_back_gives_the_form_with_what_was_typed(office, county):
    sent = typed(units=[county.town.pk], tasks=[county.task.pk], action="back")

    page = office.post(reverse("tasks:new-round"), sent)

    form = page.context["form"]
    assert page.status_code == 200
    assert (form["text"].value(), form.ticked_units, form.ticked_tasks, form["key"].value()) == (
        sent["text"],
        {f"{county.town.pk}"},
        {f"{county.task.pk}"},
        sent["key"],
    )
    assert page.content.decode().count("checked") == 2


def test_sending_calls_once_however_often(office, county):
    sent = typed(units=[county.town.pk], action="send")

    answers = [office.post(reverse("tasks:new-round"), sent) for _ in range(2)]

    one = ReportingRound.objects.exclude(pk=county.round.pk).get()
    assert {answer.url for answer in answers} == {reverse("tasks:round", args=[one.pk])}
    assert (one.text, one.by, [item.assignment for item in one.items.all()]) == (
        "请写明数字。\n并附链接。",
        county.people["office"],
        [county.duty],
    )


@pytest.mark.parametrize("action", ["preview", "send"])
@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"closes_on": "2020-01-01"}, "截止日期不能早于开始日期"),
        ({"opens_on": "2020-01-01", "closes_on": "2020-02-01"}, "截止日期已过"),
        ({"title": ""}, "请填写批次名称"),
        ({"closes_on": "十月"}, "请按“2024-12-31”的格式填写日期"),
        ({"key": ""}, "页面不完整"),
        ({"units": [0]}, "所选单位不承担本表任务"),
    ],
)
def test_a_refusal_keeps_what_was_typed(office, county, action, changed, sentence):
    page = office.post(reverse("tasks:new-round"), typed(action=action, **changed))

    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert page.context["form"]["text"].value() == "请写明数字。\n并附链接。"


def test_the_plan_is_the_one_of_the_address(office, county):
    old = AssignmentFactory(task__section__part__plan=PlanFactory(year=2023, issued_on="2023-03-01"))
    address = f"{reverse('tasks:new-round')}?plan={old.plan_id}"

    office.post(address, typed(action="send"))

    assert [item.assignment for item in ReportingRound.objects.get(plan=old.plan_id).items.all()] == [old]


# --- the list ---------------------------------------------------------------------------------------------------------


def test_the_office_sees_every_round_with_its_figures(office, county):
    RoundItemFactory(round=county.round, assignment=county.lead_duty)
    RoundFactory(plan=county.plan, title="别人的批次", opens_on=dt.date(2024, 1, 1))

    page = office.get(reverse("tasks:rounds"))

    table = page.context["table"]
    figures = {row.record.title: table.figures.get((row.record.pk,)) for row in table.rows}
    assert figures == {
        "三季度进展": {"requested": 2, "submitted": 1, "in_time": 1, "late": 0, "missing": 1},
        "别人的批次": None,
    }
    assert "1／2<small>50.0%</small>" in page.content.decode()


def test_a_unit_sees_its_own_rounds_and_what_each_still_wants(unit_person, county):
    RoundItemFactory(round=county.round, assignment=county.lead_duty)
    RoundItemFactory(round__title="别人的批次", assignment=county.other_duty)
    later = AssignmentFactory(task__section=county.task.section, task__number=9, unit=county.town)
    RoundItemFactory(round=county.round, assignment=later)

    page = unit_person.get(reverse("tasks:rounds"))

    table = page.context["table"]
    (one,) = [row.record for row in table.rows]
    figures, wanted = table.figures[(one.pk,)], table.wanted[one.pk]
    assert (one, figures["requested"], figures["submitted"], wanted) == (county.round, 2, 1, [later])
    assert "还需报送：" in page.content.decode()
    assert "别人的批次" not in page.content.decode()


@pytest.mark.parametrize(
    ("phase", "found"),
    [
        ("running", {"三季度进展"}),
        ("coming", {"将来的"}),
        ("over_time", {"过期的"}),
        ("closed", {"结束的"}),
        ("", {"三季度进展", "将来的", "过期的", "结束的"}),
    ],
)
def test_rounds_are_found_by_where_they_are(office, county, phase, found):
    today, days = timezone.localdate(), dt.timedelta(days=9)
    RoundFactory(plan=county.plan, title="将来的", opens_on=today + days, closes_on=today + days)
    RoundFactory(plan=county.plan, title="过期的", opens_on=today - days, closes_on=today - days)
    rounds.close(RoundFactory(plan=county.plan, title="结束的"), by=county.people["office"])

    page = office.get(reverse("tasks:rounds"), {"phase": phase})

    assert {row.record.title for row in page.context["table"].rows} == found


# --- one round --------------------------------------------------------------------------------------------------------


@pytest.fixture
def three(county):
    """The town has submitted, the commerce bureau has not, the agriculture bureau was late."""
    county.round.closes_on = timezone.localdate()
    county.round.save()
    RoundItemFactory(round=county.round, assignment=county.lead_duty)
    RoundItemFactory(round=county.round, assignment=county.other_duty)
    with time_machine.travel(timezone.now() + dt.timedelta(days=1), tick=False):
        submit(county.other_duty)
    return county


def rows_of(page):
    return [(item.assignment.unit.name, item.submission) for item in page.context["rows"]]


def test_the_office_sees_by_unit_who_has_and_who_has_not(office, three):
    page = office.get(reverse("tasks:round", args=[three.round.pk]))

    assert [(line["name"], line["submitted"], line["late"], line["missing"]) for line in page.context["by_unit"]] == [
        ("县商务局", 0, 0, 1),
        ("南旺镇人民政府", 1, 0, 0),
        ("县农业农村局", 1, 1, 0),
    ]
    assert page.context["total"] == {"requested": 3, "submitted": 2, "missing": 1, "late": 1, "in_time": 1}
    assert [(line["name"], line["wanted"]) for line in page.context["to_chase"]] == [("县商务局", [three.lead_duty.pk])]
    assert "填报" not in page.content.decode().partition('id="list"')[2]


@pytest.mark.parametrize(
    ("submission_is", "expected"),
    [("missing", "县商务局"), ("late", "县农业农村局"), ("in_time", "南旺镇人民政府")],
)
def test_the_list_is_cut_by_what_was_submitted_and_the_file_likewise(office, three, submission_is, expected):
    query = {"submission": submission_is}

    page = office.get(reverse("tasks:round", args=[three.round.pk]), query)
    file = office.get(reverse("reports:export-round", args=[three.round.pk]), query)

    assert rows_of(page) == [(expected, submission_is)]
    sheet = load_workbook(io.BytesIO(file.getvalue())).active
    lines = [row[0] for row in sheet.iter_rows(values_only=True)]
    start = lines.index("承办单位")
    assert lines[start + 1 :] == [expected]
    assert any("筛选条件：报送情况" in f"{line}" for line in lines[:start])


def test_the_file_tells_when_and_what_was_submitted(office, three):
    response = office.get(reverse("reports:export-round", args=[three.round.pk]))

    sheet = load_workbook(io.BytesIO(response.getvalue())).active
    lines = list(sheet.iter_rows(values_only=True))
    start = next(place for place, line in enumerate(lines) if line[0] == "承办单位")
    town = next(dict(zip(lines[start], line, strict=True)) for line in lines[start + 1 :] if line[0] == three.town.name)
    moment = timezone.localtime(three.report.submitted_at).replace(tzinfo=None, microsecond=0)
    assert (town["报送情况"], town["报送时间"], town["进展情况"], town["序号"]) == (
        "已报送",
        moment,
        "已发布政策3条。",
        1,
    )
    assert lines[0][0] == "三季度进展报送情况"


@pytest.mark.parametrize("query", ["submission=nonsense", "unit=0"])
def test_a_filter_that_is_nonsense_is_said_and_no_file_is_guessed(office, three, query):
    page = office.get(f"{reverse('tasks:round', args=[three.round.pk])}?{query}")
    file = office.get(f"{reverse('reports:export-round', args=[three.round.pk])}?{query}")

    assert (page.status_code, file.status_code, rows_of(page)) == (400, 400, [])


def test_a_unit_sees_its_own_duties_with_the_way_to_the_form(unit_person, three):
    still = AssignmentFactory(task__section=three.task.section, unit=three.town)
    RoundItemFactory(round=three.round, assignment=still)

    page = unit_person.get(reverse("tasks:round", args=[three.round.pk]))
    file = unit_person.get(reverse("reports:export-round", args=[three.round.pk]))

    words = page.content.decode()
    assert rows_of(page) == [("南旺镇人民政府", "in_time"), ("南旺镇人民政府", "missing")]
    assert reverse("tasks:report", args=[still.pk]) in words
    assert reverse("tasks:report", args=[three.duty.pk]) not in words
    assert "县商务局" not in words
    units = {row[0] for row in load_workbook(io.BytesIO(file.getvalue())).active.iter_rows(values_only=True)}
    assert units & {"县商务局", "县农业农村局", "南旺镇人民政府"} == {"南旺镇人民政府"}


@pytest.mark.parametrize("how", ["closed", "under review"])
def test_where_nothing_can_be_submitted_no_way_to_the_form_is_shown(unit_person, county, how):
    still = AssignmentFactory(task__section=county.task.section, unit=county.town)
    RoundItemFactory(round=county.round, assignment=still)
    if how == "closed":
        rounds.close(county.round, by=county.people["office"])
    else:
        report = claim(still)
        with unguarded(type(report)):
            report.submitted_at -= dt.timedelta(days=30)
            report.save()

    words = unit_person.get(reverse("tasks:round", args=[county.round.pk])).content.decode()

    assert reverse("tasks:report", args=[still.pk]) not in words
    assert ("正在审核" in words) is (how == "under review")


def test_a_leader_reads_without_the_way_to_the_form(client, county):
    still = AssignmentFactory(task__section=county.task.section, unit=county.town)
    RoundItemFactory(round=county.round, assignment=still)
    client.force_login(county.people["leader"])

    words = client.get(reverse("tasks:round", args=[county.round.pk])).content.decode()

    assert reverse("tasks:report", args=[still.pk]) not in words


# --- changing and closing ---------------------------------------------------------------------------------------------


def test_prolonging_a_round(office, county):
    day = county.round.closes_on + dt.timedelta(days=5)

    response = office.post(
        reverse("tasks:change-round", args=[county.round.pk]), {"title": "新名称", "text": "", "closes_on": f"{day}"}
    )

    county.round.refresh_from_db()
    assert response.url == reverse("tasks:round", args=[county.round.pk])
    assert (county.round.title, county.round.closes_on) == ("新名称", day)


def test_a_refused_change_keeps_what_was_typed(office, county):
    sent = {"title": "新名称", "text": "新的要求。", "closes_on": "2020-01-01"}

    page = office.post(reverse("tasks:change-round", args=[county.round.pk]), sent)

    assert page.status_code == 422
    assert "截止日期不能早于开始日期" in page.content.decode()
    assert page.context["form"]["text"].value() == "新的要求。"


def test_closing_and_what_a_second_person_is_told(office, county):
    address = reverse("tasks:close-round", args=[county.round.pk])

    assert office.post(address).status_code == 302

    again, change = office.post(address), office.get(reverse("tasks:change-round", args=[county.round.pk]))
    assert (again.status_code, change.status_code) == (409, 409)
    assert "本次操作未生效" in again.content.decode()
    page = office.get(reverse("tasks:round", args=[county.round.pk])).content.decode()
    assert "已结束" in page
    assert reverse("tasks:change-round", args=[county.round.pk]) not in page


# --- where a unit works -----------------------------------------------------------------------------------------------


def test_the_worklist_says_which_rounds_still_want_something(unit_person, county):
    still = AssignmentFactory(task__section=county.task.section, unit=county.town)
    RoundItemFactory(round=county.round, assignment=still)

    def shown():
        return [(one.round, one.missing) for one in unit_person.get(reverse("tasks:worklist")).context["rounds"]]

    before = shown()
    submit(still, by=county.people["liaison"])

    assert (before, shown()) == ([(county.round, 1)], [(county.round, 0)])


def test_a_round_that_is_over_time_is_told_so(unit_person, county):
    today = timezone.localdate()
    still = AssignmentFactory(task__section=county.task.section, unit=county.town)
    one = RoundFactory(plan=county.plan, opens_on=today - dt.timedelta(days=9), closes_on=today - dt.timedelta(days=1))
    RoundItemFactory(round=one, assignment=still)

    assert "<b>已截止</b>，请尽快补报" in unit_person.get(reverse("tasks:worklist")).content.decode()


def test_the_duty_says_which_rounds_still_want_it(client, county):
    RoundItemFactory(round__title="年终进展", assignment=county.duty, round__opens_on=timezone.localdate())
    address = reverse("tasks:assignment", args=[county.duty.pk])
    with unguarded(type(county.report)):
        type(county.report).objects.filter(pk=county.report.pk).update(
            submitted_at=timezone.now() - dt.timedelta(days=9)
        )

    seen = {}
    for who in ("office", "liaison", "lead"):
        client.force_login(county.people[who])
        seen[who] = client.get(address).content.decode()

    assert all("需报送本事项的进展" in page for page in seen.values())
    link = f'href="{reverse("tasks:round", args=[ReportingRound.objects.get(title="年终进展").pk])}"'
    assert {who: link in page for who, page in seen.items()} == {"office": True, "liaison": True, "lead": False}


def test_who_belongs_to_no_unit_is_not_told_what_units_owe(office, county):
    RoundItemFactory(round=county.round, assignment=county.lead_duty)

    assert "三季度进展" not in office.get(reverse("tasks:assignments")).content.decode()


def test_the_line_that_tells_of_a_round_leads_to_it(unit_person, county):
    one = rounds.call(
        county.plan,
        by=county.people["office"],
        title="四季度进展",
        text="",
        key=uuid.uuid4(),
        opens_on=timezone.localdate(),
        closes_on=timezone.localdate(),
    )
    notice = Notification.objects.get(user=county.people["liaison"], text__contains="四季度进展")

    response = unit_person.post(reverse("tasks:notification", args=[notice.pk]), follow=True)

    assert response.context["round"] == one
