"""Pages of supplements (补充通知): drawing one up, what it does to the plan, and its issue."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from tasks.forms.plans.drafts import JustSeenForm, with_reading
from tasks.forms.plans.supplements import (
    ChangeRowsForm,
    IssueSupplementForm,
    LeaveRowsForm,
    RemoveRowsForm,
    SupplementForm,
    SupplementRowForm,
)
from tasks.models import Plan, Supplement
from tasks.services.plans import supplement_changes, supplement_issuing, supplements
from tasks.services.plans.drafting import seen_task
from tasks.views.progress.evidence import as_attachment
from wenshang_disclosure.core.web.errors import Conflict, may

from .plans import for_the_office, with_empty_headings
from .tasks import as_on_paper


def _visible(request):
    return Supplement.objects.visible_to(request.user).select_related("plan", "table", "file", "issued_by")


def _draft(request, pk):
    """Return a draft. Raises `Conflict` on a page that is shown, where it was issued meanwhile."""
    supplement = get_object_or_404(_visible(request), pk=pk)
    if not supplement.is_draft and request.method != "POST":
        raise Conflict(f"这份补充通知{supplement.get_state_display()}，不能再修改。")
    return supplement


@for_the_office
@require_POST
def new(request, pk):
    """Begin a supplement to an issued plan."""
    plan = get_object_or_404(Plan.objects.issued(), pk=pk)
    supplement = supplements.begin(plan, by=request.user)
    messages.success(request, "已新建补充通知的拟制稿，可以随时离开，回来接着拟。印发以前，各单位看不到。")
    return redirect("tasks:supplement", pk=supplement.pk)


@login_required
@require_safe
def detail(request, pk):
    """Show what a supplement does: to the office a draft with what is to be done next, to everybody an issued one."""
    supplement = get_object_or_404(_visible(request), pk=pk)
    return _detail(request, supplement)


def _detail(request, supplement, status=200):
    manages = may(request.user, "tasks.manage_plan")
    drafts = manages and supplement.is_draft
    context = {
        "supplement": supplement,
        "base": supplement.plan,
        "manages": manages,
        "drafts": drafts,
        "faults": supplement_issuing.faults(supplement) if drafts else [],
        **_content(supplement),
    }
    return render(request, "tasks/plans/supplements/detail.html", context, status=status)


def _content(supplement):
    rows = list(supplements.added_rows(supplement))
    changes = list(supplement.changes.select_related("task__section").order_by("task__number"))
    present = _present([change.task_id for change in changes], supplement.plan)
    for change in changes:
        row = present[change.task_id]
        before = change.before or supplement_changes.content_of(row)
        change.differences = [] if change.removes else supplement_changes.in_words(before, change.written)
        change.is_stale = supplement.is_draft and (row.removed_by_id or seen_task(row) != change.seen)
    return {
        "plan": supplement.table or supplement.plan,
        "is_draft": supplement.is_draft,
        "parts": [
            (part, [(section, of_section) for section, of_section in sections if of_section])
            for part, sections in _parts(supplement, rows)
            if any(of_section for _, of_section in sections)
        ],
        "row_count": len(rows),
        "changed": [change for change in changes if not change.removes],
        "removed": [change for change in changes if change.removes],
    }


def _parts(supplement, rows):
    if supplement.table_id:
        return with_empty_headings(supplement.table, rows)
    found = []
    for part, lines in as_on_paper(rows, {}):
        sections = {}
        for line in lines:
            sections.setdefault(line["section"], []).append(line)
        found.append((part, list(sections.items())))
    return found


def _present(tasks, plan):
    return {row.pk: row for row in plan.tasks.with_designations().filter(pk__in=tasks)}


@for_the_office
def about(request, pk):
    """Edit title, number, date and file of a draft."""
    supplement = _draft(request, pk)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = SupplementForm(*sent, supplement=supplement)
    if sent and form.carry_out(supplements.describe, supplement, by=request.user):
        messages.success(request, "基本信息已保存。")
        return redirect("tasks:supplement", pk=pk)
    return _form_page(request, "about", form, supplement)


def _form_page(request, template, form, supplement, **context):
    """Render a form on a draft, with the mark of how it stands now."""
    current = Supplement.objects.select_related("plan", "table").filter(pk=supplement.pk).first()
    if current is None:
        raise Http404
    form.seen_anew(f"{current.version}")
    context = {"supplement": current, "base": current.plan, "form": form, **context}
    return render(request, f"tasks/plans/supplements/{template}.html", context, status=form.status)


@for_the_office
def rows(request, pk):
    """Choose rows of the plan, and change them all in the same way or take them out."""
    supplement = _draft(request, pk)
    removing = request.POST.get("action") == "remove"
    posted = request.POST if request.method == "POST" else None
    change = ChangeRowsForm(None if removing else posted, plan=supplement.plan)
    remove = RemoveRowsForm(posted if removing else None, plan=supplement.plan)
    form, act = (remove, supplements.take_out) if removing else (change, supplements.change_rows)
    if posted is not None and form.carry_out(act, supplement, by=request.user):
        words = "项任务列入取消" if removing else "项任务列入调整"
        messages.success(request, f"已将{form.outcome}{words}，印发以后生效。")
        return redirect("tasks:supplement", pk=pk)
    tasks = supplement.plan.tasks.standing().with_designations().as_printed()
    parts = as_on_paper(list(tasks), {})
    drawn_up = {each.task_id: each for each in supplement.changes.all()}
    for line in (line for _, lines in parts for line in lines):
        line["drawn_up"] = drawn_up.get(line["task"].pk)
    other = change if removing else remove
    other.seen_anew(f"{supplement.version}")
    context = {
        "parts": parts,
        "change": change,
        "remove": remove,
        "chosen": set(request.POST.getlist("tasks")) or set(request.GET.getlist("task")),
    }
    return _form_page(request, "rows", form, supplement, **context)


@for_the_office
def row(request, pk, task):
    """Edit what one row of the plan is to become."""
    supplement = _draft(request, pk)
    task = get_object_or_404(supplement.plan.tasks.standing().with_designations(), pk=task)
    change = supplement.changes.filter(task=task, removes=False).first()
    action = request.POST.get("action")
    data = request.POST if request.method == "POST" else None
    if action == "take":
        data = with_reading(data, supplement.plan.year)
    form = SupplementRowForm(
        data, plan=supplement.plan, task=task, initial=_drawn(change), offers=action not in ("take", "keep")
    )
    if request.method == "POST" and form.carry_out(supplements.change_row, supplement, task, by=request.user):
        messages.success(request, f"第{task.number}项任务的调整已保存，印发以后生效。")
        return redirect("tasks:supplement", pk=pk)
    return _form_page(request, "row", form, supplement, task=task, plan=supplement.plan)


def _drawn(change):
    if change is None:
        return {}
    cells = {role: "\n".join(change.written[role]) for role in ("lead", "responsible")}
    return {**change.written, **cells, "reason": change.reason}


@for_the_office
@require_POST
def leave(request, pk):
    """Drop changes from a draft: the rows stay as they are."""
    supplement = _draft(request, pk)
    form = LeaveRowsForm(request.POST, supplement=supplement)
    if form.carry_out(supplements.leave_rows, supplement, by=request.user):
        messages.success(request, f"已移出{form.outcome}项，这些任务保持现状。")
    else:
        messages.warning(request, " ".join(error for errors in form.errors.values() for error in errors))
    return redirect("tasks:supplement", pk=pk)


@for_the_office
def issue(request, pk):
    """Show who will owe what, or issue the supplement."""
    supplement = get_object_or_404(_visible(request), pk=pk)
    if not supplement.is_draft and request.method != "POST":
        return redirect("tasks:supplement", pk=pk)
    form = IssueSupplementForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.carry_out(supplement_issuing.issue, supplement, by=request.user):
        messages.success(request, f"补充通知{supplement}已印发，自今天起生效，并已通知所涉及的单位。")
        return redirect("tasks:supplement", pk=pk)
    supplement = get_object_or_404(_visible(request), pk=pk)
    faults = supplement_issuing.faults(supplement) if supplement.is_draft else []
    prospect = None
    if supplement.is_draft and not faults:
        prospect = supplement_issuing.prospect(supplement, by=request.user)
        form.seen_anew(prospect.mark)
    context = {
        "supplement": supplement,
        "base": supplement.plan,
        "form": form,
        "faults": faults,
        "prospect": prospect,
    }
    return render(request, "tasks/plans/supplements/issue.html", context, status=form.status)


@for_the_office
@require_POST
def delete(request, pk):
    """Delete a draft with everything in it."""
    supplement = get_object_or_404(_visible(request), pk=pk)
    form, plan = JustSeenForm(request.POST), supplement.plan_id
    if form.carry_out(supplements.discard, supplement, by=request.user):
        messages.success(request, "已删除补充通知的拟制稿。")
        return redirect("tasks:plan", pk=plan)
    messages.warning(request, " ".join(error for errors in form.errors.values() for error in errors))
    return redirect("tasks:supplement", pk=pk)


@login_required
@require_safe
def file(request, pk):
    """Download the file of the notice."""
    supplement = get_object_or_404(_visible(request).filter(file__isnull=False), pk=pk)
    return as_attachment(supplement.file, supplement.file_name)
