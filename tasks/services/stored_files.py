"""Uploads are kept as they came, under random names outside every served folder."""

import hashlib
import uuid

from django.core.files.storage import default_storage


def write(upload):
    """Keep a Django file; give `(path, SHA-256)`. The caller records it, or deletes it where that fails."""
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    name = uuid.uuid4().hex
    return default_storage.save(f"{name[:2]}/{name}", upload), digest.hexdigest()
