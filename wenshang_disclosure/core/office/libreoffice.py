"""LibreOffice, where it is installed: files of other office programs made into one that is read or shown here.

It would fetch what a file links to. The sandbox refuses it the network; the settings here, which do on any system, let
it follow no link, run no macro, and go through a proxy that nobody is.
"""

import shutil
from pathlib import Path

from wenshang_disclosure.core import sandbox

TEXTS, PRESENTATIONS = "libswlo.so", "libsdlo.so"
"""The libraries of Writer and of Impress, beside the program."""
NEVER = 2
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


def program():
    """Return the path of LibreOffice, `None` where it is not installed."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def has_presentations():
    """Return whether the part of LibreOffice that reads presentations (Impress) is installed, which Debian packs apart.

    Where the folder of its libraries is not known (a wrapper, another system), it is taken to be.
    """
    libraries = Path(program()).resolve().parent
    return (libraries / PRESENTATIONS).exists() or not (libraries / TEXTS).exists()


def convert(original, ending, *, limits):
    """Convert the file `original`, alone in a folder of its own, and return the path of the result beside it.

    LibreOffice tells the type by content and by the ending of the name. Returns `None` where it cannot be converted.
    Raises `sandbox.OutOfTime`.
    """
    folder = original.parent
    profile = folder / "profile"
    _write_settings(profile / "user")
    command = [program(), "--headless", "--norestore", f"-env:UserInstallation={profile.as_uri()}"]
    command += ["--convert-to", ending, "--outdir", str(folder), str(original)]
    try:
        sandbox.run_command(command, limits=limits, folder=folder)
    except sandbox.OutOfTime:
        raise
    except sandbox.Failed:
        pass  # whether there is a result is asked below
    return next(folder.glob(f"*.{ending}"), None)


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
