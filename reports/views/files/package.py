"""Downloads of evidence packages: of a task, a unit, a part or the whole year."""

import logging

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from reports.exports import package
from reports.exports.package.names import clean, shortened
from reports.filters import PackageFilter
from tasks.models import Assignment
from wenshang_disclosure.core.web.errors import Refused
from wenshang_disclosure.core.web.evenings import on_evening
from wenshang_disclosure.files.signals import files_missing

from .answers import export_scope

log = logging.getLogger(__name__)


@login_required
@require_safe
@on_evening
def evidence(request):
    """Stream the submitted evidence as a .zip file. Raises `Refused` above `package.MAX_ITEMS` items."""
    scope = export_scope(request)
    duties = Assignment.objects.visible_to(request.user).filter(plan=scope.plan)
    found = package.evidence_of(scope.cut(PackageFilter, duties), scope.as_of)
    if (number := found.count()) > package.MAX_ITEMS:
        raise Refused(
            f"所选范围有{number}项佐证材料，一次最多打包{package.MAX_ITEMS}项。请按部分、单位或任务分别下载。"
        )
    items = package.listed(found, scope.plan)
    _report_missing(request, scope, [item for item in items if item.is_missing])
    response = StreamingHttpResponse(package.stream(items, scope), content_type="application/zip")
    response["Content-Disposition"] = content_disposition_header(True, _file_name(scope))
    response["Cache-Control"] = "private, no-store"
    return response


def _report_missing(request, scope, missing):
    """Report missing files: paths to the office and the log, their number to the user."""
    if missing:
        paths = ", ".join(item.stored_path for item in missing[:20])
        files_missing.send(Assignment, paths=[item.stored_path for item in missing])
        log.error("Evidence package of plan %s: %s files are missing: %s", scope.plan.pk, len(missing), paths)
        messages.warning(
            request,
            f"刚才下载的材料包缺少{len(missing)}个文件，已在材料目录中列为“文件缺失”，其余文件完整。"
            "请联系系统管理员从备份中恢复。",
        )


def _file_name(scope):
    chosen = scope.chosen
    parts = [f"第{chosen['task'].number}项"] if chosen.get("task") else []
    parts += [str(chosen[name]) for name in ("unit", "part") if chosen.get(name)]
    whole = f"{scope.plan.year}年佐证材料_{'_'.join(parts) or '全部'}"
    return f"{shortened(clean(whole), 80)}_{scope.as_of}.zip"
