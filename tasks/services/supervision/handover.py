"""What stands in a unit (交接清单): told once to who becomes its liaison or leader, and listed on a page."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from departments.choices import Role
from tasks.choices import Light, PlanState, ReportState, Status
from tasks.models import Assignment, ProgressReport, ReminderItem

from . import notifications


@dataclass(frozen=True)
class Group:
    """One kind of what stands: `of` filters it from duties with lights; `unit` is the field that holds its unit."""

    key: str
    label: str
    counter: str
    of: Callable[[QuerySet], QuerySet]
    unit: str = "unit"

    def by_unit(self, duties):
        """Return `{unit id: number}`."""
        return dict(self.of(duties).order_by().values_list(self.unit).annotate(n=Count("pk")))


def _returned(duties):
    """Filter to duties with a returned report, also by the unit's leader: the list is for the unit's own people."""
    sent_back = Assignment.objects.sent_back().values("pk")
    returned = duties.filter(Q(awaits_answer=True) | Q(pk__in=sent_back))
    return returned.for_lists().select_related("plan").most_urgent_first()


def _chased(duties):
    """Filter to the last unanswered reminder of each duty."""
    unanswered = ReminderItem.objects.filter(assignment=OuterRef("assignment")).latest().unanswered()
    last = Subquery(unanswered.order_by("-pk").values("pk")[:1])
    items = ReminderItem.objects.filter(assignment__in=duties.values("pk"), pk=last)
    return items.select_related("assignment__task", "assignment__plan", "reminder__from_unit").order_by(
        "-reminder__at", "-pk"
    )


def _drafts(duties):
    return _not_submitted(duties, ReportState.DRAFT).filter(leader_comment="")


def _awaiting_leader(duties):
    return _not_submitted(duties, ReportState.AWAITING_LEADER)


def _not_submitted(duties, state):
    open_duties = duties.exclude(status=Status.COMPLETED)
    reports = ProgressReport.objects.filter(assignment__in=open_duties.values("pk"), state=state)
    return reports.for_lists().select_related("assignment__plan").order_by("-saved_at", "-pk")


def _overdue(duties):
    return duties.filter(light=Light.OVERDUE).for_lists().select_related("plan").most_urgent_first()


GROUPS = (
    Group("returned", "退回待补正", "件", _returned),
    Group("chased", "催办待回复", "件", _chased, "assignment__unit"),
    Group("drafts", "草稿未报送", "份", _drafts, "assignment__unit"),
    Group("awaiting_leader", "待审签", "份", _awaiting_leader, "assignment__unit"),
    Group("overdue", "逾期", "件", _overdue),
)


def of_unit(unit):
    """Return `[(group, rows)]` of what stands in a unit today, urgent first; its duties bound the number of rows."""
    found = [(group, list(group.of(_duties().filter(unit=unit)))) for group in GROUPS]
    return [(group, rows) for group, rows in found if rows]


def notify_of_posts(sender, *, people, **kwargs):
    """Notify people who became liaison or leader of a unit of what stands there; receiver of `posts_taken`.

    Where nothing stands, nothing is told. Uses a fixed number of queries.
    """
    standing = _in_words({person.unit_id for person in people})
    path = reverse("tasks:handover")
    notifications.notify(
        (
            person,
            f"您已任{person.unit}{Role(person.role).label}。本单位现有{standing[person.unit_id]}，请接续办理。",
            path,
        )
        for person in people
        if person.unit_id in standing
    )


def _in_words(units):
    """Return `{unit id: what stands there, in words}` of the units in which anything does."""
    duties, parts = _duties().filter(unit__in=units), {}
    for group in GROUPS:
        for unit, number in group.by_unit(duties).items():
            parts.setdefault(unit, []).append(f"{group.label}{number}{group.counter}")
    return {unit: "、".join(words) for unit, words in parts.items()}


def _duties():
    return Assignment.objects.filter(plan__state=PlanState.ISSUED).owed().with_light()
