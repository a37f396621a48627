"""What stands beside the form of one report: its round, other duties that are due, earlier reports, the last steps."""

from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Prefetch

from tasks.models import Evidence, Plan, ProgressReport, Trace, timeline
from tasks.models.supervision.period import places_wanted_of, round_asking_for
from tasks.services.progress.worklist import RoundProgress
from tasks.views.context import shell

EARLIER_REPORTS, LAST_STEPS = 6, 4


class Due(NamedTuple):
    """A duty in the order in which a unit goes through what is due: the latest year first, then by row."""

    year: int
    plan: int
    number: int
    pk: int

    @property
    def order(self):
        return -self.year, -self.plan, self.number, self.pk

    @classmethod
    def of(cls, duty):
        return cls(duty.plan.year, duty.plan_id, duty.task.number, duty.pk)


@dataclass
class Place:
    """Where a duty stands among those of its unit that are due: its position from 1, `None` where it is not due."""

    due: list
    duty: Due

    @property
    def total(self):
        return len(self.due)

    @property
    def position(self):
        return self.due.index(self.duty) + 1 if self.duty in self.due else None

    @property
    def previous(self):
        before = [one for one in self.due if one.order < self.duty.order]
        return before[-1] if before else None

    @property
    def next(self):
        """Return the next duty that is due, of the first ones after the last; `None` where no other is."""
        others = [one for one in self.due if one != self.duty]
        return next((one for one in others if one.order > self.duty.order), others[0] if others else None)


def place_of(user, duty, plans):
    """Return the `Place` of a duty of the user's unit among what is due of the issued plans `plans`."""
    due = [Due(year, plan, number, pk) for pk, year, plan, number in places_wanted_of(user, plans)]
    return Place(sorted(due, key=lambda one: one.order), Due.of(duty))


def next_due(user, duty):
    """Return the next duty of the unit that is due after this one, `None` where there is none."""
    return place_of(user, duty, list(Plan.objects.issued())).next


def beside(request, duty, there):
    """Return the context of what stands beside the form of a duty of the user's unit; `there` are its `Traces`."""
    frame = shell(request)
    place = place_of(request.user, duty, frame["plans"]())
    frame["reports_due"] = lambda: place.total  # the menu counts the same
    evidence = Prefetch("evidence", Evidence.objects.order_by("order"))
    submitted = duty.reports.submitted().order_by("-submitted_at", "-pk").prefetch_related(evidence)
    return {
        "place": place if place.due else None,
        "others": place.total - (place.position is not None),
        "earlier_reports": submitted[:EARLIER_REPORTS],
        "steps": timeline([duty], limit=LAST_STEPS, traces=there),  # its own unit reads all of it
        "leads": duty.task.designated("lead"),
        "passages": ProgressReport.objects.passages_for(request.user, duty) if duty.coordinates else [],
        **(_round(duty) if Trace.ROUND in there else {}),
    }


def _round(duty):
    """Return the running round that asks for the duty, with the days that are left."""
    round = round_asking_for(duty)
    return {"round": round, "days_left": RoundProgress(round, {}).days_left} if round else {}
