"""Pages of the manual, open to everybody who reaches the application: also who cannot sign in needs them."""

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from . import manual

LIAISON = "liaison"
"""The name in the address of what a liaison needs, on two sheets to print."""
WHOLE = "whole"
"""The name in the address of all chapters on one page, to be printed."""


@require_safe
def contents(request):
    """List the chapters."""
    context = {"chapters": manual.chapters(), "introduction": manual.introduction()}
    return render(request, "help/contents.html", context)


@require_safe
def chapter(request, name):
    """Show one chapter, all of them, or what a liaison needs."""
    chapters = manual.chapters()
    if name == LIAISON:
        return render(request, "help/liaison.html", {"content": manual.for_liaisons()})
    if name == WHOLE:
        return render(request, "help/whole.html", {"chapters": chapters})
    at = next((at for at, one in enumerate(chapters) if one.name == name), None)
    if at is None:
        raise Http404
    context = {
        "chapters": chapters,
        "chapter": chapters[at],
        "before": chapters[at - 1] if at else None,
        "after": chapters[at + 1] if at + 1 < len(chapters) else None,
    }
    return render(request, "help/chapter.html", context)
