"""Next year's draft: deadlines moved, holders kept, what is gone flagged."""

import datetime as dt
import json

import pytest
from django.core.management import call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from departments.choices import Role
from tasks.imports.meaning import deadlines
from tasks.models import Designation, Plan, Task
from tasks.services.plans import issuing, roll_over
from tests.factories import (
    CollectiveFactory,
    DesignationFactory,
    PartFactory,
    PlanFactory,
    SectionFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
)
from wenshang_disclosure.core.web.errors import Refused

pytestmark = pytest.mark.django_db
BOTH = ["table", "notice"]
FEBRUARY = ["2月28日前", "2月底前"]


def wide(year):
    return f"{year}".translate(str.maketrans("0123456789", "０１２３４５６７８９"))


def chinese(year):
    return f"{year}".translate(str.maketrans("0123456789", "〇一二三四五六七八九"))


YEARS = ["", "{year}年", "{wide}年", "{chinese}年", "{year} 年", "{year}", "今年", "次年", "每年"]
MONTHS = [f"{month}月" for month in (1, 2, 12, "２", "１１", "二", "十二")]
DAYS = ["", "底", "28日", "29日", "二十八日", "１５日", "上旬", "下旬"]
PERIODS = ["第三季度", "三季度末", "上半年", "下半年", "底", "度", "内", "春节"]
DATES = ["{year}.%d.%d", "{wide}．%d．%d", "{year}-%02d-%02d", "{chinese}/%d/%d"]
ENDS = ["", "前", "之前", "前完成。", "止", "左右"]
written_deadlines = st.one_of(
    st.tuples(*map(st.sampled_from, (YEARS, MONTHS, DAYS, ENDS))).map("".join),
    st.tuples(*map(st.sampled_from, (YEARS, PERIODS, ENDS))).map("".join),
    st.sampled_from(["每季度末", "每月5日前", "长期坚持", "每半年", "7月前", "按上级要求"]),
    st.tuples(*map(st.sampled_from, (DATES, range(1, 13), (1, 28, 29, 30), ENDS))).map(
        lambda drawn: drawn[0] % drawn[1:3] + drawn[3]
    ),
)


@pytest.fixture
def clerk():
    return UserFactory(role=Role.OFFICE)


@pytest.fixture
def section():
    return SectionFactory(part=PartFactory(plan=PlanFactory(title="2024年分解表")))


def roll(plan, clerk, **options):
    return roll_over.roll_over(
        plan, **{"by": clerk, "year": plan.year + 1, "title": "2025年分解表", "kinds": BOTH, **options}
    )


@pytest.mark.parametrize(
    ("day", "later"),
    [
        ((2024, 12, 31), (2025, 12, 31)),
        ((2024, 2, 29), (2025, 2, 28)),
        ((2023, 2, 28), (2024, 2, 29)),
        ((2024, 6, 30), (2025, 6, 30)),
        ((2025, 1, 31), (2026, 1, 31)),
        ((2024, 7, 10), (2025, 7, 10)),
    ],
)
def test_a_day_moves_and_the_end_of_a_month_stays_its_end(day, later):
    years = later[0] - day[0]

    assert roll_over.moved(dt.date(*day), years) == dt.date(*later)


def test_the_2024_table_is_ready_for_2025(clerk):
    call_command("load_units", verbosity=0)
    with open("fixtures/plan-2024.json") as file:
        plan = issuing.build(json.load(file))

    copy = roll(plan, clerk)

    old, new = (list(each.tasks.with_designations().order_by("number")) for each in (plan, copy))
    assert (copy.state, copy.year, copy.copied_from) == ("draft", 2025, plan)
    assert (copy.document_number, copy.issued_on, copy.issuer) == ("", None, "汶上县人民政府办公室")
    assert [task.requirement for task in new] == [task.requirement for task in old]
    assert [task.due_on for task in new] == [
        task.due_on and task.due_on.replace(year=task.due_on.year + 1) for task in old
    ]
    texts = [[(d.role, d.text, d.from_cell_above) for d in task.designations.all()] for task in (*old, *new)]
    assert texts[:59] == texts[59:]


def say_the_same(task, year):
    """Return whether the words of a copied row mean what its fields say."""
    reading = deadlines.read(task.deadline_in_words, year)
    fields = ("due_on", "recurrence", "recurrence_day")
    return reading is not None and all(getattr(task, name) == getattr(reading, name) for name in fields)


def test_the_words_of_every_row_of_the_2024_table_say_its_day_after_the_move(clerk):
    call_command("load_units", verbosity=0)
    with open("fixtures/plan-2024.json") as file:
        copy = roll(issuing.build(json.load(file)), clerk)

    assert [task.number for task in copy.tasks.all() if not say_the_same(task, 2025)] == []
    assert roll_over.flags(copy).deadlines == []


