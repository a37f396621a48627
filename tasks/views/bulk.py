"""Steps on many rows at once: a preview of the result for each row, then, once confirmed, the results."""

from typing import NamedTuple
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.functional import cached_property
from django.views.decorators.http import require_POST
from django.views.generic import View

from tasks.choices import Grade, Light, Status
from tasks.forms.deadlines.changes import ExtendForm, ReassignForm, SuspendForm
from tasks.forms.supervision.reminders import ReminderForm
from tasks.models import Assignment, Plan, ReportingRound, StockPhrase
from tasks.services import bulk
from tasks.services.deadlines import extensions, reassignment, suspension
from tasks.services.supervision import reminders, wording
from wenshang_disclosure.core.web.errors import Refused, require
from wenshang_disclosure.core.web.numbers import read_number

from .picking import STEPS
from .selection import MAX_BULK_ROWS, chosen

MAX_NAMED = 10  # in one message

ORIGINS = {
    "tasks:worklist": "工作台",
    "tasks:assignments": "承办事项",
    "tasks:overdue": "逾期事项",
    "tasks:task": "任务",
    "tasks:assignment": "承办事项",
    "tasks:lead-opinions": "牵头任务",
    "tasks:lead-task": "牵头任务",
    "tasks:leader-approvals": "待审签的报告",
    "tasks:round": "报送批次",
    "tasks:reminder": "催办",
    "tasks:reminder-items": "催办事项",
    "tasks:reviews": "待审核的报告",
    "tasks:extensions": "延期申请",
    "reports:matrix": "矩阵",
    "reports:unit": "单位承办事项",
}
"""Pages from which rows are selected, with their names: a step leads back to the one that it came from."""


class Origin(NamedTuple):
    """The page from which a form was sent: its path, its query and its name."""

    path: str
    query: QueryDict
    name: str

    @property
    def address(self):
        return f"{self.path}?{self.query.urlencode()}" if self.query else self.path

    @classmethod
    def of(cls, request):
        """Return the page that the posted form names in `from`, `None` where it is none of `ORIGINS`.

        Its query is without the page number: rows that were dealt with may have left the list.
        """
        try:
            posted = urlsplit(request.POST.get("from", ""))
            name = ORIGINS.get(resolve(posted.path).view_name)
        except (ValueError, Resolver404):
            return None
        query = QueryDict(posted.query, mutable=True)
        query.pop("page", None)
        return cls(posted.path, query, name) if name else None


def in_short(names):
    """Return names in one line: all of up to `MAX_NAMED`, otherwise the first ones."""
    return "、".join(names[:MAX_NAMED]) + ("等" if len(names) > MAX_NAMED else "")


