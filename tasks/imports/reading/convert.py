"""Conversion of old Word, Excel and WPS files by LibreOffice, if it is installed."""

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

from wenshang_disclosure.core import sandbox
from wenshang_disclosure.core.office import libreoffice
from wenshang_disclosure.core.web.errors import Unreadable

LIMITS = sandbox.Limits(seconds=90)
OLD = {"docx": "doc", "xlsx": "xls"}  # extension of the copy; LibreOffice also detects the type by content
MISSING = (
    "服务器没有安装 LibreOffice，不能直接读取{kind}。"
    "请在 Word 或 WPS 中打开该文件，选择“另存为”，类型选“{wanted}”，再导入另存的文件。"
)


@contextmanager
def converted(path, kind, ending):
    """Convert the file at `path` to `ending` (docx or xlsx) and yield the path of the result, removed afterwards.

    `kind` is the name of the old format for users. Raises `Unreadable` if the file cannot be converted.
    """
    if libreoffice.program() is None:
        raise Unreadable(MISSING.format(kind=kind, wanted=f".{ending}"))
    with tempfile.TemporaryDirectory() as folder:
        original = Path(folder) / f"table.{OLD[ending]}"
        shutil.copyfile(path, original)
        try:
            result = libreoffice.convert(original, ending, limits=LIMITS)
        except sandbox.OutOfTime as fault:
            raise Unreadable(f"转换{kind}用时过长，未能完成。请另存为 .{ending} 后再导入。") from fault
        if result is None:
            raise Unreadable(f"{kind}无法转换，可能已损坏。请另存为 .{ending} 后再导入。")
        yield result
