"""A simulated year over the real table of 2024: whoever has to be told is told in time, once, and nobody else.

`send_reminders` runs each morning, on some days twice, in one week not at all; what it leaves is compared every time
with what `tests.tasks.year.oracle` reads from the rules, and for some duties with days written out by hand. Run with
`-s` it prints the outbox in figures. The short form ends after the holidays of October.
"""

import contextlib
import datetime as dt
import io
import logging
import re
from collections import Counter, defaultdict

import pytest
import time_machine
from django.core import mail as django_mail
from django.core.management import call_command
from django.utils import timezone

from departments.models import User
from tasks.models import Assignment, AutomaticReminder, Notification, ReportingRound
from tests.environment import LONG
from tests.tasks.services.supervision.post_office import open_post_office
from tests.tasks.year.oracle import LABELS, MOST_LINES, Oracle
from tests.tasks.year.script import QUARTERLY, Year, add_people, load
from tests.tasks.year.stories import STORIES
from wenshang_disclosure.core.dates import on_day

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("evidence_folder")]

D = dt.date
FIRST, ISSUED, END = D(2024, 6, 22), D(2024, 6, 24), D(2025, 4, 15) if LONG else D(2024, 10, 10)
SILENT_WEEK = (D(2024, 11, 30), D(2024, 12, 6))
TWICE = {D(2024, 6, 25), D(2024, 8, 1), D(2024, 9, 28), D(2024, 12, 7), D(2024, 12, 16), D(2025, 1, 1), D(2025, 1, 8)}
EVENINGS = {D(2024, 9, 18), D(2025, 1, 3), D(2025, 2, 20)}  # run again after the day's work
ON_A_REAL_SERVER = TWICE | {D(2025, 1, 31)}
SITE = "https://duban.example.gov.cn"


def at(day, hour, minute=0):
    return time_machine.travel(on_day(day, hour, minute), tick=False)


def days(first, last):
    while first <= last:
        yield first
        first += dt.timedelta(days=1)


@pytest.fixture
def post(settings, caplog):
    """Return `post(day)`, in which mails go through a real server on some days, and gives what arrived.

    On the others they are kept in memory, since a server for each day of a year takes too long.
    """
    caplog.set_level(logging.WARNING, "mail.log")  # the server's, which tells each word of each mail
    settings.MAIL_IS_ON = True

    @contextlib.contextmanager
    def deliver(day):
        arrived = []
        if day in ON_A_REAL_SERVER:
            with open_post_office(settings) as office:
                settings.EMAIL_TIMEOUT = 60
                yield arrived
            arrived += [(mail["To"], mail["Subject"].strip(), _text(mail)) for mail in office.mails]
        else:
            settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
            django_mail.outbox = []
            yield arrived
            arrived += [(*mail.to, mail.subject, mail.body) for mail in django_mail.outbox]

    return deliver


def _text(mail):
    return mail.get_body(("plain",)).get_content().replace("\r\n", "\n")


class Outbox:
    """What came of the year: every reminder, line and mail, and the figures."""

    def __init__(self):
        self.reminders_read = self.notices_read = 0
        self.kinds, self.subjects = Counter(), Counter()
        self.told = defaultdict(list)  # duty: (day, kind)
        self.people, self.days, self.runs = set(), set(), 0

    def new_reminders(self):
        rows = list(AutomaticReminder.objects.filter(pk__gt=self.reminders_read).order_by("pk"))
        self.reminders_read = rows[-1].pk if rows else self.reminders_read
        return rows

    def new_notices(self):
        rows = list(Notification.objects.filter(pk__gt=self.notices_read).order_by("pk"))
        self.notices_read = rows[-1].pk if rows else self.notices_read
        return rows

    def in_figures(self):
        """The year's outbox, a line each."""
        return [
            f"runs of send_reminders: {self.runs}; days on which somebody was told: {len(self.days)}",
            f"reminders: {sum(self.kinds.values())}",
            *(f"  {kind} ({label}): {self.kinds[kind]}" for kind, label in LABELS.items()),
            f"people told: {len(self.people)}; their lines in the app: {self.subjects['line']}",
            f"e-mails: {self.subjects['digest'] + self.subjects['at once']}, of them digests"
            f" {self.subjects['digest']} and {self.subjects['at once']} sent at once",
        ]


