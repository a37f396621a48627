"""What became of the rows of a plan by an evening: completed, late, returned (两年对照)."""

from dataclasses import dataclass

from django.db.models import Count

from tasks.choices import Light, ReportState
from tasks.models import Assignment, ProgressReport


@dataclass(frozen=True)
class Result:
    """Numbers of duties: `owed`, `done`, `late` (overdue, or completed late); and of `returned` reports."""

    owed: int = 0
    done: int = 0
    late: int = 0
    returned: int = 0

    def __add__(self, other):
        """Return the sums."""
        mine, others = vars(self), vars(other)
        return Result(**{name: mine[name] + others[name] for name in mine})


NOTHING = Result()


def results_of(plan, user, as_of):
    """Return `{task: Result}` of the plan's rows that somebody owed on the evening, within which it is read."""
    duties = Assignment.objects.shown_in(user, [plan], as_of)
    reports = ProgressReport.objects.filter(assignment__in=duties.order_by().values("pk")).submitted_by(as_of)
    returned = reports.filter(state=ReportState.RETURNED).order_by().values_list("assignment__task")
    returned = dict(returned.annotate(n=Count("pk")))
    return {task: _result(row, returned.get(task, 0)) for task, row in duties.lights_by_task().items()}


def _result(row, returned):
    late = row[Light.OVERDUE] + row[Light.DONE] - row["on_time"]
    return Result(row["owed"], row[Light.DONE], late, returned)
