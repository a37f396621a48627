"""A file becomes a plan all at once, or not at all."""

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from departments.choices import Role, UnitKind
from departments.models import Alias, Collective, CollectiveAlias, Unit
from tasks.choices import ImportState, PlanState
from tasks.models import KnownAnswer, KnownHeadings, Plan, PlanImport, Task
from tasks.services.plans import imports
from tests.factories import (
    HEADINGS,
    CollectiveFactory,
    PlanFactory,
    PlanImportFactory,
    UnitFactory,
    UserFactory,
    source_of,
)
from wenshang_disclosure.core.web.errors import Conflict, Refused, Unreadable
from wenshang_disclosure.files import uses

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk():
    return UserFactory(role=Role.OFFICE)


def upload(content=b"a,b\n1,2\n", name="table.csv"):
    return SimpleUploadedFile(name, content)


def imported(*rows, paragraphs=(), **about):
    return PlanImportFactory(source=source_of(HEADINGS, *rows, paragraphs=paragraphs).as_data(), **about)


ROW = ["政策公开", "县司法局", "", "做好政策发布工作。", "12月底前"]


def test_an_uploaded_file_is_kept_and_waits_to_be_read(clerk, evidence_folder):
    received = imports.receive(upload(), by=clerk, year=2025)

    assert received.state == ImportState.RECEIVED
    assert (evidence_folder / received.file.path).read_bytes() == b"a,b\n1,2\n"


def test_the_same_file_sent_twice_is_one_import(clerk, evidence_folder):
    first = imports.receive(upload(), by=clerk, year=2025)

    again = imports.receive(upload(), by=clerk, year=2025)

    assert again == first
    assert len([path for path in evidence_folder.rglob("*") if path.is_file()]) == 1


def test_an_issued_plan_is_not_imported_into(clerk, evidence_folder):
    issued = PlanFactory()

    with pytest.raises(Refused, match="已经印发"):
        imports.receive(upload(), by=clerk, year=2024, target=issued)

    assert not PlanImport.objects.exists()


def test_too_big_a_file_is_refused_with_its_name_and_size(clerk, evidence_folder):
    big = upload(b"0" * (uses.TABLES.max_bytes + 1), "大文件.xlsx")

    with pytest.raises(Refused, match="“大文件.xlsx”有20 MB，超过20 MB"):
        imports.receive(big, by=clerk, year=2025)


def test_only_the_office_imports(evidence_folder):
    with pytest.raises(PermissionDenied):
        imports.receive(upload(), by=UserFactory(role=Role.REVIEWER), year=2025)


def test_a_file_is_read_once_even_if_asked_for_twice(clerk, evidence_folder):
    received = imports.receive(upload(), by=clerk, year=2025)
    readings = []

    def read(path, progress):
        readings.append(path)
        imports.read_file(received, read)  # somebody else's page asks meanwhile
        return source_of(HEADINGS, ROW)

    imports.read_file(received, read)
    imports.read_file(received, read)

    received.refresh_from_db()
    assert len(readings) == 1
    assert (received.state, received.progress) == (ImportState.READ, 100)


def test_why_a_file_cannot_be_read_is_kept_for_the_page(clerk, evidence_folder):
    received = imports.receive(upload(), by=clerk, year=2025)

    def read(path, progress):
        raise Unreadable("文件已损坏。")

    imports.read_file(received, read)

    received.refresh_from_db()
    assert (received.state, received.message) == (ImportState.UNREADABLE, "文件已损坏。")


def test_nothing_is_taken_over_while_something_is_to_be_asked(clerk):
    UnitFactory(name="县司法局")
    waiting = imported(ROW, ["政策公开", "县未知局", "", "开展培训。", "尽快"])

    with pytest.raises(Refused, match="还有2个问题没有答复"):
        imports.take(waiting, by=clerk, version=0)

    assert not Plan.objects.exists()


def test_answers_settle_the_questions_and_the_plan_is_written(clerk):
    justice = UnitFactory(name="县司法局")
    waiting = imported(ROW, ["政策公开", "县法制办", "各镇街", "开展培训。", "尽快"])
    towns = CollectiveFactory(name="各乡镇（街道）人民政府（办事处）", kinds=["town"])
    waiting = imports.answer(
        waiting,
        by=clerk,
        version=0,
        names={"县法制办": f"unit:{justice.pk}", "各镇街": f"collective:{towns.pk}"},
        deadlines={"尽快": {"due_on": "2025-06-30"}},
    )

    plan = imports.take(waiting, by=clerk, version=1)

    task = plan.tasks.get(number=2)
    assert (plan.state, plan.year) == (PlanState.DRAFT, 2025)
    assert (task.deadline_as_written, f"{task.due_on:%Y-%m-%d}") == ("尽快", "2025-06-30")
    assert [(d.text, d.unit, d.collective) for d in task.designations.all()] == [
        ("县法制办", justice, None),
        ("各镇街", None, towns),
    ]


