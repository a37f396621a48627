"""A unit writes its report: draft, evidence, attestation, submit."""

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
from tasks.services.progress import evidence, reports, submission
from wenshang_disclosure.core.web.errors import Refused, require

ONLY_ITS_LIAISON = "进展情况由承办单位的联络员填报。"


class ReportEditor:
    """What lies on the liaison's desk while they write: the duty, its draft, and the forms as filled in."""

    def __init__(self, request, pk):
        """Fetch the duty, 404 where the user may not see it, 403 where they may not write."""
        duties = Assignment.objects.visible_to(request.user).with_light().for_lists().select_related("plan")
        self.request, self.status = request, 200
        self.duty = get_object_or_404(duties.prefetch_related("task__designations"), pk=pk)
        require(request.user, "tasks.write_report", self.duty, ONLY_ITS_LIAISON)
        self.open_units = list(submission.open_responsible(self.duty).select_related("unit"))
        self.evidence_form, self.link_form = EvidenceForm(), LinkForm()
        self.form = None
        self.reread()

    def reread(self):
        """Read the draft as it stands now, or what waits for the leader, and the returned report that it answers."""
        not_submitted = self.duty.reports.not_submitted().select_related("attested_by").first()
        self.draft = not_submitted if not_submitted and not_submitted.is_draft else None
        self.awaiting_leader = not_submitted if not_submitted and not not_submitted.is_draft else None
        self.returned = reports.unanswered(self.duty)

    def fill(self, data=None):
        """Return the report's form, filled from what was posted, from the draft, or from the returned report."""
        source = self.draft or self.returned
        initial = {field: getattr(source, field) for field in reports.WRITTEN} if source else {}
        initial["version"] = self.draft.version if self.draft else 0
        return ReportForm(data, assignment=self.duty, open_units=self.open_units, initial=initial)

    def carry_out(self, service):
        """Call a service with what was posted; tell whether it was done, and keep the form where it was not."""
        self.form = self.fill(self.request.POST)
        done = self.form.carry_out(service, self.duty, by=self.request.user)
        self.status = self.form.status
        self.reread()
        return done

    def again(self):
        """Go back to the form as it now is in the database."""
        return redirect("tasks:report", pk=self.duty.pk)

    def show(self):
        """Return the page, with what was typed and what is wrong with it."""
        form = self.form or self.fill()
        if form.is_bound:  # the next post goes on from what now stands
            form.data = form.data.copy()
            form.data["version"] = self.draft.version if self.draft else 0
        source = self.draft or self.returned
        passages = ProgressReport.objects.passages_for(self.request.user, self.duty) if self.duty.coordinates else []
        context = {
            "passages": passages,
            "duty": self.duty,
            "task": self.duty.task,
            "draft": self.draft,
            "awaiting_leader": self.awaiting_leader,
            "returned": self.returned,
            "form": form,
            "evidence_form": self.evidence_form,
            "link_form": self.link_form,
            "evidence": source.evidence.select_related("stored") if source else [],
            "open_units": self.open_units,
            "counted": submission.counted(self.duty) if self.duty.task.target_count else None,
            "elsewhere": self.draft if self.status == 409 else None,
        }
        return render(self.request, "tasks/progress/assignments/report.html", context, status=self.status)


@login_required
def report(request, pk):
    """The form; each of its buttons saves what was typed before it does anything else."""
    editor = ReportEditor(request, pk)
    if request.method != "POST":
        submission.refuse_suspended(editor.duty)
        return editor.show()
    action, _, item = request.POST.get("action", "save").partition(":")
    if action == "submit":
        return _submit(editor)
    if action == "discard":
        return _discard(editor)
    if not editor.carry_out(reports.save_draft):
        return editor.show()
    return {"attach": _attach, "link": _link, "remove": _remove}.get(action, _saved)(editor, item)


def _saved(editor, item):
    messages.success(editor.request, f"草稿已于{timezone.localtime():%H:%M}保存。")
    return editor.again()


