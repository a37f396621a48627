"""Pages of reporting rounds: the list, a new round, and one round with its submissions."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from tasks import lists
from tasks.choices import Submission
from tasks.filters import RoundItemFilter
from tasks.forms.supervision.rounds import ChangeRoundForm, RoundForm
from tasks.models import Assignment, ReminderItem, ReportingRound, RoundItem
from tasks.scope import Scope, chosen_plan, plans_of_work
from tasks.services.supervision import rounds
from tasks.tables import OwnRoundItemTable, RoundItemTable
from tasks.views.plan_page import PlanPage
from wenshang_disclosure.core.rates import per_cent
from wenshang_disclosure.core.region import worded
from wenshang_disclosure.core.web.errors import Conflict, may, require
from wenshang_disclosure.core.web.pages import ListPage

NOT_THE_OFFICE = worded("报送批次由{office_short}工作人员发起和管理。")


class RoundList(PlanPage):
    """List of the rounds of the chosen plan, else of all, with their figures; units see their own duties only."""

    list = lists.ROUNDS
    template_name = "tasks/supervision/rounds/list.html"

    def get_context_data(self):
        """Add the plans for which the office may call a round."""
        plan = self.scope.plan
        at_work = [plan] if plan else plans_of_work(self.request.user, timezone.localdate())
        return {**super().get_context_data(), "at_work": at_work}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request):
    """Show the form for a new round, preview the duties that it asks for, or create it."""
    require(request.user, "tasks.call_round", sentence=NOT_THE_OFFICE)
    plan = chosen_plan(request.GET)
    form = RoundForm(request.POST if request.method == "POST" else None, plan=plan)
    action = request.POST.get("action", "preview") if request.method == "POST" else ""
    if action == "send" and form.carry_out(rounds.call, plan, by=request.user):
        messages.success(request, "已发起报送，并已通知各单位。")
        return redirect("tasks:round", pk=form.outcome.pk)
    context = {"plan": plan, "form": form}
    if action == "preview" and form.carry_out(rounds.prospect, plan, by=request.user):
        context |= {"shares": form.outcome, "duties": sum(count for _, count in form.outcome)}
        return render(request, "tasks/supervision/rounds/preview.html", context)
    return render(request, "tasks/supervision/rounds/new.html", context, status=form.status)


class RoundPage(ListPage):
    """Page of one round with its submissions; a unit sees its own duties."""

    filter_class = RoundItemFilter
    template_name = "tasks/supervision/rounds/detail.html"

    def get_scope(self):
        """Return the scope of the round's plan."""
        self.round = _visible_round(self.request, self.kwargs["pk"])
        own = may(self.request.user, "tasks.write_report", Assignment(unit_id=self.request.user.unit_id))
        self.table_class = OwnRoundItemTable if own else RoundItemTable
        return Scope.of(self.request, plan=self.round.plan)

    def get_queryset(self):
        return RoundItem.objects.on_page(self.request.user, self.round)

    def get_context_data(self):
        """Add the round, its figures, and by unit what was reported, least first, with the duties to remind of."""
        context = super().get_context_data()
        ranked = may(self.request.user, "tasks.see_slow_units_first")
        lines = _by_unit(self.get_queryset(), ranked=ranked)
        total = {name: sum(line[name] for line in lines) for name in ("requested", "submitted", *Submission.values)}
        return {
            **context,
            "as_of": None,
            "round": self.round,
            "plan": self.round.plan,
            "reopenings": self.round.reopenings.select_related("closed_by", "by"),
            "total": total,
            "tabs": [(value, label, total[value]) for value, label in Submission.choices],
            "by_unit": lines,
            "ranked": ranked,
            "to_chase": [line for line in lines if line["wanted"]],
        }


UNIT = ("assignment__unit", "assignment__unit__name", "assignment__unit__order")


def _by_unit(items, *, ranked):
    """Return a dict for each unit: where `ranked`, the least reported first, else those that have yet to report, each
    as in the register.

    It has `unit`, `name`, the figures of `submission_counts`, `share` (reported, in per cent), `last_at` (the last
    first report), `wanted` (the ids of the duties to remind of) and `chased` (their last reminder without an answer).
    """
    last, wanted, chased = _last_reports(items), _wanted(items), _chased(items)
    lines = [
        {
            "unit": unit,
            "name": name,
            "order": order,
            **row,
            "share": per_cent(row["submitted"], row["requested"]),
            "last_at": last.get(unit),
            "wanted": wanted.get(unit, []),
            "chased": chased.get(unit),
        }
        for (unit, name, order), row in items.submission_counts(*UNIT).items()
    ]
    return sorted(lines, key=lambda line: (*_slowness(line, ranked), line["order"], line["unit"]))


def _slowness(line, ranked):
    return (line["share"], -line["missing"]) if ranked else (not line["wanted"],)


def _last_reports(items):
    reported = items.filter(reported_at__isnull=False).order_by("reported_at")
    return dict(reported.values_list("assignment__unit", "reported_at"))


def _wanted(items):
    found = {}
    for unit, duty in items.wanted().values_list("assignment__unit", "assignment"):
        found.setdefault(unit, []).append(duty)
    return found


def _chased(items):
    """Return `{unit id: its last reminder of a wanted duty}` of those without an answer."""
    duties = items.wanted().order_by().values("assignment")
    unanswered = ReminderItem.objects.filter(assignment__in=duties).latest().unanswered()
    unanswered = unanswered.select_related("reminder", "assignment").order_by("pk")
    return {item.assignment.unit_id: item.reminder for item in unanswered}


def _visible_round(request, pk):
    seen = ReportingRound.objects.visible_to(request.user).select_related("plan", "by", "closed_by")
    return get_object_or_404(seen, pk=pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change(request, pk):
    """Change title, text and closing day of a round."""
    one = _visible_round(request, pk)
    require(request.user, "tasks.call_round", sentence=NOT_THE_OFFICE)
    if request.method != "POST" and one.closed_at:
        raise Conflict("该批次已结束，不能再修改。")
    initial = {"title": one.title, "text": one.text, "closes_on": one.closes_on}
    form = ChangeRoundForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.carry_out(rounds.change, one, by=request.user):
        moved = form.outcome.closes_on != one.closes_on
        messages.success(request, "已修改，并已通知尚未报送的单位。" if moved else "已修改。")
        return redirect("tasks:round", pk=pk)
    return render(request, "tasks/supervision/rounds/change.html", {"round": one, "form": form}, status=form.status)


@login_required
@require_POST
def close(request, pk):
    """Close a round."""
    one = _visible_round(request, pk)
    require(request.user, "tasks.call_round", sentence=NOT_THE_OFFICE)
    rounds.close(one, by=request.user)
    messages.success(request, "已结束本批次；此后报送的进展不再计入。")
    return redirect("tasks:round", pk=pk)
