"""One file of evidence, only for those who may see its report."""

from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from ..models import Evidence


@login_required
@require_safe
def download(request, pk):
    """Stream the file as an attachment that no browser runs."""
    items = Evidence.objects.visible_to(request.user).select_related("stored").filter(stored__isnull=False)
    item = get_object_or_404(items, pk=pk)
    return as_attachment(item.stored, item.file_name)


def as_attachment(stored, file_name):
    """Answer with a stored file as an attachment that no browser runs; 404 where it is gone."""
    try:
        content = default_storage.open(stored.path)
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(content, as_attachment=True, filename=file_name, content_type=stored.content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
