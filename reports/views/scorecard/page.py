"""The page of one unit (单位情况): how it stands, whom to telephone, what is open, its score, chases and returns."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from departments.choices import BELONGS_TO_A_UNIT
from departments.models import Unit, User
from reports import figures
from reports.views.list_urls import ListUrls
from tasks.choices import Light
from tasks.scope import Scope
from wenshang_disclosure.core.evenings import evening_read
from wenshang_disclosure.core.rates import per_cent
from wenshang_disclosure.core.web.errors import may
from wenshang_disclosure.core.web.evenings import on_evening

from . import chases, score, trend

MAX_ROWS, MAX_EVENTS = 15, 8


@login_required
@require_safe
@on_evening
def unit(request, pk):
    """Show the unit's scorecard as of a day."""
    found = get_object_or_404(Unit.objects.visible_to(request.user), pk=pk)
    scope = Scope.of(request)
    context = {**scope.context(), "unit": found, "too_early": scope.is_too_early}
    if not (scope.as_of_error or scope.is_too_early):
        context |= _Scorecard(scope, found).context()
    return render(request, "reports/units/scorecard.html", context, status=scope.status)


class _Scorecard:
    """Context of the page for one unit, plan and day."""

    def __init__(self, scope, unit):
        self.scope, self.unit, self.user, self.as_of = scope, unit, scope.user, scope.as_of
        self.duties = scope.duties().filter(unit=unit)
        self.rows = figures.rows_of(self.duties)
        self.reports = figures.submitted(scope).filter(assignment__unit=unit)
        self.period = figures.period(scope.plan, self.as_of, self.rows, self.reports)
        self.to = ListUrls(scope, unit.pk)

    def context(self):
        """Return the page's context."""
        totals = figures.sums_by(self.rows, "unit").get(self.unit.pk, {**figures.NOTHING, "late_by": 0})
        chased, returned = chases.chased(self.scope, self.unit), chases.returned(self.scope, self.unit)
        return {
            "totals": totals,
            "completion_rate": per_cent(totals["done"], totals["owed"]),
            "people": self._people(),
            "sees_sign_ins": self.user.reads_everything,
            "period": self.period,
            "asked": self.period.counts(self.rows),
            "open_number": totals["owed"] - totals["done"],
            "open": self._open(chased, returned),
            "links": self._links(totals),
            "chaseable": self._chaseable(),
            "score": score.of(self.scope, self.unit),
            "events": chases.latest(chased, returned)[:MAX_EVENTS],
            "event_words": chases.in_words(chased, returned),
            **trend.of(self.scope, self.unit, self.duties, totals),
        }

    def _people(self):
        """Return today's liaisons and leaders by role, with their telephone numbers; nobody for a past evening."""
        if evening_read():
            return []
        people = User.objects.holders(unit=self.unit, role__in=BELONGS_TO_A_UNIT)
        return sorted(people, key=lambda person: (person.role != "liaison", person.name, person.pk))

    def _open(self, chased, returned):
        """Return the most urgent duties that are not completed, each with its period, last report and remark."""
        last = figures.days_of_last(self.reports)
        duties = self.duties.exclude(light=Light.DONE).select_related("task").most_urgent_first()[:MAX_ROWS]
        return [
            {
                "duty": duty,
                "href": self.to.page("tasks:assignment", duty.pk),
                "state": self._state(duty),
                "reported_on": last.get(duty.pk),
                "remark": chases.remark(duty, chased, returned),
            }
            for duty in duties
        ]

    def _state(self, duty):
        """Return `(CSS class, word)` of how far the unit is with the duty in the period, `None` if nothing is asked."""
        if duty.awaits_answer:
            return "returned", "退回"
        if duty.pk not in self.period.asked:
            return None
        return ("submitted", "已报送") if duty.pk in self.period.reported else ("empty", "未报")

    def _links(self, totals):
        """Return `(light, number, URL)` of the lights that occur, most urgent first."""
        lit = [light.value for light in Light if totals[light.value]]
        return [(light, totals[light], self.to.duties(light=light)) for light in lit]

    def _chaseable(self):
        """Return the ids of the overdue duties that the user may chase today."""
        if evening_read() or not may(self.user, "tasks.remind") or not may(self.user, "tasks.review"):
            return []
        return list(self.duties.filter(light=Light.OVERDUE).in_hand().order_by().values_list("pk", flat=True))