class Simulation:
    """One year, day by day."""

    def __init__(self, post, folder):
        self.oracle, self.outbox = Oracle(), Outbox()
        self.post, self.folder, self.year = post, folder, None
        self.rounds_read = 0

    def run_all(self):
        for day in days(FIRST, END):
            if day == ISSUED:
                self.issue()
            if not SILENT_WEEK[0] <= day <= SILENT_WEEK[1]:
                self.morning(day)
            if self.year:
                self.work(day)
            if day in EVENINGS:
                self.remind(day, 19)

    def issue(self):
        with at(ISSUED, 7):
            load(self.folder)
            self.year = Year()
            self.year.crowd()
        self.outbox.new_notices()

    def morning(self, day):
        self.remind(day, 7, 30)
        if day in TWICE:
            lines = self.remind(day, 7, 45)
            assert lines == ([], [], []), day

    def work(self, day):
        """What people do; who wants to be told at once gets it by the timer of `send_mail`."""
        with at(day, 10):
            if not self.year.act(day):
                return
            expected = self.oracle.at_once()
            self.outbox.new_notices()
            with self.post(day) as mails:
                call_command("send_mail", stdout=io.StringIO())
        assert sorted((to, subject) for to, subject, _ in mails) == sorted(expected), day
        self.outbox.subjects["at once"] += len(mails)

    def remind(self, day, hour, minute=0):
        """Run the command, and compare what it left; return it."""
        out = io.StringIO()
        with at(day, hour, minute):
            expected = self.oracle.expect(day)
            with self.post(day) as mails:
                call_command("send_reminders", stdout=out)
            self.oracle.expect_mails(expected)
        reminders, notices = self.outbox.new_reminders(), self.outbox.new_notices()
        self.compare_reminders(expected, reminders)
        lines = self.compare_lines(expected, notices)
        self.compare_mails(expected, mails)
        self.compare_output(expected, out.getvalue(), len(expected.digests))
        self.count(day, reminders, lines, mails)
        return reminders, lines, mails

    def compare_reminders(self, expected, rows):
        told = [(row.assignment_id, row.kind, row.anchor, row.stage) for row in rows]
        assert sorted(told) == sorted(expected.triggers), expected.on
        assert {row.on for row in rows} <= {expected.on}

    def compare_lines(self, expected, notices):
        """One line a person, with the figures of their unit; everything else that a run tells is of new rounds."""
        lines = [one for one in notices if one.path == f"/digests/{expected.on}/"]
        told = {one.user_id: _figures(one.text) for one in lines}
        assert told == {user: dict(kinds) for user, (kinds, _) in expected.lines.items()}, expected.on
        assert len(told) == len(lines)
        self.compare_rounds(expected.on, [one for one in notices if one not in lines])
        return lines

    def compare_rounds(self, on, notices):
        """A round that the run made asks for what is open on its row, and the people of each unit are told once."""
        told = Counter()
        for one in ReportingRound.objects.filter(pk__gt=self.rounds_read, occurs_on__isnull=False).order_by("pk"):
            duties = self.oracle.open_duties(QUARTERLY, on)
            assert {item.assignment for item in one.items.select_related("assignment")} == duties, on
            people = User.objects.filter(is_active=True, unit__in=[duty.unit_id for duty in duties])
            told.update((person.pk, f"/rounds/{one.pk}/") for person in people)
            self.rounds_read = one.pk
        assert Counter((one.user_id, one.path) for one in notices) == told, on

    def compare_mails(self, expected, mails):
        assert sorted((to, subject) for to, subject, _ in mails) == sorted(expected.mails), expected.on
        for to, subject, text in mails:
            if "汇总：" in subject:
                compare_digest(text, *expected.digests[to])

    def compare_output(self, expected, said, digests):
        duties = len({pk for pk, *_ in expected.triggers})
        assert said.startswith(f"{expected.on}: duties {duties} (")
        assert f"), people {len(expected.lines)}, mails {digests}, rounds " in said
        assert f", units without people {len(expected.units_without_people)}\n" in said

    def count(self, day, reminders, lines, mails):
        outbox = self.outbox
        outbox.runs += 1
        outbox.kinds.update(row.kind for row in reminders)
        for row in reminders:
            outbox.told[row.assignment_id].append((row.on, row.kind))
        outbox.subjects["line"] += len(lines)
        for _, subject, _ in mails:
            outbox.subjects["digest" if "汇总：" in subject else "at once"] += 1
        outbox.people |= {one.user_id for one in lines}
        outbox.days |= {day} if reminders else set()


