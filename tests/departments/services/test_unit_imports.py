"""Units and people are imported all at once, and passwords are given once."""

import openpyxl
import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from departments.choices import Role
from departments.imports.reading import read
from departments.models import Alias, RoleGrant, Unit, User
from departments.services import rights, unit_imports
from tests.departments.registers import PERSON, UNIT, register_file
from tests.factories import UnitFactory, UserFactory
from wenshang_disclosure.core.web.errors import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk():
    return UserFactory(role=Role.OFFICE)


@pytest.fixture
def administrator():
    return UserFactory(role=Role.OFFICE, is_staff=True)


def kept(clerk, *args, **kwargs):
    return unit_imports.keep(read(register_file(*args, **kwargs)).as_data(), "名册.xlsx", by=clerk)


def test_new_units_aliases_and_people_are_registered(clerk):
    unit_imports.take(kept(clerk), by=clerk)

    unit = Unit.objects.get(name="县司法局")
    person = User.objects.get(name="甲联络")
    assert (unit.short_name, unit.kind, unit.order) == ("司法局", "department", 10)
    assert set(unit.aliases.values_list("name", flat=True)) == {"县法制办", "司法局机关"}
    assert (person.unit, person.role, person.username, person.email) == (
        unit,
        "liaison",
        "13800000001",
        "a@example.gov.cn",
    )
    assert person.must_change_password
    assert not person.has_usable_password()


def test_the_same_file_again_changes_nothing(clerk):
    unit_imports.take(kept(clerk), by=clerk)
    before = list(Unit.objects.values()), list(Alias.objects.values()), list(User.objects.values())

    again = kept(clerk)
    found = unit_imports.prospect(again.rows, by=clerk)
    unit_imports.take(again, by=clerk)

    assert (found.same_units, found.same_people, found.changes_something) == (1, 1, False)
    assert (list(Unit.objects.values()), list(Alias.objects.values()), list(User.objects.values())) == before


def test_taking_twice_does_it_once(clerk):
    waiting = kept(clerk)
    unit_imports.take(waiting, by=clerk)

    assert unit_imports.take(waiting, by=clerk) is None
    assert User.objects.filter(name="甲联络").count() == 1


def test_a_known_unit_is_updated_and_blank_cells_change_nothing(clerk):
    unit = UnitFactory(name="县司法局", short_name="旧简称", kind="institution", division_code="370830")
    Alias.objects.create(name="县法制办", unit=unit)

    found = unit_imports.take(kept(clerk, [["县法制办", "", "政府部门", "", "", "司法局"]], []), by=clerk)

    unit.refresh_from_db()
    assert [changes for _, _, changes in found.changed_units] == [["类别", "别名司法局"]]
    assert (unit.name, unit.short_name, unit.kind, unit.division_code) == ("县司法局", "旧简称", "department", "370830")
    assert set(unit.aliases.values_list("name", flat=True)) == {"县法制办", "司法局"}


def test_a_person_is_found_by_name_and_unit_or_by_login_name(clerk, administrator):
    unit = UnitFactory(name="县司法局")
    by_name = UserFactory(name="甲联络", unit=unit)
    by_login = UserFactory(name="乙联络", unit=unit, username="yi")
    people = [PERSON, ["乙联络", "县司法局", "分管领导", "yi", "", ""]]

    unit_imports.take(kept(clerk, [], people), by=administrator)

    by_name.refresh_from_db()
    by_login.refresh_from_db()
    assert (by_name.phone, by_login.role) == ("13800000001", "leader")
    assert User.objects.filter(unit=unit).count() == 2


@pytest.mark.parametrize(
    ("units", "people", "words"),
    [
        ([], [["甲", "县不存在局", "联络员"]], "名录中没有“县不存在局”"),
        ([["县新局", "", "政府部门", "", "", "县商务局"]], [], "“县商务局”已是县商务局的名称或别名"),
        ([], [["甲", "县商务局", "联络员", "taken"]], "登录名“taken”已由"),
    ],
)
def test_what_does_not_fit_the_register_keeps_everything_out(clerk, units, people, words):
    UnitFactory(name="县商务局")
    UserFactory(username="taken")
    waiting = kept(clerk, [UNIT, *units], [PERSON, *people])

    found = unit_imports.prospect(waiting.rows, by=clerk)
    with pytest.raises(Refused, match="还有1处错误"):
        unit_imports.take(waiting, by=clerk)

    assert words in found.errors[0][2]
    assert found.errors[0][1] == 3
    assert not Unit.objects.filter(name="县司法局").exists()
    assert not User.objects.filter(name="甲联络").exists()


def test_login_names_are_found_for_those_without(clerk):
    UserFactory(username="13800000001")
    people = [
        PERSON,
        ["乙", "县司法局", "联络员", "", "", "yi@example.gov.cn"],
        ["丙", "县司法局", "联络员", "", "", ""],
    ]

    found = unit_imports.prospect(kept(clerk, [UNIT], people).rows, by=clerk)

    names = [row["username"] for row in found.new_people]
    assert names[1] == "yi"
    assert names[0] != "13800000001"
    assert len(set(names)) == 3


