"""Download responses, and the scope of exports."""

from django.http import FileResponse

from reports.exports.package.names import clean, shortened
from tasks.scope import Scope
from wenshang_disclosure.core.web.errors import require

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

MAX_STEM_CHARS = 120
"""Of a file's name: Windows takes 260 characters for the whole path."""


def as_file(content, name, content_type=XLSX):
    """Return a download response for the open file `content` named `name`, as every system can save it."""
    stem, dot, extension = name.rpartition(".")
    name = shortened(clean(stem), MAX_STEM_CHARS) + dot + extension
    return FileResponse(content, as_attachment=True, filename=name, content_type=content_type)


def export_scope(request, make=Scope.of, **kwargs):
    """Return the scope of an export, made as that of its page by `make`.

    Raises `Malformed`, and `PermissionDenied` without the right to export.
    """
    scope = Scope.strictly_of(request, make, **kwargs)
    require(request.user, "reports.export")
    return scope
