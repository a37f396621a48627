"""Believable years in memory, for demonstrations and for measuring: each step goes through the table of steps."""

import random
import struct
import zlib
from datetime import timedelta

from departments.choices import Role
from departments.models import User
from wenshang_disclosure.common.dates import on_day

from ..choices import DutyRole, Event, EvidenceKind, ReportState
from ..models import Assignment, Evidence, ProgressReport, Transition
from ..services import transitions
from . import demo_texts as texts

OUTCOMES = {  # how a duty stands at the end, and how many of a hundred do
    "done": 76,
    "done_late": 8,
    "under_review": 2,
    "returned": 3,
    "in_progress": 6,
    "waiting": 1,
    "not_started": 4,
}
BATCH = 1000


class Year:
    """Plays the year of many duties; holds what is to be saved, in the order in which it has to be."""

    def __init__(self, seed, people, reviewers, stored_files=()):
        """Take a seed, the liaison of each unit by its id, the reviewers, and stored files to use as evidence."""
        self.random = random.Random(seed)  # noqa: S311, chance and not secrets
        self.people, self.reviewers, self.stored_files = people, reviewers, list(stored_files)
        self.generations, self.evidence, self.transitions, self.duties = [], [], [], []

    def play(self, duty, outcome=None):
        """Play one duty's year up to `outcome`, chosen by chance where none is named."""
        outcome = outcome or self.random.choices(list(OUTCOMES), OUTCOMES.values())[0]
        self.duties.append(duty)
        if outcome == "not_started":
            return
        end = duty.due_on or duty.owed_from + timedelta(days=190)
        day = self._first_day(duty, end)
        self.count = 0
        if outcome in ("in_progress", "waiting", "returned") or (end - day).days > 30:
            day = self._plain_report(duty, day, outcome)
        if outcome.startswith("done") or outcome == "under_review":
            self._claim(duty, outcome, day, end)

    def _first_day(self, duty, end):
        span = max(1, min(60, (end - duty.owed_from).days // 2))
        return duty.owed_from + timedelta(days=self.random.randint(1, span))

    def _plain_report(self, duty, day, outcome):
        report = self._hand_in(duty, day, texts.PLAIN)
        if outcome == "waiting":
            return day
        day += timedelta(days=self.random.randint(1, 5))
        if outcome == "returned":
            self._answer(report, day, ReportState.RETURNED)
        else:
            self._answer(report, day, ReportState.APPROVED)
        return day

    def _claim(self, duty, outcome, after, end):
        if outcome == "done_late":
            day = end + timedelta(days=self.random.randint(3, 40))
        else:
            day = max(after + timedelta(days=1), end - timedelta(days=int(self.random.triangular(0, 160, 20))))
            day = day if outcome == "under_review" else min(day, max(after, end))
        report = self._hand_in(duty, day, texts.CLAIM, claims=True)
        if outcome == "under_review":
            return
        day += timedelta(days=self.random.randint(1, 4))
        if self.random.random() < 0.12:
            self._answer(report, day, ReportState.RETURNED)
            day += timedelta(days=self.random.randint(1, 4))
            report = self._hand_in(duty, day, texts.CLAIM, claims=True, answers=report)
            day += timedelta(days=self.random.randint(1, 4))
        self._answer(report, day, ReportState.APPROVED)

    def _hand_in(self, duty, day, templates, *, claims=False, answers=None):
        at = on_day(day, self.random.randint(9, 16), self.random.randint(0, 59))
        author = self.people[duty.unit_id]
        words = self._words(duty, day)
        report = ProgressReport(
            assignment=duty,
            author=author,
            answers=answers,
            state=ReportState.SUBMITTED,
            text=texts.fill(self.random.choice(templates), **words),
            obstacles=texts.fill(self.random.choice(texts.OBSTACLES)),
            next_steps=texts.fill(self.random.choice(texts.NEXT_STEPS)) if not claims else "",
            count=self._count(duty, claims, answers),
            claims_completion=claims,
            open_units_note=texts.fill(texts.OPEN_UNITS) if claims and duty.coordinates else "",
            saved_at=at,
            submitted_at=at,
            attested_by=author,
            attested_name=author.name,
            attested_at=at,
        )
        if answers:
            report.text += texts.fill(texts.MENDED)
        self._keep(report, answers)
        self._attach(report, words, claims)
        duty.awaits_answer = False
        if claims and duty.status == "not_started":
            self._step(duty, Event.SUBMITTED, author, at, report)
        self._step(duty, Event.CLAIMED if claims else Event.SUBMITTED, author, at, report)
        return report

    def _count(self, duty, claims, answers):
        target = duty.task.target_count
        if not target:
            return None
        count = answers.count if answers else target - self.count if claims else 1
        self.count += 0 if answers else count
        return max(count, 0)

    def _words(self, duty, day):
        return {
            "unit": duty.unit.label,
            "topic": texts.topic_of(duty.task.requirement),
            "month": day.month,
            "n": self.random.randint(4, 36),
            "m": self.random.randint(1, 6),
        }

    def _keep(self, report, answers):
        depth = answers.depth + 1 if answers else 0
        report.depth = depth
        while len(self.generations) <= depth:
            self.generations.append([])
        self.generations[depth].append(report)

    def _attach(self, report, words, claims):
        order = 0
        if claims or self.random.random() < 0.4:
            order = 1
            title = texts.fill(self.random.choice(texts.LINK_TITLES), **words)
            url = f"https://www.example.gov.cn/art/{self.random.randint(10000, 99999)}.html"
            self.evidence.append(
                Evidence(
                    report=report,
                    order=order,
                    kind=EvidenceKind.LINK,
                    title=title,
                    url=url,
                    dated_on=report.submitted_at.date(),
                )
            )
        if self.stored_files and self.random.random() < 0.3:
            stored = self.random.choice(self.stored_files)
            ending = "pdf" if stored.content_type == "application/pdf" else "png"
            name = f"{texts.MARK}{words['topic']}.{ending}"
            kind = EvidenceKind.MINUTES if ending == "pdf" else EvidenceKind.SCREENSHOT
            self.evidence.append(
                Evidence(report=report, order=order + 1, kind=kind, title=name, stored=stored, file_name=name)
            )

    def _answer(self, report, day, state):
        at = on_day(day, self.random.randint(9, 16), self.random.randint(0, 59))
        reviewer = self.random.choice(self.reviewers)
        report.state, report.reviewed_by, report.reviewed_at = state, reviewer, at
        returned = state == ReportState.RETURNED
        report.review_comment = texts.fill(self.random.choice(texts.RETURNS)) if returned else ""
        duty = report.assignment
        if returned:
            duty.awaits_answer = True
        event = Event.RETURNED if returned else Event.APPROVED
        self._step(duty, event, reviewer, at, report, report.review_comment)

    def _step(self, duty, event, by, at, report, reason=""):
        self.transitions.append(transitions.step(duty, event, by=by, at=at, report=report, reason=reason))

    def save(self):
        """Save everything played so far, and forget it. Gives the number of reports."""
        number = 0
        for generation in self.generations:
            ProgressReport.objects.bulk_create(generation, batch_size=BATCH)
            number += len(generation)
        through = ProgressReport.writers.through
        reports = [report for generation in self.generations for report in generation]
        through.objects.bulk_create(
            (through(progressreport_id=report.pk, user_id=report.author_id) for report in reports), batch_size=BATCH
        )
        Evidence.objects.bulk_create(self.evidence, batch_size=BATCH)
        Transition.objects.bulk_create(self.transitions, batch_size=BATCH)
        Assignment.objects.bulk_update(self.duties, ["status", "claimed_on", "awaits_answer"], batch_size=BATCH)
        self.generations, self.evidence, self.transitions, self.duties = [], [], [], []
        return number


def people_by_unit():
    """Give one active liaison of each unit, by the unit's id."""
    people = User.objects.filter(role=Role.LIAISON, is_active=True, unit__isnull=False).order_by("-pk")
    return {person.unit_id: person for person in people.select_related("unit")}


def duties_of(plan):
    """Give the plan's duties with what a year needs, the coordinating ones last: they close after the others."""
    duties = plan.assignments.select_related("task", "unit")
    return sorted(duties, key=lambda duty: (duty.role == DutyRole.LEAD and duty.coordinates, duty.pk))


def small_pdf(line):
    """Give the bytes of a one-page PDF with a line of ASCII text."""
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
    """Give the bytes of a PNG in one colour with a lighter band."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    band = range(height // 3, height // 2)
    lines = (b"\0" + bytes((230, 236, 244) if y in band else colour) * width for y in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"".join(lines))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
