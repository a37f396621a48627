"""Rights of the office's are given by two people, and everybody who administers is told."""

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from departments.choices import GrantState, Handling, Role
from departments.models import RoleGrant, User
from departments.services import entrusting, people, rights
from tasks.models import Notification
from tests.factories import RoleGrantFactory, UnitFactory, UserFactory
from wenshang_disclosure.audit.models import AuditEntry
from wenshang_disclosure.core.web.errors import Conflict, Refused

pytestmark = pytest.mark.django_db


def administrator():
    return UserFactory(role=Role.OFFICE, is_staff=True)


def fresh(person):
    """Return the account as a later request sees it."""
    return User.objects.get(pk=person.pk)


GIVEN = [
    (Role.LIAISON, {"role": Role.OFFICE}),
    (Role.AUDITOR, {"role": Role.REVIEWER}),
    (Role.REVIEWER, {"role": Role.OFFICE}),
    (Role.OFFICE, {"is_staff": True}),
]


@pytest.mark.parametrize(("role", "wanted"), GIVEN)
def test_what_one_proposes_holds_once_another_has_confirmed_it(role, wanted):
    one, two, person = administrator(), administrator(), UserFactory(role=role)

    grant = rights.change(person, by=one, **wanted)
    before = rights.rights_of(fresh(person))
    with pytest.raises(PermissionDenied):
        rights.confirm(grant, by=one)
    rights.confirm(grant, by=two)

    assert before == rights.rights_of(person)
    assert rights.rights_of(fresh(person)) == {**before, **wanted}
    assert RoleGrant.objects.get().state == GrantState.CONFIRMED


def test_an_account_of_the_offices_is_not_put_on_again_by_one_person():
    one, person = administrator(), UserFactory(role=Role.REVIEWER, is_active=False)

    assert rights.change(person, by=one, is_active=True)
    assert not fresh(person).is_active


@pytest.mark.parametrize("role", [Role.OFFICE, Role.REVIEWER])
def test_an_account_of_the_offices_gets_another_unit_by_two(client, role):
    one, two, unit, person = administrator(), administrator(), UnitFactory(), UserFactory(role=role)
    client.force_login(one)
    page = reverse("departments:move-person", args=[person.pk])

    answer = client.post(page, {"unit": unit.pk, "on": timezone.localdate()}, follow=True)
    before = fresh(person).unit
    rights.confirm(RoleGrant.objects.get(person=person), by=two)

    assert "待另一名系统管理员" in answer.content.decode()
    assert (before, fresh(person).unit) == (None, unit)


def test_another_unit_for_a_units_person_needs_one_administrator():
    unit, person = UnitFactory(), UserFactory()

    assert rights.change(person, by=administrator(), unit=unit) is None
    assert fresh(person).unit == unit


@pytest.mark.parametrize(
    "wanted", [{"is_active": False}, {"is_staff": False}, {"role": Role.AUDITOR, "is_staff": False}]
)
def test_an_administrators_rights_are_taken_by_two_who_are_not_the_administrator(wanted):
    one, two, other = administrator(), administrator(), administrator()

    grant = rights.change(other, by=one, **wanted)
    with pytest.raises(PermissionDenied):
        rights.refuse(grant, by=other)
    rights.confirm(grant, by=two)

    assert {name: getattr(fresh(other), name) for name in wanted} == wanted


def test_nobody_changes_their_own_rights():
    one = administrator()

    with pytest.raises(PermissionDenied):
        rights.change(one, by=one, role=Role.REVIEWER, is_staff=False)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.OFFICE])
def test_only_administrators_change_rights(role):
    for by in (UserFactory(role=role), UserFactory(role=Role.OFFICE)):
        with pytest.raises(PermissionDenied):
            rights.change(UserFactory(), by=by, role=Role.LEADER)


def test_other_rights_are_changed_by_one_administrator_and_told_to_all():
    one, two, person = administrator(), administrator(), UserFactory()

    assert rights.change(person, by=one, role=Role.LEADER) is None

    assert fresh(person).role == Role.LEADER
    assert set(Notification.objects.values_list("user", flat=True)) == {one.pk, two.pk}
    assert "联络员" in Notification.objects.first().text
    assert AuditEntry.objects.get(act="变更角色和权限").detail == {"role": ["liaison", "leader"]}


def test_every_step_of_a_proposal_is_told_and_in_the_trail():
    one, two, person = administrator(), administrator(), UserFactory()

    rights.refuse(rights.change(person, by=one, role=Role.REVIEWER), by=two)
    rights.withdraw(rights.change(person, by=one, role=Role.REVIEWER), by=one)
    rights.confirm(rights.change(person, by=one, role=Role.REVIEWER), by=two)

    acts = [entry.act for entry in AuditEntry.objects.filter(subject=person.username).order_by("pk")]
    proposed = "提出权限变更"
    assert acts == [proposed, "不同意权限变更", proposed, "撤回权限变更", proposed, "确认权限变更", "变更角色和权限"]
    assert Notification.objects.filter(user=two, path=reverse("departments:confirmations")).count() == 6


def test_one_change_of_an_account_waits_at_a_time_and_is_decided_once():
    one, two, person = administrator(), administrator(), UserFactory()
    grant = rights.change(person, by=one, role=Role.OFFICE)

    with pytest.raises(Conflict):
        rights.change(person, by=one, role=Role.LEADER)
    rights.confirm(grant, by=two)
    with pytest.raises(Conflict):
        rights.refuse(grant, by=two)


