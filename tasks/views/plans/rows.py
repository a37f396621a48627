"""Pages of the rows of a draft plan."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render

from tasks.choices import PlanState
from tasks.forms.plans.drafts import JustSeenForm, MoveForm, RowForm, SplitForm, with_reading
from tasks.models import Plan, Section, Task
from tasks.services.plans import draft_rows
from tasks.services.plans.drafting import DOWN, UP, place_of, seen_task
from wenshang_disclosure.core.web.numbers import read_number

from .headings import to_plan
from .plans import for_the_office, require_draft

GONE = "该项任务已被别人删除，没有保存。您填写的内容仍在下面，再次保存将作为新任务写入。"


def _read_form(request, plan, task=None):
    """Return the bound form; the reading of the deadline is applied or ignored where the user chose so."""
    action = request.POST.get("action")
    data = with_reading(request.POST, plan.year) if action == "take" else request.POST
    return RowForm(data, plan=plan, task=task, offers=action not in ("take", "keep"))


@for_the_office
def add_row(request, pk):
    """Add a row at the end of a section."""
    plan = get_object_or_404(Plan, pk=pk)
    if request.method != "POST":
        require_draft(plan)
        form = RowForm(plan=plan, initial={"section": read_number(request.GET.get("section"))})
        return _page(request, form, plan)
    form = _read_form(request, plan)
    if not form.carry_out(draft_rows.add, plan, by=request.user):
        return _page(request, form, plan, status=form.status)
    task = form.outcome
    messages.success(request, f"已新增第{task.number}项任务。")
    if "next" in request.POST:
        return redirect(f"{request.path}?section={task.section_id}")
    return to_plan(plan, f"row-{task.pk}")


@for_the_office
def edit_row(request, pk):
    """Show one row, or change, move or delete it."""
    task = Task.objects.with_designations().filter(pk=pk).first()
    if task is None:
        return _gone(request)
    if request.method != "POST":
        require_draft(task.plan)
        return _page(request, RowForm(plan=task.plan, task=task), task.plan, task)
    act = {UP: _move, DOWN: _move, "delete": _delete}.get(request.POST.get("action"), _change)
    return act(request, task)


def _change(request, task):
    form = _read_form(request, task.plan, task)
    if not form.carry_out(draft_rows.change, task, by=request.user):
        return _page(request, form, task.plan, task, form.status)
    messages.success(request, f"第{form.outcome.number}项任务已保存。")
    following = task.plan.tasks.filter(number__gt=form.outcome.number).order_by("number").first()
    if "next" in request.POST and following:
        return redirect("tasks:edit-row", pk=following.pk)
    return to_plan(task.plan, f"row-{task.pk}")


def _move(request, task):
    form = MoveForm(request.POST)
    if form.carry_out(draft_rows.move, task, by=request.user, direction=request.POST["action"]):
        return to_plan(task.plan, f"row-{task.pk}")
    return _refused(request, task, form)


def _delete(request, task):
    form = JustSeenForm(request.POST)
    if form.carry_out(draft_rows.delete, task, by=request.user):
        messages.success(request, f"已删除原第{task.number}项任务。")
        return to_plan(task.plan, f"section-{task.section_id}")
    return _refused(request, task, form)


def _refused(request, task, refused):
    """Render the row with the reason why it was not moved or deleted."""
    task = Task.objects.with_designations().filter(pk=task.pk).first() or task
    form = RowForm(plan=task.plan, task=task)
    return _page(request, form, task.plan, task, refused.status, refused=refused)


def _gone(request):
    """Render the posted values of a row that was deleted meanwhile, to be saved as a new row."""
    drafts = Section.objects.filter(part__plan__state=PlanState.DRAFT).select_related("part__plan")
    section = drafts.filter(pk=read_number(request.POST.get("section"))).first()
    if section is None:
        raise Http404
    form = RowForm(request.POST, plan=section.part.plan)
    form.add_error(None, GONE)
    return _page(request, form, section.part.plan, status=409)


def _page(request, form, plan, task=None, status=200, refused=None):
    """Render the form; after a conflict beside the current row, so that the next attempt is based on it."""
    if task is not None:
        task = Task.objects.with_designations().filter(pk=task.pk).first() or task
        form.seen_anew(seen_task(task))
    context = {
        "form": form,
        "plan": plan,
        "task": task,
        "refused": refused,
        "stands": task is not None and form.status == 409,
        "place": task and place_of(task),
        "version": task and seen_task(task),
    }
    return render(request, "tasks/plans/row.html", context, status=status)


@for_the_office
def split_row(request, pk):
    """Split a row in two."""
    task = get_object_or_404(Task.objects.with_designations(), pk=pk)
    if request.method != "POST":
        require_draft(task.plan)
        form = SplitForm(initial={"first": task.requirement})
    else:
        form = SplitForm(request.POST)
        if form.carry_out(draft_rows.split, task, by=request.user):
            messages.success(request, f"已拆分为第{form.outcome.number - 1}项和第{form.outcome.number}项。")
            return to_plan(task.plan, f"row-{task.pk}")
    task = get_object_or_404(Task.objects.with_designations(), pk=pk)
    form.seen_anew(seen_task(task))
    context = {"form": form, "task": task, "plan": task.plan, "stands": form.status == 409}
    return render(request, "tasks/plans/split.html", context, status=form.status)
