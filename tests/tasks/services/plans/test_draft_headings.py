"""Parts and sections of a draft are added, renamed, moved and deleted; the rows go with them."""

import pytest

from departments.choices import Role
from tasks.choices import PartKind
from tasks.models import Part
from tasks.services.plans import draft_headings
from tasks.services.plans.drafting import seen_part, seen_section
from tests.factories import PartFactory, SectionFactory, TaskFactory, UserFactory
from tests.tasks.drafts import as_text, draw_up, merge_all, merged, row_of, section_of
from wenshang_disclosure.core.web.errors import Conflict, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return UserFactory(role=Role.OFFICE)


@pytest.fixture
def plan():
    """Two parts: sections 1 and 2 in the first, 3 in the second."""
    plan = draw_up(["甲", "乙"], ["丙"])
    second = PartFactory(plan=plan, order=2, heading="二、后")
    TaskFactory(section=SectionFactory(part=second, order=3, heading="（3）类"), number=4, requirement="丁")
    return plan


def part_of(plan, order):
    return plan.parts.get(order=order)


def headings(plan):
    """The sections in order, each by its own text and its part's place."""
    parts = plan.parts.order_by("order")
    return [(part.order, section.order, section.heading) for part in parts for section in part.sections.all()]


def move_section(section, by, direction):
    draft_headings.move_section(section, by=by, version=seen_section(section), direction=direction)


def test_new_headings_stand_at_the_end(plan, office):
    section = draft_headings.add_section(part_of(plan, 1), by=office, heading="新类")
    part = draft_headings.add_part(plan, by=office, heading="三、新", kind=PartKind.NOTICE)

    assert (part.order, part.kind, section.order) == (3, "notice", 3)
    assert headings(plan) == [(1, 1, "（1）类"), (1, 2, "（2）类"), (1, 3, "新类"), (2, 4, "（3）类")]


def test_a_heading_gets_another_text(plan, office):
    part, section = part_of(plan, 1), section_of(plan, 1)

    draft_headings.rename_part(part, by=office, version=seen_part(part), heading="一、改", kind=PartKind.NOTICE)
    draft_headings.rename_section(section, by=office, version=seen_section(section), heading="")

    part.refresh_from_db()
    section.refresh_from_db()
    assert (part.heading, part.kind, section.heading) == ("一、改", "notice", "")


def test_a_part_moves_with_its_rows(plan, office):
    part = part_of(plan, 2)

    draft_headings.move_part(part, by=office, version=seen_part(part), direction="up")

    assert as_text(plan) == ["1: 1 丁", "2: 2 甲", "2: 3 乙", "3: 4 丙"]
    assert headings(plan) == [(1, 1, "（3）类"), (2, 2, "（1）类"), (2, 3, "（2）类")]


@pytest.mark.parametrize(("order", "direction", "after"), [
    (1, "down", [(1, 1, "（2）类"), (1, 2, "（1）类"), (2, 3, "（3）类")]),
    (2, "up", [(1, 1, "（2）类"), (1, 2, "（1）类"), (2, 3, "（3）类")]),
    (2, "down", [(1, 1, "（1）类"), (2, 2, "（2）类"), (2, 3, "（3）类")]),
    (3, "up", [(1, 1, "（1）类"), (1, 2, "（2）类"), (1, 3, "（3）类")]),
])  # fmt: skip
def test_a_section_moves_by_one_place_also_into_the_next_part(plan, office, order, direction, after):
    move_section(section_of(plan, order), office, direction)

    assert headings(plan) == after


def test_rows_follow_their_section(plan, office):
    move_section(section_of(plan, 1), office, "down")

    assert as_text(plan) == ["1: 1 丙", "2: 2 甲", "2: 3 乙", "3: 4 丁"]


@pytest.mark.parametrize(("order", "direction"), [(1, "up"), (3, "down")])
def test_at_the_ends_there_is_no_place_to_go(plan, office, order, direction):
    before = headings(plan)
    part = part_of(plan, 1 if direction == "up" else 2)

    with pytest.raises(Refused, match="已经是"):
        move_section(section_of(plan, order), office, direction)
    with pytest.raises(Refused, match="已经是"):
        draft_headings.move_part(part, by=office, version=seen_part(part), direction=direction)

    assert headings(plan) == before


def test_a_heading_that_somebody_changed_or_moved_is_told(plan, office):
    part, section = part_of(plan, 1), section_of(plan, 1)
    seen = seen_section(section), seen_part(part)
    move_section(section, office, "down")
    draft_headings.rename_part(part, by=office, version=seen_part(part), heading="一、改", kind=part.kind)

    with pytest.raises(Conflict, match="刚被别人改过"):
        draft_headings.rename_section(section, by=office, version=seen[0], heading="又改")
    with pytest.raises(Conflict, match="刚被别人改过"):
        draft_headings.delete_part(part, by=office, version=seen[1], rows=3, with_rows=True)

    assert (part_of(plan, 1).heading, plan.tasks.count()) == ("一、改", 4)


def test_rows_are_deleted_with_their_heading_only_where_it_was_said(plan, office):
    part, section = part_of(plan, 1), section_of(plan, 1)

    with pytest.raises(Refused, match="2项任务"):
        draft_headings.delete_section(section, by=office, version=seen_section(section), rows=2)
    with pytest.raises(Refused, match="3项任务"):
        draft_headings.delete_part(part, by=office, version=seen_part(part), rows=3)
    untouched = as_text(plan)
    draft_headings.delete_section(section, by=office, version=seen_section(section), rows=2, with_rows=True)

    assert untouched == ["1: 1 甲", "1: 2 乙", "2: 3 丙", "3: 4 丁"]
    assert as_text(plan) == ["1: 1 丙", "2: 2 丁"]


def test_rows_that_came_meanwhile_are_not_deleted(plan, office):
    part, section = part_of(plan, 1), section_of(plan, 1)

    with pytest.raises(Conflict, match="现在有2项"):
        draft_headings.delete_section(section, by=office, version=seen_section(section), rows=1, with_rows=True)
    with pytest.raises(Conflict, match="现在有3项"):
        draft_headings.delete_part(part, by=office, version=seen_part(part), rows=2, with_rows=True)

    assert plan.tasks.count() == 4


def test_an_empty_heading_goes_without_a_word(plan, office):
    part, section = part_of(plan, 2), section_of(plan, 2)
    row_of(plan, "丙").delete()
    row_of(plan, "丁").delete()

    draft_headings.delete_section(section, by=office, version=seen_section(section))
    draft_headings.delete_part(part, by=office, version=seen_part(part))

    assert headings(plan) == [(1, 1, "（1）类")]


def test_cells_are_not_merged_across_what_a_deleted_section_leaves(plan, office):
    merge_all(plan)
    section = section_of(plan, 1)

    draft_headings.delete_section(section, by=office, version=seen_section(section), rows=2, with_rows=True)

    assert merged(plan) == []


def test_headings_of_another_plan_stay(plan, office):
    other = SectionFactory(part=PartFactory(order=9), order=9)
    part = part_of(plan, 1)

    draft_headings.delete_part(part, by=office, version=seen_part(part), rows=3, with_rows=True)

    other.refresh_from_db()
    assert (other.order, Part.objects.get(pk=other.part_id).order) == (9, 9)
