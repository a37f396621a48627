"""The draft for the annual report: the latest approved words of each duty, its figures, and its gaps."""

import datetime as dt
import io

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from docx import Document

from departments.choices import Role
from reports.exports.word import annual_report, default_templates
from tasks.choices import Light, Quality, ReportState
from tasks.models import Assignment, Plan
from tasks.scope import Scope
from tasks.services.progress import reviews
from tests.factories import AssignmentFactory, UserFactory, claim, submit
from tests.reports.figures.test_figures import LIVELY_DAYS, lit, owed_on, seen_by
from tests.reports.figures.test_figures import county as lively  # noqa: F401, a fixture
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.core.evenings import evening

from .test_bulletin import assert_says, lines, told_plainly

pytestmark = pytest.mark.django_db

GAP = "（待补充）"
DAY = dt.date(2025, 1, 20)


def draft(user, as_of=DAY, unit=None):
    scope = Scope(user, Plan.objects.get(), as_of)
    with evening(as_of):
        made = annual_report.annual_report(scope, unit, default_templates.annual_report())
    return lines(Document(made))


def approved_by(duty, as_of):
    """The report of a duty that was approved by that evening and submitted last, from the raw rows."""
    reports = [one for one in duty.reports.all() if one.state == ReportState.APPROVED]
    reports = [one for one in reports if timezone.localdate(one.reviewed_at) <= as_of]
    return max(reports, key=lambda one: (one.submitted_at, one.pk), default=None)


@pytest.fixture
def told(county):
    """Reports on the town's and the lead's duty of one row, at different days, some of them approved."""

    def approve(day, duty, **written):
        with time_machine.travel(on_day(day), tick=False):
            report = submit(duty, **written)
            reviews.approve(report, by=UserFactory(role=Role.REVIEWER))
        return report

    county.town_duty = AssignmentFactory(task=county.task, unit=county.other_unit)
    approve(dt.date(2024, 8, 1), county.town_duty, text="农业先前的话。")
    approve(dt.date(2024, 9, 1), county.town_duty, text="农业最近的话。", obstacles="农业的问题。")
    approve(dt.date(2024, 9, 1), county.lead_duty, text="商务一段。\n\n商务二段。", next_steps="商务的下步。")
    with time_machine.travel(on_day(dt.date(2024, 10, 1)), tick=False):
        submit(county.town_duty, text="农业还没有审核的话。")
    return county


def test_a_unit_has_its_own_latest_approved_words_and_gaps(told):
    said = draft(UserFactory(unit=told.other_unit), unit=told.other_unit)

    assert said[0] == "县农业农村局2024年政府信息公开工作年度报告"
    assert "农业最近的话。" in said
    assert [line for line in said if "先前" in line or "还没有审核" in line or "商务" in line or "南旺" in line] == []
    assert said[said.index("第2项　加强乡村振兴信息公开。") + 1] == GAP
    assert "农业的问题。" in said
    assert said[said.index("（二）改进情况") + 1] == GAP


def test_what_was_approved_later_is_not_told_of_an_earlier_day(told):
    said = draft(UserFactory(unit=told.other_unit), as_of=dt.date(2024, 8, 31), unit=told.other_unit)

    assert "农业先前的话。" in said
    assert "农业最近的话。" not in said


def test_the_county_speaks_in_the_words_of_leads_and_counts_the_others(told):
    said = draft(told.people["office"])

    row = said.index("第1项　围绕招商引资做好信息发布工作。")
    assert said[row + 1 : row + 4] == [
        "县商务局：商务一段。",
        "商务二段。",
        "另有2个单位承办，其中1个已有审核通过的进展报告，0个已办结。",
    ]
    assert f"县农业农村局：{GAP}" in said
    assert "县商务局：商务的下步。" in said
    assert not [line for line in said if "农业最近" in line]


def test_an_exemplary_report_is_told_of_the_county_whoever_wrote_it(told):
    report = told.town_duty.reports.get(text="农业最近的话。")
    with time_machine.travel(on_day(dt.date(2024, 10, 2)), tick=False):
        reviews.rate(report, by=UserFactory(role=Role.REVIEWER), quality=Quality.EXCELLENT, is_exemplary=True)

    said = draft(told.people["office"])

    assert "县农业农村局：农业最近的话。" in said
    assert "另有1个单位承办，其中0个已有审核通过的进展报告，0个已办结。" in said


def test_a_row_that_nobody_coordinates_is_counted_and_marked(told):
    with time_machine.travel(on_day(DAY), tick=False):
        Assignment.objects.filter(task=told.task).update(coordinates=False)

    said = draft(told.people["office"])

    assert f"3个单位承办，其中2个已有审核通过的进展报告，0个已办结。{GAP}" in said


def test_without_duties_the_draft_says_so(county):
    unit = UserFactory().unit

    said = draft(UserFactory(unit=unit), unit=unit)

    assert f"2024年，截至2025年1月20日，{unit.name}没有应办事项。{GAP}" in said


