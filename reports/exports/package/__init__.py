"""Evidence packages as .zip: folders by task and unit, the uploaded files, and an index with their SHA-256.

The list of items is complete before the first byte is sent; files are read while they are sent, so that memory is
bounded by the list.
"""

import logging

from django.core.files.storage import default_storage
from zipstream import ZipStream

from wenshang_disclosure.core import progress

from . import index
from .items import GONE, evidence_of, listed

__all__ = ["INDEX", "MAX_ITEMS", "evidence_of", "listed", "stream"]

log = logging.getLogger(__name__)

INDEX = f"{index.TITLE}.xlsx"
MAX_ITEMS = 20_000  # the list and its index are held in memory
CHUNK_BYTES = 64 * 1024


def stream(items, scope):
    """Return the package of listed `items` as an iterable of bytes; the index is written before returning."""
    return _pieces(index.write(items, scope), [item for item in items if item.path])


def _pieces(first, items):
    archive = ZipStream()
    with first:
        size = first.seek(0, 2)
        first.seek(0)
        archive.add(iter(lambda: first.read(CHUNK_BYTES), b""), INDEX, size=size)
        yield from archive.file()
    for item in items:
        yield from _entry(archive, item)
    yield from archive.footer()


def _entry(archive, item):
    """Yield one file; a file that is missing by now becomes an empty one with the suffix `GONE`."""
    try:
        content = default_storage.open(item.stored_path)
    except OSError as error:
        log.error("evidence file %s could not be read while packing: %s", item.stored_path, error)
        archive.add(b"", item.path + GONE)
        yield from archive.file()
        progress.advance()
        return
    with content:
        archive.add(content.chunks(CHUNK_BYTES), item.path, size=item.size)
        yield from archive.file()
    progress.advance()
