"""The page on which a unit reports on all that is due in one go (批量填报)."""

from functools import cached_property

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from tasks.choices import IN_HAND, PeriodState, ReportState
from tasks.forms.progress.reports import AttestationForm, RowForm
from tasks.models import Assignment, Evidence, Plan
from tasks.scope import Scope
from tasks.services.progress import batch, evidence, reports, worklist
from wenshang_disclosure.core.web.errors import Conflict, Refused, require
from wenshang_disclosure.core.web.numbers import read_number
from wenshang_disclosure.files.inspection.kinds import ACCEPT

from .reports import ONLY_ITS_LIAISON

MAX_NAMED = 12  # numbers of rows in a message
CHANGED_ELSEWHERE = "这份草稿已在别处修改，没有报送。现在的内容列在这里，请核对后再报送。"


class RowEditor:
    """One row of the page: what is known of its duty, its form, and what kept it from being saved or submitted."""

    def __init__(self, row, data=None):
        self.row, self.duty, self.errors, self.was_sent = row, row.duty, [], False
        self.elsewhere = None  # the draft as it was saved meanwhile, where that kept this one from being saved
        has_content = data is not None and f"d{row.duty.pk}-text" in data
        self.form = RowForm(data if has_content else None, row=row)

    @property
    def is_written(self):
        """Return whether the unit has a draft, which goes along when the filled rows are submitted."""
        return self.row.draft is not None and not self.row.is_with_leader

    def save(self, version, files, by, *, submits):
        """Save what was posted for the row, as far as it differs from what is stored, and attach its files.

        `version` is that which the page showed. Where the page is submitted (`submits`), a row that went just before is
        left alone, and one without content, which the server has already, goes only as the page showed it.
        """
        if self.form.is_bound and not self.form.is_valid():
            self.errors = [error for errors in self.form.errors.values() for error in errors]
            return
        words = self.form.words() if self.form.is_bound else {}
        self.was_sent = submits and bool(reports.already_sent(self.duty, self.row.draft, by, version, words))
        if self.was_sent:
            return
        try:
            if self._differs(words, version) or files:
                self.row.draft = reports.save_draft(self.duty, by=by, version=version, **words)
            if files:
                evidence.attach_files(self.row.draft, files, by=by, kind="")
        except Refused as refusal:
            self.errors = list(map(str, refusal.args))
            self.elsewhere = self.row.draft if words and isinstance(refusal, Conflict) else None
        if submits and not words and not self.errors and version != self.row.version:
            self.errors = [CHANGED_ELSEWHERE]

    def _differs(self, words, version):
        stored = self.row.words()
        if any(value != stored.get(name, type(value)()) for name, value in words.items() if value is not None):
            return True
        return bool(words) and version != self.row.version

    @property
    def state(self):
        """Return how far the row is, as a tab of the page names it."""
        if self.row.is_with_leader:
            return PeriodState.AWAITING_LEADER.value
        if self.duty.period_state == PeriodState.RETURNED and not self.is_written:
            return PeriodState.RETURNED.value
        return PeriodState.DRAFT.value if self.is_written else PeriodState.EMPTY.value

    @property
    def state_word(self):
        """Return the label of `state`."""
        return PeriodState(self.state).label


