"""Pages of outgoing e-mails for the office; the auditor reads them."""

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from tasks.choices import MailState
from tasks.forms.supervision.mail import OutboxFilterForm
from tasks.models import OutgoingMail
from tasks.services.supervision import mail
from wenshang_disclosure.core.region import worded
from wenshang_disclosure.core.web.errors import require
from wenshang_disclosure.core.web.pages import page_of

ROWS_PER_PAGE = 50
LONG_WAIT = timedelta(minutes=30)
TROUBLED = (MailState.GIVEN_UP, MailState.FAILING, MailState.WAITING)
"""States in the order in which the page looks for its initial list: the first one with mails."""

NOT_A_READER = worded("邮件发送情况由{office_short}工作人员和审计人员查看。")
NOT_THE_OFFICE = worded("邮件由{office_short}工作人员重新发送。")


@login_required
@require_safe
def listing(request):
    """List the e-mails of one state, latest first."""
    require(request.user, "tasks.read_outbox", sentence=NOT_A_READER)
    form = OutboxFilterForm(request.GET)
    readable = form.is_valid()
    states = {state: OutgoingMail.objects.in_state(state).count() for state in MailState}
    chosen_state = form.cleaned_data["state"] if readable else ""
    state = MailState(chosen_state) if chosen_state else next((one for one in TROUBLED if states[one]), MailState.SENT)
    mails = OutgoingMail.objects.in_state(state).select_related("user__unit").defer("text", "html")
    if readable and form.cleaned_data["q"]:
        q = form.cleaned_data["q"]
        mails = mails.filter(Q(user__name__icontains=q) | Q(user__unit__name__icontains=q) | Q(outside__icontains=q))
    context = {
        "form": form,
        "state": state,
        "states": states.items(),
        "page": page_of(request, mails if readable else mails.none(), ROWS_PER_PAGE),
        "mail_is_on": settings.MAIL_IS_ON,
        "stuck": OutgoingMail.objects.waiting(timezone.now() - LONG_WAIT).count(),
    }
    status = context["page"].status if readable else 400
    return render(request, "tasks/supervision/outbox/list.html", context, status=status)


@login_required
@require_POST
def retry(request, pk):
    """Put one e-mail back in the queue."""
    require(request.user, "tasks.retry_mail", sentence=NOT_THE_OFFICE)
    again = mail.retry(get_object_or_404(OutgoingMail, pk=pk), by=request.user)
    messages.success(request, f"发给{again.recipient}的邮件已重新列入待发送。")
    return redirect("tasks:outbox")


@login_required
@require_POST
def retry_all(request):
    """Put all e-mails that were given up back in the queue."""
    require(request.user, "tasks.retry_mail", sentence=NOT_THE_OFFICE)
    count = mail.retry_all(by=request.user)
    left = OutgoingMail.objects.given_up().count()
    told = f"已将{count}封邮件重新列入待发送。" if count else "没有可以重新发送的邮件。"
    messages.success(
        request, f"{told}另有{left}封因收件人账号停用、未填邮箱或选择不发邮件，没有重发。" if left else told
    )
    return redirect("tasks:outbox")
