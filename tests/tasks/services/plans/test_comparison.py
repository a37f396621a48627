"""Two years side by side: kept, changed, new, gone."""

import datetime as dt
import time

import pytest

from departments.choices import Role
from tasks.models import Task
from tasks.services.plans import comparison, roll_over
from tests.factories import (
    DesignationFactory,
    PartFactory,
    PlanFactory,
    SectionFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
LONG = "围绕扩大有效投资和促进招商引资做好信息发布工作，重点宣传推送相关政策措施，及时回应社会关切。"


@pytest.fixture
def old():
    """Three rows of 2024, one with a lead."""
    plan = PlanFactory(title="2024年分解表")
    section = SectionFactory(part=PartFactory(plan=plan), heading="（一）政策公开")
    texts = (LONG, "规范政府信息公开指南，及时更新机构职能。", "推进政务公开专区建设，配备自助设备。")
    for number, text in enumerate(texts, start=1):
        TaskFactory(section=section, number=number, requirement=text)
    DesignationFactory(task=plan.tasks.get(number=1), role="lead", unit=UnitFactory(name="县商务局"))
    return plan


@pytest.fixture
def new(old):
    """The draft of 2025 made of it."""
    clerk = UserFactory(role=Role.OFFICE)
    return roll_over.roll_over(old, by=clerk, year=2025, title="2025年分解表", kinds=["table"])


def told(old, new):
    return [
        (pair.kind, pair.old and pair.old.number, pair.new and pair.new.number, pair.changes)
        for pair in comparison.compare(old, new)
    ]


def test_a_fresh_copy_is_all_kept_although_the_years_moved(old, new):
    assert told(old, new) == [("kept", 1, 1, []), ("kept", 2, 2, []), ("kept", 3, 3, [])]


def test_every_kind_of_change_is_named(old, new):
    first, second, third = new.tasks.order_by("number")
    first.requirement = LONG.replace("重点宣传", "全面宣传")
    first.due_on, first.target_count = dt.date(2025, 11, 30), 2
    first.save()
    first.designations.update(role="responsible")
    second.delete()
    TaskFactory(section=third.section, number=9, requirement="探索运用人工智能优化政策推送服务。")

    assert told(old, new) == [
        ("changed", 1, 1, ["具体要求", "牵头部门", "责任单位", "完成时限", "目标数量"]),
        ("kept", 3, 3, []),
        ("new", None, 9, []),
        ("gone", 2, None, []),
    ]


def test_rows_in_another_order_find_their_fellows(old, new):
    rows = list(new.tasks.order_by("number"))
    for task, number in zip(rows, (13, 12, 11), strict=True):
        Task.objects.filter(pk=task.pk).update(number=number)

    assert [(pair.old.number, pair.new.number) for pair in comparison.compare(old, new)] == [(3, 11), (2, 12), (1, 13)]


def test_a_row_that_moved_to_another_section_is_not_new(old, new):
    task = new.tasks.get(number=1)
    task.section = SectionFactory(part=task.section.part, order=9, heading="（二）招商引资")
    task.requirement = LONG.replace("重点", "着重")
    task.save()

    assert told(old, new)[0] == ("changed", 1, 1, ["具体要求", "工作任务"])


def test_the_words_that_differ_are_marked(old, new):
    new.tasks.filter(number=1).update(requirement=LONG.replace("重点", "着重"))

    before, after = comparison.compare(old, new)[0].words()

    assert "".join(text for text, _ in before) == LONG
    assert [text for text, differs in before if differs] == ["点"]
    assert [text for text, differs in after if differs] == ["着"]


def test_long_tables_without_a_common_row_do_not_hang():
    plans = [PlanFactory(year=year) for year in (2024, 2025)]
    for plan in plans:
        section = SectionFactory(part=PartFactory(plan=plan))
        Task.objects.bulk_create(
            Task(plan=plan, section=section, number=number, requirement=f"做好第{number}批{plan.year % 2}类公开工作。")
            for number in range(1, 1001)
        )
    began = time.monotonic()

    pairs = comparison.compare(*plans)

    assert len(pairs) == 2000
    assert time.monotonic() - began < 60  # a guard against hanging, not a measure
