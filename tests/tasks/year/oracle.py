"""What automatic reminders have to tell on a day, worked out in plain Python from what happened to each duty.

Written from the words of the rules, without the product's queries: it reads each kind of record once a run and goes
through it in loops.
"""

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cache

import chinese_calendar
from django.utils import timezone

from departments.models import User
from tasks.models import Assignment, Notification, ProgressReport, ReportingRound, RoundItem, Transition

ONE_DAY = dt.timedelta(days=1)
BEFORE = (30, 15, 7, 3, 1)
LAST_DAY = dt.date(2025, 3, 31)
MONTH = dt.timedelta(days=31)
FORTNIGHT = dt.timedelta(days=14)
MOST_LINES = 40
URGENCY = ["after", "unanswered", "before", "round", "silent", "leader"]
LABELS = {
    "after": "已经逾期",
    "unanswered": "退回未补正",
    "before": "临近时限",
    "round": "报送批次",
    "silent": "长期未报",
    "leader": "逾期报分管领导",
}


def works(day):
    try:
        return chinese_calendar.is_workday(day)
    except NotImplementedError:
        return day.weekday() < 5


def day_of(moment):
    return timezone.localdate(moment)


@dataclass
class DutyState:
    """What became of one duty by now, from its steps."""

    claimed: bool = False
    done: bool = False
    suspended: bool = False
    resumed_on: dt.date | None = None

    def take(self, event, on, is_claim):
        if event == "claimed":
            self.claimed = True
        elif event in ("approved", "returned", "withdrawn") and is_claim:
            self.claimed, self.done = False, event == "approved"
        elif event == "revoked":
            self.done = False
        elif event == "suspended":
            self.suspended = True
        elif event == "resumed":
            self.suspended, self.resumed_on = False, on


@dataclass
class Expected:
    """What one run has to leave: reminders, a line in the app a person, mails."""

    on: dt.date
    triggers: set = field(default_factory=set)
    lines: dict = field(default_factory=dict)  # user: (duties by kind, duties)
    mails: list = field(default_factory=list)  # (address, subject)
    digests: dict = field(default_factory=dict)  # address: (all duties told with their urgency, duties that are news)
    units_without_people: set = field(default_factory=set)


class Oracle:
    """Remembers what was told, as the product has to."""

    def __init__(self):
        self.told = set()
        self.states = defaultdict(DutyState)
        self.steps_read = self.notices_read = 0
        self.has_digest = set()
        self.waiting = {}  # notifications that no mail has carried
        self.piles = {}  # of the run: user: duty: how urgent

    def expect(self, on):
        """What a run on that day has to tell; to be asked before it. What it tells counts as told from then on."""
        expected = Expected(on)
        self._read_steps()
        people = defaultdict(list)
        for person in User.objects.filter(is_active=True, unit__isnull=False):
            people[person.unit_id, person.role].append(person)
        piles = defaultdict(lambda: defaultdict(set))  # user: duty: triggers
        for duty, triggers in self._due_today(on):
            new = {one for one in triggers if (duty.pk, *one) not in self.told}
            liaisons, leaders = people[duty.unit_id, "liaison"], people[duty.unit_id, "leader"]
            if new and not liaisons and not leaders:
                expected.units_without_people.add(duty.unit_id)
            for one in new:
                is_for_leaders = one[0] == "leader" or not liaisons
                told = leaders if is_for_leaders else liaisons
                if told:
                    expected.triggers.add((duty.pk, *one))
                for person in told:
                    piles[person][duty.pk].add(one)
        self.told |= expected.triggers
        self._expect_lines(expected, piles)
        return expected

    # --- what happened ---

    def _read_steps(self):
        steps = Transition.objects.filter(pk__gt=self.steps_read).order_by("pk").select_related("report")
        for step in steps:
            is_claim = step.report is not None and step.report.claims_completion
            self.states[step.assignment_id].take(step.event, step.on, is_claim)
            self.steps_read = step.pk

    def _due_today(self, on):
        if on > LAST_DAY:
            return
        reports, wanted = _reports(), _rounds_of(on)
        duties = Assignment.objects.order_by("pk")
        for duty in duties.values_list("pk", "unit_id", "owed_from", "released_on", "due_on", named=True):
            is_owed = duty.owed_from <= on and (duty.released_on is None or on < duty.released_on)
            stands = self.states[duty.pk]
            if is_owed and not stands.suspended and not stands.claimed and not stands.done:
                own = reports[duty.pk]
                triggers = set(_of_deadline(duty.due_on, on))
                triggers |= set(_of_return(own, on)) | set(_of_silence(duty, stands, own, on))
                triggers |= set(_of_rounds(wanted[duty.pk], own, on))
                yield duty, triggers

    def open_duties(self, row, on):
        """The duties of a row that count on that day and are not done."""
        duties = Assignment.objects.filter(task__number=row, owed_from__lte=on)
        stands = self.states
        return {
            duty
            for duty in duties
            if (duty.released_on is None or on < duty.released_on)
            and not stands[duty.pk].suspended
            and not stands[duty.pk].done
        }

    # --- who is told how ---

    def _expect_lines(self, expected, piles):
        for person, duties in piles.items():
            kinds = Counter(kind for triggers in duties.values() for kind in {kind for kind, *_ in triggers})
            expected.lines[person.pk] = (kinds, len(duties))
            self.piles[person.pk] = {pk: _urgency(triggers) for pk, triggers in duties.items()}

    def expect_mails(self, expected):
        """What has to arrive by the end of the run, read off after it: the notifications are then all written."""
        on, people = expected.on, {person.pk: person for person in User.objects.all()}
        self._read_notices()
        news, lines = self._news(on, people)
        for pk in sorted({*news, *expected.lines}):
            person, own = people[pk], news[pk]
            if not _is_reached(person) or (pk, on) in self.has_digest or not (own or pk in expected.lines):
                continue
            self.has_digest.add((pk, on))
            told = self.piles.get(pk, {})
            what = f"{len(told)}件事项待办理" if told else f"{len(own)}条通知"
            expected.mails.append((person.email, f"【政务公开任务督办】{on.year}年{on.month}月{on.day}日汇总：{what}"))
            expected.digests[person.email] = (told, [one.path for one in own])
            for one in own + lines[pk]:
                del self.waiting[one.pk]
        expected.mails += self._at_once(people)
        self.piles = {}

    def at_once(self):
        """The mails for what was told since, to who wants each by itself."""
        self._read_notices()
        return self._at_once({person.pk: person for person in User.objects.all()})

    def _at_once(self, people):
        """One each; whom none reaches at that moment is never sent one later, unless they want a digest then."""
        mails = []
        for one in self.fresh:
            person = people[one.user_id]
            if one.pk in self.waiting and person.mail_choice == "at_once" and _is_reached(person):
                del self.waiting[one.pk]
                subject = f"【政务公开任务督办】{one.text}"
                mails.append((person.email, subject if len(subject) <= 78 else f"{subject[:77]}…"))
        return mails

    def _read_notices(self):
        self.fresh = list(Notification.objects.filter(pk__gt=self.notices_read).order_by("pk"))
        if self.fresh:
            self.notices_read = self.fresh[-1].pk
        self.waiting |= {one.pk: one for one in self.fresh}
        for pk in Notification.objects.filter(read_at__isnull=False, pk__in=self.waiting).values_list("pk", flat=True):
            del self.waiting[pk]

    def _news(self, on, people):
        """What no mail has carried: of the last two weeks for who wants one digest a day; and the lines of the day."""
        news, lines = defaultdict(list), defaultdict(list)
        self.waiting = {pk: one for pk, one in self.waiting.items() if day_of(one.created_at) > on - FORTNIGHT}
        for one in self.waiting.values():
            if one.path == f"/digests/{on}/":
                lines[one.user_id].append(one)
            elif people[one.user_id].mail_choice == "daily":
                news[one.user_id].append(one)
        return news, lines


