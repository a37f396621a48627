"""Pages on which the office takes back what it did (撤回): what will happen, and the reason."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.generic import View

from tasks.forms.undoing import ReopenForm, UndoForm, WithdrawForm
from tasks.models import Assignment, Extension, Plan, ProgressReport, Reminder, ReportingRound, Supplement
from tasks.rules import NOT_A_READER
from tasks.services.deadlines import extensions
from tasks.services.deadlines import undoing as undoing_extensions
from tasks.services.plans import supplement_undoing as undoing_supplement
from tasks.services.plans import undoing as undoing_issue
from tasks.services.progress import reviews
from tasks.services.progress import undoing as undoing_reviews
from tasks.services.supervision import reminder_answers, rounds
from tasks.views.plans.plans import NOT_THE_OFFICE
from tasks.views.supervision.rounds import NOT_THE_OFFICE as NOT_FOR_ROUNDS
from wenshang_disclosure.core.web.errors import require


class UndoPage(LoginRequiredMixin, View):
    """Page that says what taking a step back does, and takes it back with a reason.

    A refused form is shown again with what was typed, above it what stands now.
    """

    http_method_names = ["get", "head", "post"]
    title = done = ""
    verb = "撤回"
    form_class = UndoForm

    def fetch(self, pk):
        """Return the subject. Raises `Http404` or `PermissionDenied` where the user may not take the step back."""
        raise NotImplementedError

    def outlook(self, subject):
        """Return the `Outlook`."""
        raise NotImplementedError

    def undo(self, subject, **given):
        """Take the step back."""
        raise NotImplementedError

    def about(self, subject):
        """Return the name of the subject in the heading, and `(label, text)` pairs of what was done."""
        raise NotImplementedError

    def address(self, subject):
        """Return the URL of the page of the subject."""
        raise NotImplementedError

    def address_after(self, subject, outcome):
        """Return the URL to go to once it is done; `outcome` is what the service returned."""
        return self.address(subject)

    def initial(self, subject):
        """Return the initial values of the form."""
        return {}

    def get(self, request, pk):
        subject = self.fetch(pk)
        return self.show(subject, self.form_class(initial=self.initial(subject)))

    def post(self, request, pk):
        subject, form = self.fetch(pk), self.form_class(request.POST)
        if form.carry_out(self.undo, subject, by=request.user):
            messages.success(request, self.done)
            return redirect(self.address_after(subject, form.outcome))
        return self.show(self.fetch(pk), form)

    def show(self, subject, form):
        """Render the page."""
        outlook = self.outlook(subject)
        form.seen_anew(outlook.mark)
        name, facts = self.about(subject)
        context = {
            "title": self.title,
            "verb": self.verb,
            "name": name,
            "facts": [(label, text) for label, text in facts if text],
            "outlook": outlook,
            "form": form,
            "back": self.address(subject),
        }
        return render(self.request, "tasks/undoing/page.html", context, status=form.status)


def _done(person, at):
    """Return who did something, and when."""
    return f"{person}　{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else ""


def _name(duty):
    return f"{duty.unit.name} 第{duty.task.number}项"


class UndoReview(UndoPage):
    """Taking back the approval or the return of a report."""

    title, done = "撤回审核决定", "已撤回，报告重新等待审核，并已通知填报单位。"

    def fetch(self, pk):
        require(self.request.user, "tasks.read_review_queue", sentence=NOT_A_READER)
        reports = ProgressReport.objects.visible_to(self.request.user).submitted()
        report = get_object_or_404(reports.select_related("assignment__plan").for_lists(), pk=pk)
        require(self.request.user, "tasks.undo_review", report, reviews.four_eyes(self.request.user, report))
        return report

    def outlook(self, subject):
        return undoing_reviews.outlook(subject)

    def undo(self, subject, **given):
        return undoing_reviews.undo(subject, **given)

    def about(self, subject):
        decision = f"{subject.get_state_display()}{'（申报办结）' if subject.claims_completion else ''}"
        return _name(subject.assignment), [
            ("报送时间", f"{timezone.localtime(subject.submitted_at):%Y-%m-%d %H:%M}"),
            ("审核决定", decision),
            ("审核人", _done(subject.reviewed_by, subject.reviewed_at)),
            ("审核意见", subject.review_comment),
        ]

    def address(self, subject):
        return reverse("tasks:review", args=[subject.pk])


class UndoDecision(UndoPage):
    """Taking back the decision on a request for a later deadline."""

    title, done = "撤回延期决定", "已撤回，申请重新待决定，并已通知承办单位。"

    def fetch(self, pk):
        requests = Extension.objects.visible_to(self.request.user).for_lists()
        extension = get_object_or_404(requests, pk=pk)
        require(self.request.user, "tasks.undo_extension", extension, extensions.FOUR_EYES)
        return extension

    def outlook(self, subject):
        return undoing_extensions.decision_outlook(subject)

    def undo(self, subject, **given):
        return undoing_extensions.undo_decision(subject, **given)

    def about(self, subject):
        return _name(subject.assignment), [
            ("原时限", f"{subject.old_due_on:%Y-%m-%d}"),
            ("申请延至", f"{subject.requested_due_on:%Y-%m-%d}"),
            ("决定", subject.answer_in_words()),
            ("决定人", _done(subject.decided_by, subject.decided_at)),
            ("决定意见", subject.comment),
        ]

    def address(self, subject):
        return reverse("tasks:extension", args=[subject.pk])


class UndoExtension(UndoPage):
    """Taking back the office's own extension of a deadline; one that was granted on request leads to the request."""

    title, done = "撤回延期", "已撤回延期，并已通知承办单位。"

    def fetch(self, pk):
        duties = Assignment.objects.visible_to(self.request.user).for_lists().select_related("plan")
        duty = get_object_or_404(duties, pk=pk)
        require(self.request.user, "tasks.undo_extension")
        return duty

    def get(self, request, pk):
        step = undoing_extensions.deadline_step(self.fetch(pk))
        granted = undoing_extensions.request_of(step) if step else None
        return redirect("tasks:undo-decision", pk=granted.pk) if granted else super().get(request, pk)

    def outlook(self, subject):
        return undoing_extensions.extension_outlook(subject)

    def undo(self, subject, **given):
        return undoing_extensions.undo_extension(subject, **given)

    def about(self, subject):
        step = undoing_extensions.deadline_step(subject)
        due_on = f"{subject.due_on:%Y-%m-%d}" if subject.due_on else "长期坚持"
        extended = [("经办人", _done(step.by, step.at)), ("说明", step.reason)] if step else []
        return _name(subject), [("现行时限", due_on), *extended]

    def address(self, subject):
        return reverse("tasks:assignment", args=[subject.pk])


