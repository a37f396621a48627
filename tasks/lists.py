"""The lists of rows, duties, what waits and what was sent: one definition for page, file, saved views and mails."""

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, OuterRef, Q
from django.http import QueryDict

from wenshang_disclosure.core.web.lists import List, register

from .choices import Light, ReminderState, ReviewStage, Status
from .filters import (
    AssignmentFilter,
    ExtensionFilter,
    OverdueFilter,
    QuestionFilter,
    ReminderFilter,
    ReminderItemFilter,
    ReviewFilter,
    RoundFilter,
    SuspendedFilter,
    TaskFilter,
)
from .models import Assignment, Extension, ProgressReport, Question, Reminder, ReminderItem, ReportingRound, Task
from .rules import NOT_A_READER
from .scope import Scope
from .tables import (
    AssignmentTable,
    ExtensionTable,
    OverdueTable,
    QuestionTable,
    ReminderItemTable,
    ReminderTable,
    ReviewTable,
    RoundTable,
    SuspendedTable,
    TaskTable,
)

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

    def rows(own):
        waits = ExpressionWrapper(Q(acknowledged_at__isnull=True) & ~Q(status=Status.COMPLETED), BooleanField())
        duties = own.duties().with_returned(own.user).annotate(waits=waits)
        return duties.order_by().values("light", "is_returned", "waits").annotate(n=Count("pk"))

    return scope.fetch("standard views", rows)


class Overdue(DutyList):
    """Overdue duties, longest first."""

    name, title, export = "tasks:overdue", "逾期事项", "reports:export-overdue"
    filter_class = OverdueFilter
    table_class = OverdueTable

    def rows(self, scope):
        duties = self.duties(scope).filter(light=Light.OVERDUE)
        return duties.order_by("days_left", "task__number", "unit__order", "pk")


class Tasks(List):
    """The rows of the table of one year, in its order."""

    name, title, export, measure = "tasks:tasks", "任务分解表", "reports:export-tasks", "项"
    filter_class, table_class = TaskFilter, TaskTable
    takes_a_day = True

    def scope(self, user, query):
        return Scope.read_chosen(user, query)

    def rows(self, scope):
        rows = Task.objects.visible_to(scope.user).standing().filter(plan=scope.plan)
        return rows.with_designations().with_supplements().as_printed()


class AllYearsList(List):
    """A list of what waits or is recorded: of the plan that is chosen, else of all plans."""

    def scope(self, user, query):
        return Scope.read_all_years(user, query)


class Reviews(AllYearsList):
    """Reports that wait for review, the oldest first."""

    name, title, export, measure = "tasks:reviews", "待审核的报告", "reports:export-reviews", "份"
    permission, refusal = "tasks.read_review_queue", NOT_A_READER
    filter_class, table_class = ReviewFilter, ReviewTable

    def waiting(self, user):
        """Return the reports that wait, without what lists show of them."""
        return ProgressReport.objects.visible_to(user).waiting()

    def rows(self, scope):
        waiting = self.waiting(scope.user).with_own(scope.user)
        return waiting.for_lists().select_related("assignment__plan").with_leads()

    def standard_views(self, scope):
        """Return all, the claims of completion, the plain reports, and what lies with a lead; counted at once."""
        waiting = self.waiting(scope.user).filter(assignment__plan__in=scope.plans).order_by()
        counts = list(waiting.values("claims_completion", "review_stage").annotate(n=Count("pk")))
        claims = sum(row["n"] for row in counts if row["claims_completion"])
        total = sum(row["n"] for row in counts)
        at_lead = sum(row["n"] for row in counts if row["review_stage"] == ReviewStage.LEAD)
        views = [
            ("全部", "", total),
            ("申报办结", "claims=true", claims),
            ("一般进展", "claims=false", total - claims),
            *([("在牵头部门", f"review_stage={ReviewStage.LEAD}", at_lead)] if at_lead else []),
        ]
        return [(label, QueryDict(query), number) for label, query, number in views]


