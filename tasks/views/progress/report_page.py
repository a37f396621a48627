"""What stands beside the form of one report: its round, other duties that are due, earlier reports, the last steps."""

from dataclasses import dataclass

from django.db.models import Prefetch

from tasks.models import Assignment, Evidence, Plan, ProgressReport, ReportingRound, timeline
from tasks.models.supervision.period import wanted_of, with_period
from tasks.services.progress.worklist import RoundProgress

EARLIER_REPORTS, LAST_STEPS = 6, 4


@dataclass
class Place:
    """Where a duty stands among those of its unit that are due: its position from 1, `None` where it is not due."""

    due: list
    duty: Assignment

    @property
    def total(self):
        return len(self.due)

    @property
    def position(self):
        return self.due.index(self.duty) + 1 if self.duty in self.due else None

    @property
    def previous(self):
        before = [duty for duty in self.due if _order(duty) < _order(self.duty)]
        return before[-1] if before else None

    @property
    def next(self):
        """Return the next duty that is due, of the first ones after the last; `None` where no other is."""
        others = [duty for duty in self.due if duty != self.duty]
        return next((duty for duty in others if _order(duty) > _order(self.duty)), others[0] if others else None)


def _order(duty):
    return -duty.plan.year, -duty.plan_id, duty.task.number, duty.pk


def place_of(user, duty):
    """Return the `Place` of a duty of the user's unit."""
    due = wanted_of(user.unit_id, list(Plan.objects.issued())).select_related("task", "plan")
    return Place(sorted(due, key=_order), duty)


def next_due(user, duty):
    """Return the next duty of the unit that is due after this one, `None` where there is none."""
    return place_of(user, duty).next


def beside(user, duty):
    """Return the context of what stands beside the form."""
    place = place_of(user, duty)
    evidence = Prefetch("evidence", Evidence.objects.order_by("order"))
    submitted = duty.reports.submitted().order_by("-submitted_at", "-pk").prefetch_related(evidence)
    return {
        "place": place if place.due else None,
        "others": place.total - (place.position is not None),
        "earlier_reports": submitted[:EARLIER_REPORTS],
        "steps": timeline(Assignment.objects.filter(pk=duty.pk), limit=LAST_STEPS, reader=user),
        "leads": duty.task.designated("lead"),
        "passages": ProgressReport.objects.passages_for(user, duty) if duty.coordinates else [],
        **_round(duty),
    }


def _round(duty):
    """Return the running round that asks for the duty, with the days that are left."""
    asked = with_period(Assignment.objects.filter(pk=duty.pk), [duty.plan]).values_list("round", flat=True).first()
    round = ReportingRound.objects.filter(pk=asked).first() if asked else None
    return {"round": round, "days_left": RoundProgress(round, {}).days_left} if round else {}
