"""Data that is costly to make: made once a module, and given to each of its tests as if it were made for that one.

A fixture of module scope whose name begins with `shared_` makes them by `share(make)`. They stand in an open
transaction, in which each test has a savepoint of its own. A module's tests run grouped by what they share, those that
share nothing first, so that each finds in the database what it asked for and nothing else.
"""

import contextlib
import pickle
import shutil
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.test import override_settings

_open = {}
_names = ()


def names(item):
    """Return the names of the shared fixtures that a test uses."""
    return tuple(sorted(name for name in item.fixturenames if name.startswith("shared_")))


def prepare(item):
    """Roll back what is shared by other tests than this one."""
    global _names
    if names(item) != _names:
        roll_back()
        _names = names(item)


@dataclass
class Shared:
    """What was made, the same as bytes, the folder of its files, and the transaction in which it stands."""

    made: Any
    folder: Path
    transaction: transaction.Atomic

    @cached_property
    def pickled(self):
        return pickle.dumps(self.made)

    def copy_into(self, folder):
        """Return a copy of what was made, with its files in `folder`."""
        assert self.transaction in _open, "what a module's tests share is used by tests that share something else"
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return pickle.loads(self.pickled)  # several times as fast as a deep copy


@contextlib.contextmanager
def share(make, folder, blocker):
    """Call `make` in a transaction that is rolled back at the end, or before; give what it made."""
    atomic = transaction.atomic()
    with blocker.unblock(), override_settings(STORAGES=storages_in(folder)):
        atomic.__enter__()
        _open[atomic] = blocker
        made = make()
        connection.check_constraints()  # or the end of each test would check all of it anew
    yield Shared(made, folder, atomic)
    if atomic in _open:
        roll_back()


def roll_back():
    """Roll back everything that is shared at the moment."""
    while _open:
        atomic, blocker = _open.popitem()
        with blocker.unblock():
            transaction.set_rollback(True)
            atomic.__exit__(None, None, None)


def storages_in(folder):
    """Return the setting by which uploaded files are kept in `folder`."""
    default = {**settings.STORAGES["default"], "OPTIONS": {"location": folder}}
    return {**settings.STORAGES, "default": default}
