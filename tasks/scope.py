"""The scope of a page, a file or an API answer: a user, a plan, a day and filters, read once per request."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date

from django.db.models import Exists, OuterRef
from django.http import Http404, QueryDict
from django.utils import timezone
from django.utils.functional import cached_property

from wenshang_disclosure.core.dates import BadDay, read_as_of
from wenshang_disclosure.core.evenings import evening_read
from wenshang_disclosure.core.prepared import rows_for
from wenshang_disclosure.core.web.errors import Refused, ShowInstead
from wenshang_disclosure.core.web.filters import chips
from wenshang_disclosure.core.web.numbers import read_number

from .choices import Status
from .models import Assignment, Plan, SupervisionRules
from .models.progress.assignment import sums_of_lights

ALL_OPEN_YEARS = "全部在办年度"
ALL_YEARS = "全部年度"


class Malformed(Refused):
    """A filter or a day is invalid; `errors` are keyed by the name of the parameter."""

    status = 400

    def __init__(self, errors):
        super().__init__("；".join(sentence for sentences in errors.values() for sentence in sentences))
        self.errors = errors


class NoPlan(ShowInstead):
    """No plan has been issued yet."""

    template = "tasks/plans/no_plan.html"


def chosen_plan(query):
    """Return the plan that `?plan=` names in `query`, by default the latest issued one.

    Raises 404 for an id that is not an issued plan, `NoPlan` where none is issued.
    """
    parameter = query.get("plan", "")
    pk = read_number(parameter)
    plan = Plan.objects.chosen(pk) if pk or not parameter else None
    if plan is None:
        raise Http404 if parameter else NoPlan
    return plan


def read_day(query):
    """Return the day of `?as_of=` in `query`, today by default. Raises `Malformed` for an invalid one."""
    try:
        return read_as_of(query.get("as_of"))
    except BadDay as bad:
        raise Malformed({"as_of": [str(bad)]}) from None


def plans_of_work(user, as_of):
    """Return the issued plans that lists of work run through by default, the latest year first.

    They are the latest plan of that day, and those in which `user` sees an open duty on its evening. Raises `NoPlan`
    where none is issued.
    """
    issued = rows_for(user, "plans of work", lambda who: _with_open_work(who, as_of), as_of)
    if not issued:
        raise NoPlan
    issued_then = [plan for plan in issued if plan.issued_on <= as_of] or issued[:1]
    return [plan for plan in issued_then if plan.is_open or plan == issued_then[0]]


def _with_open_work(user, as_of):
    seen = Assignment.objects.visible_to(user).filter(plan=OuterRef("pk"))
    open_then = seen.owed(as_of).with_light(as_of).exclude(status=Status.COMPLETED)
    return Plan.objects.issued().annotate(is_open=Exists(open_then))


def issued_plans():
    """Return all issued plans, the latest year first. Raises `NoPlan` where there is none."""
    issued = rows_for(None, "issued plans", lambda _: Plan.objects.issued())
    if not issued:
        raise NoPlan
    return issued


@dataclass
class Scope:
    """What one `user` is shown of one `plan` on the evening of `as_of`.

    A list of work runs through several `plans`; `plan` is then `None` unless there is only one. Its filters know the
    units and parts of the plans `offered`, which `read_offered` returns, and `all_plans` names, in the choice of a
    year, what is shown where none is chosen; it is empty for pages that are always of one plan.

    `filters` is the query as sent. For an invalid day `as_of` is today, with the reason in `as_of_error`. `chosen` are
    the cleaned values of the filter that `cut` used last, and `note` describes them in words.
    """

    user: object
    plan: Plan | None
    as_of: date
    filters: QueryDict = field(default_factory=lambda: QueryDict(""))
    as_of_error: str = ""
    note: str = ""
    chosen: dict = field(default_factory=dict)
    plans: list = field(default_factory=list)
    read_offered: Callable = list
    all_plans: str = ""

    def __post_init__(self):
        self.plans = self.plans or ([self.plan] if self.plan else [])

    @classmethod
    def of(cls, request, **kwargs):
        """Return the scope of a page from its request; `plan` is given where the page is about one."""
        if "plan" not in kwargs:
            kwargs["plan"] = chosen_plan(request.GET)
        return cls.read(request.user, request.GET, **kwargs)

    @classmethod
    def strictly_of(cls, request, make=None, **kwargs):
        """Return the scope of a file, by default made as `of` does. Raises `Malformed` for invalid parameters."""
        try:
            scope = (make or cls.of)(request, **kwargs)
        except NoPlan:
            raise Malformed({"plan": ["还没有印发年度任务分解表，没有可导出的内容。"]}) from None
        return scope.readable()

    @classmethod
    def read(cls, user, query, *, plan):
        """Return the scope that `query` describes on `plan`."""
        try:
            return cls(user, plan, read_as_of(query.get("as_of")), query)
        except BadDay as bad:
            return cls(user, plan, timezone.localdate(), query, str(bad))

    @classmethod
    def read_chosen(cls, user, query):
        """Return the scope that `query` describes on the plan that it names, by default the latest issued one."""
        return cls.read(user, query, plan=chosen_plan(query))

    @classmethod
    def of_work(cls, request):
        """Return the scope of a list of duties: of the plan that `?plan=` names, else of all with open work."""
        return cls.read_work(request.user, request.GET)

    @classmethod
    def of_work_today(cls, request):
        """Return the scope of a page of what waits today, whatever day is kept in the address."""
        return cls.read_work(request.user, _without_day(request.GET))

    @classmethod
    def of_all_years_today(cls, request):
        """Return the scope of a page of what waits in all years, whatever day is kept in the address."""
        return cls.read_all_years(request.user, _without_day(request.GET))

    @classmethod
    def read_work(cls, user, query):
        """Return the scope of the list of duties that `query` describes."""
        scope = cls.read(user, query, plan=None)
        return scope._through(lambda: plans_of_work(user, scope.as_of), ALL_OPEN_YEARS)

    @classmethod
    def of_all_years(cls, request):
        """Return the scope of today's list of the plan that `?plan=` names, else of all issued plans."""
        return cls.read_all_years(request.user, request.GET)

    @classmethod
    def read_all_years(cls, user, query):
        """Return the scope of today's list that `query` describes, of one plan or of all issued plans."""
        scope = replace(cls.read(user, query, plan=None), as_of=timezone.localdate())
        return scope._through(issued_plans, ALL_YEARS)

    @classmethod
    def read_records(cls, user, query):
        """Return the scope of the list of what was done by an evening that `query` describes, of one plan or of all
        issued plans.
        """
        return cls.read(user, query, plan=None)._through(issued_plans, ALL_YEARS)

    def _through(self, read_plans, all_plans):
        """Return the scope of a list through the plans that `read_plans()` returns, or through the one that `?plan=`
        names, where nothing is asked of the others.
        """
        shown = [chosen_plan(self.filters)] if self.filters.get("plan") else read_plans()
        plan = shown[0] if len(shown) == 1 else None
        read_offered = read_plans if self.filters.get("plan") else list
        return replace(self, plan=plan, plans=shown, read_offered=read_offered, all_plans=all_plans)

    @cached_property
    def offered(self):
        """Return the plans whose units and parts the filters know."""
        others = self.read_offered()
        return [*others, *(plan for plan in self.plans if plan not in others)]

    @cached_property
    def rules(self):
        """Return the rules of supervision of the plans, by the id of their plan."""
        return SupervisionRules.of_each(self.plans)

    @property
    def has_several_years(self):
        """Return whether rows have to say of which year they are."""
        return len(self.plans) > 1

    @property
    def status(self):
        """Return the HTTP status of the page: 400 for an invalid day."""
        return 400 if self.as_of_error else 200

    @property
    def is_too_early(self):
        """Return whether the plan had not been issued on that evening."""
        return self.as_of < self.plan.issued_on

    def readable(self):
        """Return the scope itself. Raises `Malformed` for an invalid day."""
        if self.as_of_error:
            raise Malformed({"as_of": [self.as_of_error]})
        return self

    def issued(self):
        """Return the scope itself. Raises `Malformed` where the plan had not been issued on that evening."""
        if self.is_too_early:
            day, title = self.plan.issued_on, self.plan.title
            sentence = f"《{title}》于{day.year}年{day.month}月{day.day}日印发，截至日期不能早于印发日期。"
            raise Malformed({"as_of": [sentence]})
        return self

    def context(self):
        """Return the template context that every page of the scope needs."""
        return {
            "plan": self.plan,
            "as_of": self.as_of,
            "as_of_error": self.as_of_error,
            "several_years": self.has_several_years,
            "all_plans": self.all_plans,
        }

    def duties(self):
        """Return the duties that the user may see, with their lights on that evening."""
        if "_duties" not in vars(self):
            self._duties = {}
        key = self.user, evening_read()
        if key not in self._duties:
            self._duties[key] = Assignment.objects.shown_in(self.user, self.plans, self.as_of)
        return self._duties[key].all()

    def light_counts(self, *by):
        """Return the `light_counts` of the duties."""
        return sums_of_lights(self.fetch(f"lights by {by}", lambda own: own.duties().by_light(*by)), *by)

    def fetch(self, name, rows, *depends_on, ids=()):
        """Return the rows of the queryset `rows(scope)`, or `rows(scope, ids)`, as a list; its SQL is compiled once.

        It may depend on the user, the plans and the day of the scope, and on what is named in `depends_on`; `name` and
        `ids` are as for `rows_for`.
        """

        def of(user, *ids):
            own = copy.copy(self)
            own.user = user
            return rows(own, *ids)

        plans = tuple(plan.pk for plan in self.plans)
        return rows_for(self.user, name, of, plans, self.as_of, *depends_on, ids=ids)

    def filterset(self, filter_class, rows, **kwargs):
        """Return the bound filter set of a list over `rows`."""
        return filter_class(self.filters, queryset=rows, scope=self, **kwargs)

    def cut(self, filter_class, rows, **kwargs):
        """Return the rows that the list with the same filters shows. Raises `Malformed`."""
        filterset = self.filterset(filter_class, rows, **kwargs)
        if not filterset.form.is_valid():
            raise Malformed(filterset.form.errors)
        self.chosen, self.note = filterset.form.cleaned_data, _in_words(filterset.form)
        return filterset.qs

    def sorted(self, table_class, rows, **kwargs):
        """Return the rows in the order of the list with the same address."""
        return table_class(rows, order_by=self.filters.getlist("sort") or None, **kwargs).data.data


def _without_day(query):
    query = query.copy()
    query.pop("as_of", None)
    return query


def _in_words(form):
    """Return the chosen filters of `form` in words, "" where there are none."""
    return "；".join(f"{chip.label}：{chip.words}" for chip in chips(form))
