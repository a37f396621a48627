"""One backup is one folder. It is written beside its place as `….part`, and gets its name once it is whole on disk."""

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
CHUNK = 1024 * 1024


class NewFolder:
    """A backup that is being written; `sums` has the SHA-256 of every file so far, as it lies there."""

    def __init__(self, part, cipher):
        """Write into the folder `part` with `cipher`."""
        self.part, self.cipher, self.sums = part, cipher, {}
        if cipher.key is not None:
            self.sums["key.age"] = self._write("key.age", [cipher.key], _plainly)

    def add(self, name, chunks):
        """Keep a file, encrypted where wished, safe on disk."""
        self.sums[name + self.cipher.suffix] = self._write(name + self.cipher.suffix, chunks, self.cipher.write)

    def close(self, manifest):
        """Add the manifest: last, since it tells of all others. Encrypted backups have it a second time, sealed."""
        text = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
        if self.cipher.suffix:
            self._write(MANIFEST + self.cipher.suffix, [text], self.cipher.write)
        return self._write(MANIFEST, [text], _plainly)

    def _write(self, name, chunks, write):
        path = self.part / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            summed = _Summed(file)
            write(chunks, summed)
            file.flush()
            os.fsync(file.fileno())
        return summed.digest.hexdigest()


class _Summed:
    """A file that sums what is written to it."""

    def __init__(self, file):
        self.file, self.digest = file, hashlib.sha256()

    def write(self, data):
        self.digest.update(data)
        return self.file.write(data)

    def flush(self):
        self.file.flush()


def _plainly(chunks, out):
    for chunk in chunks:
        out.write(chunk)


@contextmanager
def writing(target, cipher):
    """Return a `NewFolder` that becomes `target` after the block, and leave nothing where the block fails."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with _alone_in(target.parent):
        if target.exists():
            raise Stopped(f"{target} is there already; a backup never writes over anything.")
        part = target.with_name(target.name + PART)
        if part.exists():
            raise Stopped(f"{part} is there, left by a run that was killed: remove it.")
        part.mkdir(mode=0o700)
        try:
            yield NewFolder(part, cipher)
            _settle(part)
            part.rename(target)
            sync_folder(target.parent)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise


@contextmanager
def _alone_in(parent):
    """Hold the folder's lock; it goes with the process, however that ends."""
    handle = os.open(parent, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as fault:
        raise Stopped(f"Another backup into {parent} is running.") from fault
    finally:
        os.close(handle)


def _settle(part):
    for folder, _, _ in os.walk(part, topdown=False):
        sync_folder(folder)


def read_manifest(folder):
    """Return the manifest of a backup. Raises `Stopped` where there is none."""
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
    except FileNotFoundError as fault:
        raise Stopped(f"{folder} is no whole backup: it has no {MANIFEST}.") from fault
    except (OSError, ValueError) as fault:
        raise Stopped(f"{folder / MANIFEST} cannot be read: {fault}") from fault
    if not isinstance(manifest, dict) or manifest.get("product") != "wenshang-disclosure":
        raise Stopped(f"{folder / MANIFEST} is not of this product.")
    return manifest


def check(folder, sums, suffix):
    """Read every file of a backup and compare its sum. Raises `Stopped`, naming what is missing, changed or extra."""
    outside = {MANIFEST, MANIFEST + suffix}
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - outside
    faults = [f"{name} is missing" for name in sorted(sums.keys() - there)]
    faults += [f"{name} is no file of it" for name in sorted(there - sums.keys())]
    faults += [f"{name} was changed" for name in sorted(there & sums.keys()) if sum_of(folder / name) != sums[name]]
    if faults:
        more = f" and {len(faults) - 10} more" if len(faults) > 10 else ""
        raise Stopped(f"The backup is damaged, nothing was restored: {'; '.join(faults[:10])}{more}.")


def sum_of(path):
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def remove_older(parent, keep):
    """Leave the `keep` newest whole backups of a folder, and nothing of dated ones that were killed; return what
    went.
    """
    with _alone_in(parent):
        whole = sorted((manifest["taken_at"], path) for path, manifest in _whole_ones(parent))
        for _, path in whole[:-keep]:
            path.rename(path.with_name(path.name + PART))  # first its name: what is half removed must not look whole
        for part in parent.glob(f"wenshang-*{PART}"):
            shutil.rmtree(part)
    return [path for _, path in whole[:-keep]]


def _whole_ones(parent):
    for path in parent.glob("wenshang-*"):
        with suppress(Stopped):
            if path.suffix != PART:
                yield path, read_manifest(path)


def is_inside(name):
    """Return whether a name from a manifest stays in its folder."""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts
