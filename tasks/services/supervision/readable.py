"""What people were told, cut to what they may read now: people move, roles change, and rows get other leads."""

from urllib.parse import parse_qs, urlsplit

from django.urls import Resolver404, resolve

from departments.choices import Role
from tasks.models import (
    Assignment,
    EnteredReport,
    Extension,
    Plan,
    ProgressReport,
    Question,
    Reminder,
    ReportingRound,
    Supplement,
    Task,
)
from wenshang_disclosure.core.web.errors import may
from wenshang_disclosure.core.web.numbers import read_number
from wenshang_disclosure.work.models import Job


def still_readable(told, user, *, each=True):
    """Return those of `told` that `user` may still read, as a set.

    `told` are pairs of a path and the id of the unit for which the user was told of it, `None` where it was for none.
    Left out are those for another unit than the user's own, and those whose page is not there for the user any more.
    Who has several posts may read what each of them may; without `each`, what the present one may. Takes one query for
    each kind of page and post, however many lines there are.
    """
    told = list(told)
    return set().union(*(_readable_as(told, post) for post in (user.in_each_post() if each else [user])))


def _readable_as(told, user):
    """Return those of `told` that `user` may read in the post that they work as."""
    needed = {(path, unit): _records_of(path) for path, unit in told if unit in (None, user.unit_id)}
    records = {one for those in needed.values() if those is not None for one in those}
    visible = _visible(records, user)
    return {pair for pair, those in needed.items() if those is not None and visible.issuperset(those)}


def _records_of(path):
    """Return the `(kind, id)` of the records without which the page of a path is not there; `None` for no page."""
    address = urlsplit(path)
    try:
        match = resolve(address.path)
    except Resolver404:
        return None
    if match.view_name in RECORDS:
        return [(match.view_name, match.kwargs["pk"])]
    plan = read_number(*parse_qs(address.query).get("plan", [""])[:1])
    return [(PLAN, plan)] if plan else []


def _visible(records, user):
    visible = set()
    for kind in sorted({kind for kind, _ in records}):
        keys = [pk for of, pk in records if of == kind]
        found = RECORDS[kind](user).filter(pk__in=keys).order_by().values_list("pk", flat=True)
        visible.update((kind, pk) for pk in found)
    return visible


def _duties_to_report_on(user):
    duties = Assignment.objects.visible_to(user)
    return duties.filter(unit=user.unit_id) if user.role == Role.LIAISON else duties.none()


def _reports_to_approve(user):
    reports = ProgressReport.objects.visible_to(user)
    approves = may(user, "departments.approve_for_unit")
    return reports.filter(assignment__unit=user.unit_id) if approves else reports.none()


def _reports_to_review(user):
    reports = ProgressReport.objects.visible_to(user)
    return reports.submitted() if may(user, "tasks.read_review_queue") else reports.none()


PLAN = "plan"
RECORDS = {
    PLAN: lambda user: Plan.objects.issued(),
    "reports:file": lambda user: Job.objects.asked_by(user),
    "tasks:assignment": lambda user: Assignment.objects.visible_to(user),
    "tasks:entered-report": lambda user: EnteredReport.objects.visible_to(user),
    "tasks:extension": lambda user: Extension.objects.visible_to(user),
    "tasks:leader-approval": _reports_to_approve,
    "tasks:question": lambda user: Question.objects.visible_to(user),
    "tasks:reminder": lambda user: Reminder.objects.visible_to(user),
    "tasks:report": _duties_to_report_on,
    "tasks:review": _reports_to_review,
    "tasks:round": lambda user: ReportingRound.objects.visible_to(user),
    "tasks:supplement": lambda user: Supplement.objects.visible_to(user),
    "tasks:task": lambda user: Task.objects.visible_to(user),
}
"""By the name of a page that is about one record: the records whose page a user may open."""