class BatchEditor:
    """State of the page: the rows of what is due, or of all that is in hand, and the attestation for all of them."""

    def __init__(self, request):
        """Raises `PermissionDenied` for users who write no reports."""
        self.request, self.user, self.status = request, request.user, 200
        require(self.user, "tasks.write_report", Assignment(unit_id=self.user.unit_id), ONLY_ITS_LIAISON)
        self.scope = Scope.of_work_today(request)
        self.shows_all = request.GET.get("of") == "all"
        self.attestation = AttestationForm(initial={"attested_name": reports.last_attested_name(self.user)})
        self.errors = {}

    @cached_property
    def duties(self):
        """Return the duties of the own unit that take a report."""
        return [duty for duty in worklist.duties_of(self.scope) if duty.status in IN_HAND]

    def shown(self):
        """Return the duties on the page."""
        return self.duties if self.shows_all else [duty for duty in self.duties if duty.is_wanted]

    # --- what was posted ----------------------------------------------------------------------------------------------

    def posted(self):
        """Return a `RowEditor` for each posted row of the unit, also where its duty takes no report any more."""
        data = self.request.POST
        ids = {pk for pk in map(read_number, data.getlist("duty")) if pk is not None}
        plans = Plan.objects.issued()
        return [RowEditor(row, data) for row in batch.rows(worklist.duties_by_id(self.user, ids, list(plans)))]

    def save(self, editors, *, submits):
        """Save every posted row; those that could not be saved keep their errors."""
        for editor in editors:
            prefix = f"d{editor.duty.pk}"
            version = read_number(self.request.POST.get(f"{prefix}-version"), 0)
            editor.save(version, self.request.FILES.getlist(f"{prefix}-files"), self.user, submits=submits)
            if editor.errors:
                self.errors[editor.duty.pk] = editor

    def submit(self, editors):
        """Submit the saved rows that are not held back; return the results, `None` where nothing could go."""
        self.attestation = AttestationForm(self.request.POST)
        held = {editor.duty.pk for editor in editors if f"d{editor.duty.pk}-held" in self.request.POST}
        sent = [editor for editor in editors if editor.was_sent]
        going = [
            (editor.duty, editor.row.version)
            for editor in editors
            if editor.is_written and not editor.was_sent and editor.duty.pk not in {*held, *self.errors}
        ]
        if sent and not going:
            return [batch.bulk.Result(editor.duty) for editor in sent]
        if not self.attestation.carry_out(batch.submit_several, going, by=self.user):
            return None
        for result in self.attestation.outcome:
            if result.error:
                refused = next(editor for editor in editors if editor.duty.pk == result.row.pk)
                refused.errors = [result.error]
                self.errors[result.row.pk] = refused
        return [result for result in self.attestation.outcome if not result.error]

    # --- the page -----------------------------------------------------------------------------------------------------

    def show(self):
        """Render the page: rows that were refused with what was typed, the others as they are stored."""
        self.__dict__.pop("duties", None)  # what was submitted has left the list
        shown = self.shown()
        gone = [editor for pk, editor in self.errors.items() if pk not in {duty.pk for duty in shown}]
        editors = [*gone, *(self._shown(row) for row in batch.rows(shown))]
        counts = {state: sum(editor.state == state for editor in editors) for state in PeriodState.values}
        context = {
            **self.scope.context(),
            "editors": editors,
            "first": _first(editors),
            "counts": counts,
            "ready": counts[PeriodState.DRAFT],
            "refused": [editor for editor in editors if editor.errors],
            "attestation": self.attestation,
            "rounds": worklist.rounds(self.duties),
            "in_hand": len(self.duties),
            "due": sum(duty.is_wanted for duty in self.duties),
            "shows_all": self.shows_all,
            "asks_leader": self.user.unit.leader_approves,
            "accept": ACCEPT,
            "max_bytes": settings.EVIDENCE_MAX_BYTES,
        }
        return render(self.request, "tasks/progress/batch/page.html", context, status=self.status)

    def _shown(self, row):
        refused = self.errors.get(row.duty.pk)
        if refused is None:
            return RowEditor(row)
        editor = RowEditor(row, self.request.POST if refused.form.is_bound else None)
        editor.errors, editor.elsewhere = refused.errors, refused.elsewhere
        if editor.form.is_bound:  # the next POST continues from the version that is stored now
            editor.form.data = editor.form.data.copy()
            editor.form.data[f"d{row.duty.pk}-version"] = row.version
        return editor

    def back(self, anchor=""):
        """Redirect to the page, to show what is stored."""
        return redirect(f"{self.request.get_full_path()}{anchor}")


@login_required
def page(request):
    """Show a row for each duty that is due, or take what was posted for all of them.

    Whatever button or key sends the form, every row is saved first, with its files.
    """
    editor = BatchEditor(request)
    if request.method != "POST":
        return editor.show()
    rows = editor.posted()
    action, _, item = request.POST.get("action", "save").partition(":")
    editor.save(rows, submits=action == "submit")
    if action == "submit":
        return _submit(editor, rows)
    if action == "remove":
        return _remove(editor, read_number(item))
    if editor.errors:
        editor.status = 422
        return editor.show()
    messages.success(request, f"草稿已于{timezone.localtime():%H:%M}保存。")
    return editor.back()


def _first(editors):
    """Return the row that stands open when the page comes: one that was refused before all others."""
    writable = [editor for editor in editors if not editor.row.is_with_leader]
    return next((editor for editor in writable if editor.errors), None) or next(iter(writable), None)


def _submit(editor, rows):
    done = editor.submit(rows)
    if done:
        messages.success(editor.request, _submitted(done))
    if done and not editor.errors:
        return redirect(reverse("tasks:worklist"))
    editor.status = 422
    return editor.show()


def _submitted(results):
    """Return which reports went, and to whom."""
    to_leader = sum(_is_with_leader(result) for result in results)
    numbers = [str(result.row.task.number) for result in results]
    named = "、".join(numbers[:MAX_NAMED]) + ("等" if len(numbers) > MAX_NAMED else "")
    if to_leader == len(results):
        return f"已送分管领导审签{len(results)}件：第{named}项。"
    more = f"其中{to_leader}件待分管领导审签。" if to_leader else ""
    return f"已报送{len(results)}件：第{named}项。{more}"


def _is_with_leader(result):
    return bool(result.outcome and result.outcome.state == ReportState.AWAITING_LEADER)


def _remove(editor, pk):
    own = Evidence.objects.visible_to(editor.user).filter(report__assignment__unit=editor.user.unit_id)
    found = own.filter(pk=pk).select_related("report__assignment").first()
    if found is None or editor.errors:
        editor.status = 422 if editor.errors else 200
        return editor.show()
    evidence.take_out(found, by=editor.user)
    messages.success(editor.request, f"已移除“{found.title}”。")
    return editor.back(f"#d{found.report.assignment_id}")
