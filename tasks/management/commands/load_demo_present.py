"""Command that rolls the demo's closed year over to the current one, and lets that pass up to yesterday."""

from datetime import date, timedelta

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from departments.models import User
from tasks.choices import PartKind
from tasks.management.demo import present_supervision
from tasks.management.demo.activity import duties_of, people_by_unit, workday
from tasks.management.demo.present import RunningYear, issue_day, last_evening, round_days
from tasks.models import Plan
from tasks.services.plans import issuing, roll_over
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.region import current

from .load_demo_activity import Named, stored_files

LATE_FOR, DUE_IN = 4, 8
"""Days since the deadline of a row that is newly late, and until that of one that is due soon."""


class Command(BaseCommand):
    """Loads the current year once; a second run does nothing."""

    help = "Roll the demo year over to the current one, with activity up to yesterday. Refused where DEBUG is off."

    def handle(self, *args, **options):
        """Issue the table of the year and simulate it up to yesterday, in one transaction."""
        if not settings.DEBUG:
            raise CommandError("Demo activity cannot exist where DEBUG is off.")
        today = timezone.localdate()
        closed = Plan.objects.issued().filter(has_demo_activity=True, year__lt=today.year).first()
        if closed is None:
            raise CommandError("The closed year is missing: run load_demo_activity first.")
        if Plan.objects.issued().filter(year__gt=closed.year).exists():
            return
        with transaction.atomic():
            plan = self._issue(closed, today)
            reports = self._play(plan, last_evening(today))
            record(Kind.SYSTEM, "载入演示数据", on=plan, detail={"reports": reports})
        self.stdout.write(f"demo reports of {plan.year}: {reports}")

    def _issue(self, closed, today):
        """Copy the closed year's table to this year, and issue it on a day of this year that is past."""
        office, year = User.objects.get(username="office", is_demo=True), today.year
        title = closed.title.replace(str(closed.year), str(year))
        draft = roll_over.roll_over(closed, by=office, year=year, title=title, kinds=list(PartKind.values))
        self._adapt(draft, closed, today)
        number = f"{current().code}〔{year}〕6号"
        return issuing.issue(draft, by=office, issued_on=issue_day(year, today), document_number=number)

    def _adapt(self, draft, closed, today):
        """Name the new table in the rows, let a row have fallen due a few days ago, and another be due in some."""
        late = workday(today - timedelta(days=LATE_FOR), step=-1)
        soon = min(workday(today + timedelta(days=DUE_IN)), date(today.year, 12, 31))
        rows = draft.tasks.filter(section__part__kind=PartKind.TABLE, due_on=date(draft.year, 12, 31))
        rows = rows.filter(target_count=None).order_by("number")
        for row in draft.tasks.filter(requirement__contains=closed.title):
            row.requirement = row.requirement.replace(closed.title, draft.title)
            row.save(update_fields=["requirement"])
        for row, day in zip(rows[5:15:8], (late, soon), strict=False):
            row.due_on, row.deadline_as_written = day, f"{day.month}月{day.day}日前"
            row.save(update_fields=["due_on", "deadline_as_written"])

    def _play(self, plan, until):
        people = people_by_unit(is_demo=True)
        reviewers = list(User.objects.filter(username__in=["office", "reviewer"], is_demo=True).order_by("pk"))
        year = RunningYear(plan.year, people, reviewers, stored_files(people), until=until)
        named = Named()
        for duty in duties_of(plan):
            year.play(duty, named.outcome(duty))
        year.cut()
        year.report_in_the_round(round_days(until + timedelta(days=1))[0])
        plan.has_demo_activity = True
        plan.save(update_fields=["has_demo_activity"])
        number = year.save()
        lead = User.objects.get(username="shangwu", is_demo=True)
        present_supervision.add(plan, people, reviewers[0], lead, until)
        return number
