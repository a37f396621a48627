"""Requests for a later deadline: the queue, one request, asking, deciding, taking back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tasks.filters import ExtensionFilter
from tasks.forms.deadlines.changes import AskForm, GrantForm, RefuseForm
from tasks.models import Assignment, Extension, ExtensionFile
from tasks.services.deadlines import changes, extensions
from tasks.tables import ExtensionTable
from tasks.views.plan_page import PlanPage
from tasks.views.progress.evidence import as_attachment
from wenshang_disclosure.core.web.errors import may, require


class ExtensionQueue(PlanPage):
    """What waits for a decision, oldest first, then what was decided, of all years."""

    filter_class = ExtensionFilter
    table_class = ExtensionTable
    template_name = "tasks/deadlines/extensions/list.html"
    fragment_name = "tasks/deadlines/extensions/_content.html"

    def get_queryset(self):
        """Return the requests that the user may see."""
        return Extension.objects.visible_to(self.request.user).listed().for_lists()

    def get_context_data(self):
        """Let tick several who may decide."""
        context = super().get_context_data()
        decides = may(self.request.user, "tasks.decide_extension")
        if not decides:
            context["table"].columns.hide("tick")
        return {**context, "decides": decides}


def _seen(request, pk):
    requests = Extension.objects.visible_to(request.user).for_lists().prefetch_related("files__stored")
    return get_object_or_404(requests, pk=pk)


def _page(request, extension, grant_form=None, refuse_form=None, status=200):
    seen = Assignment.objects.visible_to(request.user).with_light().for_lists().select_related("plan")
    duty = get_object_or_404(seen, pk=extension.assignment_id)
    context = {
        "extension": extension,
        "duty": duty,
        "task": duty.task,
        "between": extensions.lights_before_decision(extension) if extension.is_open else extension.between,
        "obstacle": changes.obstacle(duty),
        "grant_form": grant_form or GrantForm(initial={"due_on": extension.requested_due_on}),
        "refuse_form": refuse_form or RefuseForm(),
    }
    return render(request, "tasks/deadlines/extensions/detail.html", context, status=status)


@login_required
@require_safe
def detail(request, pk):
    """One request with its files, beside the duty, and what it showed since the old deadline."""
    return _page(request, _seen(request, pk))


@login_required
@require_POST
def decide(request, pk):
    """Agree or not, and go on to the next in the queue."""
    extension = _seen(request, pk)
    require(request.user, "tasks.decide_extension", extension, extensions.FOUR_EYES)
    grants = request.POST.get("decision") == "grant"
    form = GrantForm(request.POST) if grants else RefuseForm(request.POST)
    if form.carry_out(extensions.grant if grants else extensions.refuse, extension, by=request.user):
        messages.success(request, f"已决定：{form.outcome.answer_in_words()}。承办单位已收到通知。")
        return _next(request)
    return _page(request, _seen(request, pk), form if grants else None, None if grants else form, form.status)


def _next(request):
    waiting = Extension.objects.visible_to(request.user).waiting().exclude(asked_by=request.user).first()
    return redirect("tasks:extension", pk=waiting.pk) if waiting else redirect("tasks:extensions")


@login_required
@require_POST
def withdraw(request, pk):
    """Take a request back before anybody has decided it."""
    extension = _seen(request, pk)
    extensions.withdraw(extension, by=request.user)
    messages.success(request, "已撤回延期申请。")
    return redirect("tasks:assignment", pk=extension.assignment_id)


@login_required
@require_safe
def file(request, pk):
    """One file of a request, only for those who may see it."""
    found = get_object_or_404(ExtensionFile.objects.visible_to(request.user).select_related("stored"), pk=pk)
    return as_attachment(found.stored, found.file_name)


@login_required
@require_http_methods(["GET", "POST"])
def ask(request, pk):
    """Ask for a later deadline; what was typed stays where it is refused, files have to be chosen again."""
    seen = Assignment.objects.visible_to(request.user).with_light().for_lists().select_related("plan")
    duty = get_object_or_404(seen, pk=pk)
    require(request.user, "tasks.ask_extension", duty, extensions.ONLY_ITS_LIAISON)
    is_late = duty.due_on is not None and timezone.localdate() > duty.due_on
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = AskForm(*sent, is_late=is_late)
    if sent and form.carry_out(extensions.ask, duty, by=request.user):
        messages.success(request, "已提交延期申请，等待县政府办公室决定。")
        return redirect("tasks:assignment", pk=pk)
    context = {
        "duty": duty,
        "task": duty.task,
        "form": form,
        "is_late": is_late,
        "obstacle": changes.obstacle(duty),
        "waiting": extensions.waiting_request(duty),
    }
    return render(request, "tasks/deadlines/extensions/ask.html", context, status=form.status)
