"""A simulated year over the real table of 2024: whoever has to be told is told in time, once, and nobody else.

`send_reminders` runs each morning, on some days twice, in one week not at all; what it leaves is compared every time with
what `tests.tasks.year.oracle` reads from the rules. Run with `-s` it prints the outbox in figures.
"""

import datetime as dt
import email
import email.policy
import io
import logging
import re
from collections import Counter, defaultdict

import pytest
import time_machine
from django.core.management import call_command

from departments.models import Unit, User
from tasks.models import Assignment, AutoReminder, Notification, ReportingRound
from tests.tasks.services.post_office import open_post_office
from tests.tasks.year.oracle import LABELS, MOST_LINES, Oracle
from tests.tasks.year.script import NEW_UNIT, QUARTERLY, Year, add_people, load
from wenshang_disclosure.common.dates import on_day

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("evidence_folder")]

D = dt.date
FIRST, ISSUED, END = D(2024, 6, 22), D(2024, 6, 24), D(2025, 4, 15)
SILENT_WEEK = (D(2024, 11, 30), D(2024, 12, 6))
TWICE = {D(2024, 6, 25), D(2024, 8, 1), D(2024, 9, 28), D(2024, 12, 7), D(2024, 12, 16), D(2025, 1, 1), D(2025, 1, 8)}
EVENINGS = {D(2024, 9, 18), D(2025, 1, 3), D(2025, 2, 20)}  # run again after the day's work
SITE = "https://duban.example.gov.cn"


def at(day, hour, minute=0):
    return time_machine.travel(on_day(day, hour, minute), tick=False)


def days(first, last):
    while first <= last:
        yield first
        first += dt.timedelta(days=1)


class Outbox:
    """What came of the year: every reminder, line and mail, and the figures."""

    def __init__(self, office):
        self.office = office
        self.arrived = self.reminders_read = self.notices_read = 0
        self.kinds, self.subjects = Counter(), Counter()
        self.told = defaultdict(list)  # duty: (day, kind)
        self.people, self.days, self.runs = set(), set(), 0

    def new_mails(self):
        """`(address, subject, mail)` of what arrived since."""
        fresh = self.office.arrived[self.arrived :]
        self.arrived += len(fresh)
        mails = [(*to, email.message_from_bytes(content, policy=email.policy.default)) for to, content in fresh]
        return [(to, mail["Subject"].strip(), mail) for to, mail in mails]

    def new_reminders(self):
        rows = list(AutoReminder.objects.filter(pk__gt=self.reminders_read).order_by("pk"))
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

    def __init__(self, office, folder):
        self.oracle, self.outbox = Oracle(), Outbox(office)
        self.folder, self.year = folder, None

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
            call_command("send_mail", stdout=io.StringIO())
        mails = self.outbox.new_mails()
        assert sorted((to, subject) for to, subject, _ in mails) == sorted(expected), day
        self.outbox.subjects["at once"] += len(mails)

    def remind(self, day, hour, minute=0):
        """Run the command, and compare what it left; give it."""
        out = io.StringIO()
        with at(day, hour, minute):
            expected = self.oracle.expect(day)
            call_command("send_reminders", stdout=out)
            self.oracle.expect_mails(expected)
        reminders, notices, mails = self.outbox.new_reminders(), self.outbox.new_notices(), self.outbox.new_mails()
        self.compare_reminders(expected, reminders)
        lines = self.compare_lines(expected, notices)
        self.compare_mails(expected, mails)
        self.compare_output(expected, out.getvalue(), len(expected.digests))
        self.count(day, reminders, lines, mails)
        return reminders, lines, mails

    def compare_reminders(self, expected, rows):
        told = [(row.assignment_id, row.kind, row.anchor, row.stage) for row in rows]
        assert sorted(told) == sorted(expected.occasions), expected.on
        assert {row.on for row in rows} <= {expected.on}

    def compare_lines(self, expected, notices):
        """One line a person, with the figures of her unit; everything else that a run tells is of a new round."""
        lines = [one for one in notices if one.path == f"/digests/{expected.on}/"]
        told = {one.user_id: _figures(one.text) for one in lines}
        assert told == {user: dict(kinds) for user, (kinds, _) in expected.lines.items()}, expected.on
        assert len(told) == len(lines)
        others = [one for one in notices if one not in lines]
        assert {bool(re.fullmatch(r"/rounds/\d+/", one.path)) for one in others} <= {True}, expected.on
        return lines

    def compare_mails(self, expected, mails):
        assert sorted((to, subject) for to, subject, _ in mails) == sorted(expected.mails), expected.on
        for to, subject, mail in mails:
            if "汇总：" in subject:
                told, news = expected.digests[to]
                compare_digest(mail.get_body(("plain",)).get_content(), told, news)

    def compare_output(self, expected, said, digests):
        duties = len({pk for pk, *_ in expected.occasions})
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
    reminders, _, rest = text.replace("\r\n", "\n").partition("近期通知：")
    shown = [int(pk) for pk in re.findall(rf"{SITE}/assignments/(\d+)/", reminders)]
    assert len(shown) == len(set(shown)) == min(len(told), MOST_LINES)
    assert set(shown) <= set(told)
    left_out = [told[pk] for pk in told if pk not in shown]
    assert [told[pk] for pk in shown] == sorted(told[pk] for pk in shown)
    assert not left_out or min(left_out) >= max(told[pk] for pk in shown)
    paths = re.findall(rf"{SITE}(/\S+)", rest)
    assert paths == news[: MOST_LINES - len(shown)]


@pytest.fixture
def year(settings, tmp_path, caplog):
    caplog.set_level(logging.WARNING, "mail.log")  # the server's, which tells each word of each mail
    settings.SITE_URL = SITE
    call_command("load_units", verbosity=0)
    add_people()
    with open_post_office(settings) as office:
        simulation = Simulation(office, tmp_path)
        simulation.run_all()
    return simulation


def test_the_outbox_of_a_year(year):
    outbox = year.outbox
    print("\n" + "\n".join(outbox.in_figures()))
    assert set(outbox.kinds) == set(LABELS)
