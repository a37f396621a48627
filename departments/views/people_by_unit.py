"""Units with their people, as the list of units and people shows them, read once for all of its views."""

from collections import defaultdict

from departments.choices import Role
from departments.models import Membership, RoleGrant, ScheduledMove, Unit, User


class PeopleByUnit:
    """All units and people that a person may look at; rows are `(person, membership)`, the latter `None` where the post
    is that of the account.
    """

    def __init__(self, user):
        """Read everything, in a fixed number of queries."""
        everybody = User.objects.visible_to(user)
        self.units = list(Unit.objects.visible_to(user).select_related("successor"))
        self._rows = defaultdict(list)
        self._read(everybody)
        further = Membership.objects.in_force().filter(person__in=everybody).order_by("pk")
        for membership in further.select_related("person", "unit"):
            self._rows[membership.unit].append((membership.person, membership))

    def _read(self, everybody):
        waiting = set(RoleGrant.objects.pending().values_list("person", flat=True))
        moves = {move.person_id: move for move in ScheduledMove.objects.waiting().select_related("unit")}
        for person in everybody.select_related("unit").order_by("role", "name", "pk"):
            person.waits = not person.is_active and person.pk in waiting
            person.move = moves.get(person.pk)
            self._rows[person.unit].append((person, None))

    def groups(self, show):
        """Return `[(unit, rows)]` of a view, by its name; people of no unit come first, under `None`."""
        return getattr(self, f"_{show.replace('-', '_')}")()

    def _all(self):
        groups = [(unit, self._on(unit)) for unit in [None, *self.units] if unit is None or unit.is_active]
        return [(unit, rows) for unit, rows in groups if unit or rows]

    def _without_liaison(self):
        return [(unit, rows) for unit, rows in self._all() if unit and not any(map(_reports, rows))]

    def _retired(self):
        return [(unit, self._on(unit)) for unit in self.units if not unit.is_active]

    def _never(self):
        return self._cut(lambda person, membership: person.is_active and not membership and not person.last_login)

    def _closed(self):
        return self._cut(lambda person, membership: not person.is_active and not person.waits and not membership)

    def _on(self, unit):
        return [row for row in self._rows[unit] if row[0].is_active or row[0].waits]

    def _cut(self, wanted):
        groups = [(unit, [row for row in self._rows[unit] if wanted(*row)]) for unit in [None, *self.units]]
        return [(unit, rows) for unit, rows in groups if rows]


def _reports(row):
    person, membership = row
    return person.is_active and (membership or person).role == Role.LIAISON


def matching(group, q):
    """Return a group cut to what a search finds, `None` where that is nothing; the name of a unit finds all of it."""
    unit, rows = group
    if not q or unit and q.lower() in f"{unit.name} {unit.short_name} {unit.search_key}":
        return group
    rows = [row for row in rows if q.lower() in _words_of(row[0])]
    return (unit, rows) if rows else None


def _words_of(person):
    return f"{person.name} {person.username} {person.phone} {person.email}".lower()