def _is_reached(person):
    return person.is_active and person.email != "" and person.mail_choice != "off"


def _urgency(triggers):
    return min(URGENCY.index(kind) for kind, *_ in triggers), min(anchor for _, anchor, _ in triggers)


# --- the rules, each in its own words ---


@cache
def _of_deadline(due_on, on):
    """30, 15, 7, 3, 1 days before; the day after and then weekly; to the leader when overdue by 7 days."""
    if due_on is None:
        return []
    if on <= due_on:
        begun = [days for days in BEFORE if due_on - dt.timedelta(days=days) <= on]
        return [("before", due_on, begun[-1])] if begun else []
    week, day = 0, due_on + ONE_DAY
    while day + dt.timedelta(weeks=1) <= on:
        week, day = week + 1, day + dt.timedelta(weeks=1)
    late_by_a_week = due_on + dt.timedelta(days=7) <= on
    return [("after", due_on, week), *([("leader", due_on, 0)] * late_by_a_week)]


def _of_return(reports, on):
    """After a return unanswered for 3 working days: when they are over."""
    returned = [one for one in reports if one.state == "returned"]
    if not returned:
        return
    last = max(one.reviewed_at for one in returned)
    if any(one.state != "returned" and one.submitted_at > last for one in reports):
        return
    day, left = day_of(last), 3
    while left:
        day += ONE_DAY
        left -= works(day)
    if on > day:
        yield "unanswered", day_of(last), 0


def _of_silence(duty, stands, reports, on):
    """No report for 60 days, and again for each 60 more."""
    since = max([duty.owed_from, *(day_of(one.submitted_at) for one in reports)])
    return _silent_since(max(since, stands.resumed_on or since), on)


@cache
def _silent_since(since, on):
    times = 0
    while since + dt.timedelta(days=60 * (times + 1)) <= on:
        times += 1
    return [("silent", since, times)] if times else []


def _of_rounds(rounds, reports, on):
    """From 3 days before a round ends, and once it has, while it wants a report."""
    for one in rounds:
        if not any(day_of(report.submitted_at) >= one.opens_on for report in reports):
            if on > one.closes_on:
                yield "round", one.closes_on, 0
            elif one.closes_on - on <= dt.timedelta(days=3):
                yield "round", one.closes_on, 1


def _reports():
    """Reports that left their unit, by duty."""
    found = defaultdict(list)
    for report in ProgressReport.objects.exclude(state__in=["draft", "awaiting_leader"]):
        found[report.assignment_id].append(report)
    return found


def _rounds_of(on):
    """Rounds that run, or ended not more than a month ago, by duty."""
    running = {}
    for one in ReportingRound.objects.all():
        if one.closed_at is None and one.opens_on <= on <= one.closes_on + MONTH:
            running[one.pk] = one
    wanted = defaultdict(list)
    for item in RoundItem.objects.all():
        if item.round_id in running:
            wanted[item.assignment_id].append(running[item.round_id])
    return wanted