def test_passwords_are_given_once_by_an_administrator_and_open_the_account(clerk, administrator, client):
    waiting = kept(clerk)
    unit_imports.take(waiting, by=clerk)

    with pytest.raises(PermissionDenied):
        unit_imports.give_passwords(waiting, by=clerk)
    given = unit_imports.give_passwords(waiting, by=administrator)

    ((person, password),) = given
    validate_password(password, person)
    assert client.login(username=person.username, password=password)
    with pytest.raises(Refused, match="只能发放一次"):
        unit_imports.give_passwords(waiting, by=administrator)


def test_a_person_who_was_there_before_keeps_their_password(clerk, administrator):
    unit = UnitFactory(name="县司法局")
    person = UserFactory(name="甲联络", unit=unit)
    waiting = kept(clerk, [], [PERSON])
    unit_imports.take(waiting, by=clerk)

    assert unit_imports.give_passwords(waiting, by=administrator) == []
    person.refresh_from_db()
    assert person.check_password("test-password-1")


def test_only_the_office_imports(clerk):
    waiting = kept(clerk)

    with pytest.raises(PermissionDenied):
        unit_imports.take(waiting, by=UserFactory(role=Role.REVIEWER))


def test_looking_costs_the_same_queries_for_any_number_of_rows(clerk, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    few, many = (
        kept(
            clerk,
            [[f"县{n}局", "", "政府部门"] for n in range(count)],
            [[f"人{n}", f"县{n}局", "联络员"] for n in range(count)],
        )
        for count in (1, 40)
    )
    with CaptureQueriesContext(connection) as asked:
        unit_imports.prospect(few.rows, by=clerk)
    with django_assert_num_queries(len(asked)):
        unit_imports.prospect(many.rows, by=clerk)


def test_a_register_is_read_in_a_process_of_its_own(clerk, monkeypatch):
    def fail(*args, **kwargs):
        raise AssertionError

    monkeypatch.setattr(openpyxl, "load_workbook", fail)

    kept = unit_imports.receive(SimpleUploadedFile("名册.xlsx", register_file().read()), by=clerk)

    assert [row["name"] for row in kept.rows["units"]] == ["县司法局"]


# --- whose accounts a file changes ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (["新同事", "", "县政府办公室工作人员"], "“政府办公室工作人员”的账号由系统管理员登记。"),
        (["新审核", "", "审核人"], "“审核人”的账号由系统管理员登记。"),
        (["新审计", "", "审计（只读）"], "“审计（只读）”的账号由系统管理员登记。"),
        (["审计员", "", "县政府办公室工作人员", "auditor"], "审计员的角色由系统管理员变更。"),
        (["管理员", "", "审计（只读）", "root"], "系统管理员的账号不能通过名册更改。"),
        (["管理员", "", "县政府办公室工作人员", "root", "13800000009"], "系统管理员的账号不能通过名册更改。"),
        (["办公室", "", "县政府办公室工作人员", "me", "13800000009"], "不能通过名册更改本人的账号"),
        (["同事", "", "县政府办公室工作人员", "other", "13800000009"], "同事的联系方式由系统管理员或者本人更改。"),
        (["审核", "", "审核人", "reviewer", "", "x@example.gov.cn"], "审核的联系方式由系统管理员或者本人更改。"),
        (["审计员", "", "审计（只读）", "auditor", "13800000009"], "审计员的联系方式由系统管理员或者本人更改。"),
    ],
)
def test_an_office_account_changes_nobodys_role_nor_an_administrators_or_its_own_account(row, words):
    me = UserFactory(role=Role.OFFICE, username="me", name="办公室")
    UserFactory(role=Role.AUDITOR, username="auditor", name="审计员")
    UserFactory(role=Role.OFFICE, username="other", name="同事")
    UserFactory(role=Role.REVIEWER, username="reviewer", name="审核")
    UserFactory(role=Role.OFFICE, is_staff=True, username="root", name="管理员")
    before = list(User.objects.order_by("pk").values())
    waiting = kept(me, [], [row])

    with pytest.raises(Refused):
        unit_imports.take(waiting, by=me)

    (error,) = unit_imports.prospect(waiting.rows, by=me).errors
    assert words in error[2]
    assert list(User.objects.order_by("pk").values()) == before


def test_an_administrators_file_changes_contacts_of_the_offices_people_unless_their_rights_wait(administrator):
    one, two = (UserFactory(role=Role.REVIEWER, username=name, name=name) for name in ("yi", "er"))
    rights.change(two, by=administrator, role=Role.OFFICE)
    rows = [[name, "", "审核人", name, "13800000009"] for name in ("yi", "er")]

    unit_imports.take(kept(administrator, [], rows[:1]), by=administrator)
    (error,) = unit_imports.prospect(kept(administrator, [], rows[1:]).rows, by=administrator).errors

    one.refresh_from_db()
    assert one.phone == "13800000009"
    assert "有一项权限变更待确认" in error[2]


def test_an_administrators_file_proposes_what_needs_a_second_person(administrator):
    person = UserFactory(role=Role.AUDITOR, username="auditor", name="审计员")
    people = [["审计员", "", "审核人", "auditor"], ["新同事", "", "县政府办公室工作人员", "new"]]

    unit_imports.take(kept(administrator, [], people), by=administrator)

    person.refresh_from_db()
    new = User.objects.get(username="new")
    assert (person.role, new.is_active) == (Role.AUDITOR, False)
    wanted = RoleGrant.objects.pending().order_by("person").values_list("person__username", "role", "is_active")
    assert list(wanted) == [("auditor", "reviewer", True), ("new", "office", True)]
