"""The page on which a unit drafts, attests and submits its report."""

from functools import partial

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from tasks.choices import ReportState
from tasks.forms import EvidenceForm, LinkForm, RelabelForm, ReportForm
from tasks.models import Assignment, ProgressReport, Trace, Traces
from tasks.services.progress import evidence, reports
from tasks.views.progress import discussion, report_page
from wenshang_disclosure.core.region import office_name
from wenshang_disclosure.core.web.errors import require
from wenshang_disclosure.core.web.numbers import read_number
from wenshang_disclosure.files.inspection.kinds import WITH_PLACE

SUBMITS = ("submit", "submit-next")
PLACE_TOLD = "所附照片带有拍摄地点（GPS信息），下载原图的人都能看到。不需要的，请在报送前点“去掉拍摄地点”。"
ONLY_ITS_LIAISON = "进展情况由承办单位的联络员填报。"


class ReportEditor:
    """State of the editing page: the duty, its draft and its forms."""

    def __init__(self, request, pk):
        """Fetch the duty. Raises `Http404` without the right to see it, `PermissionDenied` without that to write."""
        duties = Assignment.objects.visible_to(request.user).with_light().for_lists().select_related("plan")
        self.request, self.status = request, 200
        self.duty = get_object_or_404(duties, pk=pk)
        self.duty.task.plan = self.duty.plan
        require(request.user, "tasks.write_report", self.duty, ONLY_ITS_LIAISON)
        self.open_units = list(reports.open_responsible(self.duty).select_related("unit"))
        self.evidence_form, self.link_form = EvidenceForm(plan=self.duty.plan), LinkForm(plan=self.duty.plan)
        self.form, self.attached = None, ""
        self.labels = {}  # the refused forms of labels, by the id of the item

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

    def brings_evidence(self):
        """Return whether files were chosen, an address was typed or a label was changed."""
        posted = self.request.POST
        return bool(self.request.FILES or posted.get("url", "").strip() or RelabelForm.posted_ids(posted))

    def was_sent(self):
        """Return whether this very form was submitted just before (double click, sent again after Back)."""
        form = self.posted()
        if not form.is_valid():
            return False
        written = {name: form.cleaned_data[name] for name in reports.CONTENT_FIELDS if name in form.cleaned_data}
        open_report = self.duty.reports.not_submitted().first()
        version = form.cleaned_data["version"]
        return reports.already_sent(self.duty, open_report, self.request.user, version, written) is not None

    def attach_evidence(self, draft, action):
        """Attach the chosen files and the typed address, keep changed labels, and return whether nothing was refused.

        Where the button asks for one of them and it is missing, that is an error as well.
        """
        request, by = self.request, self.request.user
        is_done = self._relabel(draft)
        if request.FILES or action == "attach":
            form = EvidenceForm(request.POST, request.FILES, plan=self.duty.plan)
            if form.carry_out(evidence.attach_files, draft, by=by):
                self.attached += f"已上传{form.outcome}个文件。"
                if says_place(draft):
                    messages.info(request, PLACE_TOLD)
            else:
                self.evidence_form, self.status, is_done = form, form.status, False
        if request.POST.get("url", "").strip() or action == "link":
            form = LinkForm(request.POST, plan=self.duty.plan)
            if form.carry_out(evidence.attach_link, draft, by=by):
                self.attached += "已添加发布链接。"
            else:
                self.link_form, self.status, is_done = form, form.status, False
        return is_done

    def _relabel(self, draft):
        """Give the evidence the labels that were changed on the form; return whether nothing was refused."""
        posted = self.request.POST
        for pk in RelabelForm.posted_ids(posted):
            item = evidence.in_draft(draft, read_number(pk))
            if item is None:
                title = posted.get(RelabelForm.name_of("title", pk), "")
                messages.warning(self.request, f"“{title}”已不在这份草稿中，名称、类别和日期没有修改。")
                continue
            form = RelabelForm.from_posted(posted, pk, item=item, plan=self.duty.plan)
            if form.carry_out(evidence.relabel, item, by=self.request.user):
                self.attached += f"已修改“{form.outcome.title}”的名称、类别或日期。"
            else:
                self.labels[item.pk], self.status = form, form.status
        return not self.labels

    def go_on_from(self, draft):
        """Let the posted form continue from the version that was just saved."""
        self.request.POST = self.request.POST.copy()
        self.request.POST["version"] = draft.version

    def reload(self, message):
        """Add a success message and redirect to the page."""
        messages.success(self.request, message)
        return redirect("tasks:report", pk=self.duty.pk)

    def show(self):
        """Render the page, with the entered values and errors."""
        there = Traces.of([self.duty.pk])
        not_submitted = self._not_submitted() if Trace.UNSUBMITTED in there else None
        draft = not_submitted if not_submitted and not_submitted.is_draft else None
        awaiting_leader = None if draft else not_submitted
        returned = reports.unanswered(self.duty) if Trace.RETURNED_REPORT in there else None
        closed = reports.why_closed(self.duty)
        source = draft or returned
        form = self._form(draft, source)
        context = {
            **report_page.beside(self.request, self.duty, there),
            "duty": self.duty,
            "task": self.duty.task,
            "draft": draft,
            "earlier": draft.draft_versions.select_related("by") if draft else [],
            "awaiting_leader": awaiting_leader,
            "returned": returned,
            "closed": closed,
            "writes": form.is_bound or not (closed or awaiting_leader),
            "form": form,
            "wrong": [field for field in form if field.errors and not field.is_hidden],
            "evidence_form": self.evidence_form,
            "link_form": self.link_form,
            "evidence": with_labels(source.evidence, self.duty.plan, self.labels) if source else [],
            "open_units": self.open_units,
            "counted": reports.counted(self.duty) if self.duty.task.target_count else None,
            "elsewhere": draft if self.status == 409 else None,
            "max_bytes": settings.EVIDENCE_MAX_BYTES,
            "max_items": settings.EVIDENCE_MAX_ITEMS,
            **discussion.beside(self.duty.task, self.request.user, self.duty.unit, duty=self.duty, traces=there),
        }
        return render(self.request, "tasks/progress/reports/page.html", context, status=self.status)

    def _not_submitted(self):
        return self.duty.reports.not_submitted().select_related("attested_by").first()

    def _form(self, draft, source):
        """Return the bound form, or one filled from the draft or the returned report."""
        version = draft.version if draft else 0
        if self.form:  # the next POST continues from the current version
            self.form.data = self.form.data.copy()
            self.form.data["version"] = version
            return self.form
        initial = {field: getattr(source, field) for field in reports.CONTENT_FIELDS} if source else {}
        initial |= {"version": version, "attested_name": reports.last_attested_name(self.request.user)}
        return ReportForm(assignment=self.duty, open_units=self.open_units, initial=initial)


