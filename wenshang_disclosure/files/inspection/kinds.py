"""Accepted file types by extension, and the extensions of programs, macro files and archives."""

from wenshang_disclosure.core.office.signatures import OLE_HEAD, PDF_HEAD, RTF_HEAD, ZIP_HEADS

OOXML = "application/vnd.openxmlformats-officedocument"

# extension → (content type it is served with, inspector and its argument)
ALLOWED = {
    "pdf": ("application/pdf", "pdf"),
    "jpg": ("image/jpeg", "picture:JPEG"),
    "jpeg": ("image/jpeg", "picture:JPEG"),
    "png": ("image/png", "picture:PNG"),
    "gif": ("image/gif", "picture:GIF"),
    "webp": ("image/webp", "picture:WEBP"),
    "bmp": ("image/bmp", "picture:BMP"),
    "docx": (f"{OOXML}.wordprocessingml.document", "office:wordprocessingml"),
    "xlsx": (f"{OOXML}.spreadsheetml.sheet", "office:spreadsheetml"),
    "pptx": (f"{OOXML}.presentationml.presentation", "office:presentationml"),
    "ofd": ("application/ofd", "ofd"),
    "doc": ("application/msword", "ole:WordDocument"),
    "xls": ("application/vnd.ms-excel", "ole:Workbook,Book"),
    "ppt": ("application/vnd.ms-powerpoint", "ole:PowerPoint Document"),
    "wps": ("application/vnd.ms-works", "ole:WordDocument"),
    "et": ("application/octet-stream", "ole:Workbook,Book"),
    "dps": ("application/octet-stream", "ole:PowerPoint Document"),
    "txt": ("text/plain; charset=utf-8", "text"),
    "csv": ("text/csv; charset=utf-8", "text"),
    "zip": ("application/zip", "zip"),
    "mp4": ("video/mp4", "video:mp4"),
    "mov": ("video/quicktime", "video:mov"),
    "avi": ("video/x-msvideo", "video:avi"),
    "wmv": ("video/x-ms-wmv", "video:wmv"),
}
DOCUMENTS = frozenset(["doc", "docx", "wps", "xls", "xlsx", "et", "ppt", "pptx", "dps"])
"""Extensions of Office files, which LibreOffice makes into PDF for pages."""
PRESENTATIONS = frozenset(["ppt", "pptx", "dps"])
"""Those of them that need Impress."""
IN_WORDS = "PDF、OFD、Word、Excel、PPT、WPS、图片、文本、ZIP压缩包、常见视频（MP4、MOV、AVI、WMV）"
ACCEPT = ",".join(f".{ending}" for ending in ALLOWED)

_RUN_WHEN_OPENED = """
    ade adp apk app appx bat bin cab chm cmd com cpl deb diagcab dll dmg elf exe gadget hta inf ins iqy iso img jar jnlp
    js jse library-ms lnk mde msc msh msi msix msp mst pif pl ps1 ps1xml ps2 psc1 psd1 psm1 py pyc rdp reg rpm scf scr
    sct settingcontent-ms sh shb shs slk swf sys url vb vbe vbs vhd vhdx ws wsc wsf wsh xll
    htm html xht xhtml mht mhtml svg
"""
PROGRAMS = frozenset(_RUN_WHEN_OPENED.split())
"""Extensions of files that run when opened, including web pages, which run scripts when opened from disk."""

_WITH_MACROS = "docm dotm xlsm xltm xlam xlsb pptm potm ppsm ppam sldm xla xlm"
WITH_MACROS = frozenset(_WITH_MACROS.split())
_OTHER_ARCHIVES = "rar 7z gz tgz bz2 xz tar zst lz lzh arj z ace"
OTHER_ARCHIVES = frozenset(_OTHER_ARCHIVES.split())

TEXTS = frozenset({"txt", "csv"})
MAILS = frozenset({"eml"})
PDF_HEAD_WITHIN_BYTES = 1024  # readers search this far for the signature

WITH_ATTACHMENT = "含附件"
WITH_LINKS = "含外部链接"
WITH_PLACE = "含拍摄地点"
LOCKED_FILE = "已加密（内容未检查）"
LOCKED_INSIDE = "含加密文件（内容未检查）"
ARCHIVE_INSIDE = "含其他压缩包（内容未检查）"


def ending_of(name):
    """Return the extension of a file's name in lower case without the dot, "" if it has none."""
    return name.rpartition(".")[2].strip().lower() if "." in name else ""


def is_looked_into(head, endings):
    """Return whether a file inside another is inspected by rules of its own, from its head and its extensions."""
    is_container = head.startswith((*ZIP_HEADS, OLE_HEAD, RTF_HEAD)) or PDF_HEAD in head[:PDF_HEAD_WITHIN_BYTES]
    return is_container or not (TEXTS | MAILS).isdisjoint(endings)


class Mismatch(Exception):
    """The content does not match the extension, or is damaged."""
