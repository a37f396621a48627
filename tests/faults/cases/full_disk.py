"""The disk is full: for evidence, for uploads under way, for the database. It is said, and nothing typed is lost."""

import contextlib
import os
import subprocess
import tempfile
from pathlib import Path

from tests.faults.people import PDF, Liaison, Work

MEGABYTE = 1024 * 1024
SENTENCE = "服务器存储空间已满"


def why_not():
    """Say why no small disk can be mounted here, empty where one can."""
    with tempfile.TemporaryDirectory(prefix="wenshang-faults-") as folder:
        if subprocess.run(["mount", "-t", "tmpfs", "none", folder], capture_output=True, check=False).returncode:
            return "mounting a small disk needs root"
        subprocess.run(["umount", folder], check=True)
    return ""


@contextlib.contextmanager
def small_disk(megabytes):
    """Return a folder on a disk of its own."""
    with tempfile.TemporaryDirectory(prefix="wenshang-disk-") as folder:
        os.chmod(folder, 0o755)
        options = ["-o", f"size={megabytes}m,mode=777"]
        subprocess.run(["mount", "-t", "tmpfs", *options, "none", folder], check=True)
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "-l", folder], check=True)


def fill_up(disk, leave=0):
    """Fill a disk but for so many bytes; return the file that does."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"\0" * 4096)
    with ballast.open("r+b") as file:
        file.truncate(max(ballast.stat().st_size - leave, 0))
    return ballast


def run(place, *, seconds):
    """Return `(line, what is wrong)`."""
    if reason := why_not():
        return f"skipped: {reason}", []
    lines, wrong = [], []
    for case in (_evidence, _uploads_under_way, _database):
        line, faults = case(place)
        lines.append(line)
        wrong += [f"{line}: {fault}" for fault in faults]
    return "; ".join(lines), wrong


class Writer(Liaison):
    """One person who writes by hand, so to say, and looks at what the server answers."""

    def __init__(self, server, place):
        name, duties = next(iter(place.people["duties"].items()))
        super().__init__(server.base, name, duties, seconds=0)
        self.sign_in()
        self.duty = duties[0]
        self.path = f"/assignments/{self.duty}/report/"

    def begin(self):
        """Save a first text; return the version."""
        return self._save(Work(self.duty), self._version(self.duty), "第一句。")

    def save(self, version, text):
        """Save as the page does by itself."""
        return self._raw(self.path + "autosave/", {"version": version, "text": text}, accept="application/json")

    def attach(self, version, text, size):
        """Upload a file of that size; return the answer."""
        content = PDF + b"%" + self.random.randbytes(size)
        files = {"files": ("扫描件.pdf", content, "application/pdf")}
        return self._raw(
            self.path, {"action": "attach", "version": version, "text": text, "file_kind": "own_plan"}, files=files
        )

    def _raw(self, path, fields, *, files=None, accept="text/html"):
        token = self.http.cookies.get("csrftoken", "")
        headers = {"X-CSRFToken": token, "Referer": self.base + path, "Accept": accept}
        address = self.base + path
        return self.http.post(address, data=fields, files=files, headers=headers, allow_redirects=False, timeout=60)

    def stored_text(self):
        """Return the text that the form shows."""
        return self._page(self.duty)


def _expect(wrong, holds, sentence):
    if not holds:
        wrong.append(sentence)


def _evidence(place):
    """No room where evidence is kept."""
    wrong = []
    with small_disk(2) as disk:
        server = place.server()
        (server.folder / "evidence").symlink_to(disk)
        with server:
            writer = Writer(server, place)
            version = writer.begin()
            refused = writer.attach(version, "第二句。", 3 * MEGABYTE)
            _expect(wrong, refused.status_code in (422, 507) and SENTENCE in refused.text, f"{refused.status_code}")
            _expect(wrong, "第二句。" in refused.text, "what was typed is not in the answer")
            _expect(wrong, "第二句。" in writer.stored_text(), "what was typed is not saved")
            _expect(wrong, not [path for path in disk.rglob("*") if path.is_file()], "half a file was left behind")
            kept = writer.attach(writer._version(writer.duty), "第三句。", MEGABYTE)
            _expect(wrong, kept.status_code == 302, f"a small file got {kept.status_code}")
            truth = server.truth()
            _expect(wrong, not truth["missing"] and truth["files"] == 1, "file and record are apart")
    return "evidence: 1 refused and said, text kept, 1 taken, lost 0", wrong


def _uploads_under_way(place):
    """No room where an upload is put while it is read."""
    wrong = []
    with small_disk(6) as disk, place.server(temporary=disk) as server:
        writer = Writer(server, place)
        version = writer.begin()
        refused = writer.attach(version, "第二句。", 8 * MEGABYTE)
        _expect(wrong, refused.status_code == 507 and SENTENCE in refused.text, f"{refused.status_code}")
        left = [path.name for path in disk.iterdir() if path.stat().st_size]
        _expect(wrong, not left, f"half an upload was left behind: {left}")
        kept = writer.attach(writer._version(writer.duty), "第三句。", MEGABYTE + 1)
        _expect(wrong, kept.status_code == 302, f"a smaller file got {kept.status_code}")
    return "upload under way: 1 refused and said, 1 taken", wrong


def _database(place):
    """No room for the database."""
    wrong = []
    with _database_disk(place) as (server, disk), server:
        writer = Writer(server, place)
        version = writer.begin()
        ballast = fill_up(disk)
        acknowledged, said, text = "第一句。", 0, ""
        for number in range(60):
            text = f"第{number + 2}句。" + "已发布政策三条。" * 2000
            answer = writer.save(version, text)
            if answer.status_code == 200:
                acknowledged, version = text, answer.json()["version"]
                continue
            said += 1
            _expect(wrong, answer.status_code == 507 and SENTENCE in answer.json()["error"], f"{answer.status_code}")
            break
        page = writer.http.get(server.base + writer.path)
        ballast.unlink()
        _expect(wrong, said == 1, "the disk never was full")
        _expect(wrong, page.status_code in (200, 507), f"the page then was {page.status_code}")
        _expect(wrong, acknowledged in writer.stored_text(), "an acknowledged draft is gone")
        again = writer.save(writer._version(writer.duty), text)
        _expect(wrong, again.status_code == 200, f"with room again: {again.status_code}")
        _expect(wrong, not server.says("Traceback"), "the log has a traceback")
    return f"database: {number} saved, {said} refused and said, lost 0", wrong


@contextlib.contextmanager
def _database_disk(place):
    """Return a server whose database lies on a small disk, and the disk."""
    if place.cluster:
        with small_disk(40) as disk:
            inside = disk / "tables"
            inside.mkdir()
            subprocess.run(["chown", "postgres", str(inside)], check=True)
            place.cluster.sql(f"CREATE TABLESPACE small LOCATION '{inside}'")
            server = place.server(tablespace="small")
            try:
                yield server, disk
            finally:
                place.cluster.sql(f"DROP DATABASE {server.database} WITH (FORCE)", "DROP TABLESPACE small")
        return
    with small_disk(24) as disk:
        yield place.server(folder=disk / "data"), disk
