"""Which files are taken as evidence, judged by content and name together; pure, no database."""

import zipfile

import filetype

from wenshang_disclosure.common.errors import Refused

OLE_HEAD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HEAD_SIZE = 8192

# name ending → (content type it is served with, what the content has to be)
ALLOWED = {
    "pdf": ("application/pdf", "pdf"),
    "jpg": ("image/jpeg", "jpg"),
    "jpeg": ("image/jpeg", "jpg"),
    "png": ("image/png", "png"),
    "gif": ("image/gif", "gif"),
    "webp": ("image/webp", "webp"),
    "bmp": ("image/bmp", "bmp"),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "zip:word/document.xml"),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "zip:xl/workbook.xml"),
    "pptx": ("application/vnd.openxmlformats-officedocument.presentationml.presentation", "zip:ppt/presentation.xml"),
    "ofd": ("application/ofd", "zip:OFD.xml"),
    "doc": ("application/msword", "ole"),
    "xls": ("application/vnd.ms-excel", "ole"),
    "ppt": ("application/vnd.ms-powerpoint", "ole"),
    "wps": ("application/vnd.ms-works", "ole"),
    "et": ("application/octet-stream", "ole"),
    "dps": ("application/octet-stream", "ole"),
    "txt": ("text/plain; charset=utf-8", "text"),
    "csv": ("text/csv; charset=utf-8", "text"),
    "zip": ("application/zip", "zip:"),
    "mp4": ("video/mp4", "mp4"),
    "mov": ("video/quicktime", "mov"),
    "avi": ("video/x-msvideo", "avi"),
    "wmv": ("video/x-ms-wmv", "wmv"),
}
IN_WORDS = "PDF、OFD、Word、Excel、PPT、WPS、图片、文本、ZIP压缩包、常见视频（MP4、MOV、AVI、WMV）"
ACCEPT = ",".join(f".{ending}" for ending in ALLOWED)


def content_type_of(upload):
    """Give the content type to serve `upload` (a Django file) with.

    Raises `Refused` where its name ending is not on the list or its content is something else than the name says.
    """
    ending = upload.name.rpartition(".")[2].lower() if "." in upload.name else ""
    if ending not in ALLOWED:
        raise Refused(f"“{upload.name}”的类型不在可上传范围内。可上传：{IN_WORDS}。")
    content_type, wanted = ALLOWED[ending]
    if not _content_is(upload, wanted):
        raise Refused(f"“{upload.name}”的内容与扩展名 .{ending} 不符，或文件已损坏，请核对后重新上传。")
    return content_type


def _content_is(upload, wanted):
    upload.seek(0)
    head = upload.read(HEAD_SIZE)
    upload.seek(0)
    if wanted == "ole":
        return head.startswith(OLE_HEAD)
    if wanted == "text":
        return _is_text(head)
    if wanted.startswith("zip:"):
        return _is_zip_with(upload, wanted.removeprefix("zip:"))
    kind = filetype.guess(head)
    return kind is not None and kind.extension == wanted


def _is_text(head):
    """Tell whether the beginning is text in UTF-8, UTF-16 or GB18030; a character cut at the end does not count."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if b"\x00" in head or head.startswith(b"MZ"):
        return False
    return any(_decodes(head[: len(head) - cut], code) for code in ("utf-8", "gb18030") for cut in range(4))


def _decodes(data, code):
    try:
        data.decode(code)
    except UnicodeDecodeError:
        return False
    return True


def _is_zip_with(upload, member):
    start = upload.read(4)
    upload.seek(0)
    if start not in (b"PK\x03\x04", b"PK\x05\x06"):
        return False  # also a program with an archive behind it opens as an archive
    try:
        with zipfile.ZipFile(upload) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return False
    finally:
        upload.seek(0)
    if any(name.endswith("vbaProject.bin") for name in names):
        raise Refused(f"“{upload.name}”含有宏，不能上传。请另存为不含宏的文件。")
    return not member or member in names
