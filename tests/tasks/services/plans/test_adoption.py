"""A plan that is put in after its issue has a day from which the product is used (启用日期)."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from openpyxl import load_workbook

from departments.choices import Role
from tasks.choices import Light
from tasks.imports.sheets.writing import write
from tasks.models import Assignment, EnteredReport, Plan
from tasks.models.supervision.period import with_period
from tasks.services.plans import issuing
from tasks.services.progress import entering, reviews, sheets
from tests.factories import (
    DesignationFactory,
    PartFactory,
    PlanFactory,
    SectionFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
)
from tests.tasks.sheets import headings_of, received, rows_of
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.core.evenings import evening
from wenshang_disclosure.core.web.errors import Refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("evidence_folder")]
ISSUED, USED, CATCH_UP = dt.date(2024, 3, 1), dt.date(2024, 9, 2), dt.date(2024, 9, 20)
ONE_DAY = dt.timedelta(days=1)
ATTESTED = {"attested": True, "attested_name": "镇保密员"}
LINK = [("发布页", "https://www.wenshang.gov.cn/a")]


@pytest.fixture
def clerk():
    return UserFactory(role=Role.OFFICE)


@pytest.fixture
def draft():
    """A draft of a plan from March: row 1 was due in June, row 2 is due at the year's end."""
    plan = PlanFactory(state="draft", issued_on=ISSUED)
    section, town = SectionFactory(part=PartFactory(plan=plan)), UnitFactory(name="甲镇", kind="town")
    for number, due_on in ((1, dt.date(2024, 6, 30)), (2, dt.date(2024, 12, 31))):
        task = TaskFactory(section=section, number=number, due_on=due_on, deadline_as_written="")
        DesignationFactory(task=task, role="responsible", unit=town)
    return plan


@pytest.fixture
def plan(draft, clerk):
    with time_machine.travel(on_day(USED), tick=False):
        issuing.issue(draft, by=clerk, used_from=USED, catch_up_by=CATCH_UP)
    return Plan.objects.get()


def duty(number):
    return Assignment.objects.get(task__number=number)


def lights(day):
    with time_machine.travel(on_day(day), tick=False):
        duties = Assignment.objects.owed().with_light().order_by("task__number")
        return [(one.task.number, one.light) for one in duties]


def enter(number, clerk, **given):
    with time_machine.travel(on_day(USED + ONE_DAY), tick=False):
        about = {"text": "已公开。", "reported_on": dt.date(2024, 6, 20), **ATTESTED, **given}
        return entering.enter_and_tell(duty(number), by=clerk, **about)


def test_duties_are_owed_from_the_first_use_and_past_deadlines_moved(plan):
    owed = Assignment.objects.order_by("task__number").values_list("owed_from", "due_on", "first_due_on")
    assert list(owed) == [(USED, CATCH_UP, CATCH_UP), (USED, dt.date(2024, 12, 31), dt.date(2024, 12, 31))]
    assert (plan.issued_on, plan.used_from) == (ISSUED, USED)


def test_nothing_is_overdue_before_it_nor_on_the_days_to_catch_up(plan):
    assert lights(CATCH_UP) == [(1, Light.DUE_SOON), (2, Light.NOT_STARTED)]
    assert lights(CATCH_UP + ONE_DAY) == [(1, Light.OVERDUE), (2, Light.NOT_STARTED)]
    with time_machine.travel(on_day(CATCH_UP), tick=False), evening(dt.date(2024, 7, 31)):
        assert not Assignment.objects.owed().exists()


def test_nothing_awaits_acknowledgement_from_before_it(plan):
    with time_machine.travel(on_day(USED + 3 * ONE_DAY), tick=False):
        assert not Assignment.objects.unacknowledged_late({plan.pk: 3}).exists()
    with time_machine.travel(on_day(USED + 7 * ONE_DAY), tick=False):
        assert Assignment.objects.unacknowledged_late({plan.pk: 3}).count() == 2


def test_without_a_day_for_what_is_past_it_is_the_usual_one(draft, clerk):
    with time_machine.travel(on_day(USED), tick=False):
        issuing.issue(draft, by=clerk, used_from=USED)
    assert duty(1).due_on == dt.date(2024, 9, 24)  # 15 working days, with 15 to 17 September off and the 14th worked


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        ({"used_from": ISSUED - ONE_DAY}, "启用日期须在印发日期以后"),
        ({"used_from": USED + ONE_DAY}, "不晚于今天"),
        ({"used_from": USED, "catch_up_by": USED - ONE_DAY}, "补办期限不能早于启用日期"),
    ],
)
def test_days_that_do_not_follow_each_other_are_refused(draft, clerk, days, sentence):
    with time_machine.travel(on_day(USED), tick=False), pytest.raises(Refused, match=sentence):
        issuing.issue(draft, by=clerk, **days)


