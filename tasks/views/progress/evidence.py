"""Downloads of evidence, for users who may see its report."""

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from tasks.models import Evidence
from wenshang_disclosure.core.web.errors import Refused
from wenshang_disclosure.core.web.outages import StorageAway
from wenshang_disclosure.files.inspection.kinds import ending_of
from wenshang_disclosure.files.page_documents import page_document
from wenshang_disclosure.files.page_pictures import page_picture


@login_required
@require_safe
def download(request, pk):
    """Download one file of evidence."""
    item = _item(request, pk)
    response = as_attachment(item.stored, item.file_name)
    response.is_of_draft = not item.report.is_submitted  # its name is the unit's alone, and not for the audit trail
    return response


@login_required
@require_safe
def picture(request, pk):
    """Return a picture for display in a page, encoded again without its metadata."""
    item = _item(request, pk)
    if not item.is_picture:
        raise Http404
    try:
        shown = page_picture(item.stored)
    except StorageAway:
        raise
    except OSError:
        raise Http404 from None
    return _secured(HttpResponse(shown, content_type="image/jpeg"))


@login_required
@require_safe
def document(request, pk):
    """Return an Office file as PDF for display in a page; where it cannot be shown, the reason as plain text."""
    item = _item(request, pk)
    if not item.is_document:
        raise Http404
    try:
        shown = page_document(item.stored, ending_of(item.file_name))
    except StorageAway:
        raise
    except OSError:
        raise Http404 from None
    except Refused as refusal:
        return _secured(HttpResponse(str(refusal), status=refusal.status, content_type="text/plain; charset=utf-8"))
    return _secured(HttpResponse(shown, content_type="application/pdf"))


def _item(request, pk):
    items = Evidence.objects.visible_to(request.user).select_related("stored", "report").filter(stored__isnull=False)
    return get_object_or_404(items, pk=pk)


def as_attachment(stored, file_name):
    """Return a response with a stored file as an attachment under a strict Content-Security-Policy.

    Raises `Http404` where the file is missing; a withheld file is answered by 409.
    """
    content = _opened(stored)
    return _secured(FileResponse(content, as_attachment=True, filename=file_name, content_type=stored.content_type))


def _opened(stored):
    try:
        return stored.open()
    except FileNotFoundError:
        raise Http404 from None


def _secured(response):
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
