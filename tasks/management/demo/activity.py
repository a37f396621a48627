"""Simulation of realistic years in memory, for demonstrations and measurements; each step uses the table of steps."""

import random
import struct
import zlib
from datetime import timedelta

from django.db import connection

from departments.choices import Role, UnitKind
from departments.models import User
from tasks.choices import DutyRole, Event, EvidenceKind, Quality, ReportState, Status
from tasks.models import Assignment, Evidence, ProgressReport, QualityRating, Transition
from tasks.services.progress import transitions
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.core.working_days import is_working_day

from . import texts

OUTCOMES = ("done", "done_late", "under_review", "returned", "in_progress", "waiting", "not_started")
DILIGENCE = {  # odds of the outcomes of a unit's duties, in the order of OUTCOMES
    "diligent": (89, 4, 0.6, 1, 4.6, 0.3, 0.5),
    "usual": (72, 9, 0.7, 4, 9, 0.3, 5),
    "slack": (52, 14, 0.8, 6, 15, 0.2, 12),
}
UNITS = {  # percentages of units that are diligent, usual, slack
    "towns": (20, 55, 25),
    "departments": (35, 50, 15),
}
TOWNS = {UnitKind.TOWN, UnitKind.TOWNSHIP, UnitKind.SUBDISTRICT}
SATURDAY = 5
READ_AND_LEFT = 0.6  # share of the duties not started that were acknowledged
RATINGS = {  # odds of the ratings of approved reports; the rest is not rated
    "diligent": {Quality.EXCELLENT: 45, Quality.GOOD: 40, Quality.FAIR: 3, None: 12},
    "usual": {Quality.EXCELLENT: 20, Quality.GOOD: 52, Quality.FAIR: 13, None: 15},
    "slack": {Quality.EXCELLENT: 6, Quality.GOOD: 39, Quality.FAIR: 30, Quality.POOR: 8, None: 17},
}
EXEMPLARY = 0.06  # share of the claims rated excellent
BATCH_ROWS = 1000


def workday(day, *, step=1):
    """Return `day`, or the nearest day after it (before it with `step=-1`) that is neither a weekend nor a holiday."""
    while day.weekday() >= SATURDAY or not is_working_day(day):
        day += timedelta(days=step)
    return day


