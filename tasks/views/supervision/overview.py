"""Page of the supervision overview (督办)."""

from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from departments.models import Unit
from tasks.models import (
    Assignment,
    AutomaticReminderRun,
    Extension,
    OutgoingMail,
    ReminderItem,
    ReportingRound,
    RoundItem,
    SupervisionRules,
)
from tasks.scope import chosen_plan
from wenshang_disclosure.core.web.errors import may

RECENT_PERIOD = timedelta(days=30)


@login_required
@require_safe
def overview(request):
    """Show the figures of what waits, each with a link to its list."""
    plan = chosen_plan(request.GET)
    context = {"plan": plan, "rules": SupervisionRules.of(plan)}
    context |= _of_all(request.user, plan, context["rules"])
    if request.user.reads_everything:
        context |= _of_the_office(request.user, plan)
    return render(request, "tasks/supervision/overview.html", context)


def _of_all(user, plan, rules):
    duties = Assignment.objects.visible_to(user).filter(plan=plan)
    own = duties if user.reads_everything else duties.filter(unit=user.unit_id)
    chased = ReminderItem.objects.visible_to(user).filter(reminder__plan=plan)
    rounds = ReportingRound.objects.visible_to(user).filter(plan=plan).running()
    wanted = RoundItem.objects.filter(round__in=rounds, assignment__in=own.owed().values("pk"))
    return {
        "unacknowledged": own.owed().unacknowledged().count(),
        "acknowledged_late": own.owed().unacknowledged(rules.acknowledge_within).count(),
        "chased_lately": chased.filter(reminder__at__gte=timezone.now() - RECENT_PERIOD).count(),
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
