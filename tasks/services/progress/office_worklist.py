"""What waits for the office today (工作台, design: Ways of working): groups whose numbers are those of the menu."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Count, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from departments.choices import RURAL
from departments.models import Unit
from tasks.choices import IN_HAND, REPORTED, Grade, Light
from tasks.models import (
    Assignment,
    Designation,
    Evidence,
    Extension,
    ProgressReport,
    Question,
    ReminderItem,
    ReportingRound,
    RoundItem,
)
from tasks.models.supervision.period import rhythm_of, with_period
from tasks.services.supervision import reminders
from wenshang_disclosure.core.web.errors import may

ROWS_SHOWN = 5
NEWLY_OVERDUE_DAYS = 7


@dataclass
class Group:
    """The first `rows` of what waits in the same way, and the `number` of all of it; `facts` are said of all."""

    rows: list
    number: int
    facts: dict = field(default_factory=dict)

    @property
    def left(self):
        """Return how many are not shown."""
        return self.number - len(self.rows)


def waiting_reports(scope):
    """Return the `Group` of the reports that can be reviewed now, the longest waiting first; `first` is not own."""
    kinds = dict(scope.fetch("waiting reports by kind", _kinds_of_reports))
    rows = scope.fetch("waiting reports", _waiting_reports_shown)
    first = scope.fetch("first waiting report", _first_to_review)
    number, claims = sum(kinds.values()), kinds.get(True, 0)
    facts = {
        "number": number,
        "claims": claims,
        "plain": number - claims,
        "longest": rows[0].how_long if rows else "",
        "first": first[0] if first else None,
    }
    return Group(rows, number, facts)


def _at_the_office(scope):
    return ProgressReport.objects.visible_to(scope.user).filter(assignment__plan__in=scope.plans).at_office_stage()


def _kinds_of_reports(scope):
    return _at_the_office(scope).order_by().values_list("claims_completion").annotate(n=Count("pk"))


def _waiting_reports_shown(scope):
    files = Evidence.objects.filter(report=OuterRef("pk")).order_by().values("report").annotate(n=Count("pk"))
    shown = _at_the_office(scope).with_own(scope.user).for_lists().select_related("assignment__plan")
    return shown.annotate(files=Coalesce(Subquery(files.values("n")), 0))[:ROWS_SHOWN]


def _first_to_review(scope):
    return _at_the_office(scope).with_own(scope.user).filter(is_own=False).values_list("pk", flat=True)[:1]


def waiting_requests(scope):
    """Return the `Group` of the requests for more time; a row's `is_decided_here` says whether the user may decide."""
    waiting = Extension.objects.visible_to(scope.user).filter(assignment__plan__in=scope.plans).waiting()
    rows = list(waiting.for_lists()[:ROWS_SHOWN])
    for row in rows:
        row.is_decided_here = may(scope.user, "tasks.decide_extension", row)
    due = waiting.filter(assignment__due_on__lte=timezone.localdate()).count()
    return Group(rows, waiting.count(), {"due": due})


@dataclass
class Chased:
    """What a unit has not answered of one reminder: its items, in the order of the rows."""

    items: list

    @property
    def reminder(self):
        return self.items[0].reminder

    @property
    def unit(self):
        return self.items[0].assignment.unit

    @property
    def is_seen(self):
        return all(item.seen_at for item in self.items)

    @property
    def duties(self):
        """Return the ids of the duties, as the form of a step on several takes them."""
        return ",".join(str(item.assignment_id) for item in self.items)

    @property
    def next_step(self):
        """Return what is done next, by the grade that comes next."""
        return {Grade.BLUE: "催办", Grade.YELLOW: "升为督办", Grade.RED: "再次督办"}[self.reminder.grade]


def unanswered_reminders(scope):
    """Return the `Group` of what the office reminded of without an answer; `number` counts duties, a row is a `Chased`.

    The longest without an answer come first.
    """
    found = {}
    for item in scope.fetch("unanswered reminders", _items_without_answer):
        found.setdefault((item.reminder_id, item.assignment.unit_id), []).append(item)
    rows = [Chased(several) for several in found.values()]
    units = {row.unit for row in rows}
    unseen = {row.unit for row in rows if not row.is_seen}
    facts = {"units": len(units), "unseen": len(unseen), "rows": len(rows)}
    return Group(rows[:ROWS_SHOWN], sum(len(row.items) for row in rows), facts)


def _items_without_answer(scope):
    items = ReminderItem.objects.visible_to(scope.user).filter(reminder__plan__in=scope.plans)
    items = items.awaiting_answer(timezone.localdate())
    return items.select_related("reminder__plan", "assignment__task", "assignment__unit").order_by(
        "reminder", "assignment__unit__order", "assignment__unit", "assignment__task__number", "pk"
    )


def newly_overdue(scope):
    """Return the `Group` of the duties that have become overdue within `NEWLY_OVERDUE_DAYS`, the latest first.

    A row's `is_chaseable` says whether the next step is with the unit.
    """
    since = scope.as_of - timedelta(days=NEWLY_OVERDUE_DAYS)
    late = scope.duties().filter(light=Light.OVERDUE)
    new = late.filter(due_on__gte=since)
    facts = late.order_by().aggregate(
        all=Count("pk"), units=Count("unit", distinct=True), new=Count("pk", filter=Q(due_on__gte=since))
    )
    shown = new.for_lists().select_related("plan").order_by("-due_on", "task__number", "unit__order", "pk")
    rows = list(shown[:ROWS_SHOWN])
    for row in rows:
        row.is_chaseable = row.status in IN_HAND
    return Group(rows, facts.pop("new"), {**facts, "since": since})


