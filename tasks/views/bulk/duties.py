"""The steps on many duties, selected in any list of duties: 催办、延期、改派、中止, and their file."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.views.decorators.http import require_POST

from tasks.choices import Grade, Light, Status
from tasks.forms.deadlines.changes import ExtendForm, ReassignForm, SuspendForm
from tasks.forms.supervision.reminders import ReminderForm
from tasks.models import Assignment, Plan, ReportingRound, StockPhrase
from tasks.services.deadlines import extensions, reassignment, suspension
from tasks.services.supervision import reminders, wording
from tasks.views.picking import STEPS
from tasks.views.selection import chosen
from wenshang_disclosure.core.web.errors import Refused
from wenshang_disclosure.core.web.numbers import read_number

from .base import StepForMany


class StepForDuties(StepForMany):
    """Base of the steps on duties, selected in any list of duties."""

    action = ""
    measure, noun = "件", "承办事项"
    url_name, list_name, list_title = "tasks:bulk", "tasks:assignments", "承办事项"
    columns = ("序号", "具体要求", "承办单位", "完成时限")
    results_columns = columns[:-1]
    cells = "tasks/bulk/_duty.html"
    plan = None  # set by `steps`; `None` for duties of all years

    @property
    def name(self):
        return STEPS[self.action].name

    @property
    def permission(self):
        return STEPS[self.action].permission

    def choose(self):
        rows = chosen(self.request, self.plan)
        self.several_years = len({duty.plan_id for duty in rows}) > 1
        return rows

    def carried(self, rows):
        duties = ",".join(str(duty.pk) for duty in rows)
        return [("plan", self.plan.pk if self.plan else ""), ("action", self.action), ("duties", duties)]

    def obstacle(self, row):
        return "已办结" if row.status == Status.COMPLETED else ""

    def summary(self, results):
        units = len({result.row.unit_id for result in results if not result.error})
        return f"{super().summary(results)}，涉及{units}个单位{self._changed_since(len(results))}"

    def _changed_since(self, number):
        """Return what to say where the filter finds another number of duties than was shown when all were chosen."""
        shown = read_number(self.request.POST.get("number", ""))
        takes_all = self.request.POST.get("scope") == "all"
        return f"（选择时为{shown}件，清单此后有变化，请核对）" if takes_all and shown not in (None, number) else ""

    def default_query(self):
        return QueryDict(f"plan={self.plan.pk}" if self.plan else "")


class Extend(StepForDuties):
    action, form_class, service = "extend", ExtendForm, staticmethod(extensions.extend)


class Reassign(StepForDuties):
    action, form_class, service = "reassign", ReassignForm, staticmethod(reassignment.reassign)


class Suspend(StepForDuties):
    action, form_class, service = "suspend", SuspendForm, staticmethod(suspension.suspend)


class Remind(StepForDuties):
    """Reminder of all selected duties at once."""

    action, form_class = "remind", ReminderForm

    beside = "tasks/supervision/reminders/_preview.html"

    def choose(self):
        duties = super().choose()
        ids = [duty.pk for duty in duties]
        may_chase = reminders.chaseable(Assignment.objects.filter(pk__in=ids), self.request.user)
        self.chaseable = set(may_chase.values_list("pk", flat=True))
        self.grades = reminders.latest_grades(self.chaseable)
        for duty in duties:
            grade = self.grades.get(duty.pk)
            duty.note = f"上次{Grade(grade).label}后尚未回复" if grade else ""
        self.days = reminders.default_days({duty.plan for duty in duties}, reminders.grades_of(self.request.user))
        return duties

    def get_form(self):
        """Return the form, with the grade after the highest of the latest reminders as its default."""
        user = self.request.user
        grades = reminders.grades_of(user)
        if {"confirm", "preview"} & self.request.POST.keys():
            return ReminderForm(self.request.POST, grades=grades, days=self.days)
        grade = reminders.grade_to_offer(self.grades.values(), user)
        return ReminderForm.offered(grade, grades, self.days, text=self.text_for_round())

    def text_for_round(self):
        """Return the text for units that did not report in the round from which the rows were chosen, else ""."""
        pk = read_number(self.request.POST.get("round"))
        one = ReportingRound.objects.visible_to(self.request.user).filter(pk=pk).first() if pk else None
        return wording.text_for_round(one) if one else ""

    def confirm(self, results, form):
        """Render the confirming page, for a script only what the units will read."""
        if form.is_bound:
            form.check_words()
        self.form = form
        if self.request.htmx:
            taken = [result.row for result in results if not result.error]
            context = {"words": self.words(taken), "form": form}
            return render(self.request, "tasks/supervision/reminders/_preview.html", context)
        return super().confirm(results, form)

    def words(self, taken):
        """Return `[(unit, text)]` as each unit will read it, `[]` while the text will not do."""
        if not taken or self.form.errors:
            return []
        given = self.form.cleaned_data if self.form.is_bound else self.form.initial
        day = given.get("answer_by") or self.days[Grade(given["grade"])]
        return reminders.preview(taken, given["text"], day)

    def obstacle(self, row):
        if row.pk in self.chaseable:
            return ""
        if row.status == Status.COMPLETED:
            return "已办结"
        if row.status == Status.UNDER_REVIEW:
            return "已申报办结，正在审核"
        if row.suspended:
            return "已中止"
        if row.released_on and row.released_on <= timezone.localdate():
            return "已解除"
        return "不在您可催办的范围内"

    def get_context(self, results):
        taken = [result.row for result in results if not result.error]
        phrases = StockPhrase.objects.filter(grade__in=reminders.grades_of(self.request.user))
        return {"phrases": phrases, "words": self.words(taken)}

    def finish(self, rows, form):
        """Send the reminder, one a year, and redirect to its page, or to the list of several."""
        taken = [row for row in rows if not self.obstacle(row)]
        if not form.carry_out(reminders.send_by_year, taken, by=self.request.user):
            return self.confirm(self.rehearse(rows, {}), form)
        sent = form.outcome
        number = sum(one.items.count() for one in sent)
        by_year = f"（按年度分为{len(sent)}份）" if len(sent) > 1 else ""
        until = f"请各单位于{date_format(max(one.answer_by for one in sent), 'n月j日')}前回复"
        messages.success(self.request, f"已发出{sent[0].get_grade_display()}{by_year}，共{number}件承办事项，{until}。")
        if len(rows) > number:
            messages.warning(self.request, f"另有{len(rows) - number}件在此期间已有变化，未催办。")
        return redirect("tasks:reminder", pk=sent[0].pk) if len(sent) == 1 else redirect("tasks:reminders")


DUTY_STEPS = {step.action: step for step in (Remind, Extend, Reassign, Suspend)}


@login_required
@require_POST
def steps(request):
    """Take the posted step on the selected duties, or export them; without a plan they may be of several years."""
    plan = request.POST.get("plan") or None
    if plan:
        plan = get_object_or_404(Plan.objects.issued(), pk=read_number(plan, 0))
    action = request.POST.get("action", "")
    if action == "export":
        return _export(request, plan)
    if action not in DUTY_STEPS:
        raise Refused("请选择要办理的步骤。")
    return DUTY_STEPS[action].as_view(plan=plan)(request)


def _export(request, plan):
    """Redirect to the export of exactly the selected duties."""
    listed = QueryDict(request.POST.get("query", ""), mutable=True)
    if request.POST.get("scope") == "all":
        query = listed
        name = "reports:export-overdue" if request.POST.get("light") == Light.OVERDUE else "reports:export-assignments"
        if request.POST.get("unit"):
            query["unit"] = request.POST["unit"]
    else:
        query, name = QueryDict(mutable=True), "reports:export-assignments"
        query.setlist("duty", [str(duty.pk) for duty in chosen(request, plan)])
        for kept in ("as_of", "sort", "columns"):
            query.setlist(kept, listed.getlist(kept))
    if plan:
        query["plan"] = str(plan.pk)
    return redirect(f"{reverse(name)}?{query.urlencode()}")