def test_every_figure_and_word_is_what_plain_python_finds(lively):  # noqa: F811
    for user, unit in ((lively["office"], None), (lively["unit"], lively["unit"].unit)):
        for as_of in LIVELY_DAYS[1:]:
            duties = owed_on(seen_by(user), as_of)
            duties = [duty for duty in duties if unit is None or duty.unit == unit]

            said = draft(user, as_of, unit)

            overall = next(line for line in said if line.startswith("2024年，"))
            assert f"应办事项共{len(duties)}件" in overall
            assert_says_but_for_none(overall, told_plainly(duties, as_of))
            sections = {duty.task.section for duty in duties}
            sections = sorted(sections, key=lambda one: (one.part.order, one.order))
            counted = [line for line in said if line.startswith("本类")]
            for section, line in zip(sections, counted, strict=True):
                of_section = [duty for duty in duties if duty.task.section == section]
                assert f"应办{len(of_section)}件" in line
                assert_says_but_for_none(line, told_plainly(of_section, as_of))
            for task in {duty.task for duty in duties}:
                of_task = [duty for duty in duties if duty.task == task]
                row = next(place for place, line in enumerate(said) if line.startswith(f"第{task.number}项　"))
                assert said[row + 1 : row + 1 + len(passages(of_task, as_of, unit))] == passages(of_task, as_of, unit)


def assert_says_but_for_none(line, plain):
    assert_says(line if plain["overdue"] else f"{line}没有逾期事项。", plain)


def passages(duties, as_of, unit):
    """What one row of the draft says, from the raw rows; every report of the history says the same one sentence."""
    duties = sorted(duties, key=lambda duty: (not duty.coordinates, duty.unit.order))
    speakers = [duty for duty in duties if unit or duty.coordinates]
    others = [duty for duty in duties if duty not in speakers]
    name = {duty.pk: "" if unit else f"{duty.unit.name}：" for duty in duties}
    found = [f"{name[duty.pk]}{approved_by(duty, as_of).text}" for duty in speakers if approved_by(duty, as_of)]
    found += [f"{name[duty.pk]}{GAP}" for duty in speakers if not approved_by(duty, as_of)]
    if others:
        approved = sum(approved_by(duty, as_of) is not None for duty in others)
        done = sum(lit(duty, as_of)[0] == Light.DONE for duty in others)
        found.append(f"另有{len(others)}个单位承办，其中{approved}个已有审核通过的进展报告，{done}个已办结。")
    return found


# --- the address ------------------------------------------------------------------------------------------------------


def scope(client, **query):
    return client.get(reverse("reports:export-annual-report"), query)


def text_of(response):
    assert response.status_code == 200
    return "\n".join(lines(Document(io.BytesIO(b"".join(response.streaming_content)))))


@pytest.mark.parametrize("role", ["liaison", "leader"])
def test_who_belongs_to_a_unit_gets_that_units(client, county, role):
    client.force_login(county.people[role])

    for query in ({}, {"unit": county.town.pk}):
        assert "南旺镇人民政府2024年政府信息公开工作年度报告" in text_of(scope(client, **query))
    for other in (county.lead_unit.pk, 999_999, "abc"):
        assert scope(client, unit=other).status_code == 404


def test_a_lead_gets_its_own_and_not_that_of_the_units_it_watches(client, county):
    client.force_login(county.people["lead"])

    text = text_of(scope(client))

    assert text.startswith("县商务局2024年")
    assert "南旺镇" not in text
    assert scope(client, unit=county.town.pk).status_code == 404


@pytest.mark.parametrize("role", ["office", "reviewer", "auditor"])
def test_who_reads_everything_gets_any_unit_or_the_county(client, county, role):
    client.force_login(county.people[role])

    assert text_of(scope(client)).startswith("2024年政府信息公开工作年度报告")
    assert text_of(scope(client, unit=county.town.pk)).startswith("南旺镇人民政府2024年")


def test_a_units_page_offers_its_draft_as_of_the_same_day(client, county):
    client.force_login(county.people["office"])

    page = client.get(reverse("reports:unit", args=[county.town.pk]), {"as_of": "2024-11-30"}).content.decode()

    offered = f"?unit={county.town.pk}&amp;plan={county.plan.pk}&amp;as_of=2024-11-30"
    assert f'href="{reverse("reports:export-annual-report")}{offered}"' in page


def test_a_draft_or_a_report_under_review_is_in_nobodys_annual_report(client, county):
    claim(county.lead_duty, by=county.people["lead"], text="商务待审核的话。", open_units_note="已催办。")
    for role in ("office", "lead", "liaison"):
        client.force_login(county.people[role])

        text = text_of(scope(client))

        assert not any(words in text for words in ("待审核的话", "尚未报送", "已发布政策3条"))
