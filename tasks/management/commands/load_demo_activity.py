"""Command that loads a realistic year of demo activity, on a trial run only (design: Runs on)."""

import hashlib
import itertools

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from departments.models import User
from tasks.management.demo import supervision
from tasks.management.demo.activity import ClosedYear, Year, duties_of, people_by_unit, small_pdf, small_png
from tasks.models import Plan, ProgressReport
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.files.models import StoredFile

YEAR = 2024  # the table that is part of the trial run; plans of the office itself are not touched
SHOWCASES = ("zhongdu", "nanwang", "juntun", "shangwu", "fagai", "zhujian", "jiaoti")
SHOWN = ("done", "not_started", "returned", "in_progress", "waiting", "under_review", "done_late")


class Command(BaseCommand):
    """Loads the demo year once; a second run does nothing."""

    help = "Fill the issued 2024 plan with demo reports, evidence and reviews. Refused where DEBUG is off."

    def add_arguments(self, parser):
        parser.add_argument("--closed", action="store_true", help="let every duty be completed, some of them late")

    def handle(self, *args, closed=False, **options):
        """Simulate the year of every duty and save it in one transaction."""
        if not settings.DEBUG:
            raise CommandError("Demo activity cannot exist where DEBUG is off.")
        if Plan.objects.filter(has_demo_activity=True).exists():
            return
        plan = Plan.objects.issued().filter(year=YEAR).last()
        if plan is None:
            raise CommandError(f"No plan of {YEAR} is issued yet.")
        if ProgressReport.objects.filter(assignment__plan=plan).exists():
            return
        with transaction.atomic():
            reports = self._load(plan, closed)
            record(Kind.SYSTEM, "载入演示数据", on=plan, detail={"reports": reports})
        self.stdout.write(f"demo reports: {reports}")

    def _load(self, plan, closed):
        people, duties = people_by_unit(is_demo=True), duties_of(plan)
        reviewers = list(User.objects.filter(username__in=["office", "reviewer"], is_demo=True).order_by("pk"))
        if not reviewers or any(duty.unit_id not in people for duty in duties):
            raise CommandError("Demo people are missing: run load_demo_people first.")
        year = (ClosedYear if closed else Year)(plan.year, people, reviewers, stored_files(people))
        named = Named()
        for duty in duties:
            year.play(duty, None if closed else named.outcome(duty))
        plan.has_demo_activity = True
        plan.save(update_fields=["has_demo_activity"])
        number = year.save()
        lead = User.objects.get(username="shangwu", is_demo=True)
        supervision.add(plan, people, reviewers[0], lead)
        return number


class Named:
    """Chooses outcomes such that each named demo liaison has one duty of each kind."""

    def __init__(self):
        people = User.objects.filter(username__in=SHOWCASES, is_demo=True)
        self.showcases = {person.unit_id: iter(SHOWN) for person in people}

    def outcome(self, duty):
        """Return the outcome of a duty, `None` for one that is left to chance."""
        return next(self.showcases.get(duty.unit_id, iter(())), None)


def stored_files(people):
    """Return one small file per unit, a PDF or a picture in turn, uploaded by its own liaison."""
    contents = itertools.cycle(
        [
            (small_pdf("DEMO EVIDENCE No. 1"), "application/pdf"),
            (small_png(colour=(40, 90, 160)), "image/png"),
            (small_pdf("DEMO EVIDENCE No. 2"), "application/pdf"),
            (small_png(colour=(40, 120, 160)), "image/png"),
        ]
    )
    return {unit: _stored(*next(contents), people[unit]) for unit in sorted(people)}


def _stored(content, content_type, uploader):
    digest = hashlib.sha256(content).hexdigest()
    path = default_storage.save(f"{digest[:2]}/{digest[:32]}", ContentFile(content))
    return StoredFile.objects.create(
        path=path, size=len(content), sha256=digest, content_type=content_type, uploaded_by=uploader
    )
