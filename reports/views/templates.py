"""Page of Word templates: those in use, their fields, replacement by custom ones."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from reports.choices import TemplateKind
from reports.exports.word import default_templates
from reports.exports.word.fields import FIELDS, explained
from reports.forms import TemplateForm
from reports.models import DocumentTemplate
from reports.services import templates
from reports.views.files.lists import DOCX
from wenshang_disclosure.core.web.errors import Refused, require


@login_required
@require_safe
def index(request):
    """List the kinds of files with their templates and fields."""
    require(request.user, "reports.read_templates")
    return _page(request)


@login_required
@require_POST
def replace(request, kind):
    """Put an uploaded template into use."""
    require(request.user, "reports.replace_templates")
    kind, form = _kind(kind), TemplateForm(request.POST, request.FILES)
    if form.carry_out(templates.replace, kind, by=request.user):
        messages.success(request, f"“{kind.label}”已改用“{form.outcome.file_name}”。")
        return redirect("reports:templates")
    return _page(request, kind, form)


@login_required
@require_POST
def put_back(request, kind):
    """Restore the default template."""
    require(request.user, "reports.replace_templates")
    kind = _kind(kind)
    try:
        templates.put_back(kind, by=request.user)
    except Refused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, f"“{kind.label}”已恢复使用系统自带模板。")
    return redirect("reports:templates")


@login_required
@require_safe
def download(request, kind):
    """Download the template in use, or the default one with `?own`."""
    require(request.user, "reports.read_templates")
    kind = _kind(kind)
    kept = None if "own" in request.GET else DocumentTemplate.objects.in_use(kind)
    content = templates.open_in_use(kind) if kept else default_templates.MADE[kind]()
    name = kept.file_name if kept else f"{kind.label}（系统自带模板）.docx"
    return FileResponse(content, as_attachment=True, filename=name, content_type=DOCX)


def _kind(text):
    try:
        return TemplateKind(text)
    except ValueError:
        raise Http404 from None


def _page(request, sent_kind=None, sent=None):
    kinds = [
        {
            "kind": kind,
            "kept": DocumentTemplate.objects.in_use(kind),
            "form": sent if kind == sent_kind else TemplateForm(prefix=None, auto_id=f"id_{kind.value}_%s"),
            "fields": list(explained(FIELDS[kind])),
        }
        for kind in TemplateKind
    ]
    return render(request, "reports/templates/page.html", {"kinds": kinds}, status=sent.status if sent else 200)
