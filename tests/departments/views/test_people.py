"""Pages of units and people: found by unit, registered, moved, closed; and whom users ask."""

import pytest
from django.urls import reverse
from django.utils import timezone

from departments.choices import Role, UnitKind
from departments.models import OfficeContact, Unit, User
from departments.services import office_contact
from tests.factories import AssignmentFactory, MembershipFactory, UnitFactory, UserFactory, submit
from tests.pages import page_of, values_of

pytestmark = pytest.mark.django_db
LIST = reverse("departments:people")
STEPS = ("move-person", "close-person", "give-membership", "change-rights", "give-password")


@pytest.fixture
def office(client):
    person = UserFactory(role=Role.OFFICE, name="办公室人员")
    client.force_login(person)
    return person


def shown(client, query=""):
    """Return `{unit: [names]}` of the list."""
    groups = client.get(f"{LIST}{query}").context["groups"]
    return {unit and unit.name: [person.name for person, _ in rows] for unit, rows in groups}


@pytest.fixture
def register():
    """Two units with people, one without, one that is gone, and a closed account."""
    town, bureau = UnitFactory(name="南旺镇人民政府", short_name="南旺镇"), UnitFactory(name="县商务局")
    UserFactory(unit=town, name="张三", username="zhang", phone="13800000000", last_login=timezone.now())
    UserFactory(unit=town, name="李四", role=Role.LEADER)
    UserFactory(unit=bureau, name="王五", is_active=False)
    MembershipFactory(person=UserFactory(unit=bureau, name="赵六", role=Role.LEADER), unit=town)
    UnitFactory(name="县粮食局", retired_on=timezone.localdate())
    return town


def test_units_are_listed_with_their_people(client, office, register):
    assert shown(client) == {
        None: ["办公室人员"],
        "南旺镇人民政府": ["李四", "张三", "赵六"],
        "县商务局": ["赵六"],
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?show=without-liaison", {"县商务局": ["赵六"]}),
        ("?show=closed", {"县商务局": ["王五"]}),
        ("?show=retired", {"县粮食局": []}),
        ("?show=never&q=李四", {"南旺镇人民政府": ["李四"]}),
        ("?q=zhang", {"南旺镇人民政府": ["张三"]}),
        ("?q=nwz", {"南旺镇人民政府": ["李四", "张三", "赵六"]}),
        ("?q=没有这个人", {}),
        ("?show=nonsense&q=138", {"南旺镇人民政府": ["张三"]}),
    ],
)
def test_the_list_is_cut_and_searched(client, office, register, query, found):
    assert shown(client, query) == found


def test_an_empty_register_says_so(client, office):
    assert "没有停用的账号。" in page_of(client.get(f"{LIST}?show=closed"))
    assert "没有找到，请换一个词。" in page_of(client.get(f"{LIST}?q=无"))


def test_a_person_is_registered_for_a_unit_and_shown_with_what_comes_next(client, office, register):
    page = client.get(reverse("departments:add-person"), {"unit": register.pk})
    sent = {**values_of(page.context["form"]), "name": "新人", "role": "liaison", "phone": "13900000000"}

    answer = client.post(reverse("departments:add-person"), sent, follow=True)

    person = User.objects.get(name="新人")
    assert (person.unit, person.username) == (register, "13900000000")
    assert "已登记新人，登录名13900000000。" in page_of(answer)
    assert "一次性密码由系统管理员发放" in page_of(answer)


def test_what_is_wrong_stands_at_its_field_with_what_was_typed(client, office, register):
    sent = {"name": "新人", "role": "liaison", "unit": register.pk, "username": "zhang", "phone": ""}

    answer = client.post(reverse("departments:add-person"), sent)

    assert answer.status_code == 422
    assert answer.context["form"].errors == {"username": ["登录名“zhang”已有人使用，请换一个。"]}
    assert 'value="新人"' in page_of(answer)


def roles_offered(client):
    form = client.get(reverse("departments:add-person")).context["form"]
    return {value for value, _ in form.fields["role"].choices}


def test_an_office_account_is_offered_the_roles_of_units_and_an_administrator_all(client, office):
    of_units = roles_offered(client)
    client.force_login(UserFactory(role=Role.OFFICE, is_staff=True))

    assert of_units == {"liaison", "leader"}
    assert roles_offered(client) == set(Role.values)


def test_a_post_with_a_role_that_was_not_offered_is_refused(client, office):
    answer = client.post(reverse("departments:add-person"), {"name": "甲", "role": "office", "username": "jia"})

    assert answer.status_code == 422
    assert not User.objects.filter(username="jia").exists()


def test_the_page_of_a_move_says_what_is_open_and_who_goes_on(client, office):
    duty = AssignmentFactory()
    person = UserFactory(unit=duty.unit)
    submit(duty, by=person)
    page = reverse("departments:move-person", args=[person.pk])

    alone = page_of(client.get(page))
    colleague = UserFactory(unit=duty.unit, name="接手人")
    with_colleague = page_of(client.get(page))
    moved = client.post(page, {"unit": UnitFactory().pk, "on": timezone.localdate()}, follow=True)

    assert "没有联络员，不能填报" in alone
    assert "待审核<b>1</b>" in alone
    assert colleague.name in with_colleague
    assert "没有联络员，不能填报" not in with_colleague
    assert "须重新登录" in page_of(moved)