def test_a_plan_that_is_used_from_its_issue_is_as_ever(draft, clerk):
    with time_machine.travel(on_day(USED), tick=False):
        issuing.issue(draft, by=clerk, used_from=ISSUED)
    assert (Plan.objects.get().used_from, duty(1).due_on) == (None, dt.date(2024, 6, 30))


def test_an_earlier_report_is_marked_and_never_late(plan, clerk):
    entered = enter(1, clerk, claims_completion=True, links=LINK)
    reviewer = UserFactory(role=Role.REVIEWER)
    with time_machine.travel(on_day(USED + 2 * ONE_DAY), tick=False):
        reviews.approve(entered.report, by=reviewer)

    done = Assignment.objects.with_light().get(task__number=1)
    assert (done.light, done.is_late, done.claimed_on) == (Light.DONE, False, dt.date(2024, 6, 20))
    assert entered.in_words() == "县政府办公室代填，补录2024-06-20的报告（在页面填写）"


def test_an_earlier_report_is_reviewed_by_somebody_else(plan, clerk):
    entered = enter(2, clerk)
    with pytest.raises(PermissionDenied):
        reviews.approve(entered.report, by=clerk)


def test_an_earlier_report_is_none_of_the_present_period(plan, clerk):
    enter(2, clerk)
    with time_machine.travel(on_day(USED + ONE_DAY), tick=False):
        [one] = with_period(Assignment.objects.filter(task__number=2), [plan])
        assert (one.last_text, one.period_state) == ("已公开。", "")
        enter(2, clerk, text="又公开。", reported_on=None)
        [one] = with_period(Assignment.objects.filter(task__number=2), [plan])
        assert (one.last_text, one.period_state) == ("又公开。", "submitted")


@pytest.mark.parametrize("day", [ISSUED - ONE_DAY, USED + ONE_DAY])
def test_an_earlier_report_is_of_a_day_before_the_first_use(plan, clerk, day):
    with pytest.raises(Refused, match="补录的报告日期须在2024-03-01（印发）至2024-09-02（启用）之间。"):
        enter(2, clerk, reported_on=day)


def test_a_plan_used_from_its_issue_has_no_earlier_reports(draft, clerk):
    with time_machine.travel(on_day(ISSUED), tick=False):
        issuing.issue(draft, by=clerk)
    with pytest.raises(Refused, match="没有需要补录的报告"):
        enter(2, clerk)


# --- by 填报表 --------------------------------------------------------------------------------------------------------


def filled_in(clerk, **cells):
    """The sheet for earlier reports of the town with row 1 filled in, and row 2 left as it is, taken in."""
    with time_machine.travel(on_day(USED + ONE_DAY), tick=False):
        book = load_workbook(write(sheets.content_of(duty(1).unit, by=clerk, past=True)))
        head, columns = headings_of(book)
        row = rows_of(book)[duty(1).pk]
        for heading, text in cells.items():
            book["填报表"].cell(row, columns[heading]).value = text
        return received(book, clerk, unit=duty(1).unit)


PAST_REPORT = {"本期进展": "上半年已公开。", "申报办结": "是", "佐证链接": "https://www.wenshang.gov.cn/a"}


def test_earlier_reports_are_entered_by_one_sheet_with_their_day(plan, clerk):
    upload = filled_in(clerk, **PAST_REPORT, **{"报告日期（补录）": dt.datetime(2024, 6, 20)})
    with time_machine.travel(on_day(USED + ONE_DAY), tick=False):
        done = sheets.submit(upload, by=clerk, **ATTESTED)

    assert [(one["number"], one["done"]) for one in done.results] == [(1, "已代填报送")]
    entered = EnteredReport.objects.get()
    assert (entered.reported_on, entered.row is not None) == (dt.date(2024, 6, 20), True)
    assert (duty(1).status, duty(1).claimed_on) == ("under_review", dt.date(2024, 6, 20))


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (None, "“报告日期（补录）”没有填写。"),
        ("六月", "“报告日期（补录）”：应为日期，如2024-06-30，现为“六月”。"),
        ("2024-09-03", "“报告日期（补录）”：补录的报告日期须在2024-03-01（印发）至2024-09-02（启用）之间。"),
    ],
)
def test_a_wrong_day_is_told_at_its_cell(plan, clerk, day, sentence):
    upload = filled_in(clerk, **PAST_REPORT, **{"报告日期（补录）": day})
    with time_machine.travel(on_day(USED + ONE_DAY), tick=False):
        [line] = [line for line in sheets.check(upload, by=clerk) if line.errors]
    assert [words for _, words in line.errors] == [sentence]


def test_a_unit_does_not_enter_earlier_reports_itself(plan, clerk):
    liaison = UserFactory(unit=duty(1).unit)
    with pytest.raises(PermissionDenied):
        sheets.content_of(duty(1).unit, by=liaison, past=True)
