"""File signatures (magic numbers), by which a file's type is told from its content."""

ZIP_END = b"PK\x05\x06"
"""End of central directory of a zip archive; an empty archive starts with it."""
ZIP_HEADS = (b"PK\x03\x04", ZIP_END, b"PK\x07\x08", b"PK00PK\x03\x04")
"""Signatures of an entry, an empty archive, and a split archive (APPNOTE.TXT 8.5.3, 8.5.4).

Programs open all four, so files with any of them have to be inspected.
"""
OLE_HEAD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PDF_HEAD = b"%PDF-"
RTF_HEAD = b"{\\rtf"
DOS_PROGRAM, ELF_PROGRAM = b"MZ", b"\x7fELF"
PROGRAM_HEADS = (
    DOS_PROGRAM,
    ELF_PROGRAM,
    b"#!",
    b"\xca\xfe\xba\xbe",
    b"\xcf\xfa\xed\xfe",
    b"\xfe\xed\xfa",
    b"L\x00\x00\x00\x01\x14\x02",
)


def is_binary_program(head):
    """Return whether a file starts as a program and contains a null byte: text may start with “MZ” as well."""
    return head.startswith(PROGRAM_HEADS) and b"\x00" in head
