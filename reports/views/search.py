"""Search page: a few results of each kind, or all of one kind."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.db.models import Count, Window
from django.shortcuts import render
from django.views.decorators.http import require_safe

from reports import search
from tasks.scope import NoPlan, chosen_plan
from wenshang_disclosure.core.orders import in_full_order
from wenshang_disclosure.core.web.pages import page_of, page_size

PREVIEW_ROWS = 6  # of each kind, if all kinds are shown


@login_required
@require_safe
def results(request):
    """Show results by kind with counts; `?in=` selects one kind."""
    text = request.GET.get("q", "")
    try:
        plan = chosen_plan(request.GET)
    except NoPlan:
        plan = None
    context = {"q": text, "plan": plan}
    try:
        groups = search.find(request.user, plan, text)
        words = search.read(text).words
    except search.BadQuestion as bad:
        return render(request, "reports/search/page.html", {**context, "error": str(bad)}, status=400)
    kind = request.GET.get("in", "")
    if kind in [group.kind for group in groups]:
        groups = [group for group in groups if group.kind == kind]
    pages = [(group, _page(request, group, whole=group.kind == kind)) for group in groups]
    context |= {"words": words, "groups": pages, "kind": kind, "total": sum(page.paginator.count for _, page in pages)}
    return render(request, "reports/search/page.html", context)


def _page(request, group, *, whole):
    if whole:
        return page_of(request, group.rows, page_size(request))
    return _preview(in_full_order(group.rows))


def _preview(rows):
    """Return the first page of a few rows. They are counted with their ids, so that the texts are searched once."""
    counted = list(rows.values_list("pk", Window(Count("pk")))[:PREVIEW_ROWS])
    paginator = Paginator(rows, PREVIEW_ROWS)
    paginator.count = counted[0][1] if counted else 0
    return Page(list(rows.filter(pk__in=[pk for pk, _ in counted])) if counted else [], 1, paginator)
