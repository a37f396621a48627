"""Client of the ClamAV daemon, which scans files streamed to it (clamd(8), INSTREAM)."""

import socket
import struct
import time

CHUNK_BYTES = 128 * 1024
MAX_ANSWER_BYTES = 4096


class Unavailable(Exception):
    """The scanner does not answer, takes too long, or its answer is not understood."""


def scan(file, address, seconds):
    """Stream an open file to the clamd at `address`; return the name of the virus found, or `None`.

    `address` is the path of a socket or `host:port`; `seconds` limits the whole scan. Raises `Unavailable`.
    """
    file.seek(0)
    try:
        with _Conversation(address, seconds) as clamd:
            clamd.say(b"zINSTREAM\0")
            while piece := file.read(CHUNK_BYTES):
                clamd.say(struct.pack("!I", len(piece)) + piece)
            clamd.say(struct.pack("!I", 0))
            return _verdict(clamd.answer())
    except OSError as fault:
        raise Unavailable(f"{type(fault).__name__}: {fault}") from fault
    finally:
        file.seek(0)


def answers(address, seconds):
    """Return whether the clamd at `address` answers within `seconds`."""
    try:
        with _Conversation(address, seconds) as clamd:
            clamd.say(b"zPING\0")
            return clamd.answer() == "PONG"
    except OSError:
        return False


class _Conversation:
    """A connection with a total time limit in seconds."""

    def __init__(self, address, seconds):
        self._until = time.monotonic() + seconds
        host, _, port = address.rpartition(":")
        is_path = "/" in address
        self._socket = socket.socket(socket.AF_UNIX) if is_path else socket.socket(_family_of(host))
        self._place = address if is_path else (host.strip("[]"), int(port))

    def __enter__(self):
        self._socket.settimeout(self._left())
        try:
            self._socket.connect(self._place)
        except OSError:
            self._socket.close()
            raise
        return self

    def __exit__(self, *fault):
        self._socket.close()

    def _left(self):
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("took too long")
        return left

    def say(self, data):
        self._socket.settimeout(self._left())
        self._socket.sendall(data)

    def answer(self):
        said = b""
        while not said.endswith(b"\0") and len(said) < MAX_ANSWER_BYTES:
            self._socket.settimeout(self._left())
            piece = self._socket.recv(MAX_ANSWER_BYTES)
            if not piece:
                break
            said += piece
        return said.rstrip(b"\0").decode("utf-8", "replace").strip()


def _family_of(host):
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _verdict(said):
    """Return the virus name of `stream: <name> FOUND`, `None` for `stream: OK`. Raises `Unavailable` otherwise."""
    if said == "stream: OK":
        return None
    if said.startswith("stream: ") and said.endswith(" FOUND"):
        return said.removeprefix("stream: ").removesuffix(" FOUND")
    raise Unavailable(f"answered {said[:200]!r}")
