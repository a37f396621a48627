"""Predicates of roles, and the permissions on units and people (design: Who may do what).

A predicate returns a real boolean: `rules` treats `None` as skipped.
"""

import rules

from .choices import Role
from .models import Deputy


def _has_role(role):
    @rules.predicate(f"is_{role.value}")
    def has_role(user):
        return bool(user.is_authenticated and user.role == role)

    return has_role


is_office = _has_role(Role.OFFICE)
is_reviewer = _has_role(Role.REVIEWER)
is_liaison = _has_role(Role.LIAISON)
is_leader = _has_role(Role.LEADER)
is_auditor = _has_role(Role.AUDITOR)


@rules.predicate
def reads_everything(user):
    """Return whether the role reads everything: office, reviewer and auditor."""
    return bool(user.is_authenticated and user.reads_everything)


@rules.predicate
def is_administrator(user):
    """Return whether the user administers the system in Django admin."""
    return bool(user.is_authenticated and user.is_staff and user.role == Role.OFFICE)


@rules.predicate
def approves_for_unit(user):
    """Return whether the user approves reports of their unit: as its leader, or as a deputy in force today."""
    if not user.is_authenticated or user.unit_id is None:
        return False
    return bool(is_leader(user) or Deputy.objects.acting().filter(person=user.pk, unit=user.unit_id).exists())


@rules.predicate
def own_token(user, token):
    """Return whether the token is the user's own."""
    return bool(token is not None and user.is_authenticated and user.pk == token.user_id)


@rules.predicate
def own_session(user, user_session):
    """Return whether the session is the user's own."""
    return bool(user_session is not None and user.is_authenticated and user.pk == user_session.user_id)


@rules.predicate
def is_oneself(user, person):
    """Return whether the account is the user's own."""
    return bool(person is not None and user.pk == person.pk)


rules.add_perm("departments.manage_units", is_office)
rules.add_perm("departments.manage_people", is_office)
rules.add_perm("departments.use_admin", is_administrator)
rules.add_perm("departments.see_sessions", is_office | is_auditor)
rules.add_perm("departments.end_session", own_session | is_office)
rules.add_perm("departments.keep_sessions", is_office)
rules.add_perm("departments.reset_second_factor", is_administrator & ~is_oneself)
rules.add_perm("departments.close_account", is_administrator & ~is_oneself)
rules.add_perm("departments.revoke_token", own_token | is_administrator)
rules.add_perm("departments.see_own_unit", is_liaison | is_leader)
rules.add_perm("departments.set_up_unit", is_leader)
rules.add_perm("departments.approve_for_unit", approves_for_unit)
