"""Load a believable year of demo activity, on a trial run only (design §9)."""

import hashlib

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from departments.models import User
from tasks.management.activity import Year, duties_of, people_by_unit, small_pdf, small_png
from tasks.models import Plan, StoredFile, Transition

SHOWCASES = ("zhongdu", "nanwang", "juntun", "shangwu", "fagai", "zhujian", "jiaoti")
SHOWN = ("done", "not_started", "returned", "in_progress", "waiting", "under_review", "done_late")
FILES = 6


class Command(BaseCommand):
    """Run twice it loads one year."""

    help = "Fill the latest issued plan with demo reports, evidence and reviews. Refused where DEBUG is off."

    def handle(self, *args, **options):
        """Play every duty's year and save it, all or nothing."""
        if not settings.DEBUG:
            raise CommandError("Demo activity cannot exist where DEBUG is off.")
        plan = Plan.objects.chosen()
        if plan is None:
            raise CommandError("No plan is issued yet.")
        if plan.has_demo_activity or Transition.objects.filter(assignment__plan=plan).exists():
            return
        with transaction.atomic():
            reports = self._load(plan)
        self.stdout.write(f"demo reports: {reports}")

    def _load(self, plan):
        reviewers = list(User.objects.filter(username__in=["office", "reviewer"], is_demo=True))
        if not reviewers:
            raise CommandError("There are no demo people yet: run load_demo_people first.")
        year = Year(plan.year, people_by_unit(), reviewers, self._files(reviewers[0]))
        for duty in duties_of(plan):
            year.play(duty, self._named_outcome(duty))
        plan.has_demo_activity = True
        plan.save(update_fields=["has_demo_activity"])
        return year.save()

    def _named_outcome(self, duty):
        """Give the named demo liaisons one duty of each kind, so that every step can be tried."""
        if not hasattr(self, "showcases"):
            people = User.objects.filter(username__in=SHOWCASES, is_demo=True)
            self.showcases = {person.unit_id: iter(SHOWN) for person in people}
        return next(self.showcases.get(duty.unit_id, iter(())), None)

    def _files(self, uploader):
        contents = []
        for number in range(1, FILES // 2 + 1):
            contents.append((small_pdf(f"DEMO EVIDENCE No. {number}"), "application/pdf"))
            contents.append((small_png(colour=(40, 60 + 30 * number, 160)), "image/png"))
        return [self._stored(content, kind, uploader) for content, kind in contents]

    def _stored(self, content, content_type, uploader):
        digest = hashlib.sha256(content).hexdigest()
        path = default_storage.save(f"{digest[:2]}/{digest[:32]}", ContentFile(content))
        return StoredFile.objects.create(
            path=path, size=len(content), sha256=digest, content_type=content_type, uploaded_by=uploader
        )