class Rounds(AllYearsList):
    """Rounds (报送批次), the latest first."""

    name, title, export, measure = "tasks:rounds", "报送批次", "reports:export-rounds", "个"
    filter_class, table_class = RoundFilter, RoundTable

    def rows(self, scope):
        rounds = ReportingRound.objects.visible_to(scope.user).filter(plan__in=scope.plans)
        return rounds.select_related("plan", "by").order_by("-opens_on", "-pk")


class Extensions(AllYearsList):
    """Requests for a later deadline."""

    name, title, export = "tasks:extensions", "延期申请", "reports:export-extensions"
    filter_class, table_class = ExtensionFilter, ExtensionTable

    def rows(self, scope):
        return Extension.objects.visible_to(scope.user).listed().for_lists()


class Suspended(AllYearsList):
    """Duties that are suspended today."""

    name, title, export = "tasks:suspended", "已中止的事项", "reports:export-suspended"
    filter_class, table_class = SuspendedFilter, SuspendedTable

    def rows(self, scope):
        duties = Assignment.objects.visible_to(scope.user).filter(plan__in=scope.plans)
        return duties.read_from_inside(scope.user).with_light().suspended_now().for_lists().select_related("plan")


class Questions(AllYearsList):
    """Questions on rows (答疑), the latest first."""

    name, title, export, measure = "tasks:questions", "答疑", "reports:export-questions", "个"
    filter_class, table_class = QuestionFilter, QuestionTable

    def rows(self, scope):
        return Question.objects.visible_to(scope.user).filter(task__plan__in=scope.plans).for_lists()


class RecordsList(List):
    """A list of what was sent by hand (催办), on an evening: of the plan that is chosen, else of all plans."""

    takes_a_day = True

    def scope(self, user, query):
        return Scope.read_records(user, query)

    def items(self, scope):
        """Return the duties that were reminded of, as far as the user may see them."""
        return ReminderItem.objects.visible_to(scope.user).filter(reminder__plan__in=scope.plans)

    def counted(self, scope):
        """Return how many rows have a state, by state, and how many there are."""
        raise NotImplementedError

    def standard_views(self, scope):
        """Return all rows, and those of each state that occurs."""
        counts, total = self.counted(scope)
        states = [(state.label, f"state={state}", counts[state]) for state in ReminderState if counts.get(state)]
        return [(label, QueryDict(query), number) for label, query, number in [("全部", "", total), *states]]


class Reminders(RecordsList):
    """Reminders, the latest first."""

    name, title, export, measure = "tasks:reminders", "催办", "reports:export-reminders", "份"
    filter_class, table_class = ReminderFilter, ReminderTable

    def rows(self, scope):
        return Reminder.objects.listed(scope.user, scope.plans)

    def counted(self, scope):
        by_state = self.items(scope).with_state().order_by().values_list("state")
        total = Reminder.objects.visible_to(scope.user).filter(plan__in=scope.plans).count()
        return dict(by_state.annotate(n=Count("reminder", distinct=True))), total


class ReminderItems(RecordsList):
    """Reminders by duty, what is over its day first."""

    name, title, export = "tasks:reminder-items", "催办事项", "reports:export-reminder-items"
    filter_class, table_class = ReminderItemFilter, ReminderItemTable

    def rows(self, scope):
        opens = Assignment.objects.visible_to(scope.user).filter(pk=OuterRef("assignment"))
        return self.items(scope).listed().annotate(opens=Exists(opens))

    def counted(self, scope):
        counts = self.items(scope).state_counts()
        return counts, sum(counts.values())


ASSIGNMENTS, OVERDUE, TASKS = Assignments(), Overdue(), Tasks()
REVIEWS, ROUNDS, QUESTIONS = Reviews(), Rounds(), Questions()
EXTENSIONS, SUSPENDED = Extensions(), Suspended()
REMINDERS, REMINDER_ITEMS = Reminders(), ReminderItems()

register(ASSIGNMENTS, OVERDUE, TASKS, REVIEWS, ROUNDS, QUESTIONS, EXTENSIONS, SUSPENDED, REMINDERS, REMINDER_ITEMS)
