"""Work of a kind of the tests' own."""

import io

import pytest
from django.urls import reverse

from wenshang_disclosure.core import progress
from wenshang_disclosure.work import asking, kinds, leases

HOME = "home"


class Trade:
    """A kind of work whose course a test decides: `during` is called in the middle, and may raise."""

    def __init__(self):
        self.done, self.during = [], lambda job: None

    def __call__(self, job):
        self.done.append(job.what)
        progress.expect(10)
        progress.advance(4)
        self.during(job)
        progress.advance(6)
        return kinds.Result(io.BytesIO(b"made"), "清单.xlsx", "application/test", rights="all")


@pytest.fixture
def trade(monkeypatch, evidence_folder):
    """The kind `trade`. No lease is prolonged by its thread, which would not see what a test has not committed."""
    trade = Trade()
    monkeypatch.setitem(kinds.KINDS, "trade", kinds.Kind("trade", HOME))
    monkeypatch.setattr(kinds, "import_string", lambda path: trade)
    monkeypatch.setattr(leases, "BEAT_SECONDS", 3600)
    monkeypatch.setattr("wenshang_disclosure.work.models.reverse", lambda name, args: reverse(name))
    return trade


def ask(by, **what):
    """Ask for work of that kind."""
    return asking.ask("trade", by=by, what=what, title="清单.xlsx")
