"""Selection of the reader for a file by its content."""

import olefile

from wenshang_disclosure.core.office.archives import DAMAGED, MACROS, opened
from wenshang_disclosure.core.office.signatures import OLE_HEAD, PDF_HEAD, RTF_HEAD, ZIP_HEADS
from wenshang_disclosure.core.web.errors import Unreadable

from . import excel, text, word
from .convert import converted

LOCKED = "文件设有密码，无法读取。请在 Word 或 Excel 中打开，取消密码后另存，再导入。"
NOT_A_TABLE = "文件不是 Word、Excel、WPS、CSV 或文本文件，无法读取。请核对是否选错了文件。"


def read(path, progress=lambda done, of: None):
    """Return the `Source` of the file at `path`. Raises `Unreadable` with the sentence for the user."""
    with open(path, "rb") as file:
        head = file.read(8)
    if not head:
        raise Unreadable("文件是空的，请核对后重新选择。")
    if head.startswith(ZIP_HEADS):
        source = _read_archive(path, progress)
    elif head.startswith(OLE_HEAD):
        source = _read_old(path, progress)
    elif head.startswith(RTF_HEAD):
        with converted(path, "RTF 文件", "docx") as new:
            source = word.read(new, progress)
    elif head.startswith(PDF_HEAD):
        raise Unreadable("PDF 文件无法作为表格读取。请使用原来的 Word 或 Excel 文件。")
    else:
        source = text.read(path, progress)
    if not source.grids:
        raise Unreadable("文件中没有找到表格。请核对是否选错了文件。")
    return source


def _read_archive(path, progress):
    with opened(path) as archive:
        names = set(archive.namelist())
    if "word/document.xml" in names:
        return word.read(path, progress)
    if "xl/workbook.xml" in names:
        return excel.read(path, progress)
    if any(name.startswith(("word/", "xl/")) for name in names):
        raise Unreadable(DAMAGED)
    raise Unreadable(NOT_A_TABLE)


def _read_old(path, progress):
    kind, ending = _old_kind(path)
    with converted(path, kind, ending) as new:
        return (word if ending == "docx" else excel).read(new, progress)


def _old_kind(path):
    """Return the type of an OLE file as `(name for users, extension to convert to)`.

    Raises `Unreadable` for files with a password or macros.
    """
    try:
        with olefile.OleFileIO(path) as ole:
            names = {"/".join(entry) for entry in ole.listdir(streams=True, storages=True)}
    except Exception as fault:  # olefile raises exceptions of many kinds on damaged files
        raise Unreadable(DAMAGED) from fault
    if "EncryptedPackage" in names:
        raise Unreadable(LOCKED)
    if any(name.split("/")[-1] == "VBA" or name.startswith(("Macros", "_VBA_PROJECT")) for name in names):
        raise Unreadable(MACROS)
    if "WordDocument" in names:
        return "旧版 Word 或 WPS 文字文件（.doc、.wps）", "docx"
    if "Workbook" in names or "Book" in names:
        return "旧版 Excel 或 WPS 表格文件（.xls、.et）", "xlsx"
    raise Unreadable(NOT_A_TABLE)
