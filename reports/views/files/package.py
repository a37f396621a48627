"""Downloads of evidence packages: of a task, a unit, a part or the whole year."""

import logging
import shutil
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Sum
from django.template.defaultfilters import filesizeformat

from reports.exports import package
from reports.exports.package.names import clean, shortened
from reports.filters import PackageFilter
from tasks.models import Assignment
from wenshang_disclosure.core.office.content_types import ZIP
from wenshang_disclosure.core.web.errors import Refused
from wenshang_disclosure.files.signals import files_missing

from .papers import Paper, download, export_scope

LONG_ITEMS = 500
LONG_BYTES = 200 * 1024 * 1024
"""A package of more than these is made in the background; others are streamed while they are packed."""
COPIES = 2
"""A package is packed into a temporary file, and then stored."""
MB = 1024 * 1024

log = logging.getLogger(__name__)


@download
def evidence(asked):
    """Download the submitted evidence as a .zip file. Raises `Refused` above `package.MAX_ITEMS` items."""
    scope = export_scope(asked)
    duties = Assignment.objects.visible_to(asked.user).filter(plan=scope.plan)
    one = Package(scope, package.evidence_of(scope.cut(PackageFilter, duties), scope.as_of))
    one.paper = Paper(_file_name(scope), one.write, one.count, ZIP, one.is_long)
    return one.paper


@dataclass
class Package:
    """The package of the evidence `found` in a scope."""

    scope: object
    found: object
    paper: Paper | None = None

    def count(self):
        """Return the number of items. Raises `Refused` for too many."""
        number = self.found.count()
        if number > package.MAX_ITEMS:
            raise Refused(
                f"所选范围有{number}项佐证材料，一次最多打包{package.MAX_ITEMS}项。请按部分、单位或任务分别下载。"
            )
        return [number]

    def is_long(self, numbers):
        """Return whether it is made in the background. Raises `Refused` where the disk has no room for that."""
        size = self.found.order_by().aggregate(size=Sum("evidence__stored__size"))["size"] or 0
        if sum(numbers) <= LONG_ITEMS and size <= LONG_BYTES:
            return False
        room = shutil.disk_usage(settings.DATA_DIR).free - settings.DISK_LEAST_FREE_MB * MB
        if COPIES * size > room:
            told = filesizeformat(size).replace("\xa0", " ")
            raise Refused(f"所选材料共{told}，服务器上没有足够的空间打包。请按部分、单位或任务分别下载。")
        return True

    def write(self):
        """Return the pieces of the package."""
        items = package.listed(self.found, self.scope.plan)
        self._report_missing([item.stored_path for item in items if item.is_missing])
        return package.stream(items, self.scope)

    def _report_missing(self, paths):
        """Report missing files: paths to the office and the log, their number to the reader."""
        if paths:
            files_missing.send(Assignment, paths=paths)
            plan, some = self.scope.plan.pk, ", ".join(paths[:20])
            log.error("Evidence package of plan %s: %s files are missing: %s", plan, len(paths), some)
            told = f"材料包缺少{len(paths)}个文件，已在材料目录中列为“文件缺失”，其余文件完整。"
            self.paper.warning = f"{told}请联系系统管理员从备份中恢复。"


def _file_name(scope):
    chosen = scope.chosen
    parts = [f"第{chosen['task'].number}项"] if chosen.get("task") else []
    parts += [str(chosen[name]) for name in ("unit", "part") if chosen.get(name)]
    whole = f"{scope.plan.year}年佐证材料_{'_'.join(parts) or '全部'}"
    return f"{shortened(clean(whole), 80)}_{scope.as_of}.zip"
