"""Inspection of pictures by decoding them, and conversion for pages without metadata."""

import io
import threading

from PIL import Image, ImageOps

from wenshang_disclosure.core.web.errors import Refused

from .kinds import Mismatch

MAX_PIXELS = {"JPEG": 120_000_000}  # decoded at an eighth of the size, which takes little memory
MAX_PIXELS_OF_OTHERS = 50_000_000
Image.MAX_IMAGE_PIXELS = max(MAX_PIXELS.values())
MAX_SIDE_PIXELS = 2000  # of pictures on pages
JPEG_QUALITY = 88
DRAFT_SIZE = (256, 256)
TOO_LARGE = "“{name}”有{million}00万像素，过大，不能上传。请缩小后重新上传。"
_one_at_a_time = threading.Lock()


def inspect(upload, name, which, limits):
    """Decode the picture. Raises `Mismatch` if it is of another type or truncated, `Refused` if it is too large."""
    upload.seek(0)
    with _one_at_a_time:
        try:
            with Image.open(upload, formats=[which]) as picture:
                _refuse_large(picture, which, name)
                picture.draft("RGB", DRAFT_SIZE)
                picture.load()
        except (Refused, MemoryError):
            raise
        except Exception:  # Pillow raises exceptions of many kinds on damaged files
            raise Mismatch from None
    return ()


def _refuse_large(picture, which, name):
    pixels = picture.width * picture.height
    if pixels > MAX_PIXELS.get(which, MAX_PIXELS_OF_OTHERS):
        raise Refused(TOO_LARGE.format(name=name, million=round(pixels / 1_000_000)))


def for_page(file):
    """Return the picture as a JPEG in bytes: upright, at most `MAX_SIDE_PIXELS` a side, without metadata.

    Raises `OSError` if it cannot be decoded.
    """
    with _one_at_a_time:
        try:
            return _converted(file)
        except (OSError, MemoryError):
            raise
        except Exception as fault:  # as above
            raise OSError("the picture cannot be decoded") from fault


def _converted(file):
    with Image.open(file, formats=["JPEG", "PNG", "GIF", "WEBP", "BMP"]) as picture:
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