def test_a_name_confirmed_once_is_an_alias_and_not_asked_again(clerk):
    justice = UnitFactory(name="县司法局")
    towns = CollectiveFactory(name="各乡镇", kinds=["town"])
    first = imported(["政策公开", "县法制办", "各镇街", "开展培训。", "12月底前"])
    names = {"县法制办": f"unit:{justice.pk}", "各镇街": f"collective:{towns.pk}"}
    first = imports.answer(first, by=clerk, version=0, names=names)
    imports.take(first, by=clerk, version=1)

    second = imported(["政策公开", "县法制办", "各镇街", "开展检查。", "12月底前"])

    assert imports.propose(second).questions == []
    assert Alias.objects.get(name="县法制办").unit == justice
    assert CollectiveAlias.objects.get(name="各镇街").collective == towns


def test_an_alias_is_not_registered_before_the_plan_is_written(clerk):
    justice = UnitFactory(name="县司法局")
    waiting = imported(["政策公开", "县法制办", "", "开展培训。", "12月底前"])

    imports.answer(waiting, by=clerk, version=0, names={"县法制办": f"unit:{justice.pk}"})

    assert not Alias.objects.exists()


def test_an_office_that_has_no_register_yet_gets_it_from_its_table(clerk):
    waiting = imported(["政策公开", "甲县司法局", "各镇街", "开展培训。", "12月底前"])
    names = {"甲县司法局": "new-unit:department", "各镇街": "new-collective:towns"}
    waiting = imports.answer(waiting, by=clerk, version=0, names=names)

    imports.take(waiting, by=clerk, version=1)

    assert Unit.objects.get(name="甲县司法局").kind == UnitKind.DEPARTMENT
    assert set(Collective.objects.get().kinds) == {"town", "township", "subdistrict"}


def test_a_cell_that_is_not_one_name_is_answered_as_a_whole_and_becomes_no_alias(clerk):
    UnitFactory(name="县司法局")
    UnitFactory(name="县财政局")
    cell = "县司法局、（排名第一的为牵头）、县财政局"
    waiting = imported(["政策公开", "", cell, "开展培训。", "12月底前"])
    [question] = imports.propose(waiting).questions
    wrong = {question.key: {"lead": "", "responsible": "县司法局"}}
    waiting = imports.answer(waiting, by=clerk, version=0, cells=wrong)
    right = {question.key: {"lead": "县司法局", "responsible": "县财政局"}}
    waiting = imports.answer(waiting, by=clerk, version=1, cells=right)

    plan = imports.take(waiting, by=clerk, version=2)
    again = imported(["政策公开", "", cell, "开展检查。", "12月底前"])

    assert question.whole == cell
    assert [(d.role, d.text) for d in plan.tasks.get().designations.all()] == [
        ("lead", "县司法局"),
        ("responsible", "县财政局"),
    ]
    assert not Alias.objects.exists()
    assert imports.propose(again).questions == []
    assert [(row.lead, row.responsible) for row in imports.propose(again).rows] == [(["县司法局"], ["县财政局"])]


def test_what_was_learnt_can_be_forgotten(clerk):
    UnitFactory(name="县司法局")
    rows = ["政策公开", "县司法局", "", "开展培训。", "立行立改"]
    first = imports.answer(imported(rows), by=clerk, version=0, deadlines={"立行立改": {"recurrence": "ongoing"}})
    imports.take(first, by=clerk, version=1)
    known = KnownAnswer.objects.get()
    second = imported(rows)
    assert imports.propose(second).questions == []

    imports.forget(known, by=clerk)

    assert [question.key for question in imports.propose(second).questions] == ["立行立改"]


def test_a_text_that_is_not_one_name_is_never_made_an_alias(clerk):
    justice = UnitFactory(name="县司法局")
    waiting = imported(["政策公开", "县司法局", "", "开展培训。", "12月底前"])
    odd = "县财政局会同县司法局"
    given = {"rows": {"0:2": {"lead": odd}}, "names": {odd: f"unit:{justice.pk}"}}
    waiting = imports.answer(waiting, by=clerk, version=0, **given)

    with pytest.raises(Refused, match="不是一个单位的名称"):
        imports.take(waiting, by=clerk, version=1)

    assert not Alias.objects.exists()


def test_the_short_names_of_the_register_are_known(clerk):
    UnitFactory(name="县住房和城乡建设局", short_name="县住建局")

    assert imports.propose(imported(["公开", "县住建局", "", "公开文件。", "12月底前"])).questions == []


def test_taking_twice_gives_one_plan(clerk):
    UnitFactory(name="县司法局")
    waiting = imported(ROW)

    first = imports.take(waiting, by=clerk, version=0)
    second = imports.take(waiting, by=clerk, version=0)

    assert first == second
    assert Plan.objects.count() == 1


