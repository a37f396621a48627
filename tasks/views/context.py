"""Context processor of all pages: the plans, and what waits for the user."""

from departments.choices import Role
from tasks.models import Assignment, Extension, Notification, OutgoingMail, Plan, ProgressReport, ReminderItem
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
    waiting = answers = requests = 0
    if may(user, "tasks.review"):
        waiting = ProgressReport.objects.at_office_stage().count()
        requests = Extension.objects.waiting().count()
    elif user.unit_id:
        answers = Assignment.objects.filter(unit=user.unit_id, awaits_answer=True).owed().count()
    return {
        "plans": plans,
        "waiting_reports": waiting,
        "answers_owed": answers,
        "supervision_waits": requests or _unseen_reminders(user),
        **_waiting_counts(user),
        "unread_notifications": Notification.objects.visible_to(user).unread().count(),
        "mails_given_up": OutgoingMail.objects.given_up().count() if may(user, "tasks.read_outbox") else 0,
        "demo": any(plan.has_demo_activity for plan in plans),
    }


def _unseen_reminders(user):
    """Return the number of reminders that the user's unit has not seen yet."""
    return ReminderItem.objects.unseen_by(user).values("reminder").distinct().count()


def _waiting_counts(user):
    """Return whether the user approves as leader or leads rows, with the number of reports that await them there."""
    counts = {"approves": may(user, "departments.approve_for_unit"), "leads_rows": False}
    seen = ProgressReport.objects.visible_to(user)
    if counts["approves"]:
        counts["waiting_leader_approvals"] = seen.filter(assignment__unit=user.unit_id).awaiting_leader().count()
    if user.role == Role.LIAISON and Assignment.objects.coordinated_by(user).exists():
        counts["leads_rows"] = True
        counts["waiting_opinions"] = seen.exclude(assignment__unit=user.unit_id).at_lead_stage().count()
    return counts
