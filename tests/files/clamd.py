"""A real clamd with one signature, that of the EICAR test file, in a folder of its own."""

import contextlib
import getpass
import socket
import subprocess
import threading
import time
from pathlib import Path

from tests.environment import need_program
from tests.made_files import EICAR
from wenshang_disclosure.files.clamav import answers

SECONDS_TO_START = 20
NAME = "Test.Eicar.UNOFFICIAL"


@contextlib.contextmanager
def running(folder):
    """Start clamd in `folder`; return the path of its socket."""
    program = need_program("clamd", package="clamav-daemon")
    signatures = Path(folder) / "signatures"
    signatures.mkdir()
    (signatures / "test.ndb").write_text(f"Test.Eicar:0:*:{EICAR.hex()}\n")
    address = Path(folder) / "clamd.sock"
    configuration = Path(folder) / "clamd.conf"
    configuration.write_text(
        f"DatabaseDirectory {signatures}\nLocalSocket {address}\nForeground yes\nUser {getpass.getuser()}\n"
        "MaxThreads 2\nStreamMaxLength 1M\n"
    )
    command = [program, "-c", str(configuration)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as clamd:
        try:
            wait_for(str(address))
            yield str(address)
        finally:
            clamd.kill()


def wait_for(address):
    """Wait until the clamd answers."""
    until = time.monotonic() + SECONDS_TO_START
    while not answers(address, 1):
        assert time.monotonic() < until, "clamd did not start"
        time.sleep(0.05)


@contextlib.contextmanager
def false_scanner(folder, play):
    """A socket behind which `play(connection)` answers instead of clamd; return its path."""
    address = str(Path(folder) / "false.sock")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        threading.Thread(target=_serve, args=(listener, play), daemon=True).start()
        yield address


def _serve(listener, play):
    with contextlib.suppress(OSError):
        while True:
            connection, _ = listener.accept()
            with connection, contextlib.suppress(OSError):
                play(connection)


def finds(name):
    """Return a play for `false_scanner` that reads a file to its end and finds `name` in it."""

    def play(connection):
        with connection.makefile("rb") as said:
            said.read(len(b"zINSTREAM\0"))
            while size := int.from_bytes(said.read(4)):
                said.read(size)
        connection.sendall(f"stream: {name} FOUND\0".encode())

    return play
