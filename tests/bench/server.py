"""One database filled to a size, and the product serving it with production settings."""

import http.cookiejar
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "load-2024-open"


class Installation:
    """A database with its own data folder; every command and the server run on it as in production."""

    def __init__(self, folder, database_url, *, workers=1, threads=2):
        self.port = _free_port()
        self.workers, self.threads = workers, threads
        self.environment = {
            **os.environ,
            "DEBUG": "0",
            "BEHIND_TLS": "0",
            "SECRET_KEY": "a key for measuring only, as long as the check at start asks for",
            "DATABASE_URL": database_url,
            "DATA_DIR": str(folder),
            "LOG_LEVEL": "WARNING",
        }

    def manage(self, *words):
        """Run one management command."""
        subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=self.environment, check=True)

    def child(self, module, *words):
        """Run a module of this package in a process of its own and give what it printed."""
        command = [sys.executable, "-m", module, *words]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, check=True, capture_output=True, text=True)
        return done.stdout

    def __enter__(self):
        binary = Path(sys.executable).parent / "gunicorn"
        words = [
            binary,
            "wenshang_disclosure.wsgi",
            "--config",
            "deploy/gunicorn.conf.py",
            "--bind",
            f"127.0.0.1:{self.port}",
            "--log-level",
            "error",
        ]
        words += ["--workers", str(self.workers), "--threads", str(self.threads)]
        self.server = subprocess.Popen(words, cwd=ROOT, env=self.environment)
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            time.sleep(0.1)
        self.server.kill()
        raise RuntimeError("The server did not start.")

    def __exit__(self, *error):
        self.server.send_signal(signal.SIGTERM)
        self.server.wait()

    def sign_in(self, username):
        """Return a signed-in `Visitor`."""
        visitor = Visitor(f"http://127.0.0.1:{self.port}")
        visitor.post("/sign-in/", {"username": username, "password": PASSWORD}, form="/sign-in/")
        return visitor


class Visitor:
    """A person with cookies."""

    def __init__(self, base):
        self.base = base
        kept = (urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()), urllib.request.ProxyHandler({}))
        self.opener = urllib.request.build_opener(*kept)
        self.not_following = urllib.request.build_opener(*kept, _Redirects())

    def get(self, path):
        """Return the page's text; raises for an answer other than 200."""
        return self.fetch(path).decode()

    def fetch(self, path):
        """Return the bytes of a page or file; raises for an answer other than 200."""
        with self.opener.open(self.base + urllib.parse.quote(path, safe="/?&=%")) as response:
            return response.read()

    def token_of(self, form):
        """Return the token against forged requests in the form of a page."""
        return re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(form)).group(1)

    def post(self, path, fields, *, form):
        """Fill in the form of one page and send it."""
        self.send(path, {**fields, "csrfmiddlewaretoken": self.token_of(form)})

    def send(self, path, fields, *, follow=True):
        """Send fields as they are; the page that the answer leads to is not opened unless `follow`."""
        request = urllib.request.Request(self.base + path, urllib.parse.urlencode(fields).encode())
        request.add_header("Referer", self.base + path)
        opener = self.opener if follow else self.not_following
        with opener.open(request) as response:
            response.read()


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Takes a redirect as the answer."""

    def http_error_302(self, request, answer, code, message, headers):
        return answer


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
