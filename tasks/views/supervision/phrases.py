"""Pages of the stock phrases (常用语), the texts that are offered for reminders."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tasks.choices import Grade
from tasks.forms.supervision.reminders import PhraseForm
from tasks.models import StockPhrase
from tasks.services.supervision import phrases
from tasks.services.supervision.wording import PLACEHOLDERS
from wenshang_disclosure.core.web.errors import require


@login_required
@require_safe
def listing(request):
    """List the phrases by grade; the first of each is filled in when units are reminded."""
    require(request.user, "tasks.manage_phrases", sentence=phrases.ONLY_THE_OFFICE)
    found = list(StockPhrase.objects.all())
    by_grade = [(grade, [phrase for phrase in found if phrase.grade == grade]) for grade in Grade]
    return render(request, "tasks/supervision/phrases/list.html", {"by_grade": by_grade})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request):
    """Add a phrase."""
    return _edit(request, StockPhrase(grade=request.GET.get("grade", Grade.YELLOW.value)))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, pk):
    """Change a phrase."""
    require(request.user, "tasks.manage_phrases", sentence=phrases.ONLY_THE_OFFICE)
    return _edit(request, get_object_or_404(StockPhrase, pk=pk))


def _edit(request, phrase):
    require(request.user, "tasks.manage_phrases", sentence=phrases.ONLY_THE_OFFICE)
    initial = {name: getattr(phrase, name) for name in phrases.FIELDS}
    form = PhraseForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.carry_out(phrases.save, phrase, by=request.user):
        messages.success(request, f"已保存{phrase.get_grade_display()}的常用语。")
        return redirect("tasks:phrases")
    context = {"phrase": phrase, "form": form, "placeholders": {name: said for name, (said, _) in PLACEHOLDERS.items()}}
    return render(request, "tasks/supervision/phrases/edit.html", context, status=form.status)


@login_required
@require_POST
def delete(request, pk):
    """Delete a phrase."""
    require(request.user, "tasks.manage_phrases", sentence=phrases.ONLY_THE_OFFICE)
    phrase = get_object_or_404(StockPhrase, pk=pk)
    phrases.delete(phrase, by=request.user)
    messages.success(request, f"已删除常用语“{phrase}”。已发出的催办不变。")
    return redirect("tasks:phrases")
