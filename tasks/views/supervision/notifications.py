"""What concerns oneself, the latest first."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from tasks.models import Notification
from tasks.services.supervision import notifications

SHOWN = 50


@login_required
@require_safe
def listing(request):
    """One's own notifications, all or the unread ones."""
    own = Notification.objects.visible_to(request.user)
    unread_only = "unread" in request.GET
    page = Paginator(own.unread() if unread_only else own, SHOWN).get_page(request.GET.get("page"))
    return render(request, "tasks/supervision/notifications/list.html", {"page": page, "unread_only": unread_only})


@login_required
@require_POST
def follow(request, pk):
    """Mark one as seen, and go where it points."""
    notification = get_object_or_404(Notification.objects.visible_to(request.user), pk=pk)
    notifications.open_(notification)
    return redirect(notification.path)


@login_required
@require_POST
def read_all(request):
    """Mark everything as seen."""
    seen = notifications.open_all(request.user)
    messages.success(request, f"已将{seen}条通知标为已读。" if seen else "没有未读的通知。")
    return redirect("tasks:notifications")
