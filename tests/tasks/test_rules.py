"""Who may do what: the table of design: Who may do what as one table here, over every named permission."""

import pytest
import rules
from django.contrib.auth.models import AnonymousUser

from departments.choices import Role
from tasks.choices import Sharing
from tests.factories import (
    ApiTokenFactory,
    AssignmentFactory,
    EvidenceFactory,
    ExtensionFactory,
    MembershipFactory,
    RoleGrantFactory,
    SavedViewFactory,
    SignInFactory,
    UnitFactory,
    UserFactory,
    chase,
    submit,
)
from wenshang_disclosure.core.web.errors import may

pytestmark = pytest.mark.django_db

PEOPLE = (
    "office",
    "administrator",
    "reviewer",
    "writer",  # the liaison who wrote the report
    "liaison",  # a colleague of theirs in the same unit
    "leader",
    "lead unit's liaison",
    "other unit's liaison",
    "auditor",
    "anonymous",
    "office, account off",
    "superuser without a role for it",
)
OFFICE = {"office", "administrator"}
REVIEWS = OFFICE | {"reviewer"}
AUDITS = {"auditor", "superuser without a role for it"}
READS_ALL = REVIEWS | {"auditor", "superuser without a role for it"}
OWN_LIAISONS = {"writer", "liaison"}
SIGNED_IN = set(PEOPLE) - {"anonymous", "office, account off"}

# permission → what it is asked about, who has it
TABLE = {
    "departments.manage_units": (None, OFFICE),
    "departments.manage_people": (None, OFFICE),
    "departments.use_admin": (None, {"administrator"}),
    "departments.name_region": (None, {"administrator"}),
    "departments.change_rights": ("person", {"administrator"}),
    "departments.see_confirmations": (None, {"administrator", "auditor", "superuser without a role for it"}),
    "departments.decide_grant": ("grant", {"administrator"}),
    "departments.withdraw_grant": ("grant", set()),
    "departments.give_passwords": (None, {"administrator"}),
    "departments.give_password": ("person", {"administrator"}),
    "departments.change_personal": ("person", OFFICE),
    "departments.place_person": ("person", OFFICE),
    "departments.decide_membership": ("membership", {"administrator"}),
    "departments.confirm_owner": ("person", {"administrator"}),
    "tasks.manage_plan": (None, OFFICE),
    "tasks.read_plans": (None, OFFICE | AUDITS),
    "tasks.undo_issue": (None, OFFICE),
    "tasks.read_handling": ("duty", READS_ALL | OWN_LIAISONS | {"leader"}),
    "tasks.write_report": ("duty", OWN_LIAISONS),
    "tasks.submit_report": ("report", OWN_LIAISONS),
    "tasks.withdraw_report": ("report", {"writer"}),
    "tasks.use_sheet": (None, OFFICE | OWN_LIAISONS | {"lead unit's liaison", "other unit's liaison"}),
    "tasks.enter_for_unit": (None, OFFICE),
    "tasks.see_entered": (None, SIGNED_IN),
    "tasks.answer_any_entered": (None, OWN_LIAISONS | {"leader", "lead unit's liaison", "other unit's liaison"}),
    "tasks.answer_entered": ("report", OWN_LIAISONS | {"leader"}),
    "tasks.read_review_queue": (None, READS_ALL),
    "tasks.review": (None, REVIEWS),
    "tasks.review_report": ("report", REVIEWS),
    "tasks.revoke_completion": ("duty", REVIEWS),
    "tasks.undo_review": ("report", REVIEWS),
    "tasks.acknowledge": ("duty", OWN_LIAISONS),
    "tasks.remind": (None, REVIEWS | {"lead unit's liaison"}),
    "tasks.supervise": (None, OFFICE),
    "tasks.remind_duty": ("duty", REVIEWS | {"lead unit's liaison"}),
    "tasks.see_handover": (None, OWN_LIAISONS | {"leader", "lead unit's liaison", "other unit's liaison"}),
    "tasks.use_lead_page": (None, OWN_LIAISONS | {"lead unit's liaison", "other unit's liaison"}),
    "tasks.lead_task": ("task", {"lead unit's liaison"}),
    "tasks.read_discussion": ("task", READS_ALL | OWN_LIAISONS | {"leader", "lead unit's liaison"}),
    "tasks.discuss": ("task", REVIEWS | OWN_LIAISONS | {"leader", "lead unit's liaison"}),
    "tasks.pin_answer": (None, OFFICE),
    "tasks.see_reminder": ("reminder", OWN_LIAISONS | {"leader"}),
    "tasks.answer_reminder": ("reminder", OWN_LIAISONS | {"leader"}),
    "tasks.withdraw_reminder": ("reminder", REVIEWS),
    "tasks.manage_phrases": (None, OFFICE),
    "tasks.give_opinion": ("report", {"lead unit's liaison"}),
    "tasks.approve_as_leader": ("report", {"leader"}),
    "tasks.ask_extension": ("duty", OWN_LIAISONS),
    "tasks.withdraw_extension": ("extension", OWN_LIAISONS),
    "tasks.decide_extension": ("extension", REVIEWS),
    "tasks.extend": (None, REVIEWS),
    "tasks.undo_extension": ("extension", REVIEWS),
    "tasks.suspend": (None, OFFICE),
    "tasks.reassign": (None, OFFICE),
    "tasks.call_round": (None, OFFICE),
    "tasks.reopen_round": (None, OFFICE),
    "tasks.read_outbox": (None, OFFICE | AUDITS),
    "tasks.retry_mail": (None, OFFICE),
    "departments.see_own_unit": (None, OWN_LIAISONS | {"leader", "lead unit's liaison", "other unit's liaison"}),
    "departments.set_up_unit": (None, {"leader"}),
    "departments.revoke_token": ("token", {"writer", "administrator"}),
    "departments.approve_for_unit": (None, {"leader"}),
    "departments.see_sessions": (None, OFFICE | {"auditor", "superuser without a role for it"}),
    "departments.keep_sessions": (None, OFFICE),
    "departments.end_session": ("sign-in", OFFICE | {"writer"}),
    "departments.reset_second_factor": ("person", {"administrator"}),
    "departments.close_account": ("person", {"administrator"}),
    "tasks.publish": (None, OFFICE),
    "departments.decide_ranking": (None, OFFICE),
    "reports.see_published_ranks": (None, SIGNED_IN),
    "reports.see_current_ranks": (None, OFFICE),
    "tasks.see_slow_units_first": (None, SIGNED_IN),
    "tasks.share_view": (None, OFFICE),
    "tasks.share_view_in_unit": (
        None,
        OWN_LIAISONS | {"leader", "lead unit's liaison", "other unit's liaison"},
    ),
    "tasks.change_view": ("view", {"writer"}),
    "tasks.delete_view": ("view", OFFICE | {"writer"}),
    "tasks.mail_view": ("view", {"writer"}),
    "tasks.mail_view_outside": (None, OFFICE),
    "reports.assess": (None, OFFICE),
    "reports.issue_bulletins": (None, OFFICE),
    "reports.replace_templates": (None, OFFICE),
    "reports.read_templates": (None, OFFICE | AUDITS),
    "reports.export": (None, SIGNED_IN),
    "reports.read_whole_county": (None, READS_ALL),
    "reports.see_audit": (None, OFFICE | {"auditor", "superuser without a role for it"}),
}


