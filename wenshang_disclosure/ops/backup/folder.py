"""Folder of a backup, written as `….part` and renamed once it is complete and synced to disk."""

import fcntl
import hashlib
import json
import os
import shutil
from contextlib import contextmanager, suppress
from pathlib import PurePosixPath

from wenshang_disclosure.files.storage import sync_folder

from .errors import Stopped

MANIFEST = "manifest.json"
DATED = "wenshang-%Y%m%d-%H%M%S"
PART = ".part"
CHUNK_BYTES = 1024 * 1024


class NewFolder:
    """A backup being written; `sums` is `{name: SHA-256}` of the files so far, as written."""

    def __init__(self, part, cipher):
        """Write to the folder `part` with `cipher`, beginning with its key, if it has one."""
        self.part, self.cipher, self.sums = part, cipher, {}
        if cipher.key is not None:
            self.sums["key.age"] = self._write("key.age", [cipher.key], _write_plain)

    def add(self, name, chunks):
        """Write a file, encrypted by the cipher, and sync it to disk."""
        self.sums[name + self.cipher.suffix] = self._write(name + self.cipher.suffix, chunks, self.cipher.write)

    def close(self, manifest):
        """Write the manifest and return its SHA-256; encrypted backups also contain an encrypted copy."""
        text = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
        if self.cipher.suffix:
            self._write(MANIFEST + self.cipher.suffix, [text], self.cipher.write)
        return self._write(MANIFEST, [text], _write_plain)

    def _write(self, name, chunks, write):
        path = self.part / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            hashing = _HashingFile(file)
            write(chunks, hashing)
            file.flush()
            os.fsync(file.fileno())
        return hashing.digest.hexdigest()


class _HashingFile:
    """A file that hashes what is written to it."""

    def __init__(self, file):
        self.file, self.digest = file, hashlib.sha256()

    def write(self, data):
        self.digest.update(data)
        return self.file.write(data)

    def flush(self):
        self.file.flush()


def _write_plain(chunks, out):
    for chunk in chunks:
        out.write(chunk)


@contextmanager
def writing(target, cipher):
    """Yield a `NewFolder` that becomes `target` after the block; leave nothing if the block fails."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with _locked(target.parent):
        if target.exists():
            raise Stopped(f"{target} already exists; a backup never overwrites anything.")
        part = target.with_name(target.name + PART)
        if part.exists():
            raise Stopped(f"{part} already exists, left by an interrupted backup: remove it.")
        part.mkdir(mode=0o700)
        try:
            yield NewFolder(part, cipher)
            _sync_folders(part)
            part.rename(target)
            sync_folder(target.parent)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise


@contextmanager
def _locked(parent):
    """Hold an exclusive lock on the folder, which is released when the process ends. Raises `Stopped`."""
    handle = os.open(parent, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as fault:
        raise Stopped(f"Another backup into {parent} is running.") from fault
    finally:
        os.close(handle)


def _sync_folders(part):
    for folder, _, _ in os.walk(part, topdown=False):
        sync_folder(folder)


def read_manifest(folder):
    """Return the manifest of a backup. Raises `Stopped` if it is missing or invalid."""
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
    except FileNotFoundError as fault:
        raise Stopped(f"{folder} is not a complete backup: it has no {MANIFEST}.") from fault
    except (OSError, ValueError) as fault:
        raise Stopped(f"{folder / MANIFEST} cannot be read: {fault}") from fault
    if not isinstance(manifest, dict) or manifest.get("product") != "wenshang-disclosure":
        raise Stopped(f"{folder / MANIFEST} does not belong to this product.")
    return manifest


def check(folder, sums, suffix):
    """Compare the SHA-256 of every file of a backup. Raises `Stopped` with the missing, changed and extra files."""
    outside = {MANIFEST, MANIFEST + suffix}
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - outside
    faults = [f"{name} is missing" for name in sorted(sums.keys() - there)]
    faults += [f"{name} is not in the manifest" for name in sorted(there - sums.keys())]
    faults += [f"{name} was changed" for name in sorted(there & sums.keys()) if sum_of(folder / name) != sums[name]]
    if faults:
        more = f" and {len(faults) - 10} more" if len(faults) > 10 else ""
        raise Stopped(f"The backup is damaged, nothing was restored: {'; '.join(faults[:10])}{more}.")


def sum_of(path):
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def remove_older(parent, keep):
    """Delete all but the `keep` newest complete backups in `parent`, and dated incomplete ones; return the former."""
    with _locked(parent):
        complete = sorted((manifest["taken_at"], path) for path, manifest in _complete_backups(parent))
        for _, path in complete[:-keep]:
            path.rename(
                path.with_name(path.name + PART)
            )  # renamed first, so that a partly deleted one does not look complete
        for part in parent.glob(f"wenshang-*{PART}"):
            shutil.rmtree(part)
    return [path for _, path in complete[:-keep]]


def _complete_backups(parent):
    for path in parent.glob("wenshang-*"):
        with suppress(Stopped):
            if path.suffix != PART:
                yield path, read_manifest(path)


def is_inside(name):
    """Return whether a name from a manifest stays inside the folder."""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts
