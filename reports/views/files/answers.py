"""Files as answers, and what they are of."""

from django.http import FileResponse

from tasks.scope import Scope
from wenshang_disclosure.core.web.errors import require

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def as_file(content, name, content_type=XLSX):
    """Return the open file `content` as a download called `name`."""
    return FileResponse(content, as_attachment=True, filename=name, content_type=content_type)


def export_scope(request, **kwargs):
    """Return the scope of a file. Raises `Malformed`, and `PermissionDenied` where the person may take none out."""
    scope = Scope.strictly_of(request, **kwargs)
    require(request.user, "reports.export")
    return scope
