"""Inspection of pictures by decoding them, and conversion for pages without metadata.

Decoding takes memory and a second where pictures are large, so in each process one large picture is decoded at a time,
and one other beside it.
"""

import io
import threading
from contextlib import contextmanager

from PIL import Image, ImageOps

from wenshang_disclosure.core.web.errors import Busy, Refused

from . import places
from .kinds import WITH_PLACE, Mismatch

MAX_PIXELS = {"JPEG": 120_000_000}  # decoded at an eighth of the size, which takes little memory
MAX_PIXELS_OF_OTHERS = 50_000_000
LARGE_FROM_PIXELS = 12_000_000  # of kinds that are decoded in full
Image.MAX_IMAGE_PIXELS = max(MAX_PIXELS.values())
MAX_SIDE_PIXELS = 2000  # of pictures on pages
JPEG_QUALITY = 88
DRAFT_SIZE = (256, 256)
WAIT_SECONDS = {"upload": 30, "page": 3}
TOO_LARGE = "“{name}”有{million}00万像素，过大，不能上传。请缩小后重新上传。"
BUSY = "服务器正在处理其他图片，请稍后再试。"
_one_large, _one_other = threading.Lock(), threading.Lock()


def inspect(upload, name, which, limits):
    """Decode the picture and return the mark of one that says where it was taken.

    Raises `Mismatch` if it is of another type or truncated, `Refused` if it is too large, `Busy` while others are
    decoded.
    """
    upload.seek(0)
    try:
        with Image.open(upload, formats=[which]) as picture:
            _refuse_large(picture, which, name)
            with _turn(picture, WAIT_SECONDS["upload"]):
                picture.draft("RGB", DRAFT_SIZE)
                picture.load()
            return (WITH_PLACE,) if places.is_told(picture) else ()
    except (Refused, MemoryError):
        raise
    except Exception:  # Pillow raises exceptions of many kinds on damaged files
        raise Mismatch from None


@contextmanager
def _turn(picture, seconds):
    """Wait until no other picture of this size is decoded in this process. Raises `Busy` after `seconds`."""
    is_large = picture.format != "JPEG" and picture.width * picture.height > LARGE_FROM_PIXELS
    lock = _one_large if is_large else _one_other
    if not lock.acquire(timeout=seconds):
        raise Busy(BUSY)
    try:
        yield
    finally:
        lock.release()


def _refuse_large(picture, which, name):
    pixels = picture.width * picture.height
    if pixels > MAX_PIXELS.get(which, MAX_PIXELS_OF_OTHERS):
        raise Refused(TOO_LARGE.format(name=name, million=round(pixels / 1_000_000)))


def for_page(file, made_before=lambda: None):
    """Return the picture as a JPEG in bytes: upright, at most `MAX_SIDE_PIXELS` a side, without metadata.

    What `made_before()` returns, if anything, is taken instead; it is asked when it is this picture's turn. Raises
    `OSError` if it cannot be decoded, and `Busy` while others are.
    """
    try:
        opened = Image.open(file, formats=["JPEG", "PNG", "GIF", "WEBP", "BMP"])
        with opened as picture, _turn(picture, WAIT_SECONDS["page"]):
            return made_before() or _converted(picture)
    except (OSError, MemoryError, Busy):
        raise
    except Exception as fault:  # as above
        raise OSError("the picture cannot be decoded") from fault


def _converted(picture):
    picture.thumbnail((MAX_SIDE_PIXELS, MAX_SIDE_PIXELS))
    upright = ImageOps.exif_transpose(picture)
    made = io.BytesIO()
    _on_white(upright).save(made, "JPEG", quality=JPEG_QUALITY, subsampling=0)
    return made.getvalue()


def _on_white(picture):
    """Return the pixels only, as RGB on a white background."""
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        plain = Image.new("RGB", picture.size, "white")
        plain.paste(picture, mask=picture.getchannel("A"))
        return plain
    plain = Image.new("RGB", picture.size)
    plain.paste(picture.convert("RGB"))
    return plain
