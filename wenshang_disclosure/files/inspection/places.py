"""Where a photo was taken: found in its metadata (EXIF, XMP) and taken out, with the rest left as it is.

Pages show pictures without metadata (`pictures.for_page`); this is about the file itself. What makers of phones hide in
notes of their own is not looked at.
"""

import io
import re
import struct
import zlib

from PIL import ExifTags, Image

EXIF = re.compile(rb"Exif\0\0(?=II\*\0|MM\0\*)")
PACKET_BEGINS, PACKET_ENDS = b"<x:xmpmeta", b"</x:xmpmeta>"
XMP_PLACE = re.compile(rb"""(GPS\w{1,40}\s{0,20}(?:=\s{0,20}["']|>))([^"'<]+)""")
PLACE_TAG, ENTRY_BYTES, INLINE_BYTES, MAX_ENTRIES = ExifTags.IFD.GPSInfo, 12, 4, 200
SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
"""Bytes of a value by its type (TIFF 6.0)."""
PNG_HEAD = b"\x89PNG\r\n\x1a\n"
WEBP_FLAGS_OF_METADATA = 0x0C  # EXIF and XMP in the first byte of VP8X


def is_told(picture):
    """Return whether an opened picture of Pillow's says where it was taken."""
    xmp = picture.info.get("xmp") or picture.info.get("XML:com.adobe.xmp") or b""
    xmp = xmp.encode() if isinstance(xmp, str) else xmp
    return _is_in_exif(picture) or _said(xmp)


def _is_in_exif(picture):
    try:
        return any(picture.getexif().get_ifd(PLACE_TAG))
    except Exception:  # Pillow raises exceptions of many kinds on damaged metadata, which say nothing
        return False


def is_told_by(content):
    """Return whether the content of a picture says where it was taken."""
    with Image.open(io.BytesIO(content)) as picture:
        return is_told(picture)


def taken_out(content):
    """Return the content of a JPEG, PNG or WebP file without place data, the pixels to the bit as they were."""
    if content.startswith(PNG_HEAD):
        return _png(content)
    if content[:4] == b"RIFF":
        return _webp(content)
    data = bytearray(content)
    for found in EXIF.finditer(content):  # phones append further pictures to the first
        _blank_place(data, found.end())
    _blank_packets(data)
    return bytes(data)


def _said(xmp):
    return any(value.strip() for _, value in XMP_PLACE.findall(xmp))


def _blank_packets(data):
    end = 0
    while (start := data.find(PACKET_BEGINS, end)) >= 0 and (end := data.find(PACKET_ENDS, start)) >= 0:
        data[start:end] = XMP_PLACE.sub(lambda found: found[1] + b" " * len(found[2]), data[start:end])


def _blank_place(data, start):
    """Empty the directory of the place in the TIFF structure that begins at `start`, and all its values."""
    order = "<" if data[start : start + 2] == b"II" else ">"

    def number(at, kind="L"):
        return struct.unpack_from(order + kind, data, at)[0]

    def entries(directory):
        return [directory + 2 + place * ENTRY_BYTES for place in range(min(number(directory, "H"), MAX_ENTRIES))]

    try:
        for entry in entries(start + number(start + 4)):
            if number(entry, "H") != PLACE_TAG:
                continue
            directory = start + number(entry + 8)
            for value in entries(directory):
                size = SIZES.get(number(value + 2, "H"), 1) * number(value + 4)
                if size > INLINE_BYTES:
                    at = start + number(value + 8)
                    data[at : at + size] = bytes(len(data[at : at + size]))
                data[value : value + ENTRY_BYTES] = bytes(ENTRY_BYTES)
            struct.pack_into("H", data, directory, 0)
    except struct.error:
        return  # a damaged structure, which says nothing


def _png(content):
    kept, at = [PNG_HEAD], len(PNG_HEAD)
    while at + 12 <= len(content):
        end = at + 12 + struct.unpack_from(">L", content, at)[0]
        kind, body = content[at + 4 : at + 8], content[at + 8 : end - 4]
        if kind != b"eXIf" and not (kind in {b"iTXt", b"tEXt", b"zTXt"} and _is_metadata(kind, body)):
            kept.append(content[at:end])
        at = end
    return b"".join(kept)


def _is_metadata(kind, body):
    """Return whether a text of a PNG file is XMP or EXIF in writing."""
    name, _, rest = body.partition(b"\0")
    if name.startswith((b"XML:com.adobe.xmp", b"Raw profile type")):
        return True
    try:
        return _said(zlib.decompress(rest[1:]) if kind == b"zTXt" else rest)
    except zlib.error:
        return False


def _webp(content):
    kept, at = [], 12
    while at + 8 <= len(content):
        size = struct.unpack_from("<L", content, at + 4)[0]
        end = at + 8 + size + size % 2
        kind, chunk = content[at : at + 4], bytearray(content[at:end])
        if kind == b"VP8X":
            chunk[8] &= ~WEBP_FLAGS_OF_METADATA & 0xFF
        if kind not in {b"EXIF", b"XMP "}:
            kept.append(bytes(chunk))
        at = end
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<L", len(body)) + body
