"""Automatic reminders of a day: each trigger once, with one notification and one e-mail per person."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction
from django.db.models import Case, OuterRef, Subquery, When
from django.urls import reverse
from django.utils import timezone

from departments.choices import BELONGS_TO_A_UNIT, Role
from departments.models import User
from tasks.choices import IN_HAND, NOT_SUBMITTED, AutomaticKind, Event
from tasks.models import (
    Assignment,
    AutomaticReminder,
    AutomaticReminderRun,
    Plan,
    ProgressReport,
    RoundItem,
    SupervisionRules,
    Transition,
)
from tasks.models.supervision.automatic_reminder import in_words
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.dates import day_end
from wenshang_disclosure.core.evenings import evening
from wenshang_disclosure.core.web.errors import Refused

from . import mail, notifications, rounds
from .reminder_rules import Day, of_a_round, triggers_of

BATCH_DUTIES = 2000  # duties read at a time
MAX_LINES_KEPT = mail.MAX_LINES_SHOWN
MAX_REQUIREMENT_CHARS = 40
ROUND_LOOK_BACK = timedelta(days=31)  # rounds that ended earlier cause no reminders
FETCHED = (
    "pk",
    "plan_id",
    "unit_id",
    "due_on",
    "days_left",
    "owed_from",
    "returned_on",
    "resumed_on",
    "reported_at",
    "task__number",
    "task__requirement",
)


@dataclass
class Pile:
    """What one unit is told on a day: the number of reminders of each kind, and the most urgent lines."""

    counts: Counter = field(default_factory=Counter)
    lines: list = field(default_factory=list)
    duties: int = 0

    def add(self, duty, triggers, on):
        """Add one duty with its new triggers."""
        self.duties += 1
        self.counts.update({kind for kind, *_ in triggers})
        self.lines.append((_urgency(triggers), duty["pk"], _line(duty, triggers, on)))
        if len(self.lines) > 2 * MAX_LINES_KEPT:  # only the most urgent are shown; this limits memory
            self.lines = sorted(self.lines)[:MAX_LINES_KEPT]

    def most_urgent(self):
        """Return `[(text, path)]`, the most urgent first."""
        shown = sorted(self.lines)[:MAX_LINES_KEPT]
        return [(text, reverse("tasks:assignment", args=[pk])) for _, pk, text in shown]

    def in_words(self):
        """Return the text of the day's notification."""
        parts = [f"{self.counts[kind]}件{kind.label}" for kind in AutomaticKind if self.counts[kind]]
        return f"今日提醒：{'、'.join(parts)}。"


ORDER = {kind: place for place, kind in enumerate(AutomaticKind)}


def _line(duty, triggers, on):
    requirement = duty["task__requirement"]
    short = requirement if len(requirement) <= MAX_REQUIREMENT_CHARS else f"{requirement[: MAX_REQUIREMENT_CHARS - 1]}…"
    return (
        f"第{duty['task__number']}项 {short}：{'；'.join(in_words(kind, anchor, on) for kind, anchor, _ in triggers)}"
    )


def _urgency(triggers):
    return min(ORDER[kind] for kind, *_ in triggers), min(anchor for _, anchor, _ in triggers)


@dataclass
class Outcome:
    """The figures of a run: reminders by kind, people notified, mails written, rounds opened."""

    on: object
    kinds: Counter = field(default_factory=Counter)
    duties: int = 0
    people: int = 0
    mails: int = 0
    rounds: int = 0
    units_without_people: int = 0

    def as_data(self):
        """Return the figures as JSON data."""
        kinds = {kind.value: count for kind, count in self.kinds.items()}
        figures = {"duties": self.duties, "people": self.people, "mails": self.mails, "rounds": self.rounds}
        return {**figures, "kinds": kinds, "units_without_people": self.units_without_people}


class _DryRun(Exception):
    """Raised to roll back a dry run."""


def remind(on=None, *, dry_run=False):
    """Send the reminders of a day (by default today), and return the `Outcome`.

    A repeated run sends nothing twice; after days without a run, reminders that still apply are sent. A `dry_run` is
    rolled back. Raises `Refused` for a day in the future.
    """
    on = on or timezone.localdate()
    if on > timezone.localdate():
        raise Refused("不能提前办理以后日期的提醒。")
    outcome = Outcome(on)
    try:
        with transaction.atomic():
            _remind(on, outcome)
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass
    return outcome


def _remind(on, outcome):
    AutomaticReminderRun.objects.get_or_create(on=on)
    run = AutomaticReminderRun.objects.select_for_update().get(on=on)  # serialises concurrent runs of the same day
    outcome.rounds = len(rounds.open_recurring(on))
    staff = _Staff()
    piles = {}
    for duty, shares in _new_triggers(supervised(on), on, staff):
        outcome.duties += 1
        for role, told in shares:
            outcome.kinds.update(kind for kind, *_ in told)
            piles.setdefault((duty["unit_id"], role), Pile()).add(duty, told, on)
    _notify_people(on, [(person, pile) for key, pile in piles.items() for person in staff.people[key]], outcome)
    outcome.units_without_people = len(staff.missed)
    run.reminders += outcome.duties
    run.people += outcome.people
    run.rounds += outcome.rounds
    run.finished_at = timezone.now()
    run.save()
    record(Kind.SYSTEM, "每日提醒", on=run, detail=outcome.as_data())