def _figures(text):
    kinds = {label: kind for kind, label in LABELS.items()}
    assert text.startswith("今日提醒：")
    return {kinds[label]: int(number) for number, label in re.findall(r"(\d+)件([^、。]+)", text)}


def compare_digest(text, told, news):
    """The lines name duties that were told, each once, none less pressing than one that is left out; then the news."""
    reminders, _, rest = text.partition("近期通知：")
    shown = [int(pk) for pk in re.findall(rf"{SITE}/assignments/(\d+)/", reminders)]
    assert len(shown) == len(set(shown)) == min(len(told), MOST_LINES)
    assert set(shown) <= set(told)
    left_out = [told[pk] for pk in told if pk not in shown]
    assert [told[pk] for pk in shown] == sorted(told[pk] for pk in shown)
    assert not left_out or min(left_out) >= max(told[pk] for pk in shown)
    carried = re.findall(rf"{SITE}(/\S+)", rest)
    assert carried == news[: MOST_LINES - len(shown)]
    left = len(told) + len(news) - len(shown) - len(carried)
    assert re.findall(r"其余(\d+)件请登录系统查看。", text) == [str(left)] * bool(left)


@pytest.fixture
def year(settings, tmp_path, post):
    settings.SITE_URL = SITE
    call_command("load_units", verbosity=0)
    add_people()
    simulation = Simulation(post, tmp_path)
    simulation.run_all()
    return simulation


def days_told(year, row, unit):
    duty = Assignment.objects.get(task__number=row, unit__name=unit)
    kinds = defaultdict(list)
    for day, kind in sorted(year.outbox.told[duty.pk]):
        kinds[kind].append(f"{day.month}-{day.day}")
    return {kind: " ".join(days) for kind, days in kinds.items()}


def until_the_end(story):
    """Cut the days written out for a story to those that the simulation reaches."""
    cut = {kind: " ".join(day for day in days.split() if _in_the_year(day) <= END) for kind, days in story.items()}
    return {kind: days for kind, days in cut.items() if days}


def _in_the_year(day):
    month, day = map(int, day.split("-"))
    return D(2024 if month > 5 else 2025, month, day)


def last_day(year, unit):
    """The last day on which anything of a unit was reminded of."""
    duties = Assignment.objects.filter(unit__name=unit)
    return max(day for duty in duties for day, _ in year.outbox.told[duty.pk])


def test_a_year_of_reminders(year):
    days = year.outbox.days
    expected = {story: until_the_end(kinds) for story, kinds in STORIES.items()}
    told = {story: days_told(year, *story) for story in STORIES if expected[story]}

    print("\n" + "\n".join(year.outbox.in_figures()))
    assert told == {story: kinds for story, kinds in expected.items() if kinds}
    assert set(year.outbox.kinds) == set(LABELS)
    assert max(days) <= D(2025, 3, 31)
    assert not [day for day in days if SILENT_WEEK[0] <= day <= SILENT_WEEK[1]]
    assert last_day(year, "县投资促进服务中心") <= D(2024, 9, 2)
    assert last_day(year, "县信访局") <= D(2024, 10, 8)
    by_themselves = ReportingRound.objects.filter(occurs_on__isnull=False).order_by("occurs_on")
    made = [(timezone.localdate(one.at), one.opens_on, one.closes_on) for one in by_themselves]
    quarters = [
        (ISSUED, ISSUED, D(2024, 6, 30)),
        (D(2024, 9, 16), D(2024, 9, 16), D(2024, 9, 30)),
        (D(2024, 12, 17), D(2024, 12, 17), D(2024, 12, 31)),
    ]
    assert made == [quarter for quarter in quarters if quarter[0] <= END]