def test_who_takes_over_what_a_colleague_changed_meanwhile_is_told(clerk):
    UnitFactory(name="县司法局")
    waiting = imported(ROW)
    imports.answer(waiting, by=clerk, version=0, about={"title": "另一个标题"})

    with pytest.raises(Conflict, match="已有改动"):
        imports.take(waiting, by=clerk, version=0)

    assert not Plan.objects.exists()


def test_a_taken_file_takes_no_more_answers(clerk):
    UnitFactory(name="县司法局")
    waiting = imported(ROW)
    imports.take(waiting, by=clerk, version=0)

    with pytest.raises(Conflict, match="已经写入"):
        imports.answer(waiting, by=clerk, version=None, about={"title": "x"})


def test_rows_left_out_are_not_written_and_the_rest_is_numbered(clerk):
    UnitFactory(name="县司法局")
    waiting = imported(ROW, ["", "县司法局", "", "开展培训。", "12月底前"])
    waiting = imports.answer(waiting, by=clerk, version=0, left_out=["0:2"])

    plan = imports.take(waiting, by=clerk, version=1)

    assert list(plan.tasks.values_list("number", "requirement")) == [(1, "开展培训。")]


def test_a_second_import_updates_the_draft_by_number_and_keeps_what_was_picked(clerk):
    justice, finance = UnitFactory(name="县司法局"), UnitFactory(name="县财政局")
    CollectiveFactory(name="有关部门", kinds=[])
    rows = [ROW, ["", "县司法局", "有关部门", "开展培训。", "12月底前"], ["", "县财政局", "", "公开预算。", "6月底前"]]
    plan = imports.take(imported(*rows), by=clerk, version=0)
    entry = plan.tasks.get(number=2).designations.get(text="有关部门")
    entry.picked_units.add(finance)
    kept = Task.objects.get(plan=plan, number=2).pk
    rows[0] = ["政策公开", "县财政局", "", "做好政策发布和解读工作。", "11月底前"]
    second = imported(*rows[:2], ["信息公开", "县司法局", "", "新的任务。", "长期坚持"], target=plan)

    changed = imports.take(second, by=clerk, version=0)

    tasks = list(changed.tasks.order_by("number").values_list("number", "requirement", "section__heading"))
    assert changed == plan
    assert tasks == [
        (1, "做好政策发布和解读工作。", "政策公开"),
        (2, "开展培训。", "政策公开"),
        (3, "新的任务。", "信息公开"),
    ]
    assert Task.objects.get(plan=plan, number=2).pk == kept
    assert list(entry.picked_units.all()) == [finance]
    assert plan.tasks.get(number=1).designations.get().unit == finance
    assert justice.name == "县司法局"


def test_the_same_file_into_the_same_draft_changes_nothing(clerk):
    UnitFactory(name="县司法局")
    plan = imports.take(imported(ROW), by=clerk, version=0)
    before = list(Task.objects.values()), list(plan.tasks.get().designations.values())

    imports.take(imported(ROW, target=plan), by=clerk, version=0)

    assert (list(Task.objects.values()), list(plan.tasks.get().designations.values())) == before


def test_a_draft_issued_meanwhile_is_not_updated(clerk):
    UnitFactory(name="县司法局")
    plan = imports.take(imported(ROW), by=clerk, version=0)
    waiting = imported(["政策公开", "县司法局", "", "别的要求。", "12月底前"], target=plan)
    Plan.objects.filter(pk=plan.pk).update(state=PlanState.ISSUED, issued_on="2025-03-01")

    with pytest.raises(Conflict, match="已经印发"):
        imports.take(waiting, by=clerk, version=0)

    assert plan.tasks.get().requirement == "做好政策发布工作。"


def test_columns_said_once_are_known_for_the_next_file_with_those_headings(clerk):
    UnitFactory(name="县司法局")
    headings = ["甲", "乙", "丙"]
    rows = [headings, ["做好政策发布工作，及时公开。", "县司法局", "12月底前"]]
    first = PlanImportFactory(source=source_of(*rows).as_data())
    assert [question.kind for question in imports.propose(first).questions] == ["columns"]

    imports.name_columns(
        first,
        by=clerk,
        version=0,
        grid=0,
        row=0,
        fields=["requirement", "lead", "deadline"],
        signature="甲｜乙｜丙",
    )

    second = PlanImportFactory(source=source_of(*rows).as_data())
    assert imports.propose(second).questions == []
    assert KnownHeadings.objects.get().said_by == clerk


def test_a_discarded_import_takes_its_file_with_it(clerk, evidence_folder, django_capture_on_commit_callbacks):
    received = imports.receive(upload(), by=clerk, year=2025)

    with django_capture_on_commit_callbacks(execute=True):
        imports.discard(received, by=clerk)

    assert not PlanImport.objects.exists()
    assert not [path for path in evidence_folder.rglob("*") if path.is_file()]
