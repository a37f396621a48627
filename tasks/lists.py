"""The lists of duties and of what waits, by name: one definition for their page, their file, saved views and mails."""

from django.db.models import BooleanField, Count, ExpressionWrapper, Q
from django.http import QueryDict

from wenshang_disclosure.core.prepared import rows_for
from wenshang_disclosure.core.web.lists import List, register

from .choices import Light, Status
from .filters import AssignmentFilter, ExtensionFilter, OverdueFilter, QuestionFilter
from .models import Assignment, Extension, Question
from .scope import Scope
from .tables import AssignmentTable, ExtensionTable, OverdueTable, QuestionTable

TO_WATCH = (Light.OVERDUE, Light.DUE_SOON, Light.REVIEW, Light.NOT_STARTED)
"""Lights of the duties that the office keeps an eye on (要盯的)."""


class DutyList(List):
    """A list of duties of the plan that is chosen, else of all plans with open work."""

    filter_class = AssignmentFilter
    table_class = AssignmentTable
    takes_a_day = True

    def scope(self, user, query):
        return Scope.read_work(user, query)

    def duties(self, scope):
        """Return the duties with what every list of them shows."""
        return scope.duties().for_lists().select_related("plan").with_returned(scope.user)

    def figures(self, rows):
        """Return how many there are, of how many units, and how many in each light, most urgent first."""
        counts = rows.order_by().aggregate(units=Count("unit", distinct=True), **_by_light())
        lights = [(light.label, counts[light.value]) for light in Light if counts[light.value]]
        return [("共", f"{sum(number for _, number in lights)}件"), ("涉及", f"{counts['units']}个单位"), *lights]


def _by_light():
    return {light.value: Count("pk", filter=Q(light=light)) for light in Light}


class Assignments(DutyList):
    """All duties, most urgent first."""

    name, title, export = "tasks:assignments", "承办事项", "reports:export-assignments"

    def rows(self, scope):
        return self.duties(scope).most_urgent_first("is_returned")

    def standard_views(self, scope):
        """Return the views of everybody with their numbers, all counted at once."""
        counts = _counted(scope)
        to_watch = "&".join(f"light={light}" for light in TO_WATCH)
        views = [
            ("全部", "", sum(row["n"] for row in counts)),
            ("要盯的", to_watch, sum(row["n"] for row in counts if row["light"] in TO_WATCH)),
            ("逾期", f"light={Light.OVERDUE}", sum(row["n"] for row in counts if row["light"] == Light.OVERDUE)),
            ("退回待补正", "returned=yes", sum(row["n"] for row in counts if row["is_returned"])),
            ("未签收", "acknowledgement=waiting", sum(row["n"] for row in counts if row["waits"])),
        ]
        return [(label, QueryDict(query), number) for label, query, number in views]


def _counted(scope):
    """Return the numbers `n` of the duties by light, by whether one is returned, and by whether one waits to be
    acknowledged, counted in one query.
    """

    def rows(user):
        waits = ExpressionWrapper(Q(acknowledged_at__isnull=True) & ~Q(status=Status.COMPLETED), BooleanField())
        duties = Assignment.objects.shown_in(user, scope.plans, scope.as_of).with_returned(user).annotate(waits=waits)
        return duties.order_by().values("light", "is_returned", "waits").annotate(n=Count("pk"))

    return rows_for(scope.user, "standard views", rows, tuple(plan.pk for plan in scope.plans), scope.as_of)


class Overdue(DutyList):
    """Overdue duties, longest first."""

    name, title, export = "tasks:overdue", "逾期事项", "reports:export-overdue"
    filter_class = OverdueFilter
    table_class = OverdueTable

    def rows(self, scope):
        duties = self.duties(scope).filter(light=Light.OVERDUE)
        return duties.order_by("days_left", "task__number", "unit__order", "pk")


class AllYearsList(List):
    """A list of what waits or is recorded: of the plan that is chosen, else of all plans."""

    def scope(self, user, query):
        return Scope.read_all_years(user, query)


class Extensions(AllYearsList):
    """Requests for a later deadline."""

    name, title = "tasks:extensions", "延期申请"
    filter_class, table_class = ExtensionFilter, ExtensionTable

    def rows(self, scope):
        return Extension.objects.visible_to(scope.user).listed().for_lists()


class Questions(AllYearsList):
    """Questions on rows (答疑), the latest first."""

    name, title = "tasks:questions", "答疑"
    filter_class, table_class = QuestionFilter, QuestionTable

    def rows(self, scope):
        return Question.objects.visible_to(scope.user).filter(task__plan__in=scope.plans).for_lists()


ASSIGNMENTS, OVERDUE = Assignments(), Overdue()
EXTENSIONS, QUESTIONS = Extensions(), Questions()

register(ASSIGNMENTS, OVERDUE, EXTENSIONS, QUESTIONS)