class Year:
    """Simulation of a year of many duties; collects the objects to save in the order in which they must be saved."""

    def __init__(self, seed, people, reviewers, stored_files=None):
        """Take a seed, the liaisons by unit id, the reviewers, and one stored file per unit id."""
        self.random = random.Random(seed)  # noqa: S311, chance and not secrets
        self.taste = random.Random(seed)  # noqa: S311, of its own: what is rated changes nothing else of the year
        self.people, self.reviewers, self.stored_files = people, reviewers, stored_files or {}
        self.diligence = {}
        self._forget()

    def _forget(self):
        self.generations, self.transitions, self.duties, self.ratings = [], [], [], []

    def play(self, duty, outcome=None):
        """Simulate the year of `duty` up to `outcome`, drawn at random by the unit's diligence where none is given."""
        outcome = outcome or self._outcome(duty.unit)
        self.duties.append(duty)
        if outcome != "not_started" or self.random.random() < READ_AND_LEFT:
            self._acknowledge(duty)
        if outcome == "not_started":
            return
        self.count = 0
        end = duty.due_on or duty.owed_from + timedelta(days=190)
        day = self._begin(duty, outcome, end)
        if outcome in ("done", "done_late", "under_review"):
            self._close(duty, outcome, day, end)
        elif outcome != "in_progress":
            self._leave_open(duty, outcome, day, end)

    def _outcome(self, unit):
        """Return what comes of a duty of the unit, at random."""
        return self.random.choices(OUTCOMES, self._odds(unit))[0]

    def _odds(self, unit):
        if unit.pk not in self.diligence:
            of_a_hundred = UNITS["towns" if unit.kind in TOWNS else "departments"]
            self.diligence[unit.pk] = self.random.choices(list(DILIGENCE), of_a_hundred)[0]
        return DILIGENCE[self.diligence[unit.pk]]

    def _acknowledge(self, duty):
        """Acknowledge the duty on its first or second day."""
        liaison = self.people[duty.unit_id]
        at = on_day(self._later(duty.owed_from, 0, 1), 8, self.random.randint(0, 59))
        duty.acknowledged_at, duty.acknowledged_by = at, liaison
        self._step(duty, Event.ACKNOWLEDGED, liaison, at, None)

    def _later(self, day, least, most):
        return workday(day + timedelta(days=self.random.randint(least, most)))

    def _begin(self, duty, outcome, end):
        """Submit the plain reports that are approved, and return the day of the last step."""
        span = max(1, min(60, (end - duty.owed_from).days // 2))
        day = self._later(duty.owed_from, 1, span)
        if outcome != "in_progress" and (end - day).days <= 30:
            return day
        answered = self._plain_and_approved(duty, day)
        if self.random.random() < 0.15:
            return self._plain_and_approved(duty, self._later(answered, 12, 40))
        return answered

    def _plain_and_approved(self, duty, day):
        report = self._submit(duty, day, texts.PLAIN)
        return self._answer(report, self._later(day, 1, 5), ReportState.APPROVED)

    def _leave_open(self, duty, outcome, after, end):
        claims = outcome == "returned" and self.random.random() < 0.5
        day = self._closing_day(outcome, after, end)
        report = self._submit(duty, day, texts.CLAIM if claims else texts.PLAIN, claims=claims)
        if outcome == "returned":
            self._answer(report, self._later(day, 1, 4), ReportState.RETURNED)

    def _close(self, duty, outcome, after, end):
        day = self._closing_day(outcome, after, end)
        report = self._submit(duty, day, texts.CLAIM, claims=True)
        if outcome == "under_review":
            return
        day = self._later(day, 1, 4)
        if self.random.random() < 0.12:
            self._answer(report, day, ReportState.RETURNED)
            day = self._later(day, 1, 4)
            report = self._submit(duty, day, texts.CLAIM, claims=True, answers=report)
            day = self._later(day, 1, 4)
        self._answer(report, day, ReportState.APPROVED)

    def _closing_day(self, outcome, after, end):
        """Return the day of the last report: late, close to the deadline, or months before it."""
        chance = self.random
        if outcome == "done_late":
            return self._no_earlier(after, workday(end + timedelta(days=chance.randint(3, 20))))
        if outcome in ("under_review", "waiting"):
            return self._no_earlier(after, workday(end + timedelta(days=chance.randint(-10, 20))))
        return self._no_earlier(after, workday(end - timedelta(days=int(chance.triangular(0, 160, 20))), step=-1))

    def _no_earlier(self, after, day):
        return max(workday(after + timedelta(days=1)), day)

    def _submit(self, duty, day, templates, *, claims=False, answers=None):
        at = on_day(day, self.random.randint(9, 16), self.random.randint(0, 59))
        author = self.people[duty.unit_id]
        topic, kind = texts.topic_of(duty.task.requirement)
        words = self._words(duty, day, topic, claims)
        report = ProgressReport(
            assignment=duty,
            author=author,
            answers=answers,
            state=ReportState.SUBMITTED,
            text=answers.text + texts.MENDED if answers else texts.fill(self.random.choice(templates[kind]), **words),
            obstacles=texts.fill(self.random.choice(texts.OBSTACLES)),
            next_steps=texts.fill(self.random.choice(texts.NEXT_STEPS)) if not claims else "",
            count=answers.count if answers else self._count(duty, claims),
            claims_completion=claims,
            open_units_note=texts.fill(texts.OPEN_UNITS) if claims and duty.coordinates else "",
            saved_at=at,
            submitted_at=at,
            attested_by=author,
            attested_name=author.name,
            attested_at=at,
        )
        self._save(report, answers)
        self._attach(report, words, claims, answers)
        duty.awaits_answer = False
        if claims and duty.status == "not_started":
            self._step(duty, Event.SUBMITTED, author, at, report)
        self._step(duty, Event.CLAIMED if claims else Event.SUBMITTED, author, at, report)
        return report

    def _count(self, duty, claims):
        """Return a random part of the target count, leaving at least one for the claim."""
        target = duty.task.target_count
        if not target:
            return None
        count = target - self.count if claims else min(1, target - 1 - self.count)
        self.count += count
        return count

    def _words(self, duty, day, topic, claims):
        """Return the values that fill the templates; a claim reports higher numbers than the reports before it."""
        return {
            "unit": duty.unit.label,
            "topic": topic,
            "month": day.month,
            "n": self.random.randint(*((75, 120) if claims else (8, 36))),
            "m": self.random.randint(2, 6),
        }

    def _save(self, report, answers):
        depth = answers.depth + 1 if answers else 0
        report.depth, report.items = depth, []
        while len(self.generations) <= depth:
            self.generations.append([])
        self.generations[depth].append(report)

    def _attach(self, report, words, claims, answers):
        """Attach a link and a file at random; an answer also has those of the returned report (design: Rules of
        progress).
        """
        for item in answers.items if answers else ():
            self._add(report, kind=item.kind, title=item.title, url=item.url, dated_on=item.dated_on, **_file_of(item))
        if claims or self.random.random() < 0.4:
            title = texts.fill(self.random.choice(texts.LINK_TITLES), **words)
            url = f"https://www.example.gov.cn/art/{self.random.randint(10000, 99999)}.html"
            self._add(report, kind=EvidenceKind.LINK, title=title, url=url, dated_on=report.submitted_at.date())
        stored = self.stored_files.get(report.assignment.unit_id)
        if stored and self.random.random() < 0.3:
            is_pdf = stored.content_type == "application/pdf"
            name = f"{texts.MARK}{words['topic']}.{'pdf' if is_pdf else 'png'}"
            kind = EvidenceKind.LEDGER if is_pdf else EvidenceKind.SCREENSHOT
            self._add(report, kind=kind, title=name, stored=stored, file_name=name)

    def _add(self, report, **about):
        report.items.append(Evidence(report=report, order=len(report.items) + 1, **about))

    def _answer(self, report, day, state):
        """Approve or return the report on `day` as a random reviewer, and return the day."""
        at = on_day(day, self.random.randint(9, 16), self.random.randint(0, 59))
        reviewer = self.random.choice(self.reviewers)
        report.state, report.reviewed_by, report.reviewed_at = state, reviewer, at
        duty = report.assignment
        event = Event.APPROVED
        if state == ReportState.RETURNED:
            event = Event.RETURNED
            report.review_comment = texts.fill(self._reason(report))
            duty.awaits_answer = True
        else:
            self._rate(report, reviewer, at)
        self._step(duty, event, reviewer, at, report, report.review_comment)
        return day

    def _rate(self, report, reviewer, at):
        odds = RATINGS[self.diligence.get(report.assignment.unit_id, "usual")]
        report.quality = self.taste.choices(list(odds), odds.values())[0]
        excellent = report.quality == Quality.EXCELLENT and report.claims_completion
        report.is_exemplary = excellent and self.taste.random() < EXEMPLARY
        if report.quality:
            about = {"quality": report.quality, "is_exemplary": report.is_exemplary}
            self.ratings.append(QualityRating(report=report, by=reviewer, at=at, on=at.date(), **about))

    def _reason(self, report):
        return self.random.choice(texts.RETURNS) if report.items else texts.LINK_WANTED

    def _step(self, duty, event, by, at, report, reason=""):
        self.transitions.append(transitions.step(duty, event, by=by, at=at, report=report, reason=reason))

    @staticmethod
    def _leave_as(duty, step, is_signed):
        duty.status = step.to_status if step else Status.NOT_STARTED
        duty.claimed_on = step.claimed_on if step else None
        duty.awaits_answer = step.awaits_answer if step else False
        if not is_signed:
            duty.acknowledged_at = duty.acknowledged_by = None

    def save(self):
        """Save everything simulated so far, reset the simulation, and return the number of reports."""
        for generation in self.generations:
            ProgressReport.objects.bulk_create(generation, batch_size=BATCH_ROWS)
        reports = [report for generation in self.generations for report in generation]
        through = ProgressReport.writers.through
        through.objects.bulk_create(
            (through(progressreport_id=report.pk, user_id=report.author_id) for report in reports),
            batch_size=BATCH_ROWS,
        )
        QualityRating.objects.bulk_create(self.ratings, batch_size=BATCH_ROWS)
        Evidence.objects.bulk_create((item for report in reports for item in report.items), batch_size=BATCH_ROWS)
        Transition.objects.bulk_create(self.transitions, batch_size=BATCH_ROWS)
        _update(self.duties)
        self._forget()
        return len(reports)


LEFT = ("status", "claimed_on", "awaits_answer", "acknowledged_at", "acknowledged_by")
"""What the steps of a year leave at a duty."""


def _update(duties):
    """Save what the year left at the duties, row by row: `bulk_update` takes a third of the time of a demo."""
    fields = [Assignment._meta.get_field(name) for name in LEFT]
    table, places = Assignment._meta.db_table, ", ".join(f'"{field.column}" = %s' for field in fields)
    rows = [
        [*(field.get_db_prep_save(getattr(duty, field.attname), connection) for field in fields), duty.pk]
        for duty in duties
    ]
    with connection.cursor() as cursor:
        cursor.executemany(f'UPDATE "{table}" SET {places} WHERE "id" = %s', rows)  # noqa: S608 - names of our own


class ClosedYear(Year):
    """Simulation of a year that is over: what was not completed in time was completed late."""

    def _outcome(self, unit):
        outcome = super()._outcome(unit)
        return outcome if outcome == "done_late" else "done"


def _file_of(item):
    return {"stored": item.stored, "file_name": item.file_name}


def people_by_unit(**which):
    """Return one active liaison of each unit by the unit's id; `which` are filters of the people."""
    people = User.objects.filter(role=Role.LIAISON, is_active=True, unit__isnull=False, **which).order_by("-pk")
    return {person.unit_id: person for person in people.select_related("unit")}


def duties_of(plan):
    """Return the plan's duties with the relations a year needs, coordinating ones last: they close after the others."""
    duties = plan.assignments.select_related("task", "unit")
    return sorted(duties, key=lambda duty: (duty.role == DutyRole.LEAD and duty.coordinates, duty.pk))


def small_pdf(line):
    """Return the bytes of a one-page PDF with one line of ASCII text."""
    content = f"BT /F1 28 Tf 60 700 Td ({line}) Tj ET".encode("ascii")
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    end = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
    return out + head + table + end


def small_png(width=480, height=270, colour=(40, 96, 160)):
    """Return the bytes of a PNG in one colour with a lighter band."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    band = range(height // 3, height // 2)
    lines = (b"\0" + bytes((230, 236, 244) if y in band else colour) * width for y in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"".join(lines))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
