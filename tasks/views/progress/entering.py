"""Pages of reports that the office enters for units (代填), and of the units' answers."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tasks.forms.progress.sheets import EnterForm, ObjectionForm
from tasks.models import Assignment, EnteredReport
from tasks.models.progress.report import CONTENT_FIELDS
from tasks.services.progress import entering, reports
from wenshang_disclosure.core.region import office_name
from wenshang_disclosure.core.web.errors import may, require
from wenshang_disclosure.core.web.forms import carry_out
from wenshang_disclosure.core.web.numbers import read_number
from wenshang_disclosure.core.web.pages import page_of

ROWS_PER_PAGE = 100


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request, pk):
    """Enter a report for the unit of a duty and submit it."""
    seen = Assignment.objects.visible_to(request.user).with_light().for_lists().select_related("plan")
    duty = get_object_or_404(seen, pk=pk)
    require(request.user, "tasks.enter_for_unit", sentence=reports.ONLY_THE_OFFICE_ENTERS)
    reports.refuse_suspended(duty)
    open_units = list(reports.open_responsible(duty).select_related("unit"))
    about = {"assignment": duty, "open_units": open_units}
    returned = reports.unanswered(duty)
    initial = {name: getattr(returned, name) for name in CONTENT_FIELDS} if returned else {}
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = EnterForm(*sent, **about, **({} if sent else {"initial": initial}))
    if sent and form.carry_out(entering.enter_and_tell, duty, by=request.user):
        day = form.outcome.answer_by
        messages.success(request, f"已代填报送，并已通知{duty.unit}在{day.month}月{day.day}日前认可或者提出异议。")
        return redirect(reverse("tasks:assignment", args=[pk]) + f"#report-{form.outcome.report_id}")
    within = reports.SupervisionRules.of(duty.plan).confirm_entered_within
    counted = reports.counted(duty) if duty.task.target_count else None
    context = {"duty": duty, "task": duty.task, "form": form, "returned": returned, "within": within}
    context |= {"open_units": open_units, "counted": counted}
    return render(request, "tasks/progress/entering/enter.html", context, status=form.status)


def _visible(request):
    require(request.user, "tasks.see_entered")
    return EnteredReport.objects.visible_to(request.user).for_lists()


@login_required
@require_safe
def listing(request):
    """List the reports that were entered: first those that the unit can still answer, then the others."""
    found = _visible(request)
    waiting = list(found.unanswered().order_by("answer_by", "pk"))
    others = found.exclude(pk__in=[one.pk for one in waiting]).order_by("-pk")
    page = page_of(request, others, ROWS_PER_PAGE)
    context = {"page": page, "waiting": waiting, "answers": not request.user.reads_everything}
    return render(request, "tasks/progress/entering/list.html", context, status=page.status)


@login_required
@require_safe
def detail(request, pk):
    """Show one report that was entered, with the unit's answer or the forms for it."""
    return _detail(request, get_object_or_404(_visible(request), pk=pk), ObjectionForm())


def _detail(request, entered, form):
    report = entered.report
    may_answer = may(request.user, "tasks.answer_entered", report)
    stands = report.is_submitted and report.attested_at == entered.at
    context = {
        "entered": entered,
        "report": report,
        "duty": report.assignment,
        "task": report.assignment.task,
        "stands": stands,
        "evidence": report.evidence.select_related("stored") if stands else [],
        "may_answer": may_answer and stands and entered.is_open,
        "form": form,
        "today": timezone.localdate(),
    }
    return render(request, "tasks/progress/entering/detail.html", context, status=form.status)


@login_required
@require_POST
def confirm(request, pk):
    """Agree to one report that was entered for the own unit."""
    entered = get_object_or_404(_visible(request), pk=pk)
    require(request.user, "tasks.answer_entered", entered.report, entering.ONLY_ITS_UNIT)
    carry_out(request, "已认可。", entering.confirm, entered)
    return redirect("tasks:entered")


@login_required
@require_POST
def confirm_several(request):
    """Agree to the ticked reports, or to all that the page showed; what was entered since is not among them."""
    waiting = _visible(request).unanswered()
    require(request.user, "tasks.answer_any_entered", sentence=entering.ONLY_ITS_UNIT)
    chosen = request.POST.getlist("shown" if "all" in request.POST else "entered")
    waiting = waiting.filter(pk__in=[read_number(pk, 0) for pk in chosen])
    results = entering.confirm_several(list(waiting), by=request.user)
    refused = [one.error for one in results if one.error]
    if len(results) > len(refused):
        messages.success(request, f"已认可{len(results) - len(refused)}件。")
    for sentence in dict.fromkeys(refused):
        messages.warning(request, sentence)
    if not results:
        messages.info(request, "请先勾选待认可的报告。")
    return redirect("tasks:entered")


@login_required
@require_POST
def object_to(request, pk):
    """Object to a report that was entered for the own unit, with a reason."""
    entered = get_object_or_404(_visible(request), pk=pk)
    require(request.user, "tasks.answer_entered", entered.report, entering.ONLY_ITS_UNIT)
    form = ObjectionForm(request.POST)
    if not form.carry_out(entering.object_to, entered, by=request.user):
        return _detail(request, entered, form)
    if form.outcome.report.is_draft:
        messages.success(request, f"已提出异议并通知{office_name()}。报告已退回为本单位的草稿，可以修改后自行报送。")
        if may(request.user, "tasks.write_report", entered.report.assignment):
            return redirect("tasks:report", pk=entered.report.assignment_id)
    else:
        messages.success(request, f"已提出异议并通知{office_name()}。")
    return redirect("tasks:entered-report", pk=pk)
