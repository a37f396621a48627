"""Endpoints of the API; each starts from a queryset restricted to what the token's owner may see."""

from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query

from departments.models import Unit
from reports import figures
from tasks.choices import DutyRole
from tasks.models import Assignment, Plan, ProgressReport, Task
from wenshang_disclosure.core.dates import read_as_of
from wenshang_disclosure.core.web.evenings import on_evening

from . import schemas
from .base import READING, api
from .filters import AssignmentsFilter, TasksFilter
from .scope import cut, only, paged, read_id, scope_of, scope_of_one

FAILURES = {400: schemas.Failure, 401: schemas.Failure, 404: schemas.Failure}


def reads(address, schema, summary, **kwargs):
    """Register a read-only endpoint, which can be read as on a past evening."""
    register = api.api_operation(READING, address, response={200: schema, **FAILURES}, summary=summary, **kwargs)
    return lambda view: register(on_evening(view))


# --- plans and units --------------------------------------------------------------------------------------------------


@reads("/plans", schemas.Plans, "已印发的年度任务分解表", url_name="plans")
def plans(request, query: Query[schemas.Paging]):
    """Return issued plans, the latest first."""
    only(request, query)
    rows, place = paged(Plan.objects.issued(), query)
    return {**place, "results": [_plan(plan) for plan in rows]}


@reads("/plans/{int:pk}", schemas.PlanOut, "一份年度任务分解表", url_name="plan")
def plan(request, pk: int):
    """Return one issued plan."""
    return _plan(get_object_or_404(Plan.objects.issued(), pk=pk))


def _plan(plan):
    return {
        "id": plan.pk,
        "year": plan.year,
        "title": plan.title,
        "number": plan.document_number,
        "issuer": plan.issuer,
        "issued_on": plan.issued_on,
        "demo": plan.has_demo_activity,
    }


@reads("/units", schemas.Units, "令牌所有人可查看的单位", url_name="units")
def units(request, query: Query[schemas.Paging]):
    """Return all units to roles that read everything, otherwise the owner's unit."""
    only(request, query)
    rows, place = paged(Unit.objects.visible_to(request.user).order_by("order", "pk"), query)
    return {**place, "results": [_unit(unit) for unit in rows]}


def _unit(unit):
    names = ("name", "short_name", "kind", "division_code", "established_on", "retired_on")
    fields = {name: getattr(unit, name) for name in names}
    return {"id": unit.pk, **fields, "kind_name": unit.get_kind_display(), "successor": unit.successor_id}


# --- rows of the table ------------------------------------------------------------------------------------------------


@reads("/tasks", schemas.Tasks, "分解表中的任务", url_name="tasks")
def tasks(request, query: Query[schemas.TaskQuery]):
    """Return the rows of one plan in order, with counts of the duties that the owner may see."""
    only(request, query)
    scope = scope_of(request, query)
    found = cut(scope, TasksFilter, _rows(scope.user, scope.as_of).filter(plan=scope.plan))
    rows, place = paged(found.as_printed(), query)
    return {**place, **_head(scope), "results": _tasks(list(rows), scope.duties())}


@reads("/tasks/{int:pk}", schemas.TaskDetail, "一项任务", url_name="task")
def task(request, pk: int, query: Query[schemas.Day]):
    """Return one row as of a day."""
    only(request, query)
    as_of = read_as_of(query.as_of)
    row = get_object_or_404(_rows(request.user, as_of), pk=pk)
    scope = scope_of_one(request, row.plan)
    return {**_tasks([row], scope.duties())[0], "as_of": as_of}


def _rows(user, as_of):
    """Return rows of issued plans with the duties owed on a day; drafts are not visible here."""
    owed = Assignment.objects.owed(as_of).order_by("unit__order", "pk")
    rows = Task.objects.visible_to(user).standing().filter(plan__in=Plan.objects.issued())
    rows = rows.select_related("section__part", "plan").with_supplements()
    return rows.prefetch_related("designations", Prefetch("assignments", queryset=owed, to_attr="owed"))


def _tasks(rows, duties):
    counts = duties.filter(task__in=[row.pk for row in rows]).lights_by_task()
    return [_task(row, counts.get(row.pk, figures.NOTHING)) for row in rows]