class StepForMany(LoginRequiredMixin, View):
    """Base view of a step on many rows; a subclass sets its service, form, permission and columns.

    The first POST has the selected rows and renders the preview; with `confirm` the step is taken for each row.
    """

    http_method_names = ["post"]
    name = permission = ""
    service = form_class = None
    measure, noun = "项", "事项"
    url_name = list_name = list_title = ""
    columns = results_columns = ()
    cells = ""  # template of the cells of a row before the cell of its result
    fields = "tasks/answering/_fields.html"
    confirm_template = "tasks/bulk/confirm.html"
    hint = ""
    beside = ""  # template of what stands below the rows of the confirming page
    ready = "将{name}"
    button, icon, button_class = "确定{name}{n}{measure}", "send", "btn-primary"
    done_heading, left_heading = "{name}：已办理{n}{measure}", "，未办理{n}{measure}"
    done_word = "已{name}"
    goes_back = False
    """Whether a step that was taken for all rows leads back to the list at once, with a message that names them."""

    def choose(self):
        """Return the selected rows that the user may see. Raises `Refused` where there are none."""
        raise NotImplementedError

    def carried(self, rows):
        """Return `(name, value)` of the hidden fields by which the confirming form identifies its rows."""
        raise NotImplementedError

    def obstacle(self, row):
        """Return why the step is not possible for the row, as Chinese text; empty where it is."""
        return ""

    def rehearse(self, rows, given):
        """Return the expected `Result` of each row; `given` is the cleaned data of the form so far."""
        return [bulk.Result(row, self.obstacle(row)) for row in rows]

    def take(self, row, given):
        return self.service(row, by=self.request.user, **given)

    def summary(self, results):
        """Return the text above the preview."""
        ready = sum(not result.error for result in results)
        return f"所选{len(results)}{self.measure}，其中{ready}{self.measure}{self.ready.format(name=self.name)}"

    def left_out(self, results):
        """Return the text on rows that are missing from the results."""
        return ""

    def default_query(self):
        """Return the query of the list to go back to where the form does not say from which it came."""
        return QueryDict()

    @cached_property
    def origin(self):
        """Return the list from which the rows were selected."""
        return Origin.of(self.request) or Origin(reverse(self.list_name), self.default_query(), self.list_title)

    def which(self, row):
        """Return what names the row in a message."""
        raise NotImplementedError

    def get_form(self):
        """Return the form, bound where the POST comes from the confirming page."""
        return self.form_class(self.request.POST if {"confirm", "preview"} & self.request.POST.keys() else None)

    def get_context(self, results):
        """Return further context of the confirming page."""
        return {}

    def post(self, request, *args, **kwargs):
        """Render the preview; with `confirm` take the step."""
        require(request.user, self.permission)
        request.kept_query = self.origin.query
        rows, form = self.choose(), self.get_form()
        if form.is_bound and not form.is_valid():
            form.status = 422
        elif "confirm" in request.POST:
            return self.finish(rows, form)
        return self.confirm(self.rehearse(rows, form.cleaned_data if form.is_bound else {}), form)

    def confirm(self, results, form):
        """Render the confirming page; rows without an obstacle come first."""
        results = sorted(results, key=lambda result: bool(result.error))
        taken = [result.row for result in results if not result.error]
        words = {"name": self.name, "n": len(taken), "measure": self.measure}
        context = {
            "step": self,
            "rows": results,
            "taken": taken,
            "heading": f"{self.name}{len(taken)}{self.measure}{self.noun}",
            "summary": self.summary(results),
            "button": self.button.format(**words),
            "carried": self.carried(taken),
            "form": form,
            **self.get_context(results),
        }
        return render(self.request, self.confirm_template, context, status=form.status)

    def finish(self, rows, form):
        """Take the step for each row without an obstacle, and render the results."""
        left = {row.pk: sentence for row in rows if (sentence := self.obstacle(row))}
        results = bulk.each([row for row in rows if row.pk not in left], lambda row: self.take(row, form.cleaned_data))
        results += [bulk.Result(row, left[row.pk]) for row in rows if row.pk in left]
        refused = [result for result in results if result.error]
        done = len(results) - len(refused)
        if not done:
            return self.confirm_again(rows, results, form)
        heading = self.done_heading.format(name=self.name, n=done, measure=self.measure)
        if self.goes_back and not refused and not self.left_out(results):
            messages.success(self.request, f"{heading}：{in_short([self.which(row) for row in rows])}。")
            return redirect(self.origin.address)
        if refused:
            heading += self.left_heading.format(name=self.name, n=len(refused), measure=self.measure)
        context = {
            "step": self,
            "heading": heading,
            "results": results,
            "done": done,
            "done_word": self.done_word.format(name=self.name),
            "left_out": self.left_out(results),
        }
        return render(self.request, "tasks/bulk/results.html", context)

    def confirm_again(self, rows, results, form):
        """Render the confirming page with the reasons why nothing was done, and with what was typed."""
        reasons = dict.fromkeys(result.error for result in results)
        form.add_error(None, "".join(reasons) or self.left_out(results))
        form.status = 422
        return self.confirm(self.rehearse(rows, form.cleaned_data), form)


class StepForReports(StepForMany):
    """Base of the steps on reports, each in the version that was shown: `report` is `id:version`."""

    measure, noun = "份", "报告"
    columns = ("填报单位", "序号", "类型", "进展情况", "佐证材料")
    results_columns = columns[:3]
    cells = "tasks/progress/reviews/_several.html"
    none_ticked = "请先勾选等待审核的报告。"

    def seen(self):
        """Return the reports that the user may see on this page, in any state: one may have been answered since."""
        raise NotImplementedError

    def waiting(self, reports):
        """Filter to the reports that the preview offers."""
        raise NotImplementedError

    def posted(self):
        """Return the posted `id:version` of the chosen reports."""
        return self.request.POST.getlist("report")

    def choose(self):
        pairs = [word.partition(":") for word in self.posted()[:MAX_BULK_ROWS]]
        self.versions = {read_number(pk): read_number(version) for pk, _, version in pairs}
        self.known = [pk for pk, version in self.versions.items() if pk is not None and version is not None]
        reports = self.seen().filter(pk__in=self.known).for_lists()
        if "confirm" not in self.request.POST:
            reports = self.waiting(reports)
        reports = list(reports.select_related("assignment__plan").prefetch_related("writers", "evidence__stored"))
        self.several_years = len({report.assignment.plan_id for report in reports}) > 1
        if not reports and ("confirm" not in self.request.POST or not self.known):
            raise Refused(self.none_ticked)
        return reports

    def carried(self, rows):
        return [("report", f"{report.pk}:{report.version}") for report in rows]

    def take(self, row, given):
        return super().take(row, {**given, "version": self.versions[row.pk]})

    def which(self, row):
        """Return what names the report in a message."""
        number = f"第{row.assignment.task.number}项"
        return f"{row.assignment.plan.year}年{number}" if self.several_years else number


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
