"""Pictures: each really decodes, and is made anew without what the camera wrote into it where a page shows it."""

import io
import threading

from PIL import Image, ImageOps

from wenshang_disclosure.core.web.errors import Refused

from .kinds import Mismatch

MOST_PIXELS = {"JPEG": 120_000_000}  # decoded at an eighth, so that a large one takes little memory
MOST_PIXELS_OF_OTHERS = 50_000_000
Image.MAX_IMAGE_PIXELS = max(MOST_PIXELS.values())
LONGEST_SIDE = 2000  # pixels, where a page shows it
QUALITY = 88
SMALL = (256, 256)
TOO_LARGE = "“{name}”有{million}00万像素，过大，不能上传。请缩小后重新上传。"
_one_at_a_time = threading.Lock()


def inspect(upload, name, which):
    """Decode the picture. Raises `Mismatch` where it is another kind or cut short, `Refused` where it is too large."""
    upload.seek(0)
    with _one_at_a_time:
        try:
            with Image.open(upload, formats=[which]) as picture:
                _refuse_large(picture, which, name)
                picture.draft("RGB", SMALL)
                picture.load()
        except (Refused, MemoryError):
            raise
        except Exception:  # Pillow answers a damaged file with whatever its parser raises
            raise Mismatch from None
    return ()


def _refuse_large(picture, which, name):
    pixels = picture.width * picture.height
    if pixels > MOST_PIXELS.get(which, MOST_PIXELS_OF_OTHERS):
        raise Refused(TOO_LARGE.format(name=name, million=round(pixels / 1_000_000)))


def for_page(file):
    """Return the bytes of a JPEG of the picture: upright, at most 2000 pixels, without place, camera or any other note.

    Raises `OSError` where it cannot be decoded.
    """
    with _one_at_a_time:
        try:
            return _made_anew(file)
        except (OSError, MemoryError):
            raise
        except Exception as fault:  # as above
            raise OSError("the picture cannot be decoded") from fault


def _made_anew(file):
    with Image.open(file, formats=["JPEG", "PNG", "GIF", "WEBP", "BMP"]) as picture:
        picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        upright = ImageOps.exif_transpose(picture)
        made = io.BytesIO()
        _on_white(upright).save(made, "JPEG", quality=QUALITY, subsampling=0)
    return made.getvalue()


def _on_white(picture):
    """Return only the pixels, in plain colours; what was transparent is white."""
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        plain = Image.new("RGB", picture.size, "white")
        plain.paste(picture, mask=picture.getchannel("A"))
        return plain
    plain = Image.new("RGB", picture.size)
    plain.paste(picture.convert("RGB"))
    return plain