def with_labels(items, plan, labels=()):
    """Return items of evidence, each with the form of its label as `relabel`: of `labels`, by id, or a new one."""
    items, labels = list(items.select_related("stored")), dict(labels)
    for item in items:
        initial = {"title": item.title, "kind": item.kind, "dated_on": item.dated_on}
        initial["shown"] = evidence.label_of(item)
        item.relabel = labels.get(item.pk) or RelabelForm(item=item, plan=plan, initial=initial)
    return items


@login_required
def report(request, pk):
    """Show the form, or take the posted action.

    Every action but discarding saves the entered values first, and with them the chosen files and the typed link,
    whatever button or key sent the form.
    """
    editor = ReportEditor(request, pk)
    if request.method != "POST":
        reports.refuse_suspended(editor.duty)
        return editor.show()
    action, _, item = request.POST.get("action", "save").partition(":")
    if action == "discard":
        return _discard(editor)
    if action == "bring-back":
        return _bring_back(editor, read_number(item))
    if action in SUBMITS and (not editor.brings_evidence() or editor.was_sent()):
        return _submit(editor)
    if not editor.carry_out(reports.save_draft):
        return editor.show()
    draft = editor.form.outcome
    if not editor.attach_evidence(draft, action):
        return editor.show()
    return STEPS.get(action, _saved)(editor, draft, item)


def _bring_back(editor, earlier):
    """Save the entered values, put an earlier version in their place, and attach what came with the form."""
    if not editor.carry_out(partial(reports.bring_back, earlier=earlier)):
        return editor.show()
    draft, editor.form = editor.form.outcome, None  # the page shows what was brought back
    if not editor.attach_evidence(draft, "bring-back"):
        return editor.show()
    return editor.reload(f"已恢复早先的草稿，恢复前的文字留在“早先的草稿”中。{editor.attached}")


def _saved(editor, draft, item):
    return editor.reload(editor.attached or f"草稿已于{timezone.localtime():%H:%M}保存。")


def _submit_saved(editor, draft, item):
    editor.go_on_from(draft)
    return _submit(editor)