def test_the_office_sees_accounts_of_the_office_and_cannot_change_them(client, office):
    other = UserFactory(role=Role.OFFICE, is_staff=True, name="管理员")
    page = page_of(client.get(reverse("departments:person", args=[other.pk])))

    assert "系统管理员的姓名和联系方式由本人更改" in page
    for step in ("move-person", "close-person"):
        assert client.get(reverse(f"departments:{step}", args=[other.pk])).status_code == 403
    posts = {"change-rights": {"role": "office"}, "person": {"name": "乙", "username": other.username}}
    for step, sent in posts.items():
        assert client.post(reverse(f"departments:{step}", args=[other.pk]), sent).status_code == 403
    assert User.objects.get(pk=other.pk).is_staff


def test_liaisons_find_none_of_the_pages(client):
    person = UserFactory()
    client.force_login(person)

    for name in ("people", "add-person", "office-contact", "add-unit"):
        assert client.get(reverse(f"departments:{name}")).status_code == 403
    assert client.get(reverse("departments:person", args=[person.pk])).status_code == 403


def test_the_page_of_a_liaison_offers_the_office_what_it_may_do(client, office):
    person = UserFactory()
    urls = {name: reverse(f"departments:{name}", args=[person.pk]) for name in STEPS}

    page = page_of(client.get(reverse("departments:person", args=[person.pk])))
    client.force_login(UserFactory(role=Role.OFFICE, is_staff=True))
    as_administrator = page_of(client.get(reverse("departments:person", args=[person.pk])))

    assert {name for name, url in urls.items() if url in page} == {"move-person", "close-person", "give-membership"}
    assert {name for name, url in urls.items() if url in as_administrator} == set(STEPS)


def test_a_membership_is_given_and_ended_on_the_page(client, office):
    person, unit = UserFactory(), UnitFactory(name="县商务局")
    sent = {"unit": unit.pk, "role": "liaison", "from_on": timezone.localdate()}

    given = client.post(reverse("departments:give-membership", args=[person.pk]), sent, follow=True)
    again = client.post(reverse("departments:give-membership", args=[person.pk]), sent)
    membership = person.memberships.get()
    ended = client.post(reverse("departments:end-membership", args=[membership.pk]), follow=True)

    assert f"已登记{person}兼任县商务局联络员。" in page_of(given)
    assert again.status_code == 422
    assert f"{person}不再兼任县商务局联络员。" in page_of(ended)
    assert not person.memberships.in_force().exists()


# --- units ------------------------------------------------------------------------------------------------------------


def test_a_unit_is_added_after_another(client, office):
    first, last = UnitFactory(name="甲局", order=10), UnitFactory(name="乙局", order=20)
    about = {"name": "县数据局", "kind": UnitKind.DEPARTMENT, "after": first.pk, "aliases": "县大数据局、数据局"}

    answer = client.post(reverse("departments:add-unit"), about)

    new = Unit.objects.get(name="县数据局")
    assert answer.url == f"{LIST}#unit-{new.pk}"
    assert list(Unit.objects.all()) == [first, new, last]
    assert {alias.name for alias in new.aliases.all()} == {"县大数据局", "数据局"}
    assert new.established_on == timezone.localdate()


def test_a_unit_is_renamed_and_moved_and_keeps_its_old_name(client, office):
    first, second = UnitFactory(name="甲局", order=10), UnitFactory(name="乙局", order=20)
    page = reverse("departments:edit-unit", args=[second.pk])
    sent = {**values_of(client.get(page).context["form"]), "name": "丙局", "after": ""}

    client.post(page, sent)

    assert [unit.name for unit in Unit.objects.all()] == ["丙局", "甲局"]
    assert second.aliases.get().name == "乙局"
    assert first.aliases.count() == 0


def test_a_name_in_use_is_refused_at_its_field(client, office):
    taken, unit = UnitFactory(name="甲局"), UnitFactory(name="乙局")
    page = reverse("departments:edit-unit", args=[unit.pk])

    answer = client.post(page, {**values_of(client.get(page).context["form"]), "name": taken.name})

    assert answer.status_code == 422
    assert answer.context["form"].errors == {"name": ["“甲局”已是其他单位的名称或别名。"]}


def test_a_unit_is_closed_into_another_and_restored(client, office):
    duty = AssignmentFactory()
    person, successor = UserFactory(unit=duty.unit, name="张三"), UnitFactory()
    page = reverse("departments:retire-unit", args=[duty.unit_id])

    asked = page_of(client.get(page))
    closed = client.post(page, {"on": timezone.localdate(), "successor": successor.pk}, follow=True)
    again = client.post(reverse("departments:restore-unit", args=[duty.unit_id]), follow=True)

    assert reverse("departments:move-person", args=[person.pk]) in asked
    assert "1件承办事项移交" in page_of(closed)
    assert f"{duty.unit}已恢复。" in page_of(again)


# --- whom to ask ------------------------------------------------------------------------------------------------------


def test_the_office_says_whom_to_ask_and_the_sign_in_page_tells(client, office):
    before = page_of(client.get(LIST))
    answer = client.post(
        reverse("departments:office-contact"), {"who": "县政府办公室政务公开股", "phone": "0537-7212345"}
    )
    client.logout()

    page = page_of(client.get(reverse("departments:sign-in")))

    assert "未填写" in before
    assert answer.url == LIST
    assert "县政府办公室政务公开股，0537-7212345" in page


def test_without_a_number_the_sign_in_page_names_the_office(client):
    assert "请联系<strong>县政府办公室</strong>" in page_of(client.get(reverse("departments:sign-in")))


def test_there_is_one_contact(office):
    for phone in ("0537-1", "0537-2"):
        office_contact.save(by=office, who="县政府办公室", phone=phone)

    assert OfficeContact.objects.get().phone == "0537-2"
