"""The server of `make run` goes on answering while others send half a request each."""

import http.client
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def port():
    """A server of `make run`'s configuration with a small application."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = free.getsockname()[1]
    words = ["-m", "gunicorn", "wsgiref.simple_server:demo_app", "--config", "deploy/run.conf.py"]
    server = subprocess.Popen([sys.executable, *words, "--bind", f"127.0.0.1:{number}"], cwd=ROOT)
    try:
        _wait_until_up(number)
        yield number
    finally:
        server.terminate()
        server.wait(40)


def _wait_until_up(port):
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            return answer(port)
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not start")


def answer(port):
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    line.request("GET", "/")
    status = line.getresponse().status
    line.close()
    return status


MANY = pytest.param(100, 20, marks=pytest.mark.long)


@pytest.mark.parametrize(("count", "seconds"), [(40, 3), MANY])
def test_half_sent_headers_do_not_keep_others_waiting(port, count, seconds):
    slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(count)]
    for line in slow:
        line.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n")
    time.sleep(0.5)
    began = time.monotonic()

    assert answer(port) == 200

    assert time.monotonic() - began < seconds
    for line in slow:
        line.close()
