"""Inspection of mails inside other files, of Outlook's kind (.msg) and of the internet's (.eml): what is attached.

Programs that show mail read damaged ones each in their own way, so what leaves open what is attached is refused.
"""

import email
import email.errors
import email.header
import email.utils
import io
import re
from urllib.parse import unquote

from wenshang_disclosure.core.office.signatures import PROGRAM_HEADS
from wenshang_disclosure.core.web.errors import Refused

from .kinds import ARCHIVE_INSIDE, LOCKED_INSIDE, PROGRAMS, WITH_ATTACHMENT, WITH_MACROS, ending_of
from .limits import DOCUMENT, named_inside

PROGRAM = "“{name}”的附件“{inside}”是程序、脚本、网页或含有宏，不能上传。请去掉后重新上传。"
UNCLEAR = "“{name}”的邮件格式不规范，无法看清其中的附件，不能上传。请把正文存为 PDF，附件单独上传。"
NO_NAME = "附件"
SAID_ONCE = ("Content-Type", "Content-Disposition", "Content-Transfer-Encoding")
MAX_HEADER_CHARACTERS = 10_000
BODIES = {"text/plain", "text/html"}
MESSAGE = "message/rfc822"
IN_PIECES = {"message/partial", "message/external-body"}  # RFC 2046 5.2.2, 5.2.3
SEALED = {"application/pkcs7-mime", "application/x-pkcs7-mime", "multipart/encrypted"}
OF_OUTLOOK = {"application/ms-tnef", "application/vnd.ms-tnef"}  # winmail.dat
PACKED = {"base64", "quoted-printable", "x-uuencode", "uuencode", "uue", "x-uue"}
BOUNDARY = re.compile(r"""boundary\*?\d*\*?\s*=\s*("[^"]*"|[^;\s]*)""", re.IGNORECASE)
BETWEEN_WORDS = re.compile(r"""[\s;"'=()<>/\\]+""")
UUENCODED = re.compile(rb"^begin(-base64)? [0-7]{3,4} \S", re.MULTILINE)
TWO_WAYS = (
    email.errors.NoBoundaryInMultipartDefect,
    email.errors.StartBoundaryNotFoundDefect,
    email.errors.MultipartInvariantViolationDefect,
    email.errors.InvalidMultipartContentTransferEncodingDefect,
    email.errors.MissingHeaderBodySeparatorDefect,
    email.errors.FirstHeaderLineIsContinuationDefect,
    email.errors.MisplacedEnvelopeHeaderDefect,
)
"""Faults with which programs differ in what is a part."""


def marks_of_attachment(content, labels, name, limits):
    """Return the marks of what is attached to a mail under one or several names. Raises `Refused` for what runs."""
    endings = {ending_of(label.rstrip(". \0")) for label in labels}
    label = (labels[0] if labels else NO_NAME)[:100]
    if endings & (PROGRAMS | WITH_MACROS) or content.startswith(PROGRAM_HEADS):
        raise Refused(PROGRAM.format(name=name, inside=label))
    limits.take(len(content))
    return (WITH_ATTACHMENT, *limits.inspect_inside(io.BytesIO(content), named_inside(name, label), endings, limits))


def inspect(content, name, limits):
    """Return the marks of a mail (.eml). Raises `Refused` for attachments that run, and where they are not clear."""
    content.seek(0)
    marks = []
    with limits.deeper(DOCUMENT):
        try:
            mail = email.message_from_bytes(content.read().lstrip(b"\xef\xbb\xbf \t\r\n"))
            for part in mail.walk():
                limits.take(0, entries=1)
                marks += _marks_of_part(part, name, limits)
        except (RecursionError, LookupError, ValueError):  # of `email`, on what no program writes
            raise Refused(UNCLEAR.format(name=name)) from None
    return marks


def _marks_of_part(part, name, limits):
    kind, packing = part.get_content_type(), str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    is_whole = part.is_multipart() or kind == MESSAGE
    if _is_unclear(part, kind) or is_whole and packing in PACKED:
        raise Refused(UNCLEAR.format(name=name))
    _spell_out(part)
    labels = _names_of(part)
    if kind in SEALED:
        return (LOCKED_INSIDE,)
    if is_whole:
        if {ending_of(label) for label in labels} & PROGRAMS:
            raise Refused(PROGRAM.format(name=name, inside=labels[0][:100]))
        return (WITH_ATTACHMENT,) if kind == MESSAGE else ()
    content = part.get_payload(decode=True) or b""
    is_attached = bool(labels) or part.get_content_disposition() == "attachment"
    if kind in BODIES and not is_attached:
        if UUENCODED.search(content):
            raise Refused(UNCLEAR.format(name=name))
        return ()
    if kind == "text/html" and not labels:  # which programs name themselves
        raise Refused(PROGRAM.format(name=name, inside=NO_NAME))
    marks = marks_of_attachment(content, labels, name, limits)
    return (ARCHIVE_INSIDE,) if kind in OF_OUTLOOK or "winmail.dat" in map(str.lower, labels) else marks


def _is_unclear(part, kind):
    """Return whether programs may see other parts or names in it than we do."""
    said_twice = any(len(part.get_all(header, ())) > 1 for header in SAID_ONCE)
    too_long = any(len(str(part.get(header, ""))) > MAX_HEADER_CHARACTERS for header in SAID_ONCE)
    return said_twice or too_long or kind in IN_PIECES or any(isinstance(fault, TWO_WAYS) for fault in part.defects)


def _spell_out(part):
    """Decode what stands unencoded in the headers, as Chinese programs write it."""
    for header, said in part.raw_items():
        if header in SAID_ONCE and not said.isascii():
            raw = said.encode("utf-8", "surrogateescape")
            code = "utf-8" if _is_utf_8(raw) else "gb18030"
            part.replace_header(header, raw.decode(code, "replace"))


def _is_utf_8(raw):
    try:
        return bool(raw.decode())
    except UnicodeDecodeError:
        return False


def _names_of(part):
    """Return every name that a program may give the part, the proper one first, then words that are out of place."""
    proper = [name for name in (part.get_filename(), part.get_param("name")) if name]
    found = [_decoded(email.utils.collapse_rfc2231_value(name)) for name in proper]
    for header in SAID_ONCE[:2]:
        said = BOUNDARY.sub("", str(part.get(header, "")))
        for text in {said, _decoded(said)}:
            found += [word for word in BETWEEN_WORDS.split(unquote(text)) if ending_of(word.rstrip(". ")) in PROGRAMS]
    return list(dict.fromkeys(found))


def _decoded(text):
    """Return text with its encoded words (RFC 2047) in plain."""
    try:
        pieces = email.header.decode_header(text)
    except email.errors.HeaderParseError:
        return text
    return "".join(
        piece.decode(code or "gb18030", "replace") if isinstance(piece, bytes) else piece for piece, code in pieces
    )
