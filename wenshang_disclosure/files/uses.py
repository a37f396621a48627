"""The uses of uploads, and what each accepts."""

from dataclasses import dataclass

from django.conf import settings

from wenshang_disclosure.core.web.errors import Refused

from .inspection.judging import judge, judge_by_signature
from .inspection.kinds import ALLOWED

MB = 1024 * 1024
EMPTY = "“{name}”是空文件，不能上传。请核对后重新选择。"
TOO_LARGE = "“{name}”超过{limit} MB，不能上传。"
MARKED = "“{name}”{marks}，不能使用。请去掉后重新上传。"


@dataclass(frozen=True)
class Use:
    """What one use of uploads accepts, and the messages for files it refuses.

    `endings` are the accepted extensions, each inspected by its own rules; `None` accepts any type and judges by
    signature, for uses that determine the type in the sandbox. `max_bytes` is the largest size, `None` the setting
    `EVIDENCE_MAX_MB`. `needs_scan_now` refuses files while the virus scanner is unavailable, because they are used
    immediately; other files wait for the scan.
    """

    endings: frozenset | None
    max_bytes: int | None = None
    takes_marked: bool = True
    needs_scan_now: bool = False
    too_large: str = TOO_LARGE
    other_kind: str = ""

    def refuse_size(self, name, size):
        """Raise `Refused` if the file is empty or too large."""
        if not size:
            raise Refused(EMPTY.format(name=name))
        limit = settings.EVIDENCE_MAX_BYTES if self.max_bytes is None else self.max_bytes
        if size > limit:
            raise Refused(self.too_large.format(name=name, size=size // MB, limit=limit // MB))

    def judge(self, upload, name):
        """Return the `Verdict` on an open file. Raises `Refused`."""
        if self.endings is None:
            return judge_by_signature(upload, name)
        verdict = judge(upload, name, endings=self.endings, other_kind=self.other_kind)
        if verdict.marks and not self.takes_marked:
            raise Refused(MARKED.format(name=name, marks=verdict.in_words))
        return verdict


EVIDENCE = Use(endings=frozenset(ALLOWED))
"""Evidence of a report or request: stored, and available to those who may read that."""
TABLES = Use(
    endings=None,
    max_bytes=20 * MB,
    needs_scan_now=True,
    too_large="“{name}”有{size} MB，超过{limit} MB，不像是一份任务分解表，不能导入。",
)
"""Plans to import. Old and plain-text formats are accepted too; `tasks.imports.reading.files` detects the type."""
REGISTERS = Use(
    endings=frozenset({"xlsx"}),
    max_bytes=5 * MB,
    needs_scan_now=True,
    too_large="“{name}”超过{limit} MB，不像是一份单位和人员名册，不能导入。",
    other_kind="“{name}”：文件不是 .xlsx 文件，或者已损坏、设有密码。请使用本页的模板填写，"
    "或在 Excel、WPS 中打开，取消密码，另存为 .xlsx 后再导入。",
)
"""Registers of units and people: read once and not stored."""
SHEETS = Use(
    endings=frozenset({"xlsx"}),
    max_bytes=10 * MB,
    needs_scan_now=True,
    too_large="“{name}”有{size} MB，超过{limit} MB，不像是一份填报表，不能上传。佐证材料请在页面上添加，不要放在表里。",
    other_kind="“{name}”不是 .xlsx 文件，或者已损坏、设有密码。WPS 保存为 .et、旧版 Excel 保存为 .xls 的，"
    "请打开后取消密码，另存为 .xlsx 再上传。",
)
"""填报表 that units fill in: read once and not stored."""
LOGOS = Use(
    endings=frozenset({"png", "jpg", "jpeg", "webp"}),
    max_bytes=2 * MB,
    needs_scan_now=True,
    too_large="“{name}”有{size} MB，徽标不能超过{limit} MB。",
    other_kind="“{name}”不是图片，或者已损坏。请选择 PNG、JPG、WEBP 格式的徽标图片。",
)
"""Logos of the region: made into a small picture and not stored."""
TEMPLATES = Use(
    endings=frozenset({"docx"}),
    max_bytes=5 * MB,
    takes_marked=False,
    needs_scan_now=True,
    too_large="模板不能超过{limit} MB。",
    other_kind="这不是可用的 Word 文档（.docx）。请用 Word 或 WPS 另存为 .docx 后再上传。",
)
"""Custom Word templates of documents."""