def _task(row, counts):
    section = row.section
    return {
        "id": row.pk,
        "plan": row.plan_id,
        "number": row.number,
        "part": {"id": section.part_id, "heading": section.part.heading},
        "section": {"id": section.pk, "heading": section.heading},
        "requirement": row.requirement,
        "deadline": {"words": row.deadline_in_words, "due_on": row.due_on, "recurrence": row.recurrence},
        "lead": _cell(row, DutyRole.LEAD),
        "responsible": _cell(row, DutyRole.RESPONSIBLE),
        "supplements": [_supplement(amendment) for amendment in row.by_supplements],
        "counts": counts,
        "demo": row.plan.has_demo_activity,
    }


def _cell(row, role):
    return {
        "as_written": [entry.text for entry in row.designated(role)],
        "units": [duty.unit_id for duty in row.owed if duty.role == role],
    }


def _supplement(amendment):
    notice = amendment.supplement
    effect = "added" if amendment.adds_row else "changed"
    return {"number": notice.document_number, "dated_on": notice.dated_on, "effect": effect}


def _head(scope):
    return {"plan": scope.plan.pk, "as_of": scope.as_of, "demo": scope.plan.has_demo_activity}


# --- duties -----------------------------------------------------------------------------------------------------------


@reads("/assignments", schemas.Assignments, "令牌所有人可查看的承办事项", url_name="assignments")
def assignments(request, query: Query[schemas.AssignmentQuery]):
    """Return the duties of one plan in order, as of a day."""
    only(request, query)
    scope = scope_of(request, query)
    duties = scope.duties()
    row = read_id(query.task, "任务")
    if row is not None:
        duties = duties.filter(task=get_object_or_404(Task, plan=scope.plan, pk=row))
    found = cut(scope, AssignmentsFilter, duties).select_related("task", "unit", "plan")
    rows, place = paged(found.order_by("task__number", "unit__order", "pk"), query)
    return {**place, **_head(scope), "results": [_duty(duty) for duty in rows]}


@reads("/assignments/{int:pk}", schemas.AssignmentDetail, "一件承办事项及其已报送的报告", url_name="assignment")
def assignment(request, pk: int, query: Query[schemas.Day]):
    """Return one duty and its reports submitted by the end of a day."""
    only(request, query)
    as_of = read_as_of(query.as_of)
    seen = Assignment.objects.visible_to(request.user).with_light(as_of).select_related("task", "unit", "plan")
    duty = get_object_or_404(seen, pk=pk)
    scope_of_one(request, duty.plan)
    if duty.owed_from > as_of:
        raise Http404
    reports = ProgressReport.objects.filter(assignment=duty).counted().submitted_by(as_of)
    return {
        **_duty(duty),
        "as_of": as_of,
        "counted": Assignment.objects.owed(as_of).filter(pk=duty.pk).exists(),
        "reports": [_report(report) for report in reports.order_by("submitted_at", "pk")],
    }


def _duty(duty):
    return {
        "id": duty.pk,
        "plan": duty.plan_id,
        "unit": {"id": duty.unit_id, "name": duty.unit.name},
        "task": {"id": duty.task_id, "number": duty.task.number, "requirement": duty.task.requirement},
        "role": duty.role,
        "due_on": duty.due_on,
        "first_due_on": duty.first_due_on,
        "status": duty.status,
        "light": duty.light,
        "is_late": duty.is_late,
        "days_left": duty.days_left,
        "demo": duty.plan.has_demo_activity,
    }


def _report(report):
    return {
        "id": report.pk,
        "submitted_on": report.submitted_on,
        "state": report.state,
        "claims_completion": report.claims_completion,
        "reviewed_on": timezone.localdate(report.reviewed_at) if report.reviewed_at else None,
    }


# --- unknown paths ----------------------------------------------------------------------------------------------------


@api.api_operation(READING, "/{path:rest}", include_in_schema=False, url_name="elsewhere")
def elsewhere(request, rest: str):
    """Raise `Http404` for unknown paths, so that the answer is JSON."""
    raise Http404
