"""Old Word, Excel and WPS files are converted by LibreOffice, where it is installed."""

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

from wenshang_disclosure.core import sandbox
from wenshang_disclosure.core.web.errors import Unreadable

LIMITS = sandbox.Limits(seconds=90)
OLD = {"docx": "doc", "xlsx": "xls"}  # the ending that LibreOffice is told; it looks into the file as well
MISSING = (
    "服务器没有安装 LibreOffice，不能直接读取{kind}。"
    "请在 Word 或 WPS 中打开该文件，选择“另存为”，类型选“{wanted}”，再导入另存的文件。"
)


@contextmanager
def converted(path, kind, ending):
    """Return the path of `path` converted to `ending` (docx or xlsx), for as long as the context lasts.

    `kind` names the old format for the person. Raises `Unreadable` where it cannot be converted.
    """
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        raise Unreadable(MISSING.format(kind=kind, wanted=f".{ending}"))
    with tempfile.TemporaryDirectory() as folder:
        profile = (Path(folder) / "profile").as_uri()
        command = [program, "--headless", "--norestore", f"-env:UserInstallation={profile}"]
        original = Path(folder) / f"table.{OLD[ending]}"
        shutil.copyfile(path, original)
        command += ["--convert-to", ending, "--outdir", folder, str(original)]
        try:
            sandbox.run_command(command, limits=LIMITS, folder=folder)
        except sandbox.OutOfTime as fault:
            raise Unreadable(f"转换{kind}用时过长，未能完成。请另存为 .{ending} 后再导入。") from fault
        except sandbox.Failed:
            pass  # what it made, if anything, is looked for below
        result = next(Path(folder).glob(f"*.{ending}"), None)
        if result is None:
            raise Unreadable(f"{kind}无法转换，可能已损坏。请另存为 .{ending} 后再导入。")
        yield result
