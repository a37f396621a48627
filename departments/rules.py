"""Predicates of roles, and the permissions on units and people (design: Who may do what).

A predicate returns a real boolean: `rules` treats `None` as skipped.
"""

import rules

from .choices import BELONGS_TO_A_UNIT, Role
from .models import Deputy, Entrustment, RankingDecision
from .models.entrustment import hands_of, links_since


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
    return bool(user.is_authenticated and user.is_administrator)


@rules.predicate
def approves_for_unit(user):
    """Return whether the user approves reports of their unit: as its leader, or as a deputy in force today."""
    if not user.is_authenticated or user.unit_id is None:
        return False
    return bool(is_leader(user) or Deputy.objects.acting().filter(person=user.pk, unit=user.unit_id).exists())


@rules.predicate
def units_are_ranked(user):
    """Return whether units are ranked in the county at all (单位排名)."""
    return RankingDecision.objects.units_are_ranked()


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


@rules.predicate
def acts_for_a_unit(user, person):
    """Return whether the account `person` is a liaison's or a leader's."""
    return bool(person is not None and person.role in BELONGS_TO_A_UNIT)


@rules.predicate
def concerns_own_membership(user, membership):
    """Return whether the membership is the user's own."""
    return bool(membership is not None and user.pk == membership.person_id)


@rules.predicate
def in_one_hand_with_giver(user, membership):
    """Return whether the user and who gave the membership may be one person."""
    return bool(membership is not None and one_hand(user, [membership.given_by_id]))


@rules.predicate
def administers(user, person):
    """Return whether the account `person` is an administrator's."""
    return bool(person is not None and person.is_administrator)


@rules.predicate
def concerns_oneself(user, grant):
    """Return whether the proposal is about the user's own account."""
    return bool(grant is not None and user.pk == grant.person_id)


@rules.predicate
def proposed_it(user, grant):
    """Return whether the user made the proposal."""
    return bool(grant is not None and user.pk == grant.proposed_by_id)


def one_hand(user, people, *, since=None):
    """Return whether the account of `user` and one of `people` (ids) may be in one hand (design: Who may do what).

    That is so where somebody is the owner of the one, or handled it, and handled the other: directly or through an
    account that they handled. `since` is the moment from which the others were used, by default now. Who handled which
    account is read once for each instance of `user`, that is once a request.
    """
    if "_entrustments" not in user.__dict__:
        user.__dict__["_entrustments"] = Entrustment.objects.as_links()
    links = links_since(user.__dict__["_entrustments"], since)
    return bool(hands_of([user.pk], links) & hands_of(people, links))


def share_links(people):
    """Read who handled which account once for `people`, before `one_hand` is asked for each of them."""
    links = Entrustment.objects.as_links()
    for person in people:
        person.__dict__["_entrustments"] = links


@rules.predicate
def in_one_hand_with_proposer(user, grant):
    """Return whether the user and who made the proposal may be one person."""
    return bool(grant is not None and one_hand(user, [grant.proposed_by_id]))


@rules.predicate
def in_one_hand(user, person):
    """Return whether the user handled the account, or both may be in one hand."""
    return bool(person is not None and one_hand(user, [person.pk]))


rules.add_perm("departments.manage_units", is_office)
rules.add_perm("departments.manage_people", is_office)
rules.add_perm("departments.decide_ranking", is_office)
rules.add_perm(
    "departments.change_personal",
    (is_administrator | (is_office & acts_for_a_unit)) & (is_oneself | ~administers),
)
rules.add_perm("departments.use_admin", is_administrator)
rules.add_perm("departments.name_region", is_administrator)
rules.add_perm("departments.change_rights", is_administrator & ~is_oneself)
rules.add_perm("departments.place_person", (is_administrator | (is_office & acts_for_a_unit)) & ~is_oneself)
rules.add_perm("departments.decide_membership", is_administrator & ~concerns_own_membership & ~in_one_hand_with_giver)
rules.add_perm("departments.see_confirmations", is_administrator | is_auditor)
rules.add_perm("departments.decide_grant", is_administrator & ~concerns_oneself & ~in_one_hand_with_proposer)
rules.add_perm("departments.withdraw_grant", is_administrator & proposed_it)
rules.add_perm("departments.give_passwords", is_administrator)
rules.add_perm("departments.give_password", is_administrator & ~is_oneself & ~administers)
rules.add_perm("departments.confirm_owner", is_administrator & ~in_one_hand)
rules.add_perm("departments.see_sessions", is_office | is_auditor)
rules.add_perm("departments.end_session", own_session | is_office)
rules.add_perm("departments.keep_sessions", is_office)
rules.add_perm("departments.reset_second_factor", is_administrator & ~is_oneself & ~administers)
rules.add_perm("departments.close_account", is_administrator & ~is_oneself)
rules.add_perm("departments.revoke_token", own_token | is_administrator)
rules.add_perm("departments.see_own_unit", is_liaison | is_leader)
rules.add_perm("departments.set_up_unit", is_leader)
rules.add_perm("departments.approve_for_unit", approves_for_unit)
