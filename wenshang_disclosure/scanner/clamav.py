"""ClamAV's own protocol: a file is streamed to clamd, which says what it found (clamd(8), INSTREAM)."""

import socket
import struct

AT_ONCE = 128 * 1024
LONGEST_ANSWER = 4096


class Unavailable(Exception):
    """The scanner is away, too slow, or says nothing that can be understood."""


def scan(file, address, seconds):
    """Stream an open file to the clamd at `address`; give the name of what it found, `None` where that is nothing.

    `address` is the path of a socket, or `host:port`. Each step may take `seconds`. Raises `Unavailable`.
    """
    file.seek(0)
    try:
        with _connected(address, seconds) as clamd:
            clamd.sendall(b"zINSTREAM\0")
            while piece := file.read(AT_ONCE):
                clamd.sendall(struct.pack("!I", len(piece)) + piece)
            clamd.sendall(struct.pack("!I", 0))
            return _verdict(_answer(clamd))
    except OSError as fault:
        raise Unavailable(f"{type(fault).__name__}: {fault}") from fault
    finally:
        file.seek(0)


def answers(address, seconds):
    """Tell whether a clamd is there and answers."""
    try:
        with _connected(address, seconds) as clamd:
            clamd.sendall(b"zPING\0")
            return _answer(clamd) == "PONG"
    except OSError:
        return False


def _connected(address, seconds):
    if "/" in address:
        clamd = socket.socket(socket.AF_UNIX)
        clamd.settimeout(seconds)
        clamd.connect(address)
        return clamd
    host, _, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=seconds)


def _answer(clamd):
    said = b""
    while not said.endswith(b"\0") and len(said) < LONGEST_ANSWER and (piece := clamd.recv(LONGEST_ANSWER)):
        said += piece
    return said.rstrip(b"\0").decode("utf-8", "replace").strip()


def _verdict(said):
    """Read `stream: OK` and `stream: <name> FOUND`; anything else is no verdict."""
    if said == "stream: OK":
        return None
    if said.startswith("stream: ") and said.endswith(" FOUND"):
        return said.removeprefix("stream: ").removesuffix(" FOUND")
    raise Unavailable(f"answered {said[:200]!r}")