def unresolved_rows(scope):
    """Return the `Group` of the entries that name nobody yet (待明确) in the plans of the scope."""
    entries = Designation.objects.unresolved().filter(task__plan__in=scope.plans).select_related("task__plan")
    rows = list(entries.order_by("-task__plan__year", "task__plan", "task__number", "role", "order", "pk"))
    return Group(rows[:ROWS_SHOWN], len(rows))


def waiting_questions(scope):
    """Return the `Group` of the questions that the office has yet to answer, the longest waiting first."""
    asked = Question.objects.visible_to(scope.user).filter(task__plan__in=scope.plans)
    waiting = asked.waiting_for(scope.user)
    return Group(list(waiting.for_lists().order_by("at", "pk")[:ROWS_SHOWN]), waiting.count())


@dataclass
class UnitProgress:
    """How far one unit is in the period: duties asked for, those reported, the last day."""

    unit: Unit
    asked: int
    reported: int
    last_on: date | None

    @property
    def percent(self):
        return round(100 * self.reported / self.asked, 1)

    def slowness(self, ranked):
        """Return the key by which the slowest stands first; where units are not ranked, whether anything is owed."""
        return (self.reported / self.asked, self.reported) if ranked else (self.reported >= self.asked,)


@dataclass
class PeriodProgress:
    """Who has reported in the present period (本期): of the round, or by the plan's rhythm where `round` is `None`."""

    units: list
    round: ReportingRound | None = None
    others: list = field(default_factory=list)
    missing: list = field(default_factory=list)
    """The ids of the duties without a report."""

    @property
    def asked(self):
        return sum(one.asked for one in self.units)

    @property
    def reported(self):
        return sum(one.reported for one in self.units)

    @property
    def percent(self):
        return round(100 * self.reported / self.asked, 1) if self.asked else 0

    @property
    def silent(self):
        """Return how many units have reported nothing."""
        return sum(not one.reported for one in self.units)

    @property
    def days_left(self):
        """Return the days until the last day of the round, negative after it."""
        return (self.round.closes_on - timezone.localdate()).days

    @property
    def groups(self):
        """Return `[(name, units)]` of towns and departments, each in the order of `units`."""
        towns = [one for one in self.units if one.unit.kind in RURAL]
        others = [one for one in self.units if one.unit.kind not in RURAL]
        return [(name, units) for name, units in (("乡镇（街道）", towns), ("部门、单位", others)) if units]


def period_progress(scope, chosen=None):
    """Return the `PeriodProgress` of the running round `chosen` (an id), by default of the one that closes next."""
    running = ReportingRound.objects.visible_to(scope.user).filter(plan__in=scope.plans).running()
    running = list(running.select_related("plan"))
    running.sort(key=lambda one: (one.closes_on < scope.as_of, one.closes_on, one.pk))
    if not running:
        return _by_rhythm(scope)
    one = next((each for each in running if each.pk == chosen), running[0])
    items = RoundItem.objects.visible_to(scope.user).filter(round=one).counting().with_submission()
    counts = items.submission_counts("assignment__unit").items()
    counts = {unit: (row["requested"], row["submitted"]) for (unit,), row in counts}
    missing = list(items.wanted().order_by("assignment__task__number", "pk").values_list("assignment", flat=True))
    units = _units(counts, [one.plan_id], scope.user)
    return PeriodProgress(units, one, [each for each in running if each != one], missing)


def _by_rhythm(scope):
    """Return the progress of the days after which the rules of each plan remind of a duty without a report."""
    found = scope.fetch("progress by rhythm", _states_of_period, rhythm_of(scope.rules))
    rows = [(pk, unit, is_wanted) for pk, unit, is_wanted, state in found if is_wanted or state in REPORTED]
    counts = {}
    for _, unit, is_wanted in rows:
        number, reported = counts.get(unit, (0, 0))
        counts[unit] = (number + 1, reported + (not is_wanted))
    units = _units(counts, scope.plans, scope.user)
    return PeriodProgress(units, missing=[pk for pk, _, is_wanted in rows if is_wanted])


def _states_of_period(scope):
    owed = Assignment.objects.visible_to(scope.user).filter(plan__in=scope.plans).owed()
    states = with_period(owed, scope.plans, scope.rules).order_by()
    return states.values_list("pk", "unit", "is_wanted", "period_state")


def _units(counts, plans, user):
    """Return the `UnitProgress` of each unit in `counts` (`{unit id: (asked, reported)}`): the least reported first;
    where units are not ranked, those that have yet to report, each as in the register.
    """
    submitted = ProgressReport.objects.submitted().filter(assignment__plan__in=plans, assignment__unit__in=counts)
    last = dict(submitted.order_by().values_list("assignment__unit").annotate(last=Max("submitted_at")))
    found = Unit.objects.in_bulk(counts)
    units = [
        UnitProgress(found[unit], asked, reported, last.get(unit) and timezone.localdate(last[unit]))
        for unit, (asked, reported) in counts.items()
    ]
    ranked = may(user, "tasks.see_slow_units_first")
    return sorted(units, key=lambda one: (*one.slowness(ranked), one.unit.order, one.unit.pk))


def next_steps(user):
    """Return whether `user` may chase, raise a reminder to 督办, and settle what is 待明确."""
    return {
        "chases": may(user, "tasks.remind"),
        "supervises": Grade.RED in reminders.grades_of(user),
        "resolves": may(user, "tasks.manage_plan"),
    }
