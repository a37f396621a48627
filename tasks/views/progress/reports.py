"""The page on which a unit drafts, attests and submits its report."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from tasks.choices import ReportState
from tasks.forms import EvidenceForm, LinkForm, ReportForm
from tasks.models import Assignment, ProgressReport
from tasks.services.progress import evidence, reports
from wenshang_disclosure.core.web.errors import require
from wenshang_disclosure.core.web.numbers import read_number
from wenshang_disclosure.files.inspection.kinds import WITH_PLACE

PLACE_TOLD = "所附照片带有拍摄地点（GPS信息），下载原图的人都能看到。不需要的，请在报送前点“去掉拍摄地点”。"
ONLY_ITS_LIAISON = "进展情况由承办单位的联络员填报。"


class ReportEditor:
    """State of the editing page: the duty, its draft and its forms."""

    def __init__(self, request, pk):
        """Fetch the duty. Raises `Http404` without the right to see it, `PermissionDenied` without that to write."""
        duties = Assignment.objects.visible_to(request.user).with_light().for_lists().select_related("plan")
        self.request, self.status = request, 200
        self.duty = get_object_or_404(duties, pk=pk)
        require(request.user, "tasks.write_report", self.duty, ONLY_ITS_LIAISON)
        self.open_units = list(reports.open_responsible(self.duty).select_related("unit"))
        self.evidence_form, self.link_form = EvidenceForm(plan=self.duty.plan), LinkForm(plan=self.duty.plan)
        self.form = None

    def posted(self):
        """Return the bound form of the report."""
        return ReportForm(self.request.POST, assignment=self.duty, open_units=self.open_units)

    def carry_out(self, service):
        """Call a service with the posted form and keep the form for the page; return whether it succeeded."""
        self.form = self.posted()
        return self.done(self.form.carry_out(service, self.duty, by=self.request.user), self.form)

    def done(self, is_done, form):
        """Keep the status of a form that was carried out; return `is_done`."""
        self.status = form.status
        return is_done

    def reload(self, message):
        """Add a success message and redirect to the page."""
        messages.success(self.request, message)
        return redirect("tasks:report", pk=self.duty.pk)

    def show(self):
        """Render the page, with the entered values and errors."""
        not_submitted = self.duty.reports.not_submitted().select_related("attested_by").first()
        draft = not_submitted if not_submitted and not_submitted.is_draft else None
        returned = reports.unanswered(self.duty)
        source = draft or returned
        context = {
            "passages": self._passages(),
            "duty": self.duty,
            "task": self.duty.task,
            "draft": draft,
            "awaiting_leader": None if draft else not_submitted,
            "returned": returned,
            "form": self._form(draft, source),
            "evidence_form": self.evidence_form,
            "link_form": self.link_form,
            "evidence": source.evidence.select_related("stored") if source else [],
            "open_units": self.open_units,
            "counted": reports.counted(self.duty) if self.duty.task.target_count else None,
            "elsewhere": draft if self.status == 409 else None,
        }
        return render(self.request, "tasks/progress/assignments/report.html", context, status=self.status)

    def _form(self, draft, source):
        """Return the bound form, or one filled from the draft or the returned report."""
        version = draft.version if draft else 0
        if self.form:  # the next POST continues from the current version
            self.form.data = self.form.data.copy()
            self.form.data["version"] = version
            return self.form
        initial = {field: getattr(source, field) for field in reports.CONTENT_FIELDS} if source else {}
        return ReportForm(assignment=self.duty, open_units=self.open_units, initial={**initial, "version": version})

    def _passages(self):
        return ProgressReport.objects.passages_for(self.request.user, self.duty) if self.duty.coordinates else []


@login_required
def report(request, pk):
    """Show the form, or take the posted action; every action but discarding saves the entered values first."""
    editor = ReportEditor(request, pk)
    if request.method != "POST":
        reports.refuse_suspended(editor.duty)
        return editor.show()
    action, _, item = request.POST.get("action", "save").partition(":")
    if action == "submit":
        return _submit(editor)
    if action == "discard":
        return _discard(editor)
    if not editor.carry_out(reports.save_draft):
        return editor.show()
    return STEPS.get(action, _saved)(editor, editor.form.outcome, item)


def _saved(editor, draft, item):
    return editor.reload(f"草稿已于{timezone.localtime():%H:%M}保存。")


def _submit(editor):
    if editor.carry_out(reports.submit):
        messages.success(editor.request, _submitted_message(editor.form.outcome))
        return redirect(reverse("tasks:assignment", args=[editor.duty.pk]) + "#sent")
    refused, status = editor.form, editor.status
    if status == 422:  # keep the values as a draft although they cannot be submitted
        editor.carry_out(reports.save_draft)
    editor.form, editor.status = refused, status
    return editor.show()


def _submitted_message(report):
    if report.state == ReportState.AWAITING_LEADER:
        return "已送分管领导审签，审签同意后送出。"
    if report.waits_for_lead:
        return "已报送，由牵头部门提出意见后转县政府办公室审核。"
    return "已报送，等待县政府办公室审核。"


def _discard(editor):
    editor.form = form = editor.posted()
    version = read_number(editor.request.POST.get("version"), 0)
    if not editor.done(form.call(reports.discard_draft, editor.duty, by=editor.request.user, version=version), form):
        return editor.show()
    messages.success(editor.request, "草稿已删除。")
    return redirect("tasks:assignment", pk=editor.duty.pk)


def _attach(editor, draft, item):
    editor.evidence_form = form = EvidenceForm(editor.request.POST, editor.request.FILES, plan=editor.duty.plan)
    if editor.done(form.carry_out(evidence.attach_files, draft, by=editor.request.user), form):
        if draft.evidence.filter(stored__marks__contains=WITH_PLACE).exists():
            messages.info(editor.request, PLACE_TOLD)
        return editor.reload(f"已上传{form.outcome}个文件。")
    return editor.show()


def _link(editor, draft, item):
    editor.link_form = form = LinkForm(editor.request.POST, plan=editor.duty.plan)
    if editor.done(form.carry_out(evidence.attach_link, draft, by=editor.request.user), form):
        return editor.reload("已添加发布链接。")
    return editor.show()


def _remove(editor, draft, item):
    found = draft.evidence.filter(pk=read_number(item)).first()
    if found is None:
        return redirect("tasks:report", pk=editor.duty.pk)
    if editor.done(editor.form.call(evidence.remove, found, by=editor.request.user), editor.form):
        return editor.reload(f"已移除“{found.title}”。")
    return editor.show()


def _take_out_place(editor, draft, item):
    found = draft.evidence.filter(pk=read_number(item), stored__isnull=False).first()
    if found is None:
        return redirect("tasks:report", pk=editor.duty.pk)
    if editor.done(editor.form.call(evidence.take_out_place, found, by=editor.request.user), editor.form):
        return editor.reload(f"已去掉“{found.title}”的拍摄地点。")
    return editor.show()


STEPS = {"attach": _attach, "link": _link, "remove": _remove, "place": _take_out_place}
"""What a button does after the draft was saved; the others only save."""


@login_required
@require_POST
def autosave(request, pk):
    """Save the draft from a script; return the version to continue from as JSON."""
    editor = ReportEditor(request, pk)
    if editor.carry_out(reports.save_draft):
        draft = editor.form.outcome
        saved_at = timezone.localtime(draft.saved_at)
        return JsonResponse({"version": draft.version, "saved": f"草稿已于{saved_at:%H:%M:%S}自动保存"})
    sentence = "；".join(error for errors in editor.form.errors.values() for error in errors)
    return JsonResponse({"error": sentence}, status=editor.status)


@login_required
@require_POST
def withdraw(request, pk):
    """Withdraw a report that nobody has reviewed into a draft."""
    report = get_object_or_404(ProgressReport.objects.visible_to(request.user).select_related("assignment"), pk=pk)
    require(request.user, "tasks.withdraw_report", report, "只有填报人可以撤回这份报告。")
    reports.withdraw(report, by=request.user)
    messages.success(request, "已撤回为草稿，可以修改后重新报送。")
    return redirect("tasks:report", pk=report.assignment_id)
