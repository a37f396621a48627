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
    Question,
    ReminderItem,
    ReportingRound,
    RoundItem,
    SupervisionRules,
)
from tasks.scope import Scope, plans_of_work
from wenshang_disclosure.core.web.errors import may

RECENT_PERIOD = timedelta(days=30)


@login_required
@require_safe
def overview(request):
    """Show the figures of what waits, each with a link to its list."""
    scope = Scope.of_all_years(request)
    context = {**scope.context(), **_of_all(request.user, scope.plans)}
    if request.user.reads_everything:
        context |= _of_the_office(request.user, scope.plans)
    return render(request, "tasks/supervision/overview.html", context)


def _of_all(user, plans):
    duties = Assignment.objects.visible_to(user).filter(plan__in=plans)
    own = duties if user.reads_everything else duties.filter(unit=user.unit_id)
    within = SupervisionRules.working_days_to_acknowledge(plans)
    chased = ReminderItem.objects.visible_to(user).filter(reminder__plan__in=plans)
    rounds = ReportingRound.objects.visible_to(user).filter(plan__in=plans).running()
    wanted = RoundItem.objects.filter(round__in=rounds, assignment__in=own.owed().values("pk"))
    questions = Question.objects.visible_to(user).filter(task__plan__in=plans)
    return {
        "questions_waiting": questions.waiting_for(user).count(),
        "unacknowledged": own.owed().unacknowledged().count(),
        "acknowledged_late": own.owed().unacknowledged_late(within).count(),
        "chased_lately": chased.filter(reminder__at__gte=timezone.now() - RECENT_PERIOD).count(),
        "unseen": chased.filter(seen_at__isnull=True, reminder__withdrawn_at=None).count(),
        "chased": chased.filter(reminder__withdrawn_at=None).latest().state_counts(),
        "to_answer": ReminderItem.objects.to_answer(user).filter(reminder__plan__in=plans).count(),
        "rounds_running": rounds.count(),
        "round_wanted": wanted.counting().with_submission().wanted().count(),
        "extensions_open": Extension.objects.visible_to(user).filter(assignment__plan__in=plans).waiting().count(),
        "suspended": own.bound().filter(suspended=True).count(),
    }


def _of_the_office(user, plans):
    owing = Assignment.objects.filter(plan__in=plans, unit=OuterRef("pk")).owed().in_hand()
    at_work = plans_of_work(user, timezone.localdate())
    return {
        "rules": SupervisionRules.of_each([plan for plan in plans if len(plans) == 1 or plan in at_work]).values(),
        "run": AutomaticReminderRun.objects.first(),
        "without_liaison": Unit.objects.without_liaison().filter(Exists(owing)),
        "mails_failing": OutgoingMail.objects.undelivered().count() if may(user, "tasks.read_outbox") else None,
    }
