"""Public data of a plan for the page, JSON and CSV: no persons, no files, no reports that were not marked as public.

Fields are listed explicitly, so that new fields of a model do not become public by default.
"""

import csv
import io
from itertools import groupby
from operator import itemgetter

from django.utils import timezone

from reports import figures
from tasks.choices import DutyRole, Light
from tasks.models import ProgressReport, Task
from wenshang_disclosure.core.office.xlsx import FORMULA_START

HEADINGS = ("部分", "工作任务", "序号", "具体要求", "牵头部门", "完成时限", "完成日期", "应办单位数")


def read(plan):
    """Return the public data as plain values, without model instances, so that templates reach nothing else."""
    counts = figures.public_counts(plan)
    reports = _reports(plan)
    tasks = [_task(task, counts.get(task.pk, figures.NOTHING), reports.get(task.pk, [])) for task in _tasks(plan)]
    return {
        "year": plan.year,
        "title": plan.title,
        "document_number": plan.document_number,
        "issuer": plan.issuer,
        "issued_on": plan.issued_on,
        "is_demo": plan.has_demo_activity,
        "warning_days": plan.warning_days,
        "as_of": timezone.localdate(),
        "generated_at": timezone.localtime().replace(microsecond=0),
        "totals": figures.totals(counts.values()),
        "tasks": tasks,
    }


def shown_reports(plan):
    """Return the sorted ids of the reports on the page now, to validate cached responses."""
    return list(ProgressReport.objects.shown_to_everybody(plan).order_by("pk").values_list("pk", flat=True))


def _tasks(plan):
    rows = Task.objects.standing().filter(plan=plan).select_related("section__part").prefetch_related("designations")
    return rows.with_supplements().order_by("section__part__order", "section__order", "number", "pk")


def _reports(plan):
    shown = ProgressReport.objects.shown_to_everybody(plan).order_by("assignment__unit__order", "-submitted_at", "-pk")
    by_task = {}
    for task, unit, at, text in shown.values_list("assignment__task", "assignment__unit__name", "submitted_at", "text"):
        report = {"unit": unit, "reported_on": timezone.localdate(at), "text": text}
        by_task.setdefault(task, []).append(report)
    return by_task


def _task(task, counts, reports):
    return {
        "part": task.section.part.heading,
        "section": task.section.heading,
        "number": task.number,
        "requirement": task.requirement,
        "supplements": task.supplement_notes,
        "leads": [name.text for name in task.designated(DutyRole.LEAD)],
        "deadline": task.deadline_in_words,
        "due_on": task.due_on,
        "units": counts["owed"],
        "lights": {light.value: counts[light] for light in Light},
        "reports": reports,
    }


def by_headings(tasks):
    """Return `[(part, [(section, tasks)])]` in the order of the table."""
    return [
        (part, [(section, list(rows)) for section, rows in groupby(of_part, itemgetter("section"))])
        for part, of_part in groupby(tasks, itemgetter("part"))
    ]


def as_csv(shown):
    """Return the rows as CSV in bytes, in UTF-8 with a BOM for Excel, without formulas."""
    text = io.StringIO(newline="")
    write = csv.writer(text).writerow
    write([*HEADINGS, *Light.labels, "对外公开的进展", "补充通知", "截至日期"])
    for task in shown["tasks"]:
        write([_as_text(value) for value in _csv_row(task, shown["as_of"])])
    return text.getvalue().encode("utf-8-sig")


def _csv_row(task, as_of):
    progress = "\n\n".join(f"{one['unit']}（{one['reported_on']}）：{one['text']}" for one in task["reports"])
    plain = [task[name] for name in ("part", "section", "number", "requirement")]
    leads = "、".join(task["leads"])
    lights = task["lights"].values()
    counted = [task["deadline"], task["due_on"] or "", task["units"], *lights]
    return [*plain, leads, *counted, progress, "；".join(task["supplements"]), as_of]


def _as_text(value):
    return f"'{value}" if isinstance(value, str) and FORMULA_START.match(value) else value
