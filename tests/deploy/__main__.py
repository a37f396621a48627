"""Installs, serves, upgrades and rolls back as on a county's server, by the very files of deploy/, and probes it.

Runs as root on Linux, in namespaces of its own: no network but the loopback, and nothing that is installed stays.
Needs nginx, PostgreSQL's initdb, python3.11 with venv, and deploy/wheelhouse (make wheelhouse). With KEEP_OPT=FOLDER
what is installed into /opt stays there for a quicker next run; ARGS="s17 s20" plays the first six steps and those.
"""

import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NEW_MOUNTS_AND_NETWORK = 0x00020000 | 0x40000000


def main():
    """Go into the namespaces and play the whole."""
    if os.geteuid() != 0:
        sys.exit("make test-deploy needs root, for namespaces of its own.")
    if not (ROOT / "deploy" / "wheelhouse").is_dir():
        sys.exit("deploy/wheelhouse is missing: make wheelhouse")
    with tempfile.TemporaryDirectory(prefix="test-deploy-", ignore_cleanup_errors=True) as work:
        bundle = _bundle(Path(work))
        child = os.fork()
        if child == 0:
            os._exit(_inside(Path(work), bundle))
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def _bundle(work):
    """Unpack what is to be installed: the files as they are here, also those not committed."""
    bundle = work / "bundle"
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for name in listed.splitlines():
        if not name.startswith("tests/") and (ROOT / name).exists():
            (bundle / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, bundle / name)
    (bundle / "deploy" / "wheelhouse").symlink_to(ROOT / "deploy" / "wheelhouse")
    (bundle / "VERSION").write_text("1.0-first\n")
    return bundle


def _inside(work, bundle):
    if ctypes.CDLL(None, use_errno=True).unshare(NEW_MOUNTS_AND_NETWORK) != 0:
        print("this machine gives no namespaces")
        return 1
    _shell("mount --make-rprivate /")
    work.chmod(0o755)
    for folder in ("/etc", "/opt", "/usr/local", "/var/lib", "/var/log", "/var/cache", "/var/backups"):
        upper = work / folder.strip("/").replace("/", "-")
        upper.mkdir()
    _shell(f"mkdir {work}/layers && mount -t tmpfs tmpfs {work}/layers")
    for folder in ("/etc", "/opt", "/usr/local", "/var/lib", "/var/log", "/var/cache", "/var/backups"):
        layer = work / "layers" / folder.strip("/").replace("/", "-")
        (layer / "upper").mkdir(parents=True)
        (layer / "work").mkdir()
        _shell(f"mount -t overlay overlay -o lowerdir={folder},upperdir={layer}/upper,workdir={layer}/work {folder}")
    if os.environ.get("KEEP_OPT"):
        _shell(f"mount --bind {os.environ['KEEP_OPT']} /opt")
    _shell("mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/system /run/lock /run/postgresql")
    _shell("ip link set lo up && ip addr add 10.9.8.7/32 dev lo")

    from . import play

    try:
        return play.everything(work, bundle)
    finally:
        _shell("/usr/local/bin/systemctl stop wenshang.service; nginx -s stop 2>/dev/null; true")
        for process in reversed(play.STARTED):
            process.terminate()
            process.wait(20)


def _shell(command):
    subprocess.run(["/bin/sh", "-c", command], check=True)


if __name__ == "__main__":
    main()
