"""Placeholders in the texts of reminders: filled in by unit, refused where they do not exist."""

import datetime as dt

import pytest
import time_machine

from departments.choices import Role
from tasks.models import Assignment, Reminder
from tasks.services.supervision import reminders, wording
from tests.factories import (
    AssignmentFactory,
    RoundFactory,
    SectionFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
    chase,
)
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.core.web.errors import Refused

pytestmark = pytest.mark.django_db

TODAY, DAY = dt.date(2024, 12, 2), dt.date(2024, 12, 5)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(on_day(TODAY), tick=False) as clock:
        yield clock


def owed(unit, number, due_on=dt.date(2024, 11, 30), requirement="按时公开财政预决算信息。"):
    task = TaskFactory(number=number, requirement=requirement, section=_section())
    return AssignmentFactory(task=task, unit=unit, due_on=due_on)


def _section():
    duty = Assignment.objects.select_related("task__section").first()
    return duty.task.section if duty else SectionFactory()


def filled(text, *duties):
    return dict(reminders.preview(list(duties), text, DAY))


@pytest.fixture
def towns():
    return UnitFactory(name="南旺镇人民政府"), UnitFactory(name="刘楼镇人民政府")


def test_each_unit_reads_its_own_rows(towns):
    duties = [owed(towns[0], 3), owed(towns[0], 5), owed(towns[1], 8, dt.date(2024, 12, 31))]

    text = "{单位}第{序号}项共{件数}件，{时限}，{逾期情况}，{逾期天数}天，{答复期限}前。"

    assert filled(text, *duties) == {
        towns[0]: "南旺镇人民政府第3、5项共2件，2024年11月30日，均已逾期，最长2天，2天，2024年12月5日前。",
        towns[1]: "刘楼镇人民政府第8项共1件，2024年12月31日，尚未逾期，0天，2024年12月5日前。",
    }


def test_what_is_asked_is_named_by_its_beginning(towns):
    long = owed(towns[0], 3, requirement="围绕扩大有效投资、促进招商引资、高水平对外开放等政策做好宣传推送。")

    assert filled("{事项}", long) == {towns[0]: "“围绕扩大有效投资、促进招商引资、高水平对外开放等……”"}
    assert filled("{事项}", long, owed(towns[0], 4))[towns[0]].endswith("”等2件")


def test_partly_overdue_and_ongoing_rows_are_said_so(towns):
    duties = [owed(towns[0], 3), owed(towns[0], 4, None)]

    assert filled("{逾期情况}；{时限}", *duties) == {towns[0]: "其中1件逾期，最长2天；2024年11月30日"}
    assert filled("{时限}", duties[1]) == {towns[0]: "长期坚持"}


@pytest.mark.parametrize("text", ["｛单位｝请报送。", "{ 单位 }请报送。"])
def test_braces_of_a_chinese_keyboard_and_spaces_are_read(towns, text):
    assert filled(text, owed(towns[0], 3)) == {towns[0]: "南旺镇人民政府请报送。"}


def test_double_braces_are_text(towns):
    assert filled("{{单位}}", owed(towns[0], 3)) == {towns[0]: "{{单位}}"}


@pytest.mark.parametrize("text", ["{联系人}", "{单位}、{}", "{unit.password}", "{单位!r}"])
def test_a_placeholder_that_does_not_exist_is_refused_with_those_that_do(towns, text):
    with pytest.raises(Refused, match="这样的占位词，请改用{单位}、{件数}"):
        wording.check(text)


def test_what_was_filled_in_is_kept_as_it_was_sent(towns, clock):
    duties = [owed(towns[0], 3), owed(towns[1], 8)]
    by = UserFactory(role=Role.OFFICE)

    reminder = chase(*duties, by=by, text="{单位}：{逾期情况}。")
    clock.move_to(on_day(dt.date(2024, 12, 20)))

    assert [item.words for item in reminder.items.order_by("pk")] == [
        "南旺镇人民政府：已逾期2天。",
        "刘楼镇人民政府：已逾期2天。",
    ]


def test_a_text_without_placeholders_is_kept_once(towns):
    reminder = chase(owed(towns[0], 3), text="请抓紧。")

    assert [(item.text, item.words) for item in reminder.items.all()] == [("", "请抓紧。")]


def test_a_text_with_an_unknown_placeholder_is_not_sent(towns):
    with pytest.raises(Refused, match="{联系人}"):
        chase(owed(towns[0], 3), text="请与{联系人}联系。")
    assert not Reminder.objects.exists()


def test_the_text_for_a_round_names_it_and_can_be_sent(towns):
    duty = owed(towns[0], 3)
    one = RoundFactory(plan=duty.plan, title="三季度{进展}", closes_on=dt.date(2024, 12, 10))

    text = wording.text_for_round(one)

    wording.check(text)
    assert filled(text, duty)[towns[0]] == (
        "南旺镇人民政府：报送批次“三季度进展”2024年12月10日截止，你单位尚有1件未报送（第3项）。"
        "请于2024年12月5日前报送；没有进展的，书面说明原因。"
    )
