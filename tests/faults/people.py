"""People at work over HTTP, who write down what the server acknowledged and try again what it did not."""

import hashlib
import random
import re
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

import requests

PASSWORD = "a-password-for-faults-1"
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
TIMEOUT_SECONDS = 60  # for which a step is tried again
PAUSE = 0.2


class GaveUp(Exception):
    """The server did not answer well for longer than anybody waits."""


class Person:
    """Somebody with a browser."""

    def __init__(self, base, username, *, until=None):
        self.base, self.username = base, username
        self.http = requests.Session()
        self.http.trust_env = False
        self.counts = Counter()
        self.slowest = 0.0
        self.until = until

    def sign_in(self):
        self.again(lambda: self.get("/sign-in/"))
        fields = {"username": self.username, "password": PASSWORD}
        answer = self.again(lambda: self.post("/sign-in/", fields))
        assert answer.status_code == 302, answer.text[:500]

    def get(self, path):
        return self._ask("get", path)

    def post(self, path, fields, *, files=None, accept="text/html"):
        """Send a form as its page does; return the answer, `None` where it broke off or the server could not."""
        headers = {"X-CSRFToken": self.http.cookies.get("csrftoken", ""), "Referer": self.base + path, "Accept": accept}
        return self._ask("post", path, data=fields, files=files, headers=headers)

    def _ask(self, method, path, **how):
        self.counts["sent"] += 1
        begun = time.monotonic()
        try:
            answer = self.http.request(method, self.base + path, allow_redirects=False, timeout=30, **how)
        except requests.RequestException:
            self.counts["broken off"] += 1
            return None
        finally:
            self.slowest = max(self.slowest, time.monotonic() - begun)
        self.counts[answer.status_code] += 1
        return None if answer.status_code >= 500 else answer

    def again(self, step):
        """Do a step until it is answered."""
        ends = time.monotonic() + TIMEOUT_SECONDS
        while (answer := step()) is None:
            if time.monotonic() > ends:
                raise GaveUp(self.username)
            time.sleep(PAUSE)
        return answer


@dataclass
class Work:
    """One report as its author knows it: texts in the order sent, the last one acknowledged, files by their sum."""

    duty: int
    texts: list = field(default_factory=list)
    saved: str = ""
    files: dict = field(default_factory=dict)
    submitted: bool = False


class Liaison(Person, threading.Thread):
    """Writes, saves, uploads and submits reports on one duty after the other until the time is over."""

    def __init__(self, base, username, duties, *, seconds):
        threading.Thread.__init__(self, name=username, daemon=True)
        Person.__init__(self, base, username)
        self.duties, self.seconds = duties, seconds
        self.random = random.Random(username)
        self.works, self.acknowledged, self.fault = [], 0, None

    def run(self):
        try:
            self.sign_in()
            ends = time.monotonic() + self.seconds
            number = 0
            while time.monotonic() < ends:
                self._report(self.duties[number % len(self.duties)], number)
                number += 1
        except GaveUp:
            pass
        except Exception as error:  # told by whoever waits for the thread
            self.fault = error

    def _report(self, duty, number):
        work = Work(duty)
        self.works.append(work)
        version = self._version(duty)
        for step in range(2):
            version = self._save(work, version, f"{self.username} {duty} {number} {step}")
        for _ in range(self.random.choice([1, 1, 2])):
            version = self._attach(work, version)
        self._submit(work, version)

    def _page(self, duty):
        return self.again(lambda: self.get(f"/assignments/{duty}/report/")).text

    def _version(self, duty):
        return int(re.search(r'name="version" value="(\d+)"', self._page(duty)).group(1))

    def _save(self, work, version, text):
        work.texts.append(text)
        path = f"/assignments/{work.duty}/report/autosave/"
        while True:
            fields = {"version": version, "text": text}
            answer = self.again(lambda fields=fields: self.post(path, fields, accept="application/json"))
            if answer.status_code == 200:
                work.saved = text
                self.acknowledged += 1
                return answer.json()["version"]
            assert answer.status_code == 409, answer.text  # the one before had arrived after all
            version = self._version(work.duty)

    def _attach(self, work, version):
        name = f"{self.random.randrange(10**12)}.pdf"
        content = PDF + b"%" + self.random.randbytes(self.random.choice([2_000, 200_000, 2_000_000]))
        digest = hashlib.sha256(content).hexdigest()
        work.files[digest] = False
        path = f"/assignments/{work.duty}/report/"
        while True:
            fields = {"action": "attach", "version": version, "text": work.texts[-1], "file_kind": "own_plan"}
            answer = self.post(path, fields, files={"files": (name, content, "application/pdf")})
            if answer is not None and answer.status_code == 302:
                work.files[digest] = True
                self.acknowledged += 1
                return self._version(work.duty)
            assert answer is None or answer.status_code == 409, (answer.status_code, answer.text[:3000])
            time.sleep(PAUSE)
            page = self._page(work.duty)
            version = int(re.search(r'name="version" value="(\d+)"', page).group(1))
            if name in page:  # it had arrived, only the answer had not
                return version

    def _submit(self, work, version):
        path = f"/assignments/{work.duty}/report/"
        text = work.texts[-1]
        fields = {"action": "submit", "version": version, "text": text, "attested": "on", "attested_name": "审查人"}
        answer = self.again(lambda: self.post(path, fields))
        assert answer.status_code == 302, (answer.status_code, answer.text[:3000])
        work.submitted = True
        self.acknowledged += 1


def at_work(server, people, *, seconds, number=8):
    """Start so many liaisons and give them."""
    chosen = list(people["duties"].items())[:number]
    workers = [Liaison(server.base, name, duties, seconds=seconds) for name, duties in chosen]
    for worker in workers:
        worker.start()
    return workers


def all_done(workers):
    """Wait for everybody; raises what anybody ran into."""
    for worker in workers:
        worker.join(timeout=TIMEOUT_SECONDS * 3)
        assert not worker.is_alive(), f"{worker.username} hangs"
        if worker.fault:
            raise worker.fault
