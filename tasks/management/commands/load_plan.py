"""Command that loads a plan from JSON and issues it."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from departments.models import User
from tasks.models import Plan
from tasks.services.plans import issuing
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.web.errors import Refused


class Command(BaseCommand):
    """Loads the plan once; a second run does nothing."""

    help = "Load a plan from a .json file shaped like fixtures/plan-2024.json and issue it on its date."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--issued-by", required=True, metavar="USERNAME", help="an office account")

    def handle(self, *args, file, issued_by, **options):
        """Build and issue the plan in one transaction, and print its figures."""
        data = json.loads(file.read_text())
        about = data["plan"]
        if Plan.objects.filter(year=about["year"], document_number=about["document_number"]).exists():
            self.stdout.write(f"{about['document_number']} is loaded already.")
            return
        by = User.objects.filter(username=issued_by).first()
        if by is None:
            raise CommandError(f"There is no account named {issued_by}.")
        try:
            with transaction.atomic():
                plan = issuing.issue(issuing.build(data), by=by)
                record(Kind.SYSTEM, "命令行载入分解表", on=plan, detail={"by": by.username, "rows": plan.tasks.count()})
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self._print_figures(plan)

    def _print_figures(self, plan):
        tasks = plan.tasks.with_designations()
        figures = {
            "parts": plan.parts.count(),
            "sections": sum(part.sections.count() for part in plan.parts.all()),
            "rows": len(tasks),
            "designations": sum(len(task.designations.all()) for task in tasks),
            "assignments": plan.assignments.count(),
            "rows with 待明确": sum(task.is_unresolved for task in tasks),
        }
        self.stdout.write(", ".join(f"{name}: {figure}" for name, figure in figures.items()))
