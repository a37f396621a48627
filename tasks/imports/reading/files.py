"""Selection of the reader for a file by its content."""

from pathlib import Path

import olefile

from wenshang_disclosure.core.office.archives import DAMAGED, MACROS, opened
from wenshang_disclosure.core.office.reading import TOO_MUCH
from wenshang_disclosure.core.office.signatures import OLE_HEAD, PDF_HEAD, RTF_HEAD, ZIP_HEADS
from wenshang_disclosure.core.web.errors import Unreadable

from . import excel, html, opendocument, sheetml, text, word
from .convert import converted
from .xml import first, name_of

LOCKED = "文件设有密码，无法读取。请在 Word 或 Excel 中打开，取消密码后另存，再导入。"
NO_TABLE = "文件中没有找到表格。请核对是否选错了文件；任务写成段落的，请先整理成表格（一行一项任务）再导入。"
MAX_CHARACTERS = 20_000_000
"""Of all cells together, with the copies in cells that merged ones cover; a table of a county has a hundredth."""
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
        source = _read_text(path, progress)
    if not source.grids:
        raise Unreadable(NO_TABLE)
    if _characters(source) > MAX_CHARACTERS:
        raise Unreadable(TOO_MUCH)
    return source


def _characters(source):
    return sum(len(text) for grid in source.grids for row in grid.rows for text in row.cells)


def _read_text(path, progress):
    """Read what is text: a page or an XML file of an office program, else cells between separators."""
    data = Path(path).read_bytes()
    if len(data) > text.MAX_BYTES:
        raise Unreadable("文本文件超过20 MB，不像是一份任务分解表，未予读取。")
    head = data[:4096]
    start = head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t")
    if html.looks_like_archive(head):
        return html.read_archive(data)
    if start.startswith(b"<?xml") and b"<html" not in start.lower():
        return _read_xml(path, sheetml.parsed(data), progress)
    if html.looks_like(head) and start.startswith(b"<"):
        return html.read(data)
    return text.read(path, progress)


def _read_xml(path, root, progress):
    """Read an office file that is a single XML file: Excel or Word 2003, flat Word, flat OpenDocument."""
    kind = name_of(root)
    if kind == "Workbook":
        return sheetml.read(root)
    if kind in ("wordDocument", "package"):
        return word.read_root(root, progress)
    if kind == "document" and first(root, "body") is not None:
        return opendocument.read_root(root, first(root, "styles"))
    if kind in ("UOF", "uof"):
        with converted(path, "标文通（UOF）文件", "docx") as new:
            return word.read(new, progress)
    raise Unreadable(f"文件是 XML 数据（{kind}），不是表格。请在原来的系统中导出 Excel 或 Word 文件再导入。")


def _read_archive(path, progress):
    with opened(path) as archive:
        names = set(archive.namelist())
        kind = archive.read("mimetype")[:100].decode("ascii", "replace") if "mimetype" in names else ""
        if "opendocument" in kind or ("content.xml" in names and "META-INF/manifest.xml" in names):
            return opendocument.read(archive)
        main = word.main_part(archive)
    if main in names:
        return word.read(path, progress) if not main.startswith("xl/") else _read_workbook(path, names, progress)
    return _read_workbook(path, names, progress)


def _read_workbook(path, names, progress):
    if "xl/workbook.xml" in names:
        return excel.read(path, progress)
    if "xl/workbook.bin" in names:
        with converted(path, "二进制 Excel 文件（.xlsb）", "xlsx") as new:
            return excel.read(new, progress)
    if any(name.startswith(("word/", "xl/")) for name in names):
        raise Unreadable(DAMAGED)
    raise Unreadable(_what_is_packed(names))


def _what_is_packed(names):
    """Return the sentence for an archive that is no table."""
    files = sorted(name for name in names if not name.endswith("/"))
    if any(name.startswith("ppt/") for name in files):
        return "文件是演示文稿，无法作为表格读取。请把其中的表格复制到 Word 或 Excel 中再导入。"
    if "OFD.xml" in files:
        return "文件是 OFD 版式文件，无法作为表格读取。请使用原来的 Word 或 Excel 文件。"
    if files:
        return (
            f"文件是压缩包（内有“{files[0][:60]}”等{len(files)}个文件），无法读取。请解压后选择其中的分解表文件再导入。"
        )
    return NOT_A_TABLE


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
