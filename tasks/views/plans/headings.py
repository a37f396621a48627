"""Pages of the parts and sections of a draft plan."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from tasks.forms.plans.drafts import DeleteForm, JustSeenForm, PartForm, SectionForm
from tasks.models import Part, Plan, Section, Task
from tasks.services.plans import draft_headings
from tasks.services.plans.drafting import DOWN, UP, seen_part, seen_section

from .plans import for_the_office, require_draft

MESSAGES = {"save": "标题已保存。", UP: "已上移。", DOWN: "已下移。", "delete": "已删除。"}


@dataclass(frozen=True)
class Level:
    """The differences between parts and sections."""

    label: str
    anchor: str
    form_class: type
    fields: tuple
    seen: Callable
    rename: Callable
    move: Callable
    delete: Callable
    contains: str


PART = Level(
    "部分",
    "part",
    PartForm,
    ("heading", "kind"),
    seen_part,
    draft_headings.rename_part,
    draft_headings.move_part,
    draft_headings.delete_part,
    "section__part",
)
SECTION = Level(
    "工作任务",
    "section",
    SectionForm,
    ("heading",),
    seen_section,
    draft_headings.rename_section,
    draft_headings.move_section,
    draft_headings.delete_section,
    "section",
)


def to_plan(plan, anchor):
    """Redirect to the plan's page at the given anchor."""
    return redirect(f"{reverse('tasks:plan', args=[plan.pk])}#{anchor}")


@for_the_office
def add_part(request, pk):
    """Add a part at the end of the plan."""
    plan = get_object_or_404(Plan, pk=pk)
    return _add(request, plan, PART, draft_headings.add_part, plan)


@for_the_office
def add_section(request, pk):
    """Add a section at the end of a part."""
    part = get_object_or_404(Part.objects.select_related("plan"), pk=pk)
    return _add(request, part.plan, SECTION, draft_headings.add_section, part)


def _add(request, plan, level, service, to):
    form = level.form_class(request.POST if request.method == "POST" else None, is_new=True)
    if request.method != "POST":
        require_draft(plan)
    elif form.carry_out(service, to, by=request.user):
        messages.success(request, f"已新增{level.label}。")
        return to_plan(plan, f"{level.anchor}-{form.outcome.pk}")
    context = {"form": form, "plan": plan, "level": level, "into": to if to != plan else None}
    return render(request, "tasks/plans/heading.html", context, status=form.status)


@for_the_office
def edit_part(request, pk):
    """Rename, move or delete a part."""
    part = get_object_or_404(Part.objects.select_related("plan"), pk=pk)
    return _edit(request, part, part.plan, PART)


@for_the_office
def edit_section(request, pk):
    """Rename, move or delete a section."""
    section = get_object_or_404(Section.objects.select_related("part__plan"), pk=pk)
    return _edit(request, section, section.part.plan, SECTION)


def _edit(request, heading, plan, level):
    if request.method != "POST":
        require_draft(plan)
        return _page(request, heading, plan, level, {})
    action = request.POST.get("action", "save")
    form, service, also = _action_form(request, level, action)
    if form.carry_out(service, heading, by=request.user, **also):
        messages.success(request, MESSAGES.get(action, MESSAGES["save"]))
        return to_plan(plan, "table" if action == "delete" else f"{level.anchor}-{heading.pk}")
    return _page(request, heading, plan, level, {action: form}, form.status)


def _action_form(request, level, action):
    """Return `(form, service, further arguments of the service)` of the posted action."""
    if action in (UP, DOWN):
        return JustSeenForm(request.POST), level.move, {"direction": action}
    if action == "delete":
        return DeleteForm(request.POST), level.delete, {}
    return level.form_class(request.POST), level.rename, {}


def _page(request, heading, plan, level, bound, status=200):
    """Render the current heading, with the posted text where there is any."""
    stands = type(heading).objects.filter(pk=heading.pk).first() or heading
    rows = Task.objects.filter(**{level.contains: stands.pk}).count()
    form = bound.get("save") or level.form_class(initial={name: getattr(stands, name) for name in level.fields})
    delete_form = bound.get("delete") or DeleteForm()
    for each in (form, delete_form):
        each.seen_anew(level.seen(stands))
    if delete_form.is_bound:
        delete_form.data["rows"] = rows
    delete_form.initial["rows"] = rows
    move_form = bound.get(UP) or bound.get(DOWN)
    context = {
        "plan": plan,
        "level": level,
        "heading": stands,
        "form": form,
        "delete_form": delete_form,
        "move_form": move_form,
        "version": level.seen(stands),
        "row_count": rows,
        "stands": status == 409,
    }
    return render(request, "tasks/plans/heading.html", context, status=status)
