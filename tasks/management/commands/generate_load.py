"""Command that fills a database with load data for measurements."""

import json
import time
from datetime import date
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from departments.choices import Role, UnitKind
from departments.models import Unit, User
from tasks.management.demo.activity import Year, duties_of, people_by_unit
from tasks.services.plans import issuing
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record

PASSWORD = "load-2024-open"  # noqa: S105, for measuring only
EXTRA_UNITS = 15  # 55 with the 40 units of the document
PLANS = {"S": 1, "M": 100}
LATEST = 2024


class Command(BaseCommand):
    """Fills size S, one county-year (the 2024 table over 55 units), or size M, a hundred of them with a plan each."""

    help = "Fill a fresh database for measuring: S (about 2,000 duties, 4,000 reports) or M (a hundred times that)."

    def add_arguments(self, parser):
        parser.add_argument("--size", choices=PLANS, required=True)
        parser.add_argument("--yes-fill-this-database", action="store_true")

    def handle(self, *args, size, yes_fill_this_database, **options):
        """Create the units, the people, and one plan after another."""
        if not (settings.DEBUG or yes_fill_this_database):
            raise CommandError("This fills the database with made-up data: add --yes-fill-this-database to mean it.")
        call_command("load_units", stdout=self.stdout)
        self._make_units_and_people()
        office = User.objects.get(username="load-office")
        data = json.loads((Path(settings.BASE_DIR) / "fixtures" / "plan-2024.json").read_text())
        people = people_by_unit(username__startswith="load-")
        begun, duties, reports = time.monotonic(), 0, 0
        for number in range(PLANS[size]):
            with transaction.atomic():
                plan = issuing.issue(issuing.build(_moved(data, number)), by=office)
                year = Year(number, people, [office])
                for duty in duties_of(plan):
                    year.play(duty)
                    duties += 1
                reports += year.save()
            if number % 10 == 9:
                self._report(number + 1, duties, reports, begun)
        record(Kind.SYSTEM, "生成测试负载", detail={"plans": PLANS[size], "duties": duties, "reports": reports})
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        self._report(PLANS[size], duties, reports, begun)

    def _report(self, plans_made, duties, reports, begun):
        seconds = time.monotonic() - begun
        speed = duties / seconds
        self.stdout.write(
            f"plans: {plans_made}, duties: {duties}, reports: {reports}, {seconds:.0f} s, {speed:.0f} duties a second"
        )

    def _make_units_and_people(self):
        for number in range(1, EXTRA_UNITS + 1):
            Unit.objects.get_or_create(name=f"负载测试单位{number:02}", defaults={"kind": UnitKind.DEPARTMENT})
        password = make_password(PASSWORD)
        User.objects.get_or_create(
            username="load-office", defaults={"name": "负载测试办公室", "role": Role.OFFICE, "password": password}
        )
        for unit in Unit.objects.all():
            username = "load-liaison" if unit.short_name == "中都街道" else f"load-{unit.pk}"
            about = {"name": f"{unit.label}联络员"[:40], "role": Role.LIAISON, "unit": unit, "password": password}
            User.objects.get_or_create(username=username, defaults=about)


def _moved(data, number):
    """Return the plan's data moved back by `number` years, with a document number of its own."""
    years = number % 20
    about = {
        **data["plan"],
        "year": LATEST - years,
        "document_number": f"负载〔{LATEST - years}〕{number}号",
        "issued_on": _back(data["plan"]["issued_on"], years),
    }
    parts = [
        {**part, "sections": [{**section, "tasks": _rows(section, years)} for section in part["sections"]]}
        for part in data["parts"]
    ]
    return {"plan": about, "parts": parts}


def _rows(section, years):
    return [{**row, "due_on": row["due_on"] and _back(row["due_on"], years)} for row in section["tasks"]]


def _back(day, years):
    day = date.fromisoformat(day)
    return day.replace(year=day.year - years)