class _Staff:
    """The recipients of each unit: liaisons for its duties, leaders for what is reported to them.

    Leaders receive everything where their unit has no active liaison.
    """

    def __init__(self):
        """Read the people once: `people` are lists by unit and role, `missed` are units without recipients."""
        self.people, self.missed = {}, set()
        for person in User.objects.holders(role__in=BELONGS_TO_A_UNIT):
            self.people.setdefault((person.unit_id, person.role), []).append(person)

    def share(self, unit, triggers):
        """Return `[(role, triggers)]` of the recipients; triggers without any recipient are left out."""
        has_liaison, has_leader = ((unit, role) in self.people for role in (Role.LIAISON, Role.LEADER))
        if triggers and not has_liaison and not has_leader:
            self.missed.add(unit)
        to_liaisons = [one for one in triggers if one[0] != AutomaticKind.LEADER] if has_liaison else []
        to_leaders = [one for one in triggers if one[0] == AutomaticKind.LEADER] if has_liaison else triggers
        shares = ((Role.LIAISON, to_liaisons), (Role.LEADER, to_leaders if has_leader else []))
        return [(role, share) for role, share in shares if share]


def supervised(on):
    """Return `{plan id: its rules}` of the plans whose units are reminded on that day."""
    plans = Plan.objects.issued().select_related("supervision")
    rules = {plan.pk: getattr(plan, "supervision", None) or SupervisionRules(plan=plan) for plan in plans}
    return {pk: one for pk, one in rules.items() if one.is_on and one.last_day >= on}


def candidates(plans, on):
    """Return the duties of the plans that may need a reminder on that day, as dicts of `FETCHED` by id.

    Claimed duties wait for the office, and are left out.
    """
    reports = ProgressReport.objects.filter(assignment=OuterRef("pk"), submitted_at__lt=day_end(on))
    reports = reports.exclude(state__in=NOT_SUBMITTED).order_by("-submitted_at", "-pk")
    steps = Transition.objects.filter(assignment=OuterRef("pk"), on__lte=on).order_by("-pk")
    returned = Subquery(steps.filter(event=Event.RETURNED).values("on")[:1])
    return (
        Assignment.objects.filter(plan__in=plans)
        .owed(on)
        .with_light(on)
        .filter(status__in=IN_HAND)
        .annotate(
            returned_on=Case(When(awaits_answer=True, then=returned)),
            resumed_on=Subquery(steps.filter(event=Event.RESUMED).values("on")[:1]),
            reported_at=Subquery(reports.values("submitted_at")[:1]),
        )
        .order_by("pk")
        .values(*FETCHED)
    )


def _new_triggers(rules, on, staff):
    """Return `[(duty, shares)]` of the duties with new triggers, and save the reminders.

    Triggers without any recipient are not saved, so that they remain new for people who are added later. Duties are
    read `BATCH_DUTIES` at a time, to limit memory.
    """
    day, last = Day(on), 0
    while piece := _piece(rules, on, last):
        last = piece[-1]["pk"]
        wanted = _wanted_by_rounds(piece, on)
        found = {duty["pk"]: triggers_of(duty, rules[duty["plan_id"]], day) for duty in piece}
        for pk, triggers in wanted.items():
            found[pk] += triggers
        told = _sent_triggers(pk for pk, triggers in found.items() if triggers)
        fresh = {pk: [one for one in triggers if (pk, *one) not in told] for pk, triggers in found.items()}
        shares = {duty["pk"]: staff.share(duty["unit_id"], fresh[duty["pk"]]) for duty in piece}
        _save_reminders(shares, on)
        yield from ((duty, shares[duty["pk"]]) for duty in piece if shares[duty["pk"]])


def _piece(rules, on, last):
    """Return the next candidates after the duty with the id `last`, as they stood on the evening of `on`."""
    with evening(on):
        return list(candidates(list(rules), on).filter(pk__gt=last)[:BATCH_DUTIES])


def _wanted_by_rounds(piece, on):
    items = RoundItem.objects.filter(
        assignment__in=[duty["pk"] for duty in piece], round__closes_on__gte=on - ROUND_LOOK_BACK
    )
    with evening(on):
        items = items.counting(on).with_submission().wanted(on).order_by()
        found = list(items.values_list("assignment", "round__closes_on"))
    wanted = {}
    for pk, closes_on in found:
        trigger = of_a_round(closes_on, on)
        if trigger and trigger not in wanted.setdefault(pk, []):
            wanted[pk].append(trigger)
    return wanted


def _sent_triggers(duties):
    told = AutomaticReminder.objects.filter(assignment__in=list(duties)).order_by()
    return set(told.values_list("assignment", "kind", "anchor", "stage"))


def _save_reminders(shares, on):
    at = timezone.now()
    AutomaticReminder.objects.bulk_create(
        (
            AutomaticReminder(assignment_id=pk, kind=kind, anchor=anchor, stage=stage, on=on, at=at)
            for pk, told in shares.items()
            for _, triggers in told
            for kind, anchor, stage in triggers
        ),
        batch_size=1000,
        ignore_conflicts=True,
    )


def _notify_people(on, piles, outcome):
    """Send each person a notification for each of their posts, and one mail; `piles` are `(person, pile)`."""
    lines = {}
    for person, pile in piles:
        told = [(text, path, person.acting_unit_id) for text, path in pile.most_urgent()]
        known = lines.setdefault(person.pk, mail.Lines([], 0))
        known.shown, known.total = known.shown + told, known.total + pile.duties
    digests = mail.write_digests(on, lines)
    path = reverse("tasks:automatic-reminders", args=[on])
    told = ((person, pile.in_words(), path) for person, pile in piles)
    notifications.notify(told, carried_by=digests)
    outcome.people, outcome.mails = len(lines), len(digests)
