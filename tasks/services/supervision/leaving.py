"""What a person who leaves a unit has open there, and who of the unit goes on with it."""

from django.urls import reverse

from departments.choices import Role
from departments.models import Unit, User
from tasks.choices import ReportState
from tasks.models import Assignment, Extension, ProgressReport

from . import notifications


def open_work(sender, *, person, unit, **kwargs):
    """Return `[(label, number)]` of what is open in the unit by the person, and of what they have to acknowledge there;
    receiver of `looking_for_open_work`.
    """
    duties = Assignment.objects.filter(unit=unit).owed().unacknowledged()
    unacknowledged = duties.count() if person.role == Role.LIAISON else 0
    return [*_by_person(person, unit), ("本单位待签收", unacknowledged)]


def _by_person(person, unit):
    reports = ProgressReport.objects.filter(assignment__unit=unit, writers=person)
    requests = Extension.objects.waiting().filter(assignment__unit=unit, requested_by=person)
    return [
        ("草稿未报送", reports.filter(state=ReportState.DRAFT).count()),
        ("待审签", reports.filter(state=ReportState.AWAITING_LEADER).count()),
        ("待审核", reports.filter(state=ReportState.SUBMITTED).count()),
        ("待决定的延期申请", requests.count()),
    ]


def notify_of_leaving(sender, *, person, unit, role, **kwargs):
    """Tell who remains in a unit of what the person who left has open there, the office where nobody is left to report;
    receiver of `posts_left`.
    """
    others = [one for one in notifications.people_of([unit]).get(unit.pk, ()) if one.pk != person.pk]
    words = _in_words(_by_person(person, unit))
    who, path = f"{person}不再任{unit}{Role(role).label}", reverse("tasks:handover")
    left = f"，其办理的{words}由本单位继续办理" if words else ""
    notifications.notify((one, f"{who}{left}。", path) for one in others)
    if Unit.objects.without_liaison().filter(pk=unit.pk).exists():
        line = f"{who}，该单位已没有联络员，请及时登记。"
        office = User.objects.filter(role=Role.OFFICE, is_active=True)
        notifications.notify((one, line, reverse("departments:people")) for one in office)


def _in_words(work):
    return "、".join(f"{label}{number}件" for label, number in work if number)