def _submit(editor):
    if editor.carry_out(reports.submit):
        messages.success(editor.request, _where_it_went(editor.form.outcome))
        return redirect(reverse("tasks:assignment", args=[editor.duty.pk]) + "#sent")
    refused, status = editor.form, editor.status
    if status == 422:  # what was typed is kept as a draft also where it cannot be handed in yet
        editor.carry_out(reports.save_draft)
    editor.form, editor.status = refused, status
    return editor.show()


def _where_it_went(report):
    if report.state == ReportState.AWAITING_LEADER:
        return "已送分管领导审签，审签同意后送出。"
    if report.waits_for_lead:
        return "已报送，由牵头部门提出意见后转县政府办公室审核。"
    return "已报送，等待县政府办公室审核。"


def _discard(editor):
    version = editor.request.POST.get("version", "")
    try:
        reports.discard_draft(editor.duty, by=editor.request.user, version=int(version) if version.isdecimal() else 0)
    except Refused as refusal:
        editor.form = editor.fill(editor.request.POST)
        editor.form.add_error(None, str(refusal))
        editor.status = refusal.status
        return editor.show()
    messages.success(editor.request, "草稿已删除。")
    return redirect("tasks:assignment", pk=editor.duty.pk)


def _attach(editor, item):
    editor.evidence_form = form = EvidenceForm(editor.request.POST, editor.request.FILES)
    if not form.is_valid():
        editor.status = 422
        return editor.show()
    kept, refused = 0, []
    for upload in form.cleaned_data["files"]:
        try:
            evidence.attach_file(
                editor.draft,
                upload,
                by=editor.request.user,
                kind=form.cleaned_data["file_kind"],
                dated_on=form.cleaned_data["file_dated_on"],
            )
            kept += 1
        except Refused as refusal:
            refused.append(refusal)
    if not refused:
        messages.success(editor.request, f"已上传{kept}个文件。")
        return editor.again()
    for refusal in refused:
        form.add_error("files", str(refusal))
    editor.status = max(422, *(refusal.status for refusal in refused))
    return editor.show()


def _link(editor, item):
    editor.link_form = form = LinkForm(editor.request.POST)
    if form.is_valid():
        try:
            evidence.attach_link(
                editor.draft,
                form.cleaned_data["url"],
                by=editor.request.user,
                title=form.cleaned_data["link_title"],
                dated_on=form.cleaned_data["link_dated_on"],
            )
        except Refused as refusal:
            form.add_error("url", str(refusal))
        else:
            messages.success(editor.request, "已添加发布链接。")
            return editor.again()
    editor.status = 422
    return editor.show()


def _remove(editor, item):
    found = editor.draft.evidence.filter(pk=item).first() if item.isdecimal() else None
    if found:
        evidence.remove(found, by=editor.request.user)
        messages.success(editor.request, f"已移除“{found.title}”。")
    return editor.again()


@login_required
@require_POST
def autosave(request, pk):
    """Save what is being typed, without leaving the page; answers with the version to go on from."""
    editor = ReportEditor(request, pk)
    if editor.carry_out(reports.save_draft):
        saved_at = timezone.localtime(editor.draft.saved_at)
        return JsonResponse({"version": editor.draft.version, "saved": f"草稿已于{saved_at:%H:%M:%S}自动保存"})
    sentence = "；".join(error for errors in editor.form.errors.values() for error in errors)
    return JsonResponse({"error": sentence}, status=editor.status)


@login_required
@require_POST
def withdraw(request, pk):
    """Take a report back into a draft before anyone has reviewed it."""
    report = get_object_or_404(ProgressReport.objects.visible_to(request.user).select_related("assignment"), pk=pk)
    require(request.user, "tasks.withdraw_report", report, "只有填报人可以撤回这份报告。")
    reports.withdraw(report, by=request.user)
    messages.success(request, "已撤回为草稿，可以修改后重新报送。")
    return redirect("tasks:report", pk=report.assignment_id)
