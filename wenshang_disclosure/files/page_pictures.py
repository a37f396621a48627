"""Pictures for pages, made anew once and kept for a while (`CACHES["pictures"]`)."""

import contextlib

from django.core.cache import caches

from .inspection import pictures


def page_picture(stored):
    """Return a stored picture as a JPEG in bytes for a page.

    Raises as `StoredFile.open` does, `OSError` if it cannot be decoded, and `Busy` while others are.
    """
    kept = caches["pictures"]
    with (
        stored.open() as content
    ):  # also where it is kept: who may open it, and whether it is there, is asked each time
        shown = kept.get(stored.sha256)
        if shown is None:
            shown = pictures.for_page(content, made_before=lambda: kept.get(stored.sha256))
            with contextlib.suppress(OSError):  # a full disk is no reason not to show it
                kept.set(stored.sha256, shown)
    return shown