def _submit(editor):
    if editor.carry_out(reports.submit):
        sent = editor.form.outcome
        again = "这份报告刚才已经报送，没有重复报送。" if sent.was_sent_before else ""
        messages.success(editor.request, f"{again}{_submitted_message(sent)}")
        return redirect(_after_submission(editor))
    refused, status = editor.form, editor.status
    if status == 422:  # keep the values as a draft although they cannot be submitted
        editor.carry_out(reports.save_draft)
    editor.form, editor.status = refused, status
    return editor.show()


def _after_submission(editor):
    """Return where the page leads after the submission; `#sent` lets the browser forget what it kept of the text."""
    if editor.request.POST.get("action") == "submit-next":
        following = report_page.next_due(editor.request.user, editor.duty)
        address = reverse("tasks:report", args=[following.pk]) if following else reverse("tasks:worklist")
        return f"{address}#sent-{editor.duty.pk}"
    return reverse("tasks:assignment", args=[editor.duty.pk]) + f"#sent-{editor.duty.pk}"


def _submitted_message(report):
    if report.state == ReportState.AWAITING_LEADER:
        return "已送分管领导审签，审签同意后送出。"
    if report.waits_for_lead:
        return f"已报送，由牵头部门提出意见后转{office_name()}审核。"
    return f"已报送，等待{office_name()}审核。"


def _discard(editor):
    editor.form = form = editor.posted()
    version = read_number(editor.request.POST.get("version"), 0)
    if not editor.done(form.call(reports.discard_draft, editor.duty, by=editor.request.user, version=version), form):
        return editor.show()
    messages.success(editor.request, "草稿已删除。")
    return redirect("tasks:assignment", pk=editor.duty.pk)


def _remove(editor, draft, item):
    found = evidence.in_draft(draft, read_number(item))
    if found is None:
        return redirect("tasks:report", pk=editor.duty.pk)
    if editor.done(editor.form.call(evidence.remove, found, by=editor.request.user), editor.form):
        return editor.reload(f"已移除“{found.title}”。{editor.attached}")
    return editor.show()


def _take_out_place(editor, draft, item):
    found = evidence.in_draft(draft, read_number(item))
    if found is None or found.stored is None:
        return redirect("tasks:report", pk=editor.duty.pk)
    if editor.done(editor.form.call(evidence.take_out_place, found, by=editor.request.user), editor.form):
        return editor.reload(f"已去掉“{found.title}”的拍摄地点。{editor.attached}")
    return editor.show()


STEPS = {"submit": _submit_saved, "submit-next": _submit_saved, "remove": _remove, "place": _take_out_place}
"""What a button does after the draft was saved and its files and address attached; the others only save."""


def says_place(draft):
    """Return whether a photo of the draft says where it was taken."""
    return draft.evidence.filter(stored__marks__contains=WITH_PLACE).exists()


@login_required
@require_POST
def autosave(request, pk):
    """Save the draft from a script; return the version to continue from as JSON."""
    editor = ReportEditor(request, pk)
    if editor.carry_out(reports.save_draft):
        draft = editor.form.outcome
        saved_at = timezone.localtime(draft.saved_at)
        return JsonResponse({"version": draft.version, "saved": f"草稿已于{saved_at:%H:%M:%S}自动保存"})
    return errors_of(editor.form, **(_elsewhere(editor.duty) if editor.status == 409 else {}))


def _elsewhere(duty):
    """Return what another page or person has saved meanwhile, for a script to show beside what was typed."""
    draft = duty.reports.filter(state=ReportState.DRAFT).first()
    if draft is None:
        return {}
    words = {name: getattr(draft, name) for name in reports.CONTENT_FIELDS}
    return {"elsewhere": {"version": draft.version, "words": words, "by": f"{draft.written_by or draft.author}"}}


def errors_of(form, **more):
    """Return the errors of a form as JSON, in one sentence for a script to show, with `more`."""
    sentence = "；".join(error for errors in form.errors.values() for error in errors)
    return JsonResponse({"error": sentence, **more}, status=form.status)


@login_required
@require_POST
def withdraw(request, pk):
    """Withdraw a report that nobody has reviewed into a draft."""
    report = get_object_or_404(ProgressReport.objects.visible_to(request.user).select_related("assignment"), pk=pk)
    require(request.user, "tasks.withdraw_report", report, "只有填报人可以撤回这份报告。")
    reports.withdraw(report, by=request.user)
    messages.success(request, "已撤回为草稿，可以修改后重新报送。")
    return redirect("tasks:report", pk=report.assignment_id)
