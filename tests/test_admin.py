"""Django admin: everything can be found, history cannot be touched, changes go through the services."""

import datetime as dt

import pytest
from django.contrib import admin
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from departments.choices import Role, UnitKind
from departments.models import Alias, RoleGrant, Unit, User
from departments.services.rights import rights_of
from tasks.choices import DutyRole, PlanState
from tasks.models import Assignment, Evidence, Plan, ProgressReport, Task, Transition
from wenshang_disclosure.files.models import StoredFile

from .admin_pages import form_of
from .factories import (
    CollectiveFactory,
    DesignationFactory,
    PartFactory,
    PlanFactory,
    SectionFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

MODELS = list(admin.site._registry)
FROZEN = [Assignment, ProgressReport, Evidence, StoredFile, Transition]


def address(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.fixture
def administrator(client, county):
    client.force_login(county.people["administrator"])
    return client


def change(client, obj, **fields):
    url = address(type(obj), "change", obj.pk)
    sent = {**form_of(client, url), **fields}
    return client.post(url, {name: value for name, value in sent.items() if value is not None}, follow=True)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_model_is_listed_searched_and_shown_in_chinese(administrator, county, model):
    PlanFactory(state=PlanState.DRAFT)
    CollectiveFactory()
    Alias.objects.create(name="县商业局", unit=county.lead_unit)
    one = {ProgressReport: county.report, Evidence: county.item}.get(model) or model.objects.first()

    pages = [
        administrator.get(address(model, "changelist"), {"q": "县"}),
        administrator.get(address(model, "changelist")),
    ]
    if one:
        pages.append(administrator.get(address(model, "change", one.pk)))

    assert {page.status_code for page in pages} == {200}
    assert model._meta.verbose_name in pages[0].content.decode()
    assert not model._meta.verbose_name.isascii()


@pytest.mark.parametrize("model", FROZEN, ids=lambda model: model.__name__)
def test_what_is_history_cannot_be_added_changed_or_deleted(administrator, county, model):
    one = {ProgressReport: county.report, Evidence: county.item}.get(model) or model.objects.first()

    answers = [
        administrator.post(address(model, "add"), {}).status_code,
        administrator.post(address(model, "change", one.pk), {"state": "draft"}).status_code,
        administrator.post(address(model, "delete", one.pk), {"post": "yes"}).status_code,
        administrator.post(
            address(model, "changelist"), {"action": "delete_selected", "_selected_action": [one.pk], "post": "yes"}
        ).status_code,
    ]

    assert answers[:3] == [403, 403, 403]
    assert model.objects.filter(pk=one.pk).exists()


def test_a_draft_report_is_not_shown(administrator, county):
    assert administrator.get(address(ProgressReport, "change", county.draft.pk)).status_code == 302


@pytest.mark.parametrize("model", [Unit, User], ids=lambda model: model.__name__)
def test_units_and_people_are_never_deleted(administrator, county, model):
    one = model.objects.last()

    assert administrator.post(address(model, "delete", one.pk), {"post": "yes"}).status_code == 403


def test_a_renamed_unit_keeps_its_old_name_as_an_alias(administrator, county):
    change(administrator, county.town, name="南旺街道办事处")

    assert Alias.objects.get(name="南旺镇人民政府").unit == Unit.objects.get(name="南旺街道办事处")


def test_a_name_in_use_is_refused_with_a_message(administrator, county):
    Alias.objects.create(name="商业局", unit=county.lead_unit)

    response = change(administrator, county.town, name="商业局")

    assert "已是其他单位的名称或别名" in response.content.decode()
    assert Unit.objects.filter(name="南旺镇人民政府").exists()


def test_a_retired_unit_owes_nothing_from_its_day(administrator, county):
    change(administrator, county.town, retired_on="2024-10-01")

    assert Assignment.objects.get(pk=county.duty.pk).released_on == dt.date(2024, 10, 1)


def test_a_merger_says_what_became_of_the_duties(administrator, county):
    page = change(administrator, county.town, retired_on="2024-10-01", successor=county.other_duty.unit_id)

    assert f"并入{county.other_duty.unit}，《{county.plan.title}》：1件承办事项移交" in page.content.decode()


def test_names_and_contacts_of_another_administrator_are_theirs(administrator, county):
    other = UserFactory(role=Role.OFFICE, is_staff=True, username="other-admin", email="other@example.gov.cn")

    change(administrator, other, username="gone", email="elsewhere@example.com")

    other.refresh_from_db()
    assert (other.username, other.email) == ("other-admin", "other@example.gov.cn")


def test_a_new_unit_is_in_the_register(administrator, county):
    url = address(Unit, "add")
    fields = {**form_of(administrator, url), "name": "县数据局", "kind": UnitKind.DEPARTMENT}

    administrator.post(url, fields)

    assert Unit.objects.get(name="县数据局").established_on == timezone.localdate()


@pytest.mark.parametrize("typed", ["²", "1.0", "县商务局", "9" * 5000])
@pytest.mark.parametrize(("model", "field"), [(Unit, "successor"), (User, "unit"), (Alias, "unit")])
def test_what_is_no_id_is_refused_beside_its_field(administrator, county, model, field, typed):
    page = administrator.post(address(model, "add"), {"name": "县数据局", field: typed})

    form = page.context["adminform"].form
    assert (page.status_code, form.errors.as_data()[field][0].code) == (200, "invalid_choice")
    assert "县数据局" in page.content.decode()


@pytest.mark.parametrize("field", ["unit", "picked_units"])
def test_what_is_no_id_is_refused_beside_its_field_of_a_row(administrator, county, field):
    draft = TaskFactory(section=SectionFactory(part=PartFactory(plan=PlanFactory(state=PlanState.DRAFT))))
    url = address(Task, "change", DesignationFactory(task=draft, role=DutyRole.LEAD, unit=county.town).task_id)

    page = administrator.post(url, {**form_of(administrator, url), f"designations-0-{field}": "²"})

    form = page.context["inline_admin_formsets"][0].formset.forms[0]
    assert (page.status_code, list(form.errors)) == (200, [field])


@pytest.mark.parametrize("ticked", [["²"], ["9" * 5000], ["县商务局", "1.0"]])
def test_what_is_no_id_is_no_ticked_record(administrator, county, ticked):
    alias = Alias.objects.create(name="县商业局", unit=county.lead_unit)
    sent = {"action": "delete_selected", "index": "0", "_selected_action": ticked}

    page = administrator.post(address(Alias, "changelist"), sent, follow=True)

    assert "没有任何条目被更改" in page.content.decode()
    assert Alias.objects.get() == alias


def test_a_person_is_added_with_a_role_and_a_unit(administrator, county):
    url = address(User, "add")
    about = {"username": "new", "name": "新联络员", "role": Role.LIAISON}

    without_unit = administrator.post(url, about)
    administrator.post(url, {**about, "unit": county.town.pk})

    assert "联络员和分管领导必须填写所在单位" in without_unit.content.decode()
    person = User.objects.get(username="new")
    assert (person.is_active, person.must_change_password, person.has_usable_password()) == (True, True, False)


@pytest.mark.parametrize("role", [Role.OFFICE, Role.REVIEWER])
def test_a_person_with_a_role_of_the_offices_waits_for_the_second_person(administrator, county, role):
    administrator.post(address(User, "add"), {"username": "new", "name": "新同事", "role": role})

    person = User.objects.get(username="new")
    assert not person.is_active
    assert RoleGrant.objects.pending().get(person=person).rights() == {
        "role": role,
        "unit": None,
        "is_active": True,
        "is_staff": False,
    }


@pytest.mark.parametrize(
    ("who", "fields"),
    [
        ("liaison", {"role": Role.OFFICE}),
        ("auditor", {"role": Role.REVIEWER}),
        ("office", {"is_staff": "on"}),
    ],
)
def test_rights_of_the_offices_are_proposed_and_not_given(administrator, county, who, fields):
    person = county.people[who]
    before = rights_of(person)

    response = change(administrator, person, **fields)

    person.refresh_from_db()
    assert "待另一名系统管理员" in response.content.decode()
    assert rights_of(person) == before
    assert RoleGrant.objects.pending().filter(person=person).exists()


def test_an_administrators_account_is_not_changed_by_one_other_administrator(administrator, county):
    other = UserFactory(role=Role.OFFICE, is_staff=True)

    change(administrator, other, is_active=None, is_staff=None)

    other.refresh_from_db()
    assert (other.is_active, other.is_staff) == (True, True)
    assert RoleGrant.objects.pending().get(person=other).in_words() == "停用账号"


def test_the_administrator_does_not_change_their_own_name_of_sign_in(administrator, county):
    me = county.people["administrator"]

    response = change(administrator, me, username="somebody-else")

    assert "不能改变自己的登录名" in response.content.decode()


def test_the_administrator_cannot_lock_themselves_out(administrator, county):
    me = county.people["administrator"]

    response = change(administrator, me, is_active="")

    assert "不能停用自己的账号" in response.content.decode()
    me.refresh_from_db()
    assert me.is_active


def test_only_the_office_gets_into_admin(administrator, county):
    response = change(administrator, county.people["liaison"], is_staff="on")

    assert "只有县政府办公室工作人员可以进入系统管理" in response.content.decode()


def test_an_issued_plan_keeps_what_was_issued(administrator, county):
    change(administrator, county.plan, title="别的标题", warning_days=20)

    county.plan.refresh_from_db()
    assert (county.plan.title, county.plan.warning_days) == ("2024年测试分解表", 20)
    assert administrator.post(address(Task, "change", county.task.pk), {"requirement": "x"}).status_code == 403
    assert administrator.post(address(Plan, "delete", county.plan.pk), {"post": "yes"}).status_code == 403


def test_a_row_cannot_be_added_to_an_issued_plan(administrator, county):
    url = address(Task, "add")
    fields = {
        "plan": county.plan.pk,
        "section": county.task.section_id,
        "number": 99,
        "requirement": "新增",
        "due_on": "",
    }

    response = administrator.post(url, {**form_of(administrator, url), **fields})

    assert response.status_code == 200
    assert not Task.objects.filter(number=99).exists()


def test_a_draft_plan_is_issued_with_a_message(administrator, county):
    plan = PlanFactory(state=PlanState.DRAFT, title="2025年测试分解表")
    task = TaskFactory(section=SectionFactory(part=PartFactory(plan=plan)), number=1)
    DesignationFactory(task=task, role=DutyRole.LEAD, unit=county.lead_unit)
    empty = PlanFactory(state=PlanState.DRAFT, title="空表")

    response = administrator.post(
        address(Plan, "changelist"), {"action": "issue", "_selected_action": [plan.pk, empty.pk]}, follow=True
    )

    page = response.content.decode()
    assert "2025年测试分解表：已印发，共1件承办事项。" in page
    assert "空表：表中还没有任务。" in page


def test_units_are_picked_where_a_collective_names_nobody(administrator, county):
    designation = DesignationFactory(task=county.task, collective=CollectiveFactory(name="县政府有关部门、单位"))
    picked = UnitFactory()

    change(administrator, designation, picked_units=[picked.pk])

    assert Assignment.objects.filter(task=county.task, unit=picked).exists()


def test_groups_are_not_offered():
    with pytest.raises(NoReverseMatch):
        reverse("admin:auth_group_changelist")


@pytest.mark.parametrize("path", ["", "login/", "logout/", "nowhere/", "departments/unit/", "jsi18n/"])
def test_for_office_staff_without_the_right_it_does_not_exist(client, county, path):
    client.force_login(UserFactory(role=Role.OFFICE))

    assert client.get(f"/admin/{path}").status_code == 404
    assert client.post(f"/admin/{path}", {}).status_code == 404


def test_who_is_not_signed_in_is_sent_to_sign_in(client, county):
    response = client.get(address(Unit, "changelist"), follow=True)

    assert response.redirect_chain[-1][0].startswith(reverse("departments:sign-in"))


def test_a_telephone_number_that_is_none_is_refused_beside_its_field(client, administrator):
    person = UserFactory(phone="0537-7212345")
    page = address(User, "change", person.pk)

    response = client.post(page, {**form_of(client, page), "phone": "请找张三"})

    assert "联系电话不正确。请填写一个11位手机号" in response.content.decode()
    assert User.objects.get(pk=person.pk).phone == "0537-7212345"
