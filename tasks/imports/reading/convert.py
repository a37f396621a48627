"""Conversion of old Word, Excel and WPS files by LibreOffice, if it is installed.

LibreOffice would fetch what a file links to. The sandbox refuses it the network; the settings here, which do on any
system, let it follow no link, run no macro, and go through a proxy that nobody is.
"""

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

from wenshang_disclosure.core import sandbox
from wenshang_disclosure.core.web.errors import Unreadable

LIMITS = sandbox.Limits(seconds=90)
OLD = {"docx": "doc", "xlsx": "xls"}  # extension of the copy; LibreOffice also detects the type by content
NEVER = 2
MISSING = (
    "服务器没有安装 LibreOffice，不能直接读取{kind}。"
    "请在 Word 或 WPS 中打开该文件，选择“另存为”，类型选“{wanted}”，再导入另存的文件。"
)
REGISTRY = "http://openoffice.org/2001/registry"
SETTINGS = {
    "Inet/Settings": {
        "ooInetProxyType": 2,  # by hand, to where nobody answers
        **{f"ooInet{kind}ProxyName": "127.0.0.1" for kind in ("HTTP", "HTTPS", "FTP")},
        **{f"ooInet{kind}ProxyPort": 1 for kind in ("HTTP", "HTTPS", "FTP")},
        "ooInetNoProxy": "",
    },
    "Office.Common/Security/Scripting": {
        "BlockUntrustedRefererLinks": "true",
        "DisableActiveContent": "true",
        "DisableMacrosExecution": "true",
        "MacroSecurityLevel": 3,
    },
    "Office.Writer/Content/Update": {"Link": NEVER},
    "Office.Calc/Content/Update": {"Link": NEVER},
}


@contextmanager
def converted(path, kind, ending):
    """Convert the file at `path` to `ending` (docx or xlsx) and yield the path of the result, removed afterwards.

    `kind` is the name of the old format for users. Raises `Unreadable` if the file cannot be converted.
    """
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        raise Unreadable(MISSING.format(kind=kind, wanted=f".{ending}"))
    with tempfile.TemporaryDirectory() as folder:
        profile = Path(folder) / "profile"
        _write_settings(profile / "user")
        command = [program, "--headless", "--norestore", f"-env:UserInstallation={profile.as_uri()}"]
        original = Path(folder) / f"table.{OLD[ending]}"
        shutil.copyfile(path, original)
        command += ["--convert-to", ending, "--outdir", folder, str(original)]
        try:
            sandbox.run_command(command, limits=LIMITS, folder=folder)
        except sandbox.OutOfTime as fault:
            raise Unreadable(f"转换{kind}用时过长，未能完成。请另存为 .{ending} 后再导入。") from fault
        except sandbox.Failed:
            pass  # whether there is a result is checked below
        result = next(Path(folder).glob(f"*.{ending}"), None)
        if result is None:
            raise Unreadable(f"{kind}无法转换，可能已损坏。请另存为 .{ending} 后再导入。")
        yield result


def _write_settings(folder):
    folder.mkdir(parents=True)
    items = "".join(
        f'<item oor:path="/org.openoffice.{path}">'
        f'<prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for path, properties in SETTINGS.items()
        for name, value in properties.items()
    )
    listed = f'<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="{REGISTRY}">{items}</oor:items>'
    (folder / "registrymodifications.xcu").write_text(listed, encoding="utf-8")
