"""The way from an empty installation to the first issued plan (开通准备)."""

import pytest

from departments.choices import Role
from departments.models import Collective, Unit
from departments.services import region
from tasks.choices import PlanState
from tasks.services.plans import import_units, imports
from tasks.views.plans import setup_steps as setup
from tests.factories import (
    DesignationFactory,
    PartFactory,
    PlanFactory,
    PlanImportFactory,
    SectionFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
    source_of,
)
from wenshang_disclosure.core.web.errors import Conflict, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator():
    return UserFactory(role=Role.OFFICE, is_staff=True)


def states():
    return [step.state for step in setup.steps()]


def next_step():
    [step] = [step for step in setup.steps() if step.state == setup.NOW]
    return step.title, step.links[0]


def test_an_empty_installation_begins_with_the_names(administrator):
    assert states() == ["now", "wait", "wait", "wait", "wait", "wait"]
    assert next_step() == ("地区与机关名称", ("填写名称", "/region/"))


def test_each_step_is_told_by_what_there_is(administrator):
    region.save(by=administrator, name="任城区", level="district")
    found = [next_step()]
    UnitFactory(name="区商务局"), UnitFactory(name="阜桥街道办事处", kind="subdistrict", short_name="阜桥街道")
    found.append(next_step())
    UserFactory(role=Role.LIAISON, unit=Unit.objects.first())
    found.append(next_step())
    draft = PlanFactory(state=PlanState.DRAFT, title="任务分解表")
    row = TaskFactory(section=SectionFactory(part=PartFactory(plan=draft)), number=7)
    some = DesignationFactory(
        task=row, unit=None, collective=Collective.objects.create(name="区政府有关部门", kinds=[])
    )
    found.append(next_step())
    some.picked_units.add(Unit.objects.first())
    found.append(next_step())

    assert found == [
        ("单位", ("从表格导入", "/units/import/")),
        ("人员", ("从表格导入", "/units/import/")),
        ("导入分解表", ("选择分解表", "/plans/import/")),
        ("明确有关部门", ("逐项勾选", f"/plans/{draft.pk}/resolve/")),
        ("印发", ("印发前核对", f"/plans/{draft.pk}/issue/")),
    ]
    people = setup.steps()[2]
    assert (people.state, people.missing) == (
        "part",
        [
            ("1个单位还没有联络员", "阜桥街道。通知和签收送不到这些单位。"),
            ("1人还没有登录过", "请发放一次性密码，打印成条交给本人。"),
        ],
    )


def test_after_the_issue_everything_is_done(administrator):
    region.save(by=administrator, name="任城区", level="district")
    UserFactory(role=Role.LIAISON, unit=UnitFactory())
    PlanFactory()

    assert states() == ["done"] * 6


@pytest.fixture
def table_file():
    """A file being checked that names three units, one of them in short as well, and a collective."""
    cells = [["序号", "具体要求", "牵头部门", "责任单位", "完成时限"]]
    cells += [["1", "公开预决算。", "区司法局", "阜桥街道办事处、各街道办事处", "12月底前"]]
    cells += [["2", "公开公共资源配置。", "司法局", "区商务局", "12月底前"]]
    return PlanImportFactory(source=source_of(*cells).as_data())


def offered(table_file):
    return {offer.name: offer.proposed for offer in import_units.offered(table_file)}


def test_names_of_a_table_are_offered_with_what_they_most_likely_are(table_file):
    assert offered(table_file) == {
        "区司法局": "new-unit:department",
        "阜桥街道办事处": "new-unit:subdistrict",
        "各街道办事处": "new-collective:towns",
        "司法局": "same:区司法局",
        "区商务局": "new-unit:department",
    }


def test_what_was_offered_is_taken_in_one_go(administrator, table_file):
    said = offered(table_file)

    done = import_units.take(table_file, by=administrator, said={**said, "区商务局": "later"})

    assert done == (2, 1)
    made = Unit.objects.exclude(name__startswith="测试").order_by("pk")
    assert list(made.values_list("name", "kind", "aliases__name")) == [
        ("区司法局", "department", "司法局"),
        ("阜桥街道办事处", "subdistrict", None),
    ]
    assert [question.key for question in imports.propose(table_file).questions] == ["区商务局"]


def test_the_second_of_two_who_take_them_is_told(administrator, table_file):
    said = offered(table_file)
    import_units.take(table_file, by=administrator, said=said)

    with pytest.raises(Conflict, match="刚才已登记在名录中"):
        import_units.take(table_file, by=administrator, said=said)


def test_another_writing_needs_its_unit(administrator, table_file):
    said = {**offered(table_file), "区司法局": "later"}

    with pytest.raises(Refused, match="“司法局”选为与“区司法局”是同一单位，请同时登记“区司法局”。"):
        import_units.take(table_file, by=administrator, said=said)

    assert not Unit.objects.filter(name="阜桥街道办事处").exists()
