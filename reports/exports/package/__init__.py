"""Evidence packages: folders by task and unit, the files as they were uploaded, an index with their sums.

Everything is known before the first byte goes out; then files are read as they are sent, so that a package of any size
takes no more memory than its list.
"""

import logging

from django.core.files.storage import default_storage
from zipstream import ZipStream

from . import index
from .items import GONE, evidence_of, listed

__all__ = ["INDEX", "MOST", "evidence_of", "listed", "stream"]

log = logging.getLogger(__name__)

INDEX = f"{index.TITLE}.xlsx"
MOST = 20_000  # items in one package: the list and its index are held in memory
AT_ONCE = 64 * 1024  # bytes


def stream(items, scope):
    """Return the package of listed `items` as an iterable of bytes; the index is written before this returns."""
    return _pieces(index.write(items, scope), [item for item in items if item.path])


def _pieces(first, items):
    archive = ZipStream()
    with first:
        size = first.seek(0, 2)
        first.seek(0)
        archive.add(iter(lambda: first.read(AT_ONCE), b""), INDEX, size=size)
        yield from archive.file()
    for item in items:
        yield from _entry(archive, item)
    yield from archive.footer()


def _entry(archive, item):
    """Return one file; one that went away since the list was made is an empty file whose name says so."""
    try:
        content = default_storage.open(item.stored_path)
    except OSError as error:
        log.error("evidence file %s went away while it was packed: %s", item.stored_path, error)
        archive.add(b"", item.path + GONE)
        yield from archive.file()
        return
    with content:
        archive.add(content.chunks(AT_ONCE), item.path, size=item.size)
        yield from archive.file()
