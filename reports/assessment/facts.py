"""Facts that the criteria count, per unit as of a day, in four queries for any size of plan."""

from dataclasses import dataclass, field

from django.db.models import Count

from departments.choices import UnitKind
from reports import figures
from tasks.choices import Grade, Light, ReportState
from tasks.models import Assignment, ReminderItem
from wenshang_disclosure.core.evenings import evening

UNIT = ("unit", "unit__name", "unit__kind", "unit__order")


@dataclass(frozen=True)
class UnitFacts:
    """Facts of one unit at the end of the day, about the duties owed on it.

    `ratings` counts approved reports by `Quality`, unrated ones under `None`. `chased` and `supervised` count the 催办
    and 督办 sent to the unit, each once however many of its duties it lists.
    """

    unit: int = 0
    name: str = ""
    kind: str = UnitKind.DEPARTMENT
    order: int = 0
    owed: int = 0
    done: int = 0
    done_in_time: int = 0
    overdue: int = 0
    ratings: dict = field(default_factory=dict)
    exemplary: int = 0
    returned: int = 0
    chased: int = 0
    supervised: int = 0

    @property
    def group(self):
        """The group in which the unit is ranked."""
        return figures.group_of(self.kind)


def facts(plan, as_of, units):
    """Return the `UnitFacts` of those of `units` (a queryset) that owed duties at the end of `as_of`.

    Suspended and released duties are left out with their reports and reminders; units without duties are left out, and
    those that were merged or dissolved by then.
    """
    with evening(as_of):
        return _facts(plan, as_of, units)


def _facts(plan, as_of, units):
    duties = Assignment.objects.filter(plan=plan, unit__in=units.active(as_of).values("pk")).owed(as_of)
    owed = duties.order_by().values("pk")
    reports = figures.submitted_on(duties, as_of)
    ratings, exemplary = _ratings(reports.filter(state=ReportState.APPROVED))
    returned = figures.number_of_reports(reports.filter(state=ReportState.RETURNED), "assignment__unit")
    chased, supervised = _reminders(owed, as_of)
    return [
        UnitFacts(
            unit=row["unit"],
            name=row["unit__name"],
            kind=row["unit__kind"],
            order=row["unit__order"],
            owed=row["owed"],
            done=row[Light.DONE],
            done_in_time=row["on_time"],
            overdue=row[Light.OVERDUE],
            ratings=ratings.get(row["unit"], {}),
            exemplary=exemplary.get(row["unit"], 0),
            returned=returned.get(row["unit"], 0),
            chased=chased.get(row["unit"], 0),
            supervised=supervised.get(row["unit"], 0),
        )
        for row in duties.with_light(as_of).light_counts(*UNIT)
    ]


def _ratings(approved):
    """Count approved reports by unit and rating, and the exemplary ones by unit."""
    ratings, exemplary = {}, {}
    counted = approved.order_by().values_list("assignment__unit", "quality", "is_exemplary").annotate(n=Count("pk"))
    for unit, quality, is_exemplary, number in counted:
        of_unit = ratings.setdefault(unit, {})
        of_unit[quality] = of_unit.get(quality, 0) + number
        if is_exemplary:
            exemplary[unit] = exemplary.get(unit, 0) + number
    return ratings, exemplary


def _reminders(owed, as_of):
    standing = ReminderItem.objects.filter(reminder__withdrawn_at=None)
    items = standing.filter(assignment__in=owed, reminder__on__lte=as_of).order_by()
    counted = items.values_list("assignment__unit", "reminder__grade").annotate(n=Count("reminder", distinct=True))
    by_grade = {grade: {} for grade in Grade.values}
    for unit, grade, number in counted:
        by_grade[grade][unit] = number
    return by_grade[Grade.YELLOW], by_grade[Grade.RED]
