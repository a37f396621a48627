"""Somebody at the other end of TLS: checks the certificate, keeps cookies, follows nothing by itself."""

import http.client
import http.cookies
import re
import ssl
import time
import urllib.parse
import uuid

HOST = "duban.test"
CERTIFICATE = "/etc/wenshang-disclosure/tls/fullchain.pem"


class Visitor:
    """A browser of one person, from one address."""

    def __init__(self, source="127.0.0.1"):
        self.source, self.cookies = source, {}
        self.trust = ssl.create_default_context(cafile=CERTIFICATE)

    def ask(self, method, path, body=None, headers=None):
        """Return the answer: status, headers, content."""
        line = http.client.HTTPSConnection(HOST, context=self.trust, source_address=(self.source, 0), timeout=60)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            line.request(method, path, body, {"Cookie": cookies, "Referer": f"https://{HOST}/", **(headers or {})})
            answer = line.getresponse()
            answer.content = answer.read()
        finally:
            line.close()
        for sent in answer.headers.get_all("Set-Cookie", []):
            for name, morsel in http.cookies.SimpleCookie(sent).items():
                self.cookies[name] = morsel.value
        return answer

    def get(self, path, **headers):
        """Ask for a page."""
        return self.ask("GET", path, headers=headers)

    def post(self, page, fields, files=()):
        """Fill in the form of a page and send it."""
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.get(page).content.decode())
        fields = {"csrfmiddlewaretoken": found[1], **fields}
        mark = uuid.uuid4().hex
        parts = [
            f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
        ]
        for name, file_name, content in files:
            head = f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="{file_name}"\r\n\r\n'
            parts += [head.encode(), content, b"\r\n"]
        body = b"".join([*parts, f"--{mark}--\r\n".encode()])
        return self.ask("POST", page, body, {"Content-Type": f"multipart/form-data; boundary={mark}"})

    def sign_in(self, username, password):
        """Sign in by the page for it."""
        answer = self.post("/sign-in/", {"username": username, "password": password})
        assert answer.status == 302, (answer.status, answer.content[:2000].decode())
        return self


class Stream:
    """Asks again and again until told to stop, and keeps what did not come as it should."""

    def __init__(self, visitor, path):
        self.visitor, self.path = visitor, path
        self.asked, self.wrong, self.slowest, self.stopped = 0, [], 0.0, False

    def run(self):
        """Ask until stopped."""
        while not self.stopped:
            began = time.monotonic()
            self.asked += 1
            try:
                status = self.visitor.get(self.path).status
                if status != 200:
                    self.wrong.append(status)
            except (OSError, http.client.HTTPException) as error:
                self.wrong.append(repr(error))
            self.slowest = max(self.slowest, time.monotonic() - began)


def query(**fields):
    """Return fields as a query."""
    return urllib.parse.urlencode(fields)
