"""Pages of a user's own notifications."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from departments.services import memberships
from departments.sign_in import sessions
from tasks.models import Notification
from tasks.services.supervision import notifications
from wenshang_disclosure.core.web.pages import page_of

ROWS_PER_PAGE = 50


@login_required
@require_safe
def listing(request):
    """List the user's notifications, all or unread, latest first."""
    own = Notification.objects.visible_to(request.user)
    unread_only = "unread" in request.GET
    page = page_of(request, own.unread() if unread_only else own, ROWS_PER_PAGE)
    notifications.mark_readable(page, request.user)
    context = {"page": page, "unread_only": unread_only}
    return render(request, "tasks/supervision/notifications/list.html", context, status=page.status)


@login_required
@require_POST
def follow(request, pk):
    """Mark a notification as read, and redirect to its page while the user may open it."""
    notification = get_object_or_404(Notification.objects.visible_to(request.user), pk=pk)
    notifications.mark_read(notification)
    reader = notifications.reader_of(notification, request.user)
    if reader is not None:
        _work_as(request, reader)
        return redirect(notification.path)
    messages.info(request, "这条通知所涉事项已不再由您办理或查看，已标为已读。")
    return redirect("tasks:notifications")


def _work_as(request, reader):
    """Let the session work as the post in which the person may open a page."""
    if reader.membership != request.user.membership:
        memberships.switch(request.user, reader.membership, session=request.session.get(sessions.SESSION_KEY))
        messages.info(request, f"现以{reader.post_in_words}办理。")


@login_required
@require_POST
def read_all(request):
    """Mark all notifications as read."""
    seen = notifications.mark_all_read(request.user)
    messages.success(request, f"已将{seen}条通知标为已读。" if seen else "没有未读的通知。")
    return redirect("tasks:notifications")