class UndoIssue(UndoPage):
    """Taking back the issue of a plan on which nothing was reported."""

    title, done = "撤回印发", "已撤回印发，并已通知各承办单位。下面是复制出来的拟制稿，修改后可以重新印发。"

    def fetch(self, pk):
        require(self.request.user, "tasks.undo_issue", sentence=NOT_THE_OFFICE)
        return get_object_or_404(Plan, pk=pk)

    def outlook(self, subject):
        return undoing_issue.outlook(subject)

    def undo(self, subject, **given):
        return undoing_issue.undo_issue(subject, **given)

    def about(self, subject):
        issued_on = f"{subject.issued_on:%Y-%m-%d}" if subject.issued_on else ""
        return subject.title, [
            ("状态", subject.get_state_display()),
            ("发文字号", subject.document_number),
            ("印发日期", issued_on),
        ]

    def address(self, subject):
        return reverse("tasks:plan", args=[subject.pk])

    def address_after(self, subject, outcome):
        return reverse("tasks:plan", args=[outcome.pk])


class UndoSupplement(UndoPage):
    """Taking back a supplement while nothing was reported on what it added."""

    title, done = "撤回补充通知", "已撤回补充通知，并已通知所涉及的单位。下面是复制出来的拟制稿，修改后可以重新印发。"

    def fetch(self, pk):
        require(self.request.user, "tasks.undo_issue", sentence=NOT_THE_OFFICE)
        return get_object_or_404(Supplement.objects.select_related("plan", "issued_by"), pk=pk)

    def outlook(self, subject):
        return undoing_supplement.outlook(subject)

    def undo(self, subject, **given):
        return undoing_supplement.undo(subject, **given)

    def about(self, subject):
        return str(subject), [
            ("分解表", subject.plan.title),
            ("通知日期", f"{subject.dated_on:%Y-%m-%d}" if subject.dated_on else ""),
            ("印发", _done(subject.issued_by, subject.issued_at)),
        ]

    def address(self, subject):
        return reverse("tasks:supplement", args=[subject.pk])

    def address_after(self, subject, outcome):
        return reverse("tasks:supplement", args=[outcome.pk])


class ReopenRound(UndoPage):
    """Taking back the closing of a reporting round."""

    title, done = "撤回结束", "批次已重新开放，并已通知还有事项未报送的单位。"
    form_class = ReopenForm

    def fetch(self, pk):
        seen = ReportingRound.objects.visible_to(self.request.user).select_related("plan", "closed_by")
        one = get_object_or_404(seen, pk=pk)
        require(self.request.user, "tasks.reopen_round", sentence=NOT_FOR_ROUNDS)
        return one

    def outlook(self, subject):
        return rounds.reopening_outlook(subject)

    def undo(self, subject, **given):
        return rounds.reopen(subject, **given)

    def initial(self, subject):
        return {"closes_on": subject.closes_on if subject.closes_on >= timezone.localdate() else None}

    def about(self, subject):
        return subject.title, [
            ("起止日期", f"{subject.opens_on:%Y-%m-%d} 至 {subject.closes_on:%Y-%m-%d}"),
            ("结束", _done(subject.closed_by, subject.closed_at)),
        ]

    def address(self, subject):
        return reverse("tasks:round", args=[subject.pk])


class WithdrawReminder(UndoPage):
    """Withdrawing a reminder (催办) that was sent by mistake."""

    title, verb, done = "撤销催办", "撤销", "已撤销，并已通知所催的单位。"
    form_class = WithdrawForm

    def fetch(self, pk):
        found = Reminder.objects.visible_to(self.request.user).select_related("plan", "from_unit", "by")
        reminder = get_object_or_404(found, pk=pk)
        require(self.request.user, "tasks.withdraw_reminder", reminder, reminder_answers.ONLY_ITS_SENDER)
        return reminder

    def outlook(self, subject):
        return reminder_answers.outlook(subject)

    def undo(self, subject, **given):
        return reminder_answers.withdraw(subject, **given)

    def about(self, subject):
        return f"{subject}", [
            ("发出", _done(f"{subject.sender} {subject.by}", subject.at)),
            ("答复期限", f"{subject.answer_by:%Y-%m-%d}" if subject.answer_by else ""),
            ("催办内容", subject.text),
        ]

    def address(self, subject):
        return reverse("tasks:reminder", args=[subject.pk])
