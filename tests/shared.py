"""Data that is costly to make: made once a module, and given to each of its tests as if it were made for that one.

A module's data stand in an open transaction, in which each test has a savepoint of its own. A test with real
transactions would empty the tables, so that what is open is rolled back before it (see `conftest.py`).
"""

import contextlib
import copy
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.test import override_settings

_open = []


@dataclass
class Shared:
    """What was made, and the folder of the files that belong to it."""

    made: Any
    folder: Path

    def copy_into(self, folder):
        """Return a copy of what was made, with its files in `folder`."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return copy.deepcopy(self.made)


@contextlib.contextmanager
def share(make, folder, blocker):
    """Call `make` in a transaction that is rolled back at the end; give what it made."""
    with blocker.unblock():
        atomic = transaction.atomic()
        atomic.__enter__()
        _open.append(atomic)
        try:
            with override_settings(STORAGES=storages_in(folder)):
                made = make()
        except BaseException:
            roll_back()
            raise
    yield Shared(made, folder)
    if atomic in _open:
        with blocker.unblock():
            roll_back()


def roll_back():
    """Roll back everything that modules share."""
    while _open:
        transaction.set_rollback(True)
        _open.pop().__exit__(None, None, None)


def storages_in(folder):
    """Return the setting by which uploaded files are kept in `folder`."""
    default = {**settings.STORAGES["default"], "OPTIONS": {"location": folder}}
    return {**settings.STORAGES, "default": default}
