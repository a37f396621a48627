"""A supplement to an issued plan: drawn up, shown before, issued, and taken back."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from departments.choices import Role
from departments.models import Unit
from tasks.choices import Event, PlanState
from tasks.models import Amendment, Assignment, Notification, Part, Plan, Section, Supplement, SupplementChange, Task
from tasks.services.deadlines import extensions
from tasks.services.plans import (
    amendments,
    draft_rows,
    issuing,
    supplement_issuing,
    supplement_undoing,
    supplements,
)
from tasks.services.plans.drafting import seen_task
from tests.factories import (
    CollectiveFactory,
    DesignationFactory,
    PartFactory,
    PlanFactory,
    SectionFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
    complete,
    submit,
)
from wenshang_disclosure.audit.models import AuditEntry
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.core.evenings import evening
from wenshang_disclosure.core.web.errors import Conflict, Refused
from wenshang_disclosure.files.models import StoredFile

pytestmark = pytest.mark.django_db
SUMMER, AUTUMN, LATER = dt.date(2024, 6, 24), dt.date(2024, 9, 20), dt.date(2024, 10, 10)
NUMBER = "汶政办字〔2024〕12号"


@pytest.fixture
def clerk():
    return UserFactory(role=Role.OFFICE, username="office")


@pytest.fixture
def plan(clerk):
    """An issued plan of two sections: rows 1 and 2 in the first, row 3 in the second; the towns owe them all."""
    plan = PlanFactory(state="draft", issued_on=SUMMER)
    part = PartFactory(plan=plan, heading="第一部分")
    first, second = SectionFactory(part=part, heading="甲类"), SectionFactory(part=part, heading="乙类")
    UnitFactory(name="县商务局", order=1)
    UnitFactory(name="县财政局", order=2)
    UnitFactory(name="甲镇", kind="town", order=3)
    towns = CollectiveFactory(name="各乡镇", kinds=["town"])
    for number, section in ((1, first), (2, first), (3, second)):
        task = TaskFactory(section=section, number=number, due_on=dt.date(2024, 12, 31), deadline_as_written="")
        DesignationFactory(task=task, role="lead", unit=_unit("县商务局"))
        DesignationFactory(task=task, role="responsible", collective=towns)
    with time_machine.travel(on_day(SUMMER), tick=False):
        issuing.issue(plan, by=clerk)
    return Plan.objects.get(pk=plan.pk)


def _unit(name):
    return Unit.objects.get(name=name)


@pytest.fixture
def draft(plan, clerk):
    """A draft that adds a row to the first section, changes row 1 and takes row 3 out."""
    with time_machine.travel(on_day(AUTUMN), tick=False):
        supplement = supplements.begin(plan, by=clerk)
        supplement = supplements.describe(
            supplement, by=clerk, version=0, document_number=NUMBER, dated_on=AUTUMN, title="关于补充的通知"
        )
        section = supplement.table.parts.get().sections.get(heading="甲类")
        cells = {"lead": ["县财政局"], "responsible": ["各乡镇"]}
        about = {"requirement": "公开惠企政策。", "deadline_as_written": "11月底前", "due_on": dt.date(2024, 11, 30)}
        draft_rows.add(supplement.table, by=clerk, section=section, **cells, **about)
        when = {"deadline_as_written": "10月底前", "due_on": "2024-10-31", "recurrence": "", "recurrence_day": None}
        version = supplements.change_rows(supplement, by=clerk, version=1, tasks=[row(plan, 1)], when=when) and 2
        supplements.take_out(supplement, by=clerk, version=version, tasks=[row(plan, 3)], reason="上级已取消该项工作。")
    return Supplement.objects.get(pk=supplement.pk)


def row(plan, number):
    return Task.objects.get(plan=plan, number=number)


def issue(supplement, clerk, on=AUTUMN):
    with time_machine.travel(on_day(on), tick=False):
        seen = supplement_issuing.prospect(supplement, by=clerk).mark
        return supplement_issuing.issue(supplement, by=clerk, seen=seen)


def undo(supplement, clerk, on=LATER, **given):
    with time_machine.travel(on_day(on), tick=False):
        return supplement_undoing.undo(supplement, by=clerk, **{"reason": "文号有误。", **given})


def owed(plan):
    """Return `{row: {unit: deadline}}` of what is owed now."""
    found = {}
    for duty in Assignment.objects.filter(plan=plan).owed().select_related("task", "unit"):
        found.setdefault(duty.task.number, {})[duty.unit.name] = f"{duty.due_on}"
    return found


YEAR_END = {"县商务局": "2024-12-31", "甲镇": "2024-12-31"}
BEFORE = {1: YEAR_END, 2: YEAR_END, 3: YEAR_END}
AFTER = {
    1: {"县商务局": "2024-10-31", "甲镇": "2024-10-31"},
    2: YEAR_END,
    4: {"县财政局": "2024-11-30", "甲镇": "2024-11-30"},
}


def test_a_draft_changes_nothing_that_anybody_owes(plan, draft):
    with time_machine.travel(on_day(AUTUMN), tick=False):
        assert owed(plan) == BEFORE
        assert not Notification.objects.filter(text__contains="补充").exists()
        assert list(Plan.objects.of_their_own()) == [plan]


def test_issued_it_adds_changes_and_takes_out_from_that_day_on(plan, draft, clerk):
    issue(draft, clerk)

    with time_machine.travel(on_day(AUTUMN), tick=False):
        assert owed(plan) == AFTER
    issued = Supplement.objects.get()
    assert (issued.state, issued.effective_on, issued.table, Plan.objects.count()) == ("issued", AUTUMN, None, 1)
    printed = plan.tasks.standing().as_printed().values_list("section__heading", "number")
    assert list(printed) == [("甲类", 1), ("甲类", 2), ("甲类", 4)]
    assert AuditEntry.objects.filter(act="印发补充通知").count() == 1


def test_number_and_date_stay_with_each_row(plan, draft, clerk):
    issue(draft, clerk)

    with time_machine.travel(on_day(LATER), tick=False):
        notes = {task.number: task.supplement_notes for task in plan.tasks.with_supplements()}

    reference = f"据{NUMBER}（2024-09-20）"
    assert notes == {1: [f"{reference}调整"], 2: [], 3: [f"{reference}取消"], 4: [f"{reference}补充"]}


def test_earlier_evenings_stand_as_they_were(plan, draft, clerk):
    issue(draft, clerk)

    with time_machine.travel(on_day(LATER), tick=False), evening(SUMMER):
        assert owed(plan) == BEFORE
        rows = Task.objects.standing().filter(plan=plan).with_supplements()
        assert {task.number: task.supplement_notes for task in rows} == {1: [], 2: [], 3: []}


def test_what_will_be_owed_is_shown_by_unit_before(plan, draft, clerk):
    with time_machine.travel(on_day(AUTUMN), tick=False):
        prospect = supplement_issuing.prospect(draft, by=clerk)
        shares = {share.unit: (share.new, share.gone, share.changed) for share in prospect.shares}
        changed = "完成时限由“2024-12-31前”改为“10月底前（2024-10-31）”；本单位时限2024-10-31"
        assert shares == {
            "县商务局": ([], [(3, "牵头，时限2024-12-31")], [(1, changed)]),
            "县财政局": ([(4, "牵头，时限2024-11-30")], [], []),
            "甲镇": ([(4, "责任，时限2024-11-30")], [(3, "责任，时限2024-12-31")], [(1, changed)]),
        }
        assert (prospect.added, prospect.totals()) == ([4], [2, 2, 2])
        assert owed(plan) == BEFORE  # showing it changed nothing
        assert (Amendment.objects.count(), draft.table.tasks.count()) == (0, 1)


def test_each_unit_concerned_is_told_once_of_its_own(plan, draft, clerk):
    finance, town = UserFactory(unit=_unit("县财政局")), UserFactory(unit=_unit("甲镇"))
    issue(draft, clerk)

    told = Notification.objects.filter(user__in=[finance, town]).order_by("user").values_list("user", "text")
    start = f"《{plan.title}》补充通知{NUMBER}（2024-09-20）已印发，本单位承办事项"
    assert dict(told) == {
        finance.pk: f"{start}新增1件，请签收。",
        town.pk: f"{start}新增1件，请签收，调整1件，取消1件。",
    }


def test_a_row_taken_out_is_owed_by_nobody_also_where_it_was_completed(plan, draft, clerk):
    with time_machine.travel(on_day(SUMMER), tick=False):
        complete(Assignment.objects.get(task__number=3, unit__name="甲镇"))
    issue(draft, clerk)

    with time_machine.travel(on_day(AUTUMN), tick=False):
        assert 3 not in owed(plan)
    steps = Assignment.objects.get(task__number=3, unit__name="甲镇").transitions
    last = steps.order_by("-pk").first()
    assert (last.event, last.reason) == (
        Event.RELEASED,
        f"据{NUMBER}，本项任务取消。原因：上级已取消该项工作。",
    )


def test_what_differs_from_what_was_shown_is_not_issued(plan, draft, clerk):
    with time_machine.travel(on_day(AUTUMN), tick=False):
        seen = supplement_issuing.prospect(draft, by=clerk).mark
        supplements.take_out(draft, by=clerk, version=draft.version, tasks=[row(plan, 2)], reason="合并办理。")
        with pytest.raises(Conflict, match="核对以后"):
            supplement_issuing.issue(draft, by=clerk, seen=seen)
        assert owed(plan) == BEFORE


def test_the_second_of_two_who_draw_it_up_is_told(plan, draft, clerk):
    supplements.describe(draft, by=clerk, version=draft.version, document_number="汶政办字〔2024〕13号")

    with pytest.raises(Conflict, match="刚被别人改过"):
        supplements.describe(draft, by=clerk, version=draft.version, document_number="另一个")
    with pytest.raises(Conflict, match="刚被别人改过"):
        supplements.take_out(draft, by=clerk, version=draft.version, tasks=[row(plan, 2)], reason="合并办理。")
    assert Supplement.objects.get().document_number == "汶政办字〔2024〕13号"


def test_a_row_amended_meanwhile_has_to_be_drawn_up_anew(plan, draft, clerk):
    seen = plan.tasks.with_designations().get(number=1)
    with time_machine.travel(on_day(AUTUMN), tick=False):
        amendments.amend(
            seen,
            by=clerk,
            version=seen_task(seen),
            reason="另有要求。",
            lead=["县商务局"],
            responsible=["各乡镇"],
            requirement="改过的要求。",
        )
        assert supplement_issuing.faults(draft) == ["第1项任务在拟制以后另有调整，请移出后重新调整。"]
        with pytest.raises(Refused, match="第1项"):
            supplement_issuing.issue(draft, by=clerk, seen="")


@pytest.mark.parametrize(
    ("about", "sentence"),
    [
        ({"document_number": ""}, "请先填写文号。"),
        ({"document_number": "", "dated_on": None}, "请先填写文号和通知日期。"),
        ({"dated_on": dt.date(2024, 9, 21)}, "通知日期须在分解表印发日期以后，不晚于今天。"),
        ({"dated_on": dt.date(2024, 6, 1)}, "通知日期须在分解表印发日期以后，不晚于今天。"),
    ],
)
def test_a_supplement_without_number_or_day_is_not_issued(draft, clerk, about, sentence):
    with time_machine.travel(on_day(AUTUMN), tick=False):
        draft = supplements.describe(draft, by=clerk, version=draft.version, **about)
        assert supplement_issuing.faults(draft) == [sentence]


def test_an_empty_supplement_is_not_issued(plan, clerk):
    with time_machine.travel(on_day(AUTUMN), tick=False):
        empty = supplements.begin(plan, by=clerk)
        empty = supplements.describe(empty, by=clerk, version=0, document_number=NUMBER, dated_on=AUTUMN)
        assert supplement_issuing.faults(empty) == ["补充通知还没有内容：没有新增、调整或者取消任何任务。"]


def test_many_rows_change_at_once_in_deadline_units_and_words(plan, clerk):
    draft = supplements.begin(plan, by=clerk)
    Task.objects.filter(plan=plan).update(requirement="公开政策文件。")

    step = {"lead": ["县财政局"], "dropped": ["县商务局"], "find": "政策", "replacement": "惠企政策"}
    number = supplements.change_rows(draft, by=clerk, version=0, tasks=plan.tasks.all(), reason="分工调整。", **step)

    written = SupplementChange.objects.values_list("written__lead", "written__requirement", "reason")
    assert (number, list(written)) == (3, [(["县财政局"], "公开惠企政策文件。", "分工调整。")] * 3)


def test_a_row_may_not_be_left_without_a_unit(plan, clerk):
    draft = supplements.begin(plan, by=clerk)
    with pytest.raises(Refused, match="没有单位承担"):
        supplements.change_rows(draft, by=clerk, version=0, tasks=plan.tasks.all(), dropped=["县商务局", "各乡镇"])


def test_a_change_back_to_what_the_plan_has_is_no_change(plan, draft, clerk):
    version = draft.version
    supplements.change_row(draft, row(plan, 1), by=clerk, version=version, lead=["县商务局"], responsible=["各乡镇"])

    assert list(draft.changes.values_list("task__number", flat=True)) == [3]


def test_an_extension_beyond_the_new_deadline_stays(plan, draft, clerk):
    with time_machine.travel(on_day(SUMMER), tick=False):
        duty = Assignment.objects.get(task__number=1, unit__name="甲镇")
        extensions.extend(duty, by=clerk, due_on=dt.date(2025, 1, 20), reason="换届。")
    issue(draft, clerk)

    with time_machine.travel(on_day(AUTUMN), tick=False):
        assert owed(plan)[1] == {"县商务局": "2024-10-31", "甲镇": "2025-01-20"}
    undo(Supplement.objects.get(), clerk)
    with time_machine.travel(on_day(LATER), tick=False):
        assert owed(plan)[1] == {"县商务局": "2024-12-31", "甲镇": "2025-01-20"}


def test_rows_that_need_a_new_heading_stand_under_it_at_the_end(plan, clerk):
    draft = supplements.begin(plan, by=clerk)
    part = Part.objects.create(plan=draft.table, order=9, heading="第二部分")
    section = Section.objects.create(part=part, order=9, heading="丙类")
    cells = {"lead": ["县财政局"], "responsible": []}
    draft_rows.add(draft.table, by=clerk, section=section, requirement="新事项。", recurrence="ongoing", **cells)
    with time_machine.travel(on_day(AUTUMN), tick=False):
        draft = supplements.describe(draft, by=clerk, version=0, document_number=NUMBER, dated_on=AUTUMN)
        assert supplement_issuing.prospect(draft, by=clerk).headings == ["第二部分 / 丙类"]
    issue(draft, clerk)

    printed = plan.tasks.as_printed().values_list("section__part__heading", "section__heading", "number")
    assert list(printed)[-1] == ("第二部分", "丙类", 4)


def test_taken_back_everything_is_owed_as_before(plan, draft, clerk):
    issue(draft, clerk)
    again = undo(Supplement.objects.get(), clerk)

    with time_machine.travel(on_day(LATER), tick=False):
        assert owed(plan) == BEFORE
        assert {task.number: task.supplement_notes for task in plan.tasks.standing().with_supplements()} == {
            1: [],
            2: [],
            3: [],
        }
    with time_machine.travel(on_day(LATER), tick=False), evening(AUTUMN):
        assert owed(plan) == AFTER
    assert (again.state, again.document_number, again.changes.count()) == (PlanState.DRAFT, NUMBER, 2)
    rows = again.table.tasks.values_list("number", "requirement", "section__heading", "removed_by")
    assert list(rows) == [(1, "公开惠企政策。", "甲类", None)]
    assert AuditEntry.objects.filter(act="撤回补充通知").count() == 1


def test_what_was_taken_back_can_be_issued_again(plan, draft, clerk):
    issue(draft, clerk)
    again = undo(Supplement.objects.get(), clerk)
    issue(again, clerk, on=LATER)

    with time_machine.travel(on_day(LATER), tick=False):
        assert owed(plan) == {1: AFTER[1], 2: YEAR_END, 5: AFTER[4]}


def test_the_units_are_told_that_it_was_taken_back_and_why(plan, draft, clerk):
    issue(draft, clerk)
    town = UserFactory(unit=_unit("甲镇"))
    undo(Supplement.objects.get(), clerk)

    assert list(Notification.objects.filter(user=town).values_list("text", flat=True)) == [
        f"《{plan.title}》补充通知{NUMBER}（2024-09-20）已撤回（原因：文号有误。），"
        "本单位承办事项恢复1件，调整1件，取消1件。"
    ]


def test_it_is_not_taken_back_once_somebody_reported_on_what_it_added(plan, draft, clerk):
    issue(draft, clerk)
    with time_machine.travel(on_day(LATER), tick=False):
        submit(Assignment.objects.get(task__number=4, unit__name="甲镇"))
    with pytest.raises(Refused, match="已有1个单位就新增任务报送进展"):
        undo(Supplement.objects.get(), clerk)


def test_it_is_not_taken_back_once_a_row_was_amended_again(plan, draft, clerk):
    issue(draft, clerk)
    seen = plan.tasks.with_designations().get(number=1)
    cells = {"lead": ["县商务局"], "responsible": ["各乡镇"]}
    with time_machine.travel(on_day(LATER), tick=False):
        version = seen_task(seen)
        amendments.amend(seen, by=clerk, version=version, reason="另有要求。", requirement="改过的要求。", **cells)
    with pytest.raises(Refused, match="第1项任务在补充之后又有调整"):
        undo(Supplement.objects.get(), clerk)


def test_taking_back_needs_a_reason_and_what_was_shown(plan, draft, clerk):
    issue(draft, clerk)
    with pytest.raises(Refused, match="原因"):
        undo(Supplement.objects.get(), clerk, reason=" ")
    with pytest.raises(Conflict, match="情况有变"):
        undo(Supplement.objects.get(), clerk, seen="other")


def test_nobody_but_the_office_draws_up_issues_or_takes_back(plan, draft, clerk):
    town = UserFactory(unit=_unit("甲镇"))
    for step in (
        lambda: supplements.begin(plan, by=town),
        lambda: supplements.describe(draft, by=town, version=draft.version),
        lambda: supplements.take_out(draft, by=town, version=draft.version, tasks=[row(plan, 2)], reason="不办。"),
        lambda: supplements.discard(draft, by=town, version=draft.version),
        lambda: supplement_issuing.issue(draft, by=town, seen=""),
        lambda: undo(draft, town),
    ):
        with pytest.raises(PermissionDenied):
            step()


def test_a_draft_is_read_by_office_and_auditor_an_issued_one_by_everybody(plan, draft, clerk):
    people = {role: UserFactory(role=role) for role in (Role.REVIEWER, Role.AUDITOR)}
    people |= {"town": UserFactory(unit=_unit("甲镇")), "office": clerk}

    def readers():
        return {name for name, person in people.items() if Supplement.objects.visible_to(person).exists()}

    assert readers() == {Role.AUDITOR, "office"}
    issue(draft, clerk)
    assert readers() == set(people)


def test_a_discarded_draft_leaves_nothing(plan, draft, clerk):
    supplements.discard(draft, by=clerk, version=draft.version)

    assert (Supplement.objects.count(), SupplementChange.objects.count(), Plan.objects.count()) == (0, 0, 1)


def test_the_rows_that_are_added_are_not_issued_as_a_plan_of_their_own(draft, clerk):
    with pytest.raises(Refused, match="随补充通知一并印发"):
        issuing.issue(draft.table, by=clerk, issued_on=AUTUMN)


@pytest.mark.usefixtures("evidence_folder")
def test_the_file_of_the_notice_is_kept_and_can_be_left_out_again(draft, clerk):
    upload = SimpleUploadedFile("通知.txt", "补充通知".encode(), content_type="text/plain")
    kept = supplements.describe(draft, by=clerk, version=draft.version, upload=upload)
    assert (kept.file_name, kept.file.size) == ("通知.txt", 12)

    left = supplements.describe(kept, by=clerk, version=kept.version, drop_file=True)
    assert (left.file, left.file_name, StoredFile.objects.count()) == (None, "", 0)