@pytest.mark.parametrize(
    ("words", "later", "due_on"),
    [
        ("2024.12.31前", "2025.12.31前", (2025, 12, 31)),
        ("2024-06-30", "2025-06-30", (2025, 6, 30)),
        ("２０２４年６月底前", "２０２５年６月底前", (2025, 6, 30)),
        ("二〇二四年六月底前", "二〇二五年六月底前", (2025, 6, 30)),
        ("二零二四年十二月", "二零二五年十二月", (2025, 12, 31)),
        ("2024 年底前", "2025 年底前", (2025, 12, 31)),
        ("2024底", "2025底", (2025, 12, 31)),
        ("2027年1月底前", "2028年1月底前", (2028, 1, 31)),
        ("次年1月底前", "次年1月底前", (2026, 1, 31)),
        ("2月底前", "2月底前", (2025, 2, 28)),
        ("2月28日前", "2月28日前", (2025, 2, 28)),
    ],
)
def test_a_deadline_moves_in_whatever_form_it_is_written(section, clerk, words, later, due_on):
    day = deadlines.read(words, 2024).due_on
    TaskFactory(section=section, number=1, deadline_as_written=words, due_on=day)

    copy = roll(section.part.plan, clerk)

    task = copy.tasks.get()
    assert (task.deadline_as_written, task.due_on) == (later, dt.date(*due_on))
    assert not roll_over.flags(copy)


def test_the_28th_of_february_stays_and_the_end_of_february_moves_to_the_29th():
    plan = PlanFactory(year=2023)
    section = SectionFactory(part__plan=plan)
    rows = [TaskFactory(section=section, deadline_as_written=words, due_on=dt.date(2023, 2, 28)) for words in FEBRUARY]

    assert [roll_over.moved_deadline(row, 2024)[1] for row in rows] == [dt.date(2024, 2, 28), dt.date(2024, 2, 29)]


@pytest.mark.parametrize(
    ("words", "day", "later"),
    [
        ("2月29日前", (2024, 2, 29), "2月29日前（2025-02-28）"),
        ("7月前", (2024, 6, 30), "7月前（2025-06-30）"),
        ("2024年春节前", (2024, 2, 9), "2025年春节前（2025-02-09）"),
        ("12月底前", (2024, 11, 30), "12月底前（2025-11-30）"),
    ],
)
def test_words_that_cannot_be_read_or_say_another_day_are_flagged_before_and_after(section, clerk, words, day, later):
    task = TaskFactory(section=section, number=1, deadline_as_written=words, due_on=dt.date(*day))

    before = roll_over.flags(section.part.plan, 2025).deadlines
    copy = roll(section.part.plan, clerk)

    assert before == [(task, later)]
    assert roll_over.flags(copy).deadlines == [(copy.tasks.get(), later)]


@given(
    words=written_deadlines, year=st.integers(2001, 2060), years=st.integers(1, 4), shift=st.sampled_from([0, 0, 0, 1])
)
@settings(max_examples=300, deadline=None)
def test_words_and_day_agree_after_any_move_or_the_row_is_flagged(words, year, years, shift):
    words = words.format(year=year, wide=wide(year), chinese=chinese(year))
    reading = deadlines.read(words, year) or deadlines.Deadline(due_on=dt.date(year, 6, 30))
    day = reading.due_on and reading.due_on + dt.timedelta(days=shift)
    task = Task(plan=Plan(year=year), deadline_as_written=words, due_on=day)
    task.recurrence, task.recurrence_day = reading.recurrence, reading.recurrence_day

    task.deadline_as_written, task.due_on = roll_over.moved_deadline(task, year + years)

    assert (task.due_on and task.due_on.year) == (day and day.year + years)
    assert say_the_same(task, year + years) or roll_over.is_doubtful(task, year + years)
    if shift == 0 and deadlines.read(words, year) and "29" not in words:
        assert not roll_over.is_doubtful(task, year + years)


def test_headings_move_their_year_and_are_flagged_where_one_stays(clerk):
    plan = PlanFactory(year=2024)
    part = PartFactory(plan=plan, heading="一、2024年重点工作")
    section = SectionFactory(part=part, heading="（一）落实《二〇二四年要点》和２０２４年整改")
    TaskFactory(section=section, number=1)
    told = [(move.before, move.after, move.rows) for move in roll_over.moves(plan, 2025)][:2]

    copy = roll(plan, clerk)

    new = copy.parts.get()
    moved = "（一）落实《二〇二四年要点》和２０２５年整改"
    assert (new.heading, new.sections.get().heading) == ("一、2025年重点工作", moved)
    assert told == [(part.heading, new.heading, []), (section.heading, moved, [])]
    assert roll_over.flags(copy).headings == [(moved, ["2024"])] == roll_over.flags(plan, 2025).headings


