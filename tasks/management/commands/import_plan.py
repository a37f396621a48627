"""Command that imports a plan from a file."""

import json
from pathlib import Path

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from tasks.choices import PlanState
from tasks.imports.meaning.proposal import NOTICE, TABLE
from tasks.imports.meaning.understanding import understand
from tasks.imports.reading.child import read_limited
from tasks.models import Plan
from tasks.services.plans import imports, issuing, updates
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.web.errors import Refused, Unreadable
from wenshang_disclosure.files import keeping, uses

UNREADABLE, QUESTIONS_LEFT = 2, 3


class Command(BaseCommand):
    """Imports a table from Word, Excel, .csv or text into a draft plan; nothing is written while questions are open."""

    help = (
        "Read a task table into a draft plan; a draft of that year with the same number or title is updated. "
        "Exit status: 0 nothing left to ask, 3 questions are left (nothing is written), 2 the file cannot be read."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--year", type=int, required=True)
        parser.add_argument("--dry-run", action="store_true", help="write nothing")
        parser.add_argument("--json", action="store_true", help="print what was read as JSON")

    def handle(self, *args, file, year, dry_run, **options):
        """Read the file, print the proposal, and write the draft where no question is open."""
        proposal = self._read(file, year)
        if options["json"]:
            self.stdout.write(json.dumps(as_json(proposal), ensure_ascii=False, indent=1))
        else:
            self._print(proposal)
        if proposal.questions:
            raise CommandError(f"{len(proposal.questions)} questions are left.", returncode=QUESTIONS_LEFT)
        if not dry_run:
            plan = self._write(proposal)
            self.stderr.write(f"Draft plan {plan.pk}: {plan.tasks.count()} rows.")

    def _read(self, file, year):
        if not 2000 <= year <= 2100:
            raise CommandError("The year has to be between 2000 and 2100.")
        try:
            with file.open("rb") as opened:
                keeping.inspect([File(opened, file.name)], uses.TABLES, by=None)
            source = read_limited(file.resolve(strict=True))
        except FileNotFoundError as missing:
            raise CommandError(f"There is no file {file}.", returncode=UNREADABLE) from missing
        except Refused as refusal:
            raise CommandError(str(refusal), returncode=UNREADABLE) from refusal
        except (Unreadable, OSError) as reason:
            raise CommandError(f"{file.name}：{reason}", returncode=UNREADABLE) from reason
        known = {"known_headings": imports.known_headings(), "learnt": imports.learnt()}
        return understand(source, year, imports.known_names(), **known)

    def _print(self, proposal):
        self.stdout.write(f"{proposal.about['title']} {proposal.about['document_number']}".strip())
        self.stdout.write(f"{len(proposal.taken)} rows")
        for note in proposal.notes:
            self.stdout.write(f"* {note}")
        for question in proposal.questions:
            self.stdout.write(f"? {question.text}（{'、'.join(question.where[:5])}）")

    def _write(self, proposal):
        data = proposal.as_plan_data()
        about = data["plan"]
        of_year = Plan.objects.filter(year=about["year"])
        same = of_year.filter(document_number=about["document_number"]) if about["document_number"] else None
        plan = (same if same is not None else of_year.filter(title=about["title"])).order_by("state", "-pk").first()
        try:
            with transaction.atomic():
                plan = self._put(data, plan)
                record(Kind.SYSTEM, "命令行导入分解表", on=plan, detail={"rows": plan.tasks.count()})
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        return plan

    def _put(self, data, plan):
        if plan is None:
            return issuing.build(data)
        if plan.state != PlanState.DRAFT:
            raise CommandError(f"{plan} was issued already; an issued plan is not imported into.")
        return updates.update(plan, data)


def as_json(proposal):
    """Return the proposal as plain data: the plan, its rows, the notice's rows, questions and notes.

    A question names the cells that it is about in `cells`, as `[place of the row in tasks, field]`; null stands for all
    rows, or the whole row. Rows that are not read unless a person says so stand in `left_out`.
    """
    about = {**proposal.about, "issued_on": _day(proposal.about["issued_on"])}
    tasks = [row for row in proposal.taken if row.kind == TABLE and row.requirement]
    places = {row.key: place for place, row in enumerate(tasks)}
    return {
        "plan": about,
        "tasks": [_row(row) for row in tasks],
        "notice": [_row(row) for row in proposal.taken if row.kind == NOTICE],
        "questions": [_question(question, places) for question in proposal.questions],
        "left_out": [
            {"text": text, "question": question.text} for question in proposal.questions for text in question.left_out
        ],
        "notes": proposal.notes,
    }


def _question(question, places):
    return {
        "kind": question.kind,
        "about": question.key,
        "text": question.text,
        "where": question.where,
        "cells": [
            [None if key is None else places[key], name] for key, name in question.cells if key is None or key in places
        ],
        "options": [label for _, label in question.options],
        "likely": [{"name": name, "reason": reason} for name, reason, _ in question.likely],
    }


def _row(row):
    return {
        "number": row.number,
        "part": row.part,
        "section": row.section,
        "lead": row.lead,
        "responsible": row.responsible,
        "requirement": row.requirement,
        "deadline": row.deadline_as_written,
        "due_on": _day(row.due_on),
        "recurrence": row.recurrence or None,
        "recurrence_day": row.recurrence_day,
        "target_count": row.target_count,
        "lead_from_cell_above": row.lead_from_cell_above,
        "responsible_from_cell_above": row.responsible_from_cell_above,
    }


def _day(day):
    return day.isoformat() if day else None