def test_a_change_that_waits_does_not_keep_an_account_open():
    one, two, person = administrator(), administrator(), UserFactory()
    grant = rights.change(person, by=one, role=Role.OFFICE)

    assert rights.change(person, by=two, is_active=False) is None

    grant.refresh_from_db()
    assert (fresh(person).is_active, grant.state, grant.decided_by) == (False, GrantState.WITHDRAWN, two)
    assert Notification.objects.filter(user=one, text__contains="不再办理").exists()
    assert AuditEntry.objects.get(act="撤回权限变更").detail == {"grant": grant.pk, "closed": True}
    with pytest.raises(Conflict):
        rights.confirm(grant, by=two)


def test_switching_an_administrator_off_takes_the_place_of_what_waits_and_nothing_takes_its_place():
    one, two, other = administrator(), administrator(), administrator()
    before = rights.change(other, by=one, is_staff=False)

    closing = rights.change(other, by=two, is_active=False)
    for wanted in ({"is_staff": False}, {"is_active": False}):
        with pytest.raises(Conflict):
            rights.change(other, by=one, **wanted)
    rights.confirm(closing, by=one)

    before.refresh_from_db()
    assert (before.state, fresh(other).is_active) == (GrantState.WITHDRAWN, False)


def test_a_forgotten_account_is_not_put_on_again_by_a_change_that_waits():
    one, two, person = administrator(), administrator(), UserFactory(role=Role.REVIEWER, is_active=False)
    grant = rights.change(person, by=one, is_active=True)

    people.forget(person, by=one)

    with pytest.raises(Conflict):
        rights.confirm(grant, by=two)
    assert not fresh(person).is_active


PERSONAL = {"name": "李四", "username": "lisi", "phone": "0537-7212345", "email": "b@example.gov.cn"}


@pytest.mark.parametrize("field", PERSONAL)
def test_who_is_proposed_stays_who_was_proposed_until_it_is_decided(client, field):
    one, person = administrator(), UserFactory(name="张三", username="zhangsan")
    grant = rights.change(person, by=one, role=Role.REVIEWER)
    client.force_login(one)
    page, sent = reverse("departments:person", args=[person.pk]), {"name": "张三", "username": "zhangsan"}

    client.post(page, {**sent, field: PERSONAL[field]})
    with pytest.raises(Conflict):
        people.change_personal(person, by=one, **{field: PERSONAL[field]})
    during = getattr(fresh(person), field)
    rights.withdraw(grant, by=one)
    client.post(page, {**sent, field: PERSONAL[field]})

    assert during == getattr(person, field)
    assert getattr(fresh(person), field) == PERSONAL[field]


def test_rights_that_do_not_fit_are_refused():
    with pytest.raises(Refused):
        rights.change(UserFactory(), by=administrator(), is_staff=True)
    with pytest.raises(Refused):
        rights.change(UserFactory(role=Role.AUDITOR), by=administrator(), role=Role.LIAISON)


def test_an_account_that_the_proposer_gave_a_password_is_no_second_person():
    one, puppet, person = administrator(), UserFactory(role=Role.OFFICE), UserFactory()
    entrusting.give_password(puppet, by=one)
    User.objects.filter(pk=puppet.pk).update(is_staff=True, must_change_password=False)

    grant = rights.change(person, by=fresh(one), role=Role.OFFICE)
    with pytest.raises(PermissionDenied):
        rights.confirm(grant, by=fresh(puppet))

    assert fresh(person).role == Role.LIAISON


def test_the_database_takes_no_confirmation_by_the_proposer():
    grant = RoleGrantFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.filter(pk=grant.pk).update(
            state=GrantState.CONFIRMED, decided_by=grant.proposed_by, decided_at=timezone.now()
        )


def test_with_one_administrator_the_server_is_the_second_person(capsys):
    one, person = administrator(), UserFactory(unit=UnitFactory(name="县司法局"))
    grant = rights.change(person, by=one, role=Role.OFFICE)

    call_command("second_person")
    listed = capsys.readouterr().out
    call_command("second_person", grant=[grant.pk])

    assert f"--grant {grant.pk}  {person.username}" in listed
    assert fresh(person).role == Role.OFFICE
    with pytest.raises(CommandError, match="已确认"):
        call_command("second_person", grant=[grant.pk])
    with pytest.raises(CommandError):
        call_command("second_person", owner=["nobody"])


def test_the_page_shows_what_waits_and_confirms_it(client):
    one, two, person = administrator(), administrator(), UserFactory(name="张三")
    grant = rights.change(person, by=one, role=Role.REVIEWER)
    page = reverse("departments:confirmations")

    client.force_login(one)
    own = client.get(page).content.decode()
    refused = client.post(reverse("departments:confirm-grant", args=[grant.pk]))
    client.force_login(two)
    others = client.get(page).content.decode()
    done = client.post(reverse("departments:confirm-grant", args=[grant.pk]), follow=True)

    confirm = reverse("departments:confirm-grant", args=[grant.pk])
    assert (confirm in own, confirm in others, refused.status_code) == (False, True, 403)
    assert "已确认，权限变更已生效。" in done.content.decode()
    assert fresh(person).role == Role.REVIEWER


def test_the_page_asks_as_often_however_many_wait(client):
    client.force_login(administrator())
    counts = []
    for number in (2, 6):
        for grant in RoleGrantFactory.create_batch(number):
            entrusting.note([grant.person], by=grant.proposed_by, how=Handling.MADE)
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("departments:confirmations"))
        counts.append(len(captured))

    assert counts[0] == counts[1]
