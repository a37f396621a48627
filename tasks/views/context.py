"""What every page of the house needs to know."""

from departments.choices import Role
from tasks.models import Assignment, Extension, Notification, OutgoingMail, Plan, ProgressReport, ReminderItem
from wenshang_disclosure.core.web.errors import may


def shell(request):
    """Return the issued plans and what waits for this person, for the frame around each page.

    Asked once a request: the template columns of a table each render with a context of their own.
    """
    if not hasattr(request, "shell"):
        request.shell = _shell(request)
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
        **_desks(user),
        "unread_notifications": Notification.objects.visible_to(user).unread().count(),
        "mails_given_up": OutgoingMail.objects.given_up().count() if may(user, "tasks.read_outbox") else 0,
        "demo": any(plan.has_demo_activity for plan in plans),
    }


def _unseen_reminders(user):
    """Count what the person's unit is urged to and has not seen yet."""
    return ReminderItem.objects.unseen_by(user).values("reminder").distinct().count()


def _desks(user):
    """Return whether this person approves for the own unit or leads rows, and how many reports lie on those desks."""
    desks = {"approves": may(user, "departments.approve_for_unit"), "leads_rows": False}
    seen = ProgressReport.objects.visible_to(user)
    if desks["approves"]:
        desks["waiting_leader_approvals"] = seen.filter(assignment__unit=user.unit_id).awaiting_leader().count()
    if user.role == Role.LIAISON and Assignment.objects.coordinated_by(user).exists():
        desks["leads_rows"] = True
        desks["waiting_opinions"] = seen.exclude(assignment__unit=user.unit_id).at_lead_stage().count()
    return desks
