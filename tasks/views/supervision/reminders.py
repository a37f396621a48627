"""Pages of reminders sent by hand (催办), with what was seen and answered."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Exists, OuterRef, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from departments.choices import BELONGS_TO_A_UNIT
from tasks.models import Assignment, Reminder, ReminderItem
from tasks.scope import Scope
from tasks.services.supervision import reminders
from wenshang_disclosure.core.web.pages import page_of

ROWS_PER_PAGE = 50


@login_required
@require_safe
def listing(request):
    """List the reminders that the user may see, latest first.

    `?unseen` only those with unseen duties, `?unseen=own` with duties that the own unit has not seen.
    """
    scope = Scope.of_all_years(request)
    allowed = ReminderItem.objects.visible_to(request.user)
    shown = Reminder.objects.visible_to(request.user).filter(plan__in=scope.plans)
    shown = shown.select_related("by__unit", "from_unit", "plan")
    only_unseen = "unseen" in request.GET
    if only_unseen:
        own = request.GET["unseen"] == "own"
        unseen = ReminderItem.objects.unseen_by(request.user) if own else allowed.filter(seen_at__isnull=True)
        shown = shown.filter(Exists(unseen.filter(reminder=OuterRef("pk"))))
    page = page_of(request, shown, ROWS_PER_PAGE)
    context = {**scope.context(), "page": page, "sums": _sums(allowed, page), "only_unseen": only_unseen}
    return render(request, "tasks/supervision/reminders/list.html", context, status=page.status)


def _sums(items, page):
    """Return `{reminder id: figures}` of one page: duties, seen and answered ones, as far as the user may see them."""
    items = items.filter(reminder__in=[reminder.pk for reminder in page]).order_by()
    sums = items.values("reminder").annotate(
        duties=Count("pk"),
        units=Count("assignment__unit", distinct=True),
        seen=Count("pk", filter=Q(seen_at__isnull=False)),
    )
    sums = {row["reminder"]: row for row in sums}
    for reminder, unanswered in items.unanswered().values_list("reminder").annotate(n=Count("pk")):
        sums[reminder]["unanswered"] = unanswered
    return sums


@login_required
@require_safe
def detail(request, pk):
    """Show one reminder with the duties that the user may see."""
    reminder = get_object_or_404(
        Reminder.objects.visible_to(request.user).select_related("by__unit", "from_unit", "plan"), pk=pk
    )
    items = ReminderItem.objects.visible_to(request.user).filter(reminder=reminder).with_state()
    items = list(
        items.select_related("assignment__task", "assignment__unit", "seen_by").order_by(
            "assignment__unit__order", "assignment__task__number", "pk"
        )
    )
    lit = Assignment.objects.filter(pk__in=[item.assignment_id for item in items]).with_light()
    duties = {duty.pk: duty for duty in lit}
    opens = set(Assignment.objects.visible_to(request.user).filter(pk__in=duties).values_list("pk", flat=True))
    context = {
        "reminder": reminder,
        "plan": reminder.plan,
        "rows": [(item, duties[item.assignment_id], item.assignment_id in opens) for item in items],
        "unseen": [item for item in items if _is_hers_to_see(request.user, item)],
    }
    return render(request, "tasks/supervision/reminders/detail.html", context)


def _is_hers_to_see(user, item):
    own = user.role in BELONGS_TO_A_UNIT and item.assignment.unit_id == user.unit_id
    return own and item.seen_at is None


@login_required
@require_POST
def see(request, pk):
    """Mark the reminder as seen by the own unit."""
    reminder = get_object_or_404(Reminder.objects.visible_to(request.user), pk=pk)
    seen = reminders.see(reminder, by=request.user)
    messages.success(request, f"已阅知，涉及本单位{seen}件承办事项。" if seen else "此前已阅知。")
    return redirect("tasks:reminder", pk=pk)
