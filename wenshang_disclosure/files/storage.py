"""Durable file storage: files are complete and synced to disk before any record refers to them."""

import errno
import hashlib
import os
import uuid
from pathlib import Path

from django.core.files.storage import FileSystemStorage, default_storage

from wenshang_disclosure.core.web.errors import NoSpace, StorageUnavailable
from wenshang_disclosure.core.web.outages import FULL, StorageAway

PART = ".part"
"""Suffix of files being written."""
CHUNK_BYTES = 1024 * 1024
RESULTS = "made/"
"""Folder of files that the product made for somebody (`work`), apart from what people gave: no backup has them."""


class DurableStorage(FileSystemStorage):
    """File storage that survives power cuts: files are written under a temporary name, synced and renamed."""

    def _save(self, name, content):
        target = Path(self.path(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f"{target.name}-{uuid.uuid4().hex[:8]}{PART}")
        try:
            self._write(part, content)
            part.replace(target)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        self._sync_folders(target.parent)
        return name

    def _write(self, path, content):
        with path.open("xb") as file:
            for chunk in content.chunks():
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        if self.file_permissions_mode is not None:
            path.chmod(self.file_permissions_mode)

    def _sync_folders(self, folder):
        """Sync the directory entries up to the storage's own folder."""
        sync_folder(folder)
        if folder != Path(self.location).parent:
            self._sync_folders(folder.parent)


def sync_folder(folder):
    """Sync the entries of a folder to disk, if the file system supports it."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    except OSError as fault:
        if fault.errno not in {errno.EINVAL, errno.EBADF}:
            raise
    finally:
        os.close(handle)


def keep(upload, folder=""):
    """Store a Django file under a random name in `folder`; return `(path, SHA-256)` once it is on disk.

    Raises `NoSpace` if the disk is full, `StorageUnavailable` if the storage does not answer.
    """
    digest = sum_of(upload)
    upload.seek(0)
    name = uuid.uuid4().hex
    try:
        return default_storage.save(f"{folder}{name[:2]}/{name}", upload), digest
    except StorageAway as fault:
        raise StorageUnavailable("存放材料的存储暂时连接不上，文件没有保存。请稍后再上传。") from fault
    except OSError as fault:
        if fault.errno in FULL:
            raise NoSpace("服务器存储空间已满，文件没有保存。请联系系统管理员清理后再上传。") from fault
        raise


def sum_of(file):
    """Return the SHA-256 of an open Django file, read in chunks from its beginning."""
    digest = hashlib.sha256()
    for chunk in file.chunks(CHUNK_BYTES):
        digest.update(chunk)
    return digest.hexdigest()


def stored_paths(folder=""):
    """Yield the paths of all files in the storage, in order; works with any Django storage."""
    try:
        folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}{name}" for name in sorted(filter(None, names)))  # a bucket may list the folder itself
    for name in sorted(filter(None, folders)):
        yield from stored_paths(f"{folder}{name}/")
