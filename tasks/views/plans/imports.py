"""Pages of an import: upload, open questions, preview, and writing the draft plan."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.services.resolve import NameRegistry
from tasks.choices import ImportState
from tasks.forms.plans.answers import AnswersForm
from tasks.forms.plans.imports import ColumnsForm, UploadForm
from tasks.imports.meaning import columns
from tasks.imports.reading.child import read_limited
from tasks.imports.reading.source import Source
from tasks.models import KnownAnswer, KnownHeadings, Plan, PlanImport, Supplement
from tasks.services.plans import imports, updates
from wenshang_disclosure.core.web.errors import Refused, require
from wenshang_disclosure.core.web.numbers import read_number
from wenshang_disclosure.core.web.pages import page_of

ROWS_PER_PAGE = 100
OPEN_IMPORTS_SHOWN = 20


def _managed_import(request, pk):
    """Return the import; only for users who manage plans."""
    require(request.user, "tasks.manage_plan")
    return get_object_or_404(PlanImport.objects.select_related("target", "plan", "uploaded_by", "file"), pk=pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def start(request):
    """Show the form for a file with the unfinished imports, or receive the file."""
    require(request.user, "tasks.manage_plan")
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = UploadForm(*sent, initial=_asked(request))
    if sent and form.carry_out(imports.receive, by=request.user):
        return redirect("tasks:import-file", pk=form.outcome.pk)
    waiting = PlanImport.objects.open().select_related("uploaded_by", "target").defer("source", "answers")
    return render(
        request,
        "tasks/plans/imports/start.html",
        {"form": form, "waiting": waiting[:OPEN_IMPORTS_SHOWN], "supplement": _supplement_asked(request)},
        status=form.status,
    )


def _asked(request):
    """Return the draft that the address asks to import into, and its year."""
    target = Plan.objects.filter(pk=read_number(request.GET.get("target"), 0)).first()
    return {"target": target.pk, "year": target.year} if target else {}


def _supplement_asked(request):
    """Return the draft of a supplement that the address asks to read rows for, `None` where it is another table."""
    return Supplement.objects.filter(table=read_number(request.GET.get("target"), 0)).first()


@login_required
@require_safe
def detail(request, pk):
    """Show the import by its state: being read, unreadable, with open questions, or taken over."""
    plan_import = _managed_import(request, pk)
    if plan_import.state == ImportState.READ:
        return _working(request, plan_import)
    if plan_import.state == ImportState.TAKEN:
        return redirect("tasks:plan", pk=plan_import.plan_id) if plan_import.plan_id else redirect("tasks:plans")
    return render(request, "tasks/plans/imports/reading.html", {"plan_import": plan_import})


@login_required
@require_POST
def read(request, pk):
    """Read the file; requested by the page when it is shown, while a fragment polls the progress."""
    plan_import = _managed_import(request, pk)
    read_now = imports.read_file(plan_import, read_limited)
    if request.htmx and not read_now:
        return HttpResponse(status=204)  # another process reads it: the page keeps polling the progress
    return _to(request, "tasks:import-file", pk)


def _to(request, name, pk):
    if not request.htmx:
        return redirect(name, pk=pk)
    return HttpResponse(status=204, headers={"HX-Redirect": reverse(name, args=[pk])})


@login_required
@require_safe
def progress(request, pk):
    """Return a fragment with the progress of the reading, which polls until it is finished."""
    plan_import = _managed_import(request, pk)
    if plan_import.state != ImportState.RECEIVED and request.htmx:
        return _to(request, "tasks:import-file", pk)
    context = {"plan_import": plan_import, "cut_off": imports.was_cut_off(plan_import)}
    return render(request, "tasks/plans/imports/_progress.html", context)


class ImportSummary:
    """What the page of an import shows, computed once."""

    def __init__(self, plan_import):
        """Derive the proposal, and the changes in the target."""
        self.plan_import = plan_import
        self.proposal = imports.propose(plan_import)
        self.questions = len(self.proposal.questions)
        self.columns_first = any(question.kind == "columns" for question in self.proposal.questions)
        self.ready = not self.questions and bool(self.proposal.taken)

    def changes(self):
        """Return the `Changes` of the target, `None` for a new plan."""
        target = self.plan_import.target
        return updates.changes(target, self.proposal.as_plan_data()) if target else None

    def names_to_register(self):
        """Return the numbers of `(aliases, units, collectives)` that the answers add to the register."""
        said = [
            answer for name, answer in self.plan_import.answers.get("names", {}).items() if name in self.proposal.names
        ]
        starts = ("unit:", "collective:"), ("new-unit:",), ("new-collective:",)
        return [sum(answer.startswith(start) for answer in said) for start in starts]


def _working(request, plan_import, form=None, error=None, columns_form=None):
    current = ImportSummary(plan_import)
    source = Source.from_data(plan_import.source)
    form = form or AnswersForm(proposal=current.proposal, given=plan_import.answers)
    page = page_of(request, current.proposal.rows, ROWS_PER_PAGE)
    context = {
        "plan_import": plan_import,
        "current": current,
        "proposal": current.proposal,
        "form": form,
        "error": error,
        "columns_forms": columns_form or _columns_forms(plan_import, current, source),
        "page": page,
        "rows": _beside(page.object_list, source, plan_import.answers),
        "changes": current.changes() if current.ready else None,
    }
    status = error.status if error else 422 if form.errors or columns_form else page.status
    return render(request, "tasks/plans/imports/working.html", context, status=status)


def _columns_forms(plan_import, current, source, data=None, bound=None):
    """Return `[(grid index, form, the open question about it or None)]` of the tables of the file."""
    headers = dict(current.proposal.headers)
    asked = [q for q in (*current.proposal.questions, *current.proposal.answered) if q.kind in ("columns", "grid")]
    open_keys = {question.key: question for question in asked if question.kind == "columns"}
    unread = {question.key for question in asked if question.kind == "grid"}
    forms = []
    for index, grid in enumerate(source.grids):
        header = headers.get(index)
        if header is None and grid.hidden or _is_not_asked(index, header, open_keys, unread, headers):
            continue
        header = header or columns.first_guess(grid)
        form = ColumnsForm(data if bound == index else None, grid=grid, header=header, prefix=f"grid{index}")
        forms.append((index, form, open_keys.get(str(index))))
    return forms


def _is_not_asked(index, header, open_keys, unread, headers):
    """Return whether a table has no form: it goes on with the one before, or holds nothing of the plan."""
    if str(index) in open_keys or str(index) in unread:
        return False
    return header.first < 0 if header is not None else bool(headers)


def _beside(rows, source, answers):
    """Return each row with its cells in the file, and its names as resolved."""
    names, said = NameRegistry(), answers.get("names", {})
    cells = {
        f"{index}:{row.number}": list(dict.fromkeys(text for text in row.cells if text))
        for index, grid in enumerate(source.grids)
        for row in grid.rows
    }
    return [
        {
            "row": row,
            "file": cells.get(row.key, [row.requirement]),
            "lead": [(name, _meant(name, names, said)) for name in row.lead],
            "responsible": [(name, _meant(name, names, said)) for name in row.responsible],
        }
        for row in rows
    ]


def _meant(name, names, said):
    """Return the meaning of a name where it differs: "" for the name itself, `None` where it is not known yet."""
    if names.knows(name):
        unit, collective = names.resolve(name)
        meant = unit or collective
        return "" if meant.name == name else meant.name
    what, _, value = said.get(name, "").partition(":")
    if what in ("unit", "collective"):
        known = names.units if what == "unit" else names.collectives
        return next((each.name for each in known.values() if str(each.pk) == value), None)
    return {"new-unit": "新单位", "new-collective": "新统称"}.get(what)


@login_required
@require_POST
def answer(request, pk):
    """Save answers: those of the whole form, or by htmx single ones as they are chosen."""
    plan_import = _managed_import(request, pk)
    if plan_import.state != ImportState.READ:
        return _to(request, "tasks:import-file", pk)
    proposal = imports.propose(plan_import)
    form = AnswersForm(request.POST, proposal=proposal, given=plan_import.answers)
    valid = form.is_valid()
    given = form.answers()
    _fill_proposed(request, proposal, given)
    try:
        plan_import = imports.answer(plan_import, by=request.user, version=None, **given)
    except Refused as refusal:
        return _working(request, _managed_import(request, pk), error=refusal)
    if request.htmx:
        context = {"plan_import": plan_import, "current": ImportSummary(plan_import), "saved": True}
        return render(request, "tasks/plans/imports/_state.html", context)
    if not valid:
        return _working(request, plan_import, form=form)
    messages.success(request, "答复已保存。")
    return redirect("tasks:import-file", pk=pk)


def _fill_proposed(request, proposal, given):
    """Answer every open name that resembles no known one by its proposed kind, where the user chose so."""
    if "all_new" not in request.POST:
        return
    for question in proposal.questions:
        is_name = question.kind == "name" and question.proposed and not question.likely
        if is_name and not given["names"].get(question.key):
            given["names"][question.key] = question.proposed


@login_required
@require_POST
def rows(request, pk):
    """Save which of the rows on the page are taken, and which of the proposed counts."""
    plan_import = _managed_import(request, pk)
    if plan_import.state != ImportState.READ:
        return _to(request, "tasks:import-file", pk)
    shown, kept, counted = (set(request.POST.getlist(name)) for name in ("shown", "kept", "counted"))
    proposal = imports.propose(plan_import)
    shown &= {row.key for row in proposal.rows}
    left_out = (set(plan_import.answers.get("left_out", [])) - shown) | (shown - kept)
    offered = {row.key for row in proposal.rows if row.offered_count} & shown
    counts = {key: None if key in counted else False for key in offered}
    plan_import = imports.answer(plan_import, by=request.user, version=None, left_out=sorted(left_out), counts=counts)
    if request.htmx:
        context = {"plan_import": plan_import, "current": ImportSummary(plan_import), "saved": True}
        return render(request, "tasks/plans/imports/_state.html", context)
    return redirect(f"{reverse('tasks:import-file', args=[pk])}?page={request.POST.get('page', 1)}#preview")


@login_required
@require_POST
def name_columns(request, pk, grid):
    """Assign the columns of one table of the file."""
    plan_import = _managed_import(request, pk)
    if plan_import.state != ImportState.READ:
        return _to(request, "tasks:import-file", pk)
    source, current = Source.from_data(plan_import.source), ImportSummary(plan_import)
    forms = _columns_forms(plan_import, current, source, request.POST, grid)
    form = next((form for index, form, _ in forms if index == grid), None)
    if form is None:
        return redirect("tasks:import-file", pk=pk)
    if not form.is_valid():
        return _working(request, plan_import, columns_form=forms)
    row = form.cleaned_data["row"]
    imports.name_columns(
        plan_import,
        by=request.user,
        version=None,
        grid=grid,
        row=row,
        fields=form.said(),
        signature=columns.signature(source.grids[grid].rows[row].cells) if row >= 0 else "",
    )
    messages.success(request, "已按所指的列读取，并记住了这种表头。")
    return redirect("tasks:import-file", pk=pk)


@login_required
@require_POST
def take(request, pk):
    """Write the rows into the plan."""
    plan_import = _managed_import(request, pk)
    try:
        plan = imports.take(
            plan_import,
            by=request.user,
            version=read_number(request.POST.get("version"), -1),
            remove_missing="remove_missing" in request.POST,
        )
    except Refused as refusal:
        if plan_import.state != ImportState.READ:
            messages.error(request, str(refusal))
            return redirect("tasks:import-file", pk=pk)
        return _working(request, _managed_import(request, pk), error=refusal)
    messages.success(request, f"已写入拟制稿，共{plan.tasks.count()}项任务。印发前可以逐项修改。")
    return redirect("tasks:plan", pk=plan.pk)


@login_required
@require_POST
def discard(request, pk):
    """Delete the import."""
    plan_import = _managed_import(request, pk)
    try:
        imports.discard(plan_import, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"已放弃导入“{plan_import.file_name}”。")
    return redirect("tasks:import")


@login_required
@require_safe
def learnt(request):
    """Show what earlier imports taught the reader: columns, cells of units, deadlines."""
    require(request.user, "tasks.manage_plan")
    context = {
        "headings": KnownHeadings.objects.select_related("said_by"),
        "answers": KnownAnswer.objects.select_related("said_by"),
    }
    return render(request, "tasks/plans/imports/learnt.html", context)


@login_required
@require_POST
def forget(request, pk):
    """Delete one of them."""
    require(request.user, "tasks.manage_plan")
    model = KnownHeadings if request.POST.get("kind") == "headings" else KnownAnswer
    imports.forget(get_object_or_404(model, pk=pk), by=request.user)
    messages.success(request, "已删除，以后遇到会重新询问。")
    return redirect("tasks:import-learnt")