def test_a_picked_unit_that_was_merged_is_followed_by_its_successor_and_flagged(section, clerk):
    heir = UnitFactory(name="县新局")
    middle = UnitFactory(retired_on=dt.date(2024, 9, 1), successor=heir)
    merged = UnitFactory(retired_on=dt.date(2024, 8, 1), successor=middle)
    closed = UnitFactory(retired_on=dt.date(2024, 8, 1))
    old = TaskFactory(section=section, number=1)
    entry = DesignationFactory(task=old, collective=CollectiveFactory(kinds=[]))
    entry.picked_units.add(merged, closed, heir)
    before = roll_over.flags(section.part.plan, 2025).picked

    copy = roll(section.part.plan, clerk)

    task = copy.tasks.get()
    assert list(task.designations.get().picked_units.all()) == [heir]
    assert before == [(old, merged, heir), (old, closed, None)]
    assert roll_over.flags(copy).picked == [(task, merged, heir), (task, closed, None)]


def test_years_in_the_deadlines_words_move_and_those_in_requirements_are_flagged(section, clerk):
    TaskFactory(
        section=section, number=1, deadline_as_written="2024年底前", requirement="落实2024年要点和2023年整改要求。"
    )

    copy = roll(section.part.plan, clerk)

    task = copy.tasks.get()
    assert (task.deadline_as_written, task.requirement) == ("2025年底前", "落实2024年要点和2023年整改要求。")
    assert roll_over.flags(copy).old_years == [(task, ["2023", "2024"])]


def test_rows_of_units_that_are_gone_are_flagged_with_their_successor(section, clerk):
    heir = UnitFactory(name="县新局")
    gone = UnitFactory(name="县旧局", retired_on=dt.date(2024, 8, 1), successor=heir)
    DesignationFactory(task=TaskFactory(section=section, number=1), role="lead", unit=gone)

    copy = roll(section.part.plan, clerk)

    found = roll_over.flags(copy)
    assert [(task.number, unit, unit.successor) for task, unit in found.retired] == [(1, gone, heir)]


def test_picked_units_go_along_but_for_those_that_are_gone(section, clerk):
    entry = DesignationFactory(task=TaskFactory(section=section, number=1), collective=CollectiveFactory(kinds=[]))
    stays, gone = UnitFactory(), UnitFactory(retired_on=dt.date(2024, 8, 1))
    entry.picked_units.add(stays, gone)

    copy = roll(section.part.plan, clerk)

    assert list(Designation.objects.get(task__plan=copy).picked_units.all()) == [stays]


def test_the_notice_can_stay_behind_and_rows_are_numbered_anew(section, clerk):
    notice = SectionFactory(part=PartFactory(plan=section.part.plan, order=1, kind="notice"))
    section.part.order = 2
    section.part.save()
    TaskFactory(section=notice, number=1, requirement="通知要求。")
    TaskFactory(section=section, number=2, requirement="表中任务。")

    copy = roll(section.part.plan, clerk, kinds=["table"])

    assert list(copy.tasks.values_list("number", "requirement")) == [(1, "表中任务。")]


def test_a_second_copy_needs_a_second_word(section, clerk):
    TaskFactory(section=section, number=1)
    roll(section.part.plan, clerk)

    with pytest.raises(Refused, match="已经从本表复制过2025年的拟制稿"):
        roll(section.part.plan, clerk)
    roll(section.part.plan, clerk, again=True)

    assert Plan.objects.filter(copied_from=section.part.plan).count() == 2


def test_nothing_to_copy_is_refused(section, clerk):
    with pytest.raises(Refused, match="没有任务"):
        roll(section.part.plan, clerk)


def test_what_moves_is_told_before(section):
    for number in (1, 2):
        TaskFactory(section=section, number=number)
    TaskFactory(section=section, number=3, due_on=None, recurrence="ongoing", deadline_as_written="长期坚持")

    found = [(move.before, move.after, move.rows) for move in roll_over.moves(section.part.plan, 2025)]

    assert found == [("12月底前（2024-12-31）", "12月底前（2025-12-31）", [1, 2])]


def test_copying_costs_the_same_queries_for_any_number_of_rows(section, clerk, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    DesignationFactory(task=TaskFactory(section=section, number=1), unit=UnitFactory())
    with CaptureQueriesContext(connection) as few:
        roll(section.part.plan, clerk)
    for number in range(2, 40):
        DesignationFactory(task=TaskFactory(section=section, number=number), unit=UnitFactory())
    with django_assert_num_queries(len(few)):
        roll(section.part.plan, clerk, year=2026)
