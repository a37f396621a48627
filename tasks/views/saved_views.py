"""Pages on which saved views (视图) are saved, changed, mailed and ordered."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import Resolver404, resolve
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tasks.forms.saved_views import ViewForm
from tasks.forms.supervision.view_mails import MailForm
from tasks.models import SavedView, StartPage
from tasks.services import saved_views as service
from tasks.services.supervision import view_mails
from wenshang_disclosure.core.web.errors import Refused, may, require
from wenshang_disclosure.core.web.forms import carry_out
from wenshang_disclosure.core.web.lists import LISTS

# --- saving -----------------------------------------------------------------------------------------------------------


def _list_at(address):
    """Return the name of the list at an address of ours and its query. Raises `Refused` where there is none."""
    try:
        posted = urlsplit(address)
        name = resolve(posted.path).view_name
    except (ValueError, Resolver404):
        name = ""
    if name not in LISTS:
        raise Refused("这个页面不能存为视图。")
    return name, QueryDict(posted.query)


@login_required
@require_POST
def save(request):
    """Save what a list shows as a view; a form that is refused is shown again with what was typed."""
    address = request.POST.get("from", "")
    name, query = _list_at(address)
    form = ViewForm(request.POST, user=request.user)
    if form.carry_out(service.save, list_name=name, query=query.urlencode(), by=request.user):
        messages.success(request, f"已存为视图“{form.outcome.name}”。")
        return redirect(form.outcome.address_in(_kept(query)))
    context = {"form": form, "from": address, "list": LISTS[name]}
    return render(request, "tasks/saved_views/save.html", context, status=form.status)


def _kept(query):
    return {name: query[name] for name in ("plan", "as_of") if query.get(name)}


@login_required
@require_POST
def update(request, pk):
    """Set a view to what its list shows now."""
    view = _own(request, pk)
    name, query = _list_at(request.POST.get("from", ""))
    if name != view.list_name:
        raise Refused("这不是该视图的清单。")
    carry_out(request, f"视图“{view.name}”已更新。", _update_with(query), view)
    view.refresh_from_db()
    return redirect(view.address_in(_kept(query)))


def _update_with(query):
    return lambda view, by: service.update(view, by=by, query=query.urlencode())


def _seen(request, pk):
    return get_object_or_404(SavedView.objects.visible_to(request.user).select_related("owner", "unit"), pk=pk)


def _own(request, pk):
    """Return a view that the user may change. Raises `PermissionDenied` for one that others share."""
    view = _seen(request, pk)
    require(request.user, "tasks.change_view", view, "只有保存人可以修改这个视图。")
    return view


# --- managing ---------------------------------------------------------------------------------------------------------


@login_required
@require_safe
def listing(request):
    """Show the user's views, and those that others share with them, by list."""
    views = [
        view
        for view in SavedView.objects.visible_to(request.user).as_tabs().prefetch_related("recipients")
        if view.opens_for(request.user)
    ]
    for view in views:
        view.list_title = LISTS[view.list_name].title
    context = {
        "own": [view for view in views if view.owner_id == request.user.pk],
        "shared": [view for view in views if view.owner_id != request.user.pk],
        "start": StartPage.objects.filter(person=request.user).first(),
    }
    return render(request, "tasks/saved_views/list.html", context)


def _page(request, view, form=None, mail_form=None, status=200):
    user = request.user
    recipients = list(view.recipients.select_related("person__unit"))
    mails = may(user, "tasks.mail_view", view)
    context = {
        "view": view,
        "list": LISTS.get(view.list_name),
        "form": form or ViewForm(user=user, initial={"name": view.name, "sharing": view.sharing}),
        "mail_form": (mail_form or MailForm(user=user, initial=_initial(recipients))) if mails else None,
        "recipients": recipients,
        "mail_is_on": settings.MAIL_IS_ON,
        "max_rows": view_mails.MAX_ROWS,
        "is_start": StartPage.objects.filter(person=user, view=view).exists(),
    }
    return render(request, "tasks/saved_views/detail.html", context, status=status)


def _initial(recipients):
    return {
        "people": [one.person_id for one in recipients if one.person_id],
        "addresses": "\n".join(f"{one.name} {one.address}" for one in recipients if one.address),
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def detail(request, pk):
    """Show a view with its settings, or change its name and sharing."""
    view = _own(request, pk)
    if request.method != "POST":
        return _page(request, view)
    form = ViewForm(request.POST, user=request.user, initial={"sharing": view.sharing})
    if form.carry_out(service.change, view, by=request.user):
        messages.success(request, f"视图“{form.cleaned_data['name']}”已保存。")
        return redirect("tasks:saved-views")
    return _page(request, view, form=form, status=form.status)


@login_required
@require_POST
def mail(request, pk):
    """Set to whom a view is mailed on Mondays, or stop it."""
    view = _seen(request, pk)
    require(request.user, "tasks.mail_view", view, "只有保存人可以设置这个视图的邮件。")
    if "stop" in request.POST:
        view_mails.set_recipients(view, by=request.user, people=[], addresses=[])
        messages.success(request, f"视图“{view.name}”不再发送邮件。")
        return redirect("tasks:saved-view", pk=pk)
    form = MailForm(request.POST, user=request.user)
    if form.carry_out(view_mails.set_recipients, view, by=request.user):
        number = view.recipients.count()
        said = f"视图“{view.name}”每周一发给{number}人。" if number else f"视图“{view.name}”不再发送邮件。"
        messages.success(request, said)
        return redirect("tasks:saved-view", pk=pk)
    return _page(request, view, mail_form=form, status=form.status)


@login_required
@require_POST
def delete(request, pk):
    """Delete a view."""
    view = _seen(request, pk)
    name = view.name
    carry_out(request, f"视图“{name}”已删除。", service.delete, view)
    return redirect("tasks:saved-views")


@login_required
@require_POST
def move(request, pk):
    """Move a view up or down among the user's own."""
    step = -1 if request.POST.get("step") == "up" else 1
    service.move(_seen(request, pk), by=request.user, step=step)
    return redirect("tasks:saved-views")


@login_required
@require_POST
def start_page(request, pk):
    """Make a view the start page of the user, or put back the usual one."""
    view = _seen(request, pk)
    is_start = "back" not in request.POST
    service.start_at(view if is_start else None, by=request.user)
    messages.success(request, f"登录后将首先打开视图“{view.name}”。" if is_start else "已恢复原来的首页。")
    return redirect("tasks:saved-views")