@pytest.fixture
def world():
    """A duty on a row that another unit leads, with a submitted report, and everybody."""
    duty = AssignmentFactory()
    lead = AssignmentFactory(task=duty.task, role="lead", coordinates=True)
    writer = UserFactory(unit=duty.unit)
    people = {
        "office": UserFactory(role=Role.OFFICE),
        "administrator": UserFactory(role=Role.OFFICE, is_staff=True, is_superuser=True),
        "reviewer": UserFactory(role=Role.REVIEWER),
        "writer": writer,
        "liaison": UserFactory(unit=duty.unit),
        "leader": UserFactory(role=Role.LEADER, unit=duty.unit),
        "lead unit's liaison": UserFactory(unit=lead.unit),
        "other unit's liaison": UserFactory(),
        "auditor": UserFactory(role=Role.AUDITOR),
        "anonymous": AnonymousUser(),
        "office, account off": UserFactory(role=Role.OFFICE, is_active=False),
        "superuser without a role for it": UserFactory(role=Role.AUDITOR, is_superuser=True, is_staff=True),
    }
    extension = ExtensionFactory(assignment=duty, requested_by=writer)
    reminder = chase(duty, by=people["office"])
    return people, {
        "duty": duty,
        "task": duty.task,
        "report": submit(duty, by=writer),
        "extension": extension,
        "reminder": reminder,
        "token": ApiTokenFactory(user=writer),
        "sign-in": SignInFactory(user=writer),
        "person": writer,
        "grant": RoleGrantFactory(person=writer),
        "membership": MembershipFactory(person=writer, given_by=UserFactory(role=Role.OFFICE)),
        "view": SavedViewFactory(owner=writer, sharing=Sharing.COUNTY),
        None: None,
    }


def test_every_named_permission_stands_in_the_table():
    named = set(rules.permissions.permissions)

    assert named == set(TABLE)


@pytest.mark.parametrize("permission", TABLE)
def test_exactly_the_people_of_the_table_have_the_permission(world, permission):
    people, things = world
    about, expected = TABLE[permission]

    have_it = {who for who in PEOPLE if may(people[who], permission, things[about])}

    assert have_it == expected


@pytest.mark.parametrize("permission", [name for name, (about, _) in TABLE.items() if about == "duty"])
def test_a_liaison_without_a_duty_to_ask_about_has_no_permission_on_it(permission):
    liaison = UserFactory()

    assert may(liaison, permission, None) is False


def test_office_staff_of_the_unit_do_not_write_for_it():
    duty = AssignmentFactory()

    allowed = [may(UserFactory(role=role, unit=duty.unit), "tasks.write_report", duty) for role in Role]

    assert dict(zip(Role, allowed, strict=True)) == {role: role == Role.LIAISON for role in Role}


@pytest.mark.parametrize("role", [Role.OFFICE, Role.REVIEWER])
def test_four_eyes_also_after_a_change_of_role(world, role):
    people, things = world
    writer = people["writer"]
    writer.role, writer.unit = role, UnitFactory()
    writer.save()

    assert may(writer, "tasks.review", None) is True
    assert may(writer, "tasks.review_report", things["report"]) is False


def test_a_predicate_gives_a_real_boolean(world):
    people, things = world
    EvidenceFactory(report=things["report"])

    answers = {
        rules.permissions.permissions[permission].test(person, things[about])
        for permission, (about, _) in TABLE.items()
        for person in people.values()
    }

    assert answers == {True, False}
