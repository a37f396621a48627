"""Context processor of all pages: the plans, what was chosen for all pages, and what waits for the user."""

import contextlib

from django.utils import timezone

from departments.choices import BELONGS_TO_A_UNIT, Role
from tasks.models import (
    Assignment,
    Extension,
    Notification,
    OutgoingMail,
    Plan,
    ProgressReport,
    Question,
    ReminderItem,
    awaiting_opinion,
)
from tasks.models.supervision.period import wanted_of
from wenshang_disclosure.core.dates import BadDay, read_as_of
from wenshang_disclosure.core.evenings import evening_read, today
from wenshang_disclosure.core.web.errors import may


def shell(request):
    """Return the issued plans, the counts of what waits for the user, and the past day that the page shows, if any:
    what the frame around each page needs.

    Computed once per request, since template columns of a table render with contexts of their own.
    """
    if not hasattr(request, "shell"):
        past_day = evening_read()
        with today():
            request.shell = {**_shell(request), "past_day": past_day}
    return request.shell


def _shell(request):
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    plans = list(Plan.objects.issued())
    waiting = answers = requests = unanswered = 0
    if may(user, "tasks.review"):
        unanswered = ReminderItem.objects.awaiting_answer(timezone.localdate()).count()
        waiting = ProgressReport.objects.at_office_stage().count()
        requests = Extension.objects.waiting().count()
    elif user.unit_id:
        own = Assignment.objects.filter(unit=user.unit_id).owed()
        answers = own.with_returned(user).filter(is_returned=True).count()
    return {
        "plans": plans,
        "kept": _kept(request, plans),
        "waiting_reports": waiting,
        "answers_owed": answers,
        "answers_query": f"?returned=yes&unit={user.unit_id}",
        "waiting_questions": _waiting_questions(user),
        "waiting_requests": requests,
        "unanswered_reminders": unanswered,
        **_waiting_counts(user, plans),
        "unread_notifications": Notification.objects.visible_to(user).unread().count(),
        "mails_given_up": OutgoingMail.objects.given_up().count() if may(user, "tasks.read_outbox") else 0,
        "demo": any(plan.has_demo_activity for plan in plans),
    }


def _kept(request, plans):
    """Return the year and the past day of the address, as far as they are valid: the menu and the crumbs keep them.

    The answer to a step for many sets `kept_query`: the address is then that of the list that it was sent from.
    """
    query, kept = getattr(request, "kept_query", request.GET), {}
    if query.get("plan") in [str(plan.pk) for plan in plans]:
        kept["plan"] = int(query["plan"])
    with contextlib.suppress(BadDay):
        day = read_as_of(query.get("as_of"))
        if day < timezone.localdate():
            kept["as_of"] = day.isoformat()
    return kept


def _waiting_questions(user):
    """Return the number of questions (答疑) that the office, or the user's unit, has yet to answer."""
    answers = may(user, "tasks.review") or user.acting_unit_id
    return Question.objects.visible_to(user).waiting_for(user).count() if answers else 0


def _waiting_counts(user, plans):
    """Return what waits for the user's unit, whether they approve as leader or lead rows, and what waits there."""
    counts = {"approves": may(user, "departments.approve_for_unit"), "leads_rows": False}
    if user.role in BELONGS_TO_A_UNIT:
        counts["reports_due"] = wanted_of(user.unit_id, plans).count()
        counts["waiting_reminders"] = ReminderItem.objects.unseen_by(user).values("reminder").distinct().count()
    seen = ProgressReport.objects.visible_to(user)
    if counts["approves"]:
        counts["waiting_leader_approvals"] = seen.filter(assignment__unit=user.unit_id).awaiting_leader().count()
    if user.role == Role.LIAISON and Assignment.objects.coordinated_by(user).exists():
        counts["leads_rows"] = True
        responsible = Assignment.objects.owed().chased_by(user)
        counts["waiting_opinions"] = awaiting_opinion(seen.filter(assignment__in=responsible), user).count()
    return counts
