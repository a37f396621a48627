"""What every page of the house needs to know."""

from tasks.models import Assignment, Extension, Notification, Plan, ProgressReport
from wenshang_disclosure.common.errors import may


def shell(request):
    """Give the issued plans and what waits for this person, for the frame around each page.

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
        waiting = ProgressReport.objects.waiting().count()
        requests = Extension.objects.waiting().count()
    elif user.unit_id:
        answers = Assignment.objects.filter(unit=user.unit_id, awaits_answer=True).owed().count()
    return {
        "plans": plans,
        "waiting_reports": waiting,
        "waiting_extensions": requests,
        "answers_owed": answers,
        "unread_notifications": Notification.objects.visible_to(user).unread().count(),
        "demo": any(plan.has_demo_activity for plan in plans),
    }
