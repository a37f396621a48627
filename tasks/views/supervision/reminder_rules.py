"""The desk of supervision (督办), a plan's rules, and what one day reminded of."""

from datetime import date, timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from departments.models import Unit
from tasks.forms.supervision.reminders import RulesForm
from tasks.models import (
    Assignment,
    AutomaticReminder,
    AutomaticReminderRun,
    Extension,
    OutgoingMail,
    Plan,
    ReminderItem,
    ReportingRound,
    RoundItem,
    SupervisionRules,
)
from tasks.scope import chosen_plan
from tasks.services.supervision import reminder_rules
from wenshang_disclosure.core.web.errors import may, require

LATELY = timedelta(days=30)
SHOWN = 100


@login_required
@require_safe
def overview(request):
    """What waits, each figure with the list behind it."""
    plan = chosen_plan(request.GET)
    context = {"plan": plan, "rules": SupervisionRules.of(plan)}
    context |= _of_all(request.user, plan, context["rules"])
    if request.user.reads_everything:
        context |= _of_the_office(request.user, plan)
    return render(request, "tasks/supervision/reminder_rules/overview.html", context)


def _of_all(user, plan, rules):
    duties = Assignment.objects.visible_to(user).filter(plan=plan)
    own = duties if user.reads_everything else duties.filter(unit=user.unit_id)
    chased = ReminderItem.objects.visible_to(user).filter(reminder__plan=plan)
    rounds = ReportingRound.objects.visible_to(user).filter(plan=plan).running()
    wanted = RoundItem.objects.filter(round__in=rounds, assignment__in=own.owed().values("pk"))
    return {
        "unacknowledged": own.owed().unacknowledged().count(),
        "acknowledged_late": own.owed().unacknowledged(rules.acknowledge_within).count(),
        "chased_lately": chased.filter(reminder__at__gte=timezone.now() - LATELY).count(),
        "unseen": chased.filter(seen_at__isnull=True).count(),
        "rounds_running": rounds.count(),
        "round_wanted": wanted.counting().with_submission().wanted().count(),
        "extensions_open": Extension.objects.visible_to(user).filter(assignment__plan=plan).waiting().count(),
        "suspended": own.bound().filter(suspended=True).count(),
    }


def _of_the_office(user, plan):
    owing = Assignment.objects.filter(plan=plan, unit=OuterRef("pk")).owed().in_hand()
    return {
        "run": AutomaticReminderRun.objects.first(),
        "without_liaison": Unit.objects.without_liaison().filter(Exists(owing)),
        "mails_failing": OutgoingMail.objects.undelivered().count() if may(user, "tasks.read_outbox") else None,
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rules(request, pk):
    """When units of a plan are reminded, and by which way their reports go."""
    require(request.user, "tasks.manage_plan")
    plan = get_object_or_404(Plan.objects.issued(), pk=pk)
    current = SupervisionRules.of(plan)
    form = RulesForm(request.POST or None, rules=current)
    if request.method == "POST" and form.carry_out(reminder_rules.set_rules, plan, by=request.user):
        messages.success(request, "督办规则已保存，自下一次自动提醒起按此办理。")
        return redirect("tasks:supervision-rules", pk=pk)
    context = {"plan": plan, "form": form, "last_day": current.last_day}
    return render(request, "tasks/supervision/reminder_rules/rules.html", context, status=form.status)


@login_required
@require_safe
def day(request, on):
    """What the day's work reminded of, as far as the user may see it."""
    try:
        on = date.fromisoformat(on)
    except ValueError:
        raise Http404 from None
    lines = AutomaticReminder.objects.visible_to(request.user).filter(on=on)
    lines = lines.select_related("assignment__task", "assignment__unit").order_by(
        "assignment__unit__order", "assignment__task__number", "pk"
    )
    page = Paginator(lines, SHOWN).get_page(request.GET.get("page"))
    return render(request, "tasks/supervision/reminder_rules/day.html", {"on": on, "page": page})
